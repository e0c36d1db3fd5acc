"""Labelled blocks: lines `Label: value`, up to a blank line, a rule or the first label again; entries of lists too."""

import base64
import re
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing

from ingest import header_names
from ingest.readers import lines
from ingest.readers.base import Instructions, Table
from ingest.readers.combo_layouts import entry_of
from ingest.readers.left_out import NOT_A_RECORD, LeftOut, LineNumbers
from ingest.readers.rows import bare_table, written
from ingest.sources import HEAD, DataFile

_LABEL = r"([^\W\d_][\w ./()#-]{0,39}?)\s*[:=\uff1a](?!//)"
_LABELLED = re.compile(rf"{_LABEL}\s*(.*)")
_BESIDE = re.compile(rf"(\s*[|;,]\s+|\t+|\s+[-\u2013]\s+|\s+)(?={_LABEL})")
_RULE = re.compile(r"\s*(?:[=*_#~+-]{3,}.*|)")
_BANNER = re.compile(r"\s*[^\w\s].*")
_BASE64 = re.compile(r":\s+((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|[A-Za-z0-9+/]{2,3}==?)")
_NAMES_SOMEONE = re.compile(r"\S@\S+\.\w")
_MOST_LABELS = 40
_OF_PERSON = frozenset({"user", "usr", "e-mail", "user name"})
_OF_ENTRY = frozenset(
    {"url", "host", "hostname", "website", "application", "app", "soft", "software", "browser", "storage", "profile"}
    | {"address", "date"}
)
_OF_PERSON_CLASSES = ("Usernames", header_names.EMAIL)

Block = Mapping[str, list[str]]


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of a file of labelled blocks, its columns named as the first of each label is spelled."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    sample = lines.decoded_head(head, encoding).splitlines()
    labels = labels_of(part for line in (sample if len(head) < HEAD else sample[:-1]) for part in parts_of(line))
    if not labels:
        return

    def found(left_out: LeftOut) -> Generator[bytes]:
        with closing(lines.as_utf8(file.chunks(), encoding, left_out)) as text:
            whole = lines.blocks(text, left_out, only_cr=lines.has_only_cr(head), are_lines=_are_lines)
            found = _labelled(blocks(_parts(whole, left_out, entry_labels(labels))), labels, left_out)
            yield from written(_row(block, labels, number if left_out.is_numbered else None) for number, block in found)

    yield bare_table(file.name, tuple(labels.values()), "blocks", encoding, found)


def _labelled(
    found: Iterable[tuple[int, Block]], labels: Mapping[str, str], left_out: LeftOut
) -> Iterator[tuple[int, Block]]:
    """Those of the blocks *found* that have any of *labels*; of the others, whoever stands in one is left out."""
    for number, block in found:
        if not labels.keys().isdisjoint(block):
            yield number, block
        elif any(_NAMES_SOMEONE.search(value) for values in block.values() for value in values):
            left_out.leave(NOT_A_RECORD, number)


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


def entry_labels(labels: Mapping[str, str]) -> tuple[str, str] | None:
    """Which of *labels* name the person and the secret, if there are both: what a list among the blocks has, too."""
    people = sorted(filter(is_of_person, labels.values()), key=lambda label: not _is_of(label, (header_names.EMAIL,)))
    secrets = [label for label in labels.values() if _is_of(label, ("Passwords",))]
    return (people[0], secrets[0]) if people and secrets else None


def _are_lines(parts: Sequence[bytes]) -> bool:
    found = [part.decode() for part in parts]
    return all(label_of(line) or is_rule(line) or entry_of(line) for line in found)


def is_rule(line: str) -> bool:
    """Whether *line* only parts one block from the next."""
    return _RULE.fullmatch(line) is not None


def is_banner(line: str) -> bool:
    """Whether *line* is set off by the marks it begins with, and parts no blocks."""
    return not is_rule(line) and _BANNER.fullmatch(line) is not None


def is_of_person(label: str) -> bool:
    """Whether what *label* stands before says who somebody is."""
    return label.casefold() in _OF_PERSON or _is_of(label, _OF_PERSON_CLASSES)


def _is_of(label: str, classes: Collection[str]) -> bool:
    meaning = header_names.meaning_of(label)
    return meaning is not None and meaning.data_class in classes


def is_known(label: str) -> bool:
    """Whether blocks of people or of their logins have the label *label*."""
    folded = label.casefold()
    return folded in _OF_PERSON or folded in _OF_ENTRY or header_names.meaning_of(label) is not None


def _begins_part(mark: str, label: str) -> bool:
    """Whether *label* labels what stands behind *mark*; behind a blank, only if it says who or with which secret."""
    if mark:
        return is_known(label)
    return is_of_person(label) or _is_of(label, ("Passwords",))


def _may_be_several(line: str) -> bool:
    """Whether a second label may stand in *line*, which is not so of most."""
    _, _, behind = line.replace("\t", " ").partition(" ")
    return behind.count(":") > behind.count("://") or "=" in behind or "\uff1a" in behind


def parts_of(line: str) -> list[str]:
    """The labelled parts that stand side by side in *line*, or *line* alone."""
    line = line.strip()
    first = _LABELLED.match(line) if _may_be_several(line) else None
    if first is None:
        return [line]
    places = list(_beside(line, first.end(1)))
    starts = [0, *(found.end() for found in places)]
    stops = [*(found.start() for found in places), len(line)]
    return [line[start:stop] for start, stop in zip(starts, stops, strict=True)]


def _beside(line: str, end: int) -> Iterator[re.Match[str]]:
    """Where further parts begin in *line*, whose first label ends at *end*; no label holds another."""
    for found in _BESIDE.finditer(line, end):
        if found.start() >= end and _begins_part(found[1].strip(" "), found[2]):
            yield found
            end = found.end(2)


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
            block.setdefault(label, []).append(_value(found[2]))
    if block:
        yield begun, block


def _value(text: str) -> str:
    """*text*, or what it says in base64, as LDIF marks it by a second colon."""
    found = _BASE64.fullmatch(text)
    return base64.b64decode(found[1]).decode(errors="replace") if found else text


def _row(block: Block, labels: Mapping[str, str], number: int | None) -> list[bytes]:
    row = ["\x1e".join(block.get(label, ())).encode() for label in labels]
    return row if number is None else [b"%d" % number, *row]


def _parts(whole: Iterable[bytes], left_out: LeftOut, of_entries: tuple[str, str] | None) -> Iterator[tuple[int, str]]:
    """Every labelled part with the number of its line, and all other lines; whoever stands in those is left out.

    A line that is an address and a secret alone is a block of its own, under the labels *of_entries*.
    """
    numbers = LineNumbers(left_out)
    for block in whole:
        for line in block.decode(errors="replace").split("\n")[:-1]:
            number = numbers.take()
            is_odd = "@" in line and _NAMES_SOMEONE.search(line) and label_of(line) is None and not is_rule(line)
            if is_odd and of_entries and (entry := entry_of(line)):
                yield from ((number, part) for part in _as_block(entry, of_entries))
                continue
            if is_odd:
                left_out.leave(NOT_A_RECORD, number)
            yield from ((number, part) for part in parts_of(line))


def _as_block(entry: tuple[str, str], labels: tuple[str, str]) -> list[str]:
    return ["", *(f"{label}: {value}" for label, value in zip(labels, entry, strict=True)), ""]
