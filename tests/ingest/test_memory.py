"""No file takes the machine's memory, however it is made: the load ends, says why, and nothing of it is shown."""

import lzma
import platform
import re
import resource
import subprocess
import sys
import zlib

import duckdb
import pytest

from breachcheck.errors import DataFileError, LoadError
from ingest import drafting, engine, memory
from ingest.readers import parquet
from ingest.samples import LONGEST, sample_of
from tests.cli.commands import environment
from tests.ingest.loads import Silent, described, load
from tests.ingest.scans import scan, table_of

pytestmark = pytest.mark.slow

PEOPLE = "- path: people.csv\n  mapping: {email: Email addresses}\n"


_FAULTS = """
import resource
import numpy as np
from ingest.memory import keep_freed

{first}

def arrays():
    return [np.ones(3 << 20, np.uint8) for _ in range(5)]

arrays()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    arrays()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
"""How often the system had to find memory for arrays for which there had been memory before."""


def written(path, select):
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def program_says(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


class Greedy(Silent):
    """Wants more memory than a load is given, in one piece: what is refused so kills no library's thread."""

    def update(self, *_):
        bytearray(memory.MEMORY + 1)


def test_a_load_that_needs_too_much_memory_is_stopped_and_says_so(store, tmp_path):
    manifest = described(tmp_path, PEOPLE, {"people.csv": "email\na@example.com\n"})

    with pytest.raises(LoadError, match="more than the 3,072 MiB of memory"):
        load(manifest, store, progress=Greedy())

    [failed] = store.loads.of_breach(store.breaches.get("Shop").id)
    assert (failed.state, store.catalogue.published().breaches) == ("failed", ())
    assert load(manifest, store).is_published


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("mebibytes", [500, 1000])
def test_a_load_that_a_limit_leaves_too_little_is_not_begun_and_says_so(store, tmp_path, mebibytes):
    described(tmp_path, PEOPLE, {"people.csv": "email\na@example.com\n"})
    line = [sys.executable, "-m", "breachcheck.cli", "ingest", tmp_path / "breach.yaml", "--data", store.config.data]

    limited = subprocess.run(
        ["/bin/sh", "-c", f'ulimit -v {mebibytes << 10}; exec "$@"', "sh", *line],
        capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip

    assert (limited.returncode, limited.stdout) == (2, "")
    assert re.match(r"The load needs at least 1,024 MiB of address space, and \d+ MiB are left", limited.stderr)


def test_the_limit_is_that_of_the_load_alone(store, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_AS)
    inside = []

    with memory.limited_memory():
        inside.append(resource.getrlimit(resource.RLIMIT_AS)[0])

    assert 0 < inside[0] < 1 << 42
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what is freed is kept where the C library is GNU's")
def test_memory_that_arrays_leave_is_used_for_the_next():
    returned, kept = (int(program_says(_FAULTS.format(first=first))) for first in ("", "keep_freed()"))

    assert kept < returned / 10


def test_a_value_that_stands_in_parquet_a_thousand_times_is_not_made_so_often(tmp_path):
    value = "repeat('a@example.com' || chr(10), 100000)"
    path = written(
        tmp_path / "people.parquet", f"SELECT {value} AS email FROM range(1000) UNION ALL SELECT 'b@example.com'"
    )

    scanned = scan(table_of(path))

    assert scanned.rows == [("b@example.com",)]
    assert scanned.rejects == {"value too long": 1000}


def test_more_rows_than_fit_into_a_file_are_refused_by_its_footer(tmp_path, monkeypatch):
    path = written(tmp_path / "people.parquet", "SELECT NULL::VARCHAR AS email FROM range(300000)")
    monkeypatch.setattr(parquet, "ROWS_FREELY", 1000)

    with pytest.raises(DataFileError, match="says that it holds 300,000 rows"):
        table_of(path)


def bomb(path):
    """200,000 rows that all refer to one value of 20,000 bytes, 4 GB together, in 64 KB."""
    values = "SELECT 'ann@example.com' AS email, repeat('ann@example.com' || chr(10), 1250) AS bio FROM range(200000)"
    return written(path, values)


@pytest.mark.parametrize("weighed_first", [parquet.WEIGHED_FIRST, 0])
def test_parquet_that_says_far_more_than_it_holds_is_refused_by_what_it_says(
    store, tmp_path, monkeypatch, weighed_first
):
    monkeypatch.setattr(parquet, "WEIGHED_FIRST", weighed_first)
    path = bomb(tmp_path / "people.parquet")
    manifest = described(tmp_path, f"- path: {path.name}\n  mapping: {{email: Email addresses, bio: Bios}}\n")

    with pytest.raises(DataFileError, match=r"people\.parquet: unpacks to more than 500 times its size"):
        load(manifest, store)


def test_parquet_is_weighed_by_the_columns_that_are_read(store, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "WEIGHED_FIRST", 0)
    path = bomb(tmp_path / "people.parquet")
    manifest = described(tmp_path, f"- path: {path.name}\n  mapping: {{email: Email addresses}}\n")

    assert load(manifest, store).tally.people == 1


def test_a_draft_that_is_left_too_little_memory_is_not_begun_and_says_so(tmp_path, monkeypatch):
    (tmp_path / "people.csv").write_text("email\na@example.com\n", encoding="utf-8")

    monkeypatch.setattr(memory, "MEMORY", 1 << 20)
    with pytest.raises(
        LoadError, match=r"A draft needs at least 1,024 MiB .* and 1 MiB are left .* Nothing was written"
    ):
        drafting.draft([tmp_path / "people.csv"])


def test_of_values_however_long_a_draft_looks_at_the_beginning(tmp_path):
    path = written(tmp_path / "people.parquet", "SELECT repeat('ann@example.com ', 10000) AS bio FROM range(3)")

    with engine.connect(tmp_path) as connection:
        sample = sample_of(connection, table_of(path))

    assert [len(value) for value in sample["bio"]] == [LONGEST] * 3


def hungry_xz(text):
    """*text* packed as if with the largest dictionary there is, 4 GiB, which whoever unpacks it must make room for."""
    packed = bytearray(lzma.compress(text))
    length = (packed[12] + 1) * 4
    packed[16] = 40
    packed[12 + length - 4 : 12 + length] = zlib.crc32(packed[12 : 12 + length - 4]).to_bytes(4, "little")
    return bytes(packed)


def test_an_xz_file_that_wants_more_memory_than_it_is_given_is_refused(tmp_path):
    (tmp_path / "people.csv.xz").write_bytes(hungry_xz(b"email\na@example.com\n"))

    with pytest.raises(DataFileError, match="more than 256 MiB of memory"):
        table_of(tmp_path / "people.csv.xz")


def test_xz_is_read_in_several_streams_with_padding_between_them(tmp_path):
    lines = [f"u{number}@example.com\n" for number in range(200_000)]
    parts = [b"email\n" + "".join(lines[:100_000]).encode(), "".join(lines[100_000:]).encode()]
    (tmp_path / "people.csv.xz").write_bytes(lzma.compress(parts[0]) + b"\0" * 8 + lzma.compress(parts[1]) + b"\0" * 4)

    assert len(scan(table_of(tmp_path / "people.csv.xz")).rows) == 200_000
