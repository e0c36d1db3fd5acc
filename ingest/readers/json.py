"""JSON: lines of records, lists of records, pages. Ends as lines of JSON that DuckDB takes apart.

A plain UTF-8 file with one record a line is scanned by path, in parallel; anything else comes as a stream of lines. A
line that is not JSON is a record that is broken, never the end of the scan.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import NoReturn, Self

import duckdb
import msgspec

from breachcheck.addresses import mask_addresses
from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers import collections, lines, mixpanel, pairs, shell
from ingest.readers.base import Instructions, Shortcut, Table
from ingest.readers.collections import Collection
from ingest.readers.keys import Extraction, Keys, alone, keys_of
from ingest.readers.left_out import NUMBER, LeftOut, LineNumbers, wants_numbers
from ingest.readers.object_lines import are_objects, shortcut
from ingest.readers.objects import MALFORMED, Text, records
from ingest.readers.shape import Shape, shape_of
from ingest.readers.stream import Rejects, Stream, read_csv
from ingest.sources import HEAD, DataFile

_SAMPLE = 10_000
_AT_ONCE = 1 << 18
_AROUND = ", \t\r\f\x1a\x1e"  # what may stand around the record of a line (of text sequences, RFC 7464, of DOS)
_NO_DELIMITER = "\x01"  # cannot occur in JSON
_UNSEEN = r"[\x00-\x08\x0b-\x1f]"  # control characters: not JSON within a string, and there all the same
# Before each record that Elasticsearch is to take in stands what it is to do with it.
_BULK_ACTION = r'\s*\{\s*"(?:index|create|update|delete)"\s*:\s*\{[^{}]*"_(?:index|id|type)"[^{}]*\}\s*\}\s*'
_IS_BULK = re.compile(_BULK_ACTION + r"\n")
_BULK_ACTIONS = re.compile(rf"(?m)^{_BULK_ACTION}$\n?")
# Of a character beyond the first 65,536; without the other half, the text is none to DuckDB.
_HALF = re.compile(r"(?i)\\ud[89a-f][0-9a-f]{2}")


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The tables of a JSON file: one for each of several collections, else one; none where it holds no record.

    Raises DataFileError where its beginning is not JSON, or there is no such table as the manifest names.
    """
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    text = lines.decoded_head(head, encoding)
    way = _Way(encoding, shell.is_printed(text), lines.has_only_cr(head), _IS_BULK.match(text) is not None)
    text = "".join(shell.as_json([text])) if way.is_shell else text
    text = _BULK_ACTIONS.sub("", text) if way.is_bulk else text
    shape = shape_of(text, told.columns)
    is_whole = len(head) < HEAD
    found = _collections(file, way, shape, text, is_whole=is_whole)
    if told.table is not None:
        found = [(one, that) for one, that in found if one.key == told.table] or _refuse(file, told.table, found)
    for one, that in found:
        name = f"{file.name}#{mask_addresses(one.key)}"
        yield _table(file, name, way, that, _Kind.of(one.sample, that, told), is_open=told.table is not None)
    if found:
        return
    sample = _sample(text, shape, is_whole=is_whole, name=file.name)
    if sample:
        is_cut = not is_whole or len(sample) >= _SAMPLE
        kind = _Kind.of(sample, shape, told)
        table = _table(file, file.name, way, shape, kind, is_open=is_cut)
        beginning = text if is_whole else text.rpartition("\n")[0] + "\n"
        yield replace(table, shortcut=_shortcut(file, way, shape, kind, beginning))


def _refuse(file: DataFile, table: str, found: Sequence[tuple[Collection, Shape]]) -> NoReturn:
    there = ", ".join(one.key for one, _ in found) or "none"
    raise DataFileError(mask_addresses(f"{file.name}: there is no table {table}; there are {there}; check `table`"))


def _collections(
    file: DataFile, way: "_Way", shape: Shape, text: str, *, is_whole: bool
) -> list[tuple[Collection, Shape]]:
    """Those of a file that begins with *text*; what lies behind that is gone through if no object ends before."""
    if not collections.may_be_in(shape):
        return []
    first = text if is_whole else collections.first_object(text)
    if first:
        return collections.collections_in([first], shape)
    if file.source is None:  # which can be read but once
        return []
    with closing(way.text(file)) as pieces:
        return collections.collections_in(pieces, shape)


