"""Key copies: the keys of a store, kept elsewhere than its backups."""

from pathlib import Path

from breachcheck import folders, key_files, key_ring
from breachcheck.config import Config
from breachcheck.errors import BackupFault, KeyFileError


def files_of(settings: Config) -> dict[str, Path]:
    """The key files that the store has, by the name that each has in a data folder. Raises KeyFileError."""
    there = {name: path for name, path in key_ring.paths(settings).items() if path.exists()}
    for path in there.values():
        key_files.read_key_file(path)
    return there


def require_apart(folder: Path, backup: Path) -> None:
    """Raises BackupFault where whoever takes the folder of the file *backup* takes the keys in *folder* too."""
    if folder.resolve().is_relative_to(backup.resolve().parent):
        raise BackupFault(
            f"{folder} is the place of the backup itself: whoever took it would have both. Choose another disk for the"
            " keys, or, if it is meant, put them into the backup with --with-keys."
        )


def copy_to(settings: Config, folder: Path) -> list[Path]:
    """Copy every key to *folder*, where those of before stay; which are there now.

    Raises KeyFileError, and changes nothing, where another key is there under the same name.
    """
    folders.make(folder)
    keys = {folder / name: key_files.read_key_file(path) for name, path in files_of(settings).items()}
    new = {path: key for path, key in keys.items() if not _is_there(path, key)}
    for path, key in new.items():
        key_files.write_key_file(path, key)
    return list(keys)


def put_back(folder: Path, settings: Config) -> None:
    """Put the keys in *folder* where *settings* look for them inside the data folder. Those that lie elsewhere stay.

    Raises KeyFileError.
    """
    if not folder.is_dir():
        raise KeyFileError(f"There is no folder {folder}; name the one that holds the copies of the keys.")
    for name, path in key_ring.paths(settings).items():
        if (folder / name).exists() and path.is_relative_to(settings.data) and not path.exists():
            folders.make(path.parent)
            key_files.write_key_file(path, key_files.read_key_file(folder / name))


def _is_there(path: Path, key: bytes) -> bool:
    if not path.exists():
        return False
    if key_files.read_key_file(path) != key:
        raise KeyFileError(f"{path} is another key than the store's; choose a folder of its own for each store.")
    return True
