"""The addresses of free text, in pieces that are cut where something separates: `prose` reads what may hold any."""

import re
from collections.abc import Generator, Iterable, Iterator

from ingest.readers import prose

_PIECE, _LONGEST_PIECE = 1 << 20, 6 << 20  # it stays in the cache of a core
_CUTS = (b"\n", b" ", b'"', b",", b">", b"\t")
_NEAR_END = 1 << 12  # bytes in which a block has a place to be cut at, in all likelihood
_NEAR = 128  # bytes before an @ in which its piece begins, in all likelihood
_SEPARATOR = re.compile(rb"[%s]" % re.escape(prose.SEPARATORS))
_AT = re.compile(
    rb"@|%(?:25)*(?:40|5Cu0040|26%(?:25)*23(?:64|x40)(?:;|%(?:25)*3B))"
    rb"|(?:&|\\u0026)(?:amp;)?(?:#0{0,4}64|#x0{0,4}40|commat);|\\(?:u0040|x40)|\xef\xbc\xa0|\xef\xb9\xab",
    re.IGNORECASE,
)
"""As `escapes.AT`, in UTF-8."""


def addresses(blocks: Iterable[bytes], piece: int = _PIECE) -> Generator[bytes]:
    """Lines of addresses, as they are written in *blocks* of text, which may be cut anywhere."""
    for block in whole_pieces(blocks, piece):
        ats = (found.start() for found in _AT.finditer(block))
        yield "".join(f"{one}\n" for start, end in _pieces(block, ats) for one in found_in(block, start, end)).encode()


def whole_pieces(blocks: Iterable[bytes], piece: int = _PIECE) -> Generator[bytes]:
    """The same text in pieces of *piece* bytes and more, cut only where something separates.

    Unless nothing does for megabytes.
    """
    some: list[bytes | memoryview] = []
    size = 0
    for block in blocks:
        size += len(block)
        end = 0 if size < piece else _last_cut(block)
        if end or size > _LONGEST_PIECE:
            rest = block[end:] if end else b""
            yield b"".join((*some, memoryview(block)[: len(block) - len(rest)]))
            some, size = [rest], len(rest)
        else:
            some.append(block)
    yield b"".join(some)


def _last_cut(block: bytes) -> int:
    """Where *block* can be cut last, or as good as last; 0 where nowhere."""
    for start in (max(len(block) - _NEAR_END, 0), 0):
        if end := max(block.rfind(mark, start) for mark in _CUTS) + 1:
            return end
    return 0


def found_in(block: bytes, start: int, end: int) -> Iterator[str]:
    """The addresses from *start* to *end*, between which nothing separates; angle brackets may stand around."""
    start = prose.behind_style(block, start)
    return prose.addresses_in(block[start - block.endswith(b"<", 0, start) : end + block.startswith(b">", end)])


def _pieces(block: bytes, ats: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the pieces between separators begin and end that hold *ats*, each once."""
    end = -1
    for at in ats:
        if at >= end:
            found = _SEPARATOR.search(block, at)
            end = found.start() if found else len(block)
            yield _start_of_piece(block, at), end


def _start_of_piece(block: bytes, at: int) -> int:
    distance = _NEAR
    while True:
        start = max(at - distance, 0)
        found = _SEPARATOR.search(block[start:at][::-1])
        if found or not start:
            return at - found.start() if found else 0
        distance *= 8
