"""Loads: one run of the pipeline over one manifest each, and owner of everything the manifest said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from breachcheck.breaches import BreachId, Facts, LoadId
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.errors import LoadError, UnknownLoad
from breachcheck.index import FieldSetId
from breachcheck.jobs import Jobs
from breachcheck.load_warnings import LoadWarning

State = Literal["running", "complete", "failed", "pruned"]
PasswordStorage = Literal["plain", "unsalted", "salted", "unknown"]

LEFT_OUT = "left out at its owner's wish"
"""Why a record was rejected whose every address is suppressed."""


class FileTally(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one data file, archive member or table."""

    name: str
    outcome: Literal["read", "nothing found", "not read"]
    why: str = ""
    sha256: str | None = None
    bytes: int = 0
    format: str = ""
    encoding: str = ""
    read: int = 0
    indexed: int = 0
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    classes: tuple[str, ...] = ()

    def without_left_out(self) -> "FileTally":
        return msgspec.structs.replace(
            self, read=self.read - self.rejected.get(LEFT_OUT, 0), rejected=_without_left_out(self.rejected)
        )


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was read of each data file where it was not all: the first *limit* records, or a *share* spread over it."""

    limit: int | None = None
    share: float | None = None

    def __str__(self) -> str:
        if self.limit is not None:
            return f"the first {self.limit:,} records of each file"
        return f"a sample of {(self.share or 0) * 100:g} % of each file"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a load counted, in records but for *people*, *aliases*, *domains*, *organisations* and *coverage*.

    read = indexed + duplicates + the sum of rejected, always. *coverage*: people a data class; *sealed*: people a
    domain of the operator's own, by its name. What is None was not counted yet by the program that made the load, but
    for *part*, which is None where everything was read.
    """

    read: int = 0
    indexed: int = 0
    duplicates: int = 0
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    people: int = 0
    aliases: int = 0
    domains: int | None = None
    organisations: int | None = None
    sealed: dict[str, int] = msgspec.field(default_factory=dict)
    coverage: dict[str, int] = msgspec.field(default_factory=dict)
    files: tuple[FileTally, ...] = ()
    part: Part | None = None
    warnings: tuple[LoadWarning, ...] = ()

    def without_left_out(self) -> "Tally":
        """What everyone may be told: as if no file held the records that were left out at their owners' wish.

        Nor does it name the operator's own domains, or warn.
        """
        return msgspec.structs.replace(
            self,
            read=self.read - self.rejected.get(LEFT_OUT, 0),
            rejected=_without_left_out(self.rejected),
            files=tuple(one.without_left_out() for one in self.files),
            sealed={},
            warnings=(),
        )


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
class FieldSet:
    """One combination of data classes that occurs in a load; *people* carry it."""

    id: FieldSetId
    classes: frozenset[str]
    via_alias: bool
    people: int


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
    """The tables ``load``, ``correction`` and ``field_set``."""

    def __init__(self, db: Database) -> None:
        self._db = db
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

    def add_field_sets(self, load_id: LoadId, combinations: Sequence[tuple[frozenset[str], bool]]) -> list[FieldSetId]:
        """Ids of new field sets, in the order given: (data classes, via alias). Nobody carries them yet."""
        if not combinations:
            return []
        with self._db.transaction():
            first = next_ids(self._db, "field_set", len(combinations))
            self._db.execute_many(
                """
                INSERT INTO field_set (id, load_id, classes, via_alias, people)
                VALUES (:id, :load_id, :classes, :via_alias, 0)
                """,
                (
                    {
                        "id": number,
                        "load_id": load_id,
                        "classes": json.dumps(sorted(classes)),
                        "via_alias": int(via_alias),
                    }
                    for number, (classes, via_alias) in enumerate(combinations, first)
                ),
            )
        return [FieldSetId(number) for number in range(first, first + len(combinations))]

    def forget_field_sets(self, field_set_ids: Sequence[FieldSetId]) -> None:
        """Of a load that runs: nobody carries them after all."""
        self._db.execute_many("DELETE FROM field_set WHERE id = :id", ({"id": one} for one in field_set_ids))

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
            self._db.execute_many(
                "UPDATE field_set SET people = :people WHERE id = :id",
                ({"people": count, "id": field_set_id} for field_set_id, count in people.items()),
            )
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

    def of_breach(self, breach_id: BreachId) -> list[Load]:
        """Every load of the breach, newest first."""
        return self._select("breach_id = :breach_id", {"breach_id": breach_id})

    def not_pruned(self) -> list[Load]:
        """Loads that ended and may still hold exposures, newest first."""
        return self._select("state IN ('complete', 'failed')", {})

    def manifest_of(self, load_id: LoadId) -> str:
        """The manifest as it was given, word for word."""
        rows = self._db.query("SELECT manifest FROM load WHERE id = :id", {"id": load_id})
        return str(rows[0]["manifest"]) if rows else ""

    def field_sets_of(self, load_id: LoadId) -> list[FieldSet]:
        """Every combination of classes that occurs in the load."""
        rows = self._db.query(
            """
            SELECT id, classes, via_alias, people
            FROM field_set
            WHERE load_id = :load_id
            ORDER BY id
            """,
            {"load_id": load_id},
        )
        return [
            FieldSet(
                FieldSetId(row["id"]), frozenset(json.loads(row["classes"])), bool(row["via_alias"]), row["people"]
            )
            for row in rows
        ]

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


def _without_left_out(rejected: dict[str, int]) -> dict[str, int]:
    return {why: count for why, count in rejected.items() if why != LEFT_OUT}


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
