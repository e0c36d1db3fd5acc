"""JSON: lines, lists, pages and objects in any spelling end as the same records."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import DataFileError
from ingest.readers.base import Instructions
from ingest.readers.left_out import LeftOut
from ingest.readers.objects import Text, records
from ingest.readers.shape import Shape
from tests.ingest.scans import Scanned, scan, scan_text, table_of

PEOPLE = [{"id": number, "email": f"u{number}@example.com", "tags": ["a", "b"]} for number in range(3)]
ROWS = [(str(number), f"u{number}@example.com", "a\nb") for number in range(3)]


def json_file(folder: Path, text: str) -> Path:
    path = folder / "people.json"
    path.write_text(text)
    return path


def scan_json(folder: Path, text: str | bytes, told: Instructions | None = None) -> Scanned:
    return scan_text(folder, text, told, "people.json")


def columns_of(folder: Path, value: object) -> tuple[str, ...]:
    path = folder / "people.json"
    path.write_text(json.dumps(value))
    return table_of(path).columns


def values_of(folder: Path, value: object, *columns: str) -> list[tuple[str | None, ...]]:
    path = folder / "people.json"
    path.write_text(json.dumps(value))
    return scan(table_of(path), columns).rows


# Shapes

SHAPES = {
    "lines": "\n".join(map(json.dumps, PEOPLE)),
    "lines with blank ones": "\n\n".join(map(json.dumps, PEOPLE)) + "\n \n",
    "lines with commas": ",\n".join(map(json.dumps, PEOPLE)),
    "lines all with commas": "".join(json.dumps(one) + ",\n" for one in PEOPLE),
    "indented lines with commas": "".join(f"\t{json.dumps(one)},\n" for one in PEOPLE),
    "lines ended as on Windows": "\r\n".join(map(json.dumps, PEOPLE)),
    "a list": json.dumps(PEOPLE),
    "a list in compact form": json.dumps(PEOPLE, separators=(",", ":")),
    "a list over lines": json.dumps(PEOPLE, indent=2),
    "objects over lines": "\n".join(json.dumps(one, indent=2) for one in PEOPLE),
    "objects on one line": "".join(map(json.dumps, PEOPLE)),
    "an object around a list": json.dumps({"users": PEOPLE}),
    "a page": json.dumps({"status": "ok", "results": PEOPLE, "total": 3}, indent=1),
    "pages": json.dumps({"page": 0, "results": PEOPLE[:2]}) + "\n" + json.dumps({"page": 1, "results": PEOPLE[2:]}),
    "a list of pages": json.dumps([{"page": 0, "results": PEOPLE[:2]}, {"page": 1, "results": PEOPLE[2:]}]),
    "Elasticsearch": json.dumps({"hits": {"total": 3, "hits": [{"_id": "x", "_source": one} for one in PEOPLE]}}),
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_shape_gives_the_same_records(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "people.json"
    path.write_bytes(text.encode(encoding))

    scanned = scan(table_of(path), ["id", "email", "tags"])

    assert (sorted(scanned.rows), scanned.rejects) == (ROWS, {})


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_records_do_not_depend_on_how_the_text_arrives(text: str, size: int) -> None:
    path = ("results",) if "results" in text else ("users",) if "users" in text else ("hits", "hits")
    left_out = LeftOut()

    found = [json.loads(one) for one in records(Text(pieces(text, size)), Shape(False, path), left_out)]

    assert [one.get("_source", one) for one in found] == PEOPLE
    assert not left_out


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def test_one_object_is_one_record(tmp_path: Path) -> None:
    one = {"email": "a@example.com", "items": [{"sku": 1}, {"sku": 2}]}

    assert values_of(tmp_path, one, "email", "items[].sku") == [("a@example.com", "1\n2")]


def test_an_object_with_several_addresses_is_one_record(tmp_path: Path) -> None:
    one = {"name": "Al", "emails": [{"value": "a@example.com"}, {"value": "b@example.com"}]}

    assert values_of(tmp_path, one, "emails[].value") == [("a@example.com\nb@example.com",)]


def test_the_mapping_may_say_that_an_object_is_the_record(tmp_path: Path) -> None:
    text = json.dumps({"users": [{"email": "a@example.com"}, {"email": "b@example.com"}]})

    scanned = scan_json(tmp_path, text, Instructions(columns=("users[].email",)))

    assert scanned.rows == [("a@example.com\nb@example.com",)]


def test_a_list_of_addresses_has_one_column(tmp_path: Path) -> None:
    assert values_of(tmp_path, ["a@example.com", "b@example.com"], "value") == [("a@example.com",), ("b@example.com",)]


def test_an_empty_list_holds_no_table(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        columns_of(tmp_path, [])


# Keys and values


def test_columns_are_the_union_of_the_keys(tmp_path: Path) -> None:
    value = [{"a": 1, "user": {"email": "x"}}, {"b": 2, "emails": [{"value": 1}, {"kind": 2}], "A": 3}]

    assert columns_of(tmp_path, value) == ("a", "user.email", "b", "emails[].value", "emails[].kind")


def test_keys_that_differ_by_case_are_one_column(tmp_path: Path) -> None:
    assert sorted(values_of(tmp_path, [{"Email": "a"}, {"email": "b"}], "Email")) == [("a",), ("b",)]


@pytest.mark.parametrize("wrapper", ["properties", "$properties", "_source"])
def test_wrappers_are_seen_through(tmp_path: Path, wrapper: str) -> None:
    value = [{"id": 1, wrapper: {"email": "a@example.com", "geo": {"city": "Bonn"}}}]

    assert columns_of(tmp_path, value) == ("id", "email", "geo.city")
    assert values_of(tmp_path, value, "email", "geo.city", f"{wrapper}.email") == [
        ("a@example.com", "Bonn", "a@example.com")
    ]


def test_a_key_may_hold_a_dot_or_a_slash(tmp_path: Path) -> None:
    assert values_of(tmp_path, [{"user.email": "a", "x/y~z": "b"}], "user.email", "x/y~z") == [("a", "b")]


def test_a_key_that_the_sample_did_not_show_may_be_asked_for(tmp_path: Path) -> None:
    text = '{"a": 1}\n' * 20_000 + '{"late": "x", "properties": {"later": "y"}}\n'

    scanned = scan(table_of(path_of(tmp_path, text)), ["late", "properties.later", "never"])

    assert ("x", "y", None) in scanned.rows


def path_of(folder: Path, text: str) -> Path:
    path = folder / "people.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (17, "17"),
        (True, "true"),
        (None, None),
        ([], None),
        ({}, None),
        (["a", None, 2], "a\n2"),
        ({"$oid": "55"}, "55"),
        ({"0": "a", "1": "b", "10": None}, "a\nb"),
        ({"$numberLong": "17"}, "17"),
        ({"$binary": "YQ==", "$type": "00"}, "YQ==\n00"),
        ({"$regularExpression": {"pattern": "a", "options": ""}}, '{"pattern":"a","options":""}'),
        ("[not a list", "[not a list"),
        ("{not an object", "{not an object"),
        ('a "quoted" \\ value', 'a "quoted" \\ value'),
        ("é\u2028\U0001f600", "é\u2028\U0001f600"),
    ],
)
def test_values_become_text(tmp_path: Path, value: object, text: str | None) -> None:
    assert values_of(tmp_path, [{"v": value, "w": 1}], "v") == [(text,)]


def test_a_key_without_letters_is_a_column_all_the_same(tmp_path: Path) -> None:
    records = [{"id": 1, "": "ann@example.com"}, {"id": 2, "": "bob@example.com"}]

    assert values_of(tmp_path, records, "column2") == [("ann@example.com",), ("bob@example.com",)]


# Dirt


def test_a_malformed_line_is_one_broken_record(tmp_path: Path) -> None:
    text = SHAPES["lines"] + '\n{"id": 3, "email": "x\n' + '"text"\n' + '{"id": 4, "email": "u4@example.com"}\n'

    scanned = scan_json(tmp_path, text)

    assert (len(scanned.rows), scanned.rejects) == (4, {"malformed JSON": 2})


@pytest.mark.parametrize("around", ["{}", "[{}]"])
@pytest.mark.parametrize("noise", ["\0", "\x02", "\x1f"])
def test_control_characters_in_a_text_lose_nobody(tmp_path: Path, around: str, noise: str) -> None:
    line = '{"email": "ann' + noise + '@example.com", "name": "A\tB"}'
    path = json_file(tmp_path, around.replace("{}", line))

    assert scan(table_of(path)).rows == [("ann@example.com", "A B")]


def test_a_line_break_in_a_text_of_a_list_loses_nobody(tmp_path: Path) -> None:
    path = json_file(
        tmp_path, '[{"email": "ann@example.com", "name": "A\nB"}, {"email": "bob@example.com", "name": "B"}]'
    )

    assert scan(table_of(path)).rows == [("ann@example.com", "A B"), ("bob@example.com", "B")]


def test_a_line_with_what_parts_lines_here_is_a_rejected_record(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, SHAPES["lines"] + '\n{"id": "\x01"}\n')

    assert (len(scanned.rows), scanned.rejects) == (3, {"malformed JSON": 1})


def test_a_line_that_is_not_utf8_loses_nobody(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, SHAPES["lines"].encode() + b'\n{"email": "\xff"}\n')

    assert (len(scanned.rows), scanned.rejects) == (4, {})


def test_a_line_that_is_much_too_long_is_one_rejected_record(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, SHAPES["lines"] + "\n" + json.dumps({"id": "x" * 17_000_000}))

    assert (len(scanned.rows), scanned.rejects) == (3, {"line too long": 1})


def test_a_long_line_is_read(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, SHAPES["lines"] + "\n" + json.dumps({"id": "x" * 9_000_000}) + "\n")

    assert scanned.read == len(scanned.rows) == 4


MALFORMED = {
    "a bare word": '{"id": 1, "email": bad}',
    "an unclosed string": '{"id": 1, "email": "u1@example.com}',
    "a missing brace": '{"id": 1, "email": "u1@example.com"',
    "no colon": '{"id" 1}',
    "a nested fault": '{"id": 1, "x": [{"y": bad}, {"z": 2}]}',
    "too deep": '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}",
}


@pytest.mark.parametrize("fault", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("between", [",", ",\n", "\n"])
def test_a_malformed_element_loses_nobody_else(tmp_path: Path, fault: str, between: str) -> None:
    good = [json.dumps({"id": number, "email": f"u{number}@example.com"}) for number in (0, 2, 3)]

    scanned = scan_json(tmp_path, "[" + between.join([good[0], fault, *good[1:]]) + "]")

    assert {row[1] for row in scanned.rows} >= {"u0@example.com", "u2@example.com", "u3@example.com"}
    assert scanned.rejects["malformed JSON"] >= 1


def test_a_list_that_is_cut_short_gives_what_is_there(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, SHAPES["a list over lines"][:-30])

    assert (len(scanned.rows), scanned.rejects) == (2, {"malformed JSON": 1})


@pytest.mark.parametrize("text", ["", "   \n", "{", '{"a": ', "[{]"])
def test_a_file_without_a_record_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises((DataFileError, ValueError)):
        scan_json(tmp_path, text, Instructions(format="json"))


def test_csv_is_not_read_as_json(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"people\.json is not json; leave `format` out or correct it"):
        scan_json(tmp_path, "id,email\n1,a@example.com\n", Instructions(format="json"))


def test_a_compressed_file_that_is_cut_short_is_refused_after_the_scan(tmp_path: Path) -> None:
    text = "".join(json.dumps({"id": number, "email": f"u{number}@example.com"}) + "\n" for number in range(300_000))
    path = tmp_path / "people.jsonl.gz"
    path.write_bytes(gzip.compress(text.encode(), 1)[:-2000])
    table = table_of(path)

    with pytest.raises(DataFileError, match=r"people\.jsonl\.gz: the file is cut short"):
        scan(table)


keys = st.sampled_from(["a", "b.c", "d/e", "é", '"', "\\", "$x"])
values = st.recursive(st.text(max_size=5) | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3))
objects = st.lists(st.dictionaries(keys, values, min_size=1), min_size=1, max_size=6)


@given(objects, st.integers(1, 40), st.sampled_from([None, 1]), st.sampled_from(["list", "pages", "objects"]))
def test_records_come_whole_and_in_order(
    found: list[dict[str, object]], size: int, indent: int | None, form: str
) -> None:
    pages = [{"page": number, "results": found, "status": "ok"} for number in range(2)]
    text = {
        "list": json.dumps(found, indent=indent),
        "pages": "\n".join(json.dumps(page, indent=indent) for page in pages),
        "objects": "\n".join(json.dumps(one, indent=indent) for one in found),
    }[form]
    left_out = LeftOut()

    read = [json.loads(line) for line in records(Text(pieces(text, size)), Shape(False, ("results",)), left_out)]

    assert read == (found * 2 if form == "pages" else found)
    assert not left_out


BY_ID = {"u1": {"email": "ann@example.com"}, "u2": {"email": "bob@example.com"}, "0": {"email": "eve@example.com"}}


@pytest.mark.parametrize(
    "value", [BY_ID, {"users": BY_ID, "total": 3}, {"data": {"users": [*BY_ID.values()]}, "status": "ok"}]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_records_of_one_object_are_found_wherever_in_it_they_stand(
    tmp_path: Path, value: object, indent: int | None
) -> None:
    path = tmp_path / "people.json"
    path.write_text(json.dumps(value, indent=indent))

    found = scan(table_of(path), ["email"])

    assert [row[0] for row in found.rows] == ["ann@example.com", "bob@example.com", "eve@example.com"]


def test_many_records_under_their_ids_are_records_too(tmp_path: Path) -> None:
    many = {f"u{number}": {"email": f"p{number}@example.com", "note": "x" * 1000} for number in range(2000)}
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"users": many}))

    assert len(scan(table_of(path), ["email"]).rows) == 2000


def test_a_malformed_record_under_an_id_costs_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    members = [f'"u{number}": {{"email": "p{number}@example.com"}}' for number in range(9)]
    members[6] = '"u6": {"email": oops}'
    path.write_text("{" + ", ".join(members) + "}")

    found = scan(table_of(path), ["email"])

    assert (len(found.rows), sum(found.rejects.values())) == (8, 1)


KEYED = {"ann@example.com": {"name": "Ann"}, "bob@example.com": {}, "eve@example.com": {"name": "Eve"}}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("around", [KEYED, {"users": KEYED, "total": 3}])
def test_a_key_that_is_an_address_is_a_value_of_its_record(tmp_path: Path, around: object, indent: int | None) -> None:
    scanned = scan_json(tmp_path, json.dumps(around, indent=indent))

    assert scanned.rows == [("ann@example.com", "Ann"), ("bob@example.com", None), ("eve@example.com", "Eve")]


def test_one_record_a_line_may_stand_under_its_address(tmp_path: Path) -> None:
    text = "".join(json.dumps({key: value}) + "\n" for key, value in KEYED.items())

    assert [row[0] for row in scan_json(tmp_path, text).rows] == list(KEYED)


@pytest.mark.parametrize("value", ["Ann", ["Ann", "Smith"], 7, None])
def test_what_stands_under_an_address_may_be_any_value(tmp_path: Path, value: object) -> None:
    table = table_of(json_file(tmp_path, json.dumps({"ann@example.com": value, "bob@example.com": value})))

    assert table.columns == ("key", "value")
    assert [row[0] for row in scan(table).rows] == ["ann@example.com", "bob@example.com"]


IN_ARRAYS = [["1", "ann@example.com", None], ["2", "bob@example.com", "Bob"]]
NAMES = ["id", "email", "name"]
ARRAYS = {
    "a list with a header": json.dumps([NAMES, *IN_ARRAYS]),
    "a list over lines": json.dumps([NAMES, *IN_ARRAYS], indent=1),
    "a list below names": json.dumps({"columns": NAMES, "index": [0, 1], "data": IN_ARRAYS}),
    "a list below objects that name": json.dumps({"fields": [{"name": name} for name in NAMES], "rows": IN_ARRAYS}),
    "an array a line": "".join(json.dumps(row) + "\n" for row in [NAMES, *IN_ARRAYS]),
}


@pytest.mark.parametrize("text", ARRAYS.values(), ids=ARRAYS)
def test_arrays_are_records_under_the_names_that_are_given(tmp_path: Path, text: str) -> None:
    table = table_of(json_file(tmp_path, text))

    assert table.columns == tuple(NAMES)
    assert scan(table).rows == [tuple(row) for row in IN_ARRAYS]


def test_arrays_without_names_have_numbered_columns(tmp_path: Path) -> None:
    table = table_of(json_file(tmp_path, json.dumps(IN_ARRAYS)))

    assert table.columns == ("column1", "column2", "column3")
    assert len(scan(table).rows) == 2


def test_a_malformed_array_costs_nobody_else(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, '[["1", "ann@example.com"], ["2", oops], ["3", "eve@example.com"]]')

    assert [row[1] for row in scanned.rows] == ["ann@example.com", "eve@example.com"]
    assert scanned.rejects == {"malformed JSON": 1}


def test_a_list_of_addresses_is_a_record_each(tmp_path: Path) -> None:
    assert scan_json(tmp_path, json.dumps(list(KEYED))).rows == [(address,) for address in KEYED]


@pytest.mark.parametrize("half", [r"\ud83d", r"\uDE00", r"\ude00\ud83d", r"\ud83d\ud83d\ude00"])
@pytest.mark.parametrize("around", ["{}\n{}\n", "[{},\n{}]"])
def test_half_a_character_costs_nobody(tmp_path: Path, half: str, around: str) -> None:
    text = around.format('{"email": "ann@example.com", "bio": "x ' + half + '"}', '{"email": "bob@example.com"}')

    assert [row[0] for row in scan_json(tmp_path, text).rows] == ["ann@example.com", "bob@example.com"]


def test_half_a_character_in_a_key_costs_nobody(tmp_path: Path) -> None:
    scanned = scan_json(tmp_path, '{"email": "ann@example.com", "x\\ud83d": 1}\n{"email": "bob@example.com"}\n')

    assert sorted(row[0] for row in scanned.rows) == ["ann@example.com", "bob@example.com"]


def test_a_line_longer_than_the_engines_buffer_is_rejected_and_not_lost(tmp_path: Path) -> None:
    text = '{"email": "a@example.com"}\n{"email": "%s"}\n{"email": "b@example.com"}\n' % ("x" * (40 << 20))

    scanned = scan_json(tmp_path, text)

    assert (sorted(scanned.rows), scanned.rejects) == (
        [("a@example.com",), ("b@example.com",)],
        {"line too long": 1},
    )


USERS = {f"u{number}": {"email": f"u{number}@example.com"} for number in range(3)}


def test_a_person_with_friends_under_their_ids_is_one_record(tmp_path: Path) -> None:
    text = json.dumps({"profile": {"email": "ann@example.com", "name": "Ann"}, "friends": USERS})

    assert len(scan_json(tmp_path, text).rows) == 1


BULK = """\
{"index":{"_index":"users","_id":"1"}}
{"email":"ann@example.com"}
{ "create" : { "_index" : "users" } }
{"email":"bob@example.com"}
{"delete":{"_index":"users","_id":"4"}}
"""


def test_what_elasticsearch_is_to_do_with_records_is_none(tmp_path):
    scanned = scan_text(tmp_path, BULK, name="bulk.ndjson")

    assert scanned.rows == [("ann@example.com",), ("bob@example.com",)]
    assert not scanned.rejects
