# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The plain addresses of free text: each byte is looked at once for an @ or its escape, those around one once more."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memchr, memcpy

import numpy as np

from ingest.compiled.addresses cimport Addresses
from ingest.compiled.bits cimport lowest_bit, packed
from ingest.compiled.spots cimport IS_HARD, SOMEBODY, UNCLEAR, Spot, Verdict, at_sign, judge

cdef enum:
    AT = 64
    PLUS = 43
    PERCENT = 37  # an ampersand stands behind it
    STROKE = 92
    WIDE = 0xEF  # begins letters of full width
    SHORTEST_ADDRESS = 6  # bytes: those of a@b.cd


@cython.final
cdef class Texts:
    """Takes the plain addresses out of pieces of text, and tells where others may be, for the rules to look there.

    What it tells, and what *addresses* do, is of the piece it was given last. For one thread alone.
    """

    cdef const uint8_t* _raw
    cdef Py_ssize_t _size, _room, _pieces, _done
    cdef Addresses _addresses
    cdef int64_t[::1] _ats
    cdef int64_t[:, ::1] _unclear

    def __init__(self, Addresses addresses):
        self._addresses = addresses
        self._make_room(0)

    def take(self, const uint8_t[::1] block):
        """Take *block*, around which there might be blanks."""
        self._size = block.shape[0]
        if self._size > self._room:
            self._make_room(self._size)
        self._pieces = self._done = 0
        self._addresses.begin()
        if self._size:
            self._raw = &block[0]
            with nogil:
                self._search()
        self._raw = NULL

    def enter(self, bytes address):
        """Take another address, of `addresses.PLAIN` and with a letter or digit first; whether there was room for it,
        and its domain is plain."""
        cdef Py_ssize_t length = len(address), at = address.rfind(b"@")
        cdef const uint8_t* written = address
        if not self._addresses.has_room(length):
            return False
        lower(self._addresses.next_text(), written, length)
        return self._is_entered(at, length, -1)

    def unclear(self):
        """Where pieces between separators start and stop that have to be read by the rules: nobody was taken there."""
        return [(start, stop) for start, stop in np.asarray(self._unclear[:self._pieces]).tolist()]

    cdef int _search(self) except -1 nogil:
        """Look at whatever may be an @. A window is read where the block has one more, the last bytes one by one."""
        cdef Py_ssize_t place = 0
        cdef uint64_t bits
        while place + 64 <= self._size:
            bits = marks(self._raw + place)
            while bits:
                self._look(place + lowest_bit(bits))
                bits &= bits - 1
            place += 64
        for place in range(place, self._size):
            self._look(place)
        return 0

    cdef int _look(self, Py_ssize_t place) except -1 nogil:
        """Look at what stands at *place*, unless it was looked at with what stands before it."""
        cdef Spot spot
        cdef Verdict verdict
        if place < self._done:
            return 0
        spot.at, spot.behind = place, place + at_sign(self._raw + place, self._size - place)
        if spot.behind == place:
            return 0
        verdict = judge(self._raw, self._size, &spot)
        if verdict == UNCLEAR or verdict == SOMEBODY and not self._is_taken(&spot):
            self._leave(place)
        elif verdict == SOMEBODY:
            self._done = spot.done
        return 0

    cdef bint _is_taken(self, const Spot* spot) except -1 nogil:
        """Copy the address, if there is room, as there is: those before it stand before it, and none is any longer."""
        cdef Py_ssize_t at = spot.at - spot.start, behind = spot.stop - spot.behind
        cdef uint8_t* text = self._addresses.next_text()
        if not self._addresses.has_room(at + 1 + behind):
            return False
        lower(text, self._raw + spot.start, at)
        text[at] = AT
        lower(text + at + 1, self._raw + spot.behind, behind)
        return self._is_entered(at, at + 1 + behind, spot.at)

    cdef bint _is_entered(self, Py_ssize_t at, Py_ssize_t length, Py_ssize_t place) except -1 nogil:
        """Enter the address that stands where the next one should, if its domain is plain. Its @ is at *place*."""
        self._ats[self._addresses.count] = place
        return self._addresses.enter(at, length, memchr(self._addresses.next_text(), PLUS, at) != NULL)

    cdef void _leave(self, Py_ssize_t place) noexcept nogil:
        """Leave the piece around *place* to the rules, and all that was taken out of it."""
        cdef Py_ssize_t start = place, stop = place, first = self._unclear[self._pieces - 1, 1] if self._pieces else 0
        while start > first and not IS_HARD[self._raw[start - 1]]:
            start -= 1
        while stop < self._size and not IS_HARD[self._raw[stop]]:
            stop += 1
        while self._addresses.count and self._ats[self._addresses.count - 1] >= start:
            self._addresses.drop_last()
        self._unclear[self._pieces, 0], self._unclear[self._pieces, 1] = start, stop
        self._pieces += 1
        self._done = stop

    cdef int _make_room(self, Py_ssize_t size) except -1:
        """Room for whatever a block of *size* bytes may hold: between two pieces there is a byte at least."""
        cdef Py_ssize_t count = size // SHORTEST_ADDRESS + 1
        self._room = size
        self._addresses.make_room(size, count)
        self._ats = np.empty(count, np.int64)
        self._unclear = np.empty((size // 2 + 1, 2), np.int64)
        return 0


cdef inline void lower(uint8_t* to, const uint8_t* text, Py_ssize_t length) noexcept nogil:
    """Copy so much of *text* in lower case."""
    cdef Py_ssize_t place
    for place in range(length):
        to[place] = text[place] | (<uint8_t>(text[place] - 65) < 26) << 5


cdef inline uint64_t marks(const uint8_t* text) noexcept nogil:
    """Where among 64 bytes an @ stands, or what an escape of one may begin with."""
    cdef uint8_t found[64]
    cdef uint64_t some[8]
    cdef uint8_t character
    cdef int place
    for place in range(64):
        character = text[place]
        found[place] = (
            (character == AT) | (<uint8_t>(character - PERCENT) <= 1) | (character == STROKE) | (character == WIDE)
        )
    memcpy(some, found, 64)
    for place in range(1, 8):
        some[0] |= some[place]
    return packed(found) if some[0] else 0
