# cython: language_level=3
"""What is known of values beforehand: which say nothing, and which domains are plain."""

cimport cython
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum FirstByte:
    OF_SOMETHING = 0
    OF_SOME_NOTHING = 1
    OF_WHATEVER = 2

_FOLD_TO_ASCII = {"k": 0xE2, "s": 0xC5}  # what the signs for Kelvin and for a long s begin with
_OF_BLANKS = (*range(0x21), 0x7F, 0xC2, 0xEF)  # blanks beyond ASCII begin with the last two


@cython.final
cdef class Nothings:
    """Knows which values say nothing: an empty one, and *texts* in any letter case."""

    def __init__(self, texts):
        known = {text.encode() for text in texts if text}
        plain = sorted((text for text in known if text.isascii()), key=lambda text: (text[0], len(text)))
        if len(plain) >= MOST_NOTHINGS or len(max(plain, key=len)) > LONGEST_NOTHING:
            raise ValueError("more texts, or longer ones, than there is room for")
        odd = {text[0] for text in known} | {_FOLD_TO_ASCII.get(chr(text[0]), 0) for text in plain}
        for first in (*_OF_BLANKS, *odd):
            self._firsts[first] = OF_WHATEVER
        for number, text in enumerate(plain):
            self._firsts[text[0]] = OF_SOME_NOTHING
            memcpy(self._texts[number], <const uint8_t*>text, len(text))
            for length in range(len(text) + 1, LONGEST_NOTHING + 2):
                self._places[text[0]][length] = number + 1
        for first in {text[0] for text in plain}:
            before = next(number for number, text in enumerate(plain) if text[0] == first)
            for length in range(LONGEST_NOTHING + 2):
                self._places[first][length] = max(self._places[first][length], before)

    cdef Saying judge(self, const uint8_t* start, const uint8_t* stop) noexcept nogil:
        """What the value says that stands from *start* to *stop*."""
        cdef Py_ssize_t length = stop - start, place
        cdef int row
        cdef uint8_t first
        if length == 0:
            return NOTHING
        first = lowered(start[0])
        if self._firsts[first] == OF_SOMETHING:
            return SOMETHING
        if self._firsts[first] == OF_WHATEVER or not 0x21 <= stop[-1] <= 0x7E:
            return UNSURE
        if length > LONGEST_NOTHING:
            return SOMETHING
        for row in range(self._places[first][length], self._places[first][length + 1]):
            place = 1
            while place < length and lowered(start[place]) == self._texts[row][place]:
                place += 1
            if place == length:
                return NOTHING
        for place in range(length):
            if not 0x20 <= start[place] < 0x80:
                return UNSURE
        return SOMETHING


@cython.final
cdef class Domains:
    """Numbers the plain domains of a block as they are met; *is_plain* says of each, once, whether it is one.

    It answers None, or whether the domain's mailboxes ignore dots. Each domain has the one place that its bytes say,
    and who comes later takes it over, so the memory does not grow; a domain may then have a second number.
    """

    def __init__(self, is_plain):
        self._is_plain = is_plain

    def met(self):
        """The domains of the block, by their numbers."""
        return [self._met[number][:self._met_lengths[number]] for number in range(self._count)]

    cdef void begin(self) noexcept nogil:
        """A new block begins, in which none was met."""
        self._block += 1
        self._count = 0

    cdef int32_t number(self, const uint8_t* start, const uint8_t* stop) except -2 nogil:
        """The number of the domain from *start* to *stop*, in lower case; -1 where it is not plain, or one too many.

        7 bytes more can be read behind it.
        """
        cdef Py_ssize_t length = stop - start
        cdef uint32_t slot
        if not 0 < length <= LONGEST_DOMAIN:
            return -1
        slot = hashed(start, length) % SLOTS
        if self._lengths[slot] != length or not are_alike(self._names[slot], start, length):
            with gil:
                self._learn(slot, start[:length])
        if self._kinds[slot] == NOT_PLAIN:
            return -1
        if self._blocks[slot] != self._block:
            if self._count == MOST_MET:
                return -1
            memcpy(self._met[self._count], start, length)
            self._met_lengths[self._count], self._met_kinds[self._count] = length, self._kinds[slot]
            self._blocks[slot], self._numbers[slot] = self._block, self._count
            self._count += 1
        return self._numbers[slot]

    cdef int _learn(self, uint32_t slot, bytes domain) except -1:
        is_plain = self._is_plain(domain)
        self._kinds[slot] = NOT_PLAIN if is_plain is None else PLAIN_WITHOUT_DOTS if is_plain else PLAIN
        memcpy(self._names[slot], <const uint8_t*>domain, len(domain))
        self._lengths[slot], self._blocks[slot] = len(domain), 0
        return 0


cdef inline uint64_t word(const uint8_t* text, Py_ssize_t length) noexcept nogil:
    """What stands in *length* bytes of *text*, or in the first eight; so many can be read."""
    cdef uint64_t eight
    memcpy(&eight, text, 8)
    return eight if length >= 8 else eight << (64 - 8 * length)


cdef inline uint32_t hashed(const uint8_t* text, Py_ssize_t length) noexcept nogil:
    cdef uint64_t number = 0
    cdef Py_ssize_t place
    for place in range(0, length, 8):
        number = (number ^ word(text + place, length - place)) * 0x9E3779B97F4A7C15ULL
        number ^= number >> 32
    return <uint32_t>number


cdef inline bint are_alike(const uint8_t* text, const uint8_t* other, Py_ssize_t length) noexcept nogil:
    cdef Py_ssize_t place = 0
    while place < length and word(text + place, length - place) == word(other + place, length - place):
        place += 8
    return place >= length
