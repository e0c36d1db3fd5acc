"""What a right load of an example finds: written down while the files are made, not read back from them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

EMAIL = "Email addresses"


class Truth:
    """The counts of a load, and the data classes of each of its people."""

    def __init__(self, breach: str) -> None:
        self.breach = breach
        self._named = 0
        self._joined = 0
        self._rejected = 0
        self._classes: defaultdict[str, set[str]] = defaultdict(set)

    def names(self, address: str, classes: Iterable[str]) -> None:
        """A record holds *address* itself."""
        self._named += 1
        self._classes[address] |= {EMAIL, *classes}

    def joins(self, address: str, classes: Iterable[str]) -> None:
        """A record leads to the person of *address* by an id alone."""
        self._joined += 1
        self._classes[address] |= set(classes)

    def rejects(self, records: int = 1) -> None:
        self._rejected += records

    def classes_of(self, address: str) -> list[str]:
        return sorted(self._classes.get(address, ()))

    def counts(self) -> dict[str, object]:
        people = len(self._classes)
        return {
            "read": self._named + self._joined + self._rejected,
            "indexed": people + self._joined,
            "duplicates": self._named - people,
            "rejected": self._rejected,
            "people": people,
            "people_by_class": dict(sorted(Counter(c for some in self._classes.values() for c in some).items())),
        }
