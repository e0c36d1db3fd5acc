# ruff: noqa: ARG002 - the signatures are aiosmtpd's
"""Real mail servers for tests, on a free port of the loopback, with a certificate of a made-up authority."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.servers import free_port
from tests.patience import PATIENCE_S

HOST = "127.0.0.1"
USER, PASSWORD = "breachcheck", "the password of a test"


@dataclass
class Taken:
    """What one mail was handed over as."""

    sender: str
    recipient: str
    content: bytes
    options: list[str]
    is_encrypted: bool


@dataclass
class MailServer:
    """What it took, and what it answers instead where a test says so: *at_rcpt* and *at_data* are replies."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    at_mail: str = ""
    at_rcpt: str = ""
    at_data: str = ""
    dies_at_data: bool = False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.at_mail:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.at_mail or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.at_rcpt:
            envelope.rcpt_tos.append(address)
        return self.at_rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.dies_at_data:
            assert server.transport
            server.transport.abort()
        if not self.at_data:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.taken.append(
                Taken(
                    str(envelope.mail_from),
                    envelope.rcpt_tos[0],
                    content,
                    envelope.mail_options,
                    session.ssl is not None,
                )
            )
        return self.at_data or "250 OK"


@dataclass(frozen=True)
class Authority:
    """A certificate authority's file, and what a server of it needs."""

    ca_file: Path
    server_context: ssl.SSLContext


@contextmanager
def running(server: MailServer | None = None, **arguments: Any) -> Iterator[MailServer]:
    """A server for the length of a block; *arguments* are aiosmtpd's."""
    server = server or MailServer()
    server.port = free_port()
    controller = Controller(server, hostname=HOST, port=server.port, ready_timeout=PATIENCE_S, **arguments)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def knows_us(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
    """An authenticator that takes one user and password."""
    is_ours = isinstance(login, LoginPassword) and (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_ours, handled=is_ours)


def authority(folder: Path, *names: str) -> Authority:
    """A new one, with a server's certificate for the loopback and for *names*."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate(ca_key, ca_key, "Test authority", "Test authority", is_ca=True)
    own = _certificate(key, ca_key, "mail.example", "Test authority", *names, is_ca=False)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "own.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM) + _pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return Authority(folder / "ca.pem", context)


def _certificate(
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    subject: str,
    issuer: str,
    *names: str,
    is_ca: bool,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    known_as = [x509.IPAddress(ipaddress.ip_address(HOST)), *map(x509.DNSName, names)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(known_as), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(is_ca=is_ca), critical=True)
    )
    return builder.sign(signer, hashes.SHA256())


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    """What RFC 5280 demands of an authority, and Python 3.13 with it: that it may sign certificates."""
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
