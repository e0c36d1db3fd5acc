"""/api/v1/docs: it describes every call, loads nothing strange, and its samples run as they stand."""

import contextlib
import html
import io
import os
import re
import runpy
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from breachcheck.api_keys import SCOPES
from breachcheck.config import ON_THIS_MACHINE
from breachcheck.proof_ways import instructions
from breachcheck.services import Services
from breachcheck.web.api_description import Operation, description
from breachcheck.web.app import create_app
from tests.cli.servers import running
from tests.engines import ENGINES as ENGINES
from tests.outside import Dns, naming
from tests.parts import require
from tests.stores import facts, new_store, published_breach

OPERATIONS = description().operations
LANGUAGES = ("curl", "python")
EXPOSED, PROVED = "name@example.com", "example.com"
FIRST = {"PUT": 0, "GET": 1, "PATCH": 1, "POST": 1, "DELETE": 2}
BEFORE = {"forget_domain": "begin_domain", "deleteWatchlist": "putWatchlist", "deleteWebhook": "putWebhook"}
"""What makes again what a sample takes away."""


@pytest.fixture
def client(store: Services) -> FlaskClient:
    return create_app(store).test_client()


@pytest.fixture
def page(client: FlaskClient) -> str:
    return client.get("/api/v1/docs").text


def sample(page: str, operation: str, language: str) -> str:
    found = re.search(rf'<pre [^>]*id="{operation}-{language}">(.*?)</pre>', page, re.DOTALL)
    assert found, f"there is no sample of {operation} for {language}"
    return html.unescape(found[1])


def test_every_call_has_its_samples_on_the_page(page: str) -> None:
    for one in OPERATIONS:
        assert f"<code>{one.method} {one.path}</code>" in page
        assert one.path.partition("{")[0] in sample(page, one.id, "curl")
        assert f"httpx.{one.method.lower()}(" in sample(page, one.id, "python")


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    names = re.findall(r'\bid="([^"]+)"', page)
    links = set(re.findall(r'href="#([^"]+)"', page))

    assert sorted(set(names)) == sorted(names)
    assert links <= set(names)
    assert len(links) > 2 * len(OPERATIONS)


def test_the_page_loads_nothing_of_others_and_runs_no_script_of_its_own(client: FlaskClient, page: str) -> None:
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="([^"]+)"', page)

    assert all(one.startswith("/static/") for one in loaded)
    assert "style=" not in page
    assert client.get("/api/v1/docs").headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_page_says_in_which_language_it_is(client: FlaskClient) -> None:
    german = client.get("/api/v1/docs", headers={"Accept-Language": "de"}).text

    assert '<html lang="de"' in german
    assert '<div lang="en" dir="ltr">' in german
    assert "auf Englisch" in german


def test_the_footer_leads_to_the_page(client: FlaskClient) -> None:
    assert 'href="/api/v1/docs"' in client.get("/").text


def test_samples_call_the_site_by_its_own_address(tmp_path: Path) -> None:
    store = new_store(tmp_path / "data", public_url="https://breaches.example.org")
    page = create_app(store).test_client().get("/api/v1/docs").text

    assert "https://breaches.example.org/api/v1/lookup" in sample(page, "lookup", "curl")
    store.close()


@dataclass
class Trying:
    """Runs samples of the page that a real server shows."""

    page: str
    url: str
    key: str
    place: Path

    def run(self, operation: str, language: str) -> str:
        """What the sample prints. Fails where it does."""
        text = sample(self.page, operation, language).replace(ON_THIS_MACHINE, self.url)
        return self._curl(text) if language == "curl" else self._python(text)

    def _curl(self, text: str) -> str:
        environment = {"KEY": self.key, "PATH": os.environ["PATH"]}
        done = subprocess.run(["sh", "-c", text], env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), text
        return done.stdout

    def _python(self, text: str) -> str:
        file = self.place / "sample.py"
        file.write_text(text)
        with pytest.MonkeyPatch.context() as changed, contextlib.redirect_stdout(io.StringIO()) as said:
            changed.setenv("KEY", self.key)
            changed.setenv("NO_PROXY", "127.0.0.1")
            runpy.run_path(str(file))
        return said.getvalue()


@pytest.fixture(scope="module")
def trying(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trying]:
    require("curl")
    place = tmp_path_factory.mktemp("samples")
    store = new_store(place / "data")
    published_breach(store, facts(name="OpenAI-Mixpanel"), {EXPOSED: ["Email addresses", "Names"]})
    key, text = store.api_keys.create("samples", SCOPES)
    proof = instructions(PROVED, store.domains.token(key.id, PROVED)).txt
    store.close()
    names = Dns()
    names.txt(PROVED, proof)
    with naming(names), running(store.config.data, "--no-worker", BREACHCHECK_DNS_SERVERS=names.server) as server:
        page = server.request("GET", "/api/v1/docs")[2]
        yield Trying(page, f"http://127.0.0.1:{server.port}", text, place)


@pytest.mark.slow
def test_every_sample_runs_as_it_stands(trying: Trying) -> None:
    """In an order in which what is asked for is there: put first, taken away last."""
    for one in sorted(OPERATIONS, key=lambda one: FIRST[one.method]):
        for language in LANGUAGES:
            if one.id in BEFORE:
                trying.run(BEFORE[one.id], "curl")
            said = trying.run(one.id, language)
            assert bool(said.strip()) == (language == "python" or _has_body(one)), (one.id, language, said)


def _has_body(one: Operation) -> bool:
    return bool(one.replies[0].media_types)
