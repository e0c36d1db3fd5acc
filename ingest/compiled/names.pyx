# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Names of members of JSON objects: which are wanted, and which most likely comes next."""

cimport cython
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from ingest.compiled.tokens cimport NOWHERE, string_end


cdef inline bint is_same(const Known* known, const uint8_t* text) noexcept nogil:
    """Whether *text*, of which 32 bytes can be read, begins as *known* says."""
    cdef uint64_t words[WORDS]
    memcpy(words, text, LONGEST_KNOWN)
    if (words[0] ^ known.text[0]) & known.keep[0] | (words[1] ^ known.text[1]) & known.keep[1]:
        return False
    return not ((words[2] ^ known.text[2]) & known.keep[2] | (words[3] ^ known.text[3]) & known.keep[3])


@cython.final
cdef class Names:
    """The names at *places*, each the keys on the way to what is wanted and the number of the column that it is for.

    Every name is within the object of another, or `ON_TOP`. Most objects name their members in the same order, so each
    name is first compared with the one that came behind the last the time before. For one thread alone.
    """

    def __init__(self, places):
        for path, column in places:
            within = ON_TOP
            *around, last = path
            for key in around:
                name = self._enter(key, within)
                self.inside[name] = within = name + 1
            name = self._enter(last, within)
            if self.column[name] != OF_NOTHING:
                raise ValueError("one name for two columns")
            self.column[name] = column
        for known in range(KNOWN):
            self._known[known].within = OF_NOTHING

    cdef int _enter(self, bytes text, int within) except -1:
        """The number of the name *text*, which it has already or is given now."""
        cdef int name = self._name(text, len(text), within)
        if name != OF_NOTHING:
            return name
        if self._count == MOST_NAMES or not 0 < len(text) <= LONGEST_NAME:
            raise ValueError("more names, or longer ones, than there is room for")
        name = self._count
        memcpy(self._texts[name], <const uint8_t*>text, len(text))
        self._lengths[name], self._within[name] = len(text), within
        self.inside[name] = self.column[name] = OF_NOTHING
        self._count += 1
        return name

    cdef void begin(self) noexcept nogil:
        """Another object begins, on top."""
        self._last = 0

    cdef Py_ssize_t passed(self, const uint8_t* text, Py_ssize_t place, Py_ssize_t size, int within, int* name) noexcept nogil:
        """Behind the closing quote of the name whose first byte is at *place*; which one it is, or `OF_NOTHING`."""
        cdef int guess = self._known[self._last].next
        cdef const Known* known = &self._known[guess]
        if known.within == within and place + LONGEST_KNOWN <= size and is_same(known, text + place):
            self._last = guess
            name[0] = known.name
            return place + known.size
        return self._looked_up(text, place, size, within, name)

    cdef Py_ssize_t _looked_up(self, const uint8_t* text, Py_ssize_t place, Py_ssize_t size, int within, int* name) noexcept nogil:
        cdef Py_ssize_t end = string_end(text, place, size, True)
        cdef uint64_t words[WORDS]
        cdef Known* known
        cdef int length
        if end == NOWHERE:
            return NOWHERE
        if end - place >= LONGEST_KNOWN:
            self._last = 0
            name[0] = self._name(text + place, end - place, within)
            return end + 1
        length = end - place + 1
        known = self._place_of(text + place, length, within, words)
        if known.within != within or known.size != length or memcmp(known.text, words, LONGEST_KNOWN) != 0:
            self._remember(known, words, length, within, self._name(text + place, length - 1, within))
        self._known[self._last].next = known - self._known
        self._last = known - self._known
        name[0] = known.name
        return end + 1

    cdef int _name(self, const uint8_t* text, Py_ssize_t length, int within) noexcept nogil:
        cdef int name
        for name in range(self._count):
            if self._within[name] == within and self._lengths[name] == length:
                if memcmp(self._texts[name], text, length) == 0:
                    return name
        return OF_NOTHING

    cdef Known* _place_of(self, const uint8_t* text, int size, int within, uint64_t* words) noexcept nogil:
        """The one place for such a name, whose bytes are copied to *words*."""
        cdef uint64_t mixed = within
        cdef int word
        memset(words, 0, LONGEST_KNOWN)
        memcpy(words, text, size)
        for word in range(WORDS):
            mixed = (mixed ^ words[word]) * 0x9E3779B97F4A7C15ULL
            mixed ^= mixed >> 29
        return &self._known[1 + mixed % (KNOWN - 1)]

    cdef void _remember(self, Known* known, const uint64_t* words, int size, int within, int name) noexcept nogil:
        memcpy(known.text, words, LONGEST_KNOWN)
        memset(known.keep, 0, LONGEST_KNOWN)
        memset(known.keep, 0xFF, size)
        known.size, known.within, known.name, known.next = size, within, name, 0
