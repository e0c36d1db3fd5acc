# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Keys that are evenly spread, as digests are, put in order: into buckets by their first bits, then within each."""

cimport cython
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport qsort

import numpy as np

ctypedef fused Word:
    uint32_t
    uint64_t

cdef extern from *:
    int leading_zeros "__builtin_clzll"(uint64_t word) noexcept nogil

cdef enum:
    FEW = 24  # keys that are put in order one by one; of evenly spread ones hardly a bucket has more
    A_BUCKET = 2  # keys, at most, if they are spread evenly

cdef uint64_t SIGN = <uint64_t>1 << 63  # what makes of integers with a sign others in the same order without one

cdef struct Entry:
    uint64_t key
    uint64_t word


def in_order(const int64_t[::1] keys):
    """*keys* from the lowest on, and the place of each among *keys*. Equal ones stay in the order in which they stood.

    As quick as it can be where the keys are spread evenly between the lowest and the highest.
    """
    cdef Py_ssize_t count = keys.shape[0], at
    ordered, places = np.empty(count, np.int64), np.empty(count, np.int64)
    cdef int64_t[::1] to_keys = ordered, to_places = places
    cdef _Entries entries = _Entries(count)
    with nogil:
        entries.enter[uint64_t](keys, NULL)
        for at in range(count):
            to_keys[at] = <int64_t>(entries.all[at].key ^ SIGN)
            to_places[at] = entries.all[at].word
    return ordered, places


def united(const int64_t[::1] keys, const Word[::1] words):
    """Each of *keys* once, from the lowest on, and the bits of all its *words*."""
    cdef Py_ssize_t count = keys.shape[0], at, last = -1
    if words.shape[0] != count:
        raise ValueError("a word for each key")
    ordered, joined = np.empty(count, np.int64), np.empty(count, np.asarray(words).dtype)
    cdef int64_t[::1] to_keys = ordered
    cdef Word[::1] to_words = joined
    cdef _Entries entries = _Entries(count)
    with nogil:
        entries.enter(keys, &words[0] if count else NULL)
        for at in range(count):
            if not at or entries.all[at].key != entries.all[at - 1].key:
                last += 1
                to_keys[last] = <int64_t>(entries.all[at].key ^ SIGN)
                to_words[last] = 0
            to_words[last] |= <Word>entries.all[at].word
    return ordered[:last + 1], joined[:last + 1]


@cython.final
cdef class _Entries:
    """Room for keys, each with a word, which are in order once they were entered."""

    cdef Entry* all
    cdef uint64_t[::1] _room
    cdef uint32_t[::1] _ends  # of each bucket
    cdef int _bits

    def __init__(self, Py_ssize_t count):
        if count >> 31:
            raise ValueError("more keys than can be put in order at once")
        self._bits = 1
        while (<Py_ssize_t>A_BUCKET << self._bits) < count:
            self._bits += 1
        self._room, self._ends = np.empty(2 * count + 1, np.uint64), np.zeros((1 << self._bits) + 1, np.uint32)
        self.all = <Entry*>&self._room[0]

    cdef void enter(self, const int64_t[::1] keys, const Word* words) noexcept nogil:
        """Where there are no *words*, the place of each key is its own."""
        cdef Py_ssize_t count = keys.shape[0], at, bucket
        cdef uint64_t lowest = <uint64_t>-1, highest = 0, key
        cdef uint32_t* ends = &self._ends[0]
        cdef uint32_t most = 0
        for at in range(count):
            key = <uint64_t>keys[at] ^ SIGN
            lowest = min(lowest, key)
            highest = max(highest, key)
        cdef int shift = max(64 - leading_zeros((highest - lowest) | 1) - self._bits, 0)
        for at in range(count):
            ends[(((<uint64_t>keys[at] ^ SIGN) - lowest) >> shift) + 1] += 1
        for bucket in range(1, self._ends.shape[0]):
            most = max(most, ends[bucket])
            ends[bucket] += ends[bucket - 1]
        for at in range(count):
            key = <uint64_t>keys[at] ^ SIGN
            bucket = (key - lowest) >> shift
            self.all[ends[bucket]] = Entry(key, words[at] if words else at)
            ends[bucket] += 1
        if most > FEW:
            self._put_many_in_order()
        _put_in_order(self.all, count)

    cdef void _put_many_in_order(self) noexcept nogil:
        """The buckets with more than a few."""
        cdef Py_ssize_t bucket, first = 0, count
        for bucket in range(self._ends.shape[0] - 1):
            count = self._ends[bucket] - first
            if count > FEW:
                qsort(self.all + first, count, sizeof(Entry), _compared)
            first = self._ends[bucket]


cdef inline void _put_in_order(Entry* entries, Py_ssize_t count) noexcept nogil:
    """Each is moved past those before it that are greater; a few at most where buckets are in order."""
    cdef Py_ssize_t place, at
    cdef Entry one
    for place in range(1, count):
        if entries[place - 1].key > entries[place].key:
            one, at = entries[place], place
            while at and entries[at - 1].key > one.key:
                entries[at] = entries[at - 1]
                at -= 1
            entries[at] = one


cdef int _compared(const void* left, const void* right) noexcept nogil:
    cdef const Entry* one = <const Entry*>left
    cdef const Entry* other = <const Entry*>right
    if one.key != other.key:
        return 1 if one.key > other.key else -1
    return (one.word > other.word) - (one.word < other.word)
