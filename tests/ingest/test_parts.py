"""Trial loads read the first records of each file or a share of them, say so, and are not published by chance."""

import pytest

from breachcheck.digests import Kind
from breachcheck.errors import ReadInPart
from breachcheck.tallies import Part
from ingest.pipeline import LoadRefused
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import HEAD, described, load
from tests.ingest.test_rejections import ONE_FILE, lines_of, parquet

FIRST = Part(limit=5)


def csv_of(count, odd={}.get):
    return "email,name\n" + "".join(odd(one) or f"u{one}@example.com,N{one}\n" for one in range(count))


def people_in(store, load_id, numbers):
    ids = {one.id for one in store.field_sets.of_load(load_id)}
    by_digest = {store.digester.of(Kind.EMAIL, f"u{one}@example.com"): one for one in numbers}
    return {by_digest[one] for one, held in store.index.field_sets_of_many(by_digest).items() if ids & set(held)}


@pytest.mark.parametrize("name", ["people.csv", "people.txt"])
def test_a_limit_reads_the_first_records_of_each_file(store, tmp_path, name):
    files = {name: csv_of(4000), "more.csv": "email,name\nzoe@example.com,Z\n"}
    manifest = described(tmp_path, ONE_FILE.format(name=name) + ONE_FILE.format(name="more.csv"), files)

    outcome = load(manifest, store, part=FIRST)

    assert [one.read for one in outcome.tally.files] == [5, 1]
    assert people_in(store, outcome.load_id, range(4000)) == set(range(5))


def test_a_limit_takes_the_first_rows_of_parquet(store, tmp_path):
    parquet(tmp_path / "people.parquet")

    outcome = load(described(tmp_path, ONE_FILE.format(name="people.parquet")), store, part=Part(limit=1))

    assert (outcome.tally.read, outcome.tally.people) == (1, 1)


def test_what_is_malformed_behind_the_limit_is_not_counted(store, tmp_path):
    odd = {2: "x@example.com,X,1,2\n", 3000: "y@example.com,Y,1,2\n", 3999: ",Z\n"}
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": csv_of(4000, odd.get)})

    outcome = load(manifest, store, part=FIRST, rejects=tmp_path / "rejects.csv")

    assert outcome.tally.rejected == {"too many columns": 1}
    assert lines_of(tmp_path / "rejects.csv") == [(4, "too many columns")]


def test_a_file_shorter_than_the_limit_is_read_whole(store, tmp_path):
    odd = {2: 'x@example.com,"X,1,2\n', 3: ",Z\n"}
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": csv_of(5, odd.get)})

    part = load(manifest, store, dry_run=True, part=Part(limit=100)).tally

    assert (part.read, part.rejected) == (5, load(manifest, store, dry_run=True).tally.rejected)


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 1.0])
def test_a_sample_is_spread_over_the_file(store, tmp_path, share):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": csv_of(4000)})

    outcome = load(manifest, store, part=Part(share=share))

    assert abs(outcome.tally.read - share * 4000) <= 8
    for quarter in range(4):
        inside = people_in(store, outcome.load_id, range(quarter * 1000, quarter * 1000 + 1000))
        assert abs(len(inside) - share * 1000) <= 8


def test_a_sample_is_the_same_every_time(store, tmp_path):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": csv_of(500)})

    loads = [load(manifest, store, part=Part(share=0.1)).load_id for _ in range(2)]

    assert people_in(store, loads[0], range(500)) == people_in(store, loads[1], range(500))


def test_records_whose_person_is_in_the_rest_do_not_refuse_a_part(store, tmp_path):
    entries = """
        - path: people.csv
          mapping: {email: Email addresses}
        - path: orders.csv
          mapping: {phone: Phone numbers}
          join: {to: people.csv, on: id, column: person}
        """
    people = "id,email\n" + "".join(f"{one},u{one}@example.com\n" for one in range(100))
    orders = "person,phone\n" + "".join(f"{99 - one},555{one}\n" for one in range(100))
    manifest = described(tmp_path, entries, {"people.csv": people, "orders.csv": orders})

    outcome = load(manifest, store, part=FIRST, max_rejected=0.1)

    assert outcome.tally.rejected == {"no matching person": 5}
    with pytest.raises(LoadRefused):
        load(described(tmp_path, entries.replace("on: id", "on: email")), store, max_rejected=0.1)


def test_a_part_is_held_and_says_what_it_is(store, tmp_path):
    manifest = described(tmp_path, ONE_FILE.format(name="people.csv"), {"people.csv": csv_of(9)})

    outcome = load(manifest, store, part=FIRST)

    assert not outcome.is_published
    assert store.loads.get(outcome.load_id).tally.part == FIRST
    with pytest.raises(ReadInPart, match="the first 5 records of each file"):
        store.publishing.publish(store.publishing.held_load("Shop"), by="tests")
    store.publishing.publish(store.publishing.held_load("Shop"), by="tests", although_in_part=True)
    assert store.breaches.get("Shop").current_load == outcome.load_id


def test_the_commands_say_that_it_is_a_part(store, tmp_path):
    (tmp_path / "people.csv").write_text(csv_of(200))
    (tmp_path / "breach.yaml").write_text(HEAD + "  - path: people.csv\n")
    data = store.config.data

    told = breachcheck("ingest", tmp_path / "breach.yaml", "--sample", "0.1", data=data)
    refused = breachcheck("breaches", "publish", "Shop", data=data)
    shown = breachcheck("breaches", "show", "Shop", "--json", data=data)
    meant = breachcheck("breaches", "publish", "Shop", "--although-in-part", data=data)

    assert (told.status, "a sample of 10 % of each file" in told.out) == (0, True)
    assert (refused.status, "a sample of 10 % of each file alone" in refused.err) == (2, True)
    assert shown.json["loads"][0]["part"] == "a sample of 10 % of each file"
    assert meant.status == 0


def test_a_limit_and_a_sample_exclude_each_other(store, tmp_path):
    (tmp_path / "breach.yaml").write_text(HEAD + "  - path: people.csv\n")

    refused = breachcheck("ingest", tmp_path / "breach.yaml", "--sample", "0.1", "--limit", "3", data=store.config.data)

    assert (refused.status, "exclude each other" in refused.err) == (2, True)


def test_a_held_load_is_compared_with_the_one_it_would_replace(store, tmp_path):
    (tmp_path / "people.csv").write_text(csv_of(9))
    (tmp_path / "breach.yaml").write_text(HEAD + "  - path: people.csv\n")
    first = breachcheck("ingest", tmp_path / "breach.yaml", data=store.config.data)
    (tmp_path / "people.csv").write_text(csv_of(12))

    second = breachcheck("ingest", "--hold", tmp_path / "breach.yaml", data=store.config.data)

    third = breachcheck("ingest", "--hold", tmp_path / "breach.yaml", "--json", data=store.config.data)

    assert "Compared with" not in first.out
    assert third.json["comparison"]["counts"]["people"] == {"before": 9, "after": 12}
    assert "Compared with load 1, which it would replace" in second.out
    assert "people           9     12  +3" in second.out
