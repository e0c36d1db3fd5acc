"""Scenes of the owner's door. Each visitor has an address of their own, for an address gets few mails a day."""

import re
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from tests.browser.scene import Scene, Walk, at, with_all_open
from tests.browser.stage import KNOWN_PEOPLE, SEEN_BY_ALL, TOLD
from tests.browser.windows import Window
from tests.mails import parsed, text_of
from tests.patience import eventually

KNOWN = (f"p{number}@example.com" for number in range(KNOWN_PEOPLE))
"""Addresses that are in breaches of which their owners alone are told, each once."""
FOUND_BY_ALL = iter(SEEN_BY_ALL)
"""Addresses that anyone may look up, each once."""


def new_address() -> str:
    """One that asked for nothing yet, and is in no breach."""
    return f"new{uuid4().hex[:8]}@example.com"


def mail_to(window: Window, account: str) -> EmailMessage:
    """The first mail to *account* in the folder that the page names; waits for it."""
    folder = Path(window.page.locator("main code").inner_text())
    found: list[EmailMessage] = []

    def is_there() -> bool:
        mails = [parsed(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
        found.extend(mail for mail in mails if mail["To"] == account)
        return bool(found)

    assert eventually(is_there)
    return found[0]


def ask_for_link(window: Window, account: str) -> None:
    window.go("/owner/ask")
    window.page.fill("#account", account)
    window.press("main button.primary")


def link_to(window: Window, account: str, place: str) -> str:
    """The path of the link to *place* in the first mail to *account*."""
    found = re.search(rf"http://[^/]+(/{place}/\S+)", text_of(mail_to(window, account)))
    assert found
    return found[1]


def let_in(window: Window, account: str) -> None:
    """Ask for a link and use it."""
    ask_for_link(window, account)
    window.go(link_to(window, account, "owner/link"))
    window.press("main button.primary")


def _asked(window: Window) -> None:
    ask_for_link(window, new_address())


def _refused(window: Window) -> None:
    ask_for_link(window, "ann@")


def _wrong_code(window: Window) -> None:
    _asked(window)
    window.page.fill("#code", "no code")
    window.press("main button.primary")


def _stopped_and_not(window: Window) -> None:
    _at_link("owner/stop", is_pressed=True)(window)
    window.press("main form button")


def _at_link(place: str, *, is_pressed: bool = False, is_opened_again: bool = False) -> Walk:
    def walk(window: Window) -> None:
        account = new_address()
        ask_for_link(window, account)
        path = link_to(window, account, place)
        window.go(path)
        if is_pressed:
            window.press("main form button")
        if is_opened_again:
            window.go(path)

    return walk


def _owner_at(path: str = "/owner", *, is_known: bool = True) -> Walk:
    def walk(window: Window) -> None:
        let_in(window, next(KNOWN) if is_known else new_address())
        window.go(path)

    return walk


def _ticked(window: Window) -> None:
    _owner_at()(window)
    window.page.check("input[name=done] >> nth=0")
    window.press("main form:has(.steps) button:not([name])")


def _typed(path: str, account: str = "") -> Walk:
    """The owner's form at *path*, sent with *account* or else the owner's own."""

    def walk(window: Window) -> None:
        own = next(KNOWN)
        let_in(window, own)
        window.go(path)
        window.page.fill("#account", account or own)
        window.press("main button.primary")

    return walk


def _then(walk: Walk, path: str) -> Walk:
    def further(window: Window) -> None:
        walk(window)
        window.go(path)

    return further


def _subscribing(window: Window) -> str:
    account = new_address()
    window.go("/subscribe")
    window.page.fill("#account", account)
    window.press("main button.primary")
    return account


def _asked_to_be_told(window: Window) -> None:
    _subscribing(window)


def _at_confirmation(*, is_pressed: bool = False, is_opened_again: bool = False) -> Walk:
    def walk(window: Window) -> None:
        path = link_to(window, _subscribing(window), "subscribe")
        window.go(path)
        if is_pressed:
            window.press("main form button")
        if is_opened_again:
            window.go(path)

    return walk


def _at_way_out(*, is_pressed: bool = False) -> Walk:
    def walk(window: Window) -> None:
        _asked(window)
        window.go(link_to(window, TOLD[1 if is_pressed else 0], "unsubscribe"))
        if is_pressed:
            window.press("main form button")

    return walk


OWNER_SCENES: dict[str, Scene] = {
    "owner-ask": Scene("owners", at("/owner/ask"), "Your private answer"),
    "owner-ask-of-a-site": Scene("many", at("/owner/ask"), "Your private answer"),
    "owner-sent-of-a-site": Scene("many", _asked, "Look for our email"),
    "owner-link-used-of-a-site": Scene("many", at("/owner/link/x"), "This link does not work any more"),
    "subscribe-of-a-site": Scene("many", at("/subscribe"), "Tell me about new breaches"),
    "subscribe-sent-of-a-site": Scene("many", _asked_to_be_told, "Look for our email"),
    "owner-ask-closed": Scene("closed", at("/owner/ask"), "What is held about you"),
    "owner-ask-refused": Scene("owners", _refused, "Please check the address"),
    "owner-sent": Scene("owners", _asked, "Look for our email"),
    "owner-code-refused": Scene("owners", _wrong_code, "Please check the code"),
    "owner-link": Scene("owners", _at_link("owner/link"), "Show your private answer"),
    "owner-link-used": Scene(
        "owners", _at_link("owner/link", is_pressed=True, is_opened_again=True), "This link does not work any more"
    ),
    "owner-link-cut-off": Scene("owners", at("/owner/stop/x"), "This link is not whole"),
    "owner-stop": Scene("owners", _at_link("owner/stop"), "Stop these emails?"),
    "owner-stopped": Scene("owners", _at_link("owner/stop", is_pressed=True), "These emails are stopped"),
    "owner-stop-undone": Scene("owners", _stopped_and_not, "We send these emails again"),
    "owner-found": Scene("owners", with_all_open(_owner_at()), "Yes, found in 2 breaches"),
    "owner-ticked": Scene("owners", _ticked, "Yes, found in 2 breaches"),
    "owner-not-found": Scene("owners", _owner_at(is_known=False), "Not found in 2 breaches"),
    "owner-notify": Scene("owners", _owner_at("/owner/notify"), "Tell me about new breaches"),
    "owner-notify-refused": Scene("owners", _typed("/owner/notify", "ann@"), "Tell me about new breaches"),
    "owner-notified": Scene("owners", _typed("/owner/notify"), "Yes, found in 2 breaches"),
    "owner-hide": Scene("owners", _owner_at("/owner/hide"), "Hide or delete my results"),
    "owner-hide-confirm": Scene("owners", _owner_at("/owner/hide/forget"), "Delete my results"),
    "owner-hide-refused": Scene("owners", _typed("/owner/hide/erase", "ann@"), "Delete everything"),
    "owner-receipt": Scene("owners", with_all_open(_typed("/owner/hide/hide")), "It is done"),
    "owner-hidden": Scene("owners", _then(_typed("/owner/hide/hide"), "/owner"), "Yes, found in 2 breaches"),
    "owner-hide-hidden": Scene("owners", _then(_typed("/owner/hide/hide"), "/owner/hide"), "Hide or delete"),
    "owner-forgotten": Scene("owners", _then(_typed("/owner/hide/forget"), "/owner"), "Not found in 2 breaches"),
    "subscribe": Scene("owners", at("/subscribe"), "Tell me about new breaches"),
    "subscribe-sent": Scene("owners", _asked_to_be_told, "Look for our email"),
    "subscribe-confirm": Scene("owners", _at_confirmation(), "Tell you about new breaches?"),
    "subscribe-confirmed": Scene("owners", _at_confirmation(is_pressed=True), "We will tell you"),
    "subscribe-used": Scene(
        "owners", _at_confirmation(is_pressed=True, is_opened_again=True), "This link does not work any more"
    ),
    "unsubscribe": Scene("owners", _at_way_out(), "Stop the emails about new breaches?"),
    "unsubscribed": Scene("owners", _at_way_out(is_pressed=True), "The emails are stopped"),
}
