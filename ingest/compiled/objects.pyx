# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The plain records of JSON lines: every byte is looked at once, to know that it is JSON and where the values are."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy

import numpy as np

from ingest.compiled.addresses cimport BEHIND, Addresses
from ingest.compiled.known cimport NOTHING, SOMETHING, UNSURE, Nothings, Saying
from ingest.compiled.names cimport MOST_NAMES, OF_NOTHING, ON_TOP, Names
from ingest.compiled.tokens cimport (
    BRACE,
    BRACKET,
    COLON,
    COMMA,
    DOT,
    MINUS,
    NOWHERE,
    QUOTE,
    TO_CLOSING,
    ZERO,
    behind_blanks,
    is_digit,
    literal_end,
    number_end,
    string_end,
    value_end,
)

cdef enum:
    FEED = 10
    RETURN = 13
    SPACE = 32
    MOST_COLUMNS = 64
    LONGEST_ID = 1024
    SHORTEST_LINE = 8  # bytes: those of {"k":1} and its end
    LONGEST_LINE = 1 << 20

cdef enum Kind:
    ABSENT = 0  # or null
    TEXT = 1
    WHOLE = 2  # a number without a fraction
    OTHER = 3  # another number, true or false: it says something

cdef struct Value:
    const uint8_t* start
    const uint8_t* stop
    Kind kind


