"""Samples: what is looked at of a table costs no more than its columns, however many there are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from breachcheck.errors import DataFileError
from ingest import engine
from ingest.samples import sample_at_hand, sample_of
from ingest.suggestions import Sample
from tests.ingest.loads import described, load
from tests.ingest.scans import scan, table_of
from tests.ingest.test_object_lines import IDS
from tests.ingest.test_shortcuts import ADDRESSES, SECRETS
from tests.parts import require

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


def lines_of(records):
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def many(lines):
    """A file that begins with *lines* and is long enough to be judged by its beginning."""
    return lines + lines_of({"id": number} for number in range(1000))


def events(folder, lines):
    path = folder / "events.jsonl"
    path.write_text(many(lines), encoding="utf-8")
    require("gcc")
    return table_of(path)


TEXTS = [text for text in (*ADDRESSES, *SECRETS, *IDS, "null", "0", " ", "x" * 5000) if text[:1] not in ("[", "{")]
PLAIN = [*TEXTS, 17, -5, 0, 10**30, True, False, None]


@pytest.mark.parametrize("around", [None, "properties", "_source", "user"])
def test_what_is_at_hand_of_plain_records_is_what_the_engine_samples(tmp_path, around):
    records = [{"mail": "ann@example.com", "v": value, "in": {"v": {"w": value}}} for value in PLAIN]
    table = events(tmp_path, lines_of({around: record} if around else record for record in records))

    with engine.connect(tmp_path, in_order=True) as connection:
        sampled = sample_of(connection, table.shortcut.beginning(), len(PLAIN))

    assert sample_at_hand(table, len(PLAIN)) == sampled
    assert len(sampled) == 4  # with the id


def test_of_several_places_the_first_that_says_something_is_at_hand(tmp_path):
    mails = {"mail": None, "properties": {"mail": "ann@example.com"}}, {"Mail": "bob@example.com", "mail": ""}
    records = [*mails, {"a.b": 1}, {"a": {"b": 2}}]
    table = events(tmp_path, lines_of(records))

    with engine.connect(tmp_path, in_order=True) as connection:
        sampled = sample_of(connection, table.shortcut.beginning(), 4)

    assert sample_at_hand(table, 4) == sampled
    assert sampled["a.b"] == ["1", "2"]


@pytest.mark.parametrize(
    "line",
    [
        *('{"mail": 1.50}', '{"mail": ["a"]}', '{"mail": "[1]"}', '{"mail": "{"}', '{"mail": [{"x": 1}]}', "", "1"),
        *('{"mail": "a"', "{'mail': 'a'}", '{"mail": {"$oid": "1"}}', '{"mail": {}}', '{"mail": NaN}', "[]"),
    ],
)
def test_the_engine_is_asked_what_other_records_say(tmp_path, line):
    others = '{"mail": "ann@example.com"}\n' * 3

    assert sample_at_hand(events(tmp_path, others), 4) == {"mail": ["ann@example.com"] * 3, "id": []}
    assert sample_at_hand(events(tmp_path, f"{others}{line}\n"), 4) is None


def test_the_engine_is_asked_where_no_address_is_at_hand(tmp_path):
    assert sample_at_hand(events(tmp_path, "")) is None


def test_a_load_of_plain_records_makes_no_engine(store, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "connect", lambda *_, **__: 1 / 0)
    lines = lines_of({"mail": f"p{number}@example.com"} for number in range(1000))

    outcome = load(described(tmp_path, "- path: events.jsonl\n", {"events.jsonl": lines}), store)

    assert outcome.tally.people == 1000