@dataclass(frozen=True, slots=True)
class _Way:
    """From the bytes of a file to JSON. *is_shell*: they are what MongoDB's shells print; *is_bulk*: before each record
    stands what Elasticsearch is to do with it."""

    encoding: str
    is_shell: bool
    only_cr: bool
    is_bulk: bool

    @property
    def is_plain(self) -> bool:
        """Whether lines of the file are lines of JSON as they stand."""
        return not (self.is_shell or self.only_cr or self.is_bulk)

    def text(self, file: DataFile, left_out: LeftOut | None = None) -> Generator[str]:
        """All of the file."""
        with closing(lines.as_utf8(file.chunks(), self.encoding, left_out)) as utf8:
            text = lines.as_text(utf8)
            yield from shell.as_json(text) if self.is_shell else text

    def utf8(self, file: DataFile, left_out: LeftOut) -> Generator[bytes]:
        """The same, for what lines are cut of."""
        if not self.is_shell:
            yield from lines.as_utf8(file.chunks(), self.encoding, left_out)
            return
        yield from (piece.encode(errors="replace") for piece in self.text(file, left_out))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a sample shows of all records: their *keys*, the format that they are in, and the *lists* of pairs there."""

    keys: Keys
    form: str
    lists: frozenset[str]

    @classmethod
    def of(cls, sample: Sequence[dict[str, object]], shape: Shape, told: Instructions) -> Self:
        form = mixpanel.format_of(sample) or ("jsonl" if shape.is_lines else "json")
        few = alone(sample)
        if not pairs.are_within(few):
            return cls(keys_of(few), form, frozenset())
        lists = pairs.lists_in(sample, told.columns)
        return cls(keys_of(pairs.folded(one, lists) for one in sample), form, lists)


def _table(file: DataFile, name: str, way: _Way, shape: Shape, kind: _Kind, *, is_open: bool) -> Table:
    scan = _Scan(file, way, shape, kind)
    stream = scan.stream
    return Table(
        name=name,
        columns=scan.keys.columns,
        format=kind.form,
        encoding=way.encoding,
        relation=scan.relation,
        rejects=scan.rejects,
        finish=stream.finish,
        close=stream.close,
        flaw=MALFORMED,
        open_keys=is_open,
        numbered_by="line" if shape.is_lines else "record",
    )


def _shortcut(file: DataFile, way: _Way, shape: Shape, kind: _Kind, beginning: str) -> Shortcut | None:
    if not shape.is_lines or not way.is_plain or kind.lists:
        return None

    def rest(text: bytes) -> Table:
        return _table(file.holding(text), file.name, replace(way, encoding=lines.UTF8), shape, kind, is_open=True)

    return shortcut(file, way.encoding, kind.keys, beginning.encode(errors="replace"), rest)


def _sample(text: str, shape: Shape, *, is_whole: bool, name: str) -> list[dict[str, object]]:
    left_out = LeftOut()
    if shape.is_lines:
        found: Iterable[str | bytes] = text.splitlines() if is_whole else text.splitlines()[:-1]
    else:
        found = records(Text([text]), shape, left_out)
    sample = [value for line in islice(found, _SAMPLE) if isinstance(value := _loaded(line), dict)]
    if not sample and left_out:
        raise DataFileError(f"{name}: no JSON record can be made out at its beginning; check `format`")
    return sample


def _loaded(line: str | bytes) -> object:
    text = (line if isinstance(line, str) else line.decode(errors="replace")).strip(_AROUND)
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _loaded_anyhow(text)


def _loaded_anyhow(text: str) -> object:
    try:
        found = json.loads(text, strict=False)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.loads(_HALF.sub(r"\\ufffd", text), strict=False)
    except (ValueError, RecursionError):
        return None
    return found


class _Scan:
    """One file's way into DuckDB. Good for several scans."""

    def __init__(self, file: DataFile, way: _Way, shape: Shape, kind: _Kind) -> None:
        self._file, self._way, self._shape = file, way, shape
        self.keys = kind.keys
        self._pairs_under = kind.lists
        self.stream = Stream()
        self._rejects = Rejects(self._file.name, MALFORMED)
        self._left_out = LeftOut()
        self._may_be_scanned: bool | None = None

    def relation(self, columns: Sequence[str]) -> str:
        """SQL for one scan of *columns*, which need not be among those that the sample showed."""
        is_numbered = wants_numbers(columns)
        numbers = (NUMBER,) if is_numbered else ()
        extraction = Extraction(self.keys, [name for name in columns if name != NUMBER], numbers)
        return (
            f"({extraction.sql(_objects(self._source(is_numbered=is_numbered), numbers, is_bulk=self._way.is_bulk))})"
        )

    def _source(self, *, is_numbered: bool) -> str:
        self._rejects, self._left_out = Rejects(self._file.name, MALFORMED), LeftOut(is_numbered=is_numbered)
        number = f"{quoted(NUMBER)}: 'BIGINT', " if is_numbered else ""
        options = {
            "delim": literal(_NO_DELIMITER),
            "quote": "''",
            "escape": "''",
            "columns": f"{{{number}raw: 'VARCHAR'}}",
            "max_line_size": str(lines.LONGEST),
            "buffer_size": str(2 * lines.LONGEST),
            **self._rejects.options(),
        }
        path = None if is_numbered else self._path()
        return read_csv(path or self.stream.start(self._lines()), options)

    def _path(self) -> str | None:
        """The path to scan the file by; None where it must be streamed: of very long lines DuckDB loses some."""
        path = self._file.path
        if path is None or self._way.encoding != lines.UTF8 or self._way.is_shell or not self._shape.is_lines:
            return None
        if self._pairs_under:
            return None
        if self._may_be_scanned is None:
            self._may_be_scanned = not lines.needs_a_look(path, b"\r")
        return str(path) if self._may_be_scanned else None

    def _lines(self) -> Generator[bytes]:
        left_out, mark = self._left_out, _NO_DELIMITER.encode()
        if self._shape.is_lines:
            with closing(self._way.utf8(self._file, left_out)) as utf8:
                blocks: Iterable[bytes] = lines.blocks(utf8, left_out, only_cr=self._way.only_cr, are_lines=are_objects)
                blocks = map(self._without_pairs, blocks) if self._pairs_under else blocks
                numbers = LineNumbers(left_out)
                yield from (numbers.before_each(one, mark) for one in blocks) if left_out.is_numbered else blocks
            return
        with closing(self._way.text(self._file, left_out)) as text:
            found = records(Text(text), self._shape, left_out)
            found = map(self._without_pairs, found) if self._pairs_under else found
            yield from _joined(left_out.number(found, mark) if left_out.is_numbered else found)

    def _without_pairs(self, block: bytes) -> bytes:
        """*block*, of lines or one record, with objects for the lists of pairs in them."""
        return b"\n".join(pairs.as_objects(self._pairs_under, _loaded, line) for line in block.split(b"\n"))

    def rejects(self, connection: duckdb.DuckDBPyConnection) -> LeftOut:
        """Records that were left out of the last scan, by reason."""
        self.stream.finish()
        return self._rejects.count(connection, self._left_out)


