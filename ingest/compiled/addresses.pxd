cimport cython
from libc.stdint cimport int64_t, uint8_t

from ingest.compiled.known cimport Domains

cdef enum:
    LONGEST_ADDRESS = 64  # bytes of a plain one
    BEHIND = 64  # bytes that can be written behind the last text


@cython.final
cdef class Addresses:
    cdef Domains _domains
    cdef int64_t[::1] _starts, _lengths, _domain_of, _base_starts, _base_lengths, _base_of
    cdef uint8_t[::1] _text, _base_text
    cdef Py_ssize_t count, _room, _bases, _end, _base_end

    cdef void begin(self) noexcept nogil
    cdef int make_room(self, Py_ssize_t size, Py_ssize_t count) except -1
    cdef bint take(self, const uint8_t* field, Py_ssize_t length) except -1 nogil

    cdef inline uint8_t* next_text(self) noexcept nogil:
        """Where the next address is to be written."""
        return &self._text[self._end]

    cdef bint has_room(self, Py_ssize_t length) noexcept nogil
    cdef bint enter(self, Py_ssize_t at, Py_ssize_t length, bint is_tagged) except -1 nogil
    cdef void drop_last(self) noexcept nogil
    cdef void _enter_base(self, const uint8_t* address, Py_ssize_t length) noexcept nogil
