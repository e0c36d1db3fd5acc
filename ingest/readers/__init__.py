"""One module per format; each turns a data file into tables. `tables` picks the reader by content."""

from collections.abc import Callable, Iterator, Mapping

from breachcheck.errors import DataFileError
from ingest.archives import PARQUET, SQLITE, is_workbook
from ingest.readers import csv, json, lines, mixpanel, parquet, sql, sqlite, workbook
from ingest.readers.base import Instructions, Table
from ingest.readers.shape import is_json
from ingest.sources import DataFile

Reader = Callable[[DataFile, Instructions], Iterator[Table]]

READERS: Mapping[str, Reader] = {
    "csv": csv.tables,
    "jsonl": json.tables,
    "json": json.tables,
    "parquet": parquet.tables,
    "xlsx": workbook.tables,
    "sql": sql.tables,
    "sqlite": sqlite.tables,
    mixpanel.EVENTS: json.tables,
    mixpanel.PEOPLE: json.tables,
}
_BY_CONTENT = {mixpanel.EVENTS, mixpanel.PEOPLE}  # these are exported in several formats
_BY_MAGIC: Mapping[str, Callable[[bytes], bool]] = {
    "parquet": lambda head: head.startswith(PARQUET),
    "sqlite": lambda head: head.startswith(SQLITE),
    "xlsx": is_workbook,
}
_GLANCE = 1 << 16


def detect(file: DataFile, encoding: str | None = None) -> str:
    """The format that the content of *file* has: a key of `READERS`. DataFileError where it is not UTF-8."""
    head = file.head()
    binary = next((form for form, is_form in _BY_MAGIC.items() if is_form(head)), None)
    if binary:
        return binary
    text = lines.decoded_head(head[:_GLANCE], lines.encoding_of(head, encoding, file.name))
    return "json" if is_json(text) else "sql" if sql.is_dump(text) else "csv"


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The tables of *file*; none where it holds no record. Raises DataFileError where it cannot be read as told."""
    if told.format is None or told.format in _BY_CONTENT:
        return READERS[detect(file, told.encoding)](file, told)
    reader = READERS.get(told.format)
    if reader is None:
        raise DataFileError(f"{file.name}: this version does not read {told.format}; it reads {', '.join(READERS)}")
    _refuse_other_format(file, told)
    return reader(file, told)


def _refuse_other_format(file: DataFile, told: Instructions) -> None:
    """JSON read as CSV, or CSV as JSON, would give records that are none."""
    if READERS[detect(file, told.encoding)] is not READERS[told.format or ""]:
        raise DataFileError(f"{file.name} is not {told.format}; leave `format` out or correct it")
