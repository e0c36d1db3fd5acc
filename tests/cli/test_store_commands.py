"""``init``, ``breaches``, ``keys`` and ``operators``, as their users run them."""

import re

import pytest

from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, held_breach, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"


@pytest.mark.engines("sqlite")
def test_init_makes_a_store_that_only_its_owner_can_read_and_says_to_back_the_keys_up(tmp_path):
    outcome = breachcheck("init", data=tmp_path / "data")

    assert outcome.status == 0
    assert "Back up" in outcome.out
    keys = {file.name for file in (tmp_path / "data").glob("*.key")}
    assert keys == set(re.findall(r"^ {4}\S*/(\S+\.key)  ", outcome.out, re.MULTILINE))
    assert "settings.toml" in outcome.out
    assert {file.name for file in (tmp_path / "data").iterdir()} >= {"index.db", "catalogue.db", "index.key", "app.key"}
    assert {(tmp_path / "data" / name).stat().st_mode & 0o077 for name in ("index.key", "app.key", "index.db")} == {0}


@pytest.mark.engines("sqlite")
def test_init_twice_changes_nothing(tmp_path):
    breachcheck("init", data=tmp_path / "data")
    before = (tmp_path / "data" / "index.key").read_bytes()

    outcome = breachcheck("init", data=tmp_path / "data")

    assert outcome.status == 2
    assert "exists already" in outcome.err
    assert (tmp_path / "data" / "index.key").read_bytes() == before


@pytest.mark.engines("sqlite")
def test_a_passphrase_is_shown_once_and_opens_the_store(tmp_path):
    shown = breachcheck("init", "--passphrase", data=tmp_path / "data").out
    passphrase = re.search(r"^    (\S.*)$", shown, re.MULTILINE).group(1)
    secret = tmp_path / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(f"{passphrase}\n")

    without = breachcheck("breaches", "list", data=tmp_path / "data")
    with_it = breachcheck("breaches", "list", data=tmp_path / "data", BREACHCHECK_INDEX_PASSPHRASE_FILE=str(secret))

    assert not (tmp_path / "data" / "index.key").exists()
    assert "index.key" not in shown
    assert (without.status, with_it.status) == (2, 0)
    assert "BREACHCHECK_INDEX_PASSPHRASE_FILE" in without.err


@pytest.mark.engines("sqlite")
def test_owner_mode_without_mail_is_refused(tmp_path):
    outcome = breachcheck("init", "--disclosure", "owner", data=tmp_path / "data")

    assert outcome.status == 2
    assert "mail" in outcome.err
    assert not (tmp_path / "data" / "index.db").exists()


class TestBreaches:
    def test_nothing_loaded_says_what_to_do(self, store):
        assert "breachcheck ingest" in breachcheck("breaches", "list", data=store.config.data).out

    def test_a_held_breach_is_listed_published_and_withdrawn(self, store):
        held_breach(store, SHOP, {ANN: [EMAIL]})
        data = store.config.data

        states = []
        for command in (["publish", "Shop"], ["withdraw", "Shop", "--reason", "wrong file"]):
            states.append(breachcheck("breaches", "list", "--json", data=data).json[0]["state"])
            assert breachcheck("breaches", *command, data=data).status == 0
        states.append(breachcheck("breaches", "list", "--json", data=data).json[0]["state"])

        assert states == ["held", "published", "withdrawn"]

    def test_what_was_withdrawn_is_withdrawn_whatever_is_held_of_it(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        held_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.withdraw("Shop", by="tests")

        (listed,) = breachcheck("breaches", "list", "--json", data=store.config.data).json

        assert (listed["state"], listed["held_loads"]) == ("withdrawn", 1)

    def test_show_tells_loads_and_history(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        published_breach(store, SHOP, {ANN: [EMAIL]})

        shown = breachcheck("breaches", "show", "Shop", "--json", data=store.config.data).json

        assert [load["current"] for load in shown["loads"]] == [True, False]
        assert len(shown["history"]) == 2
        assert "Loads" in breachcheck("breaches", "show", "Shop", data=store.config.data).out

    def test_rollback_goes_back_to_the_former_load(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL]})
        published_breach(store, facts(title="Second"), {ANN: [EMAIL]})

        assert breachcheck("breaches", "rollback", "Shop", data=store.config.data).status == 0
        assert store.breaches.get("Shop").current_load == first

    def test_each_switch_says_as_json_how_the_breach_stands_then(self, store):
        first = published_breach(store, SHOP, {ANN: [EMAIL]})
        held = held_breach(store, SHOP, {ANN: [EMAIL]})

        stands = {
            command: breachcheck("breaches", command, "Shop", "--json", data=store.config.data).json
            for command in ("publish", "rollback", "withdraw")
        }

        assert {command: facts["current_load"] for command, facts in stands.items()} == {
            "publish": held,
            "rollback": first,
            "withdraw": None,
        }
        assert stands["withdraw"]["state"] == "withdrawn"

    def test_an_update_says_as_json_how_the_breach_stands_then(self, store, tmp_path):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        manifest = tmp_path / "breach.yaml"
        manifest.write_text(
            "manifest: 1\nname: Shop\ntitle: New title\nbreach_date: 2026-03-14\ndescription: Words.\n"
            "files: [{path: gone.csv}]\n"
        )

        outcome = breachcheck("breaches", "update", manifest, "--json", data=store.config.data)

        assert outcome.json["title"] == "New title"

    def test_an_update_that_only_mail_could_serve_is_refused_while_mail_is_off(self, store, tmp_path):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        manifest = tmp_path / "breach.yaml"
        manifest.write_text(
            "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: Words.\ndisclosure: owner\n"
            "files: [{path: gone.csv}]\n"
        )

        outcome = breachcheck("breaches", "update", manifest, data=store.config.data)

        assert outcome.status == 2
        assert "mail is off" in outcome.err

    @pytest.mark.parametrize("command", ["show", "publish", "withdraw", "rollback"])
    def test_an_unknown_breach_is_a_clear_error(self, store, command):
        outcome = breachcheck("breaches", command, "Nothing", data=store.config.data)

        assert outcome.status == 2
        assert "no breach of that name" in outcome.err


