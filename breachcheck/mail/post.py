"""Post: the wiring of all that has to do with mail."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from breachcheck.breaches import Breaches
from breachcheck.catalog import Catalogue
from breachcheck.ciphers import Cipher, derived
from breachcheck.config import Config
from breachcheck.db.base import Database
from breachcheck.digests import Digester
from breachcheck.domains import Domains
from breachcheck.lookup import Lookup
from breachcheck.mail.concerned import Concerned
from breachcheck.mail.delivery import Delivery
from breachcheck.mail.envelopes import Folder, Sender, Transport
from breachcheck.mail.letters import Letters
from breachcheck.mail.notify import Notify
from breachcheck.mail.replies import Replies
from breachcheck.mail_requests import MailRequests
from breachcheck.notifications import Notifications
from breachcheck.outbox import MailId, Outbox
from breachcheck.owner_links import OwnerLinks
from breachcheck.subscribers import Subscribers


@dataclass(frozen=True)
class Post:
    """What doors and the worker use of it. *delivery* is None where mail is off."""

    outbox: Outbox
    requests: MailRequests
    owner_links: OwnerLinks
    subscribers: Subscribers
    notifications: Notifications
    letters: Letters
    notify: Notify
    replies: Replies
    delivery: Delivery | None

    def drop(self, mail_id: MailId) -> None:
        """Forget a mail that waits or is parked; whom it was to tell was not told. Raises UnknownMail."""
        self.outbox.drop(mail_id)
        self.notifications.forget_mail(mail_id)


def wired(
    settings: Config,
    db: Database,
    catalogue: Catalogue,
    lookup: Lookup,
    digester: Digester,
    domains: Domains,
    *,
    app_key: bytes,
    mail_key: bytes,
    is_demo: bool,
) -> Post:
    """Raises ConfigError or KeyFileError where the mail server's certificates or password cannot be read."""
    requests = MailRequests(db, _cipher(mail_key, "mail requests"), digester, app_key, is_off=settings.mail == "off")
    subscribers = Subscribers(db, _cipher(mail_key, "subscribers"), digester, requests, app_key)
    owner_links = OwnerLinks(db, requests, app_key)
    outbox = Outbox(db, _cipher(mail_key, "outbox"))
    notifications = Notifications(db)
    letters = Letters(settings, is_demo=is_demo)
    concerned = Concerned(catalogue, lookup, digester, subscribers, notifications)
    return Post(
        outbox=outbox,
        requests=requests,
        owner_links=owner_links,
        subscribers=subscribers,
        notifications=notifications,
        letters=letters,
        notify=Notify(db, settings, catalogue, concerned, subscribers, letters, outbox),
        replies=Replies(db, requests, owner_links, subscribers, domains, letters, outbox),
        delivery=_delivery(settings, db, outbox, notifications),
    )


def _delivery(settings: Config, db: Database, outbox: Outbox, notifications: Notifications) -> Delivery | None:
    if settings.mail == "off":
        return None
    host = urlsplit(settings.site_url).hostname or "localhost"
    sender = Sender(settings.site_name, settings.mail_from or f"no-reply@{host}", host)
    transport = _transport(settings, host)
    return Delivery(db, outbox, notifications, Breaches(db), transport, sender, cap=settings.mails_an_hour)


def _transport(settings: Config, host: str) -> Transport:
    if settings.mail != "smtp":
        return Folder(settings.outbox_path)
    from breachcheck.mail.smtp import Smtp  # takes long to import, and many sites hand nothing to a server

    return Smtp(settings, own_name=host)


def _cipher(mail_key: bytes, purpose: str) -> Cipher:
    return Cipher(derived(mail_key, purpose))