def _objects(source: str, also: Sequence[str], *, is_bulk: bool) -> str:
    """SQL of *also*, and of `line`, an object or NULL: also what is one but for a comma behind it, for halves of
    characters, or for control characters in its texts."""
    record = f"trim(raw, {literal(_AROUND)})"
    whole = rf"regexp_replace({record}, {literal(_HALF.pattern)}, '\\ufffd', 'g')"
    whole = f"regexp_replace(regexp_replace({whole}, {literal(_UNSEEN)}, '', 'g'), '\\t', ' ', 'g')"
    is_record = f"NOT regexp_full_match(raw, {literal(_BULK_ACTION)})" if is_bulk else "true"
    return f"""
        SELECT {"".join(f"{quoted(name)}, " for name in also)}CASE
            WHEN starts_with(raw, '{{') AND json_valid(raw) THEN raw
            WHEN starts_with({record}, '{{') AND json_valid({record}) THEN {record}
            WHEN starts_with({record}, '{{') AND json_valid({whole}) THEN {whole}
        END AS line
        FROM {source}
        WHERE (starts_with(raw, '{{') OR {record} <> '') AND {is_record}
    """  # noqa: S608 - names and texts are quoted


def _joined(found: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, many at a time."""
    waiting = bytearray()
    for line in found:
        waiting += line
        waiting += b"\n"
        if len(waiting) > _AT_ONCE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)
