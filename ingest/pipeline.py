"""The pipeline: one manifest into one load, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from breachcheck import config, folders, mail_providers
from breachcheck.addresses import Domain
from breachcheck.audit import AuditEntry
from breachcheck.breaches import Facts, LoadId
from breachcheck.errors import LoadError
from breachcheck.holdings import Holdings
from breachcheck.interruption import ends_in_time, stoppable
from breachcheck.load_warnings import LoadWarning
from breachcheck.loads import Contents
from breachcheck.tallies import LEFT_OUT, FileTally, Part, Tally
from ingest import disk_files, loading, rejections, sources, warning_signs, writing
from ingest.archives.members import NO_MATTER
from ingest.archives.passwords import Ask
from ingest.attempts import LoadRefused as LoadRefused
from ingest.attempts import attempt
from ingest.boxes import Seal
from ingest.engine import Engine
from ingest.extract import NO_PERSON
from ingest.fingerprints import Fingerprints
from ingest.gathering import Gathering
from ingest.manifest import Manifest
from ingest.memory import limited_memory
from ingest.patience import Patience
from ingest.reading import Reading, read
from ingest.rejections import Numbered, Rejections
from ingest.stored_loads import StoredLoad
from ingest.survey import Survey, survey
from ingest.warning_signs import Counted
from ingest.words import Words
from ingest.writing import Written

MAX_REJECTED = 0.5

BYTES_TO_SPARE = 1 << 20

FEWEST_BYTES = 1 / 40
"""Room that a byte of a file takes at the very least, where records are long and most of them name somebody."""


class Progress(Protocol):
    """Whoever shows how far a load is."""

    def update(self, stage: str, records: int, bytes_done: int, bytes_total: int) -> None:
        """*records* read so far; *bytes_total* 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run made: *load_id* is None after a dry run. *waits_for*: warnings to be accepted before it is shown."""

    load_id: LoadId | None
    tally: Tally
    is_published: bool
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """On which a load is made.

    *hold*: nobody sees it yet; *hold_on_warning*: not if it warns, until all that it warns of is accepted, as where
    settings require a review. More than the share *max_rejected* of rejected records is refused. *ask* asks whoever is
    there for the password of an encrypted archive. *rejects* is where rejected records are listed as soon as all is
    read, whether or not the load is then refused. A load of a *part* of each file is held.
    """

    hold: bool = False
    hold_on_warning: bool = False
    max_rejected: float = MAX_REJECTED
    ask: Ask | None = None
    rejects: Path | None = None
    part: Part | None = None


AS_USUAL = Terms()


def run(
    manifest: Manifest,
    holdings: Holdings,
    *,
    progress: Progress,
    by: str,
    terms: Terms = AS_USUAL,
    dry_run: bool = False,
) -> Outcome:
    """Load what *manifest* names, and publish it unless it is to be held. A dry run does all but write.

    Raises LoadRefused where nothing was indexed or too much was rejected, LoadError where the load was stopped,
    ConfigError where the settings cannot do what the manifest says, and others where a file or the store failed: the
    load is marked as failed, a whole one stays held, and nothing is visible. Waits while another load runs.
    """
    config.require_way_to_owner(holdings.config, manifest.facts.disclosure)
    with ExitStack() as stack:
        stack.enter_context(stoppable())
        stack.enter_context(ends_in_time())
        stack.enter_context(loading.room_in(holdings.config.data))
        lock = stack.enter_context(
            loading.only_load(holdings.config.data, lambda: progress.update("Waiting for another load to end", 0, 0, 0))
        )
        patience = Patience(holdings.config, lambda: progress.update("Waiting for the database", 0, 0, 0))
        if dry_run:
            return Outcome(None, _load(manifest, holdings, progress, None, terms, patience)[0], is_published=False)
        history = holdings.loads.history()
        with attempt(manifest, holdings, by, lock) as load_id:
            tally, contents, written = _load(manifest, holdings, progress, load_id, terms, patience)
            is_reviewed = terms.hold_on_warning or holdings.config.review == "required"
            waits_for = tuple(one.id for one in tally.warnings) if is_reviewed else ()
            ended = _Ended(contents, tally, written, waits_for, history)
            patience(lambda: _complete(holdings, load_id, ended, by=by))
        is_held = terms.hold or terms.part is not None or bool(waits_for)
        with _late_stop_told(holdings, manifest.facts.name, load_id):
            patience(holdings.opt_outs.finish)  # those of the time since the reading began
            patience(holdings.index.settle)
            if not is_held:
                patience(lambda: _publish(holdings, manifest.facts.name, load_id, by))
        return Outcome(load_id, tally, is_published=not is_held, waits_for=waits_for)


@dataclass(frozen=True, slots=True)
class _Ended:
    """What there is to say of a load when all of it is written. *history*: see ``Loads.require_history``."""

    contents: Contents
    tally: Tally
    written: Written
    waits_for: tuple[str, ...]
    history: str


def _complete(holdings: Holdings, load_id: LoadId, ended: _Ended, *, by: str) -> None:
    """With a note of what it warns of, and what must be accepted of that. Twice is as good as once."""
    with holdings.databases.catalogue_db.transaction():
        load = holdings.loads.get(load_id)
        if load.state == "complete":
            return
        holdings.loads.require_history(ended.history)
        if ended.tally.warnings:
            subject = f"{load.facts.name}, load {load_id}: {', '.join(one.id for one in ended.tally.warnings)}"
            holdings.audit.note(AuditEntry(at=_now(), actor=by, action="warn", subject=subject))
        if ended.waits_for:
            holdings.reviews.demand(load_id, ended.waits_for)
        holdings.loads.complete(load_id, ended.contents, ended.tally, dict(ended.written.carriers), _now())


@contextmanager
def _late_stop_told(holdings: Holdings, name: str, load_id: LoadId) -> Iterator[None]:
    """Whoever stops the load in the block, where it is whole already, is told whether it is visible: by LoadError."""
    try:
        yield
    except KeyboardInterrupt:
        is_published = holdings.breaches.get(name).current_load == load_id
        became = "is published" if is_published else f"is held; `breachcheck breaches publish {name}` shows it"
        raise LoadError(f"Stopped too late: load {load_id} is whole, and {became}.") from None


def _publish(holdings: Holdings, name: str, load_id: LoadId, by: str) -> None:
    """Unless that was done, and its answer lost."""
    if holdings.breaches.get(name).current_load != load_id:
        holdings.publishing.publish(load_id, by=by)


def _load(
    manifest: Manifest,
    holdings: Holdings,
    progress: Progress,
    load_id: LoadId | None,
    terms: Terms,
    patience: Patience,
) -> tuple[Tally, Contents, Written]:
    """Read everything, then write everything, if it is fit to be."""
    with ExitStack() as stack:
        stack.enter_context(loading.room_in(holdings.config.spill_path))
        spill = stack.enter_context(folders.spill(holdings.config.spill_path))
        stack.enter_context(limited_memory())
        fingerprints = stack.enter_context(Fingerprints())
        _begin(fingerprints, manifest)
        with Engine(spill, in_order=terms.part is not None) as engine:
            surveyed = _surveyed(manifest, engine, holdings, spill, terms)
            seal = patience(lambda: _seal(holdings, manifest.facts.name))
            gathering = stack.enter_context(closing(Gathering(spill, Words(surveyed.data_classes), seal)))
            rejected = _rejections(surveyed, spill, terms.rejects, stack)
            reading = read(
                surveyed,
                engine,
                holdings.digester,
                manifest.facts.name,
                gathering,
                progress.update,
                fingerprints=fingerprints,
                suppressed=np.array(patience(holdings.suppressions.to_forget), np.int64),
                rejections=rejected,
                part=terms.part,
            )
        _write_rejections(rejected, surveyed, terms)
        _refuse_unfit(reading, terms, fingerprints)
        written = _write(gathering, holdings, load_id, reading.tally().read, progress, patience)
        counted = _counted(reading.with_hashes(fingerprints), written, terms.part)
        tally = msgspec.structs.replace(counted, sealed=patience(lambda: _sealed(holdings, written)))
        warnings = patience(lambda: _warnings(manifest.facts, surveyed, holdings, tally, written))
        return msgspec.structs.replace(tally, warnings=warnings), surveyed.contents(), written


def _begin(fingerprints: Fingerprints, manifest: Manifest) -> None:
    """To hash whatever is sure to be read, while nothing is: the files that are named outright."""
    for entry in manifest.files:
        if named := sources.named_outright(entry.path, manifest.folder):
            fingerprints.begin(named, disk_files.state_of(named))
    fingerprints.hash_waiting()


def _surveyed(manifest: Manifest, engine: Engine, holdings: Holdings, spill: Path, terms: Terms) -> Survey:
    surveyed = survey(manifest, engine, spill, terms.ask)
    _require_room(surveyed, holdings)
    return surveyed


def _warnings(
    facts: Facts, surveyed: Survey, holdings: Holdings, tally: Tally, written: Written
) -> tuple[LoadWarning, ...]:
    one_domain, domain = _largest_domain(holdings, facts, written)
    counted = Counted(
        facts=facts,
        tally=tally,
        mapped=surveyed.data_classes,
        signs=surveyed.signs,
        one_domain=one_domain,
        domain=domain,
        before=_replaced(holdings, facts.name),
    )
    return warning_signs.warnings_of(counted)


def _largest_domain(holdings: Holdings, facts: Facts, written: Written) -> tuple[int, str]:
    """How many have the commonest domain, none where it is a mail provider's; and its name, where we know it."""
    digest, people = written.largest
    if any(holdings.digester.of_domain(domain) == digest for domain in mail_providers.all_listed()):
        return 0, ""
    known = [*holdings.sealed_domains, *([Domain(facts.domain)] if facts.domain else [])]
    return people, next((domain for domain in known if holdings.digester.of_domain(domain) == digest), "")


