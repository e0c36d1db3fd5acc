# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What stands around an @ of free text: for certain a plain address, as `prose` would find it, or for certain nobody.

Nothing is read before the first byte of the text nor behind its last one: around it there might as well be blanks.
"""

from libc.stdint cimport uint8_t

from ingest.compiled.known cimport lowered

cdef enum:
    BLANK = 32
    HASH = 35
    PERCENT = 37
    AMPERSAND = 38
    QUOTE = 39
    DOT = 46
    SLASH = 47
    COLON = 58
    SEMICOLON = 59
    EQUALS = 61
    GREATER = 62
    QUESTION = 63
    AT = 64
    BRACKET = 91
    STROKE = 92
    TICK = 96
    LONGEST_ADDRESS = 64  # characters of a plain one
    LONGEST_RUN = 128  # of characters of a domain
    LONGEST_PIECE = 512  # bytes before or behind an address that are looked at
    LONGEST_ESCAPE = 96  # bytes of an entity that was escaped twice

cdef enum Kind:  # of bytes
    WORD = 1  # letters and digits
    MARK = 2  # of domains
    OF_LOCAL = 4  # other marks of local parts, which always belong to them
    INNER = 8  # marks that may belong to one

SEPARATORS = bytes(range(0x21)) + b'\x7f"<>,()[]{}|'  # as in `prose`

cdef uint8_t KINDS[256]
cdef int _byte
for _byte in range(256):
    IS_HARD[_byte] = _byte in SEPARATORS
    KINDS[_byte] = (
        (WORD if _byte < 128 and chr(_byte).isalnum() else 0)
        | (MARK if _byte in b".-" else 0)
        | (OF_LOCAL if _byte in b"+^_" else 0)
        | (INNER if _byte in b"'" else 0)
    )


cdef Py_ssize_t at_sign(const uint8_t* text, Py_ssize_t left) noexcept nogil:
    """How many bytes the @ has that *text* begins with, in whatever way it is written (`escapes.AT`); 0 for none."""
    cdef Py_ssize_t end = 1
    if text[0] == AT:
        return 1
    if text[0] == PERCENT:
        while stands(text, left, end, b"25", 2):
            end += 2
        if stands(text, left, end, b"5cu0040", 7) or stands(text, left, end, b"26%", 3):
            return end + 7  # or it may be one
        return end + 2 if stands(text, left, end, b"40", 2) else 0
    if text[0] == STROKE:
        if stands(text, left, 1, b"u0026", 5):
            end = entity(text + 5, left - 5)
            return end + 5 if end else 0
        return 6 if stands(text, left, 1, b"u0040", 5) else 4 if stands(text, left, 1, b"x40", 3) else 0
    if text[0] == 0xEF:
        return 3 if stands(text, left, 1, b"\xbc\xa0", 2) or stands(text, left, 1, b"\xb9\xab", 2) else 0
    return entity(text, left) if text[0] == AMPERSAND else 0


cdef Py_ssize_t entity(const uint8_t* text, Py_ssize_t left) noexcept nogil:
    """The same of an entity; its first byte is taken for an ampersand."""
    cdef Py_ssize_t end = 5 if stands(text, left, 1, b"amp;", 4) else 1, digits
    if stands(text, left, end, b"commat;", 7):
        return end + 7
    digits = end + 2 if stands(text, left, end, b"#x", 2) else end + 1
    if not stands(text, left, end, b"#", 1):
        return 0
    end = digits
    while end < digits + 4 and stands(text, left, end, b"0", 1):
        end += 1
    if stands(text, left, end, b"40;" if text[digits - 1] != HASH else b"64;", 3):
        return end + 3
    return 0


cdef bint stands(const uint8_t* text, Py_ssize_t left, Py_ssize_t at, const char* characters, int count) noexcept nogil:
    """Whether *characters*, in either letter case, stand at a place of what is *left*."""
    cdef int place
    if at + count > left:
        return False
    for place in range(count):
        if text[at + place] != <uint8_t>characters[place] and not (
            97 <= <uint8_t>characters[place] <= 122 and text[at + place] == <uint8_t>characters[place] - 32
        ):
            return False
    return True


cdef Verdict judge(const uint8_t* text, Py_ssize_t size, Spot* spot) noexcept nogil:
    """What stands around the @ whose places *spot* tells; the other places, if it is somebody."""
    cdef bint is_written_out = spot.behind == spot.at + 1
    cdef bint has_inner = False
    if is_written_out and (is_hard(text, size, spot.at - 1) or is_hard(text, size, spot.behind)):
        return NOBODY
    if not is_written_out and (text[spot.at] != PERCENT or spot.behind != spot.at + 3):
        return UNCLEAR
    if not has_local(text, spot, &has_inner) or not has_domain(text, size, spot):
        return UNCLEAR
    if spot.at - spot.start + 1 + spot.stop - spot.behind > LONGEST_ADDRESS:
        return UNCLEAR
    spot.done = spot.behind
    if not is_begun(text, size, spot, is_written_out) or not is_ended(text, size, spot, has_inner):
        return UNCLEAR
    return SOMEBODY if is_written_out or is_bare(text, size, spot.next) else UNCLEAR


cdef inline uint8_t byte_at(const uint8_t* text, Py_ssize_t size, Py_ssize_t place) noexcept nogil:
    return text[place] if 0 <= place < size else BLANK


cdef inline bint is_hard(const uint8_t* text, Py_ssize_t size, Py_ssize_t place) noexcept nogil:
    return IS_HARD[byte_at(text, size, place)]


cdef inline bint is_word(uint8_t character) noexcept nogil:
    return KINDS[character] == WORD


cdef inline bint is_digit(uint8_t character) noexcept nogil:
    return 48 <= character <= 57


cdef inline bint is_hex(uint8_t character) noexcept nogil:
    """Whether it is a digit of quoted-printable."""
    return is_digit(character) or 65 <= character <= 70


cdef bint has_local(const uint8_t* text, Spot* spot, bint* has_inner) noexcept nogil:
    """Find where a local part starts that is plain from its first letter or digit on, and what stands before it."""
    cdef Py_ssize_t start = spot.at, last = spot.at - LONGEST_ADDRESS - 1, place
    cdef uint8_t seen = 0
    while start > 0 and start > last and KINDS[text[start - 1]]:
        start -= 1
        seen |= KINDS[text[start]]
    if start == last:
        return False
    spot.before = start - 1
    spot.start = start + (text[start] == QUOTE)
    if seen & INNER:
        for place in range(spot.start, spot.at):
            if text[place] == QUOTE:
                has_inner[0] = True
                if place == spot.start or not is_word(text[place - 1]) or not is_word(text[place + 1]):
                    return False
    return spot.start < spot.at and is_word(text[spot.start])


cdef bint has_domain(const uint8_t* text, Py_ssize_t size, Spot* spot) noexcept nogil:
    """Find where a domain stops of labels that are plain, and what stands behind it and behind dots and hyphens."""
    cdef Py_ssize_t place = spot.behind, last = min(size, spot.behind + LONGEST_RUN), dot = 0
    cdef bint was_word = False
    while place < last and KINDS[text[place]] & (WORD | MARK):
        place += 1
    if place == spot.behind + LONGEST_RUN:
        return False
    spot.next = spot.stop = place
    for place in range(spot.behind, spot.next - 2):
        if text[place] == DOT and text[place + 1] == DOT and text[place + 2] == DOT:
            spot.stop = place
            break
    while spot.stop > spot.behind and KINDS[text[spot.stop - 1]] == MARK:
        spot.stop -= 1
    for place in range(spot.behind, spot.stop):
        if not was_word and KINDS[text[place]] == MARK:
            return False
        was_word = KINDS[text[place]] == WORD
        dot = place if text[place] == DOT else dot
    return dot > 0 and not begins_sentence(text + dot + 1, spot.stop - dot - 1)


cdef bint begins_sentence(const uint8_t* label, Py_ssize_t length) noexcept nogil:
    """Whether a top-level domain may be the first word of what follows."""
    return length > 2 and 65 <= label[0] <= 90 and label[1] >= 97


cdef bint is_begun(const uint8_t* text, Py_ssize_t size, Spot* spot, bint is_written_out) noexcept nogil:
    """Whether what stands before the local part is certain to part it from the text before."""
    cdef uint8_t before = byte_at(text, size, spot.before), first = text[spot.start], second = text[spot.start + 1]
    cdef bint is_direct = spot.before == spot.start - 1
    if IS_HARD[before]:
        return before != BRACKET or not is_direct or not may_introduce(text, spot.before)
    if before == STROKE:
        return is_direct and is_written_out and is_behind_blank(text, spot)
    if before == EQUALS or before == COLON:
        if before == EQUALS and is_direct and may_be_octet(first, second):
            return False
        return is_beyond_host(text, spot.before, is_written_out)
    return is_written_out and (before == TICK or before == SEMICOLON and not may_end_escape(text, spot.before))


cdef bint may_introduce(const uint8_t* text, Py_ssize_t bracket) noexcept nogil:
    """Whether a bracket may be of what introduces a control sequence of a terminal, as `prose` knows them."""
    return bracket == 0 or text[bracket - 1] in (0x1B, 66, 98, 69, 101, 51, BRACKET)  # ESC, B of 1B, E, 3 of 33


cdef bint may_be_octet(uint8_t first, uint8_t second) noexcept nogil:
    """Whether behind an = these are digits of quoted-printable that `escapes` may resolve."""
    return is_hex(second) and (is_hex(first) and first not in (49, 52, 53, 54, 55))


cdef bint is_behind_blank(const uint8_t* text, Spot* spot) noexcept nogil:
    """Whether a literal \\n, \\r or \\t stands before the local part, and no path of Windows can; it begins behind that."""
    cdef Py_ssize_t place = spot.before
    if text[spot.start] not in (110, 114, 116) or not is_word(text[spot.start + 1]):
        return False
    while place >= 0 and not IS_HARD[text[place]]:
        if text[place] == COLON or spot.before - place == LONGEST_PIECE:
            return False
        place -= 1
    spot.start += 1
    return True


cdef bint is_beyond_host(const uint8_t* text, Py_ssize_t last, bint is_written_out) noexcept nogil:
    """Whether the piece up to *last* is nothing of a URL, or of one behind its host, and no escape changes that."""
    cdef Py_ssize_t place = last
    cdef bint is_of_url = False, may_escape = False
    while place >= 0 and not IS_HARD[text[place]]:
        if text[place] == STROKE or text[place] == AMPERSAND and may_escape or last - place == LONGEST_PIECE:
            return False
        if not is_written_out and (text[place] == PERCENT or text[place] == AT or text[place] >= 0x80):
            return False
        if text[place] == PERCENT and begins_escape(text, last + 1, place):
            return False
        may_escape |= text[place] == SEMICOLON
        if not is_of_url and text[place] == COLON and last - place > 2:
            is_of_url = text[place + 1] == SLASH and text[place + 2] == SLASH
            if is_of_url and not has_host(text, place + 3, last):
                return False
        place -= 1
    return True


cdef bint begins_escape(const uint8_t* text, Py_ssize_t size, Py_ssize_t percent) noexcept nogil:
    """Whether a percent sign at *percent* may begin another kind of escape, of which `escapes` knows some."""
    cdef uint8_t first = byte_at(text, size, percent + 1), second = lowered(byte_at(text, size, percent + 2))
    return first == 53 and second == 99 or first == 50 and (second == 53 or second == 54)  # %5C, %25, %26


cdef bint has_host(const uint8_t* text, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Whether the host of a URL ends between these places."""
    cdef Py_ssize_t place
    for place in range(start, stop):
        if text[place] == SLASH or text[place] == QUESTION or text[place] == HASH:
            return True
    return False


