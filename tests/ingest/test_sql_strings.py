"""What strings of SQL dumps say, whichever way is taken to read them."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.readers.sql_text import Dialect, Grammar
from tests.ingest.scans import scan_text

MYSQL, STANDARD = (Grammar(Dialect(has_backslashes=which)) for which in (True, False))
TEXTS = st.text(alphabet="a'\\(,) ", max_size=12)


def doubled(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def escaped(text: str) -> str:
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"


@given(TEXTS)
@example("'")
@example("\\")
@example("O'Brien")
@example("\\'")
def test_a_text_comes_back_however_its_quotes_are_escaped(text: str) -> None:
    assert MYSQL.said(escaped(text)) == text
    assert STANDARD.said(doubled(text)) == text


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_row_is_cut_between_its_values(texts: list[str]) -> None:
    row = "(" + ",".join(map(escaped, texts)) + ")"

    found = MYSQL.row_of(len(texts), tuple(range(len(texts)))).fullmatch(row)

    assert found
    assert [MYSQL.said(value) for value in found.groups()] == texts


@pytest.mark.parametrize(("written", "text"), [(r"'a\nb'", "a\nb"), (r"'it''s \'so\''", "it's 'so'"), (r"'\''", "'")])
def test_escapes_of_several_kinds_are_resolved_together(written: str, text: str) -> None:
    assert MYSQL.said(written) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("q'[it's]'", "it's"),
        ("Q'{a]'b}'", "a]'b"),
        ("nq'<x, (y)>'", "x, (y)"),
        ("q'!it's, '!'", "it's, '"),
        ("q'(a)b)'", "a)b"),
        ("q'|\\|'", "\\"),
        ("q'[]'", ""),
    ],
)
@pytest.mark.parametrize("grammar", [MYSQL, STANDARD], ids=["MySQL", "standard"])
def test_strings_of_oracle_with_a_quote_of_their_own_say_what_is_between(grammar, written: str, text: str) -> None:
    found = grammar.row_of(3, (0, 1, 2)).fullmatch(f"(1,{written}, 'x')")

    assert found
    assert [grammar.said(value) for value in found.groups()] == ["1", text, "x"]


@pytest.mark.parametrize("mark", [*"+-.;,=?_&\\aZ9]})>", "§"])
def test_oracles_strings_are_read_whatever_they_are_quoted_by(tmp_path: Path, mark: str) -> None:
    rows = "".join(
        f"Insert into USERS (ID,NAME,EMAIL) values ({at},q'{mark}it's, {at}{mark}','u{at}@example.com');\n"
        for at in range(3)
    )

    scanned = scan_text(tmp_path, rows, name="dump.sql")

    assert sorted(scanned.rows) == [(str(at), f"it's, {at}", f"u{at}@example.com") for at in range(3)]
