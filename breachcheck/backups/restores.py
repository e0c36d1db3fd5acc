"""Restores: a backup becomes a store again, in an empty folder, after everything in it was tried."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from breachcheck import config, folders
from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.backups import archive, key_copies
from breachcheck.backups.archive import Contents
from breachcheck.backups.encryption import Secret
from breachcheck.config import Config
from breachcheck.db.engines import upkeep_of
from breachcheck.errors import BackupFault, StoreDamaged
from breachcheck.mail import notify
from breachcheck.services import Services, open_services

ACTION = "restore"
"""What the audit calls it. The entry is about the moment that the backup shows."""

LAST = "catalogue.db"
"""What is put into its place last: a folder without it is no store."""

_NOT_IN_THE_WAY = {"spill", "lost+found"}


def restore(source: Path, data: Path, *, secret: Secret | None, keys: Path | None, by: str) -> Contents:
    """Make *data* the store that *source* is a backup of; what that says of itself. *keys*: where copies of them lie.

    The keys that the backup does not hold are looked for there, and where settings name them. Mails that waited are
    parked, since they may have left after the backup was taken. Nothing takes the store's name before it was opened
    with its keys and every page of it looked at: where anything is raised there is no store. Raises BackupFault,
    StoreFull, StoreDamaged, WrongKey and other kinds of RefusedToStart.
    """
    folders.make(data)
    with folders.locked(data):
        require_empty(data)
        with folders.spill(data / "spill") as spill:
            draft = spill / "data"
            folders.make(draft)
            contents = archive.unpack(source, secret, draft)
            settings = config.read(draft)
            upkeep_of(settings).require_copies()
            if keys:
                key_copies.put_back(keys, settings)
            _try(settings, contents, by)
            _put_in_place(draft, data)
    return contents


def require_empty(data: Path) -> None:
    """Raises BackupFault where something is in the folder *data* already."""
    there = sorted(path.name for path in data.iterdir() if path.name not in _NOT_IN_THE_WAY)
    if there:
        raise BackupFault(
            f"{data} is not empty ({there[0]} is there); nothing was changed. Restore into an empty folder, or, if a"
            " restore was cut off here, empty it and start again."
        )


def _try(settings: Config, contents: Contents, by: str) -> None:
    """Open the draft as every program will, bring it up to date, and note in it where it comes from."""
    if faults := upkeep_of(settings).faults():
        raise StoreDamaged(f"The store in the backup is damaged ({faults[0]}); nothing was restored. Take another one.")
    without_mail = replace(settings, mail="off")  # the mail server's password need not be back in its place yet
    with closing(open_services(without_mail)) as services:
        if services.identity.store != contents.store:
            raise StoreDamaged("The backup holds another store than it says; nothing was restored. Take another one.")
        _hold_back(services)
        at = int(time.time())
        services.audit.note(AuditEntry(at=at, actor=by, action=ACTION, subject=timestamp(contents.taken_at)))


def _hold_back(services: Services) -> None:
    """What waited to be sent when the backup was taken may have been sent since: nobody is told a thing twice."""
    now = int(time.time())
    for mail_id in services.post.outbox.park_queued(now):
        services.post.notifications.note_told(mail_id, now)
    services.jobs.give_up(notify.JOB, "The store was restored; tell again whom it had not told.", now=now)


def _put_in_place(draft: Path, data: Path) -> None:
    """Under one name after the other; where that cannot be ended it is undone."""
    found = sorted((path for path in draft.iterdir() if path.name != "spill"), key=lambda path: path.name == LAST)
    placed: list[Path] = []
    try:
        for path in found:
            path.rename(data / path.name)
            placed.append(data / path.name)
        folders.sync(data)
    except OSError as error:
        for path in placed:
            path.rename(draft / path.name)
        raise BackupFault(f"{data} cannot be written ({error.strerror}); nothing was restored.") from None
