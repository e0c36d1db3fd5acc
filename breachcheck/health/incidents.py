"""Incidents: what operators tell everybody of trouble with the site, update by update, in plain text."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal, NewType, get_args

from breachcheck.answers import timestamp
from breachcheck.audit import Audit, AuditEntry
from breachcheck.counters import next_ids
from breachcheck.db.base import Database
from breachcheck.errors import InvalidRequest, UnknownIncident
from breachcheck.free_text import without_address

State = Literal["investigating", "identified", "monitoring", "resolved"]
IncidentId = NewType("IncidentId", int)

STATES: tuple[State, ...] = get_args(State)
LONGEST_TITLE = 120
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Update:
    """What was said at some time, epoch seconds."""

    state: State
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Incident:
    """*updates*: newest first, and never none."""

    id: IncidentId
    title: str
    opened_at: int
    resolved_at: int | None
    updates: tuple[Update, ...]

    @property
    def state(self) -> State:
        return self.updates[0].state


class Incidents:
    """The tables ``incident`` and ``incident_update``. What was said is never changed; more is said. Audited."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._audit = Audit(db)

    def open(self, title: str, text: str, *, state: State = "investigating", by: str, at: int) -> Incident:
        """Say that there is trouble. Raises InvalidRequest, HoldsAddress where that cannot be said so."""
        title, text = _plain(title, "title", LONGEST_TITLE), _plain(text, "text", LONGEST_TEXT)
        with self._db.transaction():
            incident_id = IncidentId(next_ids(self._db, "incident"))
            self._db.execute(
                """
                INSERT INTO incident (id, title, opened_at)
                VALUES (:id, :title, :at)
                """,
                {"id": incident_id, "title": title, "at": at},
            )
            self._say(incident_id, 1, Update(state, text, at), by, "open")
        return self.get(incident_id)

    def update(self, incident_id: IncidentId, state: State, text: str, *, by: str, at: int) -> Incident:
        """Say how it goes on. Raises as ``open``, and UnknownIncident where it is none, or is resolved."""
        text = _plain(text, "text", LONGEST_TEXT)
        with self._db.transaction():
            known = self.get(incident_id)
            if known.resolved_at is not None:
                raise UnknownIncident(f"Incident {incident_id} is resolved; open another one.")
            action = "resolve" if state == "resolved" else "update"
            self._say(incident_id, len(known.updates) + 1, Update(state, text, at), by, action)
        return self.get(incident_id)

    def get(self, incident_id: IncidentId) -> Incident:
        """Raises UnknownIncident."""
        found = self._select("incident.id = :id", {"id": incident_id})
        if not found:
            raise UnknownIncident(f"There is no incident {incident_id}; `breachcheck incidents list --all` names them.")
        return found[0]

    def since(self, moment: int) -> list[Incident]:
        """The open ones, newest first, and then those that were resolved at *moment* or later."""
        found = self._select("(resolved_at IS NULL OR resolved_at >= :since)", {"since": moment})
        return sorted(found, key=lambda one: one.resolved_at is not None)

    def _say(self, incident_id: IncidentId, number: int, said: Update, by: str, action: str) -> None:
        self._db.execute(
            """
            INSERT INTO incident_update (incident_id, number, state, text, at)
            VALUES (:id, :number, :state, :text, :at)
            """,
            {"id": incident_id, "number": number, "state": said.state, "text": said.text, "at": said.at},
        )
        if said.state == "resolved":
            self._db.execute("UPDATE incident SET resolved_at = :at WHERE id = :id", {"at": said.at, "id": incident_id})
        subject = f"incident {incident_id}"
        self._audit.note(AuditEntry(at=said.at, actor=by, action=f"{action} incident", subject=subject))

    def _select(self, where: str, params: dict[str, object]) -> list[Incident]:
        rows = self._db.query(
            f"""
            SELECT incident.id, title, opened_at, resolved_at, state, text, at
            FROM incident
            JOIN incident_update ON incident_id = incident.id
            WHERE {where}
            ORDER BY incident.id DESC, number DESC
            """,  # noqa: S608 - of this module's own words
            params,
        )
        updates: dict[IncidentId, list[Update]] = defaultdict(list)
        for row in rows:
            updates[row["id"]].append(Update(row["state"], row["text"], row["at"]))
        told = {row["id"]: (row["title"], row["opened_at"], row["resolved_at"]) for row in rows}
        return [Incident(incident_id, *told[incident_id], tuple(said)) for incident_id, said in updates.items()]


def as_json(incident: Incident) -> dict[str, object]:
    """For programs; times are RFC 3339 in UTC."""
    updates = [{"state": one.state, "at": timestamp(one.at), "text": one.text} for one in incident.updates]
    return {
        "id": incident.id,
        "title": incident.title,
        "state": incident.state,
        "opened_at": timestamp(incident.opened_at),
        "resolved_at": None if incident.resolved_at is None else timestamp(incident.resolved_at),
        "updates": updates,
    }


def _plain(text: str, what: str, longest: int) -> str:
    text = text.strip()
    if not text or len(text) > longest:
        raise InvalidRequest(f"The {what} of an incident needs 1 to {longest:,} characters.")
    return without_address(text, what)
