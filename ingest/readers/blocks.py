"""Labelled blocks: lines `Label: value`, up to a blank line, a rule or the first label again."""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing

from ingest.readers import lines
from ingest.readers.base import Instructions, Table
from ingest.readers.left_out import LeftOut, LineNumbers
from ingest.readers.rows import bare_table, written
from ingest.sources import HEAD, DataFile

_LABELLED = re.compile(r"([^\W\d_][\w ./()#-]{0,39}?)\s*[:=](?!//)\s*(.*)")
_RULE = re.compile(r"\s*(?:[=*_#~+-]{3,}.*|)")
_MOST_LABELS = 40

Block = Mapping[str, list[str]]


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a file of labelled blocks, its columns named as the first of each label is spelled."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    sample = lines.decoded_head(head, encoding).splitlines()
    labels = labels_of(sample if len(head) < HEAD else sample[:-1])
    if not labels:
        return

    def found(left_out: LeftOut) -> Generator[bytes]:
        with closing(lines.as_utf8(file.chunks(), encoding)) as text:
            of_file = _lines(lines.blocks(text, left_out, only_cr=lines.has_only_cr(head)), LineNumbers(left_out))
            found = (one for one in blocks(of_file) if not labels.keys().isdisjoint(one[1]))
            yield from written(_row(block, labels, number if left_out.is_numbered else None) for number, block in found)

    yield bare_table(file.name, tuple(labels.values()), "blocks", encoding, found)


def labels_of(sample: Iterable[str]) -> dict[str, str]:
    """The labels in *sample* that stand there the most, case-folded, each as it is spelled first."""
    found = [label for line in sample if (label := label_of(line))]
    often = {label for label, _ in Counter(map(str.casefold, found)).most_common(_MOST_LABELS)}
    spelled: dict[str, str] = {}
    for label in found:
        if label.casefold() in often:
            spelled.setdefault(label.casefold(), label)
    return spelled


def label_of(line: str) -> str | None:
    """What *line* is labelled with, if anything."""
    found = _LABELLED.fullmatch(line.strip())
    return found[1] if found else None


def is_rule(line: str) -> bool:
    """Whether *line* only parts one block from the next."""
    return _RULE.fullmatch(line) is not None


def blocks(of_file: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Block]]:
    """The blocks of a file's numbered lines: where each begins, and its values by label, case-folded."""
    begun, block = 0, dict[str, list[str]]()
    for number, line in of_file:
        found = _LABELLED.fullmatch(line.strip())
        label = found[1].casefold() if found else ""
        if block and (is_rule(line) or label == next(iter(block))):
            yield begun, block
            block = {}
        if found:
            begun = begun if block else number
            block.setdefault(label, []).append(found[2])
    if block:
        yield begun, block


def _row(block: Block, labels: Mapping[str, str], number: int | None) -> list[bytes]:
    row = ["\x1e".join(block.get(label, ())).encode() for label in labels]
    return row if number is None else [b"%d" % number, *row]


def _lines(whole: Iterable[bytes], numbers: LineNumbers) -> Iterator[tuple[int, str]]:
    for block in whole:
        for line in block.decode(errors="replace").split("\n")[:-1]:
            yield numbers.take(), line
