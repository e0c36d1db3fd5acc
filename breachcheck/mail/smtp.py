"""SMTP: hands mails to a mail server (RFC 5321); tells what to try again from what never, and from what is in doubt."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from breachcheck import key_files
from breachcheck.config import Config
from breachcheck.errors import ConfigError, MailDeferred, MailInDoubt, MailRefused, MailUnreachable
from breachcheck.mail.envelopes import Envelope

TIMEOUT_S = 30.0
TAKING_TIMEOUT_S = 120.0
"""How long a server may take over a whole mail before that is in doubt. RFC 5321 allows it ten minutes."""

_enhanced_status = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})\b")
_line_start_dot = re.compile(rb"(?m)^\.")


class Smtp:
    """A connection a mail. Encrypted ways are never left for a plain one; certificates are always verified."""

    handed_over_as: Literal["sent", "written"] = "sent"

    def __init__(self, settings: Config, *, own_name: str) -> None:
        """Raises ConfigError or KeyFileError where the certificates or the password cannot be read."""
        self._settings = settings
        self._own_name = own_name
        self._context = _context(settings)
        path = settings.smtp_password_file
        self._password = key_files.read_secret(path, "smtp_password_file") if path else ""

    def hand_over(self, envelope: Envelope) -> None:
        with self._connected() as client:
            self._address(client, envelope)
            _give(client, envelope.content)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            client = self._greeted()
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnreachable(_said(error)) from None
        try:
            yield client
        finally:
            with suppress(OSError, smtplib.SMTPException):
                _wait_at_most(client, TIMEOUT_S)
                client.quit()
            client.close()

    def _greeted(self) -> smtplib.SMTP:
        """Connected, encrypted as the settings say, and signed in."""
        host, port, security = self._settings.smtp_host, self._settings.smtp_port_used, self._settings.smtp_security
        if security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, self._own_name, timeout=TIMEOUT_S, context=self._context
            )
        else:
            client = smtplib.SMTP(host, port, self._own_name, timeout=TIMEOUT_S)
        try:
            if security == "starttls":
                client.starttls(context=self._context)
            client.ehlo_or_helo_if_needed()
            if self._settings.smtp_user:
                client.login(self._settings.smtp_user, self._password)
        except (OSError, smtplib.SMTPException):
            client.close()
            raise
        return client

    def _address(self, client: smtplib.SMTP, envelope: Envelope) -> None:
        """Say whom it is from and for. A sender who is refused is refused for every mail: the settings are wrong."""
        if envelope.needs_utf8 and not client.has_extn("smtputf8"):
            raise MailRefused("the mail server does not take addresses beyond ASCII (SMTPUTF8)")
        options = ("SMTPUTF8", "BODY=8BITMIME") if envelope.needs_utf8 else ()
        try:
            code, reply = client.mail(envelope.sender, options)
            if code != 250:
                raise MailUnreachable(f"sender: {_status(code, reply)}")
            code, reply = client.rcpt(envelope.recipient)
            _require_taken(code, (250, 251), reply)
            code, reply = client.docmd("DATA")
            _require_taken(code, (354,), reply)
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnreachable(_said(error)) from None


def _give(client: smtplib.SMTP, content: bytes) -> None:
    """From the first byte on, only the server's word says whether it has the mail."""
    try:
        _wait_at_most(client, TAKING_TIMEOUT_S)
        client.send(_line_start_dot.sub(b"..", content).rstrip(b"\r\n") + b"\r\n.\r\n")
        code, reply = client.getreply()
    except (OSError, smtplib.SMTPException):
        raise MailInDoubt("in doubt") from None
    _require_taken(code, (250,), reply)


def _wait_at_most(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _require_taken(code: int, wanted: tuple[int, ...], reply: bytes) -> None:
    if code in wanted:
        return
    raise (MailRefused if 500 <= code < 600 else MailDeferred)(_status(code, reply))


def _status(code: int, reply: bytes) -> str:
    """The numbers of a reply. Its words often quote the address."""
    enhanced = _enhanced_status.match(reply.lstrip())
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)


def _said(error: Exception) -> str:
    """What went wrong, without the words of a server."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return f"{type(error).__name__} {_status(error.smtp_code, reply)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the mail server's certificate is not to be trusted"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server does not offer what the settings ask for (STARTTLS, or to sign in)"
    return type(error).__name__


def _context(settings: Config) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.smtp_ca_file)
    except (OSError, ssl.SSLError):
        raise ConfigError(
            f"smtp_ca_file {settings.smtp_ca_file} cannot be read as certificates; point it at a PEM file."
        ) from None
