"""What the scans of delimited text and of JSON lines share: the pipe they may come through, and DuckDB's rejects."""

from collections.abc import Generator, Mapping
from itertools import count

import duckdb

from breachcheck.errors import DataFileError
from ingest.engine import literal, quoted
from ingest.readers.left_out import LeftOut
from ingest.readers.pipe import Pipe

_NUMBERS = count(1)
_MOST = 200_000
_REASONS = {"INVALID ENCODING": "not UTF-8", "LINE SIZE OVER MAXIMUM": "line too long"}
_COUNT = """
SELECT kind, count(*), sum(notes)::BIGINT, list({number})
FROM (
    SELECT min(error_type::VARCHAR) AS kind, count(*) AS notes, any_value(csv_line) AS text
    FROM {errors}
    GROUP BY line
)
GROUP BY kind
"""
_NO_NUMBER = "0"
_LEADING_NUMBER = r"coalesce(try_cast(regexp_extract(text, '^\d+') AS BIGINT), 0)"


class Stream:
    """The pipe of the scan that is under way, if it needs one."""

    def __init__(self) -> None:
        self._pipe: Pipe | None = None

    def start(self, pieces: Generator[bytes]) -> str:
        """What DuckDB is to open, to read *pieces*."""
        self.close()
        self._pipe = Pipe(pieces)
        return self._pipe.path

    def finish(self) -> None:
        """Wait for the stream's end; raises DataFileError where the file was not whole."""
        if self._pipe is not None:
            self._pipe.finish()

    def close(self) -> None:
        """Stop the stream."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


class Rejects:
    """Where DuckDB notes, for one scan of the file *name*, the lines that it refuses. It keeps what stood on them.

    So there is a limit, far above what a file in the right encoding has.
    """

    def __init__(self, name: str, otherwise: str) -> None:
        number = next(_NUMBERS)
        self._name, self._otherwise = name, otherwise
        self._errors, self._scans = f"reject_errors_{number}", f"reject_scans_{number}"

    def options(self) -> dict[str, str]:
        """What `read_csv` is to be told."""
        return {
            "store_rejects": "true",
            "rejects_limit": str(_MOST),
            "rejects_table": literal(self._errors),
            "rejects_scan": literal(self._scans),
        }

    def count(self, connection: duckdb.DuckDBPyConnection, left_out: LeftOut) -> LeftOut:
        """*left_out*, with these lines too, which are forgotten here. Where it is numbered each begins with its number.

        Raises DataFileError where there are too many to be told.
        """
        noted = 0
        number = _LEADING_NUMBER if left_out.is_numbered else _NO_NUMBER
        counted = connection.execute(_COUNT.format(number=number, errors=quoted(self._errors))).fetchall()
        for kind, _, notes, numbers in counted:
            for one in numbers:
                left_out.leave(_REASONS.get(kind, self._otherwise), one)
            noted += notes
        for table in (self._errors, self._scans):
            connection.execute(f"DROP TABLE {quoted(table)}")
        if noted >= _MOST:
            raise DataFileError(f"{self._name}: far too many lines cannot be read; check `encoding` and `delimiter`")
        return left_out


def read_csv(path: str, options: Mapping[str, str]) -> str:
    """SQL of a table function that reads the file at *path* by *options*, and guesses nothing."""
    given = {"auto_detect": "false", "header": "false", "strict_mode": "true", "null_padding": "true", **options}
    return f"read_csv({literal(path)}, {', '.join(f'{key} = {value}' for key, value in given.items())})"
