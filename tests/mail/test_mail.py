"""Mail: what a message holds, that no header can be smuggled in, and how it lies in the outbox folder."""

import email
from email.header import decode_header, make_header

import pytest

from breachcheck.errors import MailUnreachable
from breachcheck.mail.envelopes import Folder, Sender, enveloped
from breachcheck.outbox import Mail, MailId
from tests.mails import html_of, parsed, text_of

SENDER = Sender("Breach check", "no-reply@check.example", "check.example")
MAIL = Mail(
    recipient="ann@example.com",
    subject="Subject",
    text="Hällo, 用户\n",
    html="<p>Hällo, 用户</p>\n",
    language="de",
    message_id="0123",
)


def message(at=1_795_000_000, **changes):
    changed = Mail(**{name: getattr(MAIL, name) for name in MAIL.__struct_fields__} | changes)
    return parsed(enveloped(MailId(7), changed, SENDER, at=at).content)


def test_text_comes_first_and_html_says_it_again():
    one = message()

    assert one.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]
    assert (text_of(one), html_of(one)) == (MAIL.text, MAIL.html)


def test_its_headers_say_who_when_and_that_no_machine_need_answer():
    one = message()

    assert one["From"] == "Breach check <no-reply@check.example>"
    assert one["Date"].datetime.timestamp() == 1_795_000_000
    assert one["Message-ID"] == "<0123@check.example>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["Content-Language"] == "de"
    assert one["List-Unsubscribe"] is None


def test_one_click_unsubscribes():
    one = message(unsubscribe_url="https://check.example/unsubscribe/abc")

    assert one["List-Unsubscribe"] == "<https://check.example/unsubscribe/abc>"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("bad", ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\u2028Bcc: eve@example.com"])
def test_a_line_break_smuggles_in_no_header(bad):
    content = enveloped(MailId(7), MAIL, Sender(bad, SENDER.address, SENDER.host), at=0).content

    assert parsed(content)["Bcc"] is None
    assert message(subject=bad)["Bcc"] is None
    assert message(subject=bad)["Subject"] == "x Bcc: eve@example.com"
    assert message(recipient=f"ann@example.com{bad[1:]}")["Bcc"] is None


def test_a_subject_in_any_script_is_read_back_as_it_was():
    assert message(subject="Ihre Daten: Ü 用户 " * 12)["Subject"] == ("Ihre Daten: Ü 用户 " * 12).strip()


@pytest.mark.parametrize(
    "name", ["Breach check, Ltd", "Prüfstelle für Datenlecks der Beispiel GmbH & Co. KG, Köln", "检查"]
)
def test_the_name_of_the_site_is_read_back_as_it_was(name):
    content = enveloped(MailId(7), MAIL, Sender(name, SENDER.address, SENDER.host), at=0).content
    read = str(make_header(decode_header(str(email.message_from_bytes(content)["From"]))))

    assert read.replace('"', "") == f"{name} <{SENDER.address}>"


def test_a_file_in_the_outbox_is_whole_and_for_its_owner_alone(tmp_path):
    folder = Folder(tmp_path / "outbox")
    envelope = enveloped(MailId(7), MAIL, SENDER, at=0)
    folder.hand_over(envelope)

    (path,) = (tmp_path / "outbox").iterdir()
    assert (path.name, path.read_bytes()) == ("00000007.eml", envelope.content)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_an_outbox_that_cannot_be_written_is_tried_again(tmp_path):
    folder = Folder(tmp_path / "outbox")
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "00000007.eml").mkdir()

    with pytest.raises(MailUnreachable, match="outbox folder"):
        folder.hand_over(enveloped(MailId(7), MAIL, SENDER, at=0))
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["00000007.eml"]
