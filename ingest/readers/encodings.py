"""Encodings that are not Unicode, guessed from the bytes that are not ASCII.

An address, a delimiter and a digit are ASCII, so that a wrong guess among the encodings of single bytes loses nobody:
it only spells names wrongly. One of several bytes may swallow what follows, and is guessed where nearly all fits it.
"""

import re

_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 1 << 18
_FEW = 0.01
_SOME = 0.2
_SHIFT = re.compile(rb"\x1b\$[@B][!-~]{2}")
_GB_PAIR = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]")  # common characters; punctuation, wide letters
_EUC_PAIR = re.compile(rb"[\xa4\xa5][\xa1-\xf6]|[\xb0-\xcf][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]")  # kana, common kanji
_HANGUL = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_SHIFT_PAIR = re.compile(rb"\x82[\x60-\xf1]|\x83[\x40-\x96]|[\x88-\x97][\x40-\xfc]|\x81[\x40-\xac]")
_BIG5_PAIR = re.compile(rb"[\xa4-\xc6]([\x40-\x7e\xa1-\xfe])|\xa1([\x40-\x7e\xa1-\xfe])")
_KANA = re.compile(rb"[\xa4\xa5][\xa1-\xf6]")
_NOT_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_FITS = 0.85
_WORDS = 0.6

SHIFTED = "iso2022_jp"
UNICODE = ("utf-8", "utf-16", "utf-32")


def is_unicode(encoding: str) -> bool:
    """Whether *encoding* is told from the bytes for certain, rather than guessed."""
    return encoding.startswith(UNICODE)


def guessed(text: bytes) -> str:
    """The likeliest encoding of *text*, which holds bytes that are not ASCII and is not Unicode."""
    text = text[:_SAMPLE] + text[_SAMPLE:].partition(b"\n")[0]
    runs = _RUN.findall(text)
    return _east_asian(text, runs) or _cyrillic(runs) or ("latin-1" if _NOT_IN_1252.search(text) else "cp1252")


def _east_asian(text: bytes, runs: list[bytes]) -> str | None:
    high = b" ".join(runs)
    count = len(high) - len(runs) + 1
    if (
        2 * len(_EUC_PAIR.findall(high)) >= _FITS * count
        and 10 * len(_KANA.findall(high)) > count
        and _is(text, "euc_jp")
    ):
        return "euc_jp"
    if 2 * len(_GB_PAIR.findall(high)) >= _FITS * count and _is(text, "gb18030"):
        korean = _HANGUL.findall(high)
        return "cp949" if 2 * len(korean) >= _FITS * count and _is(text, "cp949") else "gb18030"
    pairs = _SHIFT_PAIR.findall(text)
    in_pairs = sum(byte >= 0x80 for pair in pairs for byte in pair)
    if in_pairs >= _FITS * count and _is(text, "cp932"):
        return "cp932"
    return "cp950" if _are_big5(text, count) and _is(text, "cp950") else None


def _are_big5(text: bytes, count: int) -> bool:
    """Whether most of *count* bytes begin the common characters of Big5, which end in ASCII as often as not."""
    ends: list[bytes] = [one or other for one, other in _BIG5_PAIR.findall(text)]
    high = sum(end >= b"\x80" for end in ends)
    return len(ends) + high >= _FITS * count and _SOME <= high / max(len(ends), 1) <= 1 - _SOME


def _is(text: bytes, encoding: str) -> bool:
    """Whether nearly all lines of *text* can be read so."""
    lines = text.split(b"\n")
    return sum(not can_be_read(line, encoding) for line in lines) <= _FEW * len(lines)


def can_be_read(text: bytes, encoding: str) -> bool:
    """Whether *text* is of this *encoding*."""
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def has_shifts(head: bytes) -> bool:
    """Whether ASCII stands for Japanese between escapes (ISO-2022-JP, RFC 1468)."""
    has_escapes = b"\x1b" in head and _SHIFT.search(head) is not None  # the byte alone is found thirty times as fast
    return has_escapes and can_be_read(head[: head.rfind(b"\n") + 1], SHIFTED)


def _cyrillic(runs: list[bytes]) -> str | None:
    """Words of high bytes are Cyrillic; in other writing such a byte stands alone among letters of ASCII."""
    total = sum(map(len, runs))
    in_words = sum(len(run) for run in runs if len(run) > 2)
    if in_words < _WORDS * total:
        return None
    joined = b"".join(runs)
    low, upper, lower = (
        sum(start <= byte < end for byte in joined) for start, end in ((0x80, 0xB0), (0xC0, 0xE0), (0xE0, 0x100))
    )
    if low * 2 > total:
        return "cp866"
    return "koi8_r" if upper > lower else "cp1251"
