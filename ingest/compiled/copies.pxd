"""Copies of addresses, shortened."""

from libc.stdint cimport uint8_t

cdef enum:
    _PLUS = 43
    _DOT = 46
    _AT = 64


cdef inline Py_ssize_t copied(
    const uint8_t* address, Py_ssize_t length, uint8_t* to, bint is_base, bint is_dotless
) noexcept nogil:
    """Copy an address without its tag, or without the dots of its local part; how long it is then.

    *to* may be where it stands, since nothing moves towards its end.
    """
    cdef Py_ssize_t place, end = 0
    cdef bint is_local = True, is_tag = False
    for place in range(length):
        if address[place] == _AT:
            is_local = is_tag = False
        elif address[place] == _PLUS and is_base:
            is_tag = True
        if not is_tag and not (is_dotless and is_local and address[place] == _DOT):
            to[end] = address[place]
            end += 1
    return end
