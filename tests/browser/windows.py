"""A browser's window: it visits one site and writes down whatever no page of ours may do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.patience import PATIENCE_S

NETWORKS: Iterator[str] = (f"198.18.{number // 256}.{number % 256}" for number in range(2**16))
"""Where visitors come from, as a proxy would say it: nobody is made to wait for what was asked in another window."""
PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 900}
LEAST_TARGET_PX = 44

SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, input, select, summary, textarea")]
    .filter(one => one.checkVisibility() && one.type !== "hidden" && getComputedStyle(one).display !== "inline")
    .filter(one => !one.matches(".skip:not(:focus)"))
    .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - .5 || box.width < least - .5)
    .map(([html, box]) => `${html}: ${box.width} x ${box.height}`)"""
"""Links inside a sentence are as high as its line: WCAG 2.2, 2.5.8, excepts them."""

AXE = """async rules => (await axe.run(document, {...JSON.parse(rules), resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`))"""
ALL_RULES = "{}"
OF_COLOURS = '{"runOnly": ["color-contrast", "link-in-text-block"]}'
"""All of them that look at colours, which is what another colour scheme of the same page has."""


@dataclass
class Window:
    """One window on *origin*; *complaints* is what a page did and may not."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error.message}"))
        self.page.on("request", self._watch)
        self.page.on("response", lambda response: self.responses.append(response))

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def ask(self, account: str) -> None:
        """Type *account* on the home page and press the button."""
        self.go("/")
        self.page.fill("#account", account)
        self.press("main button.primary")

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait for that."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def title(self) -> str:
        return self.page.title()

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def look(self, width: int, scheme: str) -> None:
        """Show the same page as a screen of that *width* in that colour *scheme* would."""
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def axe_violations(self, rules: str = ALL_RULES) -> list[str]:
        """What axe-core, with these *rules*, finds on the page as it stands."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found: list[str] = self.page.evaluate(AXE, rules)
        return found

    def small_targets(self) -> list[str]:
        """What can be pressed and is lower or narrower than a finger."""
        found: list[str] = self.page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX)
        return found

    def is_wider_than_screen(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def main_response(self) -> Response:
        """The response that the page on show came in."""
        return next(
            one for one in reversed(self.responses) if one.request.is_navigation_request() and one.status != 303
        )

    def _hear(self, message: ConsoleMessage) -> None:
        is_own_status = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not is_own_status:
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and not request.url.startswith(self.origin):
            self.complaints.append(f"request to another origin: {request.url}")


@dataclass(frozen=True)
class Manner:
    """How a window shows pages."""

    width: int = DESK
    scheme: Literal["light", "dark"] = "light"
    script: bool = True
    motion: Literal["no-preference", "reduce"] = "no-preference"
    locale: str = "en-GB"

    def begun(self, browser: Browser) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": self.width, "height": HEIGHTS[self.width]},
            color_scheme=self.scheme,
            java_script_enabled=self.script,
            reduced_motion=self.motion,
            locale=self.locale,
        )
        context.set_default_timeout(1000 * PATIENCE_S)
        context.new_page()  # stays, empty: with the last one shut the browser ends what shows them
        return context


class Windows:
    """Opens windows of one browser, each as if it were the first: with no cookie, nothing kept, a network of its own.

    Who has shut theirs leaves the browser's side of it to the next, which costs half of another.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[Manner, list[BrowserContext]] = {}
        self._open: list[tuple[Manner, Window]] = []

    def open(self, port: int, **how: Any) -> Window:
        """On the site at *port* of the loopback. *how*: as of ``Manner``."""
        manner = Manner(**how)
        free = self._free.setdefault(manner, [])
        page = (free.pop() if free else manner.begun(self._browser)).new_page()
        page.set_extra_http_headers({"X-Forwarded-For": next(NETWORKS)})
        one = Window(page, f"http://127.0.0.1:{port}")
        self._open.append((manner, one))
        return one

    def shut_all(self) -> list[str]:
        """What pages complained of."""
        complaints = [complaint for _, one in self._open for complaint in one.complaints]
        for manner, one in self._open:
            context = one.page.context
            context.clear_cookies()
            context.new_cdp_session(one.page).send("Network.clearBrowserCache")
            for page in context.pages[1:]:
                page.close()
            self._free[manner].append(context)
        self._open.clear()
        return complaints


def window(browser: Browser, port: int, **how: Any) -> Window:
    """One alone; whoever opens it closes its context."""
    return Windows(browser).open(port, **how)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
