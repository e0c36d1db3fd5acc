"""Free text: every address in it is a record."""

from collections.abc import Generator, Iterator
from contextlib import closing

from ingest.readers import lines, spotting
from ingest.readers.base import Instructions, Table
from ingest.readers.piped import Left, Records
from ingest.sources import DataFile

COLUMNS = ("address",)


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a text. Raises DataFileError where nobody can tell how it is encoded."""
    encoding = lines.encoding_of(file.head(), told.encoding, file.name)

    def found(left_out: Left) -> Generator[bytes]:  # noqa: ARG001 - nothing is left out: what is no address is no record
        with closing(lines.as_utf8(file.chunks(), encoding)) as text:
            yield from spotting.addresses(text)

    records = Records(file.name, COLUMNS, found)
    yield Table(
        name=file.name,
        columns=COLUMNS,
        format="text",
        encoding=encoding,
        relation=records.relation,
        rejects=records.rejects,
        finish=records.stream.finish,
        close=records.stream.close,
    )
