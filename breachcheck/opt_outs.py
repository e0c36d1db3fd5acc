"""Opt-outs: what an owner's wish to be hidden, forgotten or erased does, at once and in every load."""

import time
from collections.abc import Sequence

from breachcheck import subscribers, ticked_steps, watch_erasure
from breachcheck.catalog import move
from breachcheck.db.base import Database
from breachcheck.digests import Digest
from breachcheck.index import Index
from breachcheck.jobs import Jobs
from breachcheck.loads import Loads
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.suppressions import Level, Suppressed, Suppressions

JOB = "forget"
"""The kind of job that calls ``finish``, for opt-outs that a crash cut off."""

AT_ONCE = 200
"""How many of a list are taken in one transaction, which others wait for."""


class OptOuts:
    """Takes opt-outs and carries them out. Nothing here is audited or told to anybody: it is the owner's affair."""

    def __init__(self, db: Database, index: Index, sealed_accounts: SealedAccounts) -> None:
        self._db = db
        self._index = index
        self._sealed_accounts = sealed_accounts
        self._suppressions = Suppressions(db)
        self._loads = Loads(db)
        self._jobs = Jobs(db)

    def opt_out(self, digest: Digest, level: Level) -> Level:
        """Suppress the e-mail address of *digest*, as far as *level* goes; the level that holds now.

        It is never less than what held before. On return no look-up shows the address, in any process, but to its
        proved owner at the first level; what the level deletes is deleted, or will be by a job after a crash. Further
        levels end its subscription and forget its ticked steps too. Where it raises StoreUnavailable it may hold all
        the same; ask again.
        """
        at = int(time.time())
        (holds,) = self._take([(digest, level)], at)
        self.finish(since=at)
        return holds

    def opt_out_all(self, levels: Suppressed) -> None:
        """As ``opt_out``, of everyone in *levels*. Cut off, it holds for some of them; ask again."""
        at = int(time.time())
        wanted = sorted(levels.items())
        for start in range(0, len(wanted), AT_ONCE):
            self._take(wanted[start : start + AT_ONCE], at)
        self.finish(since=at)

    def show_again(self, digest: Digest) -> bool:
        """End the suppression of an address that is hidden; whether it was. One that is forgotten stays so."""
        with self._db.transaction():
            was_hidden = self._suppressions.drop(digest, Level.HIDE)
            if was_hidden:
                watch_erasure.tell_anew(self._db, digest)
                move(self._db)
            return was_hidden

    def level_of(self, digest: Digest) -> Level | None:
        """The level at which the address of *digest* itself is suppressed."""
        return self._suppressions.level_of(digest)

    def finish(self, since: int = 0) -> None:
        """Delete what suppressions of *since* or later forbid any load to hold, and end those that are to be erased.

        The latter waits while a load runs, which may have begun before the opt-out. Twice is as good as once.
        """
        to_erase = self._suppressions.to_erase()
        self._delete(self._suppressions.to_forget(since))
        if not to_erase or self._loads.any_runs():
            return
        self._delete(to_erase)
        with self._db.transaction():
            for digest in to_erase:
                self._suppressions.drop(digest, Level.ERASE)
            move(self._db)

    def _take(self, wanted: Sequence[tuple[Digest, Level]], at: int) -> list[Level]:
        """Suppress all of *wanted* together, and leave a job of what is to be deleted; the levels that hold now."""
        with self._db.transaction():
            hold = [self._suppressions.add(digest, level, at=at) for digest, level in wanted]
            move(self._db)
            gone = [digest for (digest, _), level in zip(wanted, hold, strict=True) if level is not Level.HIDE]
            for digest in gone:
                subscribers.forget(self._db, digest)
                ticked_steps.forget(self._db, digest)
                watch_erasure.forget_found(self._db, digest)
            if gone:
                self._jobs.add(JOB, {"since": at}, due_at=at)
        return hold

    def _delete(self, digests: Sequence[Digest]) -> None:
        self._index.forget(digests)
        self._sealed_accounts.forget(digests)
