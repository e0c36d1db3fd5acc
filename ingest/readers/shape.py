"""What a JSON file is: one record a line, a list of records, or pages with the list of records inside."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from breachcheck.addresses import holds_address
from ingest.readers import pairs
from ingest.readers.arrays import Arrays, are_arrays, arrays_in, arrays_of
from ingest.readers.combo_layouts import is_address

MEMBERS = "*"
"""In a path: every member of the object there is a record, and its key a value of it."""

_BEGINNING = 200
_NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?"
_BEGINS = re.compile(rf'\{{\s*(?:"|\}}|$)|\[\s*(?:[{{"\[\]]|$|{_NUMBER}\s*(?:,|\]\s*(?:[,\[]|$)|$))')
"""Not what a line of a log or a chat begins with, "[17] …" or "[24.12.25, 18:00] …"."""

_SAMPLE = 50
_FEWEST = 3
_GLANCE = 1 << 18
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_LISTS = {"results", "data", "users", "people", "records", "items", "rows", "profiles", "customers", "members", "hits"}
_LISTS |= {"documents", "docs", "entries", "value", "list", "subscribers", "response", "objects", "events", "accounts"}
_OF_ONE_PERSON = {"email", "emails", "mails", "addresses", "contacts", "identities"}
_MANY = 10
_PAGE = {"page", "page_size", "session_id", "status", "total"}
_ADDRESS = re.compile(r'"[^\s@"\\]+@[^\s@"\\]+\.[^\s@"\\]+"')
_HUGE_LIST = re.compile(r'"([^"\\]{1,100})"\s*:\s*\[\s*\{')
_HUGE_HITS = re.compile(r'\s*\{.{0,2000}?"hits"\s*:\s*\{.{0,2000}?"hits"\s*:\s*\[', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shape:
    """*is_lines*: one record a line; else records stand anywhere, in the list or object at *path* if there is one.

    *arrays*: every record is an array. *others*: keys beside the last list or object of *path* whose records are read
    by themselves. *tells_beside*: of what nobody reads, whoever stands there is told of here.
    """

    is_lines: bool
    path: tuple[str, ...] = ()
    arrays: Arrays | None = None
    others: frozenset[str] = frozenset()
    tells_beside: bool = True


def is_json(head: str) -> bool:
    """Whether text that begins with *head* reads as JSON rather than as lines of values."""
    return _BEGINS.match(head.lstrip()[:_BEGINNING]) is not None


def shape_of(head: str, columns: Sequence[str]) -> Shape:
    """The shape of JSON text that begins with *head*; *columns* are those that the manifest names."""
    if head.lstrip().startswith("["):
        return Shape(False, _path_within(head, columns), arrays_of(head))
    lines = list(islice((line.strip(" \r\t,\f\x1a\x1e") for line in head.split("\n") if line.strip()), _SAMPLE))
    objects = [value for line in lines if (value := object_in(line)) is not None]
    if objects and sum(line.startswith("{") and line.endswith("}") for line in lines) * 2 >= len(lines):
        find = _path_of if lines[1:] else partial(_path_of_only, is_alone=True)
        [(path, _)] = Counter(find(value, columns) for value in objects).most_common(1)
        return Shape(not path, path, _arrays_at(objects[0], path))
    path = _path_within(head, columns)
    return Shape(False, path, _arrays_at(object_in(_closed(head[:_GLANCE])), path))


def _arrays_at(value: Mapping[str, object] | None, path: Sequence[str]) -> Arrays | None:
    """How the records at *path* of *value* are written, if they are arrays."""
    around: object = value
    for key in path[:-1]:
        around = around.get(key) if isinstance(around, dict) else None
    rows = around.get(path[-1]) if isinstance(around, dict) and path else None
    return arrays_in(rows, around) if isinstance(rows, list) and isinstance(around, dict) else None


def object_in(text: str | bytes) -> dict[str, object] | None:
    """The object that *text* is as a whole, whatever control characters stand in its strings; None if it is none."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _path_within(head: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The path of the list within the first object of *head*, which need not end there."""
    text = head.lstrip(" \t\r\n[")
    if not text.startswith("{"):
        return ()
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text)
    except json.JSONDecodeError as fault:
        begun = object_in(_closed(text[: min(fault.pos, _GLANCE)]))
        return (_path_of_only(begun, columns, is_alone=True) if begun else ()) or _path_of_huge(text)
    except (ValueError, RecursionError):
        return _path_of_huge(text)
    return _path_of_only(value, columns, is_alone="{" not in text[end:])