cdef bint may_end_escape(const uint8_t* text, Py_ssize_t last) noexcept nogil:
    """Whether the semicolon at *last* may end an entity, its & escaped or not, or stand in a control sequence of a terminal."""
    cdef Py_ssize_t place = last
    while place >= 0 and (is_word(text[place]) or text[place] == HASH or text[place] == SEMICOLON):
        if last - place == LONGEST_ESCAPE:
            return True
        place -= 1
    return place >= 0 and text[place] in (AMPERSAND, BRACKET, STROKE, PERCENT)


cdef bint is_ended(const uint8_t* text, Py_ssize_t size, Spot* spot, bint has_inner) noexcept nogil:
    """Whether what stands behind the domain is certain to part it from the text behind."""
    cdef uint8_t follows = byte_at(text, size, spot.next), before = byte_at(text, size, spot.before)
    if before == EQUALS and (follows == GREATER or follows == EQUALS):  # of mail, <a=b@c> is one
        return False
    if IS_HARD[follows]:
        return True
    if follows == QUOTE:
        return not has_inner
    if follows == COLON:
        return not is_git(text + spot.start, spot.at - spot.start)
    if follows == EQUALS:
        return not (spot.next + 2 < size and may_be_octet(text[spot.next + 1], text[spot.next + 2]))
    if follows == PERCENT:
        return is_ended_by_percent(text, size, spot, before)
    if follows == AMPERSAND:
        return not begins_entity(text, size, spot.next)
    if follows == STROKE:
        return is_blank_behind(text, size, spot.next)
    return follows < 0x80 and follows != AT


