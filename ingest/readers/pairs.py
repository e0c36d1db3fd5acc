"""Pairs: what a record says in a list of names and values, `[{"Name": "email", "Value": "…"}]`, as Amazon Cognito does.

Such a list is read as the object that it stands for, `{"email": "…"}`, where its names are what columns are called.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from ingest import header_names

_NAMES = frozenset({"name", "key", "field", "attribute"})
_VALUES = frozenset({"value", "values", "val"})
_PARTS = 2
_DEPTH = 6  # as deep as columns go
_MOST_NAMES = 500  # more are not those of columns

Pair = tuple[str, object]


def are_within(records: Iterable[dict[str, object]]) -> bool:
    """Whether any of *records* has a list of pairs."""
    return any(True for record in records for _ in _lists(record, 0))


def lists_in(records: Iterable[dict[str, object]], columns: Collection[str]) -> frozenset[str]:
    """The keys under which *records* have lists of pairs that are to be read as objects.

    *columns* are those that a manifest names: where it names what stands in the objects of such a list, it goes first.
    """
    found: dict[str, Counter[str]] = {}
    for record in records:
        for key, pairs in _lists(record, 0):
            found.setdefault(key, Counter()).update(name for name, _ in pairs)
    within = {part for column in columns for part in column.split(".")[:-1]}
    return frozenset(
        key for key, names in found.items() if f"{key}[]" not in within and (key in within or _describe(names))
    )


def are_in(items: list[object]) -> bool:
    """Whether the list *items* is of pairs, and their names are those of columns."""
    return _describe(Counter(name for name, _ in _pairs(items)))


def as_objects(keys: Collection[str], loaded: Callable[[bytes], object], line: bytes) -> bytes:
    """The record *line* with an object for each list under *keys*; as it is where *loaded* finds none in it."""
    record = loaded(line)
    made = folded(record, keys) if isinstance(record, dict) else record
    return line if made == record else json.dumps(made).encode()


def folded(record: dict[str, object], keys: Collection[str]) -> dict[str, object]:
    """*record* with an object for each list of pairs under *keys*."""
    return {key: _folded(key, value, keys, 0) for key, value in record.items()}


def _folded(key: str, value: object, keys: Collection[str], depth: int) -> object:
    if depth > _DEPTH:
        return value
    if isinstance(value, dict):
        return {name: _folded(name, inner, keys, depth + 1) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    if key in keys and (pairs := _pairs(value)):
        return _object(pairs)
    return [_folded("", item, keys, depth + 1) for item in value]


def _object(pairs: Iterable[Pair]) -> dict[str, object]:
    """Of a name that has several values there is a list. A dot in one would read as a key within another."""
    found: dict[str, list[object]] = {}
    for name, value in pairs:
        values = found.setdefault(name.replace(".", "_"), [])
        values.extend(value if isinstance(value, list) else [value])
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _lists(value: object, depth: int) -> Iterator[tuple[str, list[Pair]]]:
    """The lists of pairs within *value*, with the key under which each stands."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _lists(item, depth + 1)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, list) and (pairs := _pairs(inner)):
                yield key, pairs
            else:
                yield from _lists(inner, depth + 1)


def _pairs(items: list[object]) -> list[Pair]:
    """The pairs that *items* are; [] if one of them is none."""
    found = [pair for item in items if isinstance(item, dict) and (pair := _pair(item))]
    return found if len(found) == len(items) else []


def _pair(item: dict[str, object]) -> Pair | None:
    if len(item) != _PARTS:
        return None
    by_key = {key.casefold(): value for key, value in item.items()}
    name = next((by_key[key] for key in _NAMES & by_key.keys()), None)
    value = next(iter(_VALUES & by_key.keys()), None)
    return (name, by_key[value]) if isinstance(name, str) and value else None


def _describe(names: Counter[str]) -> bool:
    """Whether *names* are those of columns: one is of addresses, or most that stand there are known."""
    if not 0 < len(names) <= _MOST_NAMES:
        return False
    known = {name: meaning.data_class for name in names if (meaning := header_names.meaning_of(name))}
    return header_names.EMAIL in known.values() or 2 * sum(names[name] for name in known) >= names.total()
