"""Sensitive breaches in /api/v1: for who has proved the domain, if an operator allowed it; on record."""

import json
from typing import ClassVar

import pytest

from breachcheck.addresses import canonical
from breachcheck.services import Services
from breachcheck.suppressions import Level
from ingest import worker
from tests.engines import ENGINES as ENGINES
from tests.outside import Dns
from tests.stores import facts, published_breach
from tests.web.teams import ALL_SCOPES, DOMAINS, PEOPLE, SITE, Team, team_of


class TestSensitive:
    @pytest.fixture
    def loaded(self, site: Services, dns: Dns) -> Team:
        team = team_of(site, dns, *ALL_SCOPES)
        team.load("Shop", *PEOPLE)
        team.load("Whisper", *PEOPLE, sensitive=True)
        return team

    def names(self, team: Team, account: str = f"ann@{SITE}") -> list[str]:
        answer = team.post("/api/v1/lookup", {"account": account}).json
        return sorted(one["breach"]["name"] for one in answer["exposures"])

    def test_with_the_scope_and_the_proof_they_are_told_and_audited(self, loaded: Team) -> None:
        loaded.prove()

        assert self.names(loaded) == ["Shop", "Whisper"]
        assert loaded.audited()[0] == ("ask sensitive breaches", f"people of {SITE}")
        assert [one["breach"]["name"] for one in loaded.exposures()] == ["Shop", "Whisper"]

    def test_with_the_scope_alone_they_are_not(self, loaded: Team) -> None:
        assert self.names(loaded) == ["Shop"]
        assert loaded.audited() == []

    def test_with_the_proof_alone_they_are_not(self, loaded: Team) -> None:
        plain = team_of(loaded.store, loaded.dns, "domains", "lookup")
        plain.prove()

        assert self.names(plain) == ["Shop"]
        assert [one["breach"]["name"] for one in plain.exposures()] == ["Shop"]

    def test_of_people_elsewhere_they_are_not(self, loaded: Team) -> None:
        loaded.prove()

        assert self.names(loaded, "cy@other.example") == ["Shop"]

    def test_whoever_opted_out_is_told_to_nobody(self, loaded: Team) -> None:
        loaded.prove()
        loaded.store.opt_outs.opt_out(loaded.store.digester.of_address(canonical(f"ann@{SITE}")), Level.HIDE)

        assert self.names(loaded) == []

    def test_what_counts_as_checked_does_not_tell_who_is_in_them(self, loaded: Team) -> None:
        loaded.prove()
        asked = [loaded.post("/api/v1/lookup", {"account": f"{one}@{SITE}"}).json for one in ("ann", "nobody")]

        assert [answer["checked"]["breaches"] for answer in asked] == [2, 2]

    def test_an_end_of_the_proof_ends_it(self, loaded: Team) -> None:
        loaded.prove()
        loaded.client.delete(f"{DOMAINS}/{SITE}", headers=loaded.headers)

        assert self.names(loaded) == ["Shop"]

    def test_a_text_that_is_no_address_is_refused_as_ever(self, loaded: Team) -> None:
        loaded.prove()

        assert loaded.post("/api/v1/lookup", {"account": "nobody"}).status_code == 400


