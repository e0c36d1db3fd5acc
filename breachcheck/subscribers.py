"""Subscribers: who asked to be told of new breaches, and confirmed it. Their addresses are kept encrypted."""

import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NewType

from breachcheck.addresses import as_typed, canonical
from breachcheck.ciphers import Cipher, derived
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.digests import Digest, Digester
from breachcheck.errors import NotSubscribed, UnknownLink
from breachcheck.mail_requests import MailRequest, MailRequests, RequestKind

SubscriberId = NewType("SubscriberId", int)

PENDING_S = 7 * 86_400
_AT_ONCE = 500
_ID_LENGTH = 8  # bytes
_MAC_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who is told. *created_at*: when they confirmed, epoch seconds."""

    id: SubscriberId
    digest: Digest
    language: str
    created_at: int


class Subscribers:
    """The tables ``subscriber`` and ``pending_subscriber``. An address is encrypted from the first moment on."""

    def __init__(
        self,
        db: Database,
        cipher: Cipher,
        digester: Digester,
        requests: MailRequests,
        app_key: bytes,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._cipher = cipher
        self._digester = digester
        self._requests = requests
        self._key = derived(app_key, "subscribers")
        self._clock = clock

    def ask(self, account: str, *, language: str) -> None:
        """Mail *account* the question whether it is to be told, unless its limits or its owner say no.

        Whoever asks learns nothing of it, nor whether it is subscribed already. Raises InvalidAccount.
        """
        self._requests.add(RequestKind.CONFIRMATION, account, language=language)

    def begin(self, request: MailRequest) -> str:
        """The token to mail for *request*; what confirms it, once, within seven days. In the caller's transaction."""
        token, now = secrets.token_hex(32), self._now()
        with self._db.transaction():
            self._db.execute("DELETE FROM pending_subscriber WHERE digest = :digest", {"digest": request.digest})
            self._db.execute(
                """
                INSERT INTO pending_subscriber (token_hash, digest, sealed, language, expires_at)
                VALUES (:token_hash, :digest, :sealed, :language, :expires_at)
                """,
                {
                    "token_hash": self._hash(token),
                    "digest": request.digest,
                    "sealed": self._sealed(request.recipient, request.digest),
                    "language": request.language,
                    "expires_at": now + PENDING_S,
                },
            )
        return token

    def is_pending(self, token: str) -> bool:
        """Whether ``confirm`` would take it. Confirms nothing: mail scanners open every link."""
        return bool(
            self._db.query(
                "SELECT 1 AS one FROM pending_subscriber WHERE token_hash = :hash AND expires_at > :now",
                {"hash": self._hash(token), "now": self._now()},
            )
        )

    def confirm(self, token: str) -> Subscriber:
        """From now on this person is told. Raises UnknownLink where it was confirmed already, or is too old."""
        with self._db.transaction():
            rows = self._db.query(
                """
                DELETE FROM pending_subscriber
                WHERE token_hash = :hash AND expires_at > :now
                RETURNING digest, sealed, language
                """,
                {"hash": self._hash(token), "now": self._now()},
            )
            for row in rows:
                return self._enter(Digest(row["digest"]), row["sealed"], row["language"])
        raise UnknownLink("This link was used or is older than 7 days; ask again on the site.")

    def add(self, account: str, *, proved: Digest, language: str) -> Subscriber:
        """Subscribe who proved to own *account* just now, without a mail.

        Raises UnknownLink where what was proved is another address, InvalidAccount.
        """
        recipient, digest = as_typed(account), self._digester.of_address(canonical(account))
        if digest != proved:
            raise UnknownLink("This is not the address that was proved; ask for a link to this one first.")
        with self._db.transaction():
            return self._enter(digest, self._sealed(recipient, digest), language)

    def find(self, digest: Digest) -> Subscriber | None:
        """Who is told of what is found under *digest*; None where nobody is."""
        rows = self._db.query(
            "SELECT id, digest, language, created_at FROM subscriber WHERE digest = :digest", {"digest": digest}
        )
        return _subscriber(rows[0]) if rows else None

    def remove(self, digest: Digest) -> bool:
        """Tell this person nothing more, and forget their address and what they were told; whether they were told."""
        return forget(self._db, digest)

    def unsubscribe_token(self, subscriber: Subscriber) -> str:
        """What unsubscribes, valid as long as this subscription: a keyed hash of its id, which is never reused."""
        content = subscriber.id.to_bytes(_ID_LENGTH, "big")
        return (content + self._mac(content)).hex()

    def unsubscribe(self, token: str) -> None:
        """As ``remove``, by what a mail brought; again does no harm (RFC 8058). Raises UnknownLink for no token."""
        self._db.execute("DELETE FROM subscriber WHERE id = :id", {"id": self._id_of(token)})

    def is_subscribed(self, token: str) -> bool:
        """Whether ``unsubscribe`` would end anything. Ends nothing. Raises UnknownLink for no token."""
        rows = self._db.query("SELECT 1 AS one FROM subscriber WHERE id = :id", {"id": self._id_of(token)})
        return bool(rows)

    def all(self) -> Iterator[Subscriber]:
        """Every subscriber, oldest first, read in pieces: others may come and go meanwhile."""
        last = 0
        while rows := self._after(last):
            for row in rows:
                yield _subscriber(row)
            last = rows[-1]["id"]

    def recipient_of(self, subscriber: Subscriber) -> str:
        """The address as typed, to mail to and drop. Raises NotSubscribed where they left meanwhile."""
        rows = self._db.query("SELECT sealed FROM subscriber WHERE id = :id", {"id": subscriber.id})
        for row in rows:
            return self._cipher.decrypt(row["sealed"], _about(subscriber.digest)).decode()
        raise NotSubscribed("This person unsubscribed.")

    def sweep(self) -> None:
        """Forget who was asked and did not confirm in time."""
        self._db.execute("DELETE FROM pending_subscriber WHERE expires_at <= :now", {"now": self._now()})

    def count(self) -> int:
        return int(self._db.query("SELECT COUNT(*) AS people FROM subscriber")[0]["people"])

    def _enter(self, digest: Digest, sealed: bytes, language: str) -> Subscriber:
        rows = self._db.query(
            """
            INSERT INTO subscriber (id, digest, sealed, language, created_at)
            VALUES (:id, :digest, :sealed, :language, :now)
            ON CONFLICT (digest) DO UPDATE SET sealed = :sealed, language = :language
            RETURNING id, digest, language, created_at
            """,
            {
                "id": next_ids(self._db, "subscriber"),
                "digest": digest,
                "sealed": sealed,
                "language": language,
                "now": self._now(),
            },
        )
        return _subscriber(rows[0])

    def _after(self, last: int) -> list[Row]:
        return self._db.query(
            """
            SELECT id, digest, language, created_at
            FROM subscriber
            WHERE id > :last
            ORDER BY id
            LIMIT :count
            """,
            {"last": last, "count": _AT_ONCE},
        )

    def _id_of(self, token: str) -> int:
        try:
            content = bytes.fromhex(token)
        except ValueError:
            content = b""
        number, mac = content[:_ID_LENGTH], content[_ID_LENGTH:]
        if not hmac.compare_digest(mac, self._mac(number)):
            raise UnknownLink("This link is cut off or not ours; open the one in the email.")
        return int.from_bytes(number, "big")

    def _sealed(self, recipient: str, digest: Digest) -> bytes:
        return self._cipher.encrypt(recipient.encode(), _about(digest))

    def _hash(self, token: str) -> str:
        return hmac.digest(self._key, b"confirm " + token.encode(), "sha256").hex()

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, b"unsubscribe " + content, "sha256")[:_MAC_LENGTH]

    def _now(self) -> int:
        return int(self._clock())


def forget(db: Database, digest: Digest) -> bool:
    """``Subscribers.remove``, for who has no key: in the caller's transaction."""
    with db.transaction():
        db.execute("DELETE FROM pending_subscriber WHERE digest = :digest", {"digest": digest})
        return bool(db.execute("DELETE FROM subscriber WHERE digest = :digest", {"digest": digest}))


def _subscriber(row: Row) -> Subscriber:
    return Subscriber(SubscriberId(row["id"]), Digest(row["digest"]), row["language"], row["created_at"])


def _about(digest: Digest) -> str:
    return f"subscriber {digest}"
