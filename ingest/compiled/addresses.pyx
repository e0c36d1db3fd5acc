# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Plain addresses as they are found in a block: canonical, with their bases and domains."""

cimport cython
from libc.stdint cimport int32_t, uint8_t

import numpy as np

from ingest.compiled.known cimport Domains, lowered

cdef enum:
    PLUS = 43
    DOT = 46
    AT = 64

cdef uint8_t IS_LOCAL[256]
cdef int _place
for _place in range(256):
    IS_LOCAL[_place] = _place in b"-./0123456789^_`abcdefghijklmnopqrstuvwxyz{"


@cython.final
cdef class Addresses:
    """Those of one block. Whoever makes room for as many bytes as the block has, has room for all of them.

    What it tells is of the block that was begun last. For one thread alone.
    """

    def __init__(self, Domains domains):
        self._domains = domains

    def found(self):
        """Text, starts and lengths of the addresses; the text has 16 bytes more, at least."""
        starts, lengths = np.asarray(self._starts[:self.count]), np.asarray(self._lengths[:self.count])
        return np.asarray(self._text[:self._end + BEHIND]), starts, lengths

    def domains(self):
        """Their domains, each as `domain_of` numbers it."""
        return self._domains.met()

    def domain_of(self):
        """Which of the domains each address has."""
        return np.asarray(self._domain_of[:self.count])

    def bases(self):
        """As `found`: the base addresses of those with tags; and which these are."""
        cdef Py_ssize_t count = self._bases
        starts, lengths = np.asarray(self._base_starts[:count]), np.asarray(self._base_lengths[:count])
        return np.asarray(self._base_text[:self._base_end + BEHIND]), starts, lengths, np.asarray(self._base_of[:count])

    cdef void begin(self) noexcept nogil:
        """A new block begins."""
        self._domains.begin()
        self.count = self._bases = self._end = self._base_end = 0

    cdef int make_room(self, Py_ssize_t size, Py_ssize_t count) except -1:
        """Room for so many addresses, of *size* bytes together."""
        self._room = size
        self._text, self._base_text = (np.zeros(size + BEHIND, np.uint8) for _ in range(2))
        self._starts, self._lengths, self._domain_of = (np.empty(count, np.int64) for _ in range(3))
        self._base_starts, self._base_lengths, self._base_of = (np.empty(count, np.int64) for _ in range(3))
        return 0

    cdef bint take(self, const uint8_t* field, Py_ssize_t length) except -1 nogil:
        """Take a field of *length* as an address, if it is a plain one; what stands behind it is none of an address."""
        cdef uint8_t* text = self.next_text()
        cdef Py_ssize_t place = 0, at
        cdef bint is_tagged = False
        cdef uint8_t character
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
        return self.enter(at, length, is_tagged)

    cdef bint has_room(self, Py_ssize_t length) noexcept nogil:
        """Whether there is room for another, which has *length*."""
        return self.count < self._starts.shape[0] and self._end + length <= self._room

    cdef bint enter(self, Py_ssize_t at, Py_ssize_t length, bint is_tagged) except -1 nogil:
        """Enter what was written there in lower case, with its @ after *at* bytes, if its domain is plain."""
        cdef uint8_t* text = self.next_text()
        cdef int32_t domain = self._domains.number(text + at + 1, text + length)
        if domain < 0:
            return False
        if self._domains.ignores_dots(domain):
            length = copied(text, length, text, False, True)
        self._starts[self.count], self._lengths[self.count], self._domain_of[self.count] = self._end, length, domain
        if is_tagged:
            self._enter_base(text, length)
        self._end += length
        self.count += 1
        return True

    cdef void drop_last(self) noexcept nogil:
        """Take back the address that was entered last."""
        self.count -= 1
        self._end = self._starts[self.count]
        if self._bases and self._base_of[self._bases - 1] == self.count:
            self._bases -= 1
            self._base_end = self._base_starts[self._bases]

    cdef void _enter_base(self, const uint8_t* address, Py_ssize_t length) noexcept nogil:
        """Enter the base of the next address."""
        length = copied(address, length, &self._base_text[self._base_end], True, False)
        self._base_starts[self._bases], self._base_lengths[self._bases] = self._base_end, length
        self._base_of[self._bases] = self.count
        self._base_end += length
        self._bases += 1


cdef Py_ssize_t copied(
    const uint8_t* address, Py_ssize_t length, uint8_t* to, bint is_base, bint is_dotless
) noexcept nogil:
    """Copy an address without its tag, or without the dots of its local part; how long it is then.

    *to* may be where it stands, since nothing moves towards its end.
    """
    cdef Py_ssize_t place, end = 0
    cdef bint is_local = True, is_tag = False
    for place in range(length):
        if address[place] == AT:
            is_local = is_tag = False
        elif address[place] == PLUS and is_base:
            is_tag = True
        if not is_tag and not (is_dotless and is_local and address[place] == DOT):
            to[end] = address[place]
            end += 1
    return end
