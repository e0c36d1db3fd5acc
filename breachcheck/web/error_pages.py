"""Error pages, in the site's voice. They need neither the store nor a session, and none reads like an answer."""

import math

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, TooManyRequests

from breachcheck.errors import NothingToAsk, StoreReadOnly
from breachcheck.web.answering import LONGEST_ACCOUNT
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.limits import TooManyOfAll

COULD_NOT_CHECK = "errors/could_not_check.html"
TEMPLATES = {
    404: "errors/404.html",
    405: "errors/405.html",
    413: "errors/413.html",
    421: "errors/421.html",
    429: "errors/429.html",
}
REFUSED = "errors/400.html"
ASKING = ("site.ask", "account.send_answer", "account.hide_me", "account.notify_me")
"""Endpoints of forms with the field ``account`` that need no session."""


def page(status: int, error: Exception) -> ResponseReturnValue:
    """The page that says *error*; kept by no cache."""
    response = make_response(render_template(_template(status, error), **_said(error)), status)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
    return keep_to_yourself(response)


def _template(status: int, error: Exception) -> str:
    if isinstance(error, NothingToAsk):
        return "errors/nothing_to_ask.html"
    if isinstance(error, CSRFError):
        return "errors/too_old.html"
    if isinstance(error, StoreReadOnly):
        return "errors/not_saved.html"
    return COULD_NOT_CHECK if status >= 500 else TEMPLATES.get(status, REFUSED)


def _said(error: Exception) -> dict[str, object]:
    return {"wait_s": _wait_s(error), "is_of_all": isinstance(error, TooManyOfAll), "typed": _typed(error)}


def _typed(error: Exception) -> str:
    """What was asked about, so that it need not be typed again once it may be asked."""
    may_be_asked_again = isinstance(error, TooManyRequests) and request.endpoint in ASKING
    return request.form.get("account", "")[:LONGEST_ACCOUNT] if may_be_asked_again else ""


def _wait_s(error: Exception) -> int:
    """Whole seconds until asking again makes sense."""
    return math.ceil(getattr(error, "retry_after", None) or 0)
