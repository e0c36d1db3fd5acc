"""Invented people, and the many ways in which one address is spelled."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from .dice import Dice

FIRST_NAMES = (
    "Ada",
    "Bela",
    "Cara",
    "Dino",
    "Elif",
    "Femi",
    "Greta",
    "Hana",
    "Kofi",
    "Lena",
    "Nura",
    "Otto",
    "Uma",
    "Zoë",
)
LAST_NAMES = ("Beispiel", "Demo", "Example", "Fictional", "Invented", "Madeup", "Muster", "Prøve", "Sample", "Testcase")
DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example", "office.example", "inbox.test")
IDN_DOMAINS = {
    "bücher.example": "xn--bcher-kva.example",
    "例子.example": "xn--fsqu00a.example",
    "例子.test": "xn--fsqu00a.test",
}
TAGS = ("news", "shop", "api", "test", "work")


@dataclass(frozen=True)
class Person:
    """*address* is the one form that all spellings stand for; *spellings* are some that files hold."""

    number: int
    first_name: str
    last_name: str
    address: str
    spellings: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def person(number: int) -> Person:
    """The person of this number: the same one in every example."""
    dice = Dice(f"person {number}")
    first_name, last_name = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)
    make = dice.pick(ADDRESSES)
    address, spellings = make(dice, f"{number:04}", first_name.lower())
    return Person(number, first_name, last_name, address, (address, *spellings))


def spelling(dice: Dice, of: Person) -> str:
    return dice.pick(of.spellings)


def _cased(address: str) -> tuple[str, ...]:
    local, _, domain = address.partition("@")
    return (f"{local.title()}@{domain}", f"{local}@{domain.title()}", address.upper(), f" {address} ")


def _plain(dice: Dice, number: str, name: str) -> tuple[str, tuple[str, ...]]:
    address = f"demo.{name}.{number}@{dice.pick(DOMAINS)}"
    return address, (*_cased(address), unicodedata.normalize("NFD", address))


def _tagged(dice: Dice, number: str, name: str) -> tuple[str, tuple[str, ...]]:
    address = f"demo.{name}.{number}+{dice.pick(TAGS)}@{dice.pick(DOMAINS)}"
    return address, _cased(address)


def _gmail(dice: Dice, number: str, _name: str) -> tuple[str, tuple[str, ...]]:
    tag = dice.pick(("", "", "", "+news"))
    dotted = f"demo.person.{number}{tag}"
    return f"demoperson{number}{tag}@gmail.com", (
        f"{dotted}@gmail.com",
        f"{dotted.title()}@GMail.com",
        f"d.emo.person{number}{tag}@gmail.com",
        f"{dotted}@googlemail.com",
        f"demoperson{number}{tag}@googlemail.com",
    )


def _international(dice: Dice, number: str, _name: str) -> tuple[str, tuple[str, ...]]:
    domain, ascii_domain = dice.pick(tuple(IDN_DOMAINS.items()))
    local = f"demo.reader.{number}"
    return f"{local}@{ascii_domain}", (
        f"{local}@{domain}",
        f"{local.title()}@{domain.upper()}",
        unicodedata.normalize("NFD", f"{local}@{domain}"),
    )


def _with_odd_dots(dice: Dice, number: str, _name: str) -> tuple[str, tuple[str, ...]]:
    """As Japanese phone companies once gave them out."""
    address = f"demo..{number}.@{dice.pick(DOMAINS)}"
    return address, (address.upper(),)


ADDRESSES: tuple[Callable[[Dice, str, str], tuple[str, tuple[str, ...]]], ...] = (
    *[_plain] * 64,
    *[_gmail] * 18,
    *[_tagged] * 12,
    *[_international] * 5,
    _with_odd_dots,
)
