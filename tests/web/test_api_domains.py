"""/api/v1/domains, and domains in /api/v3: who has proved one is told of its people, and nobody else."""

import json
from pathlib import Path

import pytest

from breachcheck.addresses import canonical
from breachcheck.services import Services
from breachcheck.suppressions import Level
from breachcheck.web.api_domains import CHECKS_A_MINUTE
from tests.engines import ENGINES as ENGINES
from tests.outside import HERE, Dns
from tests.stores import SHOP, break_catalogue, new_store, published_breach
from tests.web.teams import ALL_SCOPES, DOMAINS, PEOPLE, SITE, Team, team_of
from tests.web.test_openapi import mismatches


@pytest.fixture
def team(site: Services, dns: Dns) -> Team:
    return team_of(site, dns, "domains", "lookup")


class TestProving:
    def test_beginning_says_what_to_put_where(self, team: Team) -> None:
        facts = team.post(DOMAINS, {"domain": "SITE.example"}).json

        token = facts["ways"]["file"]["content"]
        assert (facts["domain"], facts["state"], facts["way"]) == (SITE, "pending", None)
        assert facts["ways"]["dns"] == {"name": SITE, "type": "TXT", "value": f"breachcheck-verify={token}"}
        assert facts["ways"]["file"]["url"] == f"https://{SITE}/.well-known/breachcheck-verify.txt"
        assert token in facts["ways"]["meta"]["tag"]
        assert "postmaster" in facts["ways"]["mail"]["mailboxes"]

    def test_a_check_proves_it_and_the_list_says_so(self, team: Team) -> None:
        checked = team.prove().json
        listed = team.get(DOMAINS).json["domains"]

        assert (checked["state"], checked["way"], checked["covers_subdomains"]) == ("proved", "dns", True)
        assert checked["missed"] == []
        assert [one["domain"] for one in listed] == [SITE]

    def test_a_check_that_finds_nothing_says_why_for_each_way(self, team: Team) -> None:
        team.dns.records[SITE, "A"] = [HERE]
        team.post(DOMAINS, {"domain": SITE})

        checked = team.post(f"{DOMAINS}/{SITE}/check", {}).json

        assert (checked["state"], [one["way"] for one in checked["missed"]]) == ("pending", ["dns", "file", "meta"])
        assert "outbound_allowed" in checked["missed"][1]["why"]

    def test_one_way_alone_can_be_checked(self, team: Team) -> None:
        team.post(DOMAINS, {"domain": SITE})

        assert [one["way"] for one in team.post(f"{DOMAINS}/{SITE}/check", {"way": "dns"}).json["missed"]] == ["dns"]

    def test_a_code_is_mailed_to_a_standard_mailbox_on_demand(self, team: Team) -> None:
        assert team.post(DOMAINS, {"domain": SITE, "mail_to": "postmaster"}).status_code == 200
        request = team.store.post.requests.oldest()

        assert request is not None
        assert request.recipient == f"postmaster@{SITE}"
        assert team.post(f"{DOMAINS}/{SITE}/check", {"code": "wrong"}).json["missed"][0]["way"] == "mail"

    def test_a_domain_that_is_given_up_opens_nothing(self, team: Team) -> None:
        team.prove()

        assert team.client.delete(f"{DOMAINS}/{SITE}", headers=team.headers).status_code == 204
        assert team.get(f"{DOMAINS}/{SITE}/exposures").status_code == 403
        assert team.get(DOMAINS).json["domains"] == []

    def test_proofs_are_those_of_one_key(self, team: Team) -> None:
        team.prove()
        other = team_of(team.store, team.dns, "domains")

        assert other.get(DOMAINS).json["domains"] == []
        assert other.get(f"{DOMAINS}/{SITE}/exposures").json["reason"] == "unproved_domain"

    def test_checks_are_few_a_minute(self, team: Team) -> None:
        team.post(DOMAINS, {"domain": SITE})
        statuses = [team.post(f"{DOMAINS}/{SITE}/check", {"way": "dns"}).status_code for _ in range(CHECKS_A_MINUTE)]

        refused = team.post(f"{DOMAINS}/{SITE}/check", {"way": "dns"})
        assert set(statuses) == {200}
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)

    @pytest.mark.parametrize(
        ("body", "status", "reason", "pointer"),
        [
            ({"domain": "co.uk"}, 422, "unprovable_domain", None),
            ({"domain": "gmail.com"}, 422, "unprovable_domain", None),
            ({"domain": "ann@site.example"}, 422, "invalid_request", "/domain"),
            ({"domain": SITE, "mail_to": "ceo"}, 422, "invalid_request", "/mail_to"),
            ({"domain": SITE, "more": 1}, 422, "invalid_request", "/more"),
            ({"domain": 1}, 422, "invalid_request", "/domain"),
            ([], 422, "invalid_request", ""),
        ],
    )
    def test_what_is_wrong_is_said(self, team: Team, body: object, status: int, reason: str, pointer: str) -> None:
        response = team.post(DOMAINS, body)

        assert (response.status_code, response.json["reason"], response.json.get("pointer")) == (
            status,
            reason,
            pointer,
        )
        assert "ann" not in response.text

    def test_a_body_that_is_not_json_is_said_to_be_so(self, team: Team) -> None:
        response = team.client.post(DOMAINS, data=b"\xff{", headers=team.headers)

        assert (response.status_code, response.json["reason"]) == (400, "malformed_json")

    def test_without_mail_no_code_is_mailed(self, tmp_path: Path, dns: Dns) -> None:
        store = new_store(tmp_path / "off", dns_servers=dns.server)
        team = team_of(store, dns, "domains")

        refused = team.post(DOMAINS, {"domain": SITE, "mail_to": "postmaster"})

        assert (refused.status_code, refused.json["pointer"]) == (422, "/mail_to")
        assert team.get(DOMAINS).json["domains"][0]["ways"]["mail"]["mailboxes"] == []
        store.close()

    @pytest.mark.parametrize(("method", "path"), [("POST", f"{SITE}/check"), ("DELETE", SITE)])
    def test_a_domain_that_was_not_begun_is_unknown(self, team: Team, method: str, path: str) -> None:
        response = team.client.open(f"{DOMAINS}/{path}", method=method, headers=team.headers)

        assert (response.status_code, response.json["reason"]) == (404, "unknown_domain")
        assert response.json["status"] == "could_not_check"

    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("GET", f"/{SITE}/exposures")])
    def test_a_key_needs_the_scope(self, team: Team, method: str, path: str) -> None:
        plain = team_of(team.store, team.dns, "lookup")

        assert plain.client.open(DOMAINS + path, method=method, headers=plain.headers).status_code == 403
        assert plain.client.open(DOMAINS + path, method=method).status_code == 401

    def test_a_broken_store_is_no_answer(self, team: Team) -> None:
        team.prove()
        break_catalogue(team.store)

        assert team.get(f"{DOMAINS}/{SITE}/exposures").status_code == 503


