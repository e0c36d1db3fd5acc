"""A scene: one page of the site in one state, and how a visitor gets there."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.windows import Window

Walk = Callable[[Window], None]


@dataclass(frozen=True)
class Scene:
    """One page in one state: *site* is a field of ``Stage``; *title* is how the page's title begins."""

    site: str
    walk: Walk
    title: str


def at(path: str) -> Walk:
    return lambda window: window.go(path)


def with_all_open(walk: Walk) -> Walk:
    """The page with every ``<details>`` open."""

    def opened(window: Window) -> None:
        walk(window)
        window.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")

    return opened
