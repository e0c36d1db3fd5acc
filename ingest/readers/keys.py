"""Keys of JSON records as columns: their paths, wrappers seen through, and how DuckDB takes their values out.

`user.email` is a key within an object, `emails[].value` a key within each object of a list. What stands within
`_source`, `properties` or `$properties` is named as if it stood outside. A value that is a list or an object, such as
`{"$oid": "…"}` or `{"0": "…", "1": "…"}`, becomes the text of what is in it, joined by newlines; an empty one, and
null, become NULL.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ingest.engine import literal, quoted
from ingest.readers import headers

WRAPPERS = ("properties", "$properties", "_source")
_DEPTH = 6
_EACH = "[]"
_NESTED = frozenset({dict, list})
_EXTENDED = {"$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid", "$binary"}
_EXTENDED |= {"$timestamp", "$regularExpression", "$symbol", "$code"}


@dataclass(frozen=True, slots=True)
class Keys:
    """The columns that a sample of records shows, their spellings by case-folded name, and the wrappers around them."""

    columns: tuple[str, ...]
    spellings: Mapping[str, tuple[str, ...]]
    wrappers: tuple[str, ...]


def keys_of(records: Iterable[dict[str, object]]) -> Keys:
    """The union of the keys of *records*, in the order of their appearance. Keys that differ by case are one column; an
    empty one is called columnN."""
    spellings: dict[str, dict[str, None]] = {}
    wrappers: dict[str, None] = {}
    for record in alone(records):
        wrappers |= {name: None for name in WRAPPERS if isinstance(record.get(name), dict)}
        for column in _columns(record, "", 0):
            spellings.setdefault(column.casefold(), {})[column] = None
    columns = headers.names([next(iter(known)) for known in spellings.values()], [])
    known_as = (tuple(known) for known in spellings.values())
    return Keys(columns, dict(zip(map(str.casefold, columns), known_as, strict=True)), tuple(wrappers))


def alone(records: Iterable[dict[str, object]]) -> Iterable[dict[str, object]]:
    """*records* without those whose keys are those of one before: of many, few differ in more than their values."""
    alone: dict[Hashable, dict[str, object]] = {}
    for record in records:
        alone.setdefault(_shape(record, 0), record)
    return alone.values()


def _shape(value: object, depth: int) -> Hashable:
    """All that `_columns` looks at."""
    if depth > _DEPTH:
        return None
    if isinstance(value, list):
        return None, *dict.fromkeys([_shape(item, depth) for item in value if isinstance(item, dict)])
    inner = cast(dict[str, object], value)
    if _NESTED.isdisjoint(map(type, inner.values())):  # as most are, and this is the quickest way to know it
        return tuple(inner)
    return tuple(
        [(key, _shape(one, depth + 1)) if isinstance(one, (dict, list)) else key for key, one in inner.items()]
    )


def _columns(value: dict[str, object], before: str, depth: int) -> Iterator[str]:
    for key, inner in value.items():
        if depth == 0 and key in WRAPPERS and isinstance(inner, dict):
            yield from _columns(inner, "", 1)
        else:
            yield from _column(f"{before}{key}", inner, depth)


def _column(name: str, value: object, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and not _is_one_value(value) and depth < _DEPTH:
        yield from _columns(value, f"{name}.", depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value) and depth < _DEPTH:
        for item in value:
            if isinstance(item, dict):
                yield from _columns(item, f"{name}{_EACH}.", depth + 1)
    else:
        yield name


def _is_one_value(value: dict[str, object]) -> bool:
    """Whether *value* is empty, one of MongoDB's ways to write a single value, as `{"$oid": "…"}`, or a list in which
    each value has its number: `{"0": "…", "1": "…"}`."""
    if not value or (not _EXTENDED.isdisjoint(value) and all(key.startswith("$") for key in value)):
        return True
    return len(value) > 1 and all(
        key.isdecimal() and not isinstance(inner, dict | list) for key, inner in value.items()
    )


class Extraction:
    """SQL that takes the values of *columns* out of JSON objects, in one pass over each but for values in lists.

    The columns *also* stand beside the objects and are handed on behind the others.
    """

    def __init__(self, keys: Keys, columns: Sequence[str], also: Sequence[str] = ()) -> None:
        self._keys = keys
        self._also = "".join(f"{quoted(name)}, " for name in also)
        self._columns = columns
        self._pointers: list[str] = []

    def sql(self, lines: str) -> str:
        """The columns, and `broken` where there is no object, of the SELECT *lines*, which gives objects as `line`."""
        chosen = "".join(f"{self._text(f'v{at}', name)} AS {quoted(name)}, " for at, name in enumerate(self._columns))
        values = "".join(f", {self._first(name)} AS v{at}" for at, name in enumerate(self._columns))
        pointers = ", ".join(map(literal, self._pointers))
        found = f", json_extract_string(line, [{pointers}]) AS found" if pointers else ""
        return f"""
            SELECT {chosen}{self._also}line IS NULL AS broken
            FROM (
                SELECT {self._also}line{values}
                FROM (
                    SELECT {self._also}line{found}
                    FROM ({lines})
                )
            )
        """  # noqa: S608 - names and texts are quoted

    def _first(self, column: str) -> str:
        """What *column* has in the first of the places where it may stand that has something."""
        places = _all_places(self._keys, column)
        return f"coalesce({', '.join(self._at(_pointer(place)) for place in places)}, NULL)"

    def _text(self, value: str, column: str) -> str:
        listed = [_each([*around, name]) for around, name in _spelled(self._keys, column) if _EACH in name]
        return f"coalesce({', '.join([_text(value), *listed])})" if listed else _text(value)

    def _at(self, pointer: str) -> str:
        self._pointers.append(pointer)
        return f"found[{len(self._pointers)}]"


def places_of(keys: Keys, column: str) -> list[tuple[str, ...]]:
    """The keys on the way to each place of *column*, of which the first that has something says it; [] for lists."""
    return [] if any(_EACH in name for _, name in _spelled(keys, column)) else _all_places(keys, column)


def _all_places(keys: Keys, column: str) -> list[tuple[str, ...]]:
    places = [(*around, *place) for around, name in _spelled(keys, column) for place in _places(name)]
    return list(dict.fromkeys(places))


def _spelled(keys: Keys, column: str) -> list[tuple[tuple[str, ...], str]]:
    """The wrappers around *column*, with each of its spellings."""
    around = [(), *((wrapper,) for wrapper in keys.wrappers)]
    spellings = keys.spellings.get(column.casefold(), (column,))
    return [(outer, name) for name in spellings for outer in around]


def _places(column: str) -> list[tuple[str, ...]]:
    """Where *column* may stand: under a key that is spelled so, dots and all, or within nested objects."""
    nested = tuple(part.removesuffix(_EACH) for part in column.split("."))
    return [(column,), nested]


def _pointer(keys: Sequence[str]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def _each(names: Sequence[str]) -> str:
    """SQL of all values of a key within the objects of a list."""
    keys = [part for name in names for part in name.split(".")]
    path = "$" + "".join(f".{_key(key.removesuffix(_EACH))}{'[*]' if key.endswith(_EACH) else ''}" for key in keys)
    return _joined(f"json_extract_string(line, {literal(path)})")


def _key(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: str) -> str:
    """SQL of *value* where it is a plain one, else of what is in the list or object."""
    items = _joined(f"json_extract_string({value}, '$[*]')")
    parts = _joined(f"json_extract_string({value}, '$.*')")
    is_plain = rf"{value} < '[' OR ({value} >= '\' AND {value} < '{{')"  # told by its first byte, as most are
    is_list = f"starts_with({value}, '[') AND json_valid({value})"
    is_object = f"starts_with({value}, '{{') AND json_valid({value})"
    return (
        f"CASE WHEN {is_plain} THEN {value} WHEN {is_list} THEN {items} WHEN {is_object} THEN {parts} ELSE {value} END"
    )


def _joined(values: str) -> str:
    return f"nullif(array_to_string({values}, chr(10)), '')"