@cython.final
cdef class Objects:
    """Takes the plain records out of blocks of JSON lines.

    *names* says where the values of columns stand, from 0 to *width*; *address* is the number of the column of the
    address, or negative where there is none. *keys* are those by which others find its person, *references* those by
    which a record without an address waits for it. Records of one address that stand together are one row.
    What it tells is of the block it was given last. For one thread alone.
    """

    cdef Py_ssize_t _width, _address, _room, _waiting, _left
    cdef Names _names
    cdef Nothings _nothings
    cdef Addresses _addresses
    cdef const int64_t[::1] _keys, _references
    cdef Value _values[MOST_COLUMNS]
    cdef uint8_t _said[MOST_COLUMNS]
    cdef uint64_t _met[MOST_NAMES]  # the line in which each was met last
    cdef uint64_t _number
    cdef Value _person
    cdef Value _person_ids[MOST_COLUMNS]
    cdef int64_t[::1] _records
    cdef int64_t[:, ::1] _id_starts, _id_lengths, _id_of, _waits_starts, _waits_lengths
    cdef Py_ssize_t _ids[MOST_COLUMNS]
    cdef Py_ssize_t _id_end
    cdef uint8_t[::1] _id_text, _rest
    cdef uint8_t[:, ::1] _says, _waits_say

    def __init__(self, names, width, address, keys, references, Nothings nothings, Addresses addresses):
        if width > MOST_COLUMNS:
            raise ValueError("more columns than there is room for")
        if len({*keys}) < len(keys) or len({*references}) < len(references):
            raise ValueError("a column twice: there is room for each value once")
        self._names, self._width, self._address = names, width, address
        self._keys, self._references = np.array(keys, np.int64), np.array(references, np.int64)
        self._nothings, self._addresses = nothings, addresses
        self._make_room(0)

    def take(self, const uint8_t[::1] block):
        """Take *block*, which is of whole lines, each ended by a line feed."""
        cdef Py_ssize_t place = 0, size = block.shape[0], key
        if size and block[size - 1] != FEED:
            raise ValueError("a block ends with a line feed")
        if size > self._room:
            self._make_room(size + size // 8)
        self._waiting = self._left = self._id_end = 0
        for key in range(self._keys.shape[0]):
            self._ids[key] = 0
        self._addresses.begin()
        self._person.kind = ABSENT
        with nogil:
            while place < size:
                place = self._line(&block[0], place, size)

    def records(self):
        """How many records each address has that stand together."""
        return np.asarray(self._records[:self._addresses.count])

    def ids(self, Py_ssize_t key):
        """Text, starts and lengths of the ids in that one of the keys, and which of the addresses each was met with."""
        cdef Py_ssize_t count = self._ids[key]
        starts, lengths = np.asarray(self._id_starts[key, :count]), np.asarray(self._id_lengths[key, :count])
        return np.asarray(self._id_text[:self._id_end + BEHIND]), starts, lengths, np.asarray(self._id_of[key, :count])

    def waiting(self, Py_ssize_t reference):
        """Text, starts and lengths of the ids of records without an address in that one of the references."""
        starts = np.asarray(self._waits_starts[reference, :self._waiting])
        lengths = np.asarray(self._waits_lengths[reference, :self._waiting])
        return np.asarray(self._id_text[:self._id_end + BEHIND]), starts, lengths

    def says(self, Py_ssize_t column):
        """Which rows say something in *column*."""
        return np.asarray(self._says[column, :self._addresses.count]).view(np.bool_)

    def waiting_say(self, Py_ssize_t column):
        """Which records without an address say something in *column*."""
        return np.asarray(self._waits_say[column, :self._waiting]).view(np.bool_)

    def rest(self):
        """The other lines."""
        return bytes(self._rest[:self._left])

    cdef Py_ssize_t _line(self, const uint8_t* block, Py_ssize_t start, Py_ssize_t size) except -1 nogil:
        """Take a line, or leave it; where the next begins."""
        cdef Py_ssize_t column, place = NOWHERE
        if block[start] == BRACE:
            for column in range(self._width):
                self._values[column].kind = ABSENT
            self._number += 1
            self._names.begin()
            place = self._object_end(block, start, size, ON_TOP)
        if place != NOWHERE:
            place = behind_blanks(block, place)
            place += block[place] == RETURN
            if block[place] == FEED and place - start < LONGEST_LINE and self._is_taken():
                return place + 1
        place = <const uint8_t*>memchr(block + start, FEED, size - start) + 1 - block
        memcpy(&self._rest[self._left], block + start, place - start)
        self._left += place - start
        return place

    cdef Py_ssize_t _object_end(self, const uint8_t* block, Py_ssize_t place, Py_ssize_t size, int within) noexcept nogil:
        """Behind the object that begins at *place*, whose values are noted."""
        cdef int name
        place = behind_blanks(block, place + 1)
        if block[place] == BRACE + TO_CLOSING:
            return place + 1
        while block[place] == QUOTE:
            place = self._names.passed(block, place + 1, size, within, &name)
            if place == NOWHERE:
                return NOWHERE
            place = behind_blanks(block, place)
            if block[place] != COLON:
                return NOWHERE
            place = behind_blanks(block, place + 1)
            if name == OF_NOTHING:
                place = value_end(block, place, size)
            else:
                place = self._member_end(block, place, size, name)
            if place == NOWHERE:
                return NOWHERE
            place = behind_blanks(block, place)
            if block[place] != COMMA:
                return place + 1 if block[place] == BRACE + TO_CLOSING else NOWHERE
            place = behind_blanks(block, place + 1)
        return NOWHERE

    cdef Py_ssize_t _member_end(self, const uint8_t* block, Py_ssize_t place, Py_ssize_t size, int name) noexcept nogil:
        """Behind the value of that *name*, which is noted."""
        if self._met[name] == self._number:
            return NOWHERE
        self._met[name] = self._number
        if self._names.inside[name] != OF_NOTHING and self._names.column[name] == OF_NOTHING:
            if block[place] == BRACE:
                return self._object_end(block, place, size, self._names.inside[name])
            return literal_end(block, place, size) if block[place] == 110 else NOWHERE
        return self._value_end(block, place, size, &self._values[self._names.column[name]])

    cdef Py_ssize_t _value_end(self, const uint8_t* block, Py_ssize_t place, Py_ssize_t size, Value* value) noexcept nogil:
        """Behind what begins at *place*, noted as *value* unless it is null; it must be the first, and plain."""
        cdef Py_ssize_t end
        cdef bint is_whole
        cdef Kind kind = OTHER
        cdef uint8_t first = block[place]
        if first == QUOTE:
            place += 1
            end = string_end(block, place, size, True)
            kind = TEXT
            if block[place] == BRACKET or block[place] == BRACE:
                return NOWHERE
        elif first == MINUS or is_digit(first):
            end = number_end(block, place, &is_whole)
            kind = WHOLE if is_whole else OTHER
        else:
            end = literal_end(block, place, size)
            if first == 110:
                return end
        if end == NOWHERE or value.kind != ABSENT:
            return NOWHERE
        value.start, value.stop, value.kind = block + place, block + end, kind
        return end + (kind == TEXT)

    cdef bint _is_taken(self) except -1 nogil:
        """Take what the values of a line say, if that is sure."""
        cdef Py_ssize_t column, number
        cdef Saying says
        for column in range(self._width):
            if column != self._address:
                says = self._judged(&self._values[column])
                if says == UNSURE:
                    return False
                self._said[column] = says
        for number in range(self._keys.shape[0]):
            if not self._is_plain_id(self._keys[number]):
                return False
        for number in range(self._references.shape[0]):
            if not self._is_plain_id(self._references[number]):
                return False
        if self._address >= 0 and self._is_person(&self._values[self._address]):
            self._enter_person()
            return True
        return self._waits()

    cdef Saying _judged(self, Value* value) noexcept nogil:
        if value.kind == TEXT:
            return self._nothings.judge(value.start, value.stop)
        if value.kind != WHOLE:
            return NOTHING if value.kind == ABSENT else SOMETHING
        if (value.stop - 1)[0] != ZERO or value.stop - value.start > 2:
            return SOMETHING
        return UNSURE if value.start[0] == MINUS else NOTHING if value.start + 1 == value.stop else SOMETHING

    cdef bint _is_plain_id(self, Py_ssize_t column) noexcept nogil:
        """Whether what stands in *column* is an id as it is, or none at all."""
        cdef Value* value = &self._values[column]
        cdef Py_ssize_t length = value.stop - value.start
        if value.kind == ABSENT or (column != self._address and not self._said[column]):
            return True
        if value.kind == OTHER or length > LONGEST_ID:
            return False
        if length > 2 and (value.stop - 1)[0] == ZERO and (value.stop - 2)[0] == DOT:  # which may be a whole number
            return False
        return length == 0 or (value.stop - 1)[0] != SPACE

    cdef bint _is_person(self, Value* value) except -1 nogil:
        """Whether *value* is a plain address; if it is that of the last row, there is no new one."""
        cdef Py_ssize_t length = value.stop - value.start
        if value.kind != TEXT:
            return False
        if self._person.kind == TEXT and self._person.stop - self._person.start == length:
            if memcmp(self._person.start, value.start, length) == 0:
                return True
        if not self._addresses.take(value.start, length):
            return False
        self._person = value[0]
        self._open_row(self._addresses.count - 1)
        return True

    cdef void _open_row(self, Py_ssize_t row) noexcept nogil:
        cdef Py_ssize_t column, key
        self._records[row] = 0
        for column in range(self._width):
            self._says[column, row] = column == self._address
        for key in range(self._keys.shape[0]):
            self._person_ids[key].kind = ABSENT

    cdef void _enter_person(self) noexcept nogil:
        """Enter what the line says of the last row, and its ids."""
        cdef Py_ssize_t column, key, row = self._addresses.count - 1
        self._records[row] += 1
        for column in range(self._width):
            if column != self._address:
                self._says[column, row] |= self._said[column]
        for key in range(self._keys.shape[0]):
            column = self._keys[key]
            if column == self._address or self._said[column]:
                self._enter_id(key, row, &self._values[column])

    cdef void _enter_id(self, Py_ssize_t key, Py_ssize_t row, Value* value) noexcept nogil:
        """Enter an id of a *row*, unless it is the last that it had."""
        cdef Value* last = &self._person_ids[key]
        cdef Py_ssize_t length = value.stop - value.start, count = self._ids[key]
        if last.kind != ABSENT and last.stop - last.start == length and memcmp(last.start, value.start, length) == 0:
            return
        last[0] = value[0]
        self._id_starts[key, count], self._id_lengths[key, count] = self._id_end, length
        self._id_of[key, count] = row
        self._ids[key] += 1
        self._copy_id(value)

    cdef void _copy_id(self, Value* value) noexcept nogil:
        memcpy(&self._id_text[self._id_end], value.start, value.stop - value.start)
        self._id_end += value.stop - value.start

    cdef bint _waits(self) noexcept nogil:
        """Enter a record that says no address, if it has an id to wait by."""
        cdef Py_ssize_t column, number
        cdef bint has_id = False
        if self._address >= 0:
            self._said[self._address] = False
            if self._judged(&self._values[self._address]) != NOTHING:
                return False
        for number in range(self._references.shape[0]):
            has_id |= self._said[self._references[number]]
        if not has_id:
            return False
        for column in range(self._width):
            self._waits_say[column, self._waiting] = self._said[column]
        for number in range(self._references.shape[0]):
            column = self._references[number]
            self._waits_starts[number, self._waiting], self._waits_lengths[number, self._waiting] = self._id_end, 0
            if self._said[column]:
                self._waits_lengths[number, self._waiting] = self._values[column].stop - self._values[column].start
                self._copy_id(&self._values[column])
        self._waiting += 1
        return True

    cdef int _make_room(self, Py_ssize_t size) except -1:
        """Room for whatever a block of *size* bytes may hold."""
        cdef Py_ssize_t rows = size // SHORTEST_LINE + 1, keys = self._keys.shape[0], references = self._references.shape[0]
        self._room = size
        self._addresses.make_room(size, rows)
        self._id_text, self._rest = np.zeros(size + BEHIND, np.uint8), np.empty(size + 1, np.uint8)
        self._records = np.empty(rows, np.int64)
        self._id_starts, self._id_lengths, self._id_of = (np.empty((keys, rows), np.int64) for _ in range(3))
        self._waits_starts, self._waits_lengths = (np.empty((references, rows), np.int64) for _ in range(2))
        self._says, self._waits_say = (np.empty((self._width, rows), np.uint8) for _ in range(2))
        return 0