cdef bint is_git(const uint8_t* local, Py_ssize_t length) noexcept nogil:
    """Whether it is whom repositories are asked for: nobody, where their path follows."""
    return length == 3 and local[0] == 103 and local[1] == 105 and local[2] == 116


cdef bint is_ended_by_percent(const uint8_t* text, Py_ssize_t size, Spot* spot, uint8_t before) noexcept nogil:
    """Whether an escape separates, or an escaped @ ends the piece, in which nothing but the address stands."""
    cdef Py_ssize_t left = size - spot.next
    cdef uint8_t first = byte_at(text, size, spot.next + 1), second = lowered(byte_at(text, size, spot.next + 2))
    if begins_escape(text, size, spot.next):
        return False
    if IS_HARD[before] and stands(text + spot.next, left, 1, b"40", 2) and is_hard(text, size, spot.next + 3):
        spot.done = spot.next + 3
        return True
    if first == 50:  # %20, %22, %28, %29, %2C
        return second in (48, 50, 56, 57, 99)
    if first == 48:  # %09, %0A, %0D
        return second in (57, 97, 100)
    return 97 <= second <= 102 if first == 51 else (first == 53 or first == 55) and 98 <= second <= 100


cdef bint begins_entity(const uint8_t* text, Py_ssize_t size, Py_ssize_t first) noexcept nogil:
    """Whether the ampersand at *first* may begin an entity, when others in it are resolved."""
    cdef Py_ssize_t place = first + 1
    while place < size and (is_word(text[place]) or text[place] == HASH):
        if place - first == LONGEST_ESCAPE:
            return True
        place += 1
    return place < size and text[place] in (SEMICOLON, AMPERSAND, STROKE)


cdef bint is_blank_behind(const uint8_t* text, Py_ssize_t size, Py_ssize_t place) noexcept nogil:
    """Whether what begins with a stroke at *place* is a literal \\n, \\r or \\t, or ends the piece."""
    while byte_at(text, size, place) == STROKE:
        place += 1
    return is_hard(text, size, place) or text[place] in (110, 114, 116)


cdef bint is_bare(const uint8_t* text, Py_ssize_t size, Py_ssize_t first) noexcept nogil:
    """Whether the rest of the piece from *first* on holds nothing that is resolved together with an escaped @."""
    cdef Py_ssize_t place = first
    cdef bint may_escape = False
    while not is_hard(text, size, place):
        if text[place] in (PERCENT, AT, STROKE) or text[place] >= 0x80 or place - first == LONGEST_PIECE:
            return False
        if text[place] == SEMICOLON and may_escape:
            return False
        may_escape |= text[place] == AMPERSAND
        place += 1
    return True
