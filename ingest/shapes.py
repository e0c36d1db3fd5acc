"""Shapes: plain values of a document as frozen structs, with every fault named in words."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar, cast

import msgspec
from msgspec import UNSET, inspect

from ingest.documents import Document, Fault, Path, Value, nearest

T = TypeVar("T", bound=msgspec.Struct)

# What else is wrong with a value of the right type, in words; None where nothing is.
Rule = Callable[[str], str | None]

MANY = 100  # faults; where there are more, not all are looked for

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Shaper:
    """Turns parts of one document into values, and gathers what is wrong on the way.

    *rules* are by place: ``files[].mapping{}[]`` are the items of the lists in the table ``mapping`` of every file,
    ``translations{key}`` the keys of a table.
    """

    def __init__(
        self, document: Document, rules: Mapping[str, Rule], every_text: Callable[[str, str], str | None]
    ) -> None:
        self._document = document
        self._rules = rules
        self._every_text = every_text
        self.faults: list[Fault] = list(document.faults)

    def shaped(self, kind: type[T], value: Value) -> T | None:
        """*value* as a *kind*, or None where `faults` now says why not."""
        info = inspect.type_info(kind)
        found = self._struct(cast(inspect.StructType, info), value, _Spot())
        return None if found is UNSET else cast(T, found)

    def say(self, path: Path, text: str) -> None:
        """Add a fault at *path*."""
        self.faults.append(Fault(self._document.line_of(path), text))

    def _refuse(self, spot: "_Spot", text: str) -> object:
        self.say(spot.path, f"{spelled(spot.path)}: {text}" if spot.path else text)
        return UNSET

    def _value(self, info: inspect.Type, value: Value, spot: "_Spot") -> object:
        if isinstance(info, inspect.UnionType):
            return self._optional(info, value, spot)
        if value is None:
            return self._refuse(spot, f"nothing is written here; {_WORDS[type(info)]} belongs here")
        return _SHAPES[type(info)](self, info, value, spot)

    def _optional(self, info: inspect.UnionType, value: Value, spot: "_Spot") -> object:
        [inner] = [kind for kind in info.types if not isinstance(kind, inspect.NoneType)]
        # An empty `mapping:` is not the same as none: the first is an oversight, the second asks for suggestions.
        if value is None and not isinstance(inner, inspect.DictType | inspect.StructType):
            return None
        return self._value(inner, value, spot)

    def _struct(self, info: inspect.StructType, value: Value, spot: "_Spot") -> object:
        if not isinstance(value, dict):
            return self._refuse(spot, "a table of keys belongs here, one `key: value` a line")
        fields = {field.encode_name: field for field in info.fields}
        for key in [key for key in value if key not in fields][:MANY]:
            path = (*spot.path, key)
            self.say(path, f"unknown key {spelled(path)}; {nearest(key, fields)}")
        values: dict[str, object] = {}
        for name, field in fields.items():
            inner = spot.field(name)
            if name in value:
                values[name] = self._value(field.type, value[name], inner)
            elif field.required:
                values[name] = UNSET
                self.say(inner.path, f"the required key {spelled(inner.path)} is missing")
        return UNSET if UNSET in values.values() else info.cls(**values)

    def _list(self, info: inspect.VarTupleType, value: Value, spot: "_Spot") -> object:
        if isinstance(value, str):  # one text is a list of one
            items = [self._value(info.item_type, value, spot.only_item())]
        elif isinstance(value, list):
            items = [self._value(info.item_type, item, spot.item(number)) for number, item in enumerate(value)]
        else:
            return self._refuse(spot, "a list belongs here, as [one, two] or one `- item` a line")
        return UNSET if UNSET in items else tuple(items)

    def _dict(self, info: inspect.DictType, value: Value, spot: "_Spot") -> object:
        if not isinstance(value, dict):
            return self._refuse(spot, "a table of keys belongs here, one `key: value` a line")
        faulty_keys = [key for key in value if not self._check(key, spot.key(key))]
        pairs = {key: self._value(info.value_type, item, spot.value(key)) for key, item in value.items()}
        return UNSET if faulty_keys or UNSET in pairs.values() else pairs

    def _text(self, _info: inspect.Type, value: Value, spot: "_Spot") -> object:
        if not isinstance(value, str):
            return self._refuse(spot, f"{_shown(value)} is not text; put it in quotes")
        return value if self._check(value, spot) else UNSET

    def _flag(self, _info: inspect.Type, value: Value, spot: "_Spot") -> object:
        if not isinstance(value, bool):
            return self._refuse(spot, f"true or false belongs here, not {_shown(value)}")
        return value

    def _number(self, _info: inspect.Type, value: Value, spot: "_Spot") -> object:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            return self._refuse(spot, f"a whole number from 0, such as 48098, belongs here, not {_shown(value)}")
        return value

    def _date(self, _info: inspect.Type, value: Value, spot: "_Spot") -> object:
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None:
            return self._refuse(spot, f"a day such as 2025-11-09 belongs here, not {_shown(value)}")
        return found if self._check(found.isoformat(), spot) else UNSET

    def _choice(self, info: inspect.LiteralType, value: Value, spot: "_Spot") -> object:
        if value not in info.values or not isinstance(value, str):
            return self._refuse(spot, f"{_shown(value)} is not one of {', '.join(map(str, info.values))}")
        return value

    def _check(self, text: str, spot: "_Spot") -> bool:
        if len(self.faults) > MANY:
            return True
        rule = self._rules.get(spot.place)
        wrong = self._every_text(spot.place, text) or (rule(text) if rule else None)
        if wrong:
            self._refuse(spot, wrong)
        return wrong is None


class _Spot(NamedTuple):
    """A part of the document: where it is, and its place, by which rules know it."""

    path: Path = ()
    place: str = ""

    def field(self, name: str) -> "_Spot":
        return _Spot((*self.path, name), f"{self.place}.{name}" if self.place else name)

    def item(self, number: int) -> "_Spot":
        return _Spot((*self.path, number), f"{self.place}[]")

    def only_item(self) -> "_Spot":
        return _Spot(self.path, f"{self.place}[]")

    def key(self, key: str) -> "_Spot":
        return _Spot((*self.path, key), f"{self.place}{{key}}")

    def value(self, key: str) -> "_Spot":
        return _Spot((*self.path, key), f"{self.place}{{}}")


def spelled(path: Path) -> str:
    """*path* as people write it, counted from one: the first file is ``files[1]``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    text = str(value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


_SHAPES: Mapping[type, Callable[..., object]] = {
    inspect.StructType: Shaper._struct,
    inspect.VarTupleType: Shaper._list,
    inspect.DictType: Shaper._dict,
    inspect.StrType: Shaper._text,
    inspect.BoolType: Shaper._flag,
    inspect.IntType: Shaper._number,
    inspect.DateType: Shaper._date,
    inspect.LiteralType: Shaper._choice,
}

_WORDS: Mapping[type, str] = {
    inspect.StructType: "a table of keys",
    inspect.VarTupleType: "a list",
    inspect.DictType: "a table of keys",
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.DateType: "a day such as 2025-11-09",
    inspect.LiteralType: "one of the allowed words",
}
