"""Phone numbers, as files and people write them, brought to E.164 where that needs no guess."""

import re
import unicodedata

LONGEST = 1024
"""Characters of what may hold several numbers."""

_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # address books put them around numbers
_SCHEME = re.compile(r"\A\s*(?:tel|sms|callto|whatsapp):", re.IGNORECASE)
_AS_TEXT = re.compile(r"""\A\s*(?:'(.*)|="([^"]*)"\s*)\Z""", re.DOTALL)  # a spreadsheet is told so that it is no sum
_FULL_WIDTH = {0xFF01 + offset: chr(0x21 + offset) for offset in range(0x5E)}
_EXTENSION = re.compile(r"(?:[;,]?\s?ext(?:ension|n)?|,?\s[x#])[.:=]?\s?[0-9]{1,7}\s?\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;|](?!\s?e?x)", re.IGNORECASE)


def international(text: str) -> str | None:
    """*text* as E.164 has it, without an extension; None where it begins with no country code: it is anybody's then."""
    if (number := _e164(text)) or len(text) > LONGEST:
        return number
    plain = _AS_TEXT.sub(r"\1\2", _in_ascii(_UNSEEN.sub("", text)))
    return _e164(_EXTENSION.sub("", _SCHEME.sub("", plain)))


def numbers_in(text: str) -> list[str]:
    """The number that *text* is, or all that it lists with a comma, semicolon or bar between; none if one is none."""
    if number := international(text):
        return [number]
    parts = [part for part in _BETWEEN.split(text) if part.strip()] if len(text) <= LONGEST else []
    numbers = [number for part in parts if (number := international(part))]
    return numbers if len(numbers) == len(parts) else []


def _in_ascii(text: str) -> str:
    """*text* with the digits of every script, and letters of full width, in ASCII; no other sign becomes a digit."""
    if text.isascii():
        return text
    digits = {ord(letter): str(unicodedata.decimal(letter)) for letter in set(text) if letter.isdecimal()}
    return text.translate(_FULL_WIDTH | digits)


def _e164(text: str) -> str | None:
    number = _SEPARATORS.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    return number if _E164.fullmatch(number) else None
