"""Dumps with stray quotes, several of them: every record is read or rejected, and none is passed over unsaid.

Where two torn rows stand side by side, what is left of them may happen to be one well-formed row; nothing tells then.
"""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.readers.base import Instructions
from tests.ingest.scans import scan_text

HEAD = "INSERT INTO t (id, email, c) "
VALUES = ["x", "a, b", "(c)", ":)", "y);", "it''s", "INSERT INTO", 'say "hi"', "/* c", ""]
FORMS = {
    "one statement": lambda rows: f"{HEAD}VALUES {','.join(f'({row})' for row in rows)};\n",
    "a row a line": lambda rows: f"{HEAD}VALUES\n" + ",\n".join(f"({row})" for row in rows) + ";\n",
    "a statement a row": lambda rows: "".join(f"{HEAD}VALUES ({row});\n" for row in rows),
    "no semicolons": lambda rows: "".join(f"{HEAD}VALUES ({row})\n" for row in rows),
    "selected": lambda rows: f"{HEAD}SELECT {' UNION ALL SELECT '.join(rows)};\n",
}


def torn(row, place, mark):
    """*row* with one of its quotes left out, or with *mark* too much."""
    quotes = [at for at, letter in enumerate(row) if letter == "'"]
    if mark:
        at = place % (len(row) + 1)
        return row[:at] + mark + row[at:]
    at = quotes[place % len(quotes)]
    return row[:at] + row[at + 1 :]


ROWS = st.tuples(st.sampled_from(VALUES), st.none() | st.tuples(st.integers(0, 60), st.sampled_from(["", "'", '"'])))


@pytest.mark.parametrize("form", FORMS)
@given(drawn=st.lists(ROWS, min_size=4, max_size=12))
@example(drawn=[("x", (3, "")), ("x", None), ("y);", (21, "'")), ("x", None), ("x", None)])
@settings(max_examples=8, deadline=None)
def test_every_record_is_read_or_rejected_however_many_rows_between_others_are_torn(tmp_path_factory, form, drawn):
    rows = [f"{at},'u{at}@example.com','{value}'" for at, (value, _) in enumerate(drawn)]
    rows[::2] = [torn(row, *how) if how else row for row, (_, how) in zip(rows[::2], drawn[::2], strict=True)]
    text = f"CREATE TABLE t (id int, email text, c text);\n{FORMS[form](rows)}"

    scanned = scan_text(tmp_path_factory.mktemp("dump"), text, Instructions(format="sql"), name="dump.sql")

    assert scanned.read == len(rows)


def test_a_value_that_is_never_closed_takes_the_next_statement_along_and_both_are_counted(tmp_path):
    rows = ["1,'a@example.com','x'", "2,'b@example.com','x", "3,''c@example.com','x'", "4,'d@example.com','x'"]

    scanned = scan_text(tmp_path, FORMS["a statement a row"](rows), name="dump.sql")

    assert [row[1] for row in scanned.rows] == ["a@example.com", "d@example.com"]
    assert scanned.rejects.total() == 2


@pytest.mark.parametrize("stray", ["2,'b@example.com,'x'", "2,b@example.com','x'", "2,'b@example.com','x"])
def test_a_stray_quote_among_selected_records_costs_no_more_than_the_next(tmp_path, stray):
    rows = ["1,'a@example.com','x'", stray, *(f"{at},'u{at}@example.com','x'" for at in range(3, 9))]

    scanned = scan_text(tmp_path, FORMS["selected"](rows), Instructions(format="sql"), name="dump.sql")

    assert {row[1] for row in scanned.rows} >= {"a@example.com", *(f"u{at}@example.com" for at in range(4, 9))}
    assert scanned.read == len(rows)