def _replaced(holdings: Holdings, name: str) -> tuple[LoadId, int] | None:
    """The load that the breach shows now, and how many people it has; None where it shows none with people."""
    current = next((row.current_load for row in holdings.breaches.all() if row.name == name), None)
    if current is None:
        return None
    load = holdings.loads.get(current)
    return None if load.contents.is_listed else (current, load.tally.people)


def _seal(holdings: Holdings, breach: str) -> Seal | None:
    if not holdings.sealed_domains:
        return None
    return Seal(holdings.sealer, holdings.digester, holdings.sealed_domains, breach)


def _sealed(holdings: Holdings, written: Written) -> dict[str, int]:
    """How many people of each domain to seal there were."""
    return {domain: written.sealed[holdings.digester.of_domain(domain)] for domain in sorted(holdings.sealed_domains)}


def _require_room(surveyed: Survey, holdings: Holdings) -> None:
    """Before anything is read, what is sure to be needed. How much it is in truth is looked at before the writing."""
    sizes = {one.file.source: one.file.size for one in surveyed.sources if one.file.source}
    needed = int(sum(sizes.values()) * FEWEST_BYTES) + BYTES_TO_SPARE
    for folder in (holdings.config.index_path.resolve().parent, holdings.config.spill_path):
        loading.require_room(folder, needed)


