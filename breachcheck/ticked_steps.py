"""Ticked steps: which steps of their answer an owner has done."""

import hmac
from collections.abc import Iterable

from breachcheck.ciphers import derived
from breachcheck.db.base import Database
from breachcheck.digests import Digest


class TickedSteps:
    """The table ``ticked_step``: keyed hashes under the address's digest, and nothing else.

    A step is known by a text that says what it is about; a step about something else is another one, not done yet.
    """

    def __init__(self, db: Database, app_key: bytes) -> None:
        self._db = db
        self._key = derived(app_key, "ticked steps")

    def mark_of(self, digest: Digest, step: str) -> str:
        """What stands for *step* of this owner in the table; the same step of another has another one."""
        return hmac.digest(self._key, f"{digest} {step}".encode(), "sha256").hex()[:32]

    def of_owner(self, digest: Digest) -> frozenset[str]:
        """The marks of the steps that are done."""
        rows = self._db.query("SELECT step FROM ticked_step WHERE digest = :digest", {"digest": digest})
        return frozenset(row["step"] for row in rows)

    def keep(self, digest: Digest, marks: Iterable[str]) -> None:
        """These steps are done, and no others."""
        with self._db.transaction():
            forget(self._db, digest)
            for mark in sorted(set(marks)):
                self._db.execute(
                    "INSERT INTO ticked_step (digest, step) VALUES (:digest, :step)", {"digest": digest, "step": mark}
                )


def forget(db: Database, digest: Digest) -> None:
    """Forget what this owner ticked: in the caller's transaction, for who has no key."""
    db.execute("DELETE FROM ticked_step WHERE digest = :digest", {"digest": digest})
