# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The plain rows of delimited text: every byte of a block is looked at once, those of addresses and a few more twice."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from ingest.compiled.bits cimport lowest_bit, standing
from ingest.compiled.copies cimport copied
from ingest.compiled.known cimport UNSURE, Domains, Nothings, Saying, lowered

cdef enum:
    FEED = 10
    PLUS = 43
    DOT = 46
    AT = 64
    LONGEST_ADDRESS = 64
    SHORTEST_ROW = 5  # bytes that it has more than fields: those of a@b.c
    LONGEST_ROW = 1 << 20
    BEHIND = 16  # bytes that blocks of digests may reach behind the last address

cdef uint8_t IS_LOCAL[256]
cdef int _place
for _place in range(256):
    IS_LOCAL[_place] = _place in b"-./0123456789^_`abcdefghijklmnopqrstuvwxyz{"


cdef class Rows:
    """Takes the plain rows out of blocks without quotes whose rows have *width* fields, divided by *delimiter*.

    *address* is the number of the field of the address, *others* are those of which to say whether they say something.
    What it tells is of the block it was given last. For one thread alone.
    """

    cdef uint8_t _delimiter
    cdef Py_ssize_t _width, _address, _room, _count, _bases, _left, _end, _base_end
    cdef const int64_t[::1] _others
    cdef Nothings _nothings
    cdef Domains _domains
    cdef uint32_t[::1] _marks
    cdef int64_t[::1] _starts, _lengths, _domain_of, _base_starts, _base_lengths, _base_of
    cdef uint8_t[::1] _text, _base_text, _rest
    cdef uint8_t[:, ::1] _says

    def __init__(self, delimiter, width, address, others, Nothings nothings, Domains domains):
        self._delimiter, self._width, self._address = delimiter, width, address
        self._others = np.array(others, np.int64)
        self._nothings, self._domains = nothings, domains
        self._make_room(0)

    def take(self, const uint8_t[::1] block):
        """Take *block*, which is of whole lines, each ended by a line feed."""
        cdef Py_ssize_t mark = 0, count, size = block.shape[0]
        if size and block[size - 1] != FEED:
            raise ValueError("a block ends with a line feed")
        if size > self._room:
            self._make_room(size)
        self._count = self._bases = self._left = self._end = self._base_end = 0
        with nogil:
            self._domains.begin()
            count = self._mark(&block[0], size)
            while mark < count:
                mark = self._line(&block[0], mark) + 1

    def addresses(self):
        """Text, starts and lengths of the canonical addresses, one a row; the text has 16 bytes more."""
        starts, lengths = np.asarray(self._starts[:self._count]), np.asarray(self._lengths[:self._count])
        return np.asarray(self._text[:self._end + BEHIND]), starts, lengths

    def bases(self):
        """As `addresses`: the base addresses of those with tags; and which these are."""
        cdef Py_ssize_t count = self._bases
        starts, lengths = np.asarray(self._base_starts[:count]), np.asarray(self._base_lengths[:count])
        return np.asarray(self._base_text[:self._base_end + BEHIND]), starts, lengths, np.asarray(self._base_of[:count])

    def domain_of(self):
        """Which of the domains that were met each address has."""
        return np.asarray(self._domain_of[:self._count])

    def says(self, Py_ssize_t which):
        """Which rows say something in that one of the other fields."""
        return np.asarray(self._says[which, :self._count]).view(np.bool_)

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
            memcpy(&self._rest[self._left], &block[start], size)
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
            self._says[which, self._count] = says
        mark = first + self._address
        return self._is_address(block + self._start(mark), block + self._marks[mark])

    cdef inline Py_ssize_t _start(self, Py_ssize_t mark) noexcept nogil:
        """Where the field starts that ends at *mark*."""
        return self._marks[mark - 1] + 1 if mark else 0

    cdef bint _is_address(self, const uint8_t* field, const uint8_t* stop) except -1 nogil:
        """Take a field as an address, if it is a plain one; what stands behind it is none of an address."""
        cdef uint8_t* text = &self._text[self._end]
        cdef Py_ssize_t length = stop - field, place = 0, at
        cdef bint is_tagged = False
        cdef uint8_t character
        cdef int32_t domain
        if length > LONGEST_ADDRESS or field[0] == DOT:
            return False
        while True:
            character = lowered(field[place])
            if not IS_LOCAL[character] and (character != PLUS or is_tagged or place == 0):
                break
            is_tagged |= character == PLUS
            text[place] = character
            place += 1
        if character != AT or place == 0:
            return False
        at = place
        for place in range(at, length):
            text[place] = lowered(field[place])
        domain = self._domains.number(text + at + 1, text + length)
        if domain < 0:
            return False
        if self._domains.ignores_dots(domain):
            length = copied(text, length, text, False, True)
        self._starts[self._count], self._lengths[self._count], self._domain_of[self._count] = self._end, length, domain
        if is_tagged:
            self._enter_base(text, length)
        self._end += length
        self._count += 1
        return True

    cdef void _enter_base(self, const uint8_t* address, Py_ssize_t length) noexcept nogil:
        """Enter the base of the next address."""
        length = copied(address, length, &self._base_text[self._base_end], True, False)
        self._base_starts[self._bases], self._base_lengths[self._bases] = self._base_end, length
        self._base_of[self._bases] = self._count
        self._base_end += length
        self._bases += 1

    cdef int _make_room(self, Py_ssize_t size) except -1:
        """Room for whatever a block of *size* bytes may hold."""
        cdef Py_ssize_t rows = size // (self._width + SHORTEST_ROW) + 1
        self._room = size
        self._text, self._base_text, self._rest = (np.zeros(size + BEHIND, np.uint8) for _ in range(3))
        self._starts, self._lengths, self._domain_of = (np.empty(rows, np.int64) for _ in range(3))
        self._base_starts, self._base_lengths, self._base_of = (np.empty(rows, np.int64) for _ in range(3))
        self._says = np.empty((self._others.shape[0], rows), np.uint8)
        self._marks = np.empty(size + 1, np.uint32)
        return 0