def _rejections(surveyed: Survey, spill: Path, rejects: Path | None, stack: ExitStack) -> Rejections | None:
    """Where rejected records are noted if they are to be listed. LoadError where *rejects* is no place for it."""
    if rejects is None:
        return None
    rejections.require_place(rejects, [one.file.source for one in surveyed.sources if one.file.source])
    return stack.enter_context(closing(Rejections(spill)))


def _write_rejections(rejected: Rejections | None, surveyed: Survey, terms: Terms) -> None:
    if rejected and terms.rejects:
        numbered = [Numbered(one.table.name, one.table.numbered_by) for one in surveyed.sources]
        rejected.write(terms.rejects, numbered)


def _refuse_unfit(reading: Reading, terms: Terms, fingerprints: Fingerprints) -> None:
    if why := _why_unfit(msgspec.structs.replace(reading.tally(), part=terms.part), terms):
        tally = reading.with_hashes(fingerprints).tally()
        raise LoadRefused(why, msgspec.structs.replace(tally, part=terms.part))


def _why_unfit(tally: Tally, terms: Terms) -> str:
    """Whether the mapping is right: who was left out at their own wish does not speak against it.

    Nor do, of a part, records whose person is in the rest.
    """
    counted = tally.without_left_out()
    rejected = sum(counted.rejected.values())
    if rejected == counted.read:
        return f"Nothing was indexed: {_why_nobody(tally)}."
    lost = counted.rejected.get(NO_PERSON, 0) if terms.part else 0
    if rejected - lost <= terms.max_rejected * counted.read:
        return ""
    return (
        f"{rejected:,} of {counted.read:,} records were rejected, more than --max-rejected {terms.max_rejected:g}"
        " allows; see the reasons, and mend the mapping or allow more."
    )


def _why_nobody(tally: Tally) -> str:
    if LEFT_OUT in tally.rejected:
        return "everyone whom a record names was left out at their own wish"
    if tally.read:
        why = "no record of any file names a person"
    elif any(file.outcome == "read" for file in tally.files):
        why = "no file held any records"
    elif unread := _unread(tally):
        why = f"{unread.name} is not read ({unread.why})"
    else:
        why = "no file says in any column whose records it holds"
    return f"{why}; check `path`, `format` and `mapping`"


def _unread(tally: Tally) -> FileTally | None:
    """The first file that was not read, where none was looked into."""
    matter = [file for file in tally.files if file.why not in NO_MATTER]
    return matter[0] if matter and all(file.outcome == "not read" for file in matter) else None


def _write(
    gathering: Gathering,
    holdings: Holdings,
    load_id: LoadId | None,
    records: int,
    progress: Progress,
    patience: Patience,
) -> Written:
    def watch(share: float) -> None:
        progress.update(f"Writing, {share:.0%}", records, 0, 0)

    watch(0.0)
    if load_id is None:
        return writing.write(gathering, writing.Nowhere(), watch)
    loading.require_room(holdings.config.index_path.resolve().parent, gathering.bytes + BYTES_TO_SPARE)
    return writing.write(gathering, StoredLoad(holdings, load_id, patience), watch)


def _counted(reading: Reading, written: Written, part: Part | None) -> Tally:
    """What was read, with what the merge found out."""
    duplicates = reading.accepted - written.firsts
    tally = msgspec.structs.replace(
        reading.tally(),
        indexed=reading.joined + written.firsts,
        duplicates=duplicates,
        people=written.people,
        aliases=written.aliases,
        domains=written.domains,
        organisations=written.organisations,
        coverage=dict(written.coverage),
        part=part,
    )
    if duplicates < 0:
        raise AssertionError("more records were entered than were accepted")
    return tally


def _now() -> int:
    return int(time.time())
