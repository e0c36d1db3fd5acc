"""Owners in tests: who asks for a mail, opens its link in some browser, and is let in."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.mails import Mailing, token_in

ANN = "ann@example.com"


@dataclass
class Site:
    """A site with mail. Each browser is a client with cookies of its own."""

    app: Flask
    mailing: Mailing

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def mail_to(self, account: str, client: FlaskClient) -> str:
        """Ask for a link for *account* with *client*; the token that was mailed."""
        client.post("/owner/ask", data={"account": account})
        self.mailing.rounds()
        (mail,) = self.mailing.drained()
        return token_in(mail, "owner/link")

    def let_in(self, account: str = ANN) -> FlaskClient:
        """A browser with the session of the owner of *account*."""
        client = self.browser()
        client.post(f"/owner/link/{self.mail_to(account, self.browser())}")
        return client


def form_of(page: str) -> str:
    """What the forms of a session carry."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def press(client: FlaskClient, path: str, on: str = "/owner", **fields: str | list[str]) -> TestResponse:
    """Post to *path* what a form on the page *on* would."""
    return client.post(path, data={"form": form_of(client.get(on).text), **fields})
