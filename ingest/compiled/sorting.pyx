# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Keys that are evenly spread, as digests are, put in order: into buckets by their first bits, then within each."""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport qsort

import numpy as np

cdef extern from *:
    int leading_zeros "__builtin_clzll"(uint64_t word) noexcept nogil

cdef enum:
    FEW = 24  # keys that are put in order one by one; of evenly spread ones hardly a bucket has more

cdef uint64_t SIGN = <uint64_t>1 << 63

cdef struct Entry:
    uint64_t key  # with the lowest key as 0
    int64_t place


def in_order(const int64_t[::1] keys):
    """*keys* from the lowest on, and the place of each among *keys*. Equal ones stay in the order in which they stood.

    As quick as told only where the keys are spread evenly between the lowest and the highest.
    """
    cdef Py_ssize_t count = keys.shape[0], row, bucket
    cdef uint64_t lowest = <uint64_t>-1, highest = 0, key
    cdef int bits = 1, shift
    ordered, places = np.empty(count, np.int64), np.empty(count, np.int64)
    if not count:
        return ordered, places
    if count >> 31:
        raise ValueError("more keys than can be put in order at once")
    while (<Py_ssize_t>4 << bits) < count:
        bits += 1
    cdef uint32_t[::1] ends = np.zeros((1 << bits) + 1, np.uint32)
    cdef uint64_t[::1] room = np.empty(2 * count, np.uint64)
    cdef int64_t[::1] ordered_view = ordered, places_view = places
    cdef Entry* entries = <Entry*>&room[0]
    with nogil:
        for row in range(count):
            key = <uint64_t>keys[row] ^ SIGN
            lowest = min(lowest, key)
            highest = max(highest, key)
        shift = 0 if highest == lowest else max(64 - leading_zeros(highest - lowest) - bits, 0)
        for row in range(count):
            ends[(((<uint64_t>keys[row] ^ SIGN) - lowest) >> shift) + 1] += 1
        for bucket in range(1, ends.shape[0]):
            ends[bucket] += ends[bucket - 1]
        for row in range(count):
            key = (<uint64_t>keys[row] ^ SIGN) - lowest
            entries[ends[key >> shift]] = Entry(key, row)
            ends[key >> shift] += 1
        row = 0
        for bucket in range(ends.shape[0] - 1):
            _put_in_order(entries + row, ends[bucket] - row)
            row = ends[bucket]
        for row in range(count):
            ordered_view[row] = <int64_t>((entries[row].key + lowest) ^ SIGN)
            places_view[row] = entries[row].place
    return ordered, places


cdef inline void _put_in_order(Entry* entries, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t row, at
    cdef Entry one
    if count > FEW:
        qsort(entries, count, sizeof(Entry), _compared)
        return
    for row in range(1, count):
        one = entries[row]
        at = row
        while at and entries[at - 1].key > one.key:
            entries[at] = entries[at - 1]
            at -= 1
        entries[at] = one


cdef int _compared(const void* left, const void* right) noexcept nogil:
    cdef const Entry* one = <const Entry*>left
    cdef const Entry* other = <const Entry*>right
    if one.key != other.key:
        return 1 if one.key > other.key else -1
    return 1 if one.place > other.place else -1
