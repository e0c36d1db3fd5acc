"""Loads: one run of the pipeline over one manifest each, and owner of everything the manifest said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from breachcheck.breaches import BreachId, Facts, LoadId
from breachcheck.counters import next_ids
from breachcheck.data_classes import PasswordStorage
from breachcheck.db.base import Database, Row
from breachcheck.errors import LoadError, UnknownLoad
from breachcheck.field_sets import FieldSets
from breachcheck.index import FieldSetId, stretches
from breachcheck.jobs import Jobs
from breachcheck.tallies import Tally

State = Literal["running", "complete", "failed", "pruned"]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a load's files could have shown: the classes that were mapped, the kinds of identifier entered."""

    mapped: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("email",)
    password_storage: PasswordStorage = "unknown"

    @property
    def is_listed(self) -> bool:
        """There were no files: someone's catalogue says that there was a breach."""
        return not self.kinds


@dataclass(frozen=True, slots=True)
class Load:
    """*facts* are the manifest's, with the latest correction laid over them. Times are epoch seconds."""

    id: LoadId
    breach_id: BreachId
    state: State
    facts: Facts
    manifest_sha256: str
    program: str
    loaded_by: str
    started_at: int
    ended_at: int | None
    contents: Contents
    tally: Tally
    failure: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """Facts as they were changed at a time, by whom. *before* is what was said until then."""

    before: Facts
    facts: Facts
    corrected_at: int
    corrected_by: str


