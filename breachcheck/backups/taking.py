"""Backups: the whole store as of one moment, taken while it is in use. Keys go into one only where that is said."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from breachcheck import __version__, config, folders
from breachcheck.answers import timestamp
from breachcheck.audit import AuditEntry
from breachcheck.backups import archive, key_copies
from breachcheck.backups.archive import Contents
from breachcheck.backups.encryption import Secret
from breachcheck.config import Config
from breachcheck.db import schema
from breachcheck.db.engines import upkeep_of
from breachcheck.errors import BackupFault, StoreUnavailable
from breachcheck.services import Services

ACTION = "back up"
"""What the audit calls it. The entry is made when the backup is whole, so none has its own."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was taken. *taken_at*: the moment that it shows, in epoch seconds."""

    path: Path
    bytes: int
    taken_at: int


def take(services: Services, destination: Path, *, secret: Secret | None, with_keys: bool, by: str) -> Backup:
    """Back the store up to the new file *destination*, or to one named by its time in the folder *destination*.

    It is there whole and durably on return, and not at all where anything is raised that does not say that it is whole:
    BackupFault, StoreFull, StoreDamaged, StoreUnavailable, KeyFileError. Nobody who reads or writes meanwhile waits for
    longer than a moment.
    """
    settings = services.config
    upkeep = upkeep_of(settings)
    taken_at = int(time.time())
    path = require_place(settings, destination, taken_at)
    folders.require_room(settings.data, upkeep.bytes_of_copy(), "A backup first makes a copy of")
    with folders.spill(settings.spill_path) as draft:
        files = {copy.name: copy for copy in upkeep.copy(draft)} | _files_beside(settings, with_keys)
        contents = Contents(
            backup=1,
            taken_at=taken_at,
            program=__version__,
            store=services.identity.store,
            is_demo=services.is_demo,
            schema={one.name: list(one.migrations)[-1] for one in (schema.CATALOGUE, schema.INDEX)},
            members=archive.members_of(files),
        )
        size = archive.write(path, contents, files, secret)
    taken = Backup(path, size, taken_at)
    _note(services, taken, by)
    return taken


def require_place(settings: Config, destination: Path, at: int) -> Path:
    """The file that a backup to *destination* will be. Raises BackupFault where it may not, or cannot, be there."""
    path = destination / f"breachcheck-{_name_of(at)}.backup" if destination.is_dir() else destination
    if path.exists():
        raise BackupFault(f"{path} is there already and was not touched; choose another name.")
    if not path.parent.is_dir():
        raise BackupFault(f"There is no folder {path.parent}; make it, for its owner alone.")
    if path.resolve().is_relative_to(settings.data.resolve()):
        raise BackupFault(f"{path} lies in the data folder and would be lost with it; choose another disk.")
    return path


def _files_beside(settings: Config, with_keys: bool) -> dict[str, Path]:
    """The settings, and the keys where they are to be in it."""
    path = settings.data / config.SETTINGS_FILE
    beside = {path.name: path} if path.is_file() else {}
    return beside | (key_copies.files_of(settings) if with_keys else {})


def _note(services: Services, taken: Backup, by: str) -> None:
    """Raises BackupFault where the store does not take it: the backup may be all that is left of it."""
    entry = AuditEntry(at=int(time.time()), actor=by, action=ACTION, subject=timestamp(taken.taken_at))
    try:
        services.audit.note(entry)
    except StoreUnavailable as error:
        raise BackupFault(f"{taken.path} is whole, but the store could not note that it was made. {error}") from error


def _name_of(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H%M%SZ}"
