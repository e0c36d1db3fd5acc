"""Mail requests: someone typed an address and asked that a mail be sent to it. Whether it is, is decided later.

Whoever asks sees and waits the same, whatever is known of the address: asking writes one row, always. The worker then
keeps the limits, which are per person (an address and its aliases) and the same for every client.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from breachcheck.addresses import as_typed, base_of, canonical
from breachcheck.ciphers import Cipher, derived
from breachcheck.counters import next_ids
from breachcheck.db.base import Database, Row
from breachcheck.digests import Digest, Digester
from breachcheck.errors import MailOff, UnknownLink

DAY_S = 86_400
_PERSON_LENGTH = 16  # bytes of a keyed hash
_MAC_LENGTH = 16


class RequestKind(StrEnum):
    """What the mail is to bring."""

    OWNER_LINK = "owner link"
    CONFIRMATION = "confirmation"
    DOMAIN_CODE = "domain code"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most one mail in *gap_s* seconds, and *a_day* in a day."""

    gap_s: int
    a_day: int


LIMITS = {
    RequestKind.OWNER_LINK: Limit(600, 3),
    RequestKind.CONFIRMATION: Limit(DAY_S, 1),
    RequestKind.DOMAIN_CODE: Limit(600, 3),
}


class _Sealed(msgspec.Struct, frozen=True):
    recipient: str
    language: str


@dataclass(frozen=True, slots=True)
class MailRequest:
    """*recipient* is the address as typed; *person* a keyed hash of whom it is for.

    *browser*: a keyed hash of who asked, or, for the code of a domain, the number of the API key.
    """

    id: int
    kind: RequestKind
    recipient: str
    language: str
    digest: Digest
    browser: str | None
    person: str


