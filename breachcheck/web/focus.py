"""Focus: the one breach that a site's home page asks about, and whether the form there answers for it."""

from dataclasses import dataclass

from breachcheck.catalog import Breach, Withdrawn
from breachcheck.errors import UnknownBreach
from breachcheck.web.context import services
from breachcheck.web.doors import Door
from breachcheck.web.offers import offers_at


@dataclass(frozen=True, slots=True)
class HomeForm:
    """The form of the home page: *breaches* are those its answer speaks of, *mail_to* is where a mail is asked for.

    *focus* is the breach that the page is about, if it is about one; *withdrawn* is that breach once it was taken back.
    """

    breaches: list[Breach]
    mail_to: str | None
    focus: Breach | None
    withdrawn: Withdrawn | None

    @property
    def named(self) -> Breach | Withdrawn | None:
        """Whose name the question has."""
        return self.focus or self.withdrawn

    @property
    def answers(self) -> bool:
        """Whether an answer is one to the question that the page asks."""
        return _answer(self.breaches, self.focus) and self.withdrawn is None


def home_form(door: Door) -> HomeForm:
    """What the public is not told of, the address itself may be, by mail."""
    focus, seen = _focus(door), door.reach()
    withdrawn = None if focus or door.is_preview else _withdrawn()
    if not _answer(seen, focus):
        mail_to = offers_at(door).private_answer
        by_mail = door.reach_by_mail() if mail_to else []
        if _answer(by_mail, focus) or not seen:
            return HomeForm(by_mail, mail_to, focus, withdrawn)
    return HomeForm(seen, None, focus, withdrawn)


def _answer(breaches: list[Breach], focus: Breach | None) -> bool:
    return any(focus is None or one.name == focus.name for one in breaches)


def _focus(door: Door) -> Breach | None:
    """The breach that settings name, in any letter case, where it is one of those at this door."""
    name = services().config.focus_breach.lower()
    return next((one for one in door.all_breaches() if one.name.lower() == name), None)


def _withdrawn() -> Withdrawn | None:
    try:
        return services().catalogue.withdrawn(services().config.focus_breach)
    except UnknownBreach:
        return None
