"""JSON faults: what is wrong with JSON that somebody sent, in words that quote no value: one may be an address."""

import re
from collections.abc import Iterator

import msgspec

from breachcheck.addresses import holds_address
from breachcheck.errors import InvalidRequest, MalformedJson, NestedTooDeeply

LONGEST_QUOTED = 60
NOT_DECODED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises where the text is not JSON, is of another shape, or is nested more deeply than it follows."""

_place = re.compile(r" - at `\$([^`]*)`$")
_step = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_unknown = re.compile(r"Object contains unknown field `(.*?)`(?: - at |$)", re.DOTALL)
_missing = re.compile(r"Object missing required field `(\w+)`")


def require_json(body: bytes, what: str = "The body") -> None:
    """Raises what ``fault_of`` says. A strict decoder stops at the first thing that does not fit, and sees no more."""
    try:
        msgspec.json.decode(body)
    except NOT_DECODED as error:
        raise fault_of(error, what) from None


def fault_of(error: Exception, what: str = "The body") -> MalformedJson:
    """What NOT_DECODED means, but for a wrong shape. *what*: it was found in."""
    if isinstance(error, RecursionError):
        return NestedTooDeeply(
            f"{what} is nested too deeply: nothing that is taken here goes deeper than a few levels."
        )
    return MalformedJson(f"{what} is not JSON.")


def misfit_of(error: msgspec.ValidationError, example: str) -> InvalidRequest:
    """What does not fit, and where. *example* is one that does."""
    text, pointer = str(error), _pointer(str(error))
    if unknown := _unknown.match(text):
        pointer, why = pointer + pointer_to(unknown[1]), f"There is no key {quoted(unknown[1])}."
    elif missing := _missing.match(text):
        why = f"The key {missing[1]} is missing."
    else:
        why = f"The value at {pointer} does not fit." if pointer else "That is something else."
    return InvalidRequest(f"{why} The body must be one JSON object, {example}, with no other keys.", pointer)


def quoted(key: str) -> str:
    """*key*, as somebody sent it, if it may be repeated."""
    return f'"{key}"' if _may_be_repeated(key) else "like one that was sent"


def pointer_to(key: str) -> str:
    """A step of a JSON pointer (RFC 6901); none, so that it points to the whole, where the key cannot be repeated."""
    return f"/{key.replace('~', '~0').replace('/', '~1')}" if _may_be_repeated(key) else ""


def _may_be_repeated(key: str) -> bool:
    return len(key) <= LONGEST_QUOTED and not holds_address(key)


def _pointer(message: str) -> str:
    """The place that msgspec names at the end of its message."""
    place = _place.search(message)
    return "".join(_steps(place[1])) if place else ""


def _steps(place: str) -> Iterator[str]:
    for found in _step.finditer(place):
        yield pointer_to(found[1] or found[2])
