"""Questions: what programs may ask, read strictly. What is refused is named, and no value of it is quoted."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from breachcheck.digests import Kind
from breachcheck.errors import InvalidRequest
from breachcheck.json_faults import NOT_DECODED, fault_of, pointer_to, quoted

THIS = "This"


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a look-up."""

    account: str
    kind: Kind = Kind.EMAIL
    breach: str | None = None


class Line(Question, frozen=True, forbid_unknown_fields=True):
    """One account of a batch. *ref*: what the caller knows it by."""

    ref: str | int | None = None


TAKES: Mapping[str, str] = {
    "account": "a text: the identifier to look up",
    "kind": f"one of {', '.join(Kind)}",
    "breach": "the name of a breach, or null for all",
    "ref": "a text of at most 64 characters, a whole number or null",
}

Asked = TypeVar("Asked", bound=Question)

_decoders = {kind: msgspec.json.Decoder(kind) for kind in (Question, Line)}


def read(body: bytes, kind: type[Asked]) -> Asked:
    """Raises InvalidRequest, MalformedJson where *body* is no JSON at all."""
    try:
        return _decoders[kind].decode(body)  # type: ignore[return-value]
    except NOT_DECODED:
        raise _fault(body, kind) from None


def read_text(body: bytes) -> str:
    """An account alone, as a JSON string. Raises InvalidRequest, MalformedJson."""
    try:
        return msgspec.json.decode(body, type=str)
    except NOT_DECODED as error:
        raise fault_of(error, THIS) from None


def of_values(sent: Mapping[str, object], kind: type[Asked]) -> Asked:
    """As ``read``, of what was decoded already."""
    try:
        return msgspec.convert(sent, kind)
    except msgspec.ValidationError:
        raise _wrong_shape(sent, kind) from None


def keys_of(kind: type[Question]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind))


def _fault(body: bytes, kind: type[Question]) -> InvalidRequest:
    """What is wrong with *body*, in words that quote no value of it: one may be an address."""
    try:
        sent = msgspec.json.decode(body)
    except NOT_DECODED as error:
        return fault_of(error, THIS)
    return _wrong_shape(sent, kind)


def _wrong_shape(sent: object, kind: type[Question]) -> InvalidRequest:
    if not isinstance(sent, Mapping):
        return InvalidRequest('This must be one JSON object, like {"account": "name@example.com"}.')
    known = keys_of(kind)
    for key in sent:
        if key not in known:
            return InvalidRequest(f"There is no key {quoted(key)}; known are: {', '.join(known)}.", pointer_to(key))
    wrong = next((field.name for field in msgspec.structs.fields(kind) if not _suits(sent, field)), "account")
    return InvalidRequest(f"{wrong} must be {TAKES[wrong]}.", f"/{wrong}")


def _suits(sent: Mapping[str, object], field: msgspec.structs.FieldInfo) -> bool:
    if field.name not in sent:
        return not field.required
    try:
        msgspec.convert(sent[field.name], field.type)
    except msgspec.ValidationError:
        return False
    return True
