"""Sessions of owners: a sealed cookie that holds the digests that were proved, for an hour, under /owner alone."""

import hmac
import secrets
from typing import cast

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFError

from breachcheck.digests import Digest
from breachcheck.ended_sessions import LIFE_S
from breachcheck.owner_links import Owner
from breachcheck.web.context import services
from breachcheck.web.sealed import Seal, derived

KEY = "breachcheck owner sessions"
COOKIE = "owner"
PATH = "/owner"
TOKEN_FIELD = "form"


class OwnerSessions:
    """Begins, finds and ends them. Of an address they hold digests alone.

    The server keeps nothing of one but, once it was ended, its random id.
    """

    def __init__(self, app_key: bytes) -> None:
        self._seal = Seal(app_key, cookie=COOKIE, purpose="owner sessions with ids", life_s=LIFE_S)
        self._form_key = derived(app_key, "forms of owners")

    def begin(self, response: Response, owner: Owner) -> None:
        digests = [owner.digest] if owner.base is None else [owner.digest, owner.base]
        self._seal.close(response, " ".join([secrets.token_hex(16), *map(str, digests)]), PATH)

    def current(self) -> Owner | None:
        """Whose session this request belongs to; None where it has none, or one that is old or was ended."""
        session, *digests = self._parts()
        if not digests or services().ended_sessions.has(session):
            return None
        return Owner(*(Digest(int(number)) for number in digests))

    def end(self, response: Response) -> None:
        """End this request's session, in every browser that has its cookie."""
        session, *_ = self._parts()
        services().ended_sessions.add(session)
        self._seal.drop(response, PATH)

    def _parts(self) -> list[str]:
        """The session's id and the digests; one empty text where there is no session."""
        return (self._seal.open() or "").split(" ")

    def form_token(self) -> str:
        """What every form of this session carries, and no other site can know."""
        return hmac.digest(self._form_key, self._seal.closed().encode(), "sha256").hex()

    def require_form_token(self) -> None:
        """Raises CSRFError where the request's form is not one of this session."""
        if not hmac.compare_digest(request.form.get(TOKEN_FIELD, "").encode(), self.form_token().encode()):
            raise CSRFError("The form is not one of this session.")


def install(app: Flask, app_key: bytes) -> None:
    app.extensions[KEY] = OwnerSessions(app_key)


def owner_sessions() -> OwnerSessions:
    """Those of the running app."""
    return cast(OwnerSessions, current_app.extensions[KEY])