def _closed(text: str) -> str:
    """The object that *text* begins with, as far as its last whole part, with all closed that is open there."""
    open_ones: list[str] = []
    end, closing = 0, ""
    for token in _TOKEN.finditer(text):
        if token[0] in "{[":
            open_ones.append("}" if token[0] == "{" else "]")
        elif token[0] in "}]" and open_ones:
            open_ones.pop()
            end, closing = token.end(), "".join(reversed(open_ones))
    return text[:end] + closing


def _path_of_huge(text: str) -> tuple[str, ...]:
    if _HUGE_HITS.match(text):
        return ("hits", "hits")
    found = _HUGE_LIST.search(text)
    return (found[1],) if found and found.start() < len(text) // 2 and found[1] in _LISTS else ()


def _path_of(value: Mapping[str, object], columns: Sequence[str]) -> tuple[str, ...]:
    """Where the records of a page stand; () where *value* is a record itself."""
    if _are_by_address(value):
        return (MEMBERS,)
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


def _path_of_only(value: Mapping[str, object], columns: Sequence[str], *, is_alone: bool = False) -> tuple[str, ...]:
    """Where the records stand in a file that is one object; () where *value* is the only record.

    Where it *is_alone* in the file, many people in one place are its records, whoever is named beside them.
    """
    path = _path_of(value, columns)
    if path or any(column.partition(".")[0] in value for column in columns):
        return path
    if _are_by_id(value):
        return (MEMBERS,)
    lists = dict(_lists(value))
    for key in sorted(value, key=lambda key: -_people_in(value[key])):
        beside = [some for other, some in value.items() if other != key and holds_address(json.dumps(some))]
        inner = value[key]
        is_crowd = is_alone and _is_crowd(key, inner, beside)
        if not is_crowd and not all(map(_is_collection, beside)):
            continue
        if beside and key in lists and _people_in(inner):
            return (key,)
        found = _path_of_only(inner, (), is_alone=is_crowd) if isinstance(inner, dict) else ()
        if found:
            return (key, *found)
    return ()


def _is_crowd(key: str, inner: object, beside: Sequence[object]) -> bool:
    """Whether so many more people stand in *inner*, under *key*, than *beside* it that those there are of the export:
    who made it, whom to ask."""
    people, others = _people_in(inner), sum(map(_people_in, beside))
    enough = _FEWEST if key in _LISTS else _MANY
    return key not in _OF_ONE_PERSON and people >= enough * max(others, 1)


def _is_collection(value: object) -> bool:
    """Whether *value* holds records, rather than being one."""
    members = list(members_of(value))
    return bool(members) and all(isinstance(member, dict | list) for member in members)


def members_of(value: object) -> Iterable[object]:
    """What *value* is made of: the values of an object, the elements of a list; of all else nothing."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _people_in(value: object) -> int:
    """How many texts in *value* are an address and nothing else."""
    return len(_ADDRESS.findall(json.dumps(value)))


def _are_by_id(value: Mapping[str, object]) -> bool:
    """Whether the members of *value* are records that are much alike, with addresses in most, under their ids."""
    members = [member for member in islice(value.values(), _SAMPLE) if isinstance(member, dict)]
    if len(members) < _FEWEST or len(members) < min(len(value), _SAMPLE):
        return False
    keys = Counter(key for member in members for key in member)
    is_alike = bool(keys) and keys.most_common(1)[0][1] >= 0.9 * len(members)
    return is_alike and 2 * sum(holds_address(json.dumps(member)) for member in members) > len(members)


def _are_by_address(value: Mapping[str, object]) -> bool:
    """Whether most keys of *value* are addresses."""
    keys = list(islice(value, _SAMPLE))
    return 2 * sum(map(is_address, keys)) > len(keys)


def _lists(value: Mapping[str, object]) -> Iterator[tuple[str, list[object]]]:
    """The lists of objects, or of arrays, in *value*, without those of pairs that are one object."""
    for key, items in value.items():
        if not isinstance(items, list) or not items:
            continue
        if are_arrays(items) or (all(isinstance(item, dict) for item in items) and not pairs.are_in(items)):
            yield key, items
