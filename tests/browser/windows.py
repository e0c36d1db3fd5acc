"""A browser's window: it visits one site and writes down whatever no page of ours may do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

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

FULL_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`))"""


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

    def axe_violations(self) -> list[str]:
        """What axe-core, with all its rules, finds on the page as it stands."""
        self.page.evaluate(AXE_SCRIPT)
        found: list[str] = self.page.evaluate(FULL_AXE)
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


def window(
    browser: Browser,
    port: int,
    *,
    width: int = DESK,
    scheme: str = "light",
    script: bool = True,
    motion: str = "no-preference",
    locale: str = "en-GB",
) -> Window:
    """A window with cookies and a network of its own, on the site at *port* of the loopback."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=script,
        reduced_motion=motion,  # type: ignore[arg-type]
        locale=locale,
        extra_http_headers={"X-Forwarded-For": next(NETWORKS)},
    )
    context.set_default_timeout(1000 * PATIENCE_S)
    return Window(context.new_page(), f"http://127.0.0.1:{port}")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
