"""Ids and user names, as different files and people write the same one, brought to one spelling."""

import re
import unicodedata

_BLANKS = r"[ \t\r\n\u0085\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff]+"
_AROUND = re.compile(rf"\A{_BLANKS}|{_BLANKS}\Z")
_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_UUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")
_OBJECT_ID = re.compile(r"""ObjectId\(["']?([0-9A-Fa-f]{24})["']?\)""")


KNOWN: tuple[tuple[str, str], ...] = (
    ("17.0", "17"),
    (" Jose\u0301\u200b", "Jos\u00e9"),
    ("{5F1E2D3C-0B1A-4C2D-8E3F-A0B1C2D3E4F5}", "5f1e2d3c-0b1a-4c2d-8e3f-a0b1c2d3e4f5"),
    ('ObjectId("507F1F77BCF86CD799439011")', "507f1f77bcf86cd799439011"),
)
"""Ids and their spellings, of which every version of a store's program must make the same."""


def name(text: str) -> str:
    """*text* in NFC, without the blanks around it that nobody sees; letters keep their case."""
    return _AROUND.sub("", unicodedata.normalize("NFC", text))


def spelled(text: str) -> str:
    """The spelling of an id that a database, a spreadsheet and a program of statistics would agree on.

    A whole number has no fraction (`17.0`); a UUID (RFC 9562), which means the same in either case, and an address that
    serves as an id are in lower case; a UUID has no braces, and `ObjectId(…)` of MongoDB's exports is what it holds.
    Whatever else may be two people's, leading zeros and the case of other ids, stays.
    """
    text = name(text)
    if whole := _WHOLE.fullmatch(text):
        return whole[1]
    if hexadecimal := _UUID.fullmatch(text) or _OBJECT_ID.fullmatch(text):
        return hexadecimal[1].lower()
    return unicodedata.normalize("NFC", text.lower()) if "@" in text else text
