"""Sessions of owners: a sealed cookie that holds the digests that were proved, for an hour, under /owner alone."""

import hmac
from typing import cast

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFError

from breachcheck.digests import Digest
from breachcheck.owner_links import Owner
from breachcheck.web.sealed import Seal, derived

KEY = "breachcheck owner sessions"
COOKIE = "owner"
PATH = "/owner"
LIFE_S = 3600
TOKEN_FIELD = "form"


class OwnerSessions:
    """Begins, finds and ends them. Of an address they hold digests alone; the server keeps nothing of them."""

    def __init__(self, app_key: bytes) -> None:
        self._seal = Seal(app_key, cookie=COOKIE, purpose="owner sessions", life_s=LIFE_S)
        self._form_key = derived(app_key, "forms of owners")

    def begin(self, response: Response, owner: Owner) -> None:
        digests = [owner.digest] if owner.base is None else [owner.digest, owner.base]
        self._seal.close(response, " ".join(map(str, digests)), PATH)

    def current(self) -> Owner | None:
        """Whose session this request belongs to; None where it has none, or an old one."""
        text = self._seal.open()
        return None if text is None else Owner(*(Digest(int(number)) for number in text.split()))

    def end(self, response: Response) -> None:
        self._seal.drop(response, PATH)

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
