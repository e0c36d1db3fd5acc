"""What CREATE TABLE defines: a table's columns in order, and the tables whose columns it has as well.

And what ALTER TABLE adds to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex as re

from ingest.readers.sql_text import COMMENT, NAME, Grammar, names_in

CREATE = re.compile(
    rf"CREATE\s+(?:\w+\s+){{0,3}}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})\s*+(?:(?=\()|PARTITION\s+OF\s|LIKE\s)",
    re.IGNORECASE | re.ASCII,
)
ALTER = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({NAME})\s+(?=ADD\s+COLUMN\s)", re.IGNORECASE | re.ASCII
)
_ADDED = re.compile(rf"\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})", re.IGNORECASE | re.ASCII)
_PLACED = re.compile(r"\s(?:FIRST|AFTER)\b", re.IGNORECASE)
_NO_COLUMN = re.compile(
    r"""(?:(?:UNIQUE|FULLTEXT|SPATIAL|INVERTED)\b\s*+)?(?:KEY|INDEX)\s*+[^\s(]*+\s*+(?:USING\s+\w+\s*+)?\((?!\s*\d)
      | UNIQUE\s*+\( | CHECK\s*+\( | (?:PRIMARY|FOREIGN)\s+KEY\b | (?:CONSTRAINT|EXCLUDE|LIKE|PERIOD\s+FOR)\s
      | FAMILY\s+\S++\s*+\((?!\s*\d)""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_LIKE = re.compile(rf"(?:LIKE|OF)\s+({NAME})", re.IGNORECASE | re.ASCII)
_NAME = re.compile(NAME)
_BEFORE, _LONGEST_NAME = len("PARTITION OF "), 1000
_INHERITS = re.compile(rf"\s*+INHERITS\s*+(\({NAME}(?:\s*+,\s*+{NAME})*+\))", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Defined:
    """Names as they are spelled; *alike* are tables whose columns come first."""

    columns: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Definitions:
    """Reads what stands behind the head that `CREATE` matches, in a dump of *grammar*."""

    def __init__(self, grammar: Grammar) -> None:
        quoted = rf"`[^`]*+`|{grammar.literal.pattern}|\"[^\"]*+\"|\[[^\]\n]*+\]|{COMMENT}"
        plain = r"[^(),'\"`\[/-]++|[/-]"
        nested = rf"\((?:{quoted}|{plain}|,|(?&nested))*+\)"
        part = rf"(?:{quoted}|{plain}|(?P<nested>{nested}))++"
        again = rf"(?:{quoted}|{plain}|{nested})++"
        self._body = re.compile(rf"\(({part}(?:,{again})*+)\)", re.DOTALL)
        self._part = re.compile(part, re.DOTALL)
        self._commented = re.compile(rf"({grammar.literal.pattern}|`[^`]*+`)|{COMMENT}", re.DOTALL)

    def read(self, text: str, at: int) -> Defined:
        """What the definition at *at* says; nothing where it is torn."""
        if text[at : at + 1] != "(":
            like = _LIKE.search(text, max(at - _BEFORE, 0), at + _LONGEST_NAME)
            return Defined(alike=(like[1],) if like else ())
        body = self._body.match(text, at)
        if not body:
            return Defined()
        parts = [self._plain(part[0]) for part in self._part.finditer(body[1])]
        parents = _INHERITS.match(text, body.end())
        alike = [like[1] for one in parts if (like := _LIKE.match(one))]
        return Defined(tuple(_columns(parts)), (*alike, *(_NAME.findall(parents[1]) if parents else ())))

    def _plain(self, part: str) -> str:
        return self._commented.sub(lambda found: found[1] or " ", part).strip()


def added(statement: str) -> tuple[str, ...]:
    """The columns that the *statement* of an ALTER TABLE adds behind the others; none if one stands elsewhere."""
    names = () if _PLACED.search(statement) else _ADDED.findall(statement)
    return tuple(names_in(name)[0] for name in names)


def _columns(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if not _NO_COLUMN.match(part) and (names := names_in(part)):
            yield names[0]
