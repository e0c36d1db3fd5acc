"""Asked mails: what a visitor asked to have mailed. The same answer for every address, whatever becomes of the mail."""

import secrets
from typing import Literal, cast

import msgspec
from flask import Flask, Response, current_app, make_response, redirect

from breachcheck.owner_links import LIFE_S
from breachcheck.web import language, limits
from breachcheck.web.context import services
from breachcheck.web.owner_sessions import PATH
from breachcheck.web.sealed import Seal

KEY = "breachcheck asked mails"
COOKIE = "mail"
SUBSCRIBE_PATH = "/subscribe"
MAILS_A_MINUTE_OF_ALL = 120

Wish = Literal["answer", "hide"]


class AskedMail(msgspec.Struct, frozen=True):
    """What this browser asked for. *nonce*: by which the code in the mail knows it; *wish*: what it is for."""

    account: str
    nonce: str = ""
    wish: Wish = "answer"


def install(app: Flask, app_key: bytes) -> None:
    app.extensions[KEY] = Seal(app_key, cookie=COOKIE, purpose="asked mails", life_s=LIFE_S)


def asked_mail() -> AskedMail | None:
    """What this browser asked for in the last half an hour."""
    text = _seal().open()
    return None if text is None else msgspec.json.decode(text, type=AskedMail)


def forget(response: Response) -> None:
    """Have the browser forget the address that it asked a link for."""
    _seal().drop(response, PATH)


def ask_for_link(account: str, wish: Wish, to: str) -> Response:
    """Have a link mailed, and send the browser on to the page *to*. Raises TooManyRequests.

    A browser that asks again keeps its nonce: the mail that counts may be the earlier one.
    """
    _spend()
    known = asked_mail()
    asked = AskedMail(account.strip(), known.nonce if known else secrets.token_urlsafe(16), wish)
    services().post.owner_links.ask(account, asked.nonce, language=language.tag())
    return _sent_on(asked, PATH, to)


def ask_for_confirmation(account: str, to: str) -> Response:
    """Have the question mailed whether this address is to be told, and send the browser on. Raises TooManyRequests."""
    _spend()
    services().post.subscribers.ask(account, language=language.tag())
    return _sent_on(AskedMail(account.strip()), SUBSCRIBE_PATH, to)


def _spend() -> None:
    limits.spend("mail", services().config.mail_requests_a_minute)
    limits.spend_of_all("mail", MAILS_A_MINUTE_OF_ALL)


def _sent_on(asked: AskedMail, path: str, to: str) -> Response:
    response = make_response(redirect(to, 303))
    _seal().close(response, msgspec.json.encode(asked).decode(), path)
    return response


def _seal() -> Seal:
    return cast(Seal, current_app.extensions[KEY])
