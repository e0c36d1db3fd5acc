"""What owners do, in a real browser, by links and codes out of real mails; with scripts and without."""

from collections.abc import Callable

import pytest

from tests.browser.owner_scenes import FOUND_BY_ALL, KNOWN, ask_for_link, let_in, link_to, mail_to, new_address
from tests.browser.stage import Stage
from tests.browser.windows import PHONE, Window
from tests.mails import code_in

pytestmark = pytest.mark.slow

OpenWindow = Callable[..., Window]


@pytest.mark.parametrize("script", [True, False])
def test_a_link_from_the_mail_opens_the_full_answer_in_another_browser(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    asking, opening = (open_window(stage.owners.port, width=PHONE, script=script) for _ in range(2))
    account = next(KNOWN)
    asking.ask(account)
    not_told = asking.heading()
    asking.page.get_by_role("button", name="Email me the full answer").click()
    asking.page.wait_for_url("**/owner/sent")
    path = link_to(asking, account, "owner/link")
    opening.go(path)
    asked = opening.heading()
    opening.press("main button.primary")

    assert not_told.startswith("Not found")
    assert asked == "Show your private answer"
    assert opening.heading().startswith("Yes, this address was in 2 breaches")
    asking.go(path)
    assert asking.heading() == "This link does not work any more"


@pytest.mark.parametrize("script", [True, False])
def test_the_code_from_the_mail_opens_it_in_the_browser_that_asked(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    window, account = open_window(stage.owners.port, script=script), next(KNOWN)
    ask_for_link(window, account)
    window.page.fill("#code", code_in(mail_to(window, account)))
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/owner")

    assert window.heading().startswith("Yes, this address was in 2 breaches")
    assert account not in window.page.locator("main").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_ticked_steps_are_there_the_next_time(stage: Stage, open_window: OpenWindow, script: bool) -> None:
    window = open_window(stage.owners.port, width=PHONE, script=script)
    let_in(window, next(KNOWN))
    window.page.get_by_role("checkbox").first.check()
    window.page.get_by_role("button", name="Keep what is done").click()
    window.page.wait_for_url("**done=ticked")
    window.go("/owner")

    assert [box.is_checked() for box in window.page.get_by_role("checkbox").all()][:2] == [True, False]


@pytest.mark.parametrize("script", [True, False])
def test_who_hides_gets_a_receipt_as_a_file_and_can_show_again(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    window, account = open_window(stage.owners.port, script=script), next(KNOWN)
    let_in(window, account)
    window.page.get_by_role("link", name="Hide or delete my results").click()
    window.page.get_by_role("link", name="Choose this").first.click()
    window.page.fill("#account", account)
    window.press("main button.primary")
    with window.page.expect_download() as download:
        window.page.get_by_role("button", name="Save the receipt").click()
    window.page.get_by_role("link", name="Back to my answer").click()
    window.page.get_by_role("button", name="Show them again").click()

    assert download.value.suggested_filename == "breachcheck-receipt.json"
    assert '"level": "hide"' in download.value.path().read_text(encoding="utf-8")
    assert "Your results are shown again." in window.page.get_by_role("status").inner_text()


@pytest.mark.parametrize(("script", "locale", "yes"), [(True, "en-GB", "Yes"), (False, "de-DE", "Ja")])
def test_who_hides_is_found_by_nobody_else_and_still_sees_their_answer(
    stage: Stage, open_window: OpenWindow, script: bool, locale: str, yes: str
) -> None:
    window, account = open_window(stage.owners.port, width=PHONE, script=script, locale=locale), next(FOUND_BY_ALL)
    window.ask(account)
    before = window.heading()
    let_in(window, account)
    window.go("/owner/hide/hide")
    window.page.fill("#account", account)
    window.press("main button.primary")
    other = open_window(stage.owners.port, script=script)
    other.ask(account)
    window.go("/owner")

    assert before.startswith(yes)
    assert other.heading().startswith("Not found")
    assert window.heading().startswith(yes)


@pytest.mark.parametrize("script", [True, False])
def test_the_receipt_is_there_on_reload_and_when_one_comes_back(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    window, account = open_window(stage.owners.port, width=PHONE, script=script), next(KNOWN)
    let_in(window, account)
    window.go("/owner/hide/hide")
    window.page.fill("#account", account)
    window.press("main button.primary")
    window.page.reload()
    reloaded = window.heading()
    window.page.get_by_role("link", name="Back to my answer").click()
    window.page.wait_for_url("**/owner")
    window.page.go_back()

    assert reloaded == window.heading() == "It is done"
    assert "Backups that are older than this receipt." in window.page.locator("main").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_after_signing_out_back_shows_nothing_of_the_answer(
    stage: Stage, open_window: OpenWindow, script: bool
) -> None:
    window = open_window(stage.owners.port, script=script)
    let_in(window, next(KNOWN))
    window.page.get_by_role("button", name="Sign out").click()
    window.page.wait_for_url(window.origin + "/")
    window.page.go_back()

    assert window.heading() == "Your private answer"
    assert "Hill Clinic" not in window.page.locator("main").inner_text()


def test_all_that_is_held_comes_as_a_file_and_signing_out_closes_the_door(
    stage: Stage, open_window: OpenWindow
) -> None:
    window = open_window(stage.owners.port, script=False)
    let_in(window, next(KNOWN))
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="Download all that we hold about me").click()
    window.page.get_by_role("button", name="Sign out").click()
    window.page.wait_for_url(window.origin + "/")
    window.go("/owner")

    assert "Hill Clinic" in download.value.path().read_text(encoding="utf-8")
    assert window.heading() == "Your private answer"


@pytest.mark.parametrize("script", [True, False])
def test_who_asks_to_be_told_confirms_it_by_a_button(stage: Stage, open_window: OpenWindow, script: bool) -> None:
    window, account = open_window(stage.owners.port, width=PHONE, script=script), new_address()
    window.ask(account)
    window.page.get_by_role("button", name="Tell me about new breaches").click()
    window.page.wait_for_url("**/subscribe/sent")
    window.go(link_to(window, account, "subscribe"))
    window.press("main form button")

    assert window.heading() == "We will tell you"


def test_the_keyboard_alone_leads_in(stage: Stage, open_window: OpenWindow) -> None:
    window, account = open_window(stage.owners.port), new_address()
    window.go("/owner/ask")
    window.page.focus("#account")
    window.page.keyboard.type(account)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/owner/sent")
    window.go(link_to(window, account, "owner/link"))
    window.page.focus("main button.primary")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/owner")

    assert window.heading().startswith("Not found")
