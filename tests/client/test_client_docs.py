"""The Python example of docs/api.md, run as it stands there."""

import re
from pathlib import Path

from tests.client.conftest import ANN
from tests.engines import ENGINES as ENGINES

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_example_of_the_docs_runs(site, capsys):
    examples = re.findall(r"```python\n(.+?)```", DOCS.read_text(), re.DOTALL)
    [example] = [one for one in examples if "breachcheck.client" in one]
    example = example.replace("http://127.0.0.1:8000", site.url).replace("name@example.com", ANN)
    scope = {"key": site.key}
    exec(compile(example.replace("250_000", "250"), "docs/api.md", "exec"), scope)  # noqa: S102 - our own docs

    said = capsys.readouterr().out
    assert "exposed ['Club', 'Corner Shop']" in said
    assert "e-1041 exposed Corner Shop ('Email addresses', 'Names')" in said
    assert scope["cursor"]
