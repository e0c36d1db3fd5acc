"""Unread: what the entries of a manifest pass over in the archives that they name, to be told once."""

from collections.abc import Iterable, Sequence

from breachcheck.tallies import FileTally
from ingest.sources import NOT_SELECTED


class Unread:
    """Knows what some entry read, the tables and files *taken*, and hears what each passes over."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {place for name in taken for place in _places(name)}
        self._told: set[tuple[str, str]] = set()

    def repeated(self, passed_over: Sequence[FileTally]) -> list[FileTally]:
        """Those that need not be told of one entry: another one reads them, or they were told of an entry before."""
        unread = [one for one in passed_over if one.outcome == "not read"]
        found = [one for one in unread if self._is_taken(one) or (one.name, one.why) in self._told]
        self._told |= {(one.name, one.why) for one in unread}
        return found

    def _is_taken(self, one: FileTally) -> bool:
        return one.why == NOT_SELECTED and one.name in self._taken


def _places(name: str) -> Iterable[str]:
    """*name* of a table, and of every file and archive that it lies in."""
    yield name
    yield from (name[:place] for place, sign in enumerate(name) if sign in "!#")
