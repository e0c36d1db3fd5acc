"""Outlines: what the values of a column look like, for people who judge a draft, without what any of them says."""

import re
from collections.abc import Sequence

from breachcheck.addresses import holds_address, mask_addresses

_MOST = 2
_FEWEST = 3
_SHARE = 0.2
_WORDS = 5
_LONGEST = 40
_MASK = mask_addresses("a@example.com")
_PIECE = re.compile(rf"{re.escape(_MASK)}|(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{{16,}}|[^\W\d_]+|\d+|\s+|.", re.IGNORECASE)


def outlines_of(values: Sequence[str]) -> tuple[str, ...]:
    """The commonest outlines of *values*: each of three different ones or more, so that it tells of nobody, and of a
    fifth of all. `Aa` is a word, `A` one in capitals, `9` a digit, `9×12` twelve of them."""
    by_outline: dict[str, list[str]] = {}
    for value in values:
        by_outline.setdefault(outline_of(value), []).append(value)
    enough = max(_SHARE * len(values), _FEWEST)
    common = sorted(by_outline, key=lambda outline: -len(by_outline[outline]))[:_MOST]
    return tuple(
        outline
        for outline in common
        if outline and len(by_outline[outline]) >= enough and len(set(by_outline[outline])) >= _FEWEST
    )


def outline_of(value: str) -> str:
    """*value* with words and numbers made alike; "" where that tells nothing, or would read as an address."""
    pieces = _PIECE.findall(mask_addresses(" ".join(value.split())))
    if sum(piece.isalpha() for piece in pieces) > _WORDS:
        return "words"
    outline = "".join(map(_alike, pieces))
    is_telling = any(piece.isalnum() or piece == _MASK for piece in pieces) and not holds_address(outline)
    return (outline if len(outline) <= _LONGEST else f"{outline[:_LONGEST]}…") if is_telling else ""


def _alike(piece: str) -> str:
    if piece == _MASK:
        return piece
    if piece.isdecimal():
        return "9" * len(piece) if len(piece) <= 4 else f"9×{len(piece)}"
    if piece.isalpha():
        return "A" if piece.isupper() else "Aa" if piece[0].isupper() else "a"
    if piece.isalnum():
        return f"hex×{len(piece)}"
    return piece if piece.isascii() and piece.isprintable() else "·"
