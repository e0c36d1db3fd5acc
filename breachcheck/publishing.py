"""Publishing: the only switch of a breach's current load. What it does is visible whole or not at all."""

import time
from collections.abc import Collection, Sequence

from breachcheck import watchlists
from breachcheck.audit import Audit, AuditEntry
from breachcheck.breaches import Breaches, BreachRow, Facts, LoadId, differences, require_spelling, trail
from breachcheck.catalog import move
from breachcheck.changes import ChangeKind, Changes
from breachcheck.db.base import Database
from breachcheck.errors import LowersSensitivity, ReadInPart, Unanswered, UnknownLoad, UnknownWarning
from breachcheck.field_sets import FieldSets
from breachcheck.free_text import without_address
from breachcheck.headcounts import Headcounts
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.load_warnings import LoadWarning, words_of
from breachcheck.loads import Load, Loads
from breachcheck.reviews import Reviews
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.suppressions import Suppressions

REST_S = 3600
"""How long a load that is no longer current is left alone, so that no look-up still reads it."""


class Publishing:
    """Publish, replace, withdraw, roll back, correct, prune. Every action is audited under *by*.

    What was sensitive when it was last shown stays so: whatever would show it as not sensitive raises
    LowersSensitivity, unless it is told to *lower_sensitivity*.
    """

    def __init__(self, db: Database, index: Index, headcounts: Headcounts, sealed_accounts: SealedAccounts) -> None:
        self._db = db
        self._index = index
        self._headcounts = headcounts
        self._sealed_accounts = sealed_accounts
        self._breaches = Breaches(db)
        self._loads = Loads(db)
        self._field_sets = FieldSets(db)
        self._reviews = Reviews(db)
        self._audit = Audit(db)
        self._jobs = Jobs(db)
        self._suppressions = Suppressions(db)
        self._changes = Changes(db)

    def publish(
        self,
        load_id: LoadId,
        *,
        by: str,
        lower_sensitivity: bool = False,
        although_in_part: bool = False,
        accept: Collection[str] = (),
    ) -> Load:
        """Make a complete load current, in place of the one that was. Raises UnknownLoad for any other.

        Raises ReadInPart for one that read a part of its files alone, unless it is to be published *although_in_part*;
        Unanswered for one that waits for more warnings to be accepted than those that *accept* names by their ids, and
        UnknownWarning where one of these is none of its own. Nothing is accepted then.
        """
        with self._db.transaction():
            load = self._loads.get(load_id)
            _require_whole(load, although_in_part=although_in_part)
            row = self._row_of(load)
            self._keep_sensitive(row, load.facts, lower_sensitivity)
            self._answer(row, load, accept, by)
            self._show(row, load, by=by, action="publish")
            return load

    def held_load(self, name: str) -> LoadId:
        """The newest complete load of the breach. Raises UnknownLoad where none waits to be published."""
        row = self._breaches.get(name)
        newest = next((load for load in self._loads.of_breach(row.id) if load.state == "complete"), None)
        if newest is None or newest.id == row.current_load:
            raise UnknownLoad(f"No load of {row.name} waits to be published; `breachcheck ingest --hold` makes one.")
        return newest.id

    def load_of(self, name: str, load_id: LoadId) -> LoadId:
        """*load_id*, if it is one of the breach's. Raises UnknownLoad where it is not."""
        row = self._breaches.get(name)
        if self._loads.get(load_id).breach_id != row.id:
            raise UnknownLoad(
                f"Load {load_id} is not one of {row.name}; `breachcheck breaches show {row.name}` lists them."
            )
        return load_id

    def publish_listed(self, load_ids: Sequence[LoadId], *, by: str, lower_sensitivity: bool = False) -> None:
        """Make loads without people current, all at once, under one entry of the audit."""
        if not load_ids:
            return
        at = _now()
        with self._db.transaction():
            for load_id in load_ids:
                load = self._loads.get(load_id)
                row = self._row_of(load)
                self._keep_sensitive(row, load.facts, lower_sensitivity)
                self._note_shown(row, load, at)
                self._breaches.switch_to(row, load_id, by=by, at=at, reason=None)
            self._jobs.add("prune", {}, due_at=at + REST_S)
            self._audit.note(AuditEntry(at=at, actor=by, action="import", subject=f"{len(load_ids)} breaches"))
            move(self._db)

    def withdraw(self, name: str, *, by: str, reason: str | None = None) -> BreachRow:
        """Show the breach to nobody; its load stays and can be published again.

        Raises HoldsAddress where the *reason* holds one.
        """
        with self._db.transaction():
            row = self._breaches.get(name)
            if row.current_load is None:
                raise UnknownLoad(f"{row.name} is not published, so there is nothing to withdraw.")
            why = without_address(reason or "", "reason") or None
            shown = self._loads.get(row.current_load).facts.title
            self._changes.note("withdrawn", row.id, shown, at=_now(), reason=why)
            self._switch(row, None, by=by, action="withdraw", reason=why)
            return row

    def roll_back(self, name: str, *, by: str, lower_sensitivity: bool = False) -> Load:
        """Publish the load that was current before this one, never one that was gone back from.

        Raises UnknownLoad where it is gone or never was.
        """
        with self._db.transaction():
            row = self._breaches.get(name)
            for load_id in trail(self._breaches.history(row.id)):
                if load_id == row.current_load:
                    continue
                load = self._loads.get(load_id)
                if load.state == "complete":
                    self._keep_sensitive(row, load.facts, lower_sensitivity)
                    self._show(row, load, by=by, action="roll back")
                    return load
            raise UnknownLoad(f"{row.name} has no earlier load to go back to.")

    def update(self, facts: Facts, *, by: str, lower_sensitivity: bool = False) -> Load:
        """Change what is said about the published breach *facts.name*; no data is read again.

        Where that is what is said already, nothing changes, and no correction is noted.
        """
        with self._db.transaction():
            row = self._breaches.get(facts.name)
            if row.current_load is None:
                raise UnknownLoad(f"{row.name} is not published; publish it before you correct it.")
            require_spelling(row, facts.name)
            self._keep_sensitive(row, facts, lower_sensitivity)
            load = self._loads.get(row.current_load)
            if not differences(load.facts, facts):
                return load
            at = _now()
            self._loads.correct(row.current_load, facts, by=by, at=at)
            self._breaches.touch(row.id, at)
            self._changes.note("corrected", row.id, facts.title, at=at)
            self._audit.note(AuditEntry(at=at, actor=by, action="update", subject=row.name))
            self._tell_watchlists(at)
            move(self._db)
            return self._loads.get(row.current_load)

    def prunable(self, *, now: int, keep: int = 1) -> list[LoadId]:
        """Loads that nobody can see any more: failed ones, and those that ceased to be current an hour ago or more.

        Of each breach *keep* former loads stay, so that one can roll back to them: those that led to what is shown,
        then the newest others. A held load is never one.
        """
        prunable: list[LoadId] = []
        for row in self._breaches.all():
            loads = self._loads.of_breach(row.id)
            switches = self._breaches.history(row.id)
            prunable += [load.id for load in loads if load.state == "failed"]
            prunable += [load.id for load in loads if load.state == "pruned" and self._index.has_pieces(load.id)]
            if switches and now - switches[0].switched_at < REST_S:
                continue
            led, once_current = trail(switches), {switch.load_id for switch in switches}
            former = [load.id for load in loads if load.state == "complete" and load.id in once_current]
            former.sort(key=lambda load_id: led.index(load_id) if load_id in led else len(led))
            prunable += [load_id for load_id in former if load_id != row.current_load][keep:]
        return prunable

    def prune(self, load_id: LoadId, *, by: str) -> int:
        """Delete what the index holds of a load that ``prunable`` named; how many exposures there were.

        The exposures go last: as long as any is there, ``prunable`` names the load, also after a crash.
        """
        with self._db.transaction():
            load = self._loads.get(load_id)
            if self._row_of(load).current_load == load_id or load.state == "running":
                raise UnknownLoad(f"Load {load_id} is in use and was not pruned.")
            self._loads.mark_pruned(load_id)
            self._audit.note(AuditEntry(at=_now(), actor=by, action="prune", subject=f"load {load_id}"))
        field_set_ids = [one.id for one in self._field_sets.of_load(load_id)]
        self._headcounts.delete(field_set_ids)
        self._sealed_accounts.delete(field_set_ids)
        return self._index.delete(load_id, field_set_ids)

    def _answer(self, row: BreachRow, load: Load, accept: Collection[str], by: str) -> None:
        """Note what is accepted, and see to it that the load waits for nothing more."""
        known = [one.id for one in load.tally.warnings]
        if unknown := [one for one in accept if one not in known]:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise UnknownWarning(f"Load {load.id} has no such warning as {unknown[0]!r}; {has}.")
        at = _now()
        self._reviews.accept(load.id, accept, by=by, at=at)
        for warning in accept:
            subject = f"{row.name}, load {load.id}: {warning}"
            self._audit.note(AuditEntry(at=at, actor=by, action="accept", subject=subject))
        waits_for = self._reviews.waits_for(load.id)
        if unanswered := [one for one in load.tally.warnings if one.id in waits_for]:
            raise Unanswered(_waits(load, unanswered))

    def _row_of(self, load: Load) -> BreachRow:
        return self._breaches.of_id(load.breach_id)

    def _keep_sensitive(self, row: BreachRow, facts: Facts, lower_sensitivity: bool) -> None:
        if facts.is_sensitive or lower_sensitivity:
            return
        shown = next((switch.load_id for switch in self._breaches.history(row.id) if switch.load_id), None)
        if shown is not None and self._loads.get(shown).facts.is_sensitive:
            raise LowersSensitivity(
                f"{row.name} is sensitive, and this would show it as not sensitive. Say `is_sensitive: true` in its"
                " manifest, or, if it is meant, use `breachcheck breaches` with --lower-sensitivity."
            )

    def _show(self, row: BreachRow, load: Load, *, by: str, action: str) -> None:
        """Make *load* current, without those who had themselves forgotten since it began."""
        self._index.forget(self._suppressions.to_forget(since=load.started_at))
        self._note_shown(row, load, _now())
        self._switch(row, load.id, by=by, action=action)

    def _note_shown(self, row: BreachRow, load: Load, at: int) -> None:
        before = None if row.current_load is None else self._loads.get(row.current_load)
        self._changes.note(_kind_of(before, load), row.id, load.facts.title, at=at)

    def _switch(
        self, row: BreachRow, load_id: LoadId | None, *, by: str, action: str, reason: str | None = None
    ) -> None:
        at = _now()
        self._breaches.switch_to(row, load_id, by=by, at=at, reason=reason)
        self._jobs.add("prune", {}, due_at=at + REST_S)
        self._tell_watchlists(at)
        self._audit.note(AuditEntry(at=at, actor=by, action=action, subject=row.name))
        move(self._db)

    def _tell_watchlists(self, at: int) -> None:
        if watchlists.any_in(self._db):
            self._jobs.add(watchlists.JOB, {}, due_at=at)


