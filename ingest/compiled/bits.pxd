"""Bits for bytes: where some stand among 64, as a word whose lowest bit is the first byte's. Little-endian."""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__SSE2__)
    #include <emmintrin.h>
    #endif

    static CYTHON_INLINE uint64_t packed(const uint8_t* found) {
        uint64_t bits = 0;
    #if defined(__SSE2__)
        for (int part = 0; part < 4; part++) {
            __m128i some = _mm_loadu_si128((const __m128i*)(found + 16 * part));
            bits |= (uint64_t)_mm_movemask_epi8(_mm_slli_epi16(some, 7)) << (16 * part);
        }
    #else
        for (int part = 0; part < 8; part++) {
            uint64_t eight;
            memcpy(&eight, found + 8 * part, 8);
            bits |= ((eight & 0x0101010101010101ULL) * 0x0102040810204080ULL >> 56) << (8 * part);
        }
    #endif
        return bits;
    }
    """
    int lowest_bit "__builtin_ctzll"(unsigned long long word) noexcept nogil
    uint64_t packed(const uint8_t* found) noexcept nogil  # a bit for each of 64 bytes, which are 0, or 1 or 255


cdef inline uint64_t standing(const uint8_t* text, uint8_t one, uint8_t other) noexcept nogil:
    """Where *one* or *other* stands among 64 bytes."""
    cdef uint8_t found[64]
    cdef int place
    for place in range(64):
        found[place] = -((text[place] == one) | (text[place] == other))
    return packed(found)
