"""What a JSON file is: one record a line, a list of records, or pages with the list of records inside."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from breachcheck.addresses import holds_address

_SAMPLE = 50
_LISTS = {"results", "data", "users", "people", "records", "items", "rows", "profiles", "customers", "members", "hits"}
_LISTS |= {"documents", "docs", "entries", "value", "list", "subscribers", "response", "objects", "events", "accounts"}
_OF_ONE_PERSON = {"email", "emails", "mails", "addresses", "contacts", "identities"}
_PAGE = {"page", "page_size", "session_id", "status", "total"}
_HUGE_LIST = re.compile(r'"([^"\\]{1,100})"\s*:\s*\[\s*\{')
_HUGE_HITS = re.compile(r'\s*\{.{0,2000}?"hits"\s*:\s*\{.{0,2000}?"hits"\s*:\s*\[', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shape:
    """*is_lines*: one record a line; else records stand anywhere, in the list at *path* where there is one."""

    is_lines: bool
    path: tuple[str, ...] = ()


def is_json(head: str) -> bool:
    """Whether text that begins with *head* reads as JSON rather than as lines of values."""
    start = head.lstrip()[:200]
    return bool(re.match(r'\{\s*("|\}|$)|\[\s*([{"\[\]]|-?\d|$)', start))


def shape_of(head: str, columns: Sequence[str]) -> Shape:
    """The shape of JSON text that begins with *head*; *columns* are those that the manifest names."""
    if head.lstrip().startswith("["):
        return Shape(False, _path_within(head, columns))
    lines = list(islice((line.strip(" \r\t,") for line in head.split("\n") if line.strip()), _SAMPLE))
    objects = [value for line in lines if (value := _object(line)) is not None]
    if objects and sum(line.startswith("{") and line.endswith("}") for line in lines) * 2 >= len(lines):
        [(path, _)] = Counter(_path_of(value, columns) for value in objects).most_common(1)
        return Shape(not path, path)
    return Shape(False, _path_within(head, columns))


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _path_within(head: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The path of the list within the first object of *head*, which need not end there."""
    text = head.lstrip(" \t\r\n[")
    if not text.startswith("{"):
        return ()
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return _path_of_huge(text)
    return _path_of(value, columns)


def _path_of_huge(text: str) -> tuple[str, ...]:
    if _HUGE_HITS.match(text):
        return ("hits", "hits")
    found = _HUGE_LIST.search(text)
    return (found[1],) if found and found.start() < len(text) // 2 and found[1] in _LISTS else ()


def _path_of(value: Mapping[str, object], columns: Sequence[str]) -> tuple[str, ...]:
    """Where the records of a page stand; () where *value* is a record itself."""
    hits = value.get("hits")
    if isinstance(hits, dict) and isinstance(hits.get("hits"), list):
        return ("hits", "hits")
    if isinstance(value.get("results"), list) and not _PAGE.isdisjoint(value):
        return ("results",)
    lists = {key: items for key, items in _lists(value) if not any(name.startswith(f"{key}[]") for name in columns)}
    around = {key: inner for key, inner in value.items() if key not in lists}
    if not lists or holds_address(json.dumps(around)):
        return ()
    named = [key for key in lists if key in _LISTS]
    peopled = [key for key in lists if key not in _OF_ONE_PERSON and holds_address(json.dumps(lists[key][:_SAMPLE]))]
    return next(((key,) for key in [*peopled, *named]), ())


def _lists(value: Mapping[str, object]) -> Iterator[tuple[str, list[object]]]:
    """The lists of objects in *value*."""
    for key, items in value.items():
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            yield key, items
