"""Takes the pictures of docs/pictures: every page and mail, on a phone and a desk, light and dark. Look at them.

``python -m tests.browser.pictures`` takes all of them; names of scenes after it take those alone.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from breachcheck import config
from breachcheck.disclosure import OPERATOR
from breachcheck.mail.letters import Letters, Written
from breachcheck.outbox import Mail
from breachcheck.services import open_services
from tests import parts
from tests.browser.owner_scenes import OWNER_SCENES
from tests.browser.pseudo import LEFTWARDS, LONG
from tests.browser.scenes import SCENES
from tests.browser.stage import IN_MANY, Stage, running_stage
from tests.browser.windows import DESK, PHONE, window

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LOOKS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]
MADE_UP = ("home-of-a-site", "found-in-many", "did-you-mean", "breaches-of-a-site", "breach-corrected")
"""Scenes that are taken in the made-up languages as well."""
GERMAN = ("home", "found", "not-found", "breach", "owner-sent", "owner-found", "owner-hide", "owner-receipt")
"""Scenes that are taken in German as well."""
PICTURED = [name for name in SCENES if not (name in OWNER_SCENES and name.endswith("-of-a-site"))]
"""All but those that look as their twins on the demo do."""
COLOURS = 48
FOR_README = {"answer": ("found", "light"), "breach-page": ("breach", "dark")}
"""File -> the scene whose first screens it shows, as on a desk."""
README_HEIGHT = 1100
TALLEST = 12_000
"""Of a page that is longer, as that of the API, its begin is enough; no picture in this format can be twice as tall."""


def take(names: list[str], stage: Stage, browser: Browser) -> None:
    """Pictures of the scenes *names*, and of some in the made-up languages."""
    for name in names:
        shown = window(browser, getattr(stage, SCENES[name].site).port, motion="reduce")
        SCENES[name].walk(shown)
        for width, scheme in LOOKS:
            shown.look(width, scheme)
            _save(shown.page, f"{name}-{width}-{scheme}")
        shown.page.context.close()
    for name in set(names) & set(MADE_UP):
        for tongue in (LONG, LEFTWARDS):
            shown = window(browser, stage.pseudo.port, width=PHONE, motion="reduce", locale=tongue)
            SCENES[name].walk(shown)
            _save(shown.page, f"{name}-{PHONE}-{tongue}")
            shown.page.context.close()
    for name in set(names) & set(GERMAN):
        shown = window(browser, getattr(stage, SCENES[name].site).port, width=PHONE, motion="reduce", locale="de-DE")
        SCENES[name].walk(shown)
        _save(shown.page, f"{name}-{PHONE}-de")
        shown.page.context.close()


def take_for_readme(stage: Stage, browser: Browser) -> None:
    """The pictures that the README shows."""
    for file, (name, scheme) in FOR_README.items():
        shown = window(browser, getattr(stage, SCENES[name].site).port, scheme=scheme, motion="reduce")
        SCENES[name].walk(shown)
        shown.page.set_viewport_size({"width": DESK, "height": README_HEIGHT})
        _save(shown.page, file, is_whole=False)
        shown.page.context.close()


def take_mails(browser: Browser, data: Path) -> None:
    """Pictures of every mail as HTML, on a phone."""
    for name, mail in _mails(data):
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": PHONE, "height": 740}, color_scheme=scheme)  # type: ignore[arg-type]
            page.set_content(mail.html)
            _save(page, f"mail-{name}-{scheme}")
            page.close()


def _save(page: Page, file: str, *, is_whole: bool = True) -> None:
    """The page, or its begin, in few colours: pages have hardly more, and the pictures stay small."""
    picture = Image.open(BytesIO(page.screenshot(full_page=is_whole))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    few.save(PICTURES / f"{file}.webp", lossless=True, method=4)


def _mails(data: Path) -> Iterator[tuple[str, Mail | Written]]:
    services = open_services(config.read(data, {}))
    letters = Letters(services.config, is_demo=False)
    exposure = services.lookup.ask(IN_MANY, OPERATOR).exposures[0]
    token = {"unsubscribe_token": "token"}
    said = {"title": "Corner Shop", "told_at": 1_795_000_000, "went_wrong": "the file was from another company"}
    yield "owner-link", letters.owner_link(IN_MANY, "en", token="token", code="482913", stop_token="token")
    yield "confirmation", letters.confirmation(IN_MANY, "en", token="token")
    yield "notification", letters.notification(IN_MANY, "en", exposure, **token)
    yield "notification-de", letters.notification(IN_MANY, "de", exposure, **token)
    code = {"domain": "example.com", "code": "482913", "stop_token": "token"}
    yield "domain-code", letters.domain_code("postmaster@example.com", "en", **code)
    yield "trial", letters.trial(IN_MANY, "en")
    yield "customers", letters.to_customers("en", exposure, can_look=True)
    yield "private-customers", letters.to_private_customers("en")
    yield "private-notification", letters.private_notification(IN_MANY, "en", **token)
    yield (
        "correction",
        letters.correction(
            IN_MANY, "en", **said, is_right="your address is not in the corrected file", is_out=True, **token
        ),
    )
    yield "private-correction", letters.private_correction(IN_MANY, "en", told_at=1_795_000_000, **token)
    services.close()


def main(names: list[str]) -> None:
    path = parts.PARTS["chromium"].path
    if path is None:
        sys.exit(f"No pictures were taken: they need {parts.PARTS['chromium'].remedy}.")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as place, running_stage(Path(place)) as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        take(names or PICTURED, stage, browser)
        if not names:
            take_for_readme(stage, browser)
            take_mails(browser, Path(place) / "many")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
