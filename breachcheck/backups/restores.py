"""Restores: a backup becomes a store again, in an empty folder, after everything in it was tried."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from breachcheck import config, folders
from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.backups import archive, key_copies
from breachcheck.backups.archive import Contents
from breachcheck.backups.encryption import Secret
from breachcheck.config import Config
from breachcheck.db import copies
from breachcheck.db.engines import store_of, upkeep_of
from breachcheck.db.store import Databases
from breachcheck.errors import BackupFault, StoreDamaged, StoreExists
from breachcheck.mail import notify
from breachcheck.services import Services, open_services
from breachcheck.settings import lines

ACTION = "restore"
"""What the audit calls it. The entry is about the moment that the backup shows."""

LAST = "catalogue.db"
"""What is put into its place last: a folder without it is no store."""

_NOT_IN_THE_WAY = {"spill", "lost+found"}


def restore(
    source: Path, data: Path, *, secret: Secret | None, keys: Path | None, is_to_files: bool = False, by: str
) -> Contents:
    """Make *data* the store that *source* is a backup of; what that says of itself. *keys*: where copies of them lie.

    The store itself goes where the settings say, those in the backup and of the environment: into *data*, or into a
    PostgreSQL database; *is_to_files*, into *data* in any case. The keys that the backup does not hold are looked for
    in *keys*, and where settings name them. Mails that waited are parked, since they may have left after the backup
    was taken. Nothing takes the store's name before it was opened with its keys and every page of it looked at: where
    anything is raised there is no store. Raises BackupFault, StoreFull, StoreDamaged, WrongKey and other kinds of
    RefusedToStart.
    """
    folders.make(data)
    with folders.locked(data):
        require_empty(data)
        with folders.spill(data / "spill") as spill:
            draft = spill / "data"
            folders.make(draft)
            contents = archive.unpack(source, secret, draft)
            read = config.read(draft)
            settings = replace(read, database=None if is_to_files else read.database)
            if settings.database:
                _require_none(settings)
            in_files = replace(settings, database=None)
            if keys:
                key_copies.put_back(keys, in_files)
            _try(in_files, contents, by)
            _move_in(settings, in_files, data)
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


def _require_none(settings: Config) -> None:
    """Raises BackupFault where the database that the settings name holds a store."""
    try:
        store_of(settings).require_none()
    except StoreExists as error:
        raise BackupFault(
            f"{error} Name an empty database with --database, or, for a store in files, say --to-files."
        ) from None


def _move_in(settings: Config, draft: Config, data: Path) -> None:
    """Make the *draft* in files a store where *settings* say, with what belongs beside it in *data*."""
    lines.forget_other(draft.data / config.SETTINGS_FILE, "database", settings.database)
    if settings.database is None:
        with _put_in_place(_files_of(draft.data), data):
            return
    in_files = {draft.index_path, draft.catalogue_path}
    beside = [path for path in _files_of(draft.data) if path not in in_files]
    with closing(store_of(draft).open()) as source, ExitStack() as if_it_fails:

        def enter(target: Databases) -> None:
            copies.empty(target)
            copies.fill(source, target)
            if_it_fails.enter_context(_put_in_place(beside, data))

        store_of(settings).make(enter)


def _files_of(draft: Path) -> list[Path]:
    """What is to lie in a data folder, in this order."""
    found = (path for path in draft.iterdir() if path.name != "spill")
    return sorted(found, key=lambda path: path.name == LAST)


@contextmanager
def _put_in_place(found: Sequence[Path], data: Path) -> Iterator[None]:
    """Under one name after the other. Where that cannot be ended, or the block is not, it is undone."""
    with ExitStack() as if_it_fails:
        try:
            for path in found:
                path.rename(data / path.name)
                if_it_fails.callback((data / path.name).rename, path)
            folders.sync(data)
        except OSError as error:
            raise BackupFault(f"{data} cannot be written ({error.strerror}); nothing was restored.") from None
        yield
        if_it_fails.pop_all()
