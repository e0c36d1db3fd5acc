"""The tables of the export: a column's name, and whether it says something of a person, as written in each file."""

import csv
import io

import openpyxl

from tests.drill import people
from tests.drill.people import CEM, DORA, EMIL, FAY, GUS, HAL, IDA, Person
from tests.drill.truth import Row, Truth

CUSTOMERS = {
    "Kundennummer": "Account identifiers",
    "Vor- und Nachname": "Names",
    "Straße": "Physical addresses",
    "PLZ": "Geographic locations",
    "Ort": "Geographic locations",
    "Mobiltelefon": "Phone numbers",
    "Guthaben €": "Account balances",
    "Notiz": "Customer service comments",
}
PARTNERS = {"Nr": "Account identifiers", "Ansprechpartner": "Names", "Firma": "Company names"}
FORMER = {"Nr": "Account identifiers", "Name": "Names", "Geburtsdatum": "Dates of birth"}
USERS = {"id": "Account identifiers", "login": "Usernames", "full_name": "Names"}
PHONES = {"number": "Phone numbers"}


def customers(truth: Truth) -> bytes:
    """A table as Excel in Germany saves it: cp1252, semicolons, amounts in €, and notes of several lines."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(["Kundennummer", "E-Mail", *list(CUSTOMERS)[1:]])
    for who, row in _customers():
        truth.note(who, row, CUSTOMERS)
        number, *rest = row.values()
        table.writerow([number, who.address.title(), *rest])
    table.writerow(["K-1", "", "Ohne Mailadresse", *[""] * 6])
    table.writerow(["K-2", "torn@example.com", *["zu viel"] * 9])
    truth.reject(2)
    return out.getvalue().encode("cp1252")


def _customers() -> list[tuple[Person, Row]]:
    return [
        (CEM, _customer(CEM, "Größe Gasse 1", "80331", "München", note=f"ruft an\r\nSchwester: {people.IN_A_NOTE}")),
        (DORA, _customer(DORA, 'Hof "Süd";\r\nStiege 2', mobile="+49 30 23125 004", balance="12,50 €")),
        (IDA, _customer(IDA, place="Hamburg", balance="0,99 €")),
        *((who, _customer(who, code="50667", place="Köln")) for who in people.crowd("kunde", 60, 1000)),
    ]


def _customer(
    who: Person, street: str = "", code: str = "", place: str = "", mobile: str = "", balance: str = "", note: str = ""
) -> Row:
    return dict(zip(CUSTOMERS, (f"K-{who.number}", who.name, street, code, place, mobile, balance, note), strict=True))


def workbook(truth: Truth) -> bytes:
    """Two sheets with titles above their headers; the second is hidden. Numbers are kept with a fraction of nought."""
    book = openpyxl.Workbook()
    shown = book.active
    assert shown is not None
    shown.title = "Partner"
    shown.append(["Partnerliste, Stand 1. März 2026"])
    shown.append([])
    shown.append(["Nr", "Mailadresse", "Ansprechpartner", "Firma"])
    for who in (EMIL, *people.crowd("partner", 20, 2000)):
        row = {"Nr": float(who.number), "Ansprechpartner": who.name, "Firma": "Demo GmbH" if who is EMIL else ""}
        truth.note(who, row, PARTNERS)
        shown.append([row["Nr"], who.address, row["Ansprechpartner"], row["Firma"]])
    hidden = book.create_sheet("Ehemalige")
    hidden.sheet_state = "hidden"
    hidden.append(["Nr", "Mailadresse", "Name", "Geburtsdatum"])
    for who in (FAY, *people.crowd("ehemals", 20, 3000)):
        born = "1980-02-29" if who is FAY else ""
        row = {"Nr": float(who.number), "Name": who.name, "Geburtsdatum": born}
        truth.note(who, row, FORMER)
        hidden.append([row["Nr"], who.address, row["Name"], row["Geburtsdatum"]])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def dump(truth: Truth) -> bytes:
    """A shop's database, whose phones stand in a table of their own."""
    users = (GUS, HAL, IDA, *people.crowd("shop", 40, 5000))
    for who in users:
        truth.note(who, {"id": who.number, "login": _login(who), "full_name": who.name}, USERS)
    numbers = {GUS: "+44 1632 960111", IDA: "+44 1632 960112", users[-1]: "+44 1632 960113"}
    for who, number in numbers.items():
        truth.note(who, {"number": number}, PHONES)
    accounts = (f"({who.number}, '{who.address}', '{_login(who)}', '{_quoted(who.name)}')" for who in users)
    phones = (f"({n}, {who.number}, '{number}')" for n, (who, number) in enumerate(numbers.items(), 1))
    return (
        "-- MySQL dump 10.13\n"
        "CREATE TABLE `users` (\n  `id` int NOT NULL,\n  `email` varchar(255),\n  `login` varchar(64),\n"
        "  `full_name` varchar(255),\n  PRIMARY KEY (`id`)\n);\n"
        f"INSERT INTO `users` VALUES {','.join(accounts)};\n"
        "CREATE TABLE `phones` (\n  `phone_id` int,\n  `user_id` int,\n  `number` varchar(32)\n);\n"
        f"INSERT INTO `phones` VALUES {','.join(phones)};\n"
    ).encode()


def _login(who: Person) -> str:
    return "" if who is HAL else f"login{who.number}"


def _quoted(name: str) -> str:
    return name.replace("'", "\\'")
