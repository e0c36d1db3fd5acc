"""Delivery: takes mails out of the outbox and hands them over, one at a time, in one process of a data folder."""

import fcntl
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from breachcheck.breaches import Breaches
from breachcheck.db.base import Database
from breachcheck.errors import MailDeferred, MailFault, MailInDoubt, MailRefused, MailUnreachable
from breachcheck.mail.envelopes import Sender, Transport, enveloped
from breachcheck.mail.pace import may_leave
from breachcheck.notifications import Notifications
from breachcheck.outbox import IN_DOUBT, Claim, Outbox

LOCK = "delivery.lock"
AGAIN_AFTER_S = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""How long a mail waits after its first failure, its second and so on; after one more it is parked."""

PAUSE_S = 60
"""How long nothing is handed over after the mail server could not be reached."""


class Delivery:
    """Hands over what is due, within the cap. For one thread; *by* is what ``only_deliverer`` calls it.

    Others, of other data folders, may do so at the same time: each mail is claimed by one of them.
    """

    def __init__(
        self,
        db: Database,
        outbox: Outbox,
        notifications: Notifications,
        breaches: Breaches,
        transport: Transport,
        sender: Sender,
        *,
        cap: int,
    ) -> None:
        self._db = db
        self._outbox = outbox
        self._notifications = notifications
        self._breaches = breaches
        self._transport = transport
        self._sender = sender
        self._cap = cap
        self._paused_until = 0

    def begin(self, now: int, by: str = "") -> None:
        """Park what another process was handing over when it ended: nobody knows whether it arrived.

        What another data folder's had in hand is parked when its claim has run out.
        """
        if self._transport.handed_over_as == "sent" and (written := self._notifications.untell_written(self._outbox)):
            _log().warning("mails of before were only written", mails=written)
        with self._db.transaction():
            in_doubt = self._outbox.park_interrupted(now, by=by)
            for mail_id in in_doubt:
                self._notifications.note_told(mail_id, now)
        if in_doubt:
            _log().warning("mails in doubt", parked=len(in_doubt))

    def sweep(self, now: int) -> None:
        """Park what came too late to be of use, and forget what ended long ago."""
        if expired := self._outbox.expire(now):
            _log().warning("mails too late", parked=expired)

    def deliver(self, now: int, by: str = "") -> bool:
        """Hand over the next mail; whether there was one that may leave now."""
        claim = self._claim(now, by)
        if claim is None:
            return False
        if self._is_true(claim):
            self._hand_over(claim, now)
        else:
            self._forget(claim)
        return True

    def _claim(self, now: int, by: str) -> Claim | None:
        if now < self._paused_until:
            return None
        with self._db.transaction():
            urgent, others = may_leave(self._cap, self._outbox.handed_over(now))
            return self._outbox.claim(now, by=by, urgent_alone=not others) if urgent else None

    def _is_true(self, claim: Claim) -> bool:
        """Whether a notification still holds: the load that it tells of is shown, and its reader wants it."""
        if claim.load_id is None:
            return True
        is_shown = any(row.current_load == claim.load_id for row in self._breaches.all())
        return is_shown and self._notifications.is_meant(claim.id)

    def _hand_over(self, claim: Claim, now: int) -> None:
        try:
            self._transport.hand_over(enveloped(claim.id, claim.mail, self._sender, at=now))
        except MailFault as fault:
            self._note_fault(claim, fault, now)
            return
        with self._db.transaction():
            self._outbox.end(claim.id, self._transport.handed_over_as, now=now)
            self._notifications.note_told(claim.id, now)
        _log().info("mail " + self._transport.handed_over_as, mail=claim.id, kind=claim.kind)

    def _forget(self, claim: Claim) -> None:
        with self._db.transaction():
            self._outbox.forget(claim.id)
            self._notifications.forget_mail(claim.id)
        _log().info("mail not true any more", mail=claim.id, kind=claim.kind)

    def _note_fault(self, claim: Claim, fault: MailFault, now: int) -> None:
        _log().warning("mail not handed over", mail=claim.id, kind=claim.kind, attempt=claim.attempts, why=str(fault))
        match fault:
            case MailInDoubt():
                with self._db.transaction():
                    self._outbox.park(claim.id, IN_DOUBT, now=now)
                    self._notifications.note_told(claim.id, now)
            case MailRefused():
                self._outbox.park(claim.id, f"refused: {fault}", now=now)
            case MailDeferred() | MailUnreachable():
                self._put_off(claim, fault, now)

    def _put_off(self, claim: Claim, fault: MailFault, now: int) -> None:
        if isinstance(fault, MailUnreachable):
            self._paused_until = now + PAUSE_S
        if claim.attempts > len(AGAIN_AFTER_S):
            self._outbox.park(claim.id, f"gave up: {fault}", now=now)
        else:
            self._outbox.put_off(claim.id, str(fault), until=now + AGAIN_AFTER_S[claim.attempts - 1])


@contextmanager
def only_deliverer(folder: Path, lock: str = LOCK) -> Iterator[str]:
    """The name to claim mails by, or what else has a *lock*; empty where another process of the data folder has it.

    Alone for the length of the block. Whoever comes next gets the same name, and so may take over at once what it
    finds claimed; no other folder's gets it, even where one is a copy on another machine.
    """
    path = folder / lock
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield ""
            return
        yield _name_in(file)


def _name_in(file: BinaryIO) -> str:
    """Written into the lock when it is first held."""
    token = file.read()
    if not token:
        token = secrets.token_hex(16).encode()
        file.write(token)
        file.flush()
    return sha256(token + socket.gethostname().encode()).hexdigest()[:32]


@cache
def _log() -> Any:
    import structlog  # most programs that wire the post hand nothing over, and this takes long to import

    return structlog.get_logger("breachcheck.mail.delivery")
