"""One browser a module, the sites once, a window each test; what a page may not do fails the test that saw it."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import parts
from tests.browser.stage import Stage, running_stage
from tests.browser.windows import Window, Windows


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The sites."""
    parts.require("chromium")
    with running_stage(tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: its event loop would be in the way of other tests."""
    path = parts.require("chromium")
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def open_window(windows: Windows) -> Iterator[Callable[..., Window]]:
    """Opens windows: ``open_window(port, width=…, scheme=…, script=…)``; their complaints fail the test."""
    yield windows.open
    assert windows.shut_all() == []
