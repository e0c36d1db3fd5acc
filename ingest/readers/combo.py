"""Combo lists: an address and a secret a line. The secret is never read as a person, whatever it looks like."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from operator import itemgetter
from pathlib import Path

import duckdb

from breachcheck.errors import DataFileError
from ingest import compiled
from ingest.engine import literal, quoted
from ingest.readers import lines
from ingest.readers.base import Instructions, Shortcut, Table
from ingest.readers.combo_layouts import UNCLEAR, Layout, halves, layout_within
from ingest.readers.left_out import NUMBER, LeftOut, LineNumbers, wants_numbers
from ingest.readers.stream import Rejects, Stream, read_csv
from ingest.readers.stretches import Text, stretches, together
from ingest.sources import DataFile

COLUMNS = ("address", "secret")
FLAW = "malformed line"
SAMPLE = 1000
GLANCE = 1 << 18  # bytes in which a sample is looked for

_LINE = re.compile(r"[^\r\n]+")
_NO_DELIMITER = "\x1f"
_STRAY = bytes.maketrans(b"\x1f", b" ")
_WORD = re.compile(r"[^\W\d_]+(?:[ '.-][^\W\d_]+)*\.?")
_FEWEST_WORDS, _ALL_WORDS = 10, 0.95


# Where to count the lines left out -> blocks of whole lines.
Blocks = Callable[[LeftOut], Generator[bytes]]


def sample_of(head: str, *, is_whole: bool) -> list[str]:
    """Some lines of a file that begins with *head*, without blank ones, or the beginning of the only one."""
    ended = head if is_whole else head[: max(map(head.rfind, "\r\n")) + 1] or head
    return list(islice((line for line in map(itemgetter(0), _LINE.finditer(ended)) if line.strip()), SAMPLE))


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a combo list. Raises DataFileError where nobody can tell how it is encoded."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    sample = sample_of(lines.decoded_head(head[:GLANCE], encoding), is_whole=len(head) <= GLANCE)
    if sample:
        layout = layout_within(sample, told.delimiter)
        text = _Text(file, encoding, lines.has_only_cr(head))
        found = _table(file.name, encoding, layout, text.blocks, text.path)
        found = replace(found, shortcut=_shortcut(file.name, layout, text))
        is_unclear = told.format is None and _may_be_names(sample, layout)
        yield replace(found, columns=COLUMNS[:1], note=UNCLEAR) if is_unclear else found


def _may_be_names(sample: Sequence[str], layout: Layout) -> bool:
    """Whether hardly a secret is more than a word of letters: of those that people choose, half are."""
    secrets = [layout.parts(line)[1].strip() for line in sample]
    said = [secret for secret in secrets if secret]
    words = sum(_WORD.fullmatch(secret) is not None for secret in said)
    return len(said) >= _FEWEST_WORDS and words >= _ALL_WORDS * len(said)


def _table(name: str, encoding: str, layout: Layout, blocks: Blocks, path: Path | None = None) -> Table:
    scan = _Scan(name, layout, blocks, path)
    return Table(
        name=name,
        columns=COLUMNS,
        format="combo",
        encoding=encoding,
        relation=scan.relation,
        rejects=scan.rejects,
        finish=scan.stream.finish,
        close=scan.stream.close,
        delimiter=layout.separator,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines of a file."""

    file: DataFile
    encoding: str
    only_cr: bool

    @property
    def path(self) -> Path | None:
        """Where DuckDB may find them, if they are clean there."""
        return self.file.path if self.encoding == lines.UTF8 else None

    def blocks(self, left_out: LeftOut) -> Generator[bytes]:
        """Blocks of whole lines in UTF-8."""
        yield from _blocks(self.file.chunks(), self.encoding, left_out, only_cr=self.only_cr)

    def at_once(self, left_out: LeftOut, size: int) -> Generator[Text]:
        """As `blocks`, about so many bytes at a time."""
        if self.path is None or self.file.state is None or self.only_cr:
            with closing(self.blocks(left_out)) as whole:
                yield from together(whole, size)
            return
        start = len(lines.mark_of(self.file.head()))
        cut, cleaned = partial(_cut, left_out=left_out), partial(_blocks, encoding=lines.UTF8, left_out=left_out)
        for stretch in stretches(self.path, self.file.state, start, size, cut):
            self.file.consumed = stretch.end
            yield stretch if stretch.is_short else [*replace(stretch, cut=cleaned)]


