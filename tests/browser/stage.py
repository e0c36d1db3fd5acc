"""The sites that the browser visits: a demo, a site with a person in many breaches, and sites that give no answer."""

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from breachcheck import addresses
from breachcheck.breaches import CompanyStep, Help, NotExposed
from breachcheck.health.performance import Noted
from breachcheck.load_warnings import LoadWarning, naming
from breachcheck.services import Services
from tests import engines, servers, stores
from tests.cli.commands import breachcheck
from tests.cli.servers import BEHIND_A_PROXY, Server, running, running_program
from tests.engines import Postgres

FOUND = "ann@example.com"
IN_MANY = "mia@example.com"
NOT_FOUND = "nobody@example.org"
MISSPELT = "mia@" + "gmial.com"
KNOWN_PEOPLE = 100
TOLD = ("told@example.com", "left@example.com")
SEEN_BY_ALL = ("seen@example.com", "shown@example.com")
OPERATOR = ("operator", "correct horse battery staple")

PSEUDO = [sys.executable, "-m", "tests.browser.pseudo"]
NOTICE = "https://notice.example/"
BASIC = ["Email addresses", "Names"]
HEAVY = [*BASIC, "Passwords", "Phone numbers", "Physical addresses"]
MANY = (
    (
        stores.facts(
            disclosed_classes=("Email addresses", "Names", "Phone numbers", "Dates of birth"),
            affected=1500,
            help=Help(url="https://shop.example/help", phone="0800 000 000", email="help@shop.example"),
            advice=(CompanyStep(title="Ask us for a copy", how="Write to our help desk."),),
            class_notes={"Phone numbers": "The one for deliveries."},
        ),
        HEAVY,
    ),
    (stores.facts(name="Ferry", title="Northern Ferries", breach_date=date(2025, 5, 2), held_by="Wavedesk",
                  on_behalf_of="Northern Ferries", disclosed_date=date(2025, 6, 1),
                  not_exposed=NotExposed(classes=("Passwords",), also=("payment details",), source=NOTICE)), BASIC),
    (stores.facts(name="Choir", title="Harbour Choir", breach_date=date(2023, 1, 9), is_verified=False), BASIC),
    (stores.facts(name="Combos", title="Old lists", breach_date=date(2017, 8, 30), is_fabricated=True), ["Passwords"]),
    (stores.facts(name="Clinic", title="Hill Clinic", is_sensitive=True), [*BASIC, "Personal health data"]),
)  # fmt: skip


LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><rect width="40" height="40" rx="8" fill="#c8102e"/>'
    '<text x="48" y="28" font-family="sans-serif" font-size="22" fill="#3b0d14">Corner</text></svg>'
)
"""What a company might have, made up."""


@dataclass(frozen=True)
class Stage:
    """Running sites, by what they show."""

    demo: Server
    many: Server
    limited: Server
    empty: Server
    closed: Server
    by_mail: Server
    pseudo: Server
    owners: Server


@contextlib.contextmanager
def running_stage(place: Path) -> Iterator[Stage]:
    """Every site, made in *place*, for the length of a block: the demo and that of the owners on PostgreSQL and
    granian behind nginx, the others on SQLite and waitress."""
    _many(_folder(place, "many"))
    _many(_folder(place, "pseudo"))
    _one(_folder(place, "limited"))
    _one(_folder(place, "closed"), disclosure="closed", mail="outbox")
    _one(_folder(place, "by_mail"), disclosure="owner", mail="outbox", focus_breach="Shop", **_own_look(place))
    stores.new_store(_folder(place, "empty")).close()
    with contextlib.ExitStack() as stack:
        postgres = Postgres(stack.enter_context(servers.running(*servers.QUICK)), _folder(place, "postgres"))
        with engines.on(postgres, to_stay=True):
            _demo(_folder(place, "demo"))
            _owners(_folder(place, "owners"))

        def start(name: str, **how: str) -> Server:
            return stack.enter_context(running(_folder(place, name), "--no-worker", **how))

        unlimited = {"BREACHCHECK_LOOKUPS_A_MINUTE": "0", "BREACHCHECK_MAIL_REQUESTS_A_MINUTE": "0"}
        limited = {"BREACHCHECK_LOOKUPS_A_MINUTE": "1", "BREACHCHECK_FOCUS_BREACH": "Shop", **BEHIND_A_PROXY}
        yield Stage(
            demo=start("demo", server="granian", **unlimited),
            many=start("many", **unlimited),
            limited=start("limited", server="waitress", **limited),
            empty=start("empty"),
            closed=start("closed", **unlimited),
            by_mail=start("by_mail", **unlimited),
            owners=stack.enter_context(running(_folder(place, "owners"), server="granian", **unlimited)),
            pseudo=stack.enter_context(running_program(PSEUDO, _folder(place, "pseudo"))),
        )


