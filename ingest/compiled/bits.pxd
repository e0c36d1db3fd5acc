"""Bits for bytes: where some stand among 64, as a word whose lowest bit is the first byte's. Little-endian."""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

cdef extern from *:
    int lowest_bit "__builtin_ctzll"(unsigned long long word) noexcept nogil


cdef inline uint64_t packed(const uint8_t* ones) noexcept nogil:
    """A bit for each of 64 bytes, each of which is 0 or 1."""
    cdef uint64_t bits = 0, eight
    cdef int place
    for place in range(8):
        memcpy(&eight, ones + 8 * place, 8)
        bits |= (eight * 0x0102040810204080ULL >> 56) << (8 * place)
    return bits


cdef inline uint64_t standing(const uint8_t* text, uint8_t one, uint8_t other) noexcept nogil:
    """Where *one* or *other* stands among 64 bytes."""
    cdef uint8_t found[64]
    cdef int place
    for place in range(64):
        found[place] = (text[place] == one) | (text[place] == other)
    return packed(found)
