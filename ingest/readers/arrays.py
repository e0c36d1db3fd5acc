"""JSON whose records are arrays: what their values are called, and how each becomes an object."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.readers.headers import names, reads_as_names

_NAMED_BY = ("columns", "fields", "header", "headers", "keys", "names", "cols", "column_names")
_SAMPLE = 200
_WHITE = " \t\r\n,"


@dataclass(frozen=True, slots=True)
class Arrays:
    """*columns* of every record. *has_header*: the first record names them. *is_within*: all stand in one array."""

    columns: tuple[str, ...]
    has_header: bool = False
    is_within: bool = True

    def record(self, values: Sequence[object]) -> bytes:
        """The array *values* as an object, on one line."""
        width = len(self.columns)
        further = ((f"column{at}", value) for at, value in enumerate(values[width:], start=width + 1))
        return json.dumps({**dict(zip(self.columns, values, strict=False)), **dict(further)}).encode()


def are_arrays(items: Sequence[object]) -> bool:
    """Whether all of *items* are arrays, of plain values and more than one of them."""
    some = items[:_SAMPLE]
    return bool(some) and all(isinstance(item, list) and len(item) > 1 and _is_flat(item) for item in some)


def _is_flat(item: Sequence[object]) -> bool:
    return not any(isinstance(value, dict) for value in item)


def arrays_of(head: str) -> Arrays | None:
    """How the arrays are written that text which begins with *head* holds, if its records are such."""
    found = list(_values(head))
    if len(found) > 1 and are_arrays(found):
        return _named(found, is_within=False)
    inner = list(_values(head.lstrip(_WHITE)[1:])) if head.lstrip(_WHITE).startswith("[") else []
    return _named(inner, is_within=True) if are_arrays(inner) else None


def arrays_in(rows: Sequence[object], around: Mapping[str, object]) -> Arrays | None:
    """How *rows* are written, if they are arrays; their columns may be named in the object *around* them."""
    if not are_arrays(rows):
        return None
    found = _named(rows, is_within=True)
    told = (_told(around.get(key)) for key in _NAMED_BY)
    named = next((some for some in told if len(some) == len(found.columns)), None)
    return Arrays(names(named, [])) if named else found


def _told(value: object) -> list[str]:
    """The names in a list of them, or of objects that have one each."""
    some = value if isinstance(value, list) else []
    cells = [cell.get("name") if isinstance(cell, dict) else cell for cell in some]
    return [cell for cell in cells if isinstance(cell, str)]


def _named(rows: Sequence[object], *, is_within: bool) -> Arrays:
    cells = [[_text(value) for value in row] for row in rows[:_SAMPLE] if isinstance(row, list)]
    has_header = all(isinstance(cell, str) for cell in cells[0]) and reads_as_names(cells[0], cells[1:])
    return Arrays(names(cells[0] if has_header else [], cells), has_header and len(cells) > 1, is_within)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _values(text: str) -> Iterator[object]:
    """The whole values that *text* begins with, some of them."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    for _ in range(_SAMPLE):
        while position < len(text) and text[position] in _WHITE:
            position += 1
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield value
