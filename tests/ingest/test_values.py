"""Values of identifiers come out of columns as they would one by one."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ingest.columns import TextColumn
from ingest.values import values_in, without_fractions

TEXTS = st.lists(st.text(alphabet="1.0 a\t\r", max_size=6) | st.sampled_from(["17.0", "1.7.0", ".0", "17.00", "é.0"]))
LISTED = TEXTS | st.lists(st.text(alphabet="1.0 \n", max_size=8))


def column(texts: list[str]) -> TextColumn:
    return TextColumn.of([text.encode() for text in texts])


@given(LISTED)
def test_values_are_the_lines_that_hold_any_without_blanks(texts: list[str]) -> None:
    rows, values = values_in(column(texts))

    found = list(zip(rows.tolist(), [value.decode() for value in values.values()], strict=True))
    lines = [(row, line.strip(" \t\r")) for row, text in enumerate(texts) for line in text.split("\n")]
    assert found == [(row, line) for row, line in lines if line]


@given(TEXTS)
def test_whole_numbers_lose_their_fraction_of_nothing(texts: list[str]) -> None:
    texts = [text for text in texts if text]

    values = without_fractions(column(texts)).values()

    assert values == [re.sub(r"\A([0-9]+)\.0\Z", r"\1", text).encode() for text in texts]