def _folder(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def _demo(data: Path) -> None:
    stores.new_store(data, is_demo=True, disclosure="open", mail="outbox").close()
    breachcheck("demo", "--no-serve", data=data)


def _many(data: Path) -> None:
    store = stores.new_store(data, site_operator="Example Ltd", site_contact="help@example.com", mail="outbox")
    for about, classes in MANY:
        others = {f"p{number}@example.com": ["Email addresses"] for number in range(40)}
        people = {**others, IN_MANY: classes, "p1@example.com": classes}
        stores.published_breach(store, about, people, mapped=HEAVY, rejected={"no address": 12})
    store.publishing.update(stores.facts(MANY[0][0], affected=1600), by="tests")
    gone = stores.facts(name="Gone", title="Gone Goods")
    stores.published_breach(store, gone, {FOUND: BASIC})
    store.publishing.withdraw("Gone", by="tests", reason="The file was from another company.")
    warnings = [LoadWarning("affected", {"people": 41, "affected": 1600}), naming("nobody-has", ["Purchases"])]
    held = stores.held_breach(store, stores.facts(MANY[0][0], affected=1600), {IN_MANY: BASIC}, warnings=warnings)
    store.reviews.demand(held, ["affected"])
    store.operators.add(*OPERATOR)
    _trouble_that_is_over(store)
    _hours_on_record(store)
    store.close()


def _trouble_that_is_over(store: Services) -> None:
    at = int(time.time())
    slow = store.incidents.open("Answers are slow", "Some look-ups take a minute. We look into it.", by="tests", at=at)
    store.incidents.update(slow.id, "resolved", "A disk was full.\nIt has room again.", by="tests", at=at)


def _hours_on_record(store: Services) -> None:
    minute = int(time.time()) // 60
    numbers = {"watched": 1, "answered": 40, "could_not_check": 1, "within 5": 30, "within 20": 10}
    noted = {Noted((minute - ago) * 60, what): number for ago in range(1, 300) for what, number in numbers.items()}
    store.performance.add(noted)


def _own_look(place: Path) -> dict[str, str]:
    """Settings of a site that looks as its company does."""
    folder = _folder(place, "look")
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    (folder / "colours.toml").write_text('accent = "#c8102e"\n', encoding="utf-8")
    return {
        "site_folder": str(folder),
        "site_name": "Corner Shop data check",
        "site_operator": "Corner Shop Ltd",
        "site_home_page": "https://shop.example",
        "site_contact": "help@shop.example",
        "site_privacy_contact": "privacy@shop.example",
    }


def _one(data: Path, **settings: str) -> None:
    store = stores.new_store(data, **settings)
    stores.published_breach(store, stores.SHOP, {FOUND: BASIC})
    store.close()


def _owners(data: Path) -> None:
    """A demo, since its pages say where the mails lie, that serves owners of addresses and tells its subscribers."""
    store = stores.new_store(data, is_demo=True, mail="outbox")
    people = [*(f"p{number}@example.com" for number in range(KNOWN_PEOPLE)), *TOLD]
    aliases = {f"p{number}+shop@example.com": HEAVY for number in range(KNOWN_PEOPLE)}
    stores.published_breach(store, stores.SHOP, aliases | dict.fromkeys(SEEN_BY_ALL, BASIC))
    clinic = stores.facts(name="Clinic", title="Hill Clinic", is_sensitive=True)
    stores.published_breach(store, clinic, {one: [*BASIC, "Personal health data"] for one in people})
    for account in TOLD:
        digest = store.digester.of_address(addresses.canonical(account))
        store.post.subscribers.add(account, proved=digest, language="en")
    store.post.notify.tell("Clinic", by="tests")
    store.close()
