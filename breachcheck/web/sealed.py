"""The sealed cookie: the account just asked about, encrypted, for ten minutes. Nothing of it is kept on the server."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Response, request

COOKIE = "asked"
LIFE_S = 600


def derived(app_key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one *purpose* of the web site."""
    return HKDF(SHA256(), 32, salt=None, info=b"breachcheck web: " + purpose.encode()).derive(app_key)


class Seal:
    """Closes and opens the cookie under a key of its own."""

    def __init__(self, app_key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derived(app_key, "sealed account")))

    def close(self, response: Response, account: str, path: str) -> None:
        """Hand *account* to the browser, which shows it to no script and sends it to *path* alone."""
        response.set_cookie(
            COOKIE,
            self._fernet.encrypt(account.encode()).decode(),
            max_age=LIFE_S,
            path=path,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def open(self) -> str | None:
        """The account in this request's cookie; None where there is none, or it is old, or not ours."""
        try:
            return self._fernet.decrypt(request.cookies.get(COOKIE, ""), ttl=LIFE_S).decode()
        except InvalidToken:
            return None
