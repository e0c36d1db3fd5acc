"""Mail as it is stored: what was encoded to be transferred is read as it was written."""

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import transfer

WORDS = "Call ann@example.com – or jörg@example.de, o'brien@example.org.\n"
QUOTED = """\
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

ann@exa=
mple.com, login=3Djoe@example.com, kim=40example.com, j=F6rg@example.de
"""


def read(*blocks: bytes) -> str:
    return b"".join(transfer.texts(blocks)).decode()


def part(body: bytes, *headers: str) -> bytes:
    return "\n".join(["--b1", *headers, "", ""]).encode() + body + b"\n"


def base64_of(text: str, charset: str = "utf-8") -> bytes:
    written = b64encode(text.encode(charset))
    return b"\n".join(written[at : at + 76] for at in range(0, len(written), 76))


def message(*parts: bytes) -> bytes:
    head = b'From: ann@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\n'
    return head + b"".join(parts) + b"--b1--\n"


def test_a_quoted_printable_body_is_read_with_its_soft_breaks_and_its_character_set():
    assert "ann@example.com, login=joe@example.com, kim@example.com, jörg@example.de" in read(QUOTED.encode())


def test_it_does_not_matter_how_lines_end():
    assert "ann@example.com, login=joe@" in read(QUOTED.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1252", "koi8-r", "gb18030"])
def test_a_base64_body_is_read_in_the_character_set_that_its_headers_name(charset):
    text = "ann@example.com" if charset == "koi8-r" else WORDS.replace("–", "-")
    encoded = part(
        base64_of(text, charset), f"Content-Type: text/plain; charset={charset}", "content-transfer-encoding: BASE64"
    )

    assert text in read(message(encoded))


def test_each_part_is_read_as_its_own_headers_say():
    quoted = part(b"kim=40example.com", "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable")
    plain = part(b"x=3Dy=40z -- tim@example.com", "Content-Type: text/plain")
    encoded = part(base64_of("joe@example.org"), "Content-Transfer-Encoding: base64")

    found = read(message(quoted, plain, encoded, plain))

    assert found.count("x=3Dy=40z -- tim@example.com") == 2
    assert "kim@example.com" in found
    assert "joe@example.org" in found


def test_a_part_that_is_no_text_stays_as_it_is():
    picture = part(base64_of(WORDS), "Content-Type: image/png", "Content-Transfer-Encoding: base64")

    assert read(message(picture)).endswith(picture.decode() + "--b1--\n")


def test_what_a_list_adds_behind_a_body_is_not_lost():
    encoded = b"Content-Transfer-Encoding: base64\n\n" + base64_of(WORDS) + b"\n_____\nlist@example.net\n"

    found = read(b"From: ann@example.com\n" + encoded)

    assert WORDS in found
    assert "list@example.net" in found


def test_of_a_base64_body_that_was_cut_off_the_beginning_is_read():
    cut_off = base64_of("ann@example.com, joe@exampl")[:-3]

    assert "ann@example.com" in read(b"From: x\nContent-Transfer-Encoding: base64\n\n" + cut_off)


def test_the_next_mail_of_a_mailbox_is_not_read_as_the_one_before():
    mailbox = f"From a@example.com Mon\n{QUOTED}\nFrom b@example.com Tue\nSubject: x\n\nkey=3Dvalue=40home\n"

    assert "key=3Dvalue=40home" in read(mailbox.encode())


def test_encoded_words_of_headers_are_read():
    headers = (
        "From: =?utf-8?Q?ann=40example.com?= <a@example.org>\nTo: =?utf-8?B?am9lQGV4?=\n =?utf-8?B?YW1wbGUuY29t?=\n\n"
    )

    assert read(headers.encode()) == "\nFrom: ann@example.com <a@example.org>\nTo: joe@example.com\n\n"


def test_what_nobody_can_decode_is_left():
    headers = "From: =?utf-8?B?a?= =?x-none?Q?bob=40example.com?=\nContent-Transfer-Encoding: 8bit\n\nx=40y\n"

    assert read(headers.encode()) == "\nFrom: bob@example.com\nContent-Transfer-Encoding: 8bit\n\nx=40y\n"


def test_a_text_that_is_no_mail_is_left_as_it_is():
    log = f"10:01 mail came in:\n{QUOTED}".encode()

    assert read(log[:7], log[7:]) == log.decode()


def test_a_character_set_that_is_none_of_text_is_not_asked_for():
    assert "ann@example.com" in read(QUOTED.replace("iso-8859-1", "unicode_escape").encode())


@given(st.lists(st.integers(0, 6000), max_size=5))
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_where_a_block_ends(cuts):
    quoted = part(QUOTED.partition("\n\n")[2].encode() * 20, "Content-Transfer-Encoding: quoted-printable")
    raw = message(quoted, part(base64_of(WORDS * 40), "Content-Transfer-Encoding: base64"), quoted)
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]

    assert read(*(raw[start:end] for start, end in pairwise(edges))) == read(raw)


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable"]))
@settings(max_examples=100, deadline=None)
def test_whatever_stands_in_a_body_what_is_behind_it_is_read(body, encoding):
    odd = part(body, "Content-Transfer-Encoding: " + encoding)

    assert b"joe@example.org" in b"".join(transfer.texts([message(odd, part(b"joe@example.org"))]))
