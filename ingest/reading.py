"""Reading: everything that a survey found goes through extraction, and is counted file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from breachcheck.digests import Digester
from breachcheck.tallies import LEFT_OUT, FileTally, Part, Tally
from ingest.chains import in_order
from ingest.columns import Int64s
from ingest.engine import Engine
from ingest.extract import NO_PERSON, Count, Extractor
from ingest.fingerprints import Fingerprints
from ingest.found import NOBODY
from ingest.gathering import Gathering
from ingest.joins import Junction
from ingest.readers.left_out import NUMBER
from ingest.readers.lines import said
from ingest.rejections import Rejections
from ingest.selection import Wanted
from ingest.sources import DataFile
from ingest.survey import Source, Survey

UNREAD_LETTERS = "letters that cannot be read stand as U+FFFD"

Show = Callable[[str, int, int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of all records: *accepted* ones name their person themselves, *joined* ones by an id.

    *hashed*: which file on disk each of *files* came from, where its SHA-256 is still to be told.
    """

    accepted: int
    joined: int
    rejected: Counter[str]
    files: tuple[FileTally, ...]
    hashed: tuple[Path | None, ...]

    def with_hashes(self, fingerprints: Fingerprints) -> Reading:
        """The same, with the SHA-256 of each file. Raises LoadError where one is no longer what it was."""
        files = [
            msgspec.structs.replace(file, sha256=fingerprints.of(path)) if path else file
            for file, path in zip(self.files, self.hashed, strict=True)
        ]
        return replace(self, files=tuple(files))

    def tally(self) -> Tally:
        """As long as nobody has looked for duplicates."""
        indexed = self.accepted + self.joined
        return Tally(
            read=indexed + self.rejected.total(), indexed=indexed, rejected=dict(self.rejected), files=self.files
        )


def read(
    survey: Survey,
    engine: Engine,
    digester: Digester,
    breach: str,
    gathering: Gathering,
    show: Show,
    *,
    fingerprints: Fingerprints,
    suppressed: Int64s = NOBODY,
    rejections: Rejections | None = None,
    part: Part | None = None,
) -> Reading:
    """Read every source of *survey* into *gathering*, joins included, but for the addresses that are *suppressed*.

    With *rejections*, which takes longer, these hear of every record that is rejected, by the number of its source.
    With *part*, no more is read of each.

    Raises DataFileError where a file cannot be read to its end, LoadError where one changed meanwhile. What is still to
    be hashed then, by *fingerprints*, is on the way.
    """
    wanted = [replace(one, number=NUMBER) if rejections or part else one for one in survey.wanted()]
    with ExitStack() as stack:
        watch = _Watch(engine, survey, show)
        engine.confine({one.file.path for one in survey.sources if one.file.path})
        junctions = {name: stack.enter_context(closing(Junction(gathering.folder))) for name in in_order(wanted)}
        extractor = Extractor(engine, digester, breach, gathering, junctions, suppressed, rejections, part)
        with fingerprints.reading(), fingerprints.faults_told():
            counts = _counts(survey, wanted, extractor, fingerprints, watch)
        joined = _join([*junctions.values()], counts, gathering, rejections)
        fingerprints.require_unchanged()
        fingerprints.hash_waiting()
        return _reading(survey, counts, joined)


def _counts(
    survey: Survey, wanted: list[Wanted], extractor: Extractor, fingerprints: Fingerprints, watch: _Watch
) -> list[Count]:
    counts = []
    for number, (source, one) in enumerate(zip(survey.sources, wanted, strict=True)):
        if source.file.source and source.file.state:
            fingerprints.begin(source.file.source, source.file.state)
        watch.begin(source.file)
        counts.append(extractor.read(source.table, one, number, watch.add))
    return counts


def _join(
    junctions: Sequence[Junction], counts: list[Count], gathering: Gathering, rejections: Rejections | None
) -> Counter[int]:
    """How many records of each source found their person; the others are counted as rejected.

    *junctions* stand in the order in which people pass along them.
    """

    def lost(names: Int64s) -> None:
        if rejections:
            rejections.add_named(names, NO_PERSON)

    for junction in junctions:
        junction.pass_on()
    joined: Counter[int] = Counter()
    for junction in reversed(junctions):
        met = junction.join(gathering, lost)
        joined.update(met.joined)
        for reason, rejected in ((NO_PERSON, met.unmatched), (LEFT_OUT, met.left_out)):
            for number, records in rejected.items():
                counts[number].rejected += Counter({reason: records})
    return joined


def _reading(survey: Survey, counts: list[Count], joined: Counter[int]) -> Reading:
    tallies = iter(
        [
            _file_tally(source, count, joined[number])
            for number, (source, count) in enumerate(zip(survey.sources, counts, strict=True))
        ]
    )
    return Reading(
        accepted=sum(count.accepted for count in counts),
        joined=joined.total(),
        rejected=sum((count.rejected for count in counts), Counter()),
        files=tuple(next(tallies) if isinstance(one, Source) else one for one in survey.found),
        hashed=tuple(one.file.source if isinstance(one, Source) else None for one in survey.found),
    )


def _file_tally(source: Source, count: Count, joined: int) -> FileTally:
    return FileTally(
        name=source.table.name,
        outcome="read",
        why=", ".join(filter(None, [source.table.note, UNREAD_LETTERS if count.has_replaced else ""])),
        bytes=source.file.size,
        format=source.table.format,
        encoding=said(source.table.encoding, source.entry.encoding),
        read=count.read,
        indexed=count.accepted + joined,
        rejected=dict(count.rejected),
        classes=source.plan.data_classes,
    )


class _Watch:
    """Tells *show* how far the reading is, in records and in bytes on disk."""

    def __init__(self, engine: Engine, survey: Survey, show: Show) -> None:
        self._engine = engine
        self._show = show
        self._records = 0
        self._done = 0
        self._file: DataFile | None = None
        files = {id(source.file): source.file for source in survey.sources}
        self._total = 0 if any(not file.size for file in files.values()) else sum(file.size for file in files.values())

    def begin(self, file: DataFile) -> None:
        """Another table is read, of *file*, which may be the same as before."""
        if self._file is not None and self._file is not file:
            self._done += self._file.size
        self._file = file
        self._show("Reading", self._records, min(self._done, self._total), self._total)

    def add(self, records: int) -> None:
        """So many *records* more were read."""
        self._records += records
        self._show("Reading", self._records, min(self._done + self._read_of_file(), self._total), self._total)

    def _read_of_file(self) -> int:
        if self._file is None:
            return 0
        return max(self._file.consumed, int(self._engine.progress() * self._file.size) if self._file.path else 0)
