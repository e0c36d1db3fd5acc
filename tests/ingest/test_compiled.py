"""What is compiled: there in CI, and done without where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import compiled
from ingest.nothing_said import SAYS_NOTHING
from tests.ingest.loads import described, load
from tests.ingest.scans import table_of
from tests.parts import require

SHOP = "- path: people.csv\n  mapping: {email: Email addresses, name: Names}\n"
PEOPLE = "email,name\nann@example.com,Ann\nbob@example.com,\n"


@pytest.fixture
def rows():
    """Rows of three fields of which the second is the address; the others are looked at."""
    require("gcc")
    from ingest.compiled.known import Domains, Nothings
    from ingest.compiled.rows import Rows
    from ingest.readers.plain_domains import ignores_dots

    return Rows(ord(","), 3, 1, [0, 2], Nothings(SAYS_NOTHING), Domains(ignores_dots))


def test_it_was_compiled():
    require("gcc")

    assert compiled.IS_THERE


def test_a_load_does_without_it(store, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "IS_THERE", False)

    outcome = load(described(tmp_path, SHOP, {"people.csv": PEOPLE}), store)

    assert table_of(tmp_path / "people.csv").shortcut is None
    assert outcome.tally.people == 2


@pytest.mark.parametrize("block", ["a,b@example.com,c", "\n,"])
def test_a_block_that_does_not_end_with_its_line_is_refused(rows, block):
    with pytest.raises(ValueError, match="ends with a line feed"):
        rows.take(block.encode())


@given(st.lists(st.binary(max_size=70), min_size=1).map(lambda pieces: b",".join(pieces) + b"\n"))
def test_whatever_a_block_holds_every_line_of_it_is_taken_or_left(block):
    require("gcc")
    from ingest.compiled.known import Domains, Nothings
    from ingest.compiled.rows import Rows

    rows = Rows(ord(","), 2, 0, [1], Nothings(SAYS_NOTHING), Domains(lambda _: False))
    rows.take(block)

    assert len(rows.addresses()[1]) + rows.rest().count(b"\n") == block.count(b"\n")


def test_a_smaller_block_after_a_larger_one_is_told_alone(rows):
    rows.take(b"x,ann@example.com,\n" * 1000)
    rows.take(b"null,bob+x@gmail.com,y\n")

    text, starts, lengths = rows.addresses()
    bases, base_starts, base_lengths, base_of = rows.bases()
    assert bytes(text[starts[0] : starts[0] + lengths[0]]) == b"bob+x@gmail.com"
    assert bytes(bases[base_starts[0] : base_starts[0] + base_lengths[0]]) == b"bob@gmail.com"
    assert (len(starts), base_of.tolist()) == (1, [0])
    assert (rows.says(0).tolist(), rows.says(1).tolist(), rows.rest()) == ([False], [True], b"")
