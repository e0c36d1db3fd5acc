"""Labelled blocks: lines `Label: value`, up to a blank line, a rule or the first label again."""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing

from ingest.readers import lines
from ingest.readers.base import Instructions, Table
from ingest.readers.piped import Left, Records, written
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

    def found(left_out: Left) -> Generator[bytes]:
        with closing(lines.as_utf8(file.chunks(), encoding)) as text:
            of_file = _lines(lines.blocks(text, left_out, only_cr=lines.has_only_cr(head)))
            yield from written(_row(block, labels) for block in blocks(of_file) if not labels.keys().isdisjoint(block))

    records = Records(file.name, tuple(labels.values()), found)
    yield Table(
        name=file.name,
        columns=tuple(labels.values()),
        format="blocks",
        encoding=encoding,
        relation=records.relation,
        rejects=records.rejects,
        finish=records.stream.finish,
        close=records.stream.close,
    )


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


def blocks(of_file: Iterable[str]) -> Iterator[Block]:
    """The blocks of a file's lines: values by label, case-folded."""
    block: dict[str, list[str]] = {}
    for line in of_file:
        found = _LABELLED.fullmatch(line.strip())
        label = found[1].casefold() if found else ""
        if block and (is_rule(line) or label == next(iter(block))):
            yield block
            block = {}
        if found:
            block.setdefault(label, []).append(found[2])
    if block:
        yield block


def _row(block: Block, labels: Mapping[str, str]) -> list[bytes]:
    return ["\x1e".join(block.get(label, ())).encode() for label in labels]


def _lines(whole: Iterable[bytes]) -> Iterator[str]:
    for block in whole:
        yield from block.decode(errors="replace").split("\n")[:-1]
