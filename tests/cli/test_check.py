"""``check``: an answer and an exit status that no program can misread."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import breachcheck, environment
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, break_index, facts, held_breach, new_store, published_breach

ANN = "ann@example.com"
NOBODY = "nobody@example.com"
EMAIL = "Email addresses"
NAMES = "Names"
PRIVATE = "Religions"


@pytest.fixture
def data(store):
    published_breach(store, SHOP, {ANN: [EMAIL, NAMES], "bob@example.com": [EMAIL, "Phone numbers"]})
    published_breach(store, facts(name="Quiet", title="Quiet", is_sensitive=True), {ANN: [EMAIL, PRIVATE]})
    return store.config.data


def test_an_exposed_account_is_status_1_with_its_fields(data):
    outcome = breachcheck("check", ANN, "--json", "--as", "public", data=data)

    assert outcome.status == 1
    assert outcome.json["status"] == "exposed"
    assert [one["leaked"] for one in outcome.json["exposures"]] == [[EMAIL, NAMES]]
    assert outcome.json["exposures"][0]["not_leaked"] == ["Phone numbers"]


def test_the_json_of_an_exposure_has_every_key_that_programs_rely_on(data):
    exposure = breachcheck("check", ANN, "--json", data=data).json["exposures"][0]

    assert set(exposure) >= {
        "breach", "leaked", "not_leaked", "unknown", "owner_only", "not_exposed", "severity", "via_alias", "advice"
    }  # fmt: skip
    assert set(exposure["breach"]) >= {"name", "title"}
    assert all(set(step) >= {"id", "title", "why", "how"} for step in exposure["advice"])


def test_a_miss_is_status_0_and_says_what_was_asked(data):
    outcome = breachcheck("check", NOBODY, "--json", data=data)

    assert outcome.status == 0
    assert outcome.json["status"] == "not_found"
    assert outcome.json["exposures"] == []
    assert outcome.json["checked"]["breaches"] == 2
    assert set(outcome.json["checked"]) == {"breaches", "as_of", "newest_added"}


def test_the_operator_sees_everything_and_is_audited(store, data):
    outcome = breachcheck("check", ANN, "--json", data=data)

    assert {one["breach"]["name"] for one in outcome.json["exposures"]} == {"Shop", "Quiet"}
    newest = store.audit.latest(1)[0]
    assert newest.action == "check"
    assert ANN not in newest.subject


def test_what_is_no_address_is_status_2_and_not_quoted(data):
    outcome = breachcheck("check", "no-address-at-all", "--json", data=data)

    assert outcome.status == 2
    assert outcome.json == {"status": "could_not_check", "reason": "invalid_account"}
    assert "no-address-at-all" not in outcome.err


@pytest.mark.parametrize("break_it", [break_index, break_catalogue])
def test_a_broken_store_is_status_2_and_never_a_miss(store, data, break_it):
    break_it(store)

    outcome = breachcheck("check", NOBODY, "--json", data=data)

    assert outcome.status == 2
    assert outcome.json["status"] == "could_not_check"


def test_no_store_is_status_2_with_the_remedy(tmp_path):
    outcome = breachcheck("check", ANN, "--json", data=tmp_path / "none")

    assert outcome.status == 2
    assert outcome.json["status"] == "could_not_check"
    assert "breachcheck init" in outcome.err
    assert "Traceback" not in outcome.err


def test_an_empty_store_has_nothing_to_ask(store):
    outcome = breachcheck("check", ANN, "--json", data=store.config.data)

    assert outcome.status == 2
    assert outcome.json == {"status": "could_not_check", "reason": "nothing_to_ask"}


def test_a_usage_error_is_status_2(data):
    assert breachcheck("check", data=data).status == 2
    assert breachcheck("check", ANN, "--kind", "shoe size", data=data).status == 2


def test_another_key_is_status_2_with_the_remedy(data):
    (data / "index.key").write_text("11" * 32 + "\n")

    outcome = breachcheck("check", ANN, "--json", data=data)

    assert outcome.status == 2
    assert outcome.json["status"] == "could_not_check"
    assert "BREACHCHECK_INDEX_KEY_FILE" in outcome.err


@pytest.mark.parametrize(
    ("lines", "statuses", "status"),
    [
        ([ANN, NOBODY], ["exposed", "not_found"], 1),
        ([NOBODY, "nothing"], ["not_found", "could_not_check"], 2),
        ([NOBODY], ["not_found"], 0),
        ([ANN, "", NOBODY], ["exposed", "could_not_check", "not_found"], 2),
        ([], [], 0),
    ],
)
def test_standard_input_is_answered_line_by_line_in_order(data, lines, statuses, status):
    outcome = breachcheck("check", "-", "--json", data=data, stdin="".join(f"{line}\n" for line in lines))

    assert [json.loads(line)["status"] for line in outcome.out.splitlines()] == statuses
    assert outcome.status == status


def test_a_held_load_is_asked_by_its_number_alone(store, data):
    load_id = held_breach(store, facts(name="Held"), {NOBODY: [EMAIL]})

    assert breachcheck("check", NOBODY, "--json", data=data).status == 0
    assert breachcheck("check", NOBODY, "--json", "--load", str(load_id), data=data).status == 1
    assert breachcheck("check", NOBODY, "--json", "--load", "99", data=data).json["reason"] == "unknown_load"


def test_a_breach_that_is_not_there_is_no_answer(data):
    outcome = breachcheck("check", ANN, "--json", "--breach", "Nothing", data=data)

    assert (outcome.status, outcome.json["reason"]) == (2, "unknown_breach")


def test_a_demo_says_so_in_every_answer(tmp_path):
    store = new_store(tmp_path / "demo", is_demo=True)
    published_breach(store, SHOP, {ANN: [EMAIL]})
    store.close()

    for account in (ANN, NOBODY, "nothing"):
        assert breachcheck("check", account, "--json", data=tmp_path / "demo").json["demo"] is True
    shown = breachcheck("check", ANN, "--json", data=tmp_path / "demo").json["exposures"][0]["breach"]["title"]
    assert shown.endswith("(demo)")
    assert "made up" in breachcheck("check", ANN, data=tmp_path / "demo").out


def test_the_answer_in_words_has_its_groups_and_steps(data):
    out = breachcheck("check", ANN, "--as", "public", data=data).out

    assert out.startswith("Yes, in 1 of 1 breach (newest added ")
    assert "yours        email address, name" in out
    assert "not yours    phone number" in out
    assert "  1. " in out


def test_a_failure_in_words_is_neither_a_yes_nor_a_no(tmp_path):
    outcome = breachcheck("check", ANN, data=tmp_path / "none")

    assert outcome.out == ""
    assert outcome.err.startswith("We could not check: ")
    assert "This is not a yes, and it is not a no." in outcome.err


def status_where_output_goes_to(out, data):
    command = [sys.executable, "-m", "breachcheck.cli", "check", NOBODY, "--json", "--data", str(data)]
    return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environment(), check=False)


def test_an_answer_that_cannot_be_written_is_no_all_clear(data):
    with Path("/dev/full").open("wb") as full:
        done = status_where_output_goes_to(full, data)

    assert done.returncode == 2
    assert b"not be written" in done.stderr


def test_a_reader_that_left_is_not_told_exposed(data):
    reading, writing = os.pipe()
    os.close(reading)
    done = status_where_output_goes_to(writing, data)
    os.close(writing)

    assert (done.returncode, done.stderr) == (2, b"")
