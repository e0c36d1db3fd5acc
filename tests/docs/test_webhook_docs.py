"""The examples of docs/api.md that receive webhooks, run on what really arrives."""

import re
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from tests.engines import ENGINES as ENGINES
from tests.hooked import call, hook, hooked_store
from tests.receivers import receiving
from tests.stores import SHOP, published_breach

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SECTION = DOCUMENT.partition("\n## Webhooks\n")[2].partition("\n## ")[0]
BY_LIBRARY, BY_HAND = re.findall(r"```python\n(.+?)```", SECTION, re.DOTALL)


@pytest.fixture
def arrived(tmp_path):
    """A message as it came, and its secret, by the names that the examples use."""
    with hooked_store(tmp_path / "data") as store, receiving() as receiver:
        secret = hook(store, receiver)
        published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
        call(store)
        (heard,) = receiver.heard
    return {"secret": secret, "headers": heard.headers, "body": heard.body}


def run(example, names):
    exec(example, names)  # noqa: S102 - it is our own text


def test_the_library_verifies_it_and_nothing_else(arrived):
    run(BY_LIBRARY, arrived)
    forged = arrived | {"body": arrived["body"].replace(b"Shop", b"Shed")}

    assert arrived["message"]["type"] == "catalogue.changes"
    with pytest.raises(WebhookVerificationError):
        run(BY_LIBRARY, forged)


def test_so_does_the_example_without_a_library(arrived):
    forged = arrived | {"body": arrived["body"].replace(b"Shop", b"Shed")}
    run(BY_HAND, arrived)
    run(BY_HAND, forged)

    assert (arrived["is_ours"], forged["is_ours"]) == (True, False)
