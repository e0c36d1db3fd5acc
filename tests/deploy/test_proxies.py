"""Behind the samples for nginx and Caddy the site answers as it should, and neither keeps what it must not."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from breachcheck.client.problems import raised_by
from breachcheck.errors import StoreUnavailable
from breachcheck.web import hibp_errors
from tests.cli.servers import PAIRED, Server, alone, free_port
from tests.deploy import proxies
from tests.deploy.proxies import NAME, OTHER_VISITOR, SLOW_VISITOR, VISITOR, Proxy
from tests.engines import ENGINES as ENGINES
from tests.outside import serving
from tests.patience import eventually
from tests.stores import SHOP, new_store, published_breach

pytestmark = pytest.mark.slow

CANARY = "canary.zyx@example.com"
FORM = "application/x-www-form-urlencoded"
MIB = 2**20
KINDS = ("nginx", "caddy")
IN_FRONT = {"waitress": "caddy", "granian": "nginx"}


@dataclass(frozen=True)
class Site:
    """A running server, the proxy for it, and a key."""

    server: Server
    in_front: str
    key: str


@pytest.fixture(scope="module")
def site(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that knows that it is behind a proxy of this machine, and lets nobody ask more than twice a minute."""
    store = new_store(
        tmp_path_factory.mktemp("proxied") / "data",
        public_url=f"https://{NAME}", trusted_proxies=["127.0.0.1"], lookups_a_minute=2,
    )  # fmt: skip
    published_breach(store, SHOP, {CANARY: ["Email addresses"]})
    key = store.api_keys.create("tests", ["lookup", "batch"])[1]
    store.close()
    kind = PAIRED[lasting_engine]
    with alone(store.config.data, "--no-worker", "--threads", "1", "--server", kind) as server:
        yield Site(server, IN_FRONT[kind], key)


@pytest.fixture(scope="module")
def proxy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxies.running(site.in_front, tmp_path_factory.mktemp(site.in_front), site.server.port) as running:
        yield running


def ask(proxy: Proxy, who: str, **headers: str) -> tuple[int, dict[str, str]]:
    status, said, _ = proxy.request("POST", "/", f"account={CANARY}", who=who, Content_Type=FORM, **headers)
    return status, said


