"""Store checks: what can be seen of a site once its store is open. Nothing is changed."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from breachcheck.audit import AuditEntry
from breachcheck.backups import restores, taking
from breachcheck.catalog import Breach
from breachcheck.config import Config
from breachcheck.db.engines import upkeep_of
from breachcheck.doctor.findings import Finding, Severity, fine, note, problem, warning
from breachcheck.mail.delivery import only_deliverer
from breachcheck.services import Services
from breachcheck.suppressions import IMPORTED
from breachcheck.webhooks import courier

DAY_S = 86_400
OLDEST_BACKUP_S = 7 * DAY_S
REMEMBER_RESTORE_S = 30 * DAY_S
OVERDUE_S = 600
ASTRAY_S = 300
"""A clock that is off by more than this is wrong."""


def of_clock(services: Services) -> Iterator[Finding]:
    """Whether something happened in the store that, by this clock, is still to come."""
    newest = max([services.identity.created_at, *(entry.at for entry in services.audit.latest(1))])
    ahead = newest - _now()
    if ahead > ASTRAY_S:
        yield problem(
            "clock", f"By this clock the newest entry of the store is {_length(ahead)} in the future.",
            "Set the clock (timedatectl): links, limits and jobs go by it.",
        )  # fmt: skip
    else:
        yield fine("clock", "It agrees with the store.")


def of_breaches(services: Services) -> Iterator[Finding]:
    """Whether the index holds who was loaded, counted one by one."""
    found = services.index.counts()
    breaches = services.catalogue.published().breaches
    for breach in breaches:
        carried = {one.id: one.people for one in services.field_sets.of_load(breach.load_id)}
        yield from _of_load(breach, sum(carried.values()), sum(found[set_id] for set_id in carried))
    yield from _of_focus(services.config.focus_breach, breaches)
    yield fine("breaches", f"Published: {len(breaches):,}.")


def of_worker(services: Services) -> Iterator[Finding]:
    """Whether somebody does what can wait."""
    with only_deliverer(services.config.data, courier.LOCK) as name:
        is_free = bool(name)
    overdue = services.jobs.overdue(_now() - OVERDUE_S)
    if is_free:
        severity: Severity = "warning" if services.config.database is None else "note"
        yield Finding("worker", severity, "None runs on this data folder.", "`breachcheck serve` looks after one.")
    if overdue:
        yield warning("worker", f"Jobs that wait for more than ten minutes: {overdue:,}.", "Look at the worker's log.")
    if failed := services.jobs.failed():
        kinds = ", ".join(sorted({job.kind for job in failed}))
        yield warning(
            "worker", f"Jobs that failed for good: {len(failed):,} ({kinds}).", "The page of operators says why."
        )
    if not (is_free or overdue or failed):
        yield fine("worker", "It runs, and nothing waits for long.")


def of_mails(services: Services) -> Iterator[Finding]:
    """Mails that nobody will send, and what people were not told."""
    if parked := services.post.outbox.counts()["parked"]:
        yield warning("mail", f"Mails that are parked: {parked:,}.", "`breachcheck mails list` says why.")
    if services.config.mail == "off":
        return
    for row in services.post.notify.untold():
        yield warning(
            "telling", f"Nobody was told of {row.name} as it is published now.",
            f"`breachcheck breaches tell {row.name}`; where nobody is to be told, with --nobody.",
        )  # fmt: skip
    for row in services.post.notify.uncorrected():
        yield warning(
            "telling", f"{_who_was_told(services)} of {row.name} what is not so any more.",
            f"`breachcheck breaches tell {row.name} --correction`; where that is not needed, with --nobody.",
        )  # fmt: skip


def _who_was_told(services: Services) -> str:
    return "Mails in outbox/, which nobody got, tell" if services.config.mail == "outbox" else "People were told"


def of_webhooks(services: Services) -> Iterator[Finding]:
    """Receivers that do not take what they are sent."""
    for view in services.webhooks.in_trouble():
        hook = view.webhook
        yield warning(
            "webhooks", f"{hook.name} of {hook.holder} is {view.state}; messages given up: {view.counts.dead:,}.",
            "`breachcheck webhooks list` says more.",
        )  # fmt: skip


def of_incidents(services: Services) -> Iterator[Finding]:
    """What visitors were told is wrong, and of which they heard nothing since."""
    for one in services.incidents.since(_now()):
        silent_s = _now() - one.updates[0].at
        if one.resolved_at is None and silent_s > DAY_S:
            yield warning(
                "status", f"Incident {one.id} is open, and nothing was said of it for {_length(silent_s)}.",
                "`breachcheck incidents update`, or `resolve`.",
            )  # fmt: skip


def of_backups(services: Services) -> Iterator[Finding]:
    """How old the newest backup is, and what a restore left to be done."""
    entries = services.audit.latest(_EVERY)
    if not services.is_demo:
        yield from _of_room(services.config)
        yield _of_newest_backup(entries, is_on_a_server=services.config.database is not None)
    yield from _of_restore(entries)


CHECKS: Sequence[Callable[[Services], Iterator[Finding]]] = (
    of_clock,
    of_breaches,
    of_worker,
    of_mails,
    of_webhooks,
    of_incidents,
    of_backups,
)

_EVERY = 100_000


def _of_load(breach: Breach, loaded: int, found: int) -> Iterator[Finding]:
    name = breach.facts.name
    if loaded and not found:
        yield problem("breaches", f"The index lacks the people of {name}.", "Restore, or load it again.")
    elif found * 10 < loaded * 9:
        yield warning(
            "breaches", f"Of {loaded:,} entries of {name} {loaded - found:,} are gone.",
            "Where so many did not opt out, load it again.",
        )  # fmt: skip
    elif found < loaded:
        yield note("breaches", f"Of {loaded:,} entries of {name} {loaded - found:,} are gone, as opt-outs make them.")


def _of_focus(name: str, breaches: Sequence[Breach]) -> Iterator[Finding]:
    if name and name.lower() not in {breach.name.lower() for breach in breaches}:
        yield warning(
            "settings", f"focus_breach is {name}, which is not published: the home page asks about no breach, or about"
            " one that was withdrawn.", "Publish it, correct its name, or unset focus_breach.",
        )  # fmt: skip


def _of_room(settings: Config) -> Iterator[Finding]:
    """For the copy that a backup makes, of what does not lie on the same disk already."""
    free = shutil.disk_usage(settings.data).free
    if settings.database is not None and free < (needed := upkeep_of(settings).bytes_of_copy()):
        yield note(
            "disk", f"{free / 1e9:,.1f} GB are free where {settings.data} lies: too little for `breachcheck backup`,"
            f" which makes a copy of {needed / 1e9:,.1f} GB there.", "Free some space, or leave backups to pg_dump.",
        )  # fmt: skip


def _of_newest_backup(entries: Sequence[AuditEntry], *, is_on_a_server: bool) -> Finding:
    """On a server its own tools may make them, of which nobody tells the store."""
    do = "`breachcheck backup`, from cron."
    shown = [_moment_of(entry) for entry in entries if entry.action in (taking.ACTION, restores.ACTION)]
    if not shown and is_on_a_server:
        return note("backups", "The store knows of no backup, and would not know of one by pg_dump.", do)
    if not shown:
        return warning("backups", "The store knows of no backup.", do)
    age = _now() - max(shown)
    said = f"The newest that the store knows of is {_length(age)} old."
    return warning("backups", said, do) if age > OLDEST_BACKUP_S else fine("backups", said)


def _moment_of(entry: AuditEntry) -> int:
    """Which moment the backup shows that *entry* tells of: one that was made, or restored."""
    return int(datetime.fromisoformat(entry.subject).timestamp())


def _of_restore(entries: Sequence[AuditEntry]) -> Iterator[Finding]:
    for entry in entries:
        if entry.action == IMPORTED or _now() - entry.at > REMEMBER_RESTORE_S:
            return
        if entry.action == restores.ACTION:
            at = datetime.fromtimestamp(entry.at, UTC)
            yield warning(
                "backups", f"Restored on {at:%Y-%m-%d}, it shows {entry.subject}: what came between is undone.",
                "Do withdrawals, revocations and opt-outs of that time again (`breachcheck suppressions import`).",
            )  # fmt: skip
            return


def _length(seconds: int) -> str:
    for unit, name in ((DAY_S, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:,} {name}"
    return f"{seconds} seconds"


def _now() -> int:
    return int(time.time())
