"""The truth rules: over made-up people and breaches, each sentence of an answer stands only where it is true.

What is true is worked out here, from what was loaded, and not by the code that writes the page. In both languages.
"""

import html
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from breachcheck import data_classes, languages, wording
from breachcheck.breaches import Facts, NotExposed
from breachcheck.listings import Entry
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests import texts
from tests.engines import ENGINES as ENGINES
from tests.stores import facts, new_store, published_breach

LANGUAGES = tuple(languages.LOCALES)
KNOWN = {message.id for message in texts.texts_of(texts.template())}
"""A rule about words that no page has any more would hold for ever."""
HEAVY = 60
PEOPLE = 60
BASIC = ("Email addresses", "Names", "Usernames", "Geographic locations", "Genders")
NOTICE = "https://notice.example/"


@dataclass(frozen=True)
class Loaded:
    """A breach, what its files could have shown, and how many of its people have what."""

    about: Facts
    mapped: tuple[str, ...]

    @property
    def company(self) -> str:
        return self.about.on_behalf_of or self.about.held_by or ""

    @property
    def denied(self) -> frozenset[str]:
        return frozenset(self.about.not_exposed.classes) if self.about.not_exposed else frozenset()

    @property
    def for_owners(self) -> frozenset[str]:
        return frozenset(name for name in self.mapped if data_classes.is_owner_only(name))

    @property
    def unknown(self) -> frozenset[str]:
        return frozenset(self.about.disclosed_classes) - frozenset(self.mapped)


SHOP = Loaded(
    facts(affected=1500, disclosed_classes=("Email addresses", "Dates of birth")),
    (*BASIC, "Passwords", "Phone numbers", "Physical addresses"),
)
FERRY = Loaded(
    facts(
        name="Ferry",
        title="Northern Ferries",
        held_by="Wavedesk",
        on_behalf_of="Northern Ferries",
        disclosed_classes=("Email addresses", "Time zones"),
        not_exposed=NotExposed(classes=("Passwords",), also=("API keys", "payment details"), source=NOTICE),
    ),
    BASIC,
)
CHOIR = Loaded(facts(name="Choir", title="Harbour Choir", not_exposed=NotExposed(classes=("Passwords",))), BASIC)
CLUB = Loaded(facts(name="Club", title="Hill Club", disclosed_classes=("Passport numbers",)), BASIC)
GYM = Loaded(facts(name="Gym", title="Dale Gym", is_sensitive=False), (*BASIC, "Personal health data", "Ages"))
SEEN = (SHOP, FERRY, CHOIR, CLUB, GYM)
CLINIC = Loaded(facts(name="Clinic", title="Hill Clinic", is_sensitive=True), (*BASIC, "Passwords"))
GONE = Loaded(facts(name="Gone", title="Gone Goods"), (*BASIC, "Passwords"))
LISTED = facts(name="Listed", title="Listed Lads", disclosed_classes=("Passwords",))

Records = Mapping[str, frozenset[str]]
"""What one person has, by the name of the breach."""


def some_people() -> dict[str, Records]:
    """The same at every run: each is in some of the breaches, with some of what they hold."""
    dice = random.Random(2026)
    people: dict[str, Records] = {}
    for number in range(PEOPLE):
        inside = dice.sample((*SEEN, CLINIC, GONE), dice.choice([0, 1, 1, 1, 2, 2, 3, 5]))
        people[f"p{number}@example.com"] = {
            one.about.name: frozenset(dice.sample(one.mapped, dice.randint(1, len(one.mapped)))) for one in inside
        }
    return people


EVERYONE = some_people()


@dataclass(frozen=True)
class Case:
    """One person's answer, and what is true of it for anyone who asks."""

    page: str
    words: str
    language: str
    records: Records

    @property
    def seen(self) -> list[Loaded]:
        return [one for one in SEEN if one.about.name in self.records]

    @property
    def leaked(self) -> frozenset[str]:
        return frozenset().union(*(self.leaked_in(one) for one in self.seen))

    @property
    def may_have_leaked(self) -> frozenset[str]:
        return self.leaked.union(*(one.unknown | one.for_owners for one in self.seen))

    def leaked_in(self, one: Loaded) -> frozenset[str]:
        return self.records[one.about.name] - one.for_owners

    def says(self, text: str) -> bool:
        """Whether the page says *text* of the catalogue, whatever is put into it."""
        assert text in KNOWN
        return bool(pattern_of(languages.tongue(self.language).texts.gettext(text)).search(self.words))

    def says_any(self, one: str, many: str) -> bool:
        assert (one, many) in KNOWN
        spoken = languages.tongue(self.language).texts
        return any(pattern_of(spoken.ngettext(one, many, count)).search(self.words) for count in (1, 2))

    def named(self, names: frozenset[str], company: str = "") -> set[str]:
        """The forms in which cards name these details."""
        said = languages.tongue(self.language).language
        forms = (wording.yours([name], company=company, language=said)[0] for name in names)
        return {form[0].upper() + form[1:] for form in forms}

    def items(self, kind: str, one: Loaded) -> set[str]:
        """The details in the group *kind* of the card of *one*."""
        card = self.page.split(f'id="card-{one.about.name}"')[1].split("</article>")[0]
        group = re.search(rf'<div class="group {kind}">(.*?)</div>', card, re.DOTALL)
        lines = re.findall(r"</span><span>(.*?)(?: <span class=\"note\"|</span></li>)", group[1]) if group else []
        return {html.unescape(line) for line in lines}


