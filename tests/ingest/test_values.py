"""Values of identifiers come out of columns as they would one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck import ids
from ingest.columns import TextColumn
from ingest.values import names, spelled, there, values_in

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
OBJECT_ID = "507f1f77bcf86cd799439011"
SPELLINGS = [
    "17.0",
    "-17.0",
    "1.7.0",
    ".0",
    "17.00",
    "é.0",
    "17.0\u200b",
    UUID,
    UUID.upper(),
    f"{{{UUID.upper()}}}",
    f"{UUID[:-1]}G",
    f'ObjectId("{OBJECT_ID.upper()}")',
    "ObjectId(17)",
    "Ann@Example.com",
    "JOSE\u0301@example.com",
    "\u00a017\u00a0",
    "\u200b",
]
TEXTS = st.lists(st.text(alphabet="1.0 aA@{}\t\ré\u00a0-", max_size=6) | st.sampled_from(SPELLINGS))
LISTED = TEXTS | st.lists(st.text(alphabet="1.0 \n", max_size=8))


def column(texts: list[str]) -> TextColumn:
    return TextColumn.of([text.encode() for text in texts])


def texts_of(values: TextColumn) -> list[str]:
    return [value.decode() for value in values.values()]


@given(LISTED)
def test_values_are_the_lines_that_hold_any_without_blanks(texts: list[str]) -> None:
    rows, values = values_in(column(texts))

    found = list(zip(rows.tolist(), texts_of(values), strict=True))
    lines = [(row, line.strip(" \t\r")) for row, text in enumerate(texts) for line in text.split("\n")]
    assert found == [(row, line) for row, line in lines if line]


@given(TEXTS, st.sampled_from(["", "Shop\0", "Größe.0@\0"]))
def test_a_column_of_ids_is_spelled_as_each_of_them_is(texts: list[str], before: str) -> None:
    texts = [text.strip(" \t\r") for text in texts]

    values = spelled(column([before + text for text in texts]), before.encode())

    assert texts_of(values) == [before + ids.spelled(text) for text in texts]


@given(TEXTS, st.sampled_from(["", "Shop\0"]))
def test_a_column_of_names_is_spelled_as_each_of_them_is(texts: list[str], before: str) -> None:
    texts = [text.strip(" \t\r") for text in texts]

    values = names(column([before + text for text in texts]), before.encode())

    assert texts_of(values) == [before + ids.name(text) for text in texts]


def test_a_value_that_two_rows_share_is_spelled_for_both() -> None:
    shared = column([UUID.upper(), "17"]).take([0, 0, 1])  # type: ignore[arg-type]

    assert texts_of(spelled(shared)) == [UUID, UUID, "17"]


def test_what_is_too_short_to_be_there_goes_with_its_row() -> None:
    rows, values = there(*values_in(column(["", "a", "bc"])), least=2)

    assert (rows.tolist(), texts_of(values)) == ([2], ["bc"])


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        *ids.KNOWN,
        ("17.00", "17"),
        ("-1001234.0", "-1001234"),
        ("17.50", "17.50"),
        ("00017", "00017"),
        ("1.0.0", "1.0.0"),
        (UUID.upper(), UUID),
        (f"{{{UUID}}}", UUID),
        ("AbC", "AbC"),
        (f"ObjectId({OBJECT_ID})", OBJECT_ID),
        (f'ObjectId("{OBJECT_ID}")', OBJECT_ID),
        (OBJECT_ID.upper(), OBJECT_ID.upper()),
        ("Ann@Example.COM", "ann@example.com"),
        ("\ufeff17\u00a0", "17"),
    ],
)
def test_an_id_has_one_spelling(written: str, spelling: str) -> None:
    assert ids.spelled(written) == spelling
    assert ids.spelled(spelling) == spelling


def test_a_name_keeps_its_case_and_its_numbers() -> None:
    assert ids.name("\u00a0JOSE\u0301\u200b 17.0") == "JOS\u00c9\u200b 17.0"
