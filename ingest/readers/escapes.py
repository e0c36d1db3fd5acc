"""Escapes: text as a person would read it, whatever wrote it down for a machine."""

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

AT = re.compile(
    r"@|%(?:25)*(?:40|5Cu0040|26%(?:25)*23(?:64|x40)(?:;|%(?:25)*3B))"
    r"|(?:&|\\u0026)(?:amp;)?(?:#0{0,4}64|#x0{0,4}40|commat);|\\(?:u0040|x40)|[\uff20\ufe6b]",
    re.IGNORECASE,
)
"""An @, however it is written."""

LONGEST_ENTITY = 26

_ENTITY = re.compile(rf"&(?:#[0-9]{{1,8}}|#[xX][0-9a-fA-F]{{1,8}}|[A-Za-z][A-Za-z0-9]{{1,{LONGEST_ENTITY - 2}}});")
_BACKSLASHED = re.compile(
    r"(?<!\\)\\++(?:[uU]([0-9a-fA-F]{4})|(x[0-9a-fA-F]{2}(?:\\+x[0-9a-fA-F]{2})*)|([nrt])|(['\"/_@]))"
)
_HEX = re.compile("[0-9a-fA-F]{2}")
_MAY_BE_QUOTED = re.compile("=[02389A-F][0-9A-F]")
_QUOTED = re.compile("=(3[B-E]|2C|0[AD])")  # what separates, in letters that none but machines write
_QUOTED_LETTERS = re.compile("(?:=[89A-F][0-9A-F]){2,}")
_QUOTED_AROUND = re.compile("=2[0-9](?=[^=@]{1,64}@[^=@]{1,255}=(?:[23][0-9A-F]|0[AD]))")
_DRIVE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:\\++(?![nrt]|u[0-9a-f]{4})[^\\]")
_MAILTO = re.compile("(?<=mailto:)[^?&\"'<>]+", re.IGNORECASE)
_APOSTROPHE = re.compile("(?<=\\w)[\u2019\u02bc\uff07](?=\\w)")
_WIDE_CLASS = "[\uff0b\uff0d\uff0e\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a]"  # letters, digits, + - . _
_WIDE = re.compile(f"(?<!{_WIDE_CLASS}){_WIDE_CLASS}+(?=[@\uff20])|(?<=[@\uff20]){_WIDE_CLASS}+")
_SELECTORS = range(0xFE00, 0xFE10)  # of how the character before them is drawn
_PERCENT_AT = re.compile("%(?:25)*40")
_PERCENT_ESCAPE = re.compile(
    "%(?:25)*(?:5C(?=u00[0-9A-F]{2})|26%(?:25)*23(?:[0-9]{1,8}|x[0-9A-F]{1,8})(?:;|%(?:25)*3B))", re.IGNORECASE
)
""" \\u0040 and &#64; in what is percent-encoded."""
_PERCENT_SEPARATOR = re.compile("%(?:25)*(?:0[9AD]|2[0289C]|3[A-F]|[57][B-D])", re.IGNORECASE)
_PERCENT_LOCAL = re.compile("%(?:25)*(27|2[BDEF]|5F)", re.IGNORECASE)  # ' + - . / _
_PERCENT_LETTERS = re.compile("(?:%[89A-F][0-9A-F]){2,}", re.IGNORECASE)
_SCHEME = re.compile("(?<=[A-Za-z0-9])://")
_URL = re.compile(r'[^\s"<>|\\,;()\[\]{}`]*')
_AUTHORITY = re.compile("[^/?#]*")
_URL_SEPARATORS = str.maketrans("/?&#", "    ")
_DEEPEST = 3  # so many times, what was escaped is escaped again
_TRAILS = "[\u0080-\u00bf" + "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)) + "]"
_MIXED = re.compile(f"[\u00c2-\u00df]{_TRAILS}|[\u00e0-\u00ef]{_TRAILS}{{2}}|[\u00f0-\u00f4]{_TRAILS}{{3}}")
_AT_SIGNS, _FULL_STOPS = "\uff20\ufe6b", "\u3002\uff0e\uff61"


