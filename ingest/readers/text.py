"""Free text: every address in it is a record."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from ingest import compiled
from ingest.readers import lines, spotting, transfer
from ingest.readers.base import Instructions, Shortcut, Table
from ingest.readers.left_out import LeftOut
from ingest.readers.rows import SEPARATOR, bare_table
from ingest.readers.stretches import Text, together
from ingest.sources import DataFile

COLUMNS = ("address",)

_AT_ONCE = 2 << 20  # bytes of a task: what one thread reads, the other has hardly to fetch from afar


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a text. Raises DataFileError where nobody can tell how it is encoded."""
    encoding = lines.encoding_of(file.head(), told.encoding, file.name)

    def found(left_out: LeftOut) -> Generator[bytes]:  # nothing is left out: what is no address is no record
        with closing(lines.as_utf8(file.chunks(), encoding, left_out)) as text:
            for some in spotting.addresses(transfer.texts(text)):
                yield b"".join(left_out.number(some.splitlines(True), SEPARATOR)) if left_out.is_numbered else some

    def pieces(left_out: LeftOut, size: int) -> Generator[Text]:
        with closing(lines.as_utf8(file.chunks(), encoding, left_out)) as text:
            yield from together(spotting.whole_pieces(transfer.texts(text)), min(size, _AT_ONCE))

    table = bare_table(file.name, COLUMNS, "text", encoding, found, numbered_by="record")
    yield replace(table, shortcut=_shortcut(file.name, pieces)) if compiled.IS_THERE else table


def _shortcut(name: str, pieces: Callable[[LeftOut, int], Generator[Text]]) -> Shortcut:
    from ingest.readers.plain_text import PlainText

    return Shortcut(COLUMNS, pieces, lambda *_: PlainText(), partial(_rest, name))


def _rest(name: str, addresses: bytes) -> Table:
    """The table of *addresses*, one a line."""

    def given(_: LeftOut) -> Generator[bytes]:
        yield addresses

    return bare_table(name, COLUMNS, "text", lines.UTF8, given)
