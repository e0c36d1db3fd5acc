"""API keys: 128 random bits each, shown once and kept as a keyed hash."""

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Params, Row
from breachcheck.errors import ExpiredKey, InvalidKey
from breachcheck.free_text import without_address

SCOPES = ("lookup", "lookup:sensitive", "batch", "watch", "domains", "catalogue")
DEFAULT_LIMIT = 1000


LIST = "`breachcheck keys list` shows them"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's rights. *limit_per_minute* 0 means none; *expires_at* None, never; times are epoch seconds.

    *former_until*: until when the text that it had before it was rotated opens it as well.
    """

    id: int
    name: str
    scopes: tuple[str, ...]
    limit_per_minute: int
    created_at: int
    revoked_at: int | None = None
    expires_at: int | None = None
    former_until: int | None = None

    def has_ended(self, now: float) -> bool:
        """Whether it opens nothing any more."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


class ApiKeys:
    """The table ``api_key``. What is done to a key counts at once, in every process."""

    def __init__(self, db: Database, secret: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._secret = secret
        self._clock = clock

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        limit_per_minute: int = DEFAULT_LIMIT,
        expires_at: int | None = None,
    ) -> tuple[ApiKey, str]:
        """A new key and its text, 32 lower-case hexadecimal digits, which nobody can see again.

        Raises HoldsAddress where the name is one.
        """
        text = _new_text()
        with self._db.transaction():
            key = ApiKey(
                id=next_ids(self._db, "api_key"),
                name=without_address(name, "name"),
                scopes=tuple(dict.fromkeys(scopes)),
                limit_per_minute=limit_per_minute,
                created_at=int(self._clock()),
                expires_at=expires_at,
            )
            self._db.execute(
                """
                INSERT INTO api_key (id, name, hash, scopes, limit_per_minute, created_at, expires_at)
                VALUES (:id, :name, :hash, :scopes, :limit, :created_at, :expires_at)
                """,
                {
                    "id": key.id,
                    "name": key.name,
                    "hash": self._hash(text),
                    "scopes": " ".join(key.scopes),
                    "limit": limit_per_minute,
                    "created_at": key.created_at,
                    "expires_at": expires_at,
                },
            )
        return key, text

    def authenticate(self, text: str) -> ApiKey:
        """The key whose text this is.

        Raises InvalidKey, ExpiredKey; StoreUnavailable where the table cannot be read.
        """
        hashed = self._hash(text)
        rows = self._db.query(
            """
            SELECT id, name, hash, scopes, limit_per_minute, created_at, revoked_at, expires_at, former_until
            FROM api_key
            WHERE hash = :hash OR former_hash = :hash
            """,
            {"hash": hashed},
        )
        if not rows or rows[0]["revoked_at"] is not None:
            raise InvalidKey("The API key is unknown or revoked.")
        key, now = _key(rows[0]), self._clock()
        if key.has_ended(now):
            raise ExpiredKey("The API key has expired; ask who gave it to you for another.")
        if rows[0]["hash"] != hashed and (key.former_until or 0) <= now:
            raise ExpiredKey("The API key was rotated, and this, its former text, has ended; use the new one.")
        return key

    def all(self) -> list[ApiKey]:
        """Every key, those that have ended too, oldest first."""
        rows = self._db.query(
            """
            SELECT id, name, scopes, limit_per_minute, created_at, revoked_at, expires_at, former_until
            FROM api_key
            ORDER BY id
            """
        )
        return [_key(row) for row in rows]

    def alive(self) -> list[ApiKey]:
        """Every key that opens something now, oldest first."""
        now = self._clock()
        return [key for key in self.all() if not key.has_ended(now)]

    def get(self, called: str) -> ApiKey:
        """The key of the number *called*; else the one of that name, of several the one that is not revoked.

        Raises InvalidKey where there is none, or where nobody can tell which is meant.
        """
        every = self.all()
        named = [key for key in every if key.name == called]
        named = [key for key in named if key.revoked_at is None] or named
        if found := next((key for key in every if str(key.id) == called), None):
            return found
        if len(named) > 1:
            numbers = ", ".join(str(key.id) for key in named)
            raise InvalidKey(f"There are {len(named)} keys of that name; say which by its number: {numbers}.")
        if not named:
            raise InvalidKey(f"There is no key of that number or name; {LIST}.")
        return named[0]

    def rotate(self, key_id: int, *, overlap_s: int) -> str:
        """A new text for the key; the one it had opens it for *overlap_s* more, one from an earlier rotation no more.

        Raises InvalidKey where there is no such key, or it is revoked.
        """
        text = _new_text()
        self._change(
            """
            UPDATE api_key
            SET former_hash = hash, former_until = :until, hash = :hash
            WHERE id = :id AND revoked_at IS NULL
            """,
            {"id": key_id, "hash": self._hash(text), "until": int(self._clock()) + overlap_s},
        )
        return text

    def expire(self, key_id: int, at: int | None) -> None:
        """The key opens nothing from *at* on; with None it does not expire. Raises InvalidKey as ``rotate`` does."""
        self._change(
            "UPDATE api_key SET expires_at = :at WHERE id = :id AND revoked_at IS NULL", {"id": key_id, "at": at}
        )

    def revoke(self, key_id: int) -> None:
        """The key opens nothing from now on, and never again. Raises InvalidKey as ``rotate`` does."""
        self._change(
            "UPDATE api_key SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL",
            {"id": key_id, "at": int(self._clock())},
        )

    def _change(self, sql: str, params: Params) -> None:
        if not self._db.execute(sql, params):
            raise InvalidKey(f"There is no key {params['id']}, or it is revoked; {LIST}.")

    def _hash(self, text: str) -> str:
        return hmac.digest(self._secret, text.lower().encode(), "sha256").hex()


def _new_text() -> str:
    return secrets.token_hex(16)


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        scopes=tuple(row["scopes"].split()),
        limit_per_minute=row["limit_per_minute"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
        expires_at=row["expires_at"],
        former_until=row["former_until"],
    )
