"""SMTP: mails handed to a real mail server, and what every way of failing means for the next try."""

import pytest

from breachcheck.config import Config
from breachcheck.errors import ConfigError, KeyFileError, MailDeferred, MailInDoubt, MailRefused, MailUnreachable
from breachcheck.mail.envelopes import Sender, enveloped
from breachcheck.mail.smtp import Smtp
from breachcheck.outbox import Mail, MailId
from tests import mail_servers
from tests.cli.servers import free_port
from tests.mails import parsed, text_of

ANN = "ann@example.com"
SENDER = Sender("Breach check", "no-reply@check.example", "check.example")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return mail_servers.authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def settings(tmp_path):
    """Makes settings for a server on a port."""

    def made(port, security="none", **more):
        return Config(
            data=tmp_path,
            mail="smtp",
            mail_from=SENDER.address,
            public_url="https://check.example",
            smtp_host=mail_servers.HOST,
            smtp_port=port,
            smtp_security=security,
            **more,
        )

    return made


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_text(mail_servers.PASSWORD + "\n")
    return path


def envelope(recipient=ANN, text="Hello,\n.\n..dots\n", subject="Subject"):
    mail = Mail(
        recipient=recipient, subject=subject, text=text, html="<p>Hello,", language="en", message_id="one-and-the-same"
    )
    return enveloped(MailId(7), mail, SENDER, at=1_795_000_000)


def hand_over(settings, what=None):
    Smtp(settings, own_name="check.example").hand_over(what or envelope())


def test_a_mail_arrives_as_it_was_written(settings):
    with mail_servers.running() as server:
        hand_over(settings(server.port))

    (taken,) = server.taken
    assert (taken.sender, taken.recipient) == (SENDER.address, ANN)
    assert text_of(parsed(taken.content)) == "Hello,\n.\n..dots\n"


def test_starttls_is_verified_and_used(settings, authority):
    with mail_servers.running(tls_context=authority.server_context, require_starttls=True) as server:
        hand_over(settings(server.port, "starttls", smtp_ca_file=authority.ca_file))

    assert server.taken[0].is_encrypted


def test_tls_from_the_first_byte_is_verified_and_used(settings, authority):
    with mail_servers.running(ssl_context=authority.server_context) as server:
        hand_over(settings(server.port, "tls", smtp_ca_file=authority.ca_file))

    assert len(server.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(settings, authority, security):
    context = authority.server_context
    arguments = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    with mail_servers.running(**arguments) as server, pytest.raises(MailUnreachable, match="certificate"):
        hand_over(settings(server.port, security))

    assert server.taken == []


def test_a_server_without_starttls_gets_nothing_in_clear(settings):
    with mail_servers.running() as server, pytest.raises(MailUnreachable, match="STARTTLS"):
        hand_over(settings(server.port, "starttls"))

    assert server.taken == []


def test_it_signs_in_with_the_password_of_the_file(settings, authority, password):
    arguments = {"tls_context": authority.server_context, "authenticator": mail_servers.knows_us}
    with mail_servers.running(**arguments, auth_required=True) as server:
        hand_over(
            settings(
                server.port,
                "starttls",
                smtp_ca_file=authority.ca_file,
                smtp_user=mail_servers.USER,
                smtp_password_file=password,
            )
        )

    assert len(server.taken) == 1


def test_a_wrong_password_is_nobody_mails_fault_and_is_not_quoted(settings, authority, password):
    password.write_text("another")
    arguments = {"tls_context": authority.server_context, "authenticator": mail_servers.knows_us}
    with mail_servers.running(**arguments, auth_required=True) as server:
        wrong = settings(
            server.port,
            "starttls",
            smtp_ca_file=authority.ca_file,
            smtp_user=mail_servers.USER,
            smtp_password_file=password,
        )
        with pytest.raises(MailUnreachable, match="535") as refused:
            hand_over(wrong)

    assert "another" not in str(refused.value)


def test_a_password_that_others_can_read_stops_the_start(settings, password):
    password.chmod(0o644)

    with pytest.raises(KeyFileError, match="chmod 600"):
        Smtp(settings(25, smtp_user="us", smtp_password_file=password), own_name="check.example")


def test_certificates_that_cannot_be_read_stop_the_start(settings, password):
    with pytest.raises(ConfigError, match="smtp_ca_file"):
        Smtp(settings(25, smtp_ca_file=password), own_name="check.example")


@pytest.mark.parametrize("where", ["at_rcpt", "at_data"])
@pytest.mark.parametrize(
    ("reply", "fault"),
    [("451 4.3.0 later, ann@example.com", MailDeferred), ("550 5.1.1 no ann@example.com", MailRefused)],
)
def test_what_a_server_does_not_take_is_put_off_or_refused_by_its_number_alone(settings, where, reply, fault):
    with mail_servers.running() as server:
        setattr(server, where, reply)
        with pytest.raises(fault) as refused:
            hand_over(settings(server.port))

    assert str(refused.value) == reply[:9]
    assert server.taken == []


def test_a_sender_who_is_refused_is_refused_for_every_mail(settings):
    with mail_servers.running() as server:
        server.at_mail = "550 5.7.1 not you"
        with pytest.raises(MailUnreachable, match=r"sender: 550 5\.7\.1"):
            hand_over(settings(server.port))


def test_where_nobody_listens_nothing_is_lost(settings):
    with pytest.raises(MailUnreachable, match="ConnectionRefusedError"):
        hand_over(settings(free_port()))


def test_a_server_that_dies_with_the_mail_in_hand_leaves_it_in_doubt(settings):
    with mail_servers.running() as server:
        server.dies_at_data = True
        with pytest.raises(MailInDoubt):
            hand_over(settings(server.port))


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(settings):
    with mail_servers.running() as server:
        hand_over(settings(server.port), envelope("josé@xn--bcher-kva.example"))
    assert server.taken[0].recipient == "josé@xn--bcher-kva.example"
    assert "SMTPUTF8" in server.taken[0].options
    assert parsed(server.taken[0].content)["To"] == "josé@xn--bcher-kva.example"

    with mail_servers.running(enable_SMTPUTF8=False) as server, pytest.raises(MailRefused, match="SMTPUTF8"):
        hand_over(settings(server.port), envelope("josé@xn--bcher-kva.example"))


def test_a_local_part_with_dots_anywhere_is_quoted_on_its_way(settings):
    with mail_servers.running() as server:
        hand_over(settings(server.port), envelope(".ann..b.@mobile.example"))

    assert envelope(".ann..b.@mobile.example").recipient == '".ann..b."@mobile.example'
    assert server.taken[0].recipient == ".ann..b.@mobile.example"
