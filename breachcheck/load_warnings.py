"""Load warnings: what a load shows that somebody should look at before everyone can see it, and the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from breachcheck.languages import Tongue, tongue
from breachcheck.wording import to_say

MOST_NAMED = 10
"""Columns, files or classes that a warning names; of the others it says how many there are."""

Value = int | str | tuple[str, ...]


class LoadWarning(msgspec.Struct, frozen=True):
    """Something odd about one load. *id* is stable, and no load has it twice; *values* stand in its sentence."""

    id: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Sentences:
    """*seen*: what was seen, with its numbers; *advice*: what to do about it."""

    seen: str
    advice: str


SENTENCES: Mapping[str, Sentences] = {
    "one-domain": Sentences(
        to_say("%(most)s of %(people)s people have their address at one domain that is no mail provider's."),
        to_say(
            "Look whether the address column holds the company's own address, or test accounts, in place of the"
            " customer's. Accept this where the people are the company's own."
        ),
    ),
    "nobody-has": Sentences(
        to_say("Mapped, but nobody has it: %(names)s."),
        to_say(
            "Look at the column: it may be empty, or another column may hold it. As it is, everyone would be told that"
            " it was not in their record."
        ),
    ),
    "password-column": Sentences(
        to_say("Columns that look like passwords and are mapped as something else: %(names)s."),
        to_say(
            "Map them to Passwords, so that people are told to change theirs. Accept this where they hold something"
            " else."
        ),
    ),
    "not-mapped": Sentences(
        to_say("Heavy details that a column seems to hold and that nothing is mapped to: %(names)s."),
        to_say("Map them: as it is, nobody would be told of them. Accept this where the columns hold something else."),
    ),
    "address-not-read": Sentences(
        to_say("Columns that are called like an address and were not read as one: %(names)s."),
        to_say(
            "Name them in `address:` of their file, so that people are found by them. Accept this where they hold"
            " somebody else's address."
        ),
    ),
    "future-dates": Sentences(
        to_say("Dates of the past that lie in the future, among the first records: %(names)s."),
        to_say("Look whether the column holds what its name says, and whether this is the right file."),
    ),
    "nobody-in-file": Sentences(
        to_say("Files that nobody was found in: %(names)s."),
        to_say(
            "Look into each: one that cannot be read may hold most of the people. Give it a mapping, a `join:` or a"
            " password, or accept this where it names nobody."
        ),
    ),
    "many-rejected": Sentences(
        to_say("%(rejected)s of %(read)s records were rejected: more than a tenth."),
        to_say("Look at the reasons; `ingest --rejects` lists the records. Mend the mapping, or accept this."),
    ),
    "affected": Sentences(
        to_say(
            "%(people)s people can be found, and the manifest says that %(affected)s are affected: more than a fifth"
            " less or more."
        ),
        to_say(
            "Look for a file that is missing, for test accounts, and for a wrong `affected`. Say `copy: partial` where"
            " you do not have all of it."
        ),
    ),
    "denied": Sentences(
        to_say("The manifest says that these were not in it, and people have them: %(names)s."),
        to_say("Mend the mapping, or what `not_exposed` says. Pages show what people have."),
    ),
    "fewer-people": Sentences(
        to_say(
            "%(people)s people can be found, and %(before)s in load %(load)s, which this one would replace: more than"
            " a fifth less."
        ),
        to_say("`breachcheck breaches compare` says what is gone. Look for a file that is missing or was cut off."),
    ),
}
"""By the id of the warning."""

NAMED = to_say("It is %(domain)s.")
MORE = to_say("%(count)s more")


def naming(id: str, names: Sequence[str]) -> LoadWarning:
    """A warning about *names*, of which it keeps a few."""
    return LoadWarning(id, {"names": tuple(names[:MOST_NAMED]), "count": len(names)})


def words_of(warning: LoadWarning, spoken: Tongue | None = None) -> Sentences:
    """What the warning says, in English unless it is spoken otherwise."""
    language = spoken or tongue("en")
    known = SENTENCES[warning.id]
    values = {name: _said(name, value, warning, language) for name, value in warning.values.items()}
    seen = language.say(known.seen, **values)
    if "domain" in warning.values:
        seen = f"{seen} {language.say(NAMED, **values)}"
    return Sentences(seen, language.say(known.advice))


def as_json(warning: LoadWarning) -> dict[str, object]:
    """For programs: the words, and what they were made of."""
    words = words_of(warning)
    return {"id": warning.id, "seen": words.seen, "advice": words.advice, "values": msgspec.to_builtins(warning.values)}


def _said(name: str, value: Value, warning: LoadWarning, language: Tongue) -> str:
    if isinstance(value, int):
        return str(value) if name == "load" else language.number(value)
    if isinstance(value, str):
        return value
    count = warning.values.get("count")
    rest = count - len(value) if isinstance(count, int) else 0
    return language.and_list([*value, language.say(MORE, count=language.number(rest))] if rest > 0 else list(value))
