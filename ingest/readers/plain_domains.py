"""Domains as they are met in columns: which are plain is asked once for each, and then remembered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import regex as re
from numpy.typing import NDArray

from breachcheck.addresses import IGNORES_DOTS, PLAIN, PLAIN_LENGTH
from ingest.columns import TextColumn

NOWHERE = -1
"""The place of a domain that is not plain, or not remembered."""

_SLOTS_LOG2 = 14
WORD = 8
"""Bytes of a word."""

_DOT = ord(".")
_WORDS = 3
WIDTH = WORD * _WORDS
"""Bytes of a text that words have room for."""

_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_KEEP = np.array([(1 << (8 * used)) - 1 for used in range(WORD + 1)], np.uint64)
_ROW = np.dtype((np.void, WIDTH))
_KEEP_ROW = np.where(np.arange(WIDTH) < np.arange(WIDTH + 1)[:, None], 0xFF, 0).astype(np.uint8).view(_ROW).ravel()
_plain_form = re.compile(PLAIN)

Places = NDArray[np.intp]
Words = list[NDArray[np.uint64]]


def is_plain(domain: bytes) -> bool:
    """Whether a plain local part makes a plain address with *domain*."""
    return domain.isascii() and _plain_form.fullmatch(f"x@{domain.decode()}") is not None


def ignores_dots(domain: bytes) -> bool | None:
    """Whether mailboxes at *domain*, in lower case, ignore dots; None where it is not plain, or stands for another."""
    if not is_plain(domain):
        return None
    name = domain.decode()
    return None if IGNORES_DOTS.get(name, name) != name else name in IGNORES_DOTS


class PlainDomains:
    """A memory for the domains of one thread's blocks; *is_plain* says of each whether it is.

    A domain that stands for another (see `addresses.IGNORES_DOTS`) is taken for none. Each has the one place that its
    bytes say, and who comes later takes it over; so the memory never grows.
    """

    def __init__(self, is_plain: Callable[[bytes], bool] = is_plain) -> None:
        self._is_plain = is_plain
        self._written = np.zeros((_WORDS, 1 << _SLOTS_LOG2), np.uint64)
        self._ignores_dots = np.zeros(1 << _SLOTS_LOG2, np.bool_)

    def places(self, domains: TextColumn) -> Places:
        """The place of each of *domains*, which are in lower case and hold no NUL; good until the next call.

        *domains* have 24 bytes behind them that can be read.
        """
        words = words_of(domains)
        slots = _slots(words)
        is_met = self._are_met(words, slots)
        missed = np.flatnonzero(~is_met)
        if len(missed):
            self._learn([word[missed] for word in words], slots[missed])
            is_met = self._are_met(words, slots)
        is_met &= (domains.lengths <= WIDTH) & (domains.lengths > 0)
        return np.where(is_met, slots, NOWHERE)

    def are_known(self, places: Places) -> NDArray[np.bool_]:
        """Which of *places* are those of plain domains."""
        return np.not_equal(places, NOWHERE)

    def ignore_dots(self, places: Places) -> NDArray[np.bool_]:
        """Which of *places*, none of which is NOWHERE, are of domains that ignore dots."""
        return self._ignores_dots[places]

    def are_delivered_so(self, places: Places, locals: TextColumn) -> NDArray[np.bool_]:
        """Which of *locals*, at *places*, are canonical as they stand: without dots where a provider ignores them."""
        are_so: NDArray[np.bool_] = np.not_equal(places, NOWHERE)
        rows = np.flatnonzero(self._ignores_dots[places] & are_so)
        are_so[rows] = ~_have_dots(locals.take(rows))
        return are_so

    def distinct(self, places: Places) -> tuple[TextColumn, Places]:
        """The domains at *places*, none of which is NOWHERE, each once, and which of them stands at each."""
        counts = np.bincount(places, minlength=1 << _SLOTS_LOG2)
        used = np.flatnonzero(counts)
        counts[used] = np.arange(len(used))
        return TextColumn.of([self._at(place) for place in used.tolist()]), counts[places]

    def _at(self, place: int) -> bytes:
        return self._written[:, place].tobytes().rstrip(b"\0")

    def _are_met(self, words: Words, slots: Places) -> NDArray[np.bool_]:
        is_met = np.ones(len(slots), np.bool_)
        for written, word in zip(self._written, words, strict=True):
            is_met &= written[slots] == word
        return is_met

    def _learn(self, words: Words, slots: Places) -> None:
        raw = np.stack(words, axis=1).tobytes()
        found = {raw[at : at + WIDTH]: slot for at, slot in zip(range(0, len(raw), WIDTH), slots.tolist(), strict=True)}
        for written, slot in found.items():
            domain = written.rstrip(b"\0")
            name = domain.decode("ascii", "replace")
            if self._is_plain(domain) and IGNORES_DOTS.get(name, name) == name:
                self._written[:, slot] = np.frombuffer(written, np.uint64)
                self._ignores_dots[slot] = name in IGNORES_DOTS


def _have_dots(locals: TextColumn) -> NDArray[np.bool_]:
    """Which hold a dot among the bytes that a local part of a plain address may have."""
    have_dots = np.zeros(len(locals), np.bool_)
    last = len(locals.data) - 1
    for place in range(min(int(locals.lengths.max(initial=0)), PLAIN_LENGTH)):
        is_dot = locals.data[np.minimum(locals.starts + place, last)] == _DOT
        have_dots |= is_dot & (locals.lengths > place)
    return have_dots


def words_of(texts: TextColumn) -> Words:
    """The first bytes of each of *texts*, eight a word, and NUL where there are no more."""
    rows = np.ndarray((len(texts.data) - WIDTH + 1,), _ROW, texts.data, 0, (1,))
    words = rows[texts.starts].view(np.uint64)
    words &= _KEEP_ROW[np.minimum(texts.lengths, WIDTH)].view(np.uint64)
    return list(words.reshape(-1, _WORDS).T)


def first_word_of(texts: TextColumn) -> NDArray[np.uint64]:
    """The first eight bytes of each of *texts*."""
    rows = np.ndarray((len(texts.data) - WORD + 1,), np.uint64, texts.data, 0, (1,))
    return rows[texts.starts] & _KEEP[np.minimum(texts.lengths, WORD)]


def mixed(words: Words) -> NDArray[np.uint64]:
    """A number for each text, by which to look for it; others may have the same."""
    number = np.zeros(len(words[0]), np.uint64)
    for word, factor in zip(words, _FACTORS, strict=True):
        number ^= word * factor
    return number


def _slots(words: Words) -> Places:
    return (mixed(words) >> np.uint64(64 - _SLOTS_LOG2)).astype(np.intp)
