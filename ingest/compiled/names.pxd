cimport cython
from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    MOST_NAMES = 256
    LONGEST_NAME = 64
    KNOWN = 512
    LONGEST_KNOWN = 32  # bytes, its closing quote among them
    WORDS = 4
    OF_NOTHING = -1
    ON_TOP = 0

cdef struct Known:
    uint64_t text[WORDS]
    uint64_t keep[WORDS]
    int size, within, name, next


@cython.final
cdef class Names:
    cdef uint8_t _texts[MOST_NAMES][LONGEST_NAME]
    cdef Py_ssize_t _lengths[MOST_NAMES]
    cdef int _within[MOST_NAMES]
    cdef int _count
    cdef int inside[MOST_NAMES]
    cdef int column[MOST_NAMES]
    cdef Known _known[KNOWN]
    cdef int _last

    cdef void begin(self) noexcept nogil
    cdef Py_ssize_t passed(self, const uint8_t* text, Py_ssize_t place, Py_ssize_t size, int within, int* name) noexcept nogil
    cdef Py_ssize_t _looked_up(self, const uint8_t* text, Py_ssize_t place, Py_ssize_t size, int within, int* name) noexcept nogil
    cdef int _name(self, const uint8_t* text, Py_ssize_t length, int within) noexcept nogil
    cdef Known* _place_of(self, const uint8_t* text, int size, int within, uint64_t* words) noexcept nogil
    cdef void _remember(self, Known* known, const uint64_t* words, int size, int within, int name) noexcept nogil
    cdef int _enter(self, bytes text, int within) except -1
