"""Sessions of operators: a signed cookie that holds an operator's id, for eight hours, under /admin alone."""

from datetime import timedelta

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from breachcheck.web.sealed import derived

LIFE = timedelta(hours=8)
PATH = "/admin"


class _Sessions(SecureCookieSessionInterface):
    """None outside /admin: the rest of the site has no use for one, and should not pay for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith(PATH):
            return self.make_null_session(app)
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure


def install(app: Flask, app_key: bytes) -> CSRFProtect:
    """Forms with a session are refused without their token; what has no session must be exempted by its blueprint."""
    app.session_interface = _Sessions()
    app.config.update(
        SECRET_KEY=derived(app_key, "sessions"),
        SESSION_COOKIE_NAME="operator",
        SESSION_COOKIE_PATH=PATH,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFE,
        WTF_CSRF_TIME_LIMIT=int(LIFE.total_seconds()),
        # Pages about an account send no Referer; the token and SameSite are what counts.
        WTF_CSRF_SSL_STRICT=False,
    )
    return CSRFProtect(app)
