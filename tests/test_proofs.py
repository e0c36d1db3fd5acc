"""Proofs of domains: what proves one, for whom, for how long, and what never does."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from breachcheck.addresses import Domain
from breachcheck.domains import CHECK_EVERY_S, CODE_LIFE_S, DAY_S, GRACE_S, ProvedDomains, Way, is_unprovable
from breachcheck.errors import InvalidRequest, MailOff, UnknownDomain, UnprovableDomain
from breachcheck.fetching import Allowed, Fetcher
from breachcheck.mail import postman
from breachcheck.proof_ways import FILE_PATH, MAILBOXES, Ways
from breachcheck.proofs import AT_ONCE, JOB, NO_TIME, PATIENCE_S, Proofs
from breachcheck.resolving import Resolver
from ingest import worker
from tests.engines import ENGINES as ENGINES
from tests.mail_servers import authority
from tests.mails import Mailing, mailing, text_of
from tests.outside import HERE, Dns, Page, Web, naming, serving
from tests.stores import new_store

SITE = Domain("site.example")
BELOW = Domain("mail.site.example")
BY = "tests"


@dataclass
class World:
    """A store whose proofs look at a DNS and a web server of ours."""

    mailing: Mailing
    dns: Dns
    web: Web
    proofs: Proofs
    keys: list[int] = field(default_factory=list)

    @property
    def store(self):
        return self.mailing.store

    @property
    def key(self) -> int:
        return self.keys[0]

    def token(self, domain: Domain = SITE, key: int | None = None) -> str:
        return self.store.domains.token(key or self.key, domain)

    def state(self, domain: Domain = SITE) -> str:
        return self.store.domains.get(self.key, domain).state(self.mailing.clock.now)

    def proved(self) -> frozenset[Domain]:
        return self.store.domains.all_proved({self.key}, now=self.mailing.clock.now)

    def check(self, way: Way | None = None, domain: Domain = SITE, **options) -> list[tuple[Way, str]]:
        _, misses = self.proofs.check(self.key, domain, way=way, by=BY, **options)
        return [(miss.way, miss.why) for miss in misses]

    def prove(self, domain: Domain = SITE) -> None:
        self.proofs.begin(self.key, domain)
        self.dns.txt(domain, f"breachcheck-verify={self.token(domain)}")
        assert self.check(Way.DNS, domain) == []

    def rounds(self) -> None:
        """Hand every mail over that is due."""
        while postman.go_round(self.mailing.post, self.mailing.post.delivery, self.mailing.clock.now):
            pass

    def later(self, seconds: int) -> None:
        self.mailing.clock.now += seconds

    def audit(self) -> list[tuple[str, str, str]]:
        return [(one.actor, one.action, one.subject) for one in self.store.audit.latest()]


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    tls = authority(tmp_path, SITE)
    trusting = ssl.create_default_context(cafile=tls.ca_file)
    with naming() as dns, serving(tls=tls.server_context) as web:
        dns.records[SITE, "A"] = [HERE]
        for one in mailing(tmp_path / "data"):
            resolver, store = Resolver([dns.server]), one.store
            fetcher = Fetcher(resolver, Allowed(["127.0.0.0/8"]), tls=trusting)
            ways = Ways(resolver, fetcher, site_of=lambda domain: f"https://{domain}:{web.port}")
            database = store.databases[1]
            proofs = Proofs(database, store.domains, ways, store.api_keys, store.post.requests, clock=one.clock)
            keys = [store.api_keys.create(name, ["domains"])[0].id for name in ("first", "second")]
            object.__setattr__(store, "proofs", proofs)
            yield World(one, dns, web, proofs, keys)


class TestWays:
    def test_a_txt_record_at_the_domain_itself_proves_it(self, world):
        world.proofs.begin(world.key, SITE)
        world.dns.txt(SITE, "v=spf1 -all", f"breachcheck-verify={world.token()}")

        assert world.check() == []
        assert world.state() == "proved"
        assert world.store.domains.get(world.key, SITE).way is Way.DNS

    def test_a_file_at_the_well_known_place_proves_it(self, world):
        world.proofs.begin(world.key, SITE)
        world.web.pages[FILE_PATH] = Page(f"another\n{world.token()}\n".encode())

        assert [way for way, _ in world.check()] == [Way.DNS]
        assert world.store.domains.get(world.key, SITE).way is Way.FILE

    def test_a_tag_in_the_head_of_the_home_page_proves_it(self, world):
        world.proofs.begin(world.key, SITE)
        tag = f'<meta name="breachcheck-verify" content="{world.token()}">'
        world.web.pages["/"] = Page(f"<!doctype html><html><head>{tag}</head><body></body></html>".encode())

        assert [way for way, _ in world.check()] == [Way.DNS, Way.FILE]
        assert world.store.domains.get(world.key, SITE).way is Way.META

    @pytest.mark.parametrize("page", ["<head></head><body>{}</body>", "<body>{}", "<head></head>{}", "<!-- {} -->"])
    def test_a_tag_that_a_visitor_could_have_written_does_not(self, world, page):
        world.proofs.begin(world.key, SITE)
        tag = f'<meta name="breachcheck-verify" content="{world.token()}">'
        world.web.pages["/"] = Page(page.format(tag).encode())

        assert world.check(Way.META) == [(Way.META, "The page is there, but no such tag stands in its head.")]

    def test_nothing_there_is_said_for_each_way(self, world):
        world.proofs.begin(world.key, SITE)

        found = dict(world.check())

        assert "No TXT record" in found[Way.DNS]
        assert "status 404" in found[Way.FILE]
        assert "status 404" in found[Way.META]
        assert world.state() == "pending"

    @pytest.mark.parametrize("path", [FILE_PATH, "/"])
    def test_what_stands_behind_a_redirect_does_not_count(self, world, path):
        world.proofs.begin(world.key, SITE)
        elsewhere = Page(status=301, headers={"Location": f"https://{SITE}:{world.web.port}/elsewhere"})
        world.web.pages |= {path: elsewhere, "/elsewhere": Page(world.token().encode())}

        assert all("no redirect" in why for way, why in world.check() if way is not Way.DNS)

    def test_a_record_behind_an_alias_of_the_domain_does_not_count(self, world):
        world.proofs.begin(world.key, SITE)
        world.dns.records[SITE, "CNAME"] = ["provider.example"]
        world.dns.txt("provider.example", f"breachcheck-verify={world.token()}")

        assert "No TXT record" in dict(world.check(Way.DNS))[Way.DNS]

    def test_the_token_of_another_key_or_domain_proves_nothing(self, world):
        world.proofs.begin(world.key, SITE)
        others = (world.token(key=world.keys[1]), world.token(BELOW))
        world.dns.txt(SITE, *(f"breachcheck-verify={token}" for token in others))
        world.web.pages[FILE_PATH] = Page("\n".join(others).encode())

        assert [way for way, _ in world.check()] == [Way.DNS, Way.FILE, Way.META]

    def test_where_dns_fails_nothing_is_proved_and_it_is_said(self, world):
        world.proofs.begin(world.key, SITE)
        world.dns.fails.add(SITE)

        assert all("DNS gave no answer" in why for _, why in world.check())

    def test_a_way_that_takes_long_is_the_last_that_is_tried(self, world):
        world.proofs.begin(world.key, SITE)
        world.dns.after = lambda _dns: world.later(PATIENCE_S + 1)
        world.web.pages[FILE_PATH] = Page(world.token().encode())

        assert dict(world.check()) | {Way.DNS: ""} == {Way.DNS: "", Way.FILE: NO_TIME, Way.META: NO_TIME}
        assert world.web.heard == []
        assert world.check(Way.FILE) == []

    def test_a_file_inside_a_private_network_is_never_asked_for(self, world):
        world.proofs.begin(world.key, SITE)
        world.dns.records[SITE, "A"] = ["10.0.0.1"]

        assert "outbound_allowed" in dict(world.check())[Way.FILE]


class TestMail:
    def code(self, world) -> str:
        world.rounds()
        (mail,) = world.mailing.drained()
        found = re.search(r"give them the code: (\w+)", text_of(mail))
        assert found
        return found[1]

    def test_the_code_from_a_standard_mailbox_proves_the_domain_once(self, world):
        claim = world.proofs.begin(world.key, SITE)
        world.proofs.mail_code(claim, "postmaster")
        code = self.code(world)

        assert world.check(code=f" {code.upper()} ") == []
        assert world.store.domains.get(world.key, SITE).way is Way.MAIL
        assert [way for way, _ in world.check(code=code)] == [Way.MAIL]

    def test_the_mail_goes_to_that_mailbox_and_names_the_domain(self, world):
        world.proofs.mail_code(world.proofs.begin(world.key, SITE), "security")
        world.rounds()

        (mail,) = world.mailing.written()
        assert mail["To"] == f"security@{SITE}"
        assert mail["Subject"] == f"Is {SITE} yours? A code from Breach check"

    def test_a_code_ends_after_a_day(self, world):
        world.proofs.mail_code(world.proofs.begin(world.key, SITE), "admin")
        code = self.code(world)
        world.later(CODE_LIFE_S)

        assert "older than a day" in world.check(code=code)[0][1]

    def test_the_code_of_one_key_does_not_prove_for_another(self, world):
        world.proofs.mail_code(world.proofs.begin(world.key, SITE), "admin")
        code = self.code(world)
        world.proofs.begin(world.keys[1], SITE)

        _, misses = world.proofs.check(world.keys[1], SITE, code=code, by=BY)

        assert [miss.way for miss in misses] == [Way.MAIL]

    def test_a_mailbox_is_mailed_once_in_ten_minutes(self, world):
        claim = world.proofs.begin(world.key, SITE)
        for _ in range(3):
            world.proofs.mail_code(claim, "admin")
            world.rounds()

        assert len(world.mailing.written()) == 1

    def test_a_domain_that_is_forgotten_meanwhile_is_not_mailed(self, world):
        world.proofs.mail_code(world.proofs.begin(world.key, SITE), "admin")
        world.proofs.forget(world.key, SITE, by=BY)
        world.rounds()

        assert world.mailing.written() == []

    @pytest.mark.parametrize("mailbox", ["ceo", "", "admin@other.example,admin", "Admin"])
    def test_no_other_mailbox_is_mailed(self, world, mailbox):
        with pytest.raises(InvalidRequest, match="one of hostmaster"):
            world.proofs.mail_code(world.proofs.begin(world.key, SITE), mailbox)

    def test_a_site_without_mail_says_so(self, tmp_path):
        store = new_store(tmp_path / "no mail")
        key = store.api_keys.create("tests", ["domains"])[0].id
        claim = store.proofs.begin(key, SITE)

        with pytest.raises(MailOff):
            store.proofs.mail_code(claim, MAILBOXES[0])
        store.close()

    def test_what_was_proved_by_mail_ends_unless_a_new_code_is_typed(self, world):
        world.proofs.mail_code(world.proofs.begin(world.key, SITE), "admin")
        world.check(code=self.code(world))

        world.later(CHECK_EVERY_S + GRACE_S - 1)
        assert (world.proofs.recheck(), world.state()) == (0, "proved")
        world.later(1)
        assert world.state() == "lapsed"


class TestWhatCounts:
    def test_only_dns_proves_what_lies_below(self, world):
        world.prove()
        assert world.proofs.proved_by(world.key).covers(BELOW)

        world.web.pages[FILE_PATH] = Page(world.token().encode())
        world.check(Way.FILE)
        assert world.proofs.proved_by(world.key).covers(SITE)
        assert not world.proofs.proved_by(world.key).covers(BELOW)

    def test_what_lies_below_a_domain_that_dns_proved_is_proved_by_that(self, world):
        world.prove()
        world.proofs.begin(world.key, BELOW)

        assert world.check(domain=BELOW) == []
        assert world.proved() == {SITE, BELOW}

    def test_a_proof_is_of_one_key_alone(self, world):
        world.prove()

        assert not world.proofs.proved_by(world.keys[1]).covers(SITE)

    def test_a_domain_of_a_revoked_key_is_sealed_no_more(self, world):
        world.prove()
        assert world.store.sealed_domains == {SITE}

        world.store.api_keys.revoke(world.key)
        assert world.store.sealed_domains == frozenset()

    def test_strangers_below_a_proved_domain_are_not_covered(self):
        proved = ProvedDomains(frozenset({Domain("github.io")}), frozenset({Domain("github.io"), Domain("uk")}))

        assert not proved.covers(Domain("someone.co.uk"))
        assert proved.covers(Domain("someone.github.io"))

    @pytest.mark.parametrize(
        "domain", ["co.uk", "github.io", "s3.amazonaws.com", "gmail.com", "googlemail.com", "outlook.com", "kobe.jp"]
    )
    def test_what_strangers_share_nobody_can_prove(self, world, domain):
        assert is_unprovable(Domain(domain))
        with pytest.raises(UnprovableDomain, match="shared by strangers"):
            world.proofs.begin(world.key, domain)

    @pytest.mark.parametrize("text", ["", "nothing", "ann@site.example", "https://site.example", "127.0.0.1", "a b.c"])
    def test_what_is_no_domain_is_refused(self, world, text):
        with pytest.raises(InvalidRequest) as refused:
            world.proofs.begin(world.key, text)
        assert refused.value.pointer == "/domain"
        assert not text or text not in str(refused.value)

    def test_a_domain_in_other_letters_is_kept_in_its_one_form(self, world):
        claim = world.proofs.begin(world.key, "B\u00dcCHER.example")

        assert claim.domain == "xn--bcher-kva.example"
        assert world.proofs.begin(world.key, "xn--bcher-kva.EXAMPLE") == claim

    def test_beginning_again_changes_nothing(self, world):
        world.prove()
        world.proofs.begin(world.key, SITE)

        assert world.state() == "proved"

    def test_a_key_has_no_more_domains_than_are_looked_after(self, world, monkeypatch):
        monkeypatch.setattr("breachcheck.domains.MOST_OF_A_KEY", 1)
        world.proofs.begin(world.key, SITE)

        with pytest.raises(InvalidRequest, match="at most 1 domains"):
            world.proofs.begin(world.key, BELOW)
        assert world.proofs.begin(world.key, SITE).domain == SITE

    def test_what_was_never_begun_is_unknown(self, world):
        with pytest.raises(UnknownDomain):
            world.check()
        with pytest.raises(UnknownDomain):
            world.proofs.forget(world.key, SITE, by=BY)

    def test_what_is_forgotten_counts_no_more(self, world):
        world.prove()
        world.proofs.forget(world.key, SITE, by=BY)

        assert not world.proofs.proved_by(world.key).covers(SITE)
        assert world.audit()[:2] == [
            (BY, "forget domain", f"{SITE} for key {world.key}"),
            (BY, "prove domain by dns", f"{SITE} for key {world.key}"),
        ]


class TestChecking:
    def test_a_proof_that_is_still_there_holds_for_as_long_again(self, world):
        world.prove()
        world.later(CHECK_EVERY_S)

        assert world.proofs.recheck() == 1
        claim = world.store.domains.get(world.key, SITE)
        assert (claim.checked_at, claim.proved_at) == (world.mailing.clock.now, world.mailing.clock.now - CHECK_EVERY_S)

    def test_nothing_is_looked_at_before_it_is_due(self, world):
        world.prove()
        world.dns.asked.clear()
        world.later(CHECK_EVERY_S - 1)

        assert world.proofs.recheck() == 0
        assert world.dns.asked == []

    def test_a_proof_that_is_gone_is_looked_for_daily_and_counts_for_a_while(self, world):
        world.prove()
        world.dns.records.clear()
        states = []
        for _ in range(9):
            world.later(CHECK_EVERY_S if not states else DAY_S)
            world.proofs.recheck()
            states.append(world.state())

        assert states == ["failing"] * 7 + ["lapsed"] * 2
        assert [action for _, action, _ in world.audit()].count("miss proof of domain") == 7
        assert not world.proofs.proved_by(world.key).covers(SITE)

    def test_a_proof_that_comes_back_is_whole_again(self, world):
        world.prove()
        kept = dict(world.dns.records)
        world.dns.records.clear()
        world.later(CHECK_EVERY_S)
        world.proofs.recheck()
        world.dns.records |= kept
        world.later(DAY_S)

        assert world.proofs.recheck() == 1
        assert world.state() == "proved"

    def test_a_check_by_hand_that_finds_nothing_takes_nothing_away(self, world):
        world.prove()
        world.dns.records.clear()

        assert world.check() != []
        assert world.state() == "proved"

    def test_what_ended_is_proved_again_by_hand(self, world):
        world.prove()
        world.later(CHECK_EVERY_S + GRACE_S)
        assert world.state() == "lapsed"

        assert world.check() == []
        assert world.state() == "proved"

    def test_a_proof_ends_where_no_worker_runs(self, world):
        world.prove()
        world.later(CHECK_EVERY_S + GRACE_S)

        assert world.proved() == frozenset()

    def test_domains_of_a_revoked_key_are_not_looked_at(self, world):
        world.prove()
        world.store.api_keys.revoke(world.key)
        world.later(CHECK_EVERY_S)
        world.dns.asked.clear()

        assert (world.proofs.recheck(), world.dns.asked) == (0, [])

    def test_many_are_looked_at_some_at_a_time_and_all_in_the_end(self, world):
        names = [Domain(f"site{number}.example") for number in range(AT_ONCE + 1)]
        for name in names:
            world.prove(name)
        world.later(CHECK_EVERY_S)

        assert [world.proofs.recheck(), world.proofs.recheck()] == [AT_ONCE, 1]

    def test_the_worker_does_it_and_one_job_waits_for_the_next_time(self, world, monkeypatch):
        world.prove()
        world.check(Way.DNS)
        world.later(CHECK_EVERY_S)
        monkeypatch.setattr(worker, "_now", lambda: world.mailing.clock.now)

        assert worker.run_one(world.store)
        assert world.store.domains.get(world.key, SITE).checked_at == world.mailing.clock.now
        assert world.store.jobs.is_waiting(JOB)
        assert not worker.run_one(world.store)

    def test_without_domains_no_job_waits(self, world):
        world.proofs.schedule()
        assert not world.store.jobs.is_waiting(JOB)

        world.proofs.begin(world.key, SITE)
        world.proofs.forget(world.key, SITE, by=BY)
        world.proofs.recheck()
        assert world.store.jobs.is_waiting(JOB)


def test_a_copy_of_the_store_holds_no_token_and_no_code(world):
    world.proofs.mail_code(world.proofs.begin(world.key, SITE), "admin")
    code = TestMail().code(world)
    stored = b"".join(path.read_bytes() for path in world.store.config.data.glob("catalogue.db*"))

    assert code.encode() not in stored
    assert world.token().encode() not in stored