def unescaped(text: str) -> str:
    """*text* with its escapes resolved, and a space for what separates.

    That is entities, ``\\u0040``, literal ``\\n`` and ``\\t``, ``%40``; what has no width is left out. Within a
    ``scheme://`` URL ``/ ? & #`` separate as well, and of what stands before its host the secret is left out.
    """
    text = _PERCENT_ESCAPE.sub(lambda found: _percent_decoded(found[0]), text) if "%" in text else text
    text = _without_entities(_without_backslashes(_without_entities(text)))
    text = _without_quoting(text) if "=" in text and _MAY_BE_QUOTED.search(text) else text
    text = _MAILTO.sub(lambda found: unquote(_PERCENT_SEPARATOR.sub(" ", found[0])), text) if "%" in text else text
    for _ in range(_DEEPEST):
        text = _urls_apart(text)
        if not _PERCENT_AT.search(text):
            break
        text = unquote(_PERCENT_SEPARATOR.sub(" ", text))
    if "%" in text:
        text = _PERCENT_LETTERS.sub(lambda found: unquote(found[0]), _PERCENT_SEPARATOR.sub(" ", text))
        text = _PERCENT_LOCAL.sub(lambda found: unquote(f"%{found[1]}"), text)
    return text if text.isascii() else _seen(text)


def _percent_decoded(text: str) -> str:
    while "%" in text:
        text = unquote(text)
    return text


def _without_entities(text: str) -> str:
    for _ in range(_DEEPEST):
        if "&" not in text or ";" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def _without_backslashes(text: str) -> str:
    if "\\" not in text:
        return text
    drive = _DRIVE.search(text)  # a path of Windows, in which nothing is escaped
    start = drive.start() if drive else len(text)
    found = _BACKSLASHED.sub(_resolved, text[:start]) + text[start:].replace("\\", " ")
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _resolved(found: re.Match[str]) -> str:
    code, octets, is_blank, character = found.groups()
    if code:
        return chr(int(code, 16))
    return _of_octets(_HEX.findall(octets)) if octets else " " if is_blank else character


def _of_octets(written: list[str]) -> str:
    """What octets mean that are *written* in hexadecimal."""
    raw = bytes.fromhex("".join(written))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _without_quoting(text: str) -> str:
    """*text* with that resolved which is quoted-printable (RFC 2045, 6.7) whatever stands around it."""
    text = _QUOTED_AROUND.sub(" ", text)
    return _QUOTED_LETTERS.sub(lambda found: _of_octets(_HEX.findall(found[0])), _QUOTED.sub(_of_octet, text))


def _of_octet(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _urls_apart(text: str) -> str:
    if "://" not in text:
        return text
    before, *rests = _SCHEME.split(text)
    return " ".join([before, *map(_url_apart, rests)])


def _url_apart(text: str) -> str:
    """*text* begins with what stands after the ``://`` of a URL."""
    end = _match_end(_URL, text)
    url, after = text[:end], text[end:]
    host_end = _match_end(_AUTHORITY, url)
    user, _, host = url[:host_end].rpartition("@")
    login, _, _ = user.partition(":")
    return f"{login} {host}{url[host_end:].translate(_URL_SEPARATORS)}{after}"


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _seen(text: str) -> str:
    """*text* with one kind of @, dot and blank, and nothing in it that has no width."""
    text = _WIDE.sub(_narrow, unmixed(text))
    return "".join(map(_as_seen, _APOSTROPHE.sub("'", unicodedata.normalize("NFC", text))))


def _narrow(found: re.Match[str]) -> str:
    """Letters of full width as those that mail is sent to; what leads them is of the text before."""
    text = unicodedata.normalize("NFKC", found[0])
    return text.lstrip("+-.").rjust(len(text))


def unmixed(text: str) -> str:
    """*text* with its letters as they were meant where UTF-8 was once taken for another encoding: Ã¶ is ö."""
    return text if text.isascii() else _MIXED.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    """The letter whose bytes the characters *found* stand for, one each; if they are none, the characters."""
    raw = b"".join(map(_byte, found[0]))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return found[0]


def _byte(character: str) -> bytes:
    return character.encode("latin-1" if character < "\u0100" else "cp1252")


@lru_cache(1 << 14)
def _as_seen(character: str) -> str:
    if character.isascii() or character == "\ufffd":
        return character
    if character in _AT_SIGNS:
        return "@"
    if character in _FULL_STOPS:
        return "."
    category = unicodedata.category(character)
    if category == "Cf" or ord(character) in _SELECTORS:
        return ""
    return character if category[0] in "LMN" else " "
