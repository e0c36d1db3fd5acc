"""Mail: a letter as a message that mail servers take, and the two ways in which it leaves."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
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
    recipient = _mailbox(_one_line(mail.recipient))
    headers = {
        "From": _named(_one_line(sender.name), sender.address),
        "To": recipient,
        "Subject": _encoded("Subject", _one_line(mail.subject)),
        "Date": format_datetime(datetime.fromtimestamp(at, UTC)),
        "Message-ID": f"<{mail.message_id}@{sender.host}>",
        "Content-Language": mail.language,
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's machine need answer
        **_ways_out(mail),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return Envelope(mail_id, sender.address, recipient, head.encode() + _body(mail), not recipient.isascii())


def _body(mail: Mail) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def _ways_out(mail: Mail) -> dict[str, str]:
    if not mail.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _mailbox(recipient: str) -> str:
    """All before the last @ is the local part, quoted where RFC 5321 wants it (4.1.2): dots may stand anywhere."""
    local, _, domain = recipient.rpartition("@")
    needs_quotes = local.startswith(".") or local.endswith(".") or ".." in local
    return f'"{local}"@{domain}' if needs_quotes else recipient


def _named(name: str, address: str) -> str:
    return formataddr((name, address)) if name.isascii() else f"{_encoded('From', name)} <{address}>"


def _encoded(header: str, text: str) -> str:
    """RFC 2047, folded. EmailMessage's own way loses spaces where it folds long texts in two scripts."""
    return Header(text, header_name=header).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