class TestExposures:
    def test_numbers_are_told_for_each_breach_and_class(self, team: Team) -> None:
        team.load("Shop", *PEOPLE)
        team.prove()

        (shop,) = team.exposures()
        assert (shop["breach"]["name"], shop["people"], shop["fewer_than"]) == ("Shop", 6, None)
        assert [(one["name"], one["people"]) for one in shop["classes"]] == [("Email addresses", 6), ("Names", 5)]
        assert shop["accounts"] is None

    def test_fewer_than_five_are_not_counted_out(self, team: Team) -> None:
        team.load("Shop", *PEOPLE[:4])
        team.prove()

        (shop,) = team.exposures()
        assert (shop["people"], shop["fewer_than"], shop["classes"]) == (None, 5, [])

    def test_a_class_of_fewer_than_five_is_not_counted_out(self, team: Team) -> None:
        team.load("Shop", *PEOPLE[:5])
        team.prove()

        (shop,) = team.exposures()
        assert [(one["name"], one["people"], one["fewer_than"]) for one in shop["classes"]] == [
            ("Email addresses", 5, None),
            ("Names", None, 5),
        ]

    def test_people_of_a_domain_that_was_proved_before_the_load_are_named(self, team: Team) -> None:
        team.prove()
        team.load("Shop", *PEOPLE)

        (shop,) = team.exposures()
        assert [one["account"] for one in shop["accounts"]] == [f"{one}@{SITE}" for one in PEOPLE]
        assert shop["accounts"][1]["leaked"] == ["Email addresses", "Names"]

    @pytest.mark.parametrize("level", [Level.HIDE, Level.FORGET])
    def test_whoever_opted_out_is_not_named_and_the_numbers_do_not_tell(self, team: Team, level: Level) -> None:
        team.prove()
        team.load("Shop", *PEOPLE)
        team.store.opt_outs.opt_out(team.store.digester.of_address(canonical(f"fay@{SITE}")), level)

        (shop,) = team.exposures()
        assert shop["people"] == 5
        assert f"fay+news@{SITE}" not in [one["account"] for one in shop["accounts"]]

    def test_a_breach_whose_only_people_opted_out_is_as_if_they_were_not_in_it(self, team: Team) -> None:
        team.prove()
        team.load("Shop", "ann")
        team.store.opt_outs.opt_out(team.store.digester.of_address(canonical(f"ann@{SITE}")), Level.FORGET)

        assert team.exposures() == []

    def test_what_lies_below_a_domain_that_dns_proved_may_be_asked(self, team: Team) -> None:
        team.load("Shop", *PEOPLE)
        team.prove()

        assert team.exposures(f"mail.{SITE}") == []

    def test_a_breach_from_before_domains_were_counted_is_named_as_such(self, team: Team) -> None:
        published_breach(team.store, SHOP, {f"ann@{SITE}": ["Names"]})
        team.prove()

        answer = team.get(f"{DOMAINS}/{SITE}/exposures").json
        assert (answer["checked"]["breaches"], answer["not_counted"][0]["name"]) == (0, "Shop")

    def test_nothing_to_ask_is_no_answer(self, team: Team) -> None:
        team.prove()

        response = team.get(f"{DOMAINS}/{SITE}/exposures")
        assert (response.status_code, response.json["reason"]) == (503, "nothing_to_ask")

    def test_asking_is_audited_without_an_account(self, team: Team) -> None:
        team.prove()
        team.load("Shop", *PEOPLE)
        team.exposures()

        assert team.audited()[0] == ("ask about domain", f"people of {SITE}")
        assert not any("@" in subject for _, subject in team.audited())


