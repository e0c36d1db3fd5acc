"""Directories: whatever someone hands in is read, or refused in words that quote nothing of it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck import directories
from breachcheck.digests import Digester, Kind
from breachcheck.directories import Columns, Entry, Refused
from breachcheck.errors import HoldsAddress, InvalidRequest

DIGESTER = Digester(bytes(32))
MARK = "surelyinvented"

TEXTS = st.one_of(
    st.text(max_size=8), st.sampled_from([f"{MARK}@example.com", MARK, "e1", "phone", "Shop", '"', "\x00"])
)
ITEMS = st.one_of(
    st.dictionaries(st.sampled_from(["ref", "account", "kind", "breach", MARK]), st.one_of(TEXTS, st.none())), TEXTS
)
BODIES = st.one_of(
    st.binary(max_size=64),
    st.lists(ITEMS, max_size=4).map(msgspec.json.encode),
    st.lists(ITEMS, max_size=4).map(lambda items: b"\n".join(map(msgspec.json.encode, items))),
    st.lists(st.lists(TEXTS, max_size=4), max_size=4).map(
        lambda rows: "\n".join(["ref,account,kind,breach", *map(",".join, rows)]).encode()
    ),
)
READERS = [
    directories.of_json,
    directories.of_json_lines,
    lambda body: directories.of_csv(body, Columns()),
]


def all_that_is_said(reader, body):
    try:
        return repr(directories.read(reader(body), DIGESTER, ["Shop"]))
    except InvalidRequest as error:
        return f"{error} {error.__cause__}"


@pytest.mark.parametrize("reader", READERS)
@given(body=BODIES)
def test_whatever_comes_in_is_read_or_refused_and_never_quoted(reader, body):
    assert f"{MARK}@" not in all_that_is_said(reader, body)


def test_an_address_is_watched_with_the_one_it_is_an_alias_of():
    directory = directories.read([(1, Entry("e1", "Ann+Shop@Example.com"))], DIGESTER, [])

    (watched,) = directory.accounts
    assert watched.digest == DIGESTER.of(Kind.EMAIL, "ann+shop@example.com")
    assert watched.base == DIGESTER.of(Kind.EMAIL, "ann@example.com")


def test_the_same_account_twice_is_one():
    entries = [
        (1, Entry("e1", "ann@example.com")),
        (2, Entry("e1", "ANN@example.com")),
        (3, Entry("e2", "ann@example.com")),
    ]

    assert len(directories.read(entries, DIGESTER, []).accounts) == 2


@pytest.mark.parametrize(("within", "pointer"), [(None, ""), ("", "/2/ref"), ("/add", "/add/2/ref")])
def test_a_ref_with_an_at_sign_is_pointed_at(within, pointer):
    with pytest.raises(HoldsAddress) as caught:
        directories.read([(3, Entry(f"{MARK}@", "x"))], DIGESTER, [], within=within)

    assert caught.value.pointer == pointer
    assert MARK not in str(caught.value)


def test_columns_are_found_by_name_and_empty_cells_of_several_are_passed_over():
    columns = Columns("Nr", ("Work", "Home"), None, None)
    lines = list(directories.of_csv(b"Home\tNr\tName\tWork\n\te1\tAnn\tann@example.com\nx\te2\tBob\ty\n", columns))

    assert lines == [
        (2, Entry("e1", "ann@example.com")),
        (3, Entry("e2", "y")),
        (3, Entry("e2", "x")),
    ]


def test_a_short_line_is_refused_under_its_ref_if_it_has_one():
    lines = list(directories.of_csv(b"account,ref,kind\na,e1\nb\n", Columns()))

    assert [one for _, one in lines] == [Refused(2, "e1", "invalid_line"), Refused(3, None, "invalid_line")]
