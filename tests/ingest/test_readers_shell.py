"""What MongoDB's shells print is read as the records that it shows."""

import json

import pytest

from ingest.readers import shell
from ingest.readers.base import Instructions
from tests.ingest.scans import scan, scan_text, table_of

MONGO = """\
{ "_id" : ObjectId("5f1a"), "email" : "ann@example.com", "at" : ISODate("2020-01-02T03:04:05Z"), "n" : NumberLong(5) }
{ "_id" : ObjectId("5f1b"), "email" : "bob@example.com", "at" : null, "n" : NumberLong("6") }
Type "it" for more
"""
MONGOSH = """\
[
  {
    _id: ObjectId('5f1a'),
    email: 'ann@example.com',
    name: "O'Demo",
    tags: [ 'a: b', 'c' ],
    seen: ISODate('2020-01-02T03:04:05.000Z'),
    more: { key: Binary.createFromBase64('YQ==', 4), deep: [Object], at: Timestamp({ t: 1, i: 2 }) }
  },
  { _id: ObjectId('5f1b'), email: 'bob@example.com', name: 'Bob "B" \\'Demo\\'', seen: undefined },
  ... 3 more items
]
"""


def one(text):
    return json.loads("".join(shell.as_json([text])))


def test_lines_of_the_old_shell_are_records(tmp_path):
    scanned = scan_text(tmp_path, MONGO, name="users.txt")

    assert sorted(scanned.rows) == [
        ("5f1a", "ann@example.com", "2020-01-02T03:04:05Z", "5"),
        ("5f1b", "bob@example.com", None, "6"),
    ]
    assert scanned.rejects == {"malformed JSON": 1}


def test_what_the_new_shell_prints_is_a_list_of_records(tmp_path):
    (tmp_path / "users.txt").write_text(MONGOSH)
    table = table_of(tmp_path / "users.txt")

    assert table.format == "json"
    assert sorted(scan(table, ["email", "name"]).rows) == [
        ("ann@example.com", "O'Demo"),
        ("bob@example.com", "Bob \"B\" 'Demo'"),
    ]


@pytest.mark.parametrize("told", [Instructions(format="json"), Instructions(format="jsonl")], ids=["json", "jsonl"])
def test_it_may_be_called_json(tmp_path, told):
    assert len(scan_text(tmp_path, MONGO, told).rows) == 2


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ('{ "a" : NumberInt(-5) }', {"a": -5}),
        ("{ a: Long('123'), $b: 1 }", {"a": "123", "$b": 1}),
        ('{ "a" : DBRef("users", ObjectId("5f")), b: BinData(0,"YQ==") }', {"a": ["users", "5f"], "b": [0, "YQ=="]}),
        ("{ a: new Date(1600000000000) }", {"a": 1600000000000}),
        ("{ a: 'b: c', d: 'ObjectId(\"x\")' }", {"a": "b: c", "d": 'ObjectId("x")'}),
        ('{ "a" : /^x\\/y "z"/i, b: /[/ }', {"a": '/^x\\/y "z"/i', "b": "/[/"}),
        (r"{ a: '\x41\u0042\n\\' }", {"a": "AB\n\\"}),
        ("{ a: '\\\\\"' }", {"a": '\\"'}),
        ("{ a: NaN, b: [Array], c: -Infinity, d: MinKey() }", {"a": None, "b": None, "c": None, "d": []}),
    ],
)
def test_values_are_what_they_mean(printed, value):
    assert one(printed) == value


@pytest.mark.parametrize(
    "text",
    ['{"at": "new Date(1)"}', "a: ObjectId(5)", '{"a": 1}\n{"b": ISODate("x")}', "{rtf1: }", "[section]\nkey = 1"],
)
def test_other_text_is_not_taken_for_it(text):
    assert not shell.is_printed(text)


def test_pieces_may_end_anywhere():
    assert "".join(shell.as_json(MONGOSH)) == "".join(shell.as_json([MONGOSH]))


@pytest.mark.parametrize("torn", ["{ a: ObjectId(" * 9, "{ a: '" + "\\'" * 9, "{ a: f(x) }", "{ a: ) }", "{ a: 'x"])
def test_a_line_that_makes_no_sense_costs_no_other(tmp_path, torn):
    scanned = scan_text(tmp_path, MONGO.replace('Type "it" for more', torn))

    assert (len(scanned.rows), scanned.rejects.total()) == (2, 1)


ROBO = """\
/* 1 */
{
    "_id" : ObjectId("5f1a"),
    "email" : "ann@example.com", // see https://example.com
    "tags" : [ "a,]", "b", ],
}

/* 2 */
{
    "_id" : ObjectId("5f1b"),
    "email" : "bob@example.com",
    "tags" : "https://example.com//x",
}
"""


def test_remarks_and_commas_behind_the_last_are_passed_over(tmp_path):
    scanned = scan_text(tmp_path, ROBO, name="users.txt")

    assert scanned.rows == [
        ("5f1a", "ann@example.com", "a,]\nb"),
        ("5f1b", "bob@example.com", "https://example.com//x"),
    ]
    assert not scanned.rejects


def test_a_comma_that_ends_a_piece_of_text_is_left_out_if_it_was_the_last():
    assert json.loads("".join(shell.as_json(['{"a": 1,\n', ' "b": [1,\n', "]\n,\n", "}\n"]))) == {"a": 1, "b": [1]}


def test_json_in_which_text_looks_like_a_last_comma_stays_as_it_is():
    assert not shell.is_printed('{"email": "ann@example.com", "x": "[a, ]"}\n')
