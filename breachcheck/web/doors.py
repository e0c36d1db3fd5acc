"""Doors: where a visitor asks. The public site is one, the preview of a load that nobody else sees yet another."""

from dataclasses import dataclass
from typing import Protocol

from flask import url_for

from breachcheck.answers import Answer
from breachcheck.breaches import LoadId
from breachcheck.catalog import Breach
from breachcheck.disclosure import ANY_OWNER, PUBLIC, Viewer
from breachcheck.services import Services
from breachcheck.tallies import Part


class Door(Protocol):
    """Where the same pages are shown, and what they show. Asking raises as ``Lookup`` does."""

    @property
    def is_preview(self) -> bool: ...
    def ask(self, account: str) -> Answer: ...
    def reach(self) -> list[Breach]: ...
    def reach_by_mail(self) -> list[Breach]: ...
    def all_breaches(self) -> tuple[Breach, ...]: ...
    def home_url(self) -> str: ...
    def answer_url(self) -> str: ...
    def breach_url(self, breach: Breach, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Site:
    """What is published, as the public may see it."""

    services: Services
    is_preview: bool = False

    def ask(self, account: str) -> Answer:
        return self.services.lookup.ask(account, PUBLIC)

    def reach(self) -> list[Breach]:
        return self.services.lookup.reach(PUBLIC)

    def reach_by_mail(self) -> list[Breach]:
        """What an answer that is sent to the address itself may speak of."""
        return self.services.lookup.reach(ANY_OWNER)

    def all_breaches(self) -> tuple[Breach, ...]:
        return self.services.catalogue.published().breaches

    def home_url(self) -> str:
        return url_for("site.home")

    def answer_url(self) -> str:
        return url_for("site.answer")

    def breach_url(self, breach: Breach, /) -> str:
        return url_for("site.breach", name=breach.name)


@dataclass(frozen=True, slots=True)
class Preview:
    """One load, as the public would see it if it were all that is published; a private one as its owners would."""

    services: Services
    load_id: LoadId
    is_preview: bool = True

    @property
    def is_private(self) -> bool:
        """Whether the public would be told nothing, so that the preview is what an owner of an address would see."""
        return not self.services.lookup.reach(PUBLIC, self.load_id)

    @property
    def part(self) -> Part | None:
        """What was read, if it was not all."""
        return self.services.loads.get(self.load_id).tally.part

    def ask(self, account: str) -> Answer:
        return self.services.lookup.ask_load(account, self.load_id, self._viewer())

    def reach(self) -> list[Breach]:
        return self.services.lookup.reach(self._viewer(), self.load_id)

    def reach_by_mail(self) -> list[Breach]:
        """Nothing: a preview sends no mail."""
        return []

    def _viewer(self) -> Viewer:
        return ANY_OWNER if self.is_private else PUBLIC

    def all_breaches(self) -> tuple[Breach, ...]:
        return self.services.catalogue.of_load(self.load_id).breaches

    def home_url(self) -> str:
        return url_for("admin.preview", load_id=self.load_id)

    def answer_url(self) -> str:
        return url_for("admin.preview_answer", load_id=self.load_id)

    def breach_url(self, _breach: Breach, /) -> str:
        return url_for("admin.preview_breach", load_id=self.load_id)
