"""Sensitive breaches in /api/v1: for who has proved the domain, if an operator allowed it; on record."""

import json

import pytest

from breachcheck.addresses import canonical
from breachcheck.services import Services
from breachcheck.suppressions import Level
from tests.outside import Dns
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
