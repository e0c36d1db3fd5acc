"""The plain records of JSON lines, taken out of a block at a time; all other lines are left to the engine.

What is taken is what the SQL of `json`, of `keys` and of `ingest.selection` would find: whatever could make a
difference leaves its whole line to them.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.columns import TextColumn
from ingest.compiled.addresses import Addresses
from ingest.compiled.known import Domains, Nothings
from ingest.compiled.names import Names
from ingest.compiled.objects import Objects
from ingest.nothing_said import SAYS_NOTHING
from ingest.readers.keys import Keys, places_of
from ingest.readers.plain import Ids, Plain, Taker, Uses, Waiting
from ingest.readers.plain_addresses import plain_of
from ingest.readers.plain_domains import ignores_dots


def taker(keys: Keys, uses: Uses) -> Taker:
    """What takes plain records whose columns stand where *keys* say; none at all where these are beyond it."""
    columns = tuple(dict.fromkeys([*([uses.address] if uses.address else []), *uses.others]))
    places = [places_of(keys, column) for column in columns]
    try:
        if any(not found for found in places):
            return _none
        names = Names((_written(path), number) for number, found in enumerate(places) for path in found)
        return PlainObjects(names, columns, uses)
    except ValueError:  # more than there is room for
        return _none


def _written(path: Sequence[str]) -> list[bytes]:
    return [key.encode(errors="replace") for key in path]


def _none(block: bytes) -> Plain:
    return Plain(TextColumn.of([]), TextColumn.of([]), TextColumn.of([]).starts, {}, block)


class PlainObjects:
    """Takes the plain records out of blocks of JSON lines; *columns* are those of *names*. For one thread alone."""

    def __init__(self, names: Names, columns: tuple[str, ...], uses: Uses) -> None:
        at = {name: number for number, name in enumerate(columns)}
        self._at, self._uses = at, uses
        self._addresses = Addresses(Domains(ignores_dots))
        self._objects = Objects(
            names,
            len(columns),
            at.get(uses.address, -1),
            [at[name] for name in uses.keys],
            [at[name] for name in uses.references],
            Nothings(SAYS_NOTHING),
            self._addresses,
        )

    def __call__(self, block: bytes) -> Plain:
        """What *block* holds, which is of whole lines, each ended by a line feed."""
        self._objects.take(block)
        says = {name: self._objects.says(number) for name, number in self._at.items()}
        return replace(
            plain_of(self._addresses, says, self._objects.rest()),
            records=self._objects.records(),
            ids={name: self._ids(number) for number, name in enumerate(self._uses.keys)},
            waiting=self._waiting(),
        )

    def _ids(self, key: int) -> Ids:
        text, starts, lengths, beside = self._objects.ids(key)
        return Ids(TextColumn(text, starts, lengths), beside)

    def _waiting(self) -> Waiting:
        ids = tuple(TextColumn(*self._objects.waiting(number)) for number in range(len(self._uses.references)))
        return Waiting(ids, {name: self._objects.waiting_say(number) for name, number in self._at.items()})
