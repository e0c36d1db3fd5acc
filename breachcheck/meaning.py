"""Meaning: which sentences an answer may say of what leaked, each only where it is true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from breachcheck import data_classes
from breachcheck.advice import Leak, called_for
from breachcheck.wording import ENGLISH, Language, to_say, yours

HEAVY = 60
"""From this weight on, a class may let someone in or pose as its person."""

# Rule: only if nothing that lets someone in leaked, and nothing of that kind may have.
NOBODY_CAN_SIGN_IN = to_say("Nobody can sign in as you with this data alone.")
# Rule: only if no step is shown.
NOTHING_NEEDED = to_say("there is nothing you need to do.")

LINES: Mapping[str, tuple[str, ...]] = {
    # Rule: only if someone may get in, or take money, with what leaked.
    "today": (to_say("someone may be able to sign in as you or take money."), to_say("Do step 1 today.")),
    # Rule: only if someone may pose as the reader with what leaked.
    "this_week": (to_say("someone may be able to pretend to be you."), to_say("Do the first steps this week.")),
    "private": (
        # Rule: only for the owner of the address.
        to_say("private facts about you were in the file."),
        to_say("You did nothing wrong."),
        to_say("If someone threatens you with them, there is help below."),
    ),
    "protect": (
        to_say("expect scam messages and calls that sound real."),
        to_say("There are one or two things worth setting up."),
    ),
    "be_alert": (to_say("expect scam messages."), NOBODY_CAN_SIGN_IN),
    "know": (NOTHING_NEEDED, to_say("It helps to know that this data is out.")),
}


@dataclass(frozen=True, slots=True)
class _Denial:
    """Something that need not be done where the discloser says that its cause was not in the breach.

    *classes* and *words*, in any case, are what it may have said; *step* is ours that would contradict.
    """

    step: str
    classes: frozenset[str]
    words: tuple[str, ...]
    action: str
    none: str


DENIALS = (
    _Denial(
        step="change-password",
        classes=frozenset({"Passwords"}),
        words=(),
        # Rule: only if whoever told of the breach says that none were in it, and no other breach of the answer had one.
        action=to_say("change your password"),
        # Rule: only if whoever told of the breach says so; not merely because our copy has none.
        none=to_say("No passwords were in it."),
    ),
    _Denial(
        step="replace-keys",
        classes=frozenset(),
        words=(to_say("API keys"),),
        action=to_say("replace API keys"),
        none=to_say("No API keys were in it."),
    ),
    _Denial(
        step="card-replace",
        classes=frozenset({"Credit cards"}),
        words=(
            to_say("payment details"),
            to_say("payment data"),
            to_say("payment information"),
            to_say("card numbers"),
        ),
        action=to_say("block a card"),
        none=to_say("No card numbers were in it."),
    ),
)
NONE_OF_THOSE = to_say("None of those were in it.")


def what_it_means(leaks: Sequence[Leak], *, language: Language = ENGLISH) -> tuple[str, ...]:
    """The sentences that follow "What this means:", chosen by the heaviest details over all *leaks*.

    Nothing is said to be harmless while a detail that would change it "cannot be told".
    """
    band = _band(leaks)
    is_true = {NOBODY_CAN_SIGN_IN: nobody_can_sign_in(leaks), NOTHING_NEEDED: _nothing_is_needed(leaks)}
    lines = (language.gettext(line) for line in LINES[band] if is_true.get(line, True))
    return (*lines, *_what_was_not_in_it(leaks, language))


def nobody_can_sign_in(leaks: Iterable[Leak]) -> bool:
    """Whether it may be said that this data alone lets nobody in: nothing heavy leaked, and none may have."""
    return all(data_classes.get(name).weight < HEAVY for leak in leaks for name in leak.leaked | leak.unknown)


def not_needed(leaks: Sequence[Leak], *, language: Language = ENGLISH) -> tuple[str, ...]:
    """What the reader need not do, a paragraph for each breach whose discloser said what was not in it.

    Never what a step advises: one breach without passwords makes nobody's password safe that another one leaked.
    """
    advised = called_for(leaks)
    paragraphs = ((leak, [one for one, _ in _denials(leak) if one.step not in advised]) for leak in leaks)
    return tuple(_not_needed(leak, denials, len(leaks) == 1, language) for leak, denials in paragraphs if denials)


def nothing_to_do(leaks: Sequence[Leak], *, language: Language = ENGLISH) -> tuple[str, ...]:
    """Sentences that name the leaked details about which there is nothing to do; none where there are none."""
    leaked = _leaked(leaks)
    idle = [name for name in leaked if data_classes.get(name).asks_nothing and not _carries_a_step(name, leaked)]
    if not idle:
        return ()
    details = language.and_list(yours(idle, language=language))
    about = language.gettext("Nothing to do about: {details}.").format(details=details)
    if "Geographic locations" not in idle:
        return (about,)
    return (about, language.gettext("If a message knows your city, that does not prove who sent it."))


def _band(leaks: Sequence[Leak]) -> str:
    heaviest = max((leak.severity for leak in leaks), default=0)
    if heaviest >= 80:
        return "today"
    if _heaviest_public(leaks) >= HEAVY:
        return "this_week"
    if any(data_classes.is_owner_only(name) for name in _leaked(leaks)):
        return "private"
    return "protect" if heaviest >= 40 else "be_alert" if heaviest >= 20 else "know"


def _nothing_is_needed(leaks: Sequence[Leak]) -> bool:
    return nobody_can_sign_in(leaks) and not called_for(leaks)


def _leaked(leaks: Iterable[Leak]) -> frozenset[str]:
    return frozenset[str]().union(*(leak.leaked for leak in leaks))


def _heaviest_public(leaks: Iterable[Leak]) -> int:
    public = (
        (frozenset(name for name in leak.leaked if not data_classes.is_owner_only(name)), leak.password_storage)
        for leak in leaks
    )
    return max((data_classes.severity(names, storage) for names, storage in public), default=0)


def _carries_a_step(name: str, leaked: frozenset[str]) -> bool:
    """Whether a step is there because of *name* and of nothing that asks for more."""
    asked = {
        step for other in leaked if not data_classes.get(other).asks_nothing for step in data_classes.get(other).steps
    }
    return not set(data_classes.get(name).steps) <= asked


def _denials(leak: Leak) -> list[tuple[_Denial, str]]:
    """What the discloser of *leak* denies, each with our word for it."""
    said = {words.strip().casefold() for words in leak.also_not_exposed}
    found = []
    for denial in DENIALS:
        words = [words for words in denial.words if words.casefold() in said]
        classes = [data_classes.get(name).plural for name in sorted(denial.classes & leak.not_exposed - leak.leaked)]
        if words or classes:
            found.append((denial, [*words, *classes][0]))
    return found


def _what_was_not_in_it(leaks: Sequence[Leak], language: Language) -> list[str]:
    if len(leaks) != 1:
        return []
    words = [language.gettext(word) for _, word in _denials(leaks[0])]
    sentence = language.gettext("No {details} were in this breach.")
    return [sentence.format(details=language.or_list(words))] if words else []


def _not_needed(leak: Leak, denials: Sequence[_Denial], is_only: bool, language: Language) -> str:
    say = language.gettext
    actions = language.or_list([say(denial.action) for denial in denials])
    if is_only:
        told = say("You do not need to {actions} because of this breach.").format(actions=actions)
    else:
        told = say("You do not need to {actions} because of {breach}.").format(actions=actions, breach=leak.title)
    none = denials[0].none if len(denials) == 1 else NONE_OF_THOSE
    return f"{told} {say(none)}"
