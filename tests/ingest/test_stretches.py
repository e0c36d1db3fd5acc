"""Stretches of a file: every line is in one of them, and none of a file that is another by then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import DataFileError, LoadError
from ingest.disk_files import state_of
from ingest.readers.stretches import stretches, together


def cut(path, start, size):
    return stretches(path, state_of(path), start, size)


def lines_of(path, start, size):
    return [line for stretch in cut(path, start, size) for block in stretch for line in block.splitlines(True)]


@given(
    st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"") + b"\n")),
    st.integers(1, 100),
)
def test_every_line_stands_in_one_stretch(tmp_path_factory, lines, size):
    path = tmp_path_factory.mktemp("list") / "list.txt"
    path.write_bytes(b"".join(lines))

    assert b"".join(lines_of(path, 0, size)) == b"".join(lines)


def test_a_stretch_ends_with_the_line_that_it_reaches(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes(b"header\n" + b"x" * 10_000 + b"\nb\n\nc")

    found = list(cut(path, 7, 1))

    assert [stretch.size for stretch in found] == [10_001, 2, 1, 1]
    assert b"".join(b"".join(stretch) for stretch in found) == b"x" * 10_000 + b"\nb\n\nc\n"


def test_the_last_stretches_are_shorter(tmp_path):
    """So that of two who read them none waits long for the other."""
    path = tmp_path / "list.txt"
    path.write_bytes(b"a\n" * 1_000)

    sizes = [stretch.size for stretch in cut(path, 0, 600)]

    assert sizes == [500, 376, 282, 210, 200, 200, 200, 32]


def test_nothing_stands_behind_the_end_of_a_file(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes(b"header")

    assert list(cut(path, 7, 1)) == []


@pytest.mark.parametrize("become", ["", "ann@example.com\n", "bob@example.com\ncarol@example.com\n"])
def test_a_file_that_was_written_to_is_not_read(tmp_path, become):
    path = tmp_path / "list.txt"
    path.write_text("bob@example.com\ndave@example.com\n")
    [stretch] = cut(path, 0, 100)
    path.write_text(become)

    with pytest.raises(LoadError, match=r"list\.txt changed while it was read"):
        list(stretch)


def test_a_file_that_another_was_put_in_place_of_is_not_read(tmp_path):
    path, other = tmp_path / "list.txt", tmp_path / "other.txt"
    path.write_text("bob@example.com\n")
    [stretch] = cut(path, 0, 100)
    other.write_text("eve@example.com\n")
    other.replace(path)

    with pytest.raises(LoadError, match="changed while it was read"):
        list(stretch)


def test_a_file_that_is_gone_cannot_be_read(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("bob@example.com\n")
    [stretch] = cut(path, 0, 100)
    path.unlink()

    with pytest.raises(DataFileError, match=r"list\.txt: cannot be read"):
        list(stretch)


def test_blocks_are_put_together_until_they_are_long_enough():
    assert list(together([b"a\n", b"b\n", b"c\n"], 4)) == [[b"a\n", b"b\n"], [b"c\n"]]
