"""Lines of settings.toml: one is taken out, and all else stays as somebody wrote it."""

import pytest

from breachcheck.errors import ConfigError
from breachcheck.settings import lines

HERE, THERE = "postgresql://here/breaches", "postgresql://there/breaches"
AROUND = '# ours\nmail = "off" # for now\n{line}contact = "help@example.org"'


@pytest.mark.parametrize(
    "line",
    [
        f'database = "{HERE}"\n',
        f"  database='{HERE}' # the big one\n",
        f'"database" = "{HERE}"\n',
    ],
)
def test_a_setting_that_says_something_else_goes_and_nothing_besides(tmp_path, line):
    path = tmp_path / "settings.toml"
    path.write_text(AROUND.format(line=line))

    lines.forget_other(path, "database", HERE)
    kept = path.read_text()
    lines.forget_other(path, "database", None)

    assert kept == AROUND.format(line=line)
    assert path.read_text() == AROUND.format(line="")


@pytest.mark.parametrize("text", ["", AROUND.format(line=""), '# database = "x"\n'])
def test_where_it_is_not_said_nothing_is_written(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)

    lines.forget_other(path, "database", THERE)

    assert path.read_text() == text


def test_without_a_file_there_is_none_afterwards(tmp_path):
    lines.forget_other(tmp_path / "settings.toml", "database", THERE)

    assert not (tmp_path / "settings.toml").exists()


@pytest.mark.parametrize(
    "text", [f'database = """\n{HERE}"""\n', f'site_name = """\ndatabase = 1\n"""\ndatabase = "{HERE}"\n']
)
def test_what_stands_over_several_lines_is_left_to_whoever_wrote_it(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)

    with pytest.raises(ConfigError, match="by hand"):
        lines.forget_other(path, "database", THERE)
    assert path.read_text() == text
