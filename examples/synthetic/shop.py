"""The shop example: tables with semicolons in a zip, in an old encoding, with passwords that look like addresses."""

import hashlib
from pathlib import Path

from .cast import ANN, LOOKALIKES
from .dice import Dice
from .fields import Group, Values, roll, written
from .files import table, write_zip
from .people import Person, person, spelling
from .truth import Truth

ENCODING = "cp1252"
BEFORE = range(1, 4000, 7)
AFTER = range(5001, 5901)
STILL_THERE = range(1, 4000, 35)
COLUMNS = (
    "customer_no",
    "first_name",
    "last_name",
    "email",
    "password",
    "phone",
    "street",
    "postcode",
    "city",
    "birth_date",
    "note",
)
NOTHING: tuple[object, ...] = ("", "", "-", "N/A")
STREETS = ("Invented Lane", "Erfundene Straße", "Rue Imaginée", "Sample Road")
NOTES = (
    "leave it with the neighbour; ring twice",
    'said:\r\n"the lid is too small"',
    f"parcels also to {LOOKALIKES['note']}",
)


def _name(_dice: Dice, who: Person) -> Values:
    return {"first_name": who.first_name, "last_name": who.last_name}


def _password(dice: Dice, who: Person) -> Values:
    """SHA-1 without salt; now and then as it was typed, and some people type an address."""
    if dice.chance(0.03):
        return {"password": dice.pick((LOOKALIKES["password"], "kettle4ever", "tea@four.test"))}
    return {"password": hashlib.sha1(f"invented {who.number}".encode(), usedforsecurity=False).hexdigest()}


def _phone(_dice: Dice, who: Person) -> Values:
    """Numbers that regulators keep free for fiction."""
    return {"phone": (f"+447700900{who.number % 1000:03}", f"+1202555{100 + who.number % 100:04}")[who.number % 2]}


def _home(dice: Dice, who: Person) -> Values:
    street = f"{dice.pick(STREETS)} {1 + dice.below(99)}"
    return {"street": street, "postcode": f"{who.number:05}", "city": dice.pick(("Testville", "Musterstadt"))}


def _birth_date(dice: Dice, _who: Person) -> Values:
    return {"birth_date": f"{1950 + dice.below(50)}-{1 + dice.below(12):02}-{1 + dice.below(28):02}"}


def _note(dice: Dice, _who: Person) -> Values:
    return {"note": dice.pick(NOTES)}


CUSTOMER = (
    Group("Names", 0.97, _name, NOTHING),
    Group("Passwords", 0.9, _password, NOTHING),
    Group("Phone numbers", 0.5, _phone, NOTHING),
    Group("Physical addresses", 0.7, _home, NOTHING),
    Group("Dates of birth", 0.3, _birth_date, NOTHING),
    Group("Delivery instructions", 0.3, _note, NOTHING),
)


def make(folder: Path) -> Truth:
    """Write the data files of this example into *folder*."""
    truth = Truth("Plimsnorth-Kettles")
    members = {
        "customers-2018.csv": _customers(truth, "2018", [person(number) for number in BEFORE]),
        "customers-2019.csv": _customers(truth, "2019", [*map(person, (*STILL_THERE, *AFTER)), ANN]),
        "READ ME.txt": "Every customer in this archive is invented.\r\n".encode(ENCODING),
    }
    write_zip(folder / "customers.zip", members)
    return truth


def _customers(truth: Truth, year: str, people: list[Person]) -> bytes:
    dice = Dice(f"customers {year}")
    rows = [_row(dice, truth, who, _classes(dice, who)) for who in people]
    rows += _rows_of_nobody(dice, truth)
    dice.shuffle(rows)
    return table([COLUMNS, *rows], delimiter=";").encode(ENCODING)


def _classes(dice: Dice, who: Person) -> set[str]:
    if who is ANN:
        return {"Names", "Passwords", "Physical addresses", "Dates of birth", "Delivery instructions"}
    return roll(dice, CUSTOMER)


def _row(dice: Dice, truth: Truth, who: Person, classes: set[str]) -> list[object]:
    truth.names(who.address, {"Account identifiers", *classes})
    values: Values = {"customer_no": f"K{who.number:05}", "email": _old_spelling(dice, who)}
    values |= written(dice, who, CUSTOMER, classes)
    return [values[column] for column in COLUMNS]


def _old_spelling(dice: Dice, who: Person) -> str:
    """A spelling that the encoding of the file can hold."""
    text = spelling(dice, who)
    return text if text.encode(ENCODING, "ignore").decode(ENCODING) == text else who.address


def _rows_of_nobody(dice: Dice, truth: Truth) -> list[list[object]]:
    """Customers of the counter, who left no address but may have a password that looks like one."""
    passwords = [LOOKALIKES["password"], *[""] * 9]
    truth.rejects(len(passwords))
    return [["K99999", "Counter", "Demo", dice.pick(NOTHING), password, *[""] * 6] for password in passwords]
