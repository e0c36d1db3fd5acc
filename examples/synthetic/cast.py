"""The few people whose answers are known by heart: the demo's buttons and the tests ask for them."""

from .people import Person

ANN = Person(9001, "Ann", "Demo", "ann@example.com", ("Ann@Example.com", "ann@example.com", " ANN@EXAMPLE.COM"))
BEA = Person(9002, "Bea", "Demo", "demopersontwo@gmail.com", ("demopersontwo@gmail.com",))
CLEO = Person(9003, "Cleo", "Demo", "cleo.demo@example.net", ("Cleo.Demo@example.net",))
DAN = Person(9004, "Dan", "Demo", "dan.demo+news@example.net", ("Dan.Demo+News@example.net",))

BEA_TYPES = "Demo.Person.Two@googlemail.com"
DAN_WITHOUT_TAG = "dan.demo@example.net"
NOBODY = "nobody@example.org"

LOOKALIKES = {
    "password": "open.sesame@kettle.example",
    "note": "neighbour.of.ann@example.org",
    "message": "sister.of.cleo@example.org",
}
"""Written in some record, where none of them is the record's person."""
