"""What visitors do, in a real browser: with the keyboard alone, without scripts, back and forth."""

import re
from collections.abc import Callable

import pytest

from tests.browser.stage import FOUND, IN_MANY, MISSPELT, NOT_FOUND, Stage
from tests.browser.windows import PHONE, Window

pytestmark = pytest.mark.slow

OpenWindow = Callable[..., Window]

MOVES = """() => [...document.querySelectorAll("*")]
    .map(one => getComputedStyle(one))
    .filter(style => parseFloat(style.transitionDuration) || parseFloat(style.animationDuration))
    .length"""
LONGEST_MOVE_S = """() => Math.max(...[...document.querySelectorAll("*")]
    .map(one => parseFloat(getComputedStyle(one).transitionDuration)))"""
IS_RENDERED = "node => node.checkVisibility()"  # a box alone proves nothing: what is folded away may have been laid out


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("account", "verdict"), [(FOUND, "Yes, this address was in 2 breaches"), (NOT_FOUND, "Not found in the 2 breaches")]
)
def test_a_question_gets_its_answer(
    stage: Stage, open_window: OpenWindow, account: str, verdict: str, script: bool
) -> None:
    window = open_window(stage.demo.port, width=PHONE, script=script)
    window.ask(account)

    assert window.heading().startswith(verdict)
    assert account in window.page.locator("main").inner_text()
    assert window.page.url == window.origin + "/answer"


@pytest.mark.parametrize("script", [True, False])
def test_reload_and_back_keep_the_answer(stage: Stage, open_window: OpenWindow, script: bool) -> None:
    window = open_window(stage.demo.port, script=script)
    window.ask(FOUND)
    window.page.reload()
    reloaded = window.heading()
    window.page.get_by_role("link", name="What we know about this breach").first.click()
    window.page.go_back()

    assert reloaded.startswith("Yes")
    assert window.heading() == reloaded
    assert FOUND in window.page.locator("main").inner_text()


def test_the_keyboard_alone_is_enough(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.many.port)
    window.go("/")
    keys = window.page.keyboard
    keys.press("Tab")
    assert window.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    keys.press("Enter")
    keys.press("Tab")
    keys.type(IN_MANY)
    keys.press("Enter")
    window.page.wait_for_url("**/answer")

    assert window.heading() == "Yes, this address was in 4 breaches"
    assert _focus_is_always_seen(window)


def _focus_is_always_seen(window: Window) -> bool:
    """Whether each stop of the Tab key has an outline."""
    seen = []
    for _ in range(12):
        window.page.keyboard.press("Tab")
        seen.append(window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    return set(seen) == {"solid"}


def test_a_refused_address_stays_in_the_field_and_the_field_says_why(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.demo.port, script=False)
    window.ask("ann@")
    field = window.page.locator("#account")
    described_by = (field.get_attribute("aria-describedby") or "").split()

    assert field.input_value() == "ann@"
    assert field.get_attribute("aria-invalid") == "true"
    assert "does not look like" in window.page.locator(f"#{described_by[0]}").inner_text()


def test_any_letters_may_be_typed(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.demo.port)
    window.ask("josé@example.com")

    assert window.heading().startswith("Not found")


def test_the_second_spelling_is_asked_only_when_told_to(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.many.port, script=False)
    window.ask(MISSPELT)
    assert window.heading().startswith("Not found")
    window.page.get_by_role("button", name="Check that one").click()

    assert "mia@gmail.com" in window.page.locator(".asked").inner_text()


def test_nothing_moves_for_those_who_asked_for_that(stage: Stage, open_window: OpenWindow) -> None:
    still = open_window(stage.many.port, motion="reduce")
    still.ask(IN_MANY)
    moving = open_window(stage.many.port)
    moving.ask(IN_MANY)

    assert still.page.evaluate(MOVES) == 0
    assert 0 < moving.page.evaluate(LONGEST_MOVE_S) < 0.15


@pytest.mark.parametrize("path", ["/", "/breaches", "/breaches/OpenAI-Mixpanel", "/how-it-works"])
def test_a_first_view_is_small(stage: Stage, open_window: OpenWindow, path: str) -> None:
    window = open_window(stage.demo.port)
    window.go(path)
    window.page.wait_for_load_state("networkidle")

    assert len(window.responses) <= 6
    assert _bytes_received(window) <= 50_000


def test_from_the_question_to_the_answer_is_a_small_step(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.many.port)
    window.ask(IN_MANY)
    window.page.wait_for_load_state("networkidle")

    assert _bytes_received(window) <= 2 * 50_000


def _bytes_received(window: Window) -> int:
    sizes = [one.request.sizes() for one in window.responses]
    return sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)


PAGES = re.compile(rb"/Type\s*/Page\b")


def test_a_printed_answer_is_short_and_says_whose_it_is(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.demo.port)
    window.ask(FOUND)
    pages = len(PAGES.findall(window.page.pdf(format="A4")))
    window.page.emulate_media(media="print")

    def is_seen(selector: str) -> bool:
        return bool(window.page.locator(selector).first.evaluate(IS_RENDERED))

    assert 1 < pages <= 4
    assert is_seen(".wordmark")
    assert not is_seen(".bar nav")
    assert not is_seen(".site-footer ul")


@pytest.mark.parametrize("script", [True, False])
def test_who_has_to_wait_asks_again_without_typing(stage: Stage, open_window: OpenWindow, script: bool) -> None:
    window = open_window(stage.limited.port, width=PHONE, script=script)
    for _ in range(2):
        window.ask(NOT_FOUND)
    window.press("main button")

    assert window.heading().startswith("Please wait")
    assert window.page.locator("[name=account]").input_value() == NOT_FOUND


@pytest.mark.parametrize("script", [True, False])
def test_the_chosen_colours_hold_against_the_device_s_and_keep_the_answer(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    window = open_window(stage.demo.port, scheme="light", script=script, motion="reduce")
    window.ask(FOUND)
    light = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    window.page.locator(".menu summary").click()
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="Dark").click()

    assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert window.heading().startswith("Yes")
    assert FOUND in window.page.locator("main").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_another_language_keeps_the_answer(stage: Stage, open_window: OpenWindow, script: bool) -> None:
    window = open_window(stage.pseudo.port, script=script)
    window.ask(IN_MANY)
    window.page.locator(".menu summary").click()
    window.page.get_by_role("button", name="עברית").click()

    assert window.page.locator("html").get_attribute("dir") == "rtl"
    assert window.page.url == window.origin + "/answer"
    assert IN_MANY in window.page.locator("main").inner_text()
    assert window.page.locator(".verdict.exposed").is_visible()
    window.page.go_back()
    window.page.reload()
    assert IN_MANY in window.page.locator("main").inner_text()


def test_on_paper_the_answer_is_whole_and_the_site_s_furniture_is_gone(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.many.port, scheme="dark", motion="reduce")
    window.ask(IN_MANY)
    folded = window.page.get_by_text("No part was left out.")

    assert not folded.evaluate(IS_RENDERED)
    window.page.emulate_media(media="print")
    assert folded.evaluate(IS_RENDERED)
    assert (folded.bounding_box() or {"height": 0})["height"] > 0
    for furniture in (".bar nav", ".menu", ".site-footer ul"):
        assert not window.page.locator(furniture).is_visible()
    assert window.page.get_by_text("This site is run by Example Ltd.").is_visible()
    assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