class TestInBatches:
    @pytest.fixture
    def loaded(self, site: Services, dns: Dns) -> Team:
        team = team_of(site, dns, *ALL_SCOPES, "batch")
        team.load("Shop", *PEOPLE)
        team.load("Whisper", *PEOPLE, sensitive=True)
        return team

    def told(self, team: Team, *accounts: object) -> list[dict]:
        return [json.loads(line) for line in team.post("/api/v1/lookup/batch", list(accounts)).text.splitlines()]

    def names(self, line: dict) -> list[str]:
        return sorted(one["breach"]["name"] for one in line["exposures"])

    def test_each_line_is_what_the_look_up_says(self, loaded: Team) -> None:
        loaded.prove()
        accounts = [f"ann@{SITE}", "cy@other.example", f"nobody@{SITE}", f"fay@{SITE}", "nobody@other.example"]
        lines = self.told(loaded, *accounts)
        alone = [loaded.post("/api/v1/lookup", {"account": one}).json for one in accounts]

        assert [self.names(line) for line in lines] == [["Shop", "Whisper"], ["Shop"], [], ["Shop", "Whisper"], []]
        assert [line["checked"]["breaches"] for line in lines] == [2, 1, 2, 2, 1]
        assert [self.names(line) for line in lines] == [self.names(one) for one in alone]
        assert [line["checked"]["breaches"] for line in lines] == [one["checked"]["breaches"] for one in alone]

    def test_they_are_on_record_once_and_nobody_by_name(self, loaded: Team) -> None:
        loaded.prove()
        before = len(loaded.audited())
        self.told(loaded, f"ann@{SITE}", f"bo@{SITE}", "nobody")

        assert loaded.audited()[: len(loaded.audited()) - before] == [
            ("ask sensitive breaches", f"a batch of 3 accounts: people of {SITE}"),
            ("batch", "3 accounts"),
        ]

    def test_a_line_that_is_no_address_is_an_error_of_that_line(self, loaded: Team) -> None:
        loaded.prove()

        assert [line.get("reason") for line in self.told(loaded, "nobody", f"ann@{SITE}")] == ["invalid_account", None]

    def test_without_the_scope_or_the_proof_there_are_none(self, loaded: Team) -> None:
        without_proof = self.told(loaded, f"ann@{SITE}")
        plain = team_of(loaded.store, loaded.dns, "domains", "batch")
        plain.prove()
        without_scope = self.told(plain, f"ann@{SITE}")

        assert [self.names(line) for line in (*without_proof, *without_scope)] == [["Shop"], ["Shop"]]
        assert not [one for one in loaded.audited() if one[0] == "ask sensitive breaches"]

    def test_an_end_of_the_proof_ends_it(self, loaded: Team) -> None:
        loaded.prove()
        loaded.client.delete(f"{DOMAINS}/{SITE}", headers=loaded.headers)

        assert self.names(self.told(loaded, f"ann@{SITE}")[0]) == ["Shop"]