def words_of(page: str) -> str:
    main = re.sub(r"</?(?:a|bdi|strong)\b[^>]*>", "", page.split("<main")[1].split("</main>")[0])
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def pattern_of(text: str) -> re.Pattern[str]:
    plain = re.sub(r"<[^>]+>", "", text)
    parts = re.split(r"%\(\w+\)[sd]|\{\w+\}", plain)
    return re.compile(r"(?<!\w)" + ".{1,120}?".join(re.escape(part) for part in parts))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, lasting_engine: str) -> Iterator[Services]:
    store = new_store(tmp_path_factory.mktemp("truth") / "data", mail="outbox", lookups_a_minute=0)
    for one in (*SEEN, CLINIC, GONE):
        name = one.about.name
        people = {account: records[name] for account, records in EVERYONE.items() if name in records}
        published_breach(store, one.about, people, mapped=one.mapped)
    store.publishing.withdraw("Gone", by="tests", reason="It was another company's.")
    store.listings.enter([Entry(LISTED, "a catalogue's own text")], by="tests")
    yield store
    store.close()


@pytest.fixture(scope="module")
def cases(site: Services) -> dict[str, list[Case]]:
    """Every person's answer, in every language."""
    return {language: list(answers_of(create_app(site).test_client(), language)) for language in LANGUAGES}


def answers_of(client: FlaskClient, language: str) -> Iterator[Case]:
    client.set_cookie("language", language)
    for account, records in EVERYONE.items():
        page = client.post("/", data={"account": account}, follow_redirects=True).text
        yield Case(page, words_of(page), language, records)


Said = Callable[[Case], bool]


@dataclass(frozen=True)
class Rule:
    """*said* may stand only where *holds*; *always*: and must stand there."""

    said: Said
    holds: Said
    always: bool = True


def says(text: str) -> Said:
    return lambda case: case.says(text)


def always(_case: Case) -> bool:
    return True


def never(_case: Case) -> bool:
    return False


def needs_no_new_password(case: Case) -> bool:
    action = languages.tongue(case.language).texts.gettext("change your password")
    found = [
        match[0]
        for text in (
            "You do not need to {actions} because of this breach.",
            "You do not need to {actions} because of {breach}.",
        )
        for match in pattern_of(languages.tongue(case.language).texts.gettext(text)).finditer(case.words)
    ]
    return any(action in sentence for sentence in found)


