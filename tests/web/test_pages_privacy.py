"""What pages give away: headers, logs, addresses, requests to others."""

import re

import pytest
from flask.testing import FlaskClient

from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES

CANARY = "canary.7f3a@example.com"
PATHS = ("/", "/breaches", "/breaches/Shop", "/how-it-works", "/never-signed-up", "/status", "/nope", "/admin/sign-in")


@pytest.fixture
def pages(client: FlaskClient) -> dict[str, str]:
    client.post("/", data={"account": CANARY})
    return {path: client.get(path).text for path in (*PATHS, "/answer")}


@pytest.mark.parametrize("path", [*PATHS, "/answer", "/healthz", "/static/0/none.css"])
def test_every_page_has_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("account", [CANARY, "ann@example.com", "no address"])
def test_what_is_about_one_account_is_kept_by_no_cache_and_named_to_no_site(client: FlaskClient, account: str) -> None:
    asked = client.post("/", data={"account": account})

    for response in (asked, client.get("/answer")):
        assert response.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Referrer-Policy"] == "no-referrer"


def test_the_answer_itself_is_kept_by_no_cache(client: FlaskClient) -> None:
    client.post("/", data={"account": CANARY})
    headers = client.get("/answer").headers

    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_an_address_stands_in_no_title_link_or_form_target(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert not re.search(r'<title>[^<]*canary|(?:href|action|src)="[^"]*canary', page)


def test_an_address_stands_on_its_answer_alone(pages: dict[str, str]) -> None:
    assert {path for path, page in pages.items() if CANARY in page} == {"/answer"}


def test_an_address_is_in_no_header_and_no_log(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    responses = [client.post("/", data={"account": CANARY}), client.get("/answer"), client.get(f"/breaches/{CANARY}")]
    responses += [client.get(f"/{CANARY}/"), client.get("/", query_string={"account": CANARY})]
    out, err = capfd.readouterr()

    assert not any(CANARY in str(response.headers) for response in responses)
    assert "rule=/answer" in out
    assert "canary" not in out + err


def test_an_address_in_the_path_is_not_repeated_on_the_page(client: FlaskClient) -> None:
    assert "canary" not in client.get(f"/breaches/{CANARY}").text


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert not re.search(
            r'<(?:link(?! rel="alternate")|script|img|iframe|source)[^>]*(?:href|src)="(?!/static/)', page
        )
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", page)


def test_static_files_are_named_by_what_is_in_them_and_kept_for_ever(client: FlaskClient) -> None:
    urls = set(re.findall(r'"(/static/[^"]+)"', client.get("/").text))

    assert len(urls) == 3
    for url in urls:
        assert client.get(url).headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert client.get(url.replace("/static/", "/static/0")).status_code == 404


def test_the_first_view_is_small(client: FlaskClient) -> None:
    page = client.get("/")
    files = [client.get(url) for url in set(re.findall(r'"(/static/[^"]+)"', page.text))]

    assert sum(len(one.data) for one in [page, *files]) < 50_000
    assert max(len(one.data) for one in files) < 20_000
    assert len(files) < 6


def test_public_pages_write_nothing_to_the_store(loaded: Services, client: FlaskClient) -> None:
    before = _contents(loaded)
    client.post("/", data={"account": CANARY}, follow_redirects=True)
    for path in PATHS:
        client.get(path)

    assert _contents(loaded) == before


def _contents(store: Services) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in store.config.data.glob("*.db*") if not path.name.endswith("-shm")}
