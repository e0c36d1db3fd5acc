"""Notify: tells subscribers of a breach, and corrects what they were told. Begun by an operator alone."""

import time
from collections import Counter
from collections.abc import Mapping

from breachcheck.audit import Audit, AuditEntry
from breachcheck.breaches import Breaches, BreachRow, LoadId
from breachcheck.catalog import Catalogue
from breachcheck.config import Config
from breachcheck.db.base import Database
from breachcheck.errors import MailOff, NotSubscribed, UnknownLoad
from breachcheck.free_text import without_address
from breachcheck.jobs import Jobs
from breachcheck.loads import Loads
from breachcheck.mail.concerned import Concerned, ToCorrect, ToTell, is_private
from breachcheck.mail.letters import Letters
from breachcheck.notifications import Notifications, Telling, TellingId, Words
from breachcheck.outbox import Mail, Outbox
from breachcheck.subscribers import Subscriber, Subscribers
from breachcheck.waivers import Waiver, Waivers

JOB = "tell"


class Notify:
    """Begins tellings, and queues their mails. Queuing again, after a crash, queues no mail a second time."""

    def __init__(
        self,
        db: Database,
        settings: Config,
        catalogue: Catalogue,
        concerned: Concerned,
        subscribers: Subscribers,
        letters: Letters,
        outbox: Outbox,
    ) -> None:
        self._db = db
        self._settings = settings
        self._catalogue = catalogue
        self._concerned = concerned
        self._subscribers = subscribers
        self._letters = letters
        self._outbox = outbox
        self._breaches = Breaches(db)
        self._loads = Loads(db)
        self._notifications = Notifications(db)
        self._waivers = Waivers(db)
        self._jobs = Jobs(db)
        self._audit = Audit(db)

    def readers(self, name: str, *, is_correction: bool = False) -> Counter[str]:
        """How many mails ``tell``, or ``correct``, would queue now, by the language of each. Raises what they do."""
        row = self._row(name, is_correction)
        found = self._concerned.to_correct(row) if is_correction else self._concerned.to_tell(row)
        return Counter(one.subscriber.language for one in found)

    def tell(self, name: str, *, by: str) -> Telling:
        """Have everyone told of whom the published breach holds more than they were told.

        Raises MailOff, UnknownBreach, UnknownLoad where it is not published.
        """
        return self._begin(self._row(name, is_correction=False), by)

    def correct(self, name: str, words: Words, *, by: str, translations: Mapping[str, Words] | None = None) -> Telling:
        """Have everyone corrected who was told more of the breach than is so.

        *words* stand in the mail, or, for those whose language they have, the *translations*. Raises MailOff,
        UnknownBreach, HoldsAddress.
        """
        told = translations or {}
        for one in (words, *told.values()):
            without_address(one.what_went_wrong, "text of what went wrong")
            without_address(one.what_is_right, "text of what is right")
        return self._begin(self._row(name, is_correction=True), by, words, told)

    def fan_out(self, telling_id: TellingId) -> int:
        """Queue the mails of a telling that are not queued yet; how many.

        Not one where the breach shows another load by now than when the telling began: that needs one of its own.
        """
        telling = self._notifications.get(telling_id)
        row = next(row for row in self._breaches.all() if row.id == telling.breach_id)
        if row.current_load != telling.load_id:
            return 0
        if telling.is_correction:
            return sum(self._queue_correction(telling, row, one) for one in self._concerned.to_correct(row))
        return sum(self._queue_notification(row, one) for one in self._concerned.to_tell(row))

    def to_be_corrected(self, name: str) -> int:
        """How many people were told of the breach what is not so, whether or not mail is on. Raises UnknownBreach."""
        return sum(1 for _ in self._concerned.to_correct(self._breaches.get(name)))

    def untold(self) -> list[BreachRow]:
        """Published breaches whose load no telling was about yet: to remind an operator of.

        Not those that are listed only, nor those of which it was decided that nobody is told.
        """
        told = {telling.load_id for telling in self._notifications.tellings() if not telling.is_correction}
        told |= {waiver.load_id for waiver in self._waivers.all() if not waiver.is_correction}
        rows = (row for row in self._breaches.all() if row.current_load and row.current_load not in told)
        return [row for row in rows if row.current_load and not self._loads.get(row.current_load).contents.is_listed]

    def uncorrected(self) -> list[BreachRow]:
        """Breaches of which people were told what is not so, since the last switch, and nobody decided what to do yet.

        A withdrawal is one reason, a load that holds less another. To remind an operator of: asks the index for
        everyone who was told, but of those breaches alone that were switched since.
        """
        return [row for row in self._breaches.all() if self._awaits_correction(row)]

    def waive(self, name: str, *, by: str, is_correction: bool = False) -> None:
        """Note the decision that nobody is told of the breach as it stands, or corrected: there are no more reminders.

        Raises UnknownBreach, UnknownLoad where nobody could be told, since it is not published.
        """
        row = self._breaches.get(name)
        if row.current_load is None and not is_correction:
            raise UnknownLoad(f"{row.name} is not published, so nobody is told of it; to correct, add --correction.")
        at = int(time.time())
        action = "correct nobody" if is_correction else "tell nobody"
        with self._db.transaction():
            self._waivers.add(Waiver(row.id, row.current_load, is_correction, by, at))
            self._audit.note(AuditEntry(at=at, actor=by, action=action, subject=row.name))

    def _awaits_correction(self, row: BreachRow) -> bool:
        told = {one.load_id for one in self._notifications.of_breach(row.id) if one.told_at is not None}
        if not told - {row.current_load}:
            return False
        switched_at = self._breaches.history(row.id)[0].switched_at
        corrected = [
            one.begun_at for one in self._notifications.tellings() if one.breach_id == row.id and one.is_correction
        ]
        waived = [one.waived_at for one in self._waivers.all() if one.breach_id == row.id and one.is_correction]
        if any(at >= switched_at for at in [*corrected, *waived]):
            return False
        return any(True for _ in self._concerned.to_correct(row))

    def _row(self, name: str, is_correction: bool) -> BreachRow:
        if self._settings.mail == "off":
            raise MailOff("Mail is off, so nobody can be told; set mail to `smtp` first (docs/operations.md).")
        if self._settings.mail == "smtp":
            self._notifications.untell_written(self._outbox)
        row = self._breaches.get(name)
        if row.current_load is None and not is_correction:
            raise UnknownLoad(f"{row.name} is not published; to correct what was told of it, add --correction.")
        return row

    def _begin(
        self,
        row: BreachRow,
        by: str,
        correction: Words | None = None,
        translations: Mapping[str, Words] | None = None,
    ) -> Telling:
        now = int(time.time())
        with self._db.transaction():
            telling_id = self._notifications.begin(
                row.id,
                row.current_load,
                by=by,
                now=now,
                correction=correction,
                translations=translations,
            )
            self._jobs.add(JOB, {"telling": telling_id}, due_at=now)
            action = "tell correction" if correction else "tell"
            self._audit.note(AuditEntry(at=now, actor=by, action=action, subject=row.name))
        return self._notifications.get(telling_id)

    def _queue_notification(self, row: BreachRow, one: ToTell) -> bool:
        load_id = one.exposure.breach.load_id
        with self._db.transaction():
            if not self._concerned.is_news(one.subscriber, row, one.exposure):
                return False
            try:
                mail = self._notification(one)
            except NotSubscribed:
                return False
            self._notifications.forget_waiting(one.subscriber.id, row.id)
            mail_id = self._outbox.add("notification", mail, now=int(time.time()), load_id=load_id)
            self._notifications.add(one.subscriber.id, row.id, load_id, one.exposure.leaked, mail_id)
        return True

    def _notification(self, one: ToTell) -> Mail:
        to, language, token = self._recipient(one.subscriber)
        if is_private(one.exposure.breach, one.exposure.leaked, self._settings.disclosure):
            return self._letters.private_notification(to, language, unsubscribe_token=token)
        return self._letters.notification(to, language, one.exposure, unsubscribe_token=token)

    def _queue_correction(self, telling: Telling, row: BreachRow, one: ToCorrect) -> bool:
        now = int(time.time())
        with self._db.transaction():
            try:
                mail = self._correction(telling, one)
            except NotSubscribed:
                return False
            mail_id = self._outbox.add("correction", mail, now=now)
            self._notifications.forget(one.subscriber.id, row.id)
            if one.exposure:
                load_id = one.exposure.breach.load_id
                self._notifications.add(one.subscriber.id, row.id, load_id, one.exposure.leaked, mail_id, told_at=now)
        return True

    def _correction(self, telling: Telling, one: ToCorrect) -> Mail:
        to, language, token = self._recipient(one.subscriber)
        told_of = self._catalogue.of_load(LoadId(one.told[-1].load_id)).breaches[0]
        classes = frozenset[str]().union(*(each.classes for each in one.told))
        if is_private(told_of, classes, self._settings.disclosure):
            return self._letters.private_correction(to, language, told_at=one.told_at, unsubscribe_token=token)
        words = telling.words_in(language)
        return self._letters.correction(
            to,
            language,
            title=told_of.title_in(language),
            told_at=one.told_at,
            went_wrong=words.what_went_wrong,
            is_right=words.what_is_right,
            is_out=one.exposure is None,
            unsubscribe_token=token,
        )

    def _recipient(self, subscriber: Subscriber) -> tuple[str, str, str]:
        to = self._subscribers.recipient_of(subscriber)
        return to, subscriber.language, self._subscribers.unsubscribe_token(subscriber)
