"""Scenes: every page and state of the site, and how a visitor gets there. Tests and pictures walk the same ones."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.stage import FOUND, IN_MANY, MISSPELT, NOT_FOUND, OPERATOR
from tests.browser.windows import Window


@dataclass(frozen=True)
class Scene:
    """One page in one state: *site* is a field of ``Stage``; *title* is how the page's title begins."""

    site: str
    walk: Callable[[Window], None]
    title: str


def _at(path: str) -> Callable[[Window], None]:
    return lambda window: window.go(path)


def _asking(account: str) -> Callable[[Window], None]:
    return lambda window: window.ask(account)


def _asking_twice(window: Window) -> None:
    window.ask(FOUND)
    window.ask(FOUND)


def _with_all_open(walk: Callable[[Window], None]) -> Callable[[Window], None]:
    """The page with every ``<details>`` open."""

    def opened(window: Window) -> None:
        walk(window)
        window.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")

    return opened


def _signed_in(path: str = "") -> Callable[[Window], None]:
    def walk(window: Window) -> None:
        window.go("/admin/sign-in")
        window.page.fill("#name", OPERATOR[0])
        window.page.fill("#password", OPERATOR[1])
        window.press("main button.primary")
        if path:
            window.go(path)

    return walk


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


SCENES: dict[str, Scene] = {
    "home": Scene("demo", _at("/"), "Was your data in a breach?"),
    "home-of-a-site": Scene("many", _at("/"), "Was your data in a breach?"),
    "home-refused": Scene("demo", _asking("ann"), "Please check the address"),
    "home-empty": Scene("empty", _at("/"), "There is nothing to check yet"),
    "home-closed": Scene("closed", _at("/"), "You cannot check an address here"),
    "found": Scene("demo", _asking(FOUND), "Yes, found in"),
    "found-in-many": Scene("many", _with_all_open(_asking(IN_MANY)), "Yes, found in 4 breaches"),
    "not-found": Scene("demo", _with_all_open(_asking(NOT_FOUND)), "Not found in 2 breaches"),
    "did-you-mean": Scene("many", _asking(MISSPELT), "Not found in 4 breaches"),
    "could-not-check": Scene("demo", _at("/demo/could-not-check"), "We could not check"),
    "breaches": Scene("demo", _at("/breaches"), "List of breaches"),
    "breaches-of-a-site": Scene("many", _at("/breaches"), "List of breaches"),
    "breaches-filtered": Scene("many", _at("/breaches?class=Passwords&sort=title"), "List of breaches"),
    "breaches-none-fits": Scene("many", _at("/breaches?q=nothing+like+it"), "List of breaches"),
    "breaches-address-typed": Scene("many", _at("/breaches?q=ann%40example.com"), "List of breaches"),
    "breaches-empty": Scene("empty", _at("/breaches"), "List of breaches"),
    "breach": Scene("demo", _with_all_open(_at("/breaches/OpenAI-Mixpanel")), "OpenAI (Mixpanel)"),
    "breach-private": Scene("demo", _with_all_open(_at("/breaches/Quorvane-Counselling")), "Quorvane"),
    "breach-corrected": Scene("many", _with_all_open(_at("/breaches/Shop")), "Corner Shop"),
    "breach-made-up": Scene("many", _with_all_open(_at("/breaches/Combos")), "Old lists"),
    "breach-withdrawn": Scene("many", _at("/breaches/Gone"), "Gone Goods"),
    "how-it-works": Scene("demo", _at("/how-it-works"), "How it works"),
    "never-signed-up": Scene("demo", _at("/never-signed-up"), "Why am I in a breach"),
    "not-me": Scene("many", _at("/not-me"), "This is not me"),
    "status": Scene("demo", _at("/status"), "Status"),
    "error-404": Scene("demo", _at("/nope"), "There is no page here"),
    "error-405": Scene("demo", _at("/admin/sign-out"), "This page does not work that way"),
    "error-413": Scene("many", _asking("a" * 70_000), "That was too much text"),
    "error-429": Scene("limited", _asking_twice, "Please wait"),
    "error-too-old": Scene("many", _posting_without_token, "Please press the button again"),
    "admin-sign-in": Scene("many", _at("/admin/sign-in"), "Sign in"),
    "admin": Scene("many", _signed_in(), "Breaches and loads"),
    "admin-load": Scene("many", _signed_in("/admin/loads/1"), "Load 1"),
    "admin-preview": Scene("many", _previewing, "Yes, found in 1 breach"),
}