RULES: dict[str, Rule] = {
    "a yes, where the viewer may see an exposure": Rule(
        lambda case: case.says_any(
            "Yes, this address was in %(num)d breach", "Yes, this address was in %(num)d breaches"
        ),
        lambda case: bool(case.seen),
    ),
    "not found, where there is none": Rule(
        lambda case: case.says_any(
            "Not found in the one breach we can check", "Not found in the %(num)s breaches we can check"
        ),
        lambda case: not case.seen,
    ),
    "nothing to show for it, in every not found and nowhere else": Rule(
        lambda case: case.says_any(
            "We looked in it and have nothing to show for it. The breach was added on %(date)s.",
            "We looked in all %(num)s and have nothing to show for it. The newest breach was added on %(date)s.",
        ),
        lambda case: not case.seen,
    ),
    "nobody can sign in, where nothing heavy leaked or may have": Rule(
        says("Nobody can sign in as you with this data alone."),
        lambda case: bool(case.seen) and all(data_classes.get(name).weight < HEAVY for name in case.may_have_leaked),
        always=False,
    ),
    "nothing needs to be done, where nothing heavy leaked or may have": Rule(
        says("there is nothing you need to do."),
        lambda case: bool(case.seen) and all(data_classes.get(name).weight < 20 for name in case.leaked),
        always=False,
    ),
    "no passwords were in it, where the discloser of the only breach says so": Rule(
        lambda case: case.says("No passwords were in it.") or case.says("No {details} were in this breach."),
        lambda case: any("Passwords" in one.denied for one in case.seen),
        always=False,
    ),
    "no new password, where one discloser says so and no breach leaked one": Rule(
        needs_no_new_password,
        lambda case: any("Passwords" in one.denied for one in case.seen) and "Passwords" not in case.leaked,
        always=True,
    ),
    "step 1 today, where something leaked that lets someone in": Rule(
        says("Do step 1 today."), lambda case: "Passwords" in case.leaked
    ),
    "how many people is not said, where it is not known": Rule(
        says("Not said"), lambda case: any(one.about.affected is None and not one.company for one in case.seen)
    ),
    "a company has not said how many, where it is not known": Rule(
        says("%(company)s has not said"),
        lambda case: any(one.about.affected is None and one.company for one in case.seen),
    ),
    "nothing was in it for anyone, where somebody says so": Rule(
        says("Not in this breach for anyone, says %(company)s"), lambda case: any(one.denied for one in case.seen)
    ),
    "who may see more, where a breach has details for owners": Rule(
        says("Shown only to the owner"), lambda case: any(one.for_owners for one in case.seen)
    ),
    "a private answer is offered, to everyone": Rule(
        says(
            "<strong>Ask for a private answer.</strong> Some breaches are too personal to show to anyone who types an"
            " address. We can send the full answer to the address itself."
        ),
        always,
    ),
    "that nothing was kept, only where there is no answer": Rule(says("Nothing about your address was kept."), never),
    "when we looked and when the newest was added, in every answer": Rule(
        lambda case: case.says_any(
            "We looked in one breach on %(when)s. It was added on %(newest)s.",
            "We looked in %(num)s breaches on %(when)s. The newest was added on %(newest)s.",
        ),
        always,
    ),
    "that the whole file is held, nowhere": Rule(says("We hold the whole file."), never),
    "that people may hide their results, where nothing is shown": Rule(
        says("People can ask us to hide their results: for them this page looks the same."),
        lambda case: not case.seen,
    ),
}
NEVER_HERE = {
    "that nothing was kept, only where there is no answer",
    "that the whole file is held, nowhere",
}

every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
@pytest.mark.parametrize("name", RULES)
def test_a_sentence_stands_only_where_it_is_true(cases: dict[str, list[Case]], language: str, name: str) -> None:
    rule = RULES[name]

    assert [case.records for case in cases[language] if rule.said(case) and not rule.holds(case)] == []


@every_language
@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.always])
def test_a_sentence_that_must_stand_does(cases: dict[str, list[Case]], language: str, name: str) -> None:
    rule = RULES[name]

    assert [case.records for case in cases[language] if rule.holds(case) and not rule.said(case)] == []


@every_language
@pytest.mark.parametrize("name", sorted(RULES.keys() - NEVER_HERE))
def test_the_people_are_such_that_a_sentence_is_said(cases: dict[str, list[Case]], language: str, name: str) -> None:
    assert any(RULES[name].said(case) for case in cases[language])


@every_language
def test_the_number_of_breaches_is_that_of_those_that_can_be_asked(cases: dict[str, list[Case]], language: str) -> None:
    for case in cases[language]:
        shown = re.findall(r"\d+", case.page.split("<title>")[1].split("–")[0])
        assert shown == [str(len(case.seen) or len(SEEN))]
        assert "Gone Goods" not in case.words
        assert "Listed Lads" not in case.words
        assert "Hill Clinic" not in case.words


@every_language
def test_a_card_says_yours_of_what_leaked_and_not_yours_of_what_our_copy_could_have_shown(
    cases: dict[str, list[Case]], language: str
) -> None:
    for case in cases[language]:
        for one in case.seen:
            leaked = case.leaked_in(one)
            not_yours = frozenset(one.mapped) - one.for_owners - leaked
            assert case.items("yours", one) == case.named(leaked, one.company or one.about.title)
            assert case.items("not-yours", one) == case.named(not_yours, one.company or one.about.title)


@every_language
def test_a_card_says_that_we_cannot_tell_of_what_was_named_and_our_copy_has_not(
    cases: dict[str, list[Case]], language: str
) -> None:
    for case in cases[language]:
        for one in case.seen:
            assert case.items("unknown", one) == case.named(one.unknown, one.company)


@every_language
@pytest.mark.parametrize("listed", [False, True])
def test_a_site_that_can_ask_no_breach_never_says_not_found(tmp_path, language: str, listed: bool) -> None:
    store = new_store(tmp_path / "data")
    if listed:
        store.listings.enter([Entry(LISTED, "a catalogue's own text")], by="tests")
    client = create_app(store).test_client()
    client.set_cookie("language", language)
    page = client.post("/", data={"account": "ann@example.com"}, follow_redirects=True)
    case = Case(page.text, words_of(page.text), language, {})

    assert case.says("We could not check")
    assert case.says("This is not a yes, and it is not a no.")
    assert not RULES["not found, where there is none"].said(case)
    store.close()
