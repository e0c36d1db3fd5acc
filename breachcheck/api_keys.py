"""API keys: 128 random bits each, shown once and kept as a keyed hash."""

import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from breachcheck.counters import next_ids
from breachcheck.db.base import Database
from breachcheck.errors import InvalidKey
from breachcheck.free_text import without_address

SCOPES = ("lookup", "lookup:sensitive", "batch", "watch", "domains", "catalogue")
DEFAULT_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's rights. *limit_per_minute* 0 means none."""

    id: int
    name: str
    scopes: tuple[str, ...]
    limit_per_minute: int
    created_at: int
    revoked_at: int | None


class ApiKeys:
    """The table ``api_key``. A key that was made or revoked counts at once, in every process."""

    def __init__(self, db: Database, secret: bytes) -> None:
        self._db = db
        self._secret = secret

    def create(self, name: str, scopes: Sequence[str], *, limit_per_minute: int = DEFAULT_LIMIT) -> tuple[ApiKey, str]:
        """A new key and its text, 32 lower-case hexadecimal digits, which nobody can see again.

        Raises HoldsAddress where the name is one.
        """
        text = secrets.token_hex(16)
        with self._db.transaction():
            key = ApiKey(
                id=next_ids(self._db, "api_key"),
                name=without_address(name, "name"),
                scopes=tuple(dict.fromkeys(scopes)),
                limit_per_minute=limit_per_minute,
                created_at=int(time.time()),
                revoked_at=None,
            )
            self._db.execute(
                """
                INSERT INTO api_key (id, name, hash, scopes, limit_per_minute, created_at)
                VALUES (:id, :name, :hash, :scopes, :limit, :created_at)
                """,
                {
                    "id": key.id,
                    "name": key.name,
                    "hash": self._hash(text),
                    "scopes": " ".join(key.scopes),
                    "limit": limit_per_minute,
                    "created_at": key.created_at,
                },
            )
        return key, text

    def authenticate(self, text: str) -> ApiKey:
        """The key whose text this is. Raises InvalidKey; StoreUnavailable where the table cannot be read."""
        rows = self._db.query(
            """
            SELECT id, name, scopes, limit_per_minute, created_at, revoked_at
            FROM api_key
            WHERE hash = :hash AND revoked_at IS NULL
            """,
            {"hash": self._hash(text)},
        )
        if not rows:
            raise InvalidKey("The API key is unknown or revoked.")
        return _key(dict(rows[0]))

    def all(self) -> list[ApiKey]:
        """Every key, revoked ones too, oldest first."""
        rows = self._db.query(
            """
            SELECT id, name, scopes, limit_per_minute, created_at, revoked_at
            FROM api_key
            ORDER BY id
            """
        )
        return [_key(dict(row)) for row in rows]

    def revoke(self, key_id: int) -> None:
        """The key opens nothing from now on. Raises InvalidKey where there is no such key."""
        changed = self._db.execute(
            "UPDATE api_key SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL",
            {"at": int(time.time()), "id": key_id},
        )
        if not changed:
            raise InvalidKey(f"There is no key {key_id} that could be revoked; `breachcheck keys list` shows them.")

    def _hash(self, text: str) -> str:
        return hmac.digest(self._secret, text.lower().encode(), "sha256").hex()


def _key(row: dict[str, object]) -> ApiKey:
    return ApiKey(**row | {"scopes": tuple(str(row["scopes"]).split())})  # type: ignore[arg-type]
