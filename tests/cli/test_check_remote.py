"""``check --remote`` and ``watchlists sync --url``: what another machine says is said as if it were here."""

import json

import pytest

from tests.cli.commands import breachcheck
from tests.cli.servers import free_port, running
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, new_store, published_breach

ANN, BOB, NOBODY = "ann@example.com", "bob@example.com", "nobody@example.com"
STAFF = "ref,mail,other\ne1,Ann@Example.com,\ne2,bob@example.com,nobody\nbad line\ne3,,nobody\n"
KEY = "BREACHCHECK_API_KEY"


@pytest.fixture(scope="module")
def site(lasting_engine, tmp_path_factory):
    """(data folder, url, key) of a running server."""
    store = new_store(tmp_path_factory.mktemp("site") / "data")
    published_breach(store, SHOP, {ANN: ["Email addresses", "Names"], BOB: ["Email addresses", "Phone numbers"]})
    published_breach(store, facts(name="Quiet", title="Quiet", is_sensitive=True), {ANN: ["Email addresses"]})
    key = store.api_keys.create("team", ["lookup", "watch"])[1]
    store.close()
    with running(store.config.data, "--no-worker") as server:
        yield store.config.data, f"http://127.0.0.1:{server.port}", key


def check_there(site, *arguments, stdin=""):
    _, url, key = site
    return breachcheck("check", *arguments, "--remote", url, stdin=stdin, **{KEY: key})


def without_time(answer):
    return answer | {"checked": answer["checked"] | {"as_of": None}}


@pytest.mark.parametrize(("account", "status"), [(ANN, 1), (NOBODY, 0)])
def test_the_answer_is_the_one_that_the_public_gets_here(site, account, status):
    here = breachcheck("check", account, "--json", "--as", "public", data=site[0])
    there = check_there(site, account, "--json")

    assert (there.status, here.status) == (status, status)
    there_without_event = without_time(there.json)
    assert there_without_event == without_time(here.json)
    assert there.out.startswith('{"status"')


@pytest.mark.parametrize("account", [ANN, NOBODY])
def test_it_is_said_in_the_same_words(site, account):
    here = breachcheck("check", account, "--as", "public", data=site[0])
    there = check_there(site, account)

    assert (there.out, there.status) == (here.out, here.status)


def test_standard_input_is_asked_line_by_line(site):
    there = check_there(site, "-", "--json", stdin=f"{NOBODY}\nnothing\n{ANN}\n")

    assert [json.loads(line)["status"] for line in there.out.splitlines()] == [
        "not_found",
        "could_not_check",
        "exposed",
    ]
    assert there.status == 2
    assert ANN not in there.err


def test_the_key_may_lie_in_a_file(site, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{site[2]}\n")
    file.chmod(0o600)

    assert breachcheck("check", ANN, "--remote", site[1], "--key-file", file).status == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        ((), {}, "missing_key"),
        ((), {KEY: "not a key"}, "malformed_key"),
        ((), {KEY: "0" * 32}, "invalid_key"),
        (("--breach", "Nothing"), None, "unknown_breach"),
        (("--kind", "phone"), None, "nothing_to_ask"),
    ],
)
def test_what_is_refused_there_is_no_answer_here(site, arguments, environment, reason):
    told = {KEY: site[2]} if environment is None else environment
    outcome = breachcheck("check", ANN, "--json", "--remote", site[1], *arguments, **told)

    assert (outcome.status, outcome.json) == (2, {"status": "could_not_check", "reason": reason})
    assert "not a key" not in outcome.err


def test_nobody_there_is_neither_a_yes_nor_a_no(site):
    outcome = breachcheck("check", ANN, "--json", "--remote", f"http://127.0.0.1:{free_port()}", **{KEY: site[2]})

    assert (outcome.status, outcome.json["status"]) == (2, "could_not_check")
    assert site[2] not in outcome.err


@pytest.mark.parametrize("option", [("--as", "operator"), ("--load", "1")])
def test_what_only_this_machine_can_be_asked_is_refused(site, option):
    assert check_there(site, ANN, *option).status == 2


def sync_there(site, rows, *options):
    columns = ("--account-column", "mail", "--account-column", "other")
    _, url, key = site
    return breachcheck("watchlists", "sync", "staff", "-", *columns, "--url", url, *options, stdin=rows, **{KEY: key})


def test_an_export_is_put_on_a_list_there_and_refused_lines_are_its_own(site):
    done = sync_there(site, STAFF, "--json")

    assert done.json == {
        "name": "staff",
        "refs": 2,
        "accounts": 2,
        "added": 2,
        "removed": 0,
        "refused": [
            {"line": 3, "ref": "e2", "reason": "invalid_account"},
            {"line": 4, "ref": None, "reason": "invalid_line"},
            {"line": 5, "ref": "e3", "reason": "invalid_account"},
        ],
    }
    assert sync_there(site, STAFF).out.startswith("staff watches 2 accounts of 2 refs: 0 added, 0 removed, 3 refused.")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("ref,mail,other\nbad line\n", "Not one of 1 lines"),
        (f"ref,mail,other\ne1,{ANN},\n{ANN},{ANN},\n", "line 3 has an @"),
        ("ref,mail,other\ne1,nobody,\n", "Not one of 1 lines"),
    ],
)
def test_a_broken_export_changes_nothing_there(site, rows, says):
    sync_there(site, STAFF)
    done = sync_there(site, rows, "--json")

    assert (done.status, done.out) == (2, "")
    assert says in done.err
    assert ANN not in done.err
    assert sync_there(site, STAFF, "--json").json["added"] == 0


def test_the_holder_is_whose_key_it_is(site):
    assert sync_there(site, STAFF, "--holder", "team").status == 2
