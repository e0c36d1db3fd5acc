"""Tokens of JSON, as RFC 8259 has them: where each ends. One that is none, or may be read in two ways, ends NOWHERE.

All stand in a block that ends with a line feed, which is in no token: nothing is looked at behind one.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcmp, memcpy

from ingest.compiled.bits cimport lowest_bit

cdef enum:
    NOWHERE = -1
    QUOTE = 34
    COMMA = 44
    MINUS = 45
    DOT = 46
    ZERO = 48
    COLON = 58
    BRACKET = 91
    BACKSLASH = 92
    BRACE = 123
    TO_CLOSING = 2  # from an opening bracket or brace
    DEEPEST = 60
    SHORT_LITERAL = 4  # bytes of true and null

cdef enum:
    EVERY = 0x0101010101010101
    HIGHS = 0x8080808080808080ULL


cdef inline Py_ssize_t behind_blanks(const uint8_t* text, Py_ssize_t place) noexcept nogil:
    while text[place] == 32 or text[place] == 9:
        place += 1
    return place


cdef inline bint is_digit(uint8_t character) noexcept nogil:
    return 48 <= character <= 57


cdef inline int character_size(const uint8_t* text) noexcept nogil:
    """Of a character beyond ASCII; 0 where there is none, or it may be part of a mark of byte order."""
    cdef uint8_t first = text[0], second = text[1]
    if second & 0xC0 != 0x80 or first < 0xC2 or first > 0xF4:
        return 0
    if first < 0xE0:
        return 0 if first == 0xC3 and second == 0xAF and text[2] == 0xC2 and text[3] == 0xBB else 2
    if text[2] & 0xC0 != 0x80 or (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F):
        return 0
    if first < 0xF0:
        return 0 if first == 0xEF and second == 0xBB and text[2] == 0xBF else 3
    if text[3] & 0xC0 != 0x80 or (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F):
        return 0
    return 4


cdef inline bint is_short_escape(uint8_t character) noexcept nogil:
    return (
        character == QUOTE or character == BACKSLASH or character == 47 or character == 98
        or character == 102 or character == 110 or character == 114 or character == 116
    )


cdef inline Py_ssize_t odd_byte(const uint8_t* text, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Where the next quote, backslash, control character or byte beyond ASCII is."""
    cdef uint64_t word, found
    while place + 8 <= size:
        memcpy(&word, text + place, 8)
        found = (word ^ EVERY * QUOTE) - EVERY | (word ^ EVERY * BACKSLASH) - EVERY | word - EVERY * 32 | word
        found &= HIGHS  # the lowest of these is right; others may be borrowed from those below
        if found:
            return place + (lowest_bit(found) >> 3)
        place += 8
    while 32 <= text[place] < 0x80 and text[place] != QUOTE and text[place] != BACKSLASH:
        place += 1
    return place


cdef inline Py_ssize_t string_end(const uint8_t* text, Py_ssize_t place, Py_ssize_t size, bint is_bare) noexcept nogil:
    """Where the quote is behind the string that begins at *place*; *is_bare*: which holds no escapes."""
    cdef int length
    while True:
        place = odd_byte(text, place, size)
        if text[place] == QUOTE:
            return place
        if text[place] >= 0x80:
            length = character_size(text + place)
        else:
            length = 2 if text[place] == BACKSLASH and not is_bare and is_short_escape(text[place + 1]) else 0
        if length == 0:
            return NOWHERE
        place += length


cdef inline Py_ssize_t digits_end(const uint8_t* text, Py_ssize_t place) noexcept nogil:
    if not is_digit(text[place]):
        return NOWHERE
    while is_digit(text[place]):
        place += 1
    return place


cdef inline Py_ssize_t number_end(const uint8_t* text, Py_ssize_t place, bint* is_whole) noexcept nogil:
    """Behind a number; *is_whole*: which is written without a fraction or a power."""
    place += text[place] == MINUS
    place = place + 1 if text[place] == ZERO else digits_end(text, place)
    is_whole[0] = True
    if place != NOWHERE and text[place] == DOT:
        is_whole[0] = False
        place = digits_end(text, place + 1)
    if place != NOWHERE and text[place] | 32 == 101:
        is_whole[0] = False
        place += 1
        place = digits_end(text, place + (text[place] == 43 or text[place] == MINUS))
    return place


cdef inline Py_ssize_t literal_end(const uint8_t* text, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Behind true, false or null."""
    if place + SHORT_LITERAL >= size:
        return NOWHERE
    if memcmp(text + place, b"true", SHORT_LITERAL) == 0 or memcmp(text + place, b"null", SHORT_LITERAL) == 0:
        return place + SHORT_LITERAL
    if memcmp(text + place, b"fals", SHORT_LITERAL) == 0 and text[place + SHORT_LITERAL] == 101:
        return place + SHORT_LITERAL + 1
    return NOWHERE


cdef inline Py_ssize_t plain_end(const uint8_t* text, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Behind a value that is no list and no object."""
    cdef bint is_whole
    if text[place] == QUOTE:
        place = string_end(text, place + 1, size, False)
        return place if place == NOWHERE else place + 1
    if text[place] == MINUS or is_digit(text[place]):
        return number_end(text, place, &is_whole)
    return literal_end(text, place, size)


cdef inline Py_ssize_t key_end(const uint8_t* text, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Where the value begins of the member that begins at *place*."""
    if text[place] != QUOTE:
        return NOWHERE
    place = string_end(text, place + 1, size, False)
    if place == NOWHERE:
        return NOWHERE
    place = behind_blanks(text, place + 1)
    return behind_blanks(text, place + 1) if text[place] == COLON else NOWHERE


cdef inline Py_ssize_t value_end(const uint8_t* text, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Behind whatever value begins at *place*."""
    cdef uint64_t opened = 0  # a bit for each list or object around *place*: 1 for an object
    cdef int depth = 0
    cdef uint8_t first
    while True:
        first = text[place]
        if first == BRACE or first == BRACKET:
            if depth == DEEPEST:
                return NOWHERE
            depth += 1
            opened = opened << 1 | (first == BRACE)
            place = behind_blanks(text, place + 1)
            if text[place] != first + TO_CLOSING:
                if first == BRACE:
                    place = key_end(text, place, size)
                    if place == NOWHERE:
                        return NOWHERE
                continue
        else:
            place = plain_end(text, place, size)
            if place == NOWHERE or depth == 0:
                return place
            place = behind_blanks(text, place)
        place = after_value(text, place, size, &opened, &depth)
        if place == NOWHERE or depth == 0:
            return place


cdef inline Py_ssize_t after_value(
    const uint8_t* text, Py_ssize_t place, Py_ssize_t size, uint64_t* opened, int* depth
) noexcept nogil:
    """Behind all that ends at *place*: where the next value begins, or where the last list or object ended."""
    while text[place] == (BRACE if opened[0] & 1 else BRACKET) + TO_CLOSING:
        place += 1
        opened[0] >>= 1
        depth[0] -= 1
        if depth[0] == 0:
            return place
        place = behind_blanks(text, place)
    if text[place] != COMMA:
        return NOWHERE
    place = behind_blanks(text, place + 1)
    return key_end(text, place, size) if opened[0] & 1 else place