class TestInTheDialect:
    DOMAIN = f"/api/v3/breacheddomain/{SITE}"

    def test_a_sealed_domain_is_told_by_local_part(self, team: Team) -> None:
        team.prove()
        team.load("Shop", *PEOPLE)
        team.load("Market", "ann", "bo")

        told = team.get(self.DOMAIN)
        assert told.json == {one: ["Market", "Shop"] if one in ("ann", "bo") else ["Shop"] for one in PEOPLE}
        assert told.headers["Cache-Control"] == "no-store"
        assert told.headers["Breachcheck-Breaches-Checked"] == "2"
        assert told.headers["Breachcheck-Newest-Added"].endswith("Z")

    @pytest.mark.parametrize("service", ["stealerlogsbyemaildomain", "stealerlogsbywebsitedomain"])
    def test_there_are_no_stealer_logs_of_a_domain_that_was_proved(self, team: Team, service: str) -> None:
        before = team.get(f"/api/v3/{service}/{SITE}").status_code
        team.prove()
        after = team.get(f"/api/v3/{service}/{SITE}")

        assert (before, after.status_code, after.headers["Breachcheck-Breaches-Checked"]) == (403, 404, "0")

    def test_sensitive_breaches_need_the_scope_here_too(self, site: Services, dns: Dns) -> None:
        told = []
        for scopes in (ALL_SCOPES[:2], ALL_SCOPES):
            team = team_of(site, dns, *scopes)
            team.prove()
            if not told:
                team.load("Shop", "ann")
                team.load("Whisper", "ann", sensitive=True)
            told.append(team.get(self.DOMAIN).json["ann"])

        assert told == [["Shop"], ["Shop", "Whisper"]]

    def test_a_domain_of_which_one_breach_is_not_sealed_is_declined_whole(self, team: Team) -> None:
        team.load("Market", "ann", "bo")
        team.prove()
        team.load("Shop", *PEOPLE)

        declined = team.get(self.DOMAIN)
        assert declined.status_code == 403
        assert "Not sealed: Market." in declined.json["message"]
        assert "/api/v1/lookup" in declined.json["message"]

    def test_a_domain_that_is_not_proved_is_declined_in_words(self, team: Team) -> None:
        declined = team.get(self.DOMAIN)

        assert (declined.status_code, "has not proved" in declined.json["message"]) == (403, True)

    def test_a_domain_nobody_is_of_is_a_miss(self, team: Team) -> None:
        team.prove()
        team.load("Shop")

        assert team.get(self.DOMAIN).status_code == 404

    def test_nothing_to_ask_is_never_a_miss(self, team: Team) -> None:
        team.prove()

        assert team.get(self.DOMAIN).status_code == 503

    @pytest.mark.parametrize("domain", ["co.uk", "nothing", "a@site.example"])
    def test_what_nobody_can_prove_is_a_bad_request(self, team: Team, domain: str) -> None:
        assert team.get(f"/api/v3/breacheddomain/{domain}").status_code == 400

    def test_proved_domains_are_subscribed_to(self, team: Team) -> None:
        team.prove()
        team.load("Shop", *PEOPLE)

        (one,) = team.get("/api/v3/subscribeddomains").json
        assert (one["DomainName"], one["PwnCount"], one["PwnCountExcludingSpamLists"]) == (SITE, 6, 6)
        assert one["PwnCountExcludingSpamListsAtLastSubscriptionRenewal"] is None
        assert one["NextSubscriptionRenewal"].endswith("Z")

    def test_a_number_that_nobody_can_tell_is_null(self, team: Team) -> None:
        team.prove()
        assert team.get("/api/v3/subscribeddomains").json[0]["PwnCount"] is None

        team.load("Shop", "ann")
        assert team.get("/api/v3/subscribeddomains").json[0]["PwnCount"] is None

    def test_a_domain_is_verified_by_the_dialect_s_own_steps(self, team: Team) -> None:
        steps = "/api/v3/domainverification"
        value = team.post(f"{steps}/generatednstoken", {"DomainName": SITE}).json["txtRecordValue"]
        early = team.post(f"{steps}/verifydnstoken", {"DomainName": SITE})
        team.dns.txt(SITE, value)
        late = team.post(f"{steps}/verifydnstoken", {"DomainName": SITE})

        assert (early.status_code, "TXT" in early.json["message"]) == (400, True)
        assert (late.status_code, late.data) == (200, b"")
        assert team.get(DOMAINS).json["domains"][0]["state"] == "proved"

    def test_a_step_that_is_not_taken_is_declined(self, team: Team) -> None:
        steps = "/api/v3/domainverification"

        assert team.post(f"{steps}/sendemail", {"DomainName": SITE}).status_code == 403
        assert team.post(f"{steps}/generatednstoken", {}).status_code == 400
        assert team.client.post(f"{steps}/generatednstoken", data=b"{", headers=team.headers).status_code == 400


def test_answers_have_the_keys_described(team: Team) -> None:
    schemas = json.loads(team.client.get("/api/v1/openapi.json").data)["components"]["schemas"]
    proved = team.prove().json
    team.load("Shop", *PEOPLE)
    answers = {
        "Domains": team.get(DOMAINS).json,
        "Domain": team.post(DOMAINS, {"domain": SITE}).json,
        "CheckedDomain": proved,
        "DomainExposures": team.get(f"{DOMAINS}/{SITE}/exposures").json,
        "Problem": team.get(f"{DOMAINS}/other.example/exposures").json,
    }

    assert {name: mismatches(answer, schemas[name], schemas) for name, answer in answers.items()} == {
        name: [] for name in answers
    }
