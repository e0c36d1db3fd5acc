"""Samples: what is looked at of a table costs no more than its columns, however many there are."""

from pathlib import Path

from ingest import engine
from ingest.samples import sample_of
from tests.ingest.scans import scan, table_of

COLUMNS, ROWS = 1500, 300


def wide_table(folder: Path) -> Path:
    path = folder / "wide.csv"
    names = ",".join(f"c{number}" for number in range(COLUMNS))
    values = ",".join("x" * 8 for _ in range(COLUMNS))
    path.write_text(f"email,{names}\n" + "".join(f"u{row}@example.com,{values}\n" for row in range(ROWS)))
    return path


def test_a_table_of_very_many_columns_has_a_sample_of_each(tmp_path):
    table = table_of(wide_table(tmp_path))

    with engine.connect(tmp_path / "spill") as connection:
        found = sample_of(connection, table)

    assert list(found) == list(table.columns)
    assert {len(values) for values in found.values()} == {ROWS}


def test_a_few_columns_of_very_many_are_read(tmp_path):
    assert len(scan(table_of(wide_table(tmp_path)), ["email", "c1499"]).rows) == ROWS
