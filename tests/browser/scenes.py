"""Scenes: every page and state of the site, and how a visitor gets there. Tests and pictures walk the same ones."""

from collections.abc import Callable
from typing import Any

from tests.browser.owner_scenes import OWNER_SCENES
from tests.browser.scene import Scene, at, with_all_open
from tests.browser.stage import FOUND, IN_MANY, MISSPELT, NOT_FOUND, OPERATOR
from tests.browser.windows import Window


def _asking(account: str) -> Callable[[Window], None]:
    return lambda window: window.ask(account)


def _asking_twice(window: Window) -> None:
    window.ask(FOUND)
    window.ask(FOUND)


def _signed_in(path: str = "/admin/") -> Callable[[Window], None]:
    def walk(window: Window) -> None:
        _sign_in(window)
        window.go(path)

    return walk


def _sign_in(window: Window) -> None:
    """Once at each site, in whatever window: a site lets nobody try often."""
    context = window.page.context
    if window.origin in _SESSIONS:
        context.add_cookies(_SESSIONS[window.origin])
        return
    window.go("/admin/sign-in")
    window.page.fill("#name", OPERATOR[0])
    window.page.fill("#password", OPERATOR[1])
    window.press("main button.primary")
    _SESSIONS[window.origin] = [cookie for cookie in context.cookies() if cookie["httpOnly"]]


_SESSIONS: dict[str, list[Any]] = {}


def _previewing(window: Window) -> None:
    _signed_in("/admin/loads/1/preview")(window)
    window.page.fill("#account", IN_MANY)
    window.press("main button.primary")


def _posting_without_token(window: Window) -> None:
    window.go("/admin/sign-in")
    window.page.evaluate("document.querySelector('[name=csrf_token]').remove()")
    window.page.fill("#name", "a")
    window.page.fill("#password", "b")
    window.press("main button.primary")


SCENES: dict[str, Scene] = OWNER_SCENES | {
    "home": Scene("demo", at("/"), "Was your data in a breach?"),
    "home-of-a-site": Scene("many", at("/"), "Was your data in a breach?"),
    "home-refused": Scene("demo", _asking("ann"), "Please check the address"),
    "home-empty": Scene("empty", at("/"), "There is nothing to check yet"),
    "home-of-one-breach": Scene("limited", at("/"), "Were you affected by the Corner Shop breach?"),
    "home-by-mail": Scene("by_mail", at("/"), "Were you affected by the Corner Shop breach?"),
    "home-closed": Scene("closed", at("/"), "You cannot check an address here"),
    "found": Scene("demo", _asking(FOUND), "Yes, found in"),
    "found-in-many": Scene("many", with_all_open(_asking(IN_MANY)), "Yes, found in 4 breaches"),
    "not-found": Scene("demo", with_all_open(_asking(NOT_FOUND)), "Not found in 2 breaches"),
    "did-you-mean": Scene("many", _asking(MISSPELT), "Not found in 4 breaches"),
    "could-not-check": Scene("demo", at("/demo/could-not-check"), "We could not check"),
    "breaches": Scene("demo", at("/breaches"), "List of breaches"),
    "breaches-of-a-site": Scene("many", at("/breaches"), "List of breaches"),
    "breaches-filtered": Scene("many", at("/breaches?class=Passwords&sort=title"), "List of breaches"),
    "breaches-none-fits": Scene("many", at("/breaches?q=nothing+like+it"), "List of breaches"),
    "breaches-address-typed": Scene("many", at("/breaches?q=ann%40example.com"), "List of breaches"),
    "breaches-empty": Scene("empty", at("/breaches"), "List of breaches"),
    "breach": Scene("demo", with_all_open(at("/breaches/OpenAI-Mixpanel")), "OpenAI (Mixpanel)"),
    "breach-private": Scene("demo", with_all_open(at("/breaches/Quorvane-Counselling")), "Quorvane"),
    "breach-corrected": Scene("many", with_all_open(at("/breaches/Shop")), "Corner Shop"),
    "breach-made-up": Scene("many", with_all_open(at("/breaches/Combos")), "Old lists"),
    "breach-withdrawn": Scene("many", at("/breaches/Gone"), "Gone Goods"),
    "how-it-works": Scene("demo", at("/how-it-works"), "How it works"),
    "never-signed-up": Scene("demo", at("/never-signed-up"), "Why am I in a breach"),
    "not-me": Scene("many", at("/not-me"), "This is not me"),
    "api": Scene("demo", with_all_open(at("/api/v1/docs")), "The API, for programs"),
    "status": Scene("many", at("/status"), "Status"),
    "error-404": Scene("demo", at("/nope"), "There is no page here"),
    "error-405": Scene("demo", at("/admin/sign-out"), "This page does not work that way"),
    "error-413": Scene("many", _asking("a" * 70_000), "That was too much text"),
    "error-429": Scene("limited", _asking_twice, "Please wait"),
    "error-too-old": Scene("many", _posting_without_token, "Please press the button again"),
    "admin-sign-in": Scene("many", at("/admin/sign-in"), "Sign in"),
    "admin": Scene("many", _signed_in(), "Breaches and loads"),
    "admin-incidents": Scene("many", _signed_in("/admin/incidents"), "Problems with the site"),
    "admin-load": Scene("many", _signed_in("/admin/loads/7?by=person"), "Load 7"),
    "admin-texts": Scene("many", _signed_in("/admin/loads/1/texts"), "Texts for those concerned"),
    "admin-preview": Scene("many", _previewing, "Yes, found in 1 breach"),
}
