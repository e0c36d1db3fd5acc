# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The plain rows of delimited text: every byte of a block is looked at once, those of addresses and a few more twice."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from ingest.compiled.addresses cimport Addresses
from ingest.compiled.bits cimport lowest_bit, standing
from ingest.compiled.known cimport UNSURE, Nothings, Saying

cdef enum:
    FEED = 10
    SHORTEST_ROW = 5  # bytes that it has more than fields: those of a@b.c
    LONGEST_ROW = 1 << 20


@cython.final
cdef class Rows:
    """Takes the plain rows out of blocks without quotes whose rows have *width* fields, divided by *delimiter*.

    *address* is the number of the field of the address, *others* are those of which to say whether they say something.
    What it tells, and what *addresses* do, is of the block it was given last. For one thread alone.
    """

    cdef uint8_t _delimiter
    cdef Py_ssize_t _width, _address, _room, _left
    cdef const int64_t[::1] _others
    cdef Nothings _nothings
    cdef Addresses _addresses
    cdef uint32_t[::1] _marks
    cdef uint8_t[::1] _rest
    cdef uint8_t[:, ::1] _says

    def __init__(self, delimiter, width, address, others, Nothings nothings, Addresses addresses):
        self._delimiter, self._width, self._address = delimiter, width, address
        self._others = np.array(others, np.int64)
        self._nothings, self._addresses = nothings, addresses
        self._make_room(0)

    def take(self, const uint8_t[::1] block):
        """Take *block*, which is of whole lines, each ended by a line feed."""
        cdef Py_ssize_t mark = 0, count, size = block.shape[0]
        if size and block[size - 1] != FEED:
            raise ValueError("a block ends with a line feed")
        if size > self._room:
            self._make_room(size)
        self._left = 0
        self._addresses.begin()
        if not size:
            return
        with nogil:
            count = self._mark(&block[0], size)
            while mark < count:
                mark = self._line(&block[0], mark) + 1

    def says(self, Py_ssize_t which):
        """Which rows say something in that one of the other fields."""
        return np.asarray(self._says[which, :self._addresses.count]).view(np.bool_)

    def rest(self):
        """The other lines."""
        return bytes(self._rest[:self._left])

    cdef Py_ssize_t _mark(self, const uint8_t* block, Py_ssize_t size) noexcept nogil:
        """Note where fields end; how many do."""
        cdef Py_ssize_t place = 0, count = 0
        cdef uint64_t bits
        while place + 64 <= size:
            bits = standing(block + place, self._delimiter, FEED)
            while bits:
                self._marks[count] = place + lowest_bit(bits)
                bits &= bits - 1
                count += 1
            place += 64
        for place in range(place, size):
            if block[place] == self._delimiter or block[place] == FEED:
                self._marks[count] = place
                count += 1
        return count

    cdef Py_ssize_t _line(self, const uint8_t* block, Py_ssize_t first) except -1 nogil:
        """Take a line, whose fields end at the marks from *first* on, or leave it; at which mark it ends."""
        cdef Py_ssize_t last = first, start = self._start(first), size
        while block[self._marks[last]] != FEED:
            last += 1
        size = self._marks[last] + 1 - start
        if last - first + 1 != self._width or size > LONGEST_ROW or not self._is_taken(block, first):
            memcpy(&self._rest[self._left], block + start, size)
            self._left += size
        return last

    cdef bint _is_taken(self, const uint8_t* block, Py_ssize_t first) except -1 nogil:
        cdef Py_ssize_t which, mark
        cdef Saying says
        for which in range(self._others.shape[0]):
            mark = first + self._others[which]
            says = self._nothings.judge(block + self._start(mark), block + self._marks[mark])
            if says == UNSURE:
                return False
            self._says[which, self._addresses.count] = says
        mark = first + self._address
        return self._addresses.take(block + self._start(mark), self._marks[mark] - self._start(mark))

    cdef inline Py_ssize_t _start(self, Py_ssize_t mark) noexcept nogil:
        """Where the field starts that ends at *mark*."""
        return self._marks[mark - 1] + 1 if mark else 0

    cdef int _make_room(self, Py_ssize_t size) except -1:
        """Room for whatever a block of *size* bytes may hold."""
        cdef Py_ssize_t rows = size // (self._width + SHORTEST_ROW) + 1
        self._room = size
        self._addresses.make_room(size, rows)
        self._rest = np.empty(size, np.uint8)
        self._says = np.empty((self._others.shape[0], rows), np.uint8)
        self._marks = np.empty(size, np.uint32)
        return 0