class MailRequests:
    """The tables ``mail_request`` and ``mail_stop``.

    An address is kept encrypted, and only until it is decided on. What stays for a day, to keep the limits, and for as
    long as mails are stopped, is a keyed hash that is not the digest.
    """

    def __init__(
        self,
        db: Database,
        cipher: Cipher,
        digester: Digester,
        app_key: bytes,
        *,
        is_off: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._is_off = is_off
        self._db = db
        self._cipher = cipher
        self._digester = digester
        self._person_key = derived(app_key, "persons of mail requests")
        self._stop_key = derived(app_key, "links that stop mails")
        self._clock = clock

    def add(self, kind: RequestKind, account: str, *, language: str, browser: str | None = None) -> None:
        """Note that a mail is asked for. The same work for every address. Raises InvalidAccount, MailOff.

        Where a request of the kind waits already, it stays as it is and this one is forgotten.
        """
        if self._is_off:
            raise MailOff("This site sends no mail.")
        recipient, address = as_typed(account), canonical(account)
        person = self._person(self._digester.of_address(base_of(address) or address))
        with self._db.transaction():
            request_id = next_ids(self._db, "mail_request")
            sealed = msgspec.json.encode(_Sealed(recipient, language))
            self._db.execute(
                """
                INSERT INTO mail_request (id, kind, person, digest, browser, sealed, asked_at)
                VALUES (:id, :kind, :person, :digest, :browser, :sealed, :now)
                ON CONFLICT (kind, person) WHERE mailed_at IS NULL DO NOTHING
                """,
                {
                    "id": request_id,
                    "kind": kind.value,
                    "person": person,
                    "digest": self._digester.of_address(address),
                    "browser": browser,
                    "sealed": self._cipher.encrypt(sealed, _about(request_id)),
                    "now": self._now(),
                },
            )

    def oldest(self) -> MailRequest | None:
        """The request that has waited longest for a decision."""
        rows = self._db.query(
            """
            SELECT id, kind, person, digest, browser, sealed
            FROM mail_request
            WHERE mailed_at IS NULL
            ORDER BY id
            LIMIT 1
            """
        )
        return self._request(rows[0]) if rows else None

    def may_be_mailed(self, request: MailRequest) -> bool:
        """Whether the person's limits allow it, and they did not stop such mails."""
        limit, now = LIMITS[request.kind], self._now()
        rows = self._db.query(
            """
            SELECT COUNT(*) AS mails, COALESCE(MAX(mailed_at), 0) AS latest
            FROM mail_request
            WHERE person = :person AND kind = :kind AND mailed_at > :since
            """,
            {"person": request.person, "kind": request.kind.value, "since": now - DAY_S},
        )
        is_within = rows[0]["mails"] < limit.a_day and now - rows[0]["latest"] >= limit.gap_s
        return is_within and not self._is_stopped(request.person)

    def settle(self, request: MailRequest, *, mailed: bool) -> None:
        """It is decided on: its address and digest are gone; of one that was mailed, the person's hash stays a day."""
        if not mailed:
            self._db.execute("DELETE FROM mail_request WHERE id = :id", {"id": request.id})
            return
        self._db.execute(
            """
            UPDATE mail_request
            SET mailed_at = :now, sealed = NULL, digest = NULL, browser = NULL
            WHERE id = :id
            """,
            {"id": request.id, "now": self._now()},
        )

    def sweep(self) -> None:
        """Forget who was mailed a day ago or longer."""
        self._db.execute("DELETE FROM mail_request WHERE mailed_at <= :old", {"old": self._now() - DAY_S})

    def base_of(self, request: MailRequest) -> Digest | None:
        """The digest of its address without the plus tag; None where it has none."""
        base = base_of(canonical(request.recipient))
        return None if base is None else self._digester.of_address(base)

    def stop_token(self, request: MailRequest) -> str:
        """What stops, and allows again, mails to this person; valid for ever, and for nothing else."""
        person = bytes.fromhex(request.person)
        return (person + self._mac(person)).hex()

    def stop(self, token: str) -> None:
        """Send this person no mail that anyone can ask for. Raises UnknownLink."""
        self._db.execute(
            "INSERT INTO mail_stop (person, stopped_at) VALUES (:person, :now) ON CONFLICT (person) DO NOTHING",
            {"person": self._of_token(token), "now": self._now()},
        )

    def allow(self, token: str) -> None:
        """Send such mails again: the way back for who stopped them, with the same link. Raises UnknownLink."""
        self._db.execute("DELETE FROM mail_stop WHERE person = :person", {"person": self._of_token(token)})

    def is_stopped(self, token: str) -> bool:
        """Raises UnknownLink."""
        return self._is_stopped(self._of_token(token))

    def is_stopped_for(self, base: Digest) -> bool:
        """As ``is_stopped``, by the digest of the person's address, which has no plus tag."""
        return self._is_stopped(self._person(base))

    def count_for(self, base: Digest) -> int:
        """How many requests of theirs are kept: those that wait, and those of the last day that were mailed."""
        rows = self._db.query(
            "SELECT COUNT(*) AS requests FROM mail_request WHERE person = :person", {"person": self._person(base)}
        )
        return int(rows[0]["requests"])

    def allow_account(self, account: str) -> bool:
        """For an operator whom an owner asked: as ``allow``; whether they were stopped. Raises InvalidAccount."""
        address = canonical(account)
        person = self._person(self._digester.of_address(base_of(address) or address))
        return bool(self._db.execute("DELETE FROM mail_stop WHERE person = :person", {"person": person}))

    def _is_stopped(self, person: str) -> bool:
        return bool(self._db.query("SELECT 1 AS one FROM mail_stop WHERE person = :person", {"person": person}))

    def _of_token(self, token: str) -> str:
        try:
            content = bytes.fromhex(token)
        except ValueError:
            content = b""
        person, mac = content[:_PERSON_LENGTH], content[_PERSON_LENGTH:]
        if not hmac.compare_digest(mac, self._mac(person)):
            raise UnknownLink("This link is cut off or not ours; open the one in the email.")
        return person.hex()

    def _mac(self, person: bytes) -> bytes:
        return hmac.digest(self._stop_key, person, "sha256")[:_MAC_LENGTH]

    def _person(self, digest: Digest) -> str:
        return hmac.digest(self._person_key, digest.to_bytes(8, "big", signed=True), "sha256")[:_PERSON_LENGTH].hex()

    def _request(self, row: Row) -> MailRequest:
        sealed = msgspec.json.decode(self._cipher.decrypt(row["sealed"], _about(row["id"])), type=_Sealed)
        return MailRequest(
            id=row["id"],
            kind=RequestKind(row["kind"]),
            recipient=sealed.recipient,
            language=sealed.language,
            digest=Digest(row["digest"]),
            browser=row["browser"],
            person=row["person"],
        )

    def _now(self) -> int:
        return int(self._clock())


def _about(request_id: int) -> str:
    return f"mail request {request_id}"
