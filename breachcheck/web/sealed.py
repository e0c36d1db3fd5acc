"""Sealed cookies: what a browser keeps for us, encrypted, for a while. Nothing of it is kept on the server."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, request

from breachcheck import ciphers

COOKIE = "asked"
LIFE_S = 600


def derived(app_key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one *purpose* of the web site."""
    return ciphers.derived(app_key, purpose, of="breachcheck web")


class Seal:
    """Closes and opens one cookie under a key of its own, by default that of the account just asked about."""

    def __init__(
        self, app_key: bytes, *, cookie: str = COOKIE, purpose: str = "sealed account", life_s: int = LIFE_S
    ) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derived(app_key, purpose)))
        self._cookie = cookie
        self._life_s = life_s

    def close(self, response: Response, text: str, path: str) -> None:
        """Hand *text* to the browser, which shows it to no script and sends it to *path* alone."""
        response.set_cookie(
            self._cookie,
            self._fernet.encrypt(text.encode()).decode(),
            max_age=self._life_s,
            path=path,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def open(self) -> str | None:
        """The text in this request's cookie; None where there is none, or it is old, or not ours."""
        try:
            return self._fernet.decrypt(self.closed(), ttl=self._life_s).decode()
        except InvalidToken:
            return None

    def closed(self) -> str:
        """This request's cookie as it came; empty where there is none."""
        return request.cookies.get(self._cookie, "")

    def drop(self, response: Response, path: str) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self._cookie, path=path, secure=request.is_secure, httponly=True, samesite="Lax")
