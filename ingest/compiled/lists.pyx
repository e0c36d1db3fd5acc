# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The plain lines of combo lists: 64 bytes of each line are looked at side by side, and what is marked there is met."""

cimport cython
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memchr, memcpy, memset

import numpy as np

from ingest.compiled.addresses cimport Addresses
from ingest.compiled.bits cimport lowest_bit, packed
from ingest.compiled.known cimport NOTHING, SOMETHING, UNSURE, Nothings, Saying, lowered

cdef enum:
    TAB = 9
    FEED = 10
    RETURN = 13
    PLUS = 43
    DOT = 46
    SLASH = 47
    COLON = 58
    AT = 64
    WINDOW = 64  # bytes: as long as a plain address is at most, and as can be written behind the last one
    SHORTEST_LINE = 6  # bytes: a@b.c and what ends it


def is_bare(const uint8_t[::1] text):
    """Whether *text* is ASCII alone, without NUL and carriage return."""
    cdef const uint8_t* byte = &text[0] if text.shape[0] else NULL
    cdef Py_ssize_t place, size = text.shape[0]
    cdef uint8_t is_odd = 0
    with nogil:
        for place in range(size):
            is_odd |= (byte[place] >> 7) | (byte[place] == 0) | (byte[place] == RETURN)
    return not is_odd


cdef struct Line:
    const uint8_t* raw
    const uint8_t* end  # its line feed
    uint64_t marks  # which of its first bytes are of an address, but for its domain, as it stands


@cython.final
cdef class Lists:
    """Takes the plain lines out of blocks whose lines are an address, *separator* and a secret.

    Whoever only has a name before the *separator* is counted and taken too, as nobody with an address. What it tells, and
    what *addresses* do, is of the block it was given last. For one thread alone.
    """

    cdef uint8_t _separator
    cdef Py_ssize_t _room, _names, _left
    cdef Nothings _nothings
    cdef Addresses _addresses
    cdef uint8_t[::1] _rest, _says

    def __init__(self, separator, Nothings nothings, Addresses addresses):
        self._separator = separator
        self._nothings, self._addresses = nothings, addresses
        self._make_room(0)

    def take(self, const uint8_t[::1] block):
        """Take *block*, which is of whole lines, each ended by a line feed."""
        cdef Py_ssize_t size = block.shape[0]
        if size and block[size - 1] != FEED:
            raise ValueError("a block ends with a line feed")
        if size > self._room:
            self._make_room(size)
        self._names = self._left = 0
        self._addresses.begin()
        if size:
            with nogil:
                self._lines(&block[0], size)

    def says(self):
        """Which secrets say something."""
        return np.asarray(self._says[:self._addresses.count]).view(np.bool_)

    def names(self):
        """How many lines have a name in the place of the address."""
        return self._names

    def rest(self):
        """The other lines."""
        return bytes(self._rest[:self._left])

    cdef int _lines(self, const uint8_t* block, Py_ssize_t size) except -1 nogil:
        """Take or leave each line. A window is read where the block has one more, the last ones from a copy."""
        cdef uint8_t last[2 * WINDOW]
        cdef Py_ssize_t start = 0
        while start + WINDOW <= size:
            start += self._line(block + start, size - start)
        memset(last, 0, sizeof(last))
        memcpy(last, block + start, size - start)
        block, size, start = last, size - start, 0
        while start < size:
            start += self._line(block + start, size - start)
        return 0

    cdef Py_ssize_t _line(self, const uint8_t* raw, Py_ssize_t left) except -1 nogil:
        """Take the line that begins what is *left* of a block, or leave it; how long it is.

        64 bytes can be read, and a line feed is among those that are left.
        """
        cdef uint8_t lower[WINDOW]
        cdef uint8_t is_mark[WINDOW]
        cdef uint8_t is_feed[WINDOW]
        cdef uint64_t feeds
        cdef uint8_t character
        cdef int place
        cdef Line line
        for place in range(WINDOW):
            character = raw[place]
            is_feed[place] = -(character == FEED)
            character |= (<uint8_t>(character - 65) < 26) << 5
            lower[place] = character
            is_mark[place] = -((<uint8_t>(character - 45) > 12) & (<uint8_t>(character - 94) > 29))  # no -./0-9 ^_`a-z{
        memcpy(self._addresses.next_text(), lower, WINDOW)
        line.raw, line.marks, feeds = raw, packed(is_mark), packed(is_feed)
        line.end = raw + lowest_bit(feeds) if feeds else <const uint8_t*>memchr(raw + WINDOW, FEED, left - WINDOW)
        if not self._is_taken(&line):
            memcpy(&self._rest[self._left], raw, line.end + 1 - raw)
            self._left += line.end + 1 - raw
        return line.end + 1 - raw

    cdef bint _is_taken(self, const Line* line) except -1 nogil:
        cdef uint64_t marks = line.marks
        cdef int tag = -1, at, stop
        cdef Saying says
        if line.end == line.raw:
            return True  # none is no record
        if not marks:
            return False
        at = lowest_bit(marks)
        marks &= marks - 1
        if line.raw[at] == PLUS and at and marks:
            tag, at = at, lowest_bit(marks)
            marks &= marks - 1
        if line.raw[at] != AT:
            return tag < 0 and self._is_name(line, at)
        if not (at and marks) or line.raw[0] == DOT:
            return False
        stop = lowest_bit(marks)
        says = self._secret(line, stop)
        if says == UNSURE:
            return False
        self._says[self._addresses.count] = says
        return self._addresses.enter(at, stop, tag >= 0)

    cdef bint _is_name(self, const Line* line, int stop) noexcept nogil:
        """Whether the line begins with a name and no address. What may be the beginning of a URL is left."""
        cdef uint8_t mark = line.raw[stop]
        if mark != FEED and mark != self._separator:
            return False
        if self._nothings.judge(line.raw, line.raw + stop) != SOMETHING or line.raw[stop - 1] == DOT:
            return False
        if mark == COLON and (line.raw[stop + 1] == SLASH or stop == 6 and lowered(line.raw[0]) == 109):
            return False
        self._names += 1
        return True

    cdef Saying _secret(self, const Line* line, int stop) noexcept nogil:
        """What the secret says behind an address that stops there; UNSURE also where something else stands behind it."""
        cdef const uint8_t* secret = line.raw + stop + 1
        if line.raw + stop == line.end:
            return NOTHING
        if line.raw[stop] != self._separator:
            return UNSURE
        if secret[0] != self._separator:
            return self._nothings.judge(secret, line.end)
        while secret[0] == self._separator:
            secret += 1
        return NOTHING if secret == line.end else UNSURE if self._separator == TAB else SOMETHING

    cdef int _make_room(self, Py_ssize_t size) except -1:
        """Room for whatever a block of *size* bytes may hold."""
        cdef Py_ssize_t lines = size // SHORTEST_LINE + 1
        self._room = size
        self._addresses.make_room(size, lines)
        self._rest, self._says = np.empty(size, np.uint8), np.empty(lines, np.uint8)
        return 0
