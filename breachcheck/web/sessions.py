"""Sessions of operators: a signed cookie that holds an operator's id, for eight hours, under /admin alone."""

from datetime import timedelta

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from breachcheck.web.sealed import derived

LIFE = timedelta(hours=8)


class _Sessions(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def install(app: Flask, app_key: bytes) -> CSRFProtect:
    """Forms with a session are refused without their token; what has no session must be exempted by its blueprint."""
    app.session_interface = _Sessions()
    app.config.update(
        SECRET_KEY=derived(app_key, "sessions"),
        SESSION_COOKIE_NAME="operator",
        SESSION_COOKIE_PATH="/admin",
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFE,
        WTF_CSRF_TIME_LIMIT=int(LIFE.total_seconds()),
    )
    return CSRFProtect(app)
