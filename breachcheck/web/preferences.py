"""Preferences: the language and the colours that a reader chose, a cookie each. They say nothing about who reads."""

from urllib.parse import unquote

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from breachcheck.addresses import holds_address
from breachcheck.web import language
from breachcheck.web.language import gettext as _

bp = Blueprint("preferences", __name__)

THEME_COOKIE = "colours"
THEMES = {"light": "light", "dark": "dark", "device": "light dark"}
"""What a reader may choose -> the colour schemes that a page may then have."""
LIFE_S = 365 * 24 * 3600


@bp.post("/preferences")
def choose() -> ResponseReturnValue:
    """Keep what was chosen, and go back to where. It needs no token: a stranger's form would gain nothing."""
    response = redirect(_way_back(request.form.get("back", "")), 303)
    for cookie, choices in ((THEME_COOKIE, THEMES), (language.COOKIE, language.LOCALES)):
        chosen = request.form.get(cookie)
        if chosen in choices:
            response.set_cookie(cookie, chosen, max_age=LIFE_S, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def theme() -> str:
    """The reader's choice; ``device`` is as the device has it."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "device"


def theme_names() -> dict[str, str]:
    """Each choice of colours in the reader's words."""
    return {"device": _("As on this device"), "light": _("Light"), "dark": _("Dark")}


def page_to_come_back_to() -> str:
    """The path of the page being made, if a form may carry it: never one that holds an address."""
    shown = request.full_path.rstrip("?")
    return _way_back(shown) if request.method == "GET" else "/"


def _way_back(path: str) -> str:
    """*path*, if it is one of this site and no address stands in it; else the home page."""
    is_here = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_here and not holds_address(unquote(path)) else "/"