class Loads:
    """The tables ``load`` and ``correction``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._field_sets = FieldSets(db)
        self._jobs = Jobs(db)

    def start(
        self, breach_id: BreachId, facts: Facts, *, manifest: str, sha256: str, program: str, by: str, at: int
    ) -> LoadId:
        """Enter a running load; nothing of it is visible."""
        load_id = LoadId(next_ids(self._db, "load"))
        self._db.execute(
            """
            INSERT INTO load (id, breach_id, state, facts, manifest, manifest_sha256, program, loaded_by, started_at)
            VALUES (:id, :breach_id, 'running', :facts, :manifest, :sha256, :program, :by, :at)
            """,
            {
                "id": load_id,
                "breach_id": breach_id,
                "facts": msgspec.json.encode(facts).decode(),
                "manifest": manifest,
                "sha256": sha256,
                "program": program,
                "by": by,
                "at": at,
            },
        )
        return load_id

    def history(self) -> str:
        """While this stands, nothing that was acknowledged is lost: see ``Source``."""
        return self._db.source().history

    def require_history(self, history: str) -> None:
        """For the transaction that completes a load which began in *history*. Raises LoadError where that is over."""
        if history != self.history():
            raise LoadError(
                "A standby was promoted while this was loaded, and may lack a part of it; start the load again."
            )

    def complete(
        self, load_id: LoadId, contents: Contents, tally: Tally, people: dict[FieldSetId, int], at: int
    ) -> None:
        """The load is whole: it may be published from now on. *people*: how many carry each field set.

        Raises UnknownLoad where it runs no more, because it was given up for dead.
        """
        with self._db.transaction():
            self._field_sets.note_people(people)
            if not self._end(load_id, "complete", at, contents=contents, tally=tally):
                raise UnknownLoad(f"Load {load_id} runs no more; start it again.")

    def fail(self, load_id: LoadId, why: str, at: int, tally: Tally | None = None) -> None:
        """The load came to nothing, and a job is to prune it; one that has ended already stays as it is.

        *why* goes to the operator and quotes no data.
        """
        with self._db.transaction():
            if self._end(load_id, "failed", at, tally=tally, failure=why):
                self._jobs.add("prune", {}, due_at=at)

    def running(self) -> list[Load]:
        """Every load that says it runs; the program of some may have ended."""
        return self._select("state = 'running'", {})

    def fail_running(self, why: str, at: int, *, but: LoadId | None = None) -> list[LoadId]:
        """Mark every load that still says it runs as failed, *but* one. For a caller that knows that no other can."""
        with self._db.transaction():
            dead = [load.id for load in self.running() if load.id != but]
            for load_id in dead:
                self.fail(load_id, why, at)
        return dead

    def any_runs(self) -> bool:
        """Whether a load runs, or its program ended before it did."""
        return bool(self._db.query("SELECT id FROM load WHERE state = 'running' LIMIT 1"))

    def mark_pruned(self, load_id: LoadId) -> None:
        """Its exposures are gone; what it said and counted stays."""
        with self._db.transaction():
            self._db.execute("UPDATE load SET state = 'pruned' WHERE id = :id", {"id": load_id})

    def correct(self, load_id: LoadId, facts: Facts, *, by: str, at: int) -> None:
        """Lay *facts* over what the load said; the earlier ones stay in its history."""
        with self._db.transaction():
            self._db.execute(
                """
                INSERT INTO correction (id, load_id, facts, corrected_at, corrected_by)
                VALUES (:id, :load_id, :facts, :at, :by)
                """,
                {
                    "id": next_ids(self._db, "correction"),
                    "load_id": load_id,
                    "facts": msgspec.json.encode(facts).decode(),
                    "at": at,
                    "by": by,
                },
            )

    def corrections_of(self, load_id: LoadId) -> list[Correction]:
        """Every correction of the load, oldest first."""
        rows = self._db.query(
            """
            SELECT correction.facts AS facts, corrected_at, corrected_by,
                coalesce(lag(correction.facts) OVER (ORDER BY correction.id), load.facts) AS before
            FROM correction
            JOIN load ON load.id = correction.load_id
            WHERE load_id = :load_id
            ORDER BY correction.id
            """,
            {"load_id": load_id},
        )
        return [
            Correction(_facts(row["before"]), _facts(row["facts"]), row["corrected_at"], row["corrected_by"])
            for row in rows
        ]

    def get(self, load_id: LoadId) -> Load:
        """Raises UnknownLoad."""
        for load in self._select("id = :id", {"id": load_id}):
            return load
        raise UnknownLoad(f"There is no load {load_id}; `breachcheck breaches show NAME` lists the loads of a breach.")

    def of_ids(self, load_ids: Sequence[LoadId]) -> dict[LoadId, Load]:
        """Those of *load_ids* that there are. Ids without a gap, as a catalogue's listings have, are asked at once."""
        found = (
            self._select("id BETWEEN :first AND :last", {"first": first, "last": last})
            for first, last in stretches(load_ids)
        )
        return {load.id: load for loads in found for load in loads}

    def of_breach(self, breach_id: BreachId) -> list[Load]:
        """Every load of the breach, newest first."""
        return self._select("breach_id = :breach_id", {"breach_id": breach_id})

    def manifest_of(self, load_id: LoadId) -> str:
        """The manifest as it was given, word for word."""
        rows = self._db.query("SELECT manifest FROM load WHERE id = :id", {"id": load_id})
        return str(rows[0]["manifest"]) if rows else ""

    def _select(self, where: str, params: dict[str, object]) -> list[Load]:
        rows = self._db.query(
            f"""
            SELECT id, breach_id, state, manifest_sha256, program, loaded_by, started_at, ended_at, contents, tally,
                failure,
                coalesce(
                    (SELECT facts FROM correction WHERE load_id = load.id ORDER BY id DESC LIMIT 1), facts
                ) AS facts
            FROM load
            WHERE {where}
            ORDER BY id DESC
            """,  # noqa: S608 - *where* is one of this class's own
            params,
        )
        return [_load(row) for row in rows]

    def _end(
        self,
        load_id: LoadId,
        state: State,
        at: int,
        *,
        contents: Contents | None = None,
        tally: Tally | None = None,
        failure: str | None = None,
    ) -> int:
        return self._db.execute(
            """
            UPDATE load
            SET state = :state, ended_at = :at, contents = :contents, tally = :tally, failure = :failure
            WHERE id = :id AND state = 'running'
            """,
            {
                "state": state,
                "at": at,
                "contents": msgspec.json.encode(contents).decode() if contents else None,
                "tally": msgspec.json.encode(tally).decode() if tally else None,
                "failure": failure,
                "id": load_id,
            },
        )


def _facts(text: str) -> Facts:
    return msgspec.json.decode(text, type=Facts)


def _load(row: Row) -> Load:
    return Load(
        id=LoadId(row["id"]),
        breach_id=BreachId(row["breach_id"]),
        state=row["state"],
        facts=_facts(row["facts"]),
        manifest_sha256=row["manifest_sha256"],
        program=row["program"],
        loaded_by=row["loaded_by"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        contents=msgspec.json.decode(row["contents"], type=Contents) if row["contents"] else Contents(),
        tally=msgspec.json.decode(row["tally"], type=Tally) if row["tally"] else Tally(),
        failure=row["failure"],
    )
