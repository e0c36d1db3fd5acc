"""What of whom is in the export: noted while it is written, by no code of the program."""

from collections import defaultdict
from collections.abc import Mapping

from tests.drill.people import Person

SAYS_NOTHING = ("", None, "$direct", "unknown", "N/A", [])

Row = Mapping[str, object]


class Truth:
    """The data classes that leaked of each person, by address; and how many records are nobody's."""

    def __init__(self) -> None:
        self.rejected = 0
        self._classes: defaultdict[str, set[str]] = defaultdict(set)

    def note(self, who: Person, row: Row, carried: Mapping[str, str]) -> None:
        """*who* has *row*, whose columns carry the data classes *carried*; a value that says nothing leaked nothing."""
        leaked = {carried[column] for column, value in row.items() if column in carried and value not in SAYS_NOTHING}
        self._classes[who.address] |= {"Email addresses", *leaked}

    def reject(self, records: int) -> None:
        """So many *records* name nobody, or are torn."""
        self.rejected += records

    def of(self, who: Person) -> set[str]:
        return set(self._classes[who.address])

    def classes(self) -> set[str]:
        """Those that leaked of anyone."""
        return set().union(*self._classes.values())

    def people(self) -> int:
        return len(self._classes)

    def count(self, data_class: str) -> int:
        return sum(data_class in classes for classes in self._classes.values())