class TestKeys:
    def test_a_key_is_32_hexadecimal_digits_shown_once(self, store):
        data = store.config.data
        made = breachcheck("keys", "create", "--name", "siem", "--scope", "lookup", "--json", data=data).json

        assert re.fullmatch("[0-9a-f]{32}", made["key"])
        assert set(made) == {"id", "key", "scopes"}
        assert made["scopes"] == ["lookup"]
        assert made["key"] not in breachcheck("keys", "list", "--json", data=data).out

    def test_a_key_needs_a_scope_that_there_is(self, store):
        assert breachcheck("keys", "create", "--name", "x", data=store.config.data).status == 2
        assert breachcheck("keys", "create", "--name", "x", "--scope", "all", data=store.config.data).status == 2

    def test_a_revoked_key_is_listed_as_such(self, store):
        data = store.config.data
        made = breachcheck("keys", "create", "--name", "siem", "--scope", "lookup", "--json", data=data).json

        assert breachcheck("keys", "revoke", str(made["id"]), data=data).status == 0
        assert breachcheck("keys", "list", "--json", data=data).json[0]["revoked_at"]
        assert breachcheck("keys", "revoke", str(made["id"]), data=data).status == 2


class TestOperators:
    def test_an_operator_is_added_listed_and_removed(self, store):
        data = store.config.data
        added = breachcheck("operators", "add", "kim", "--password-file", "-", data=data, stdin="long enough a word\n")
        listed = breachcheck("operators", "list", "--json", data=data).json
        removed = breachcheck("operators", "remove", "kim", data=data)

        assert (added.status, removed.status) == (0, 0)
        assert [one["name"] for one in listed] == ["kim"]
        assert breachcheck("operators", "remove", "kim", data=data).status == 2

    def test_a_short_password_is_refused(self, store):
        outcome = breachcheck(
            "operators", "add", "kim", "--password-file", "-", data=store.config.data, stdin="short\n"
        )

        assert outcome.status == 2
        assert "12" in outcome.err


@pytest.mark.engines("sqlite")
def test_init_says_in_the_settings_who_may_see_answers(tmp_path):
    breachcheck("init", "--disclosure", "closed", data=tmp_path / "data")

    assert 'disclosure = "closed"' in (tmp_path / "data" / "settings.toml").read_text()


@pytest.mark.engines("sqlite")
def test_init_does_not_pass_over_settings_that_say_otherwise(tmp_path):
    (tmp_path / "settings.toml").write_text('disclosure = "open"\n')
    outcome = breachcheck("init", "--disclosure", "closed", data=tmp_path)

    assert outcome.status == 2
    assert "says disclosure open; change it there" in outcome.err
    assert not (tmp_path / "catalogue.db").exists()


@pytest.mark.engines("sqlite")
def test_manifest_commands_take_a_data_folder_as_every_command_does(tmp_path):
    (tmp_path / "people.csv").write_text(f"email\n{ANN}\n")

    assert breachcheck("manifest", "draft", tmp_path / "people.csv", data=tmp_path / "none").status == 0
    assert not (tmp_path / "none").exists()


@pytest.mark.engines("sqlite")
def test_a_draft_is_written_to_a_file_and_never_over_one(tmp_path):
    (tmp_path / "users.csv").write_text("email\nann@example.com\n")
    command = ("manifest", "draft", "users.csv", "--output", "breach.yaml")

    written = breachcheck(*command, data=tmp_path / "data")
    again = breachcheck(*command, data=tmp_path / "data")

    assert (written.status, written.out) == (0, "")
    assert "breachcheck manifest check breach.yaml" in written.err
    assert "- path: users.csv" in (tmp_path / "breach.yaml").read_text()
    assert again.status == 2
    assert "breach.yaml is there already and is left as it is" in again.err


def test_a_good_manifest_whose_files_are_elsewhere_says_so(tmp_path):
    facts = "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: x\n"
    (tmp_path / "breach.yaml").write_text(facts + "files: [{path: users.csv, password_file: secret}, {path: '*.yaml'}]")

    checked = breachcheck("manifest", "check", "breach.yaml", data=tmp_path / "data")

    assert checked.status == 0
    assert "Not there yet: users.csv, secret; a load needs them" in checked.out


def test_data_classes_are_listed_by_a_word_in_them():
    listed = breachcheck("manifest", "classes", "comment", "--json").json

    assert [one["data_class"] for one in listed] == ["Customer service comments", "Comments"]


HUGE = "9" * 20


@pytest.mark.parametrize(
    "command",
    [
        ("check", "ann@example.com", "--load", HUGE),
        ("breaches", "publish", "Shop", "--load", HUGE),
        ("breaches", "show", "Shop", "--manifest", f"-{HUGE}"),
        ("mails", "drop", HUGE),
    ],
    ids=lambda command: command[0],
)
def test_a_number_that_no_row_can_have_is_refused_in_words(store, command):
    outcome = breachcheck(*command, data=store.config.data)

    assert outcome.status == 2
    assert "is larger than any number here." in outcome.err


def test_where_nothing_is_to_be_pruned_it_says_so(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    assert breachcheck("breaches", "prune", data=store.config.data).out == "There is nothing to prune.\n"
