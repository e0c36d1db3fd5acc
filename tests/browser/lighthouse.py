"""Measures five pages with Lighthouse, on its slow phone, and writes docs/lighthouse.md. A measure, not a gate."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests import parts
from tests.browser.stage import FOUND, running_stage
from tests.browser.windows import window

VERSION = "12.8.2"
REPORT = Path(__file__).parents[2] / "docs" / "lighthouse.md"
GOOD = 0.9
Report = dict[str, Any]
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search engines",
}
PATHS = {
    "home": "/",
    "answer": "/answer",
    "breaches": "/breaches",
    "breach": "/breaches/OpenAI-Mixpanel",
    "status": "/status",
}


def main() -> None:
    npx, chromium = shutil.which("npx"), parts.PARTS["chromium"].path
    if npx is None or chromium is None:
        sys.exit("Nothing was measured: Lighthouse needs npx (on Debian or Ubuntu: apt-get install npm) and chromium.")
    with tempfile.TemporaryDirectory() as place, running_stage(Path(place)) as stage:
        origin = f"http://127.0.0.1:{stage.demo.port}"
        cookie = _cookie_of_an_answer(chromium, stage.demo.port)
        reports = {name: _measured(npx, chromium, origin + path, cookie) for name, path in PATHS.items()}
    REPORT.write_text("\n".join(_page(reports)) + "\n", encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


def _cookie_of_an_answer(chromium: str, port: int) -> str:
    """What a browser sends that has just asked, so that /answer shows an answer."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        shown = window(browser, port)
        shown.ask(FOUND)
        cookies = shown.page.context.cookies(shown.origin + "/answer")
        browser.close()
    return "; ".join(f"{one['name']}={one['value']}" for one in cookies)


def _measured(npx: str, chromium: str, url: str, cookie: str) -> Report:
    command = [
        npx, "--yes", f"lighthouse@{VERSION}", url, "--quiet", "--output=json",
        "--chrome-flags=--headless=new --no-sandbox",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]  # fmt: skip
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "CHROME_PATH": chromium}
    )
    report: Report = json.loads(done.stdout)
    return report


def _page(reports: Mapping[str, Report]) -> Iterator[str]:
    yield "# Lighthouse"
    yield ""
    yield f"What `make lighthouse` measured on the demo: Lighthouse {VERSION}, its slow phone, plain http, one machine."
    yield "100 is the most. It is a measure and no gate: the browser tests are that."
    yield ""
    yield "Lighthouse asks for robots.txt by a script in the page, and no script of a page may ask for anything here."
    yield "That costs nine points for search engines, and opening the content security policy would cost more."
    yield ""
    yield f"| page | {' | '.join(CATEGORIES.values())} | first view, KB | requests |"
    yield "|---|" + "--:|" * (len(CATEGORIES) + 2)
    yield from (_row(name, report) for name, report in reports.items())
    lost = [f"- {name}: {title}" for name, report in reports.items() for title in _what_cost(report)]
    if lost:
        yield from ("", "What cost points:", "", *dict.fromkeys(lost))


def _row(name: str, report: Report) -> str:
    scores = [str(round(100 * (report["categories"][one]["score"] or 0))) for one in CATEGORIES]
    requests = report["audits"]["network-requests"]["details"]["items"]
    received = sum(one.get("transferSize", 0) for one in requests) / 1000
    return f"| {name} | {' | '.join(scores)} | {received:.0f} | {len(requests)} |"


def _what_cost(report: Report) -> Iterator[str]:
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            is_scored = reference["weight"] and audit["scoreDisplayMode"] in ("binary", "numeric")
            if is_scored and (audit["score"] or 0) < GOOD:
                yield ": ".join(filter(None, (audit["title"], audit.get("explanation"))))


if __name__ == "__main__":
    main()
