"""The description of /api/v1 (openapi.json), read into values: what its page and the samples on it are made of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from breachcheck.config import Config
from breachcheck.settings.locators import MAILTO, is_page

UNUSUAL = "x-example"
"""An example of a media type that programs which read such documents do not know how to write."""

Described = Mapping[str, Any]
Type = tuple["Piece", ...]


class Piece(NamedTuple):
    """A piece of what a type is called; *is_shape* where it names one of the shapes."""

    text: str
    is_shape: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a key of a JSON object. *place*: ``path``, ``query`` or ``header``; "" for a key."""

    name: str
    place: str
    type: Type
    is_required: bool
    what: str
    example: Any = None


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation takes, as one of *media_types*; *example* is of the first."""

    media_types: Sequence[str]
    type: Type
    example: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What may come back with one status. *media_types*: as what; none where there is no body.

    *example*: of the first, as text.
    """

    status: str
    what: str
    media_types: Sequence[str]
    type: Type
    example: str = ""

    @property
    def is_json(self) -> bool:
        return "application/json" in self.media_types

    @property
    def is_problem(self) -> bool:
        return self.status >= "4"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    what: str
    needs_key: bool
    parameters: Sequence[Field]
    body: Body | None
    replies: Sequence[Reply]


@dataclass(frozen=True, slots=True)
class Shape:
    """A JSON object that has a name."""

    name: str
    what: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Description:
    """All of it. *base*: what every path begins with."""

    base: str
    what: str
    operations: Sequence[Operation]
    shapes: Sequence[Shape]


def document(settings: Config) -> bytes:
    """openapi.json as it is served, with whom to write to about this site where its settings say so."""
    if contact := _contact(settings):
        whole = json.loads(_written())
        whole["info"]["contact"] = contact
        return json.dumps(whole, indent=2, ensure_ascii=False).encode()
    return _written()


@lru_cache(maxsize=1)
def description() -> Description:
    return read(json.loads(_written()))


def _written() -> bytes:
    return resources.files("breachcheck.web").joinpath("openapi.json").read_bytes()


def _contact(settings: Config) -> Mapping[str, str]:
    """OpenAPI's Contact Object; empty where nothing is set."""
    name, contact = settings.site_operator, settings.site_contact
    named = {"name": name} if name else {}
    if not contact:
        return named
    return named | ({"url": contact} if is_page(contact) else {"email": contact.removeprefix(MAILTO)})


def read(whole: Described) -> Description:
    """Of an OpenAPI document as ours is written: references to its own components, one level deep."""
    return Description(
        base=whole["servers"][0]["url"],
        what=whole["info"]["description"],
        operations=[
            _operation(path, method, told, whole)
            for path, methods in whole["paths"].items()
            for method, told in methods.items()
        ],
        shapes=[_shape(name, told) for name, told in sorted(whole["components"]["schemas"].items())],
    )


def _operation(path: str, method: str, told: Described, whole: Described) -> Operation:
    parameters = [_resolved(one, whole) for one in told.get("parameters", ())]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        what=told.get("description", ""),
        needs_key="security" in told,
        parameters=[_parameter(one) for one in parameters],
        body=_body(told["requestBody"]) if "requestBody" in told else None,
        replies=[_reply(status, _resolved(one, whole)) for status, one in sorted(told["responses"].items())],
    )


def _parameter(told: Described) -> Field:
    is_required = told.get("required", False)
    what = told.get("description", "")
    return Field(told["name"], told["in"], _type(told["schema"]), is_required, what, told.get("example"))


def _body(told: Described) -> Body:
    first = next(iter(told["content"].values()))
    return Body(list(told["content"]), _type(first["schema"]), first.get("example", first.get(UNUSUAL)))


def _reply(status: str, told: Described) -> Reply:
    content = told.get("content", {})
    first = next(iter(content.values()), None)
    if first is None:
        return Reply(status, told["description"], [], ())
    example = json.dumps(first["example"], indent=2, ensure_ascii=False) if "example" in first else ""
    return Reply(status, told["description"], list(content), _type(first["schema"]), example)


def _shape(name: str, told: Described) -> Shape:
    required = told.get("required", ())
    fields = [
        Field(key, "", _type(one), key in required, one.get("description", ""))
        for key, one in told.get("properties", {}).items()
    ]
    return Shape(name, told.get("description", ""), fields)


def _resolved(told: Described, whole: Described) -> Described:
    if "$ref" not in told:
        return told
    kind, name = told["$ref"].split("/")[-2:]
    found: Described = whole["components"][kind][name]
    return found


def _type(schema: Described) -> Type:
    return tuple(_pieces(schema))


def _pieces(schema: Described) -> Iterator[Piece]:
    if "$ref" in schema:
        yield Piece(schema["$ref"].rpartition("/")[2], is_shape=True)
    elif "oneOf" in schema:
        yield from _joined(schema["oneOf"])
    elif "const" in schema or "enum" in schema:
        yield Piece(" or ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")])))
    elif schema.get("type") == "array":
        yield Piece("list of ")
        yield from _pieces(schema["items"])
    else:
        yield Piece(_plain(schema))


def _joined(schemas: Sequence[Described]) -> Iterator[Piece]:
    for number, schema in enumerate(schemas):
        if number:
            yield Piece(" or ")
        yield from _pieces(schema)


def _plain(schema: Described) -> str:
    named = schema.get("type", "any")
    names = named if isinstance(named, list) else [named]
    return " or ".join(schema.get("format", name) if name == "string" else name for name in names)
