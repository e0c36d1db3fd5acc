"""Samples: what is looked at of a table costs no more than its columns, however many there are."""

from dataclasses import replace
from pathlib import Path

import pytest

from breachcheck.errors import DataFileError
from ingest import engine
from ingest.samples import sample_of
from ingest.suggestions import Sample
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


def sample_of_file(path: Path, spill: Path) -> Sample:
    table = table_of(path)
    with engine.connect(spill) as connection:
        return sample_of(connection, table, far=table)


def test_a_column_that_begins_with_nothing_is_looked_at_further_on(tmp_path):
    rows = [f"{number},,x" if number < 3000 else f"{number},u{number}@example.com,x" for number in range(4000)]
    (tmp_path / "late.csv").write_text("\n".join(["nr,kto,name", *rows]))

    found = sample_of_file(tmp_path / "late.csv", tmp_path / "spill")

    assert found["kto"]
    assert all(value.endswith("@example.com") for value in found["kto"])


def test_no_table_is_gone_through_whose_people_are_known(tmp_path):
    rows = [f"u{number}@example.com,{'' if number < 3000 else 'x'}" for number in range(4000)]
    (tmp_path / "users.csv").write_text("\n".join(["kto,more", *rows]))

    assert sample_of_file(tmp_path / "users.csv", tmp_path / "spill")["more"] == []


def test_what_says_nothing_is_no_sample(tmp_path):
    (tmp_path / "users.csv").write_text("nr,kto\n" + "1,NULL\n" * 30 + "2,ann@example.com\n")

    assert sample_of_file(tmp_path / "users.csv", tmp_path / "spill")["kto"] == ["ann@example.com"]


def test_a_table_that_weighs_too_much_is_not_looked_at_further_on(tmp_path):
    def refuse(connection, columns):
        raise DataFileError(f"{', '.join(columns)}: too much")

    (tmp_path / "late.csv").write_text("nr,kto\n" + "1,\n" * 30)
    table = replace(table_of(tmp_path / "late.csv"), weigh=refuse)

    with engine.connect(tmp_path / "spill") as connection, pytest.raises(DataFileError, match=r"^kto: too much"):
        sample_of(connection, table, far=table)
