"""Every page and state, on a phone and a desk, in light and dark: everyone can use it, and it loads nothing strange."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES
from tests.browser.stage import Stage
from tests.browser.windows import ALL_RULES, DESK, OF_COLOURS, PHONE, Window, Windows

pytestmark = pytest.mark.slow

DIRECTIONS = {"de": "ltr", "hu": "ltr", "he": "rtl"}
LOOKS = [
    (PHONE, "light", ALL_RULES),
    (PHONE, "dark", OF_COLOURS),
    (DESK, "light", ALL_RULES),
    (DESK, "dark", OF_COLOURS),
]
"""In the dark the same page has other colours."""

OpenWindow = Callable[..., Window]


@pytest.mark.parametrize("name", SCENES)
def test_a_page_is_for_everyone(stage: Stage, open_window: OpenWindow, name: str) -> None:
    scene = SCENES[name]
    window = open_window(getattr(stage, scene.site).port, motion="reduce")
    scene.walk(window)

    assert window.title().startswith(scene.title)
    assert "@" not in window.title()
    assert "unsafe" not in window.main_response().headers["content-security-policy"]
    for *look, rules in LOOKS:
        window.look(*look)
        assert (look, window.axe_violations(rules)) == (look, [])
        assert (look, window.small_targets()) == (look, [])
        assert (look, window.is_wider_than_screen()) == (look, False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_text_that_is_hard_to_read_is_found_in_every_colour_scheme(
    stage: Stage, open_window: OpenWindow, scheme: str
) -> None:
    window = open_window(stage.demo.port, width=PHONE, motion="reduce")
    window.go("/status")
    window.look(PHONE, scheme)
    window.page.evaluate(
        """() => {
            document.querySelector("main").innerHTML = "<p>hard to read</p>";
            Object.assign(document.querySelector("main p").style, {color: "#777777", background: "#888888"});
        }"""
    )

    assert any(one.startswith("color-contrast") for one in window.axe_violations(OF_COLOURS))


def test_a_window_knows_nothing_of_the_one_before(stage: Stage, browser: Browser) -> None:
    windows, seen = Windows(browser), []
    for _ in range(2):
        window = windows.open(stage.demo.port)
        window.go("/")
        cookies = {cookie["name"] for cookie in window.page.context.cookies()}
        window.page.context.add_cookies([{"name": "seen", "value": "1", "url": window.origin}])
        seen.append((cookies, window.page.evaluate("history.length")))
        windows.shut_all()

    assert seen[0] == seen[1]


def test_the_checks_find_what_they_look_for(stage: Stage, open_window: OpenWindow) -> None:
    window = open_window(stage.demo.port, width=PHONE)
    window.go("/status")
    window.page.evaluate(
        """() => {
            document.querySelector("main").innerHTML = `<a class="chip" href="/"></a><pre>${"W".repeat(900)}</pre>`;
            document.querySelector(".chip").setAttribute("width", "1");
            fetch("http://other.example/").catch(() => {});
            console.error("said");
        }"""
    )

    assert any(one.startswith("link-name") for one in window.axe_violations())
    assert any("chip" in one for one in window.small_targets())
    assert window.is_wider_than_screen()
    assert any("said" in one for one in window.complaints)
    window.complaints.clear()


@pytest.mark.parametrize("tongue", ["de", "hu", "he"])
@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.site == "many"])
def test_a_page_holds_german_long_words_and_words_from_right_to_left(
    stage: Stage, open_window: OpenWindow, name: str, tongue: str
) -> None:
    window = open_window(stage.pseudo.port, width=PHONE, motion="reduce", locale=tongue)
    SCENES[name].walk(window)

    assert window.page.evaluate("[document.documentElement.lang, document.dir]") == [tongue, DIRECTIONS[tongue]]
    assert window.axe_violations() == []
    assert window.small_targets() == []
    assert not window.is_wider_than_screen()
