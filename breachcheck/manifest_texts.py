"""Manifest texts: what a manifest says of its breach, in one language as far as it speaks it."""

from dataclasses import dataclass
from typing import TypeVar

from breachcheck.breaches import Facts, Help, NotExposed, TranslatedAbsence, TranslatedHelp, TranslatedStep, Translation
from breachcheck.languages import isolated

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Text:
    """Words, and the language that they are in, as ``lang`` has it."""

    words: str
    lang: str


@dataclass(frozen=True, slots=True)
class StepTexts:
    """One step that the company advises; *step* is the id of the one of ours for which these are its words."""

    step: str
    title: Text
    why: Text
    how: Text

    @property
    def all(self) -> tuple[Text, Text, Text]:
        return self.title, self.why, self.how


@dataclass(frozen=True, slots=True)
class ManifestTexts:
    """The texts of *facts* in the language *tag*. What is not translated stays in the manifest's own language.

    Names have no language, and are fit to stand in a sentence of this one.
    """

    facts: Facts
    tag: str

    @property
    def title(self) -> str:
        return isolated(self._said.title or self.facts.title, self.tag)

    @property
    def holder(self) -> str:
        """Who lost it; empty where nobody said."""
        return isolated(self.facts.held_by or "", self.tag)

    @property
    def client(self) -> str:
        """Whom people know, where the holder lost it for someone else; empty where there is none."""
        return isolated(self.facts.on_behalf_of or "", self.tag)

    @property
    def company(self) -> str:
        """Whom people know, as far as anyone said."""
        return self.client or self.holder

    @property
    def description(self) -> Text:
        """CommonMark."""
        return self._text(self.facts.description, self._said.description)

    @property
    def who(self) -> Text:
        """Who is in the breach; empty where nobody said."""
        return self._text(self.facts.who or "", self._said.who)

    @property
    def also(self) -> tuple[Text, ...]:
        """What else the discloser said was not in it."""
        written = (self.facts.not_exposed or NotExposed()).also
        said = (self._said.not_exposed or TranslatedAbsence()).also
        return tuple(self._text(item, _nth(said, number)) for number, item in enumerate(written))

    @property
    def phone(self) -> Text:
        """The company's helpline, hours included; empty where there is none."""
        said = self._said.help or TranslatedHelp()
        return self._text((self.facts.help or Help()).phone or "", said.phone)

    @property
    def help_url(self) -> str:
        """Where the company answers questions; empty where it has no page for that."""
        said = self._said.help or TranslatedHelp()
        return said.url or (self.facts.help or Help()).url or ""

    @property
    def steps(self) -> tuple[StepTexts, ...]:
        """What the company itself advises."""
        return tuple(self._step(number) for number in range(len(self.facts.advice)))

    def note(self, data_class: str) -> Text:
        """What more there is to say of *data_class*; empty where that is nothing."""
        return self._text(self.facts.class_notes.get(data_class, ""), self._said.class_notes.get(data_class))

    def _step(self, number: int) -> StepTexts:
        written = self.facts.advice[number]
        said = _nth(self._said.advice, number) or TranslatedStep()
        return StepTexts(
            step=written.step,
            title=self._text(written.title, said.title),
            why=self._text(written.why, said.why),
            how=self._text(written.how, said.how),
        )

    @property
    def _said(self) -> Translation:
        return self.facts.translations.get(self.tag) or Translation()

    def _text(self, written: str, said: str | None) -> Text:
        return Text(said, self.tag) if said else Text(written, self.facts.language)


def _nth(items: tuple[Item, ...], number: int) -> Item | None:
    return items[number] if number < len(items) else None