class TestOnWatchlists:
    SCOPES = (*ALL_SCOPES, "watch")
    LIST = "/api/v1/watchlists/staff"
    STAFF: ClassVar = [
        {"ref": "e1", "account": f"ann@{SITE}"},
        {"ref": "e1", "account": "cy@other.example"},
        {"ref": "e2", "account": f"bo@mail.{SITE}"},
        {"ref": "e3", "account": f"nobody@{SITE}"},
    ]

    @pytest.fixture
    def loaded(self, site: Services, dns: Dns) -> Team:
        team = team_of(site, dns, *self.SCOPES)
        team.load("Shop", *PEOPLE)
        team.load("Whisper", *PEOPLE, sensitive=True)
        return team

    def put(self, team: Team) -> None:
        assert team.client.put(self.LIST, json=self.STAFF, headers=team.headers).status_code in (200, 201)

    def told(self, team: Team, cursor: str = "") -> list[tuple[str, str, str]]:
        page = team.get(f"{self.LIST}/exposures?cursor={cursor}").json
        return [(one["event"], one["ref"], one["breach"]["name"]) for one in page["events"]]

    def work(self, team: Team) -> None:
        while worker.run_one(team.store):
            pass

    def cursor(self, team: Team) -> str:
        return str(team.get(f"{self.LIST}/exposures").json["cursor"])

    def test_a_proof_tells_them_of_its_people_and_of_nobody_else(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)

        events = loaded.get(f"{self.LIST}/exposures").json["events"]
        assert [(one["ref"], one["breach"]["name"]) for one in events] == [("e1", "Shop"), ("e1", "Whisper")]
        assert events[1]["leaked"] == ["Email addresses"]  # ann's; cy's name is not told

    def test_without_the_scope_or_the_proof_they_are_not_told(self, loaded: Team) -> None:
        self.put(loaded)
        plain = team_of(loaded.store, loaded.dns, "domains", "watch")
        plain.prove()

        assert (self.told(loaded), self.told(plain)) == ([("exposed", "e1", "Shop")],) * 2
        assert not [one for one in loaded.audited() + plain.audited() if one[0] == "ask sensitive breaches"]

    def test_a_proof_that_comes_later_is_told_by_the_worker(self, loaded: Team) -> None:
        self.put(loaded)
        seen = self.cursor(loaded)
        loaded.prove()
        self.work(loaded)

        assert self.told(loaded, seen) == [("exposed", "e1", "Whisper")]

    def test_subdomains_are_of_a_domain_that_dns_proved(self, loaded: Team) -> None:
        loaded.prove()
        published_breach(
            loaded.store, facts(name="Deep", title="Deep", is_sensitive=True), {f"bo@mail.{SITE}": ["Email addresses"]}
        )
        self.put(loaded)

        assert ("exposed", "e2", "Deep") in self.told(loaded)

    def test_another_key_of_the_holder_reads_nothing_of_them(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)
        clerk = team_of(loaded.store, loaded.dns, "watch")
        loaded.store.publishing.withdraw("Whisper", by="tests", reason="It was wrong.")
        self.work(loaded)

        assert self.told(loaded)[-1] == ("withdrawn", "e1", "Whisper")
        assert self.told(clerk) == [("exposed", "e1", "Shop")]

    @pytest.mark.parametrize("end", ["proof", "key"])
    def test_what_ended_opens_nothing_at_once(self, loaded: Team, end: str) -> None:
        loaded.prove()
        self.put(loaded)
        before = self.told(loaded)
        if end == "proof":
            loaded.client.delete(f"{DOMAINS}/{SITE}", headers=loaded.headers)
            after = self.told(loaded)
        else:
            loaded.store.api_keys.revoke(loaded.key_id)
            after = self.told(team_of(loaded.store, loaded.dns, *self.SCOPES))

        assert (len(before), after) == (2, [("exposed", "e1", "Shop")])

    def test_whoever_opted_out_is_told_to_nobody(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)
        loaded.store.opt_outs.opt_out(loaded.store.digester.of_address(canonical(f"ann@{SITE}")), Level.HIDE)

        assert ("exposed", "e1", "Whisper") not in self.told(loaded)

    def test_a_breach_that_becomes_sensitive_is_withdrawn_for_who_has_no_right(self, loaded: Team) -> None:
        self.put(loaded)
        seen = self.cursor(loaded)
        loaded.store.publishing.update(
            facts(loaded.store.catalogue.published().get("Shop").facts, is_sensitive=True), by="tests"
        )
        self.work(loaded)

        assert self.told(loaded, seen) == [("withdrawn", "e1", "Shop")]

    def test_a_breach_that_is_sensitive_no_more_is_news_to_everyone(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)
        clerk = team_of(loaded.store, loaded.dns, "watch")
        seen = self.cursor(clerk)
        whisper = loaded.store.catalogue.published().get("Whisper").facts
        loaded.store.publishing.update(facts(whisper, is_sensitive=False), by="tests", lower_sensitivity=True)
        self.work(loaded)

        assert self.told(clerk, seen) == [("changed", "e1", "Whisper")]

    def test_each_sync_and_each_page_of_them_is_on_record_once(self, loaded: Team) -> None:
        loaded.prove()
        before = len(loaded.audited())
        self.put(loaded)
        self.told(loaded)
        self.told(loaded, self.cursor(loaded))

        subjects = [subject for _, subject in loaded.audited()[: len(loaded.audited()) - before]]
        assert subjects[-1] == f"watchlist staff: people of {SITE}"
        assert set(subjects[:-1]) == {f"events of watchlist staff: people of {SITE}"}
        assert not any("@" in one for one in subjects)

    def test_webhooks_are_told_as_a_plain_key(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)

        page = loaded.store.watch_feed.after("team", "staff", "", 10)
        assert [one.news.breach for one in page.events] == ["Shop"]

    def test_a_list_of_before_there_were_domains_is_told_after_the_next_sync(self, loaded: Team) -> None:
        loaded.prove()
        self.put(loaded)
        loaded.store.databases[1].execute("UPDATE watched_account SET domains = ''")
        loaded.store.databases[1].execute("DELETE FROM watch_finding")
        loaded.store.databases[1].execute("UPDATE watchlist SET generation = NULL")
        seen = self.cursor(loaded)
        self.work(loaded)
        loaded.store.watching.tell_all()
        without = self.told(loaded, seen)
        self.put(loaded)

        assert without == [("exposed", "e1", "Shop")]
        assert self.told(loaded, seen)[1:] == [("exposed", "e1", "Whisper")]
