# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""AES-CMAC over columns: the blocks of many values are laid side by side, so that a cipher does them all at once."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

import numpy as np

cdef extern from *:
    uint64_t swapped "__builtin_bswap64"(uint64_t word) noexcept nogil

cdef enum:
    BLOCK = 16
    AT_ONCE = 1 << 14  # values: what is computed on the way stays in the processor's cache
    NOT_THE_LAST = BLOCK + 1


@cython.final
cdef class Chains:
    """CBC over the blocks of values. *encrypt* enciphers blocks from one buffer into another, which is a block longer.

    *pads* says, for each number of bytes that a last block uses, what it is to be XORed with. For one thread alone.
    """

    cdef object _encrypt, _block_bytes, _state_bytes
    cdef uint64_t _keep[NOT_THE_LAST + 1][2]
    cdef uint64_t _pad[NOT_THE_LAST + 1][2]
    cdef uint64_t[::1] _blocks, _states
    cdef int64_t[::1] _rows

    def __init__(self, encrypt, pads):
        cdef int used
        self._encrypt = encrypt
        for used in range(NOT_THE_LAST + 1):
            keep = b"\xff" * min(used, BLOCK) + bytes(BLOCK - min(used, BLOCK))
            pad = pads[used] if used <= BLOCK else bytes(BLOCK)
            memcpy(self._keep[used], <const uint8_t*>keep, BLOCK)
            memcpy(self._pad[used], <const uint8_t*>pad, BLOCK)
        blocks, states = np.empty(2 * AT_ONCE, np.uint64), np.empty(2 * AT_ONCE + 2, np.uint64)
        self._blocks, self._block_bytes = blocks, blocks.view(np.uint8).data
        self._states, self._state_bytes = states, states.view(np.uint8).data
        self._rows = np.empty(AT_ONCE, np.int64)

    def digests(self, const uint8_t[::1] data, const int64_t[::1] starts, const int64_t[::1] lengths):
        """The first 64 bits of each value's last state, big-endian. *data* has 16 bytes behind the last value."""
        cdef Py_ssize_t first, values = starts.shape[0], row, size = data.shape[0]
        found = np.empty(values, np.int64)
        if lengths.shape[0] != values:
            raise ValueError("a length for each start")
        with nogil:
            for row in range(values):
                if starts[row] < 0 or not 0 <= lengths[row] <= size - BLOCK - starts[row]:
                    break
            else:
                row = values
        if row < values:
            raise IndexError("a value lies beyond the data")
        for first in range(0, values, AT_ONCE):
            self._some(&data[0], starts[first:first + AT_ONCE], lengths[first:first + AT_ONCE], found[first:first + AT_ONCE])
        return found

    cdef int _some(
        self, const uint8_t* data, const int64_t[::1] starts, const int64_t[::1] lengths, int64_t[::1] found
    ) except -1:
        cdef Py_ssize_t row, left = starts.shape[0], done = 0
        for row in range(left):
            self._rows[row] = row
            self._states[2 * row] = self._states[2 * row + 1] = 0
        while left:
            with nogil:
                self._fill(data, &starts[0], &lengths[0], left, done)
            self._encrypt(self._block_bytes[:BLOCK * left], self._state_bytes[:BLOCK * left + BLOCK])
            done += BLOCK
            with nogil:
                left = self._take_ended(&lengths[0], left, done, &found[0])
        return 0

    cdef void _fill(
        self, const uint8_t* data, const int64_t* starts, const int64_t* lengths, Py_ssize_t count, Py_ssize_t done
    ) noexcept nogil:
        """Lay out the next block of those values that have one, of all of which so many bytes are *done*."""
        cdef Py_ssize_t place
        cdef int64_t row, used
        cdef uint64_t two[2]
        for place in range(count):
            row = self._rows[place]
            used = min(lengths[row] - done, <int64_t>NOT_THE_LAST)
            memcpy(two, data + starts[row] + done, BLOCK)
            self._blocks[2 * place] = two[0] & self._keep[used][0] ^ self._pad[used][0] ^ self._states[2 * place]
            self._blocks[2 * place + 1] = two[1] & self._keep[used][1] ^ self._pad[used][1] ^ self._states[2 * place + 1]

    cdef Py_ssize_t _take_ended(
        self, const int64_t* lengths, Py_ssize_t count, Py_ssize_t done, int64_t* found
    ) noexcept nogil:
        """Take the states of values that have ended, and move the others together; how many these are."""
        cdef Py_ssize_t place, left = 0
        cdef int64_t row
        for place in range(count):
            row = self._rows[place]
            if lengths[row] > done:
                self._rows[left] = row
                self._states[2 * left] = self._states[2 * place]
                self._states[2 * left + 1] = self._states[2 * place + 1]
                left += 1
            else:
                found[row] = <int64_t>swapped(self._states[2 * place])
        return left
