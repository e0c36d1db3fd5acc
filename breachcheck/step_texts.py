"""The texts of our steps, as advice.json has them: whole sentences with {placeholders}, in the forms grammar needs."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import msgspec


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that differs by number; a form that is left out is said as *one*."""

    one: str
    many: str = ""
    none: str = ""

    def for_number(self, number: int) -> str:
        return {0: self.none, 1: self.one}.get(number, self.many) or self.one


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other words, where *only* these classes call for the step, or *any* of those is among them."""

    only: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    title: str | Forms = ""
    why: str | Forms = ""
    how: str | Forms = ""

    def suits(self, names: frozenset[str]) -> bool:
        return (not self.only or names <= self.only) and (not self.any or bool(names & self.any))


class StepText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step's words. *since* tells when it is done already: asked first of old breaches, last where *since_always*."""

    id: str
    title: str | Forms
    why: str | Forms
    how: str | Forms
    since: str = ""
    since_always: bool = False
    variants: tuple[Variant, ...] = ()

    def title_for(self, names: frozenset[str], companies: int) -> str:
        """With {company}, unless *companies* is 0. *names* are the classes that call for the step, here as below."""
        return _in_form(next((one.title for one in self._suiting(names) if one.title), self.title), companies)

    def how_for(self, names: frozenset[str], companies: int) -> str:
        """With {company} where it is needed, unless *companies* is 0."""
        return _in_form(next((one.how for one in self._suiting(names) if one.how), self.how), companies)

    def why_for(self, names: frozenset[str], is_plural: bool) -> str:
        """With {details} (after "your") or {yours}; *is_plural* says which verb they take."""
        return _in_form(next((one.why for one in self._suiting(names) if one.why), self.why), 2 if is_plural else 1)

    def _suiting(self, names: frozenset[str]) -> Iterator[Variant]:
        return (one for one in self.variants if one.suits(names))


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    steps: tuple[StepText, ...]


@cache
def all_texts() -> Mapping[str, StepText]:
    """The texts of every step by its id, in the order of the file; read once."""
    text = resources.files("breachcheck").joinpath("advice.json").read_bytes()
    return {one.id: one for one in msgspec.json.decode(text, type=_File).steps}


def _in_form(text: str | Forms, number: int) -> str:
    return text if isinstance(text, str) else text.for_number(number)