def test_a_page_comes_as_the_server_made_it(proxy):
    status, headers, body = proxy.request("GET", "/")

    assert status == 200
    assert "<h1>" in body
    assert "max-age=31536000" in headers["strict-transport-security"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert len(headers["x-request-id"]) == 16


def test_an_answer_is_for_its_visitor_alone(proxy):
    status, headers = ask(proxy, OTHER_VISITOR)

    assert (status, headers["location"], headers["cache-control"]) == (303, "/answer", "no-store")
    assert "; Secure;" in headers["set-cookie"]


def test_visitors_are_told_apart_and_cannot_pass_for_others(proxy):
    answers = [ask(proxy, "127.0.1.1", X_Forwarded_For=f"198.51.100.{number}") for number in range(3)]

    assert [status for status, _ in answers] == [303, 303, 429]
    assert int(answers[-1][1]["retry-after"]) > 0


@pytest.mark.engines
@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_of_its_headers_gets_past_a_proxy(tmp_path, kind):
    with serving() as web, proxies.running(kind, tmp_path, web.port) as proxy:
        proxy.request("GET", "/", X_Forwarded_For=CANARY, X__Forwarded__For=CANARY, X_Forwarded__Proto=CANARY)
    ((_, _, heard, _),) = web.heard

    assert (heard["Host"], heard["X-Forwarded-For"], heard["X-Forwarded-Proto"]) == (NAME, VISITOR, "https")
    assert CANARY not in heard.values()


def test_no_visitor_says_by_what_scheme_or_under_what_name_they_came(proxy):
    status, headers, _ = proxy.request("GET", "/", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example")

    assert status == 200
    assert "strict-transport-security" in headers


def test_another_name_is_not_answered_as_the_site(proxy):
    status, _, body = proxy.request("GET", "/", Host="evil.example")

    assert status != 200 or not body


def test_programs_are_answered(proxy, site):
    question = json.dumps({"account": CANARY})
    v1 = proxy.request("POST", "/api/v1/lookup", question, Authorization=f"Bearer {site.key}")
    v3 = proxy.request("GET", f"/api/v3/breachedaccount/{CANARY}", hibp_api_key=site.key, User_Agent="tests")

    assert (v1[0], json.loads(v1[2])["status"]) == (200, "exposed")
    assert (v3[0], json.loads(v3[2])) == (200, [{"Name": "Shop"}])
    assert "ratelimit" in v1[1]


def test_a_method_that_nothing_takes_is_refused_in_the_words_of_the_site(proxy):
    status, headers, body = proxy.request("TRACE", "/api/v1/lookup")

    assert (status, set(headers["allow"].split(", "))) == (405, {"POST", "OPTIONS"})
    assert json.loads(body)["reason"] == "unknown_method"


def test_a_batch_may_come_in_chunks(proxy, site):
    lines = (json.dumps({"account": CANARY}).encode() + b"\n" for _ in range(3))
    headers = {"Content_Type": "application/x-ndjson", "Authorization": f"Bearer {site.key}"}
    status, _, answer = proxy.request("POST", "/api/v1/lookup/batch", lines, **headers)

    assert status == 200
    assert answer.count('"exposed"') == 3


def test_a_batch_may_be_large(proxy, site):
    line = json.dumps({"account": CANARY}) + " " * 900 + "\n"
    body = line * (5 * MIB // 4 // len(line))
    headers = {"Content_Type": "application/x-ndjson", "Authorization": f"Bearer {site.key}"}
    status, _, answer = proxy.request("POST", "/api/v1/lookup/batch", body, **headers)

    assert status == 200
    assert answer.count('"exposed"') == body.count("\n")


@pytest.mark.parametrize(("path", "size"), [("/", 72 * 1024), ("/", 2 * MIB), ("/api/v1/lookup", 18 * MIB)])
def test_a_body_that_is_too_large_is_refused(proxy, path, size):
    with proxy.connected() as client:
        head = f"POST {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: {FORM}\r\nContent-Length: {size}\r\n"
        client.sendall(f"{head}Connection: close\r\n\r\n".encode())
        with contextlib.suppress(OSError):
            for _ in range(size // 8192):
                client.sendall(b"a" * 8192)
        answer = client.recv(4096).decode()

    assert answer.split()[1] in ("413", "503")  # the latter from Caddy before 2.6.4, which gathers no body cut off


def test_slow_bodies_wait_at_the_proxy_and_in_no_file(proxy, site):
    before = connections_to(site.server.port)
    slow = [proxy.connected(SLOW_VISITOR) for _ in range(20)]
    for client in slow:
        head = f"POST /api/v1/lookup HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 60000\r\n\r\n"
        client.sendall(head.encode() + b"x" * 50000)
    status, _, _ = proxy.request("GET", "/healthz")

    assert status == 200
    assert connections_to(site.server.port) - before < 5
    assert not [path for name in ("bodies", "answers") for path in (proxy.folder / name).rglob("*") if path.is_file()]
    for client in slow:
        client.close()


def connections_to(port: int) -> int:
    """How many there are from this machine that are open, as the system says."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for one in lines if one[2].endswith(f":{port:04X}") and one[3] == "01")


def test_who_comes_in_clear_is_led_to_https_and_a_program_is_told(proxy):
    page, api = (proxy.request_in_clear(path) for path in (f"/no/such/{CANARY}", f"/api/v3/breachedaccount/{CANARY}"))

    assert (page[0], page[1]["location"]) == (308, f"https://{NAME}/")
    assert api[0] == 403


def test_its_logs_hold_no_account_and_no_visitor(proxy, site):
    proxy.request("GET", f"/api/v3/breachedaccount/{CANARY}", hibp_api_key=site.key, User_Agent="tests")
    proxy.request("GET", f"/?account={CANARY}", Referer=f"https://{NAME}/?account={CANARY}")
    with proxy.connected() as client:
        client.sendall(f"GET /{CANARY} nonsense\r\n\r\n".encode())
        client.recv(4096)
    _, headers, _ = proxy.request("GET", f"/api/v3/breachedaccount/{CANARY}?truncateResponse=false")
    assert eventually(lambda: headers["x-request-id"] in proxy.written())
    written = proxy.written()

    assert "canary" not in written.lower()
    assert not any(who in written for who in (VISITOR, OTHER_VISITOR, SLOW_VISITOR))


@pytest.mark.engines
@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_away_is_never_good_news_and_no_log_says_who_was_asked_for(tmp_path, kind):
    with proxies.running(kind, tmp_path, free_port()) as proxy:
        page = proxy.request("GET", f"/?account={CANARY}")
        v1 = proxy.request("POST", "/api/v1/lookup", json.dumps({"account": CANARY}))
        v3 = proxy.request("GET", f"/api/v3/breachedaccount/{CANARY}", hibp_api_key="0" * 32, User_Agent="tests")
        assert eventually(lambda: "GET" in proxy.written())
        written = proxy.written()

    assert [status for status, _, _ in (page, v1, v3)] == [503] * 3
    assert {headers["cache-control"] for _, headers, _ in (page, v1, v3)} == {"no-store"}
    assert "<h1>We could not check</h1>" in page[2]
    assert isinstance(raised_by(503, "", v1[2].encode()), StoreUnavailable)
    assert json.loads(v3[2]) == {"statusCode": 503, "message": hibp_errors.COULD_NOT_CHECK}
    assert "canary" not in written.lower()
