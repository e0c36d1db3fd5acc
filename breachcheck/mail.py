"""Mail: a letter as a message that mail servers take, and the two ways in which it leaves."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, Protocol

from breachcheck import folders
from breachcheck.errors import MailUnreachable
from breachcheck.outbox import Mail, MailId


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mails come from: the site's *name* and *address*, and the *host* that ids of messages are given under."""

    name: str
    address: str
    host: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message and where it goes. *needs_utf8*: only servers that speak SMTPUTF8 (RFC 6531) can take it."""

    mail_id: MailId
    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool


class Transport(Protocol):
    """A way out. One call at a time."""

    handed_over_as: Literal["sent", "written"]

    def hand_over(self, envelope: Envelope) -> None:
        """Durably the other side's on return. Raises a kind of MailFault, each saying whether to try again."""


class Folder:
    """Writes each mail as a file of its own, whole, for its owner alone."""

    handed_over_as: Literal["sent", "written"] = "written"

    def __init__(self, path: Path) -> None:
        self._path = path

    def hand_over(self, envelope: Envelope) -> None:
        try:
            folders.make(self._path)
            self._write(self._path / f"{envelope.mail_id:08}.eml", envelope.content)
        except OSError as error:
            raise MailUnreachable(f"the outbox folder cannot be written ({error.strerror})") from None

    def _write(self, path: Path, content: bytes) -> None:
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).rename(path)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise
        folders.sync(path.parent)


def enveloped(mail_id: MailId, mail: Mail, sender: Sender, *, at: int) -> Envelope:
    """*mail* in a message of two parts that say the same. No header can be smuggled in: line breaks become spaces."""
    to = _mailbox(mail.recipient)
    needs_utf8 = not to.addr_spec.isascii()
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8 else SMTP)
    message["From"] = Address(_one_line(sender.name), addr_spec=sender.address)
    message["To"] = to
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message["Message-ID"] = f"<{mail.message_id}@{sender.host}>"
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine need answer
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return Envelope(mail_id, sender.address, to.addr_spec, message.as_bytes(), needs_utf8)


def _mailbox(recipient: str) -> Address:
    """Not parsed as a header would be: all before the last @ is the local part, quoted where it has to be."""
    local, _, domain = recipient.rpartition("@")
    return Address(username=local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local, domain=domain)


def _one_line(text: str) -> str:
    return " ".join(text.split())
