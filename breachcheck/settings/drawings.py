"""Drawings: pictures of a site's own, SVG or PNG, that are safe to serve and small enough to load with every page."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from breachcheck.errors import ConfigError

MOST_BYTES = 128 << 10
MOST_PIXELS = 4096

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">8x4x4sII")
_IN_SVG = "http://www.w3.org/2000/svg"
_ACTIVE = frozenset(
    {
        *("script", "handler", "listener", "foreignObject", "iframe", "embed", "object", "audio", "video", "canvas"),
        *("set", "animate", "animateColor", "animateMotion", "animateTransform", "discard"),
    }
)
_REFERRING = frozenset({"href", "src", "base"})
_INSIDE = re.compile(r"#[\w.:-]+|data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_URL = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)", re.IGNORECASE | re.DOTALL)
_LEADS_OUT = re.compile(r"@import|javascript:|(?:image|image-set|src|expression)\(|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)(?:px)?\s*")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture. *ending*: ``.svg`` or ``.png``; *width* and *height*: in pixels, to keep its place on a page."""

    content: bytes
    ending: str
    width: int
    height: int


class _Refused(Exception):
    """Why this is no picture that may be served, as the end of a sentence."""


def read(path: Path) -> Drawing:
    """The picture in *path*, as it is. Raises ConfigError for one that is broken, too large, active or leads out."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _Refused(f"it has more than {MOST_BYTES >> 10} KiB, which every visitor would load; make it smaller")
        content = path.read_bytes()
        width, height = _size_of_png(content) if path.suffix == ".png" else _size_of_svg(content)
        return Drawing(content, path.suffix, width, height)
    except OSError as error:
        raise ConfigError(f"The picture {path} cannot be read ({error.strerror}).") from None
    except _Refused as refused:
        raise ConfigError(f"The picture {path} cannot be shown: {refused}.") from None


def _size_of_png(content: bytes) -> tuple[int, int]:
    if not content.startswith(_PNG) or len(content) < _PNG_SIZE.size:
        raise _Refused("it is no PNG; save it as one")
    kind, width, height = _PNG_SIZE.unpack_from(content)
    if kind != b"IHDR" or not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise _Refused(f"it is no PNG of at most {MOST_PIXELS} pixels either way; save it smaller")
    return width, height


def _size_of_svg(content: bytes) -> tuple[int, int]:
    """Read whole: a fault anywhere refuses it."""
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _Refused(f"it is no SVG (line {error.lineno}: {expat.ErrorString(error.code)})") from None
    except (LookupError, ValueError):
        raise _Refused("its encoding is not known here; save it as UTF-8") from None
    return reading.size()


class _Reading:
    """Goes through an SVG and refuses what could run, move or be fetched from elsewhere."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._element
        self.parser.CharacterDataHandler = self._text
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction
        self._open: list[str] = []
        self._styles: list[str] = []
        self._root: dict[str, str] = {}

    def size(self) -> tuple[int, int]:
        """In whole pixels, of the form that the drawing has."""
        box = [_length(one) for one in re.split(r"[\s,]+", self._root.get("viewBox", "").strip())]
        sides = box[2:] if len(box) == len(("x", "y", "width", "height")) else []
        width, height = sides or (_length(self._root.get("width", "")), _length(self._root.get("height", "")))
        if not (width and height):
            raise _Refused("it has no size; give its svg element a viewBox")
        return max(1, round(min(width, MOST_PIXELS))), max(1, round(min(height, MOST_PIXELS)))

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._open:
            if (namespace, local) != (_IN_SVG, "svg"):
                raise _Refused("it is no SVG; save it as one")
            self._root = attributes
        if local in _ACTIVE or namespace == "http://www.w3.org/1999/xhtml":
            raise _Refused(f"it has <{local}>, and a picture must not run or move anything; save it without")
        self._open.append(local)
        for key, value in attributes.items():
            _require_harmless(local, key, value)

    def _text(self, text: str) -> None:
        if self._open and self._open[-1] == "style":
            self._styles.append(text)

    def _end(self, _name: str) -> None:
        if self._open.pop() == "style":
            _require_no_way_out("".join(self._styles), "its style")
            self._styles.clear()

    def _entity(self, *_about: object) -> None:
        raise _Refused("it declares entities; save it without a DOCTYPE of its own")

    def _instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _Refused("it takes its style from elsewhere; save it with its style inside")


def _require_harmless(element: str, name: str, value: str) -> None:
    namespace, _, key = name.rpartition(" ")
    if key.lower().startswith("on"):
        raise _Refused(f"its <{element}> has {key}, and a picture must not run anything; save it without")
    if key in _REFERRING and not _INSIDE.fullmatch(value):
        raise _Refused(f"its <{element}> refers to something outside it; save it with all it needs inside")
    if key not in _REFERRING and not namespace:
        _require_no_way_out(value, f"{key} of its <{element}>")


def _require_no_way_out(text: str, place: str) -> None:
    if any(not _INSIDE.fullmatch(target) for target in _targets(text)) or _LEADS_OUT.search(text):
        raise _Refused(f"{place} refers to something outside it; save it with all it needs inside")


def _targets(text: str) -> Iterator[str]:
    yield from (found[2] for found in _URL.finditer(text))
    if text.lower().count("url(") > len(_URL.findall(text)):
        yield ""


def _length(text: str) -> float:
    """In pixels; 0 where it is none, or is in another unit."""
    found = _LENGTH.fullmatch(text)
    return float(found[1]) if found else 0.0