def _require_whole(load: Load, *, although_in_part: bool) -> None:
    if load.state != "complete":
        raise UnknownLoad(f"Load {load.id} is {load.state}; only a complete load can be published.")
    if load.tally.part and not although_in_part:
        raise ReadInPart(
            f"Load {load.id} read {load.tally.part} alone: whoever is in the rest would not be found. Load all of them"
            " with `breachcheck ingest`; or, if this is meant, use `breachcheck breaches publish` with"
            " --although-in-part."
        )


def _waits(load: Load, unanswered: Sequence[LoadWarning]) -> str:
    said = [f"{one.id}: {words.seen} {words.advice}" for one in unanswered for words in (words_of(one),)]
    accepting = " ".join(f"--accept {one.id}" for one in unanswered)
    return "\n".join(
        [
            f"Load {load.id} was not published: it waits until its warnings are answered.",
            *said,
            "Mend what is wrong and load again; or, where it is right, accept it:"
            f" breachcheck breaches publish {load.facts.name} --load {load.id} {accepting}",
        ]
    )


def _kind_of(before: Load | None, load: Load) -> ChangeKind:
    """A listing holds nobody: the first data that come in its place are new, and its own next words correct it."""
    if load.contents.is_listed:
        return "listed" if before is None else "corrected"
    return "published" if before is None or before.contents.is_listed else "replaced"


def _now() -> int:
    return int(time.time())
