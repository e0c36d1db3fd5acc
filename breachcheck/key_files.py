"""Key files: where keys and other secrets lie outside the database, and how a key is made."""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

from breachcheck import folders
from breachcheck.errors import KeyFileError

KEY_LENGTH = 32
SALT_LENGTH = 16

_LONGEST_FILE = 4096
_MEMORY_KIB = 256 * 1024
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: 5 bits a symbol, no look-alikes
_LOOK_ALIKES = str.maketrans("OIL", "011", "- \t\r\n")
_GROUPS, _GROUP_LENGTH = 7, 4  # 140 bits
_RESTORE = (
    "restore it from its backup, or point BREACHCHECK_INDEX_KEY_FILE at the one used for the first load"
    " (BREACHCHECK_APP_KEY_FILE, where this is the app key, BREACHCHECK_MAIL_KEY_FILE, where it is the mail key,"
    " BREACHCHECK_SEAL_KEY_FILE, where it is the seal key)"
)


def new_key() -> bytes:
    return secrets.token_bytes(KEY_LENGTH)


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_LENGTH)


def new_passphrase() -> str:
    """140 random bits in groups of four letters and digits, to be typed or written down."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def derive_key(passphrase: str, salt: bytes) -> bytes:
    """The key that *passphrase* stands for: argon2id (RFC 9106) over 256 MiB, about a second.

    As with Crockford's base 32, case, hyphens and spaces do not matter, and O, I and L read as 0 and 1.
    """
    typed = passphrase.upper().translate(_LOOK_ALIKES)
    if not typed:
        raise KeyFileError("The passphrase is empty; use the one that `breachcheck init` printed.")
    return stretched(typed.encode(), salt)


def stretched(secret: bytes, salt: bytes) -> bytes:
    """A key that takes 256 MiB and about a second for each guess at *secret*: argon2id (RFC 9106)."""
    try:
        return hash_secret_raw(secret, salt, 3, _MEMORY_KIB, parallelism=4, hash_len=KEY_LENGTH, type=Type.ID)
    except HashingError as error:
        raise KeyFileError(
            f"No key can be derived from the passphrase ({error}); it takes 256 MiB of memory."
        ) from None


def write_key_file(path: Path, key: bytes) -> None:
    """Write *key* to a new file that only its owner can read; durable on return, and whole or not there at all.

    Raises KeyFileError; a file that is there already is never touched, since what it once encrypted needs it.
    """
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a key has {KEY_LENGTH} bytes")
    try:
        _write_new(path, f"{key.hex()}\n".encode())
    except FileExistsError:
        raise KeyFileError(f"There is a key file {path} already; move it away if nothing was made with it.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be written ({error.strerror}); see to its folder.") from None


def read_key_file(path: Path) -> bytes:
    """The 32 bytes in the key file *path*: as 64 hex digits, or raw.

    Raises KeyFileError, with the remedy, unless it holds a key and only its owner, who is us, can read it.
    """
    content = _read(path)
    if len(content) == KEY_LENGTH:
        return content
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:  # its message and its object hold the file's content
        key = b""
    if len(key) != KEY_LENGTH:
        raise KeyFileError(f"{path} holds no key (64 hex digits); {_RESTORE}.")
    return key


def read_secret(path: Path, setting: str = "") -> str:
    """The text in a secret's file, without the space around it. Raises KeyFileError as `read_key_file` does.

    *setting*: which names the file, where that is no key.
    """
    if setting and not path.is_file():
        raise KeyFileError(f"{setting} is {path}, which is no file; point it at the one that holds the secret.")
    try:
        secret = _read(path).decode().strip()
    except UnicodeDecodeError:
        secret = ""
    if not secret:
        raise KeyFileError(f"{path} holds no text in UTF-8; write the secret into it.")
    return secret


def _write_new(path: Path, content: bytes) -> None:
    """A link, unlike a rename, never replaces what is there."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        Path(draft).unlink()
    folders.sync(path.parent)


def _read(path: Path) -> bytes:
    try:
        return _read_private(path)
    except FileNotFoundError:
        raise KeyFileError(f"There is no key file {path}; {_RESTORE}.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read ({error.strerror}); `chown` it to this user.") from None


def _read_private(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe must not hold us up
    try:
        _require_private(path, os.fstat(descriptor))
        return os.read(descriptor, _LONGEST_FILE)
    finally:
        os.close(descriptor)


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path} is not a file; {_RESTORE}.")
    if os.geteuid() not in (0, status.st_uid):
        raise KeyFileError(f"The key file {path} belongs to another user; `chown` it to this user.")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"Others can read the key file {path}; run `chmod 600 {path}`.")