def _shortcut(name: str, layout: Layout, text: _Text) -> Shortcut | None:
    if not compiled.IS_THERE or not layout.is_usual:
        return None
    from ingest.readers.combo_lines import PlainLines

    def rest(block: bytes) -> Table:
        return _table(name, lines.UTF8, layout, lambda left_out: lines.blocks([block], left_out, only_cr=False))

    return Shortcut(COLUMNS[:1], text.at_once, lambda *_: PlainLines(layout.separator), rest)


def _blocks(pieces: Iterable[bytes], encoding: str, left_out: LeftOut, *, only_cr: bool = False) -> Generator[bytes]:
    with closing(lines.as_utf8(pieces, encoding, left_out)) as text:
        yield from lines.blocks(text, left_out, only_cr=only_cr, are_lines=are_lines)


def _cut(pieces: Iterable[bytes], left_out: LeftOut) -> Iterator[bytes]:
    """Blocks of *pieces* that are of whole lines."""
    from ingest.compiled.lists import is_bare

    for piece in pieces:
        if is_bare(piece) and piece.endswith(b"\n"):
            yield piece
        else:
            yield from _blocks([piece], lines.UTF8, left_out)


class _Scan:
    """One list's way into DuckDB: by *path* where it is clean, else through a pipe. Good for several scans."""

    def __init__(self, name: str, layout: Layout, blocks: Blocks, path: Path | None) -> None:
        self._name, self._layout, self._blocks, self._path = name, layout, blocks, path
        self.stream = Stream()
        self._rejects = Rejects(name, FLAW)
        self._left_out = LeftOut()

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*."""
        if any(name not in (*COLUMNS, NUMBER) for name in columns):
            raise DataFileError(f"{self._name}: the mapping names a column that is not address or secret")
        given = {"address": "field", "secret": "secret", NUMBER: "number"}
        is_numbered = wants_numbers(columns)
        number = "number, " if is_numbered else ""
        source = self._source(is_numbered=is_numbered)
        chosen = "".join(f"{given[name]} AS {quoted(name)}, " for name in columns)
        lines_there = f"(SELECT {number}raw FROM {source} WHERE raw >= '!' OR trim(raw, E' \\t') <> '')"  # noqa: S608 - quoted
        return f"(SELECT {chosen}false AS broken FROM {halves(self._layout, lines_there)})"  # noqa: S608 - quoted

    def _source(self, *, is_numbered: bool) -> str:
        self._rejects, self._left_out = Rejects(self._name, FLAW), LeftOut(is_numbered=is_numbered)
        number = "number: 'BIGINT', " if is_numbered else ""
        options = {
            "delim": literal(_NO_DELIMITER),
            "quote": "''",
            "escape": "''",
            "columns": f"{{{number}raw: 'VARCHAR'}}",
            **self._rejects.options(),
        }
        if self._path is not None and not is_numbered and not lines.needs_a_look(self._path, b"\r", b"\x1f"):
            return read_csv(str(self._path), options)
        sizes = {"max_line_size": str(lines.LONGEST), "buffer_size": str(2 * lines.LONGEST)}
        return read_csv(self.stream.start(self._cleaned()), {**options, **sizes})

    def _cleaned(self) -> Generator[bytes]:
        numbers = LineNumbers(self._left_out)
        with closing(self._blocks(self._left_out)) as blocks:
            for block in blocks:
                clean = block.translate(_STRAY)
                yield numbers.before_each(clean, _NO_DELIMITER.encode()) if self._left_out.is_numbered else clean

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Lines that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._rejects.count(connection, self._left_out)


def are_lines(parts: Sequence[bytes]) -> bool:
    """Whether each of *parts* of a line has somebody's account."""
    return all(b"@" in part or b"://" in part for part in parts)
