"""Whose details lie in the export: ten people known by heart, and a crowd around them. All are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One of the ten: the number that they have in every system, and what they type to look themselves up."""

    number: int
    name: str
    address: str
    types: str = ""

    @property
    def asked(self) -> str:
        return self.types or self.address


ANN = Person(4001, "Ann Demo", "ann.drill@example.com", "Ann.Drill@Example.com ")
BEN = Person(4002, "", "ben.drill@example.net")
CEM = Person(4003, "Cem Öztürk", "demo.cem.drill@gmail.com", "Democemdrill@googlemail.com")
DORA = Person(4004, "Dora Grünwäld", "dora.drill@example.org")
EMIL = Person(4005, "Emil Demo", "emil.drill@example.com")
FAY = Person(4006, "Fay Demo", "fay.drill@example.net")
GUS = Person(4007, "Gus O'Demo", "gus.drill@example.org")
HAL = Person(4008, "Hal Demo", "hal.drill@example.com")
IDA = Person(4009, "Ida Demo", "ida.drill@example.net")
JON = Person(4010, "Jon Demo", "jon.drill@example.org")
TEN = (ANN, BEN, CEM, DORA, EMIL, FAY, GUS, HAL, IDA, JON)

STRANGER = Person(9999, "", "")
"""Somebody whom events name by a number that no file explains."""
NOBODY = "nobody.drill@example.com"
IN_A_NOTE = "sister.of.cem@example.org"
"""Written in somebody's note, which is not theirs."""


def crowd(system: str, count: int, first: int) -> list[Person]:
    """*count* people of one system, whose numbers begin at *first*."""
    domains = ("example.com", "example.net", "example.org", "post.example", "mail.example")
    numbers = range(first, first + count)
    return [Person(n, f"Someone {n}", f"{system}.{n}@{domains[n % len(domains)]}") for n in numbers]
