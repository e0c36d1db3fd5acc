"""JSON lines past the engine: the same people, ids, classes and counts as the long way finds."""

import gzip
import json
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breachcheck.digests import Digester, Kind
from breachcheck.tallies import LEFT_OUT
from ingest.columns import TextColumn
from ingest.engine import Engine
from ingest.extract import Extractor
from ingest.gathering import Gathering
from ingest.joins import Junction
from ingest.readers.base import Instructions
from ingest.readers.plain import Uses
from ingest.selection import Wanted
from ingest.words import Words
from tests.ingest.scans import table_of
from tests.ingest.test_shortcuts import ADDRESSES, SECRETS, contents, domains
from tests.parts import require

DIGESTER = Digester(bytes(32))
IDS = ("u1", "u2", "17", "-5", "0", "x" * 40, "alice@example.com", "u1.0", "17.0", "true", "Bob.Jones@Example.COM")
MARKS = tuple(f"found by id {number}" for number in range(len(IDS)))
EVENTS = Wanted(
    ("$email",),
    {"$email": ("E",), "distinct_id": ("I",), "$city": ("C", "B"), "$os": ("O",), "a.b": ("B",)},
    keys=(("distinct_id", "people"), ("$user_id", "people")),
    references=("distinct_id", "$user_id"),
    meets="people",
)
USUAL = "".join(
    json.dumps(
        {
            "event": "Sign up",
            "properties": {"time": number, "distinct_id": f"p{number // 2}", "$email": f"user{number // 2}@example.com"}
            | {"$user_id": None, "$city": "Bonn", "$os": "", "a": {"b": number}, "more": ["x", {"y": 1.5e3}]},
        },
        separators=(",", ":"),
    )
    + "\n"
    for number in range(40)
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine")) as opened:
        yield opened


def gathered(engine, table, folder, wanted, suppressed=()):
    """What a load of *table* would enter and count, when all who have ids have been met by those."""
    classes = dict.fromkeys(name for names in wanted.classes.values() for name in names)
    words = Words((*classes, *MARKS))
    hidden = np.array(sorted(suppressed), np.int64)
    with closing(Gathering(folder, words)) as gathering, closing(Junction(folder)) as junction:
        extractor = Extractor(engine, DIGESTER, "Example", gathering, {"people": junction}, hidden)
        count = extractor.read(table, wanted, 0, lambda _: None)
        ids = junction.digests(TextColumn.of([text.encode() for text in IDS]))
        found_by = dict(zip(MARKS, np.eye(len(IDS), dtype=bool), strict=True))
        junction.add_references(ids[:, None], 1, words.saying(len(IDS), found_by))
        met = junction.join(gathering)
        found = [contents(runs) for runs in (gathering.direct, gathering.aliases)]
        counts = (count.read, count.accepted, count.waiting, +count.rejected)
        return found, domains(gathering), counts, [+counter for counter in met], count.has_replaced


def both_ways(engine, folder, raw, wanted=EVENTS, name="events.jsonl", form="mixpanel-events", **more):
    """The same file by the shortcut, and the long way."""
    path = folder / name
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    require("gcc")
    table = table_of(path, Instructions(format=form))
    assert table.shortcut
    long_way = replace(table, shortcut=None)
    return (
        gathered(engine, table, folder, wanted, **more),
        gathered(engine, long_way, folder, wanted, **more),
    )


def written(value):
    return st.sampled_from([json.dumps(value), json.dumps(value, ensure_ascii=False)])


BLANKS = st.sampled_from(["", "", "", "", " ", "\t", "  ", "\r", "\x1e", "\u00a0"])
NUMBERS = ["0", "-0", "17", "-5", "0.0", "1.50", "1e400", "-1E-5", "01", "1.", ".5", "+1", "17.0", "9" * 40, "1e", "-"]
LITERALS = ["true", "false", "null", "nul", "True", "NaN", "Infinity", "truefalse"]
NESTED = [
    *("[]", "{}", '["a"]', '{"b":"x"}', '{"b":null}', '{"b":1,"b":2}', '[1,{"a":[true,null]},"]"]', '{"":{"":[]}}'),
    *('{"$oid":"1"}', "[1,]", '{"a":1,}', "[1 2]", '{"a" 1}', "[" * 70 + "]" * 70, '{"a":' * 59 + "1" + "}" * 59, "[}"),
]
STRINGS = [
    *('"a\\"b"', '"\\u0000"', '"\\ud83d"', '"\\ud83d\\ude00"', '"\\x"', '"a\\/b"', '"tab\t"', '"\x7f"', '"[1]"', '"{"'),
    *('"{}"', '" u1"', '"u1 "', '"u1.0"', '"u1\\n"', '"', '"x', '"[]"', '"\u00ef\u00bb\u00bf"', '"a\ufeffb"', '"ï"'),
]
VALUES = st.one_of(
    st.one_of(st.sampled_from(ADDRESSES), st.sampled_from(SECRETS), st.sampled_from(IDS), st.text(max_size=20)).flatmap(
        written
    ),
    st.sampled_from([f'"{text}"' for text in ("alice@example.com", "a.b+c@gmail.com", "bob@example.org")]),
    st.sampled_from([*NUMBERS, *LITERALS, *NESTED, *STRINGS]),
)
KEYS = st.sampled_from(
    [
        *("$email", "$email", "$email", "distinct_id", "distinct_id", "$user_id", "$city", "$os", "a.b", "b"),
        *("$EMAIL", "\\u0024email", "time", "", "é", "properties", "event", "x" * 80, "$email ", "a~b"),
    ]
)


def objects(values):
    members = st.lists(
        st.tuples(BLANKS, KEYS.map('"{}"'.format), BLANKS, st.just(":"), BLANKS, values, BLANKS).map("".join),
        max_size=7,
    )
    return st.tuples(BLANKS, members.map(",".join), BLANKS).map(lambda parts: "{" + "".join(parts) + "}")


def with_member(key, inner, outer):
    return outer[:-1] + ("," if len(outer.strip("{} \t")) else "") + f'"{key}":{inner}}}'


RECORDS = st.one_of(
    objects(VALUES),
    st.builds(
        with_member,
        st.sampled_from(["properties", "properties", "properties", "a", "_source"]),
        objects(VALUES),
        objects(VALUES),
    ),
)


INSTEAD = st.sampled_from(["", ",", "}", '"', "\\", "\n", "\0", "x", "\x01"])


def cut(text, place, inserted):
    """*text* with something else in place of one character."""
    at = place % (len(text) + 1)
    return text[:at] + inserted + text[at + 1 :]


LINES = st.tuples(
    st.sampled_from(["", "", "", "", " ", "\ufeff", ",", "\x1e"]),
    st.one_of(
        RECORDS,
        RECORDS,
        st.builds(cut, RECORDS, st.integers(0, 500), INSTEAD),
    ),
    st.sampled_from(["\n", "\n", "\n", "\r\n", " \r\n", "\n\n", ",\n", "\r", " \t\n", "x\n"]),
).map("".join)
FILES = st.lists(LINES, max_size=12).map("".join)


@given(FILES)
@example('{"$email":"a@example.com","$email":"b@example.com"}\n')
@example('{"$email":null,"properties":{"$email":"b@example.com","distinct_id":17}}\n{"distinct_id":"u1"}')
@settings(max_examples=40, deadline=None)
def test_the_plain_records_of_json_lines_are_read_as_the_engine_reads_them(engine, tmp_path_factory, text):
    raw = (USUAL + text).encode(errors="replace")

    shortened, scanned = both_ways(engine, tmp_path_factory.mktemp("events"), raw)

    assert shortened == scanned


EVERY_VALUE = [
    *(json.dumps(text, ensure_ascii=is_ascii) for text in (*ADDRESSES, *SECRETS, *IDS) for is_ascii in (True, False)),
    *(*NUMBERS, *LITERALS, *NESTED, *STRINGS),
]


@pytest.mark.parametrize("key", ["$email", "distinct_id", "$user_id", "$city", "a", "unwanted"])
def test_every_odd_value_is_read_as_the_engine_reads_it(engine, tmp_path, key):
    others = [
        *('"distinct_id":"u1"', '"$email":"alice@example.com","distinct_id":17', '"$email":null'),
        '"properties":{"$email":"a.b+c@gmail.com","$user_id":"u2"}',
    ]
    text = "".join(f'{{{other},"{key}":{value}}}\n' for value in EVERY_VALUE for other in others)

    shortened, scanned = both_ways(engine, tmp_path, (USUAL * 20 + text).encode(errors="replace"))

    assert shortened == scanned


@pytest.mark.parametrize("addresses", [(), ("distinct_id",)])
def test_events_without_an_address_of_their_own_are_read_alike(engine, tmp_path, addresses):
    classes = {"distinct_id": ("I", "E") if addresses else ("I",), "$city": ("C",)}
    wanted = replace(EVENTS, addresses=addresses, classes=classes)
    text = "".join(f'{{"distinct_id":{json.dumps(value)},"$city":"Bonn"}}\n' for value in (*IDS, *ADDRESSES, 17, ""))

    shortened, scanned = both_ways(engine, tmp_path, (USUAL + text * 2).encode(), wanted)

    assert shortened == scanned
    assert shortened[2][2] > 0  # some wait for their person


def test_records_without_ids_or_people_to_find_are_read_alike(engine, tmp_path):
    wanted = Wanted(("email",), {"email": ("E",), "name": ("N",)})
    usual = "".join(f'{{"email":"user{number}@example.com","name":"Ann"}}\n' for number in range(20))
    raw = (usual + '{"email":"x@example.com"}\n{"name":"Bob"}\n{"email":"A@B.example.com","name":null}').encode()

    shortened, scanned = both_ways(engine, tmp_path, raw, wanted, form="jsonl")

    assert shortened == scanned
    assert shortened[2] == (23, 22, 0, {"no address": 1})


def test_whoever_is_suppressed_is_left_out_with_all_their_events_and_their_ids(engine, tmp_path):
    events = '{"$email":"alice+x@example.com","distinct_id":"u1"}\n' * 3 + '{"distinct_id":"u1","$city":"Bonn"}\n'
    hidden = {int(DIGESTER.of(Kind.EMAIL, "alice@example.com"))}

    shortened, scanned = both_ways(engine, tmp_path, (USUAL + events).encode(), suppressed=hidden)

    assert shortened == scanned
    assert shortened[2] == (44, 40, 1, {LEFT_OUT: 3})


@pytest.mark.parametrize(("name", "encoding"), [("events.jsonl.gz", "utf-8"), ("events.jsonl", "utf-16")])
def test_what_is_packed_or_encoded_otherwise_is_read_alike(engine, tmp_path, name, encoding):
    text = USUAL + '{"$email":"jos\u00e9@example.com"}\r{"$email":"bob@example.com","$city":"K\u00f6ln"}\r\n'

    shortened, scanned = both_ways(engine, tmp_path, text.encode(encoding), name=name)

    assert shortened == scanned
    assert shortened[2][0] == 42


def test_usual_events_are_taken_without_the_engine(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(USUAL)
    require("gcc")
    shortcut = table_of(path, Instructions(format="mixpanel-events")).shortcut
    assert shortcut
    assert shortcut.linking
    spaced = "".join(json.dumps(json.loads(line)) + " \r\n" for line in USUAL.splitlines())

    plain = shortcut.linking(Uses("$email", ("distinct_id", "$city"), ("distinct_id",), ("distinct_id",)))(
        (USUAL + spaced).encode()
    )

    assert plain.rest == b""
    assert plain.records is not None
    assert plain.records.tolist() == [2] * 40
    assert plain.ids["distinct_id"].texts.values() == [f"p{number}".encode() for number in range(20)] * 2


def test_more_columns_than_there_is_room_for_go_the_long_way(engine, tmp_path):
    names = [f"screen_{number}" for number in range(70)]
    wanted = replace(EVENTS, classes={**EVENTS.classes, **dict.fromkeys(names, ("O",))})
    text = json.dumps({"$email": "alice@example.com", "event": "x", "properties": dict.fromkeys(names, "1")})

    shortened, scanned = both_ways(engine, tmp_path, f"{USUAL}{text}\n".encode(), wanted)

    assert shortened == scanned
    assert shortened[2][1] == 41
