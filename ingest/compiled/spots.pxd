from libc.stdint cimport uint8_t

cdef enum Verdict:
    NOBODY
    SOMEBODY
    UNCLEAR

cdef struct Spot:
    Py_ssize_t at  # where the @ is
    Py_ssize_t behind  # it, however it is written
    Py_ssize_t before  # the local part and an apostrophe that leads
    Py_ssize_t start  # of the local part
    Py_ssize_t stop  # of the domain
    Py_ssize_t next  # behind it, and behind dots and hyphens
    Py_ssize_t done  # behind all that was looked at and names nobody else

cdef uint8_t IS_HARD[256]  # separates, whatever escapes stand around it

cdef Py_ssize_t at_sign(const uint8_t* text, Py_ssize_t left) noexcept nogil
cdef Verdict judge(const uint8_t* text, Py_ssize_t size, Spot* spot) noexcept nogil
