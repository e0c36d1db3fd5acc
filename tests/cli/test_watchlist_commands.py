"""``breachcheck watchlists`` end to end: an export is put on a list, followed, listed and forgotten."""

import json

import pytest

from breachcheck import config
from breachcheck.services import open_services
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, new_store, published_breach

STAFF = """Staff no;Work mail;Private mail;Name
e1;Ann@Example.com;;Ann
e2;bob@example.com;bob@example.org;Bob
e3;n/a;;Cy
"""
COLUMNS = ("--ref-column", "Staff no", "--account-column", "Work mail", "--account-column", "Private mail")


@pytest.fixture
def data(tmp_path):
    """A data folder with one breach, one key, and the export beside it."""
    store = new_store(tmp_path / "data")
    published_breach(store, SHOP, {"ann@example.com": ["Email addresses"], "bob@example.org": ["Email addresses"]})
    store.api_keys.create("security team", ["watch"])
    store.close()
    (tmp_path / "staff.csv").write_text(STAFF, encoding="utf-8")
    return tmp_path / "data"


def sync(data, *options, name="staff", file="staff.csv", stdin=""):
    return breachcheck("watchlists", "sync", name, file, *(options or COLUMNS), data=data, stdin=stdin)


def in_store(data, read):
    store = open_services(config.read(data, {}))
    found = read(store)
    store.close()
    return found


def told(store):
    page = store.watch_feed.after("security team", "staff", "", 100)
    return [(one.news.kind, one.news.ref) for one in page.events]


def test_an_export_is_watched_and_told_what_is_there(data):
    done = sync(data, *COLUMNS, "--json")

    assert done.status == 0
    assert done.json == {
        "holder": "security team",
        "name": "staff",
        "refs": 2,
        "accounts": 3,
        "added": 3,
        "removed": 0,
        "refused": [{"line": 4, "ref": "e3", "reason": "invalid_account"}],
    }
    assert in_store(data, told) == [("exposed", "e1"), ("exposed", "e2")]


def test_people_are_told_in_words(data):
    done = sync(data)

    assert done.out == (
        "staff watches 3 accounts of 2 refs: 3 added, 0 removed, 1 refused.\n\n"
        "line  ref  reason\n   4  e3   invalid_account\n"
    )


def test_a_later_export_takes_off_whom_it_lacks(data):
    sync(data)
    done = sync(data, "--json", file="-", stdin="ref,account\ne1,ann@example.com\n")

    assert (done.json["accounts"], done.json["added"], done.json["removed"]) == (1, 0, 2)


def test_kinds_are_said_for_all_or_line_by_line(data):
    rows = "ref,account,what\ne1,+1 555 0100,phone\ne2,john,\n"
    done = sync(data, "--kind-column", "what", "--kind", "username", "--breach", "shop", "--json", file="-", stdin=rows)

    assert (done.json["accounts"], done.json["refused"]) == (2, [])


def test_lists_are_listed_and_removed(data):
    empty = breachcheck("watchlists", "list", data=data)
    sync(data)
    (listed,) = breachcheck("watchlists", "list", "--json", data=data).json
    removed = breachcheck("watchlists", "remove", "staff", data=data)
    again = breachcheck("watchlists", "remove", "staff", data=data)

    assert empty.out == "There are no watchlists yet.\n"
    assert listed.pop("changed_at").endswith("Z")
    assert listed == {"holder": "security team", "name": "staff", "refs": 2, "accounts": 3, "not_acknowledged": 2}
    assert (removed.status, removed.out) == (0, "The watchlist staff is gone.\n")
    assert (again.status, again.err) == (
        2,
        "There is no watchlist staff; `breachcheck watchlists sync` makes one, as does a PUT.\n",
    )


def test_what_was_done_is_audited_without_accounts(data):
    sync(data)
    breachcheck("watchlists", "remove", "staff", data=data)
    entries = in_store(data, lambda store: [(one.action, one.subject) for one in store.audit.latest()])

    assert entries[:2] == [("remove watchlist", "staff"), ("sync watchlist", "staff")]
    assert "@" not in json.dumps(entries)


def test_the_holder_is_said_where_it_is_not_plain(data):
    in_store(data, lambda store: store.api_keys.create("another team", ["watch"]))
    several = sync(data)
    in_store(data, lambda store: [store.api_keys.revoke(number) for number in (1, 2)])
    none = sync(data)
    said = sync(data, *COLUMNS, "--holder", "another team", "--json")

    assert (several.status, none.status) == (2, 2)
    assert "--holder" in several.err
    assert "--holder" in none.err
    assert said.json["holder"] == "another team"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("ref,mail\ne1,ann@example.com\n", "no column account"),
        ("ref,account\nann@example.com,ann@example.com\n", "has an @"),
        ("ref,account\ne1,nobody\n", "Not one of 1 lines"),
        ('ref,account\ne1,"ann\n', "line 2: invalid_account"),
    ],
)
def test_an_export_that_cannot_be_watched_changes_nothing(data, rows, says):
    done = sync(data, "--json", file="-", stdin=rows)

    assert (done.status, done.out) == (2, "")
    assert says in done.err
    assert "ann@" not in done.err
    assert in_store(data, lambda store: store.watchlists.all()) == []


def test_a_holder_is_no_address(data):
    done = sync(data, *COLUMNS, "--holder", "team@example.com")

    assert (done.status, done.out) == (2, "")
    assert "holds an e-mail address" in done.err


def test_a_name_that_is_none_is_refused(data):
    assert sync(data, name="the staff").status == 2
