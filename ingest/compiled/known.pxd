cimport cython
from libc.stdint cimport int32_t, uint8_t, uint32_t

cdef enum Saying:
    NOTHING = 0
    SOMETHING = 1
    UNSURE = 2

cdef enum Kind:
    NOT_PLAIN = 0
    PLAIN = 1
    PLAIN_WITHOUT_DOTS = 2

cdef enum:
    LONGEST_NOTHING = 31  # bytes, in whatever way it is written
    MOST_NOTHINGS = 256
    LONGEST_DOMAIN = 64
    SLOTS = 1 << 14
    MOST_MET = 1 << 14


cdef inline uint8_t lowered(uint8_t character) noexcept nogil:
    return character | 0x20 if 65 <= character <= 90 else character


@cython.final
cdef class Nothings:
    cdef uint8_t _firsts[256]
    cdef uint8_t _texts[MOST_NOTHINGS][LONGEST_NOTHING]
    cdef uint8_t _places[256][LONGEST_NOTHING + 2]

    cdef Saying judge(self, const uint8_t* start, const uint8_t* stop) noexcept nogil


@cython.final
cdef class Domains:
    cdef object _is_plain
    cdef uint8_t _names[SLOTS][LONGEST_DOMAIN]
    cdef uint8_t _lengths[SLOTS]
    cdef uint8_t _kinds[SLOTS]
    cdef uint32_t _blocks[SLOTS]
    cdef int32_t _numbers[SLOTS]
    cdef uint8_t _met[MOST_MET][LONGEST_DOMAIN]
    cdef uint8_t _met_lengths[MOST_MET]
    cdef uint8_t _met_kinds[MOST_MET]
    cdef uint32_t _block
    cdef int32_t _count

    cdef void begin(self) noexcept nogil
    cdef int32_t number(self, const uint8_t* start, const uint8_t* stop) except -2 nogil
    cdef inline bint ignores_dots(self, int32_t number) noexcept nogil:
        """Whether mailboxes ignore dots at the domain of that *number*."""
        return self._met_kinds[number] == PLAIN_WITHOUT_DOTS

    cdef int _learn(self, uint32_t slot, bytes domain) except -1
