"""The doctor asks the site through whatever stands in front of it, and says what that makes of a request."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from breachcheck import config, house_calls, services
from breachcheck.doctor import examination, proxy_trials
from breachcheck.services import Services
from breachcheck.web.app import create_app
from tests.mail_servers import Authority, authority
from tests.stores import new_store

HERE, VISITOR, PROXY = "127.0.0.1", "198.51.100.7", "10.1.0.1"
Headers = dict[str, str]


def well(headers: Headers) -> Headers:
    """What a proxy should hand over."""
    kept = {name: value for name, value in headers.items() if "_" not in name}
    return kept | {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https"}


@dataclass
class Front:
    """A proxy: *hands_over* makes the headers of its request, *answers* what it does with the answer."""

    client: FlaskClient
    hands_over: Callable[[Headers], Headers] = well
    answers: Callable[[TestResponse], TestResponse] = field(default=lambda response: response)
    peer: str = PROXY
    path: str = ""

    def fetch(self, path: str, headers: Headers) -> TestResponse:
        sent = self.hands_over(headers)
        peer = {"REMOTE_ADDR": self.peer}
        return self.answers(self.client.get(self.path or path, headers=sent, environ_base=peer))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    store = new_store(tmp_path_factory.mktemp("visited") / "data", trusted_proxies=[PROXY])
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(site: Services) -> FlaskClient:
    return create_app(site).test_client()


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def certified(trusted: Authority, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """TLS that this machine trusts, with a certificate of a day, which is taken for long enough."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.ca_file))
    monkeypatch.setattr(proxy_trials, "STALE_DAYS", 0)
    return trusted.server_context


@contextlib.contextmanager
def standing(front: Front, tls: ssl.SSLContext | None) -> Iterator[str]:
    """The address of *front*, for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            response = front.fetch(self.path, dict(self.headers.items()))
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer((HERE, 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"{'https' if tls else 'http'}://{HERE}:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def seen(site: Services, front: Front, tls: ssl.SSLContext | None) -> list[tuple[str, str]]:
    with standing(front, tls) as url:
        return [(one.severity, one.what) for one in proxy_trials.ask(site.config, site.app_key, url)]


def test_a_proxy_that_does_all_it_should_has_nothing_said_about_it(site, client, certified):
    ((severity, what),) = seen(site, Front(client), certified)

    assert severity == "fine"
    assert "knows who asks" in what


def test_one_that_adds_to_what_a_visitor_says_is_as_good(site, client, certified):
    def appended(headers: Headers) -> Headers:
        before = headers.get("X-Forwarded-For", "")
        return well(headers) | {"X-Forwarded-For": f"{before}, {VISITOR}"}

    assert [severity for severity, _ in seen(site, Front(client, appended), certified)] == ["fine"]


def without(*names: str) -> Callable[[Headers], Headers]:
    return lambda headers: {name: value for name, value in well(headers).items() if name not in names}


def passed_on(headers: Headers) -> Headers:
    return well(headers) | {"X-Forwarded-For": headers.get("X-Forwarded-For", VISITOR)}


def respelt(headers: Headers) -> Headers:
    return well(headers) | {"X-Forwarded-For": headers.get("X_Forwarded_For", VISITOR)}


def as_another(headers: Headers) -> Headers:
    return well(headers) | {"Host": "other.example"}


def bare(response: TestResponse) -> TestResponse:
    del response.headers["Strict-Transport-Security"]
    return response


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ({"hands_over": without("X-Forwarded-Proto")}, "does not know that it was asked by https"),
        ({"hands_over": without("X-Forwarded-For")}, f"Nothing says who asks: all count as one visitor, {PROXY}"),
        ({"peer": "10.1.0.2"}, "X-Forwarded-For arrives from 10.1.0.2, which is no trusted proxy"),
        ({"hands_over": passed_on}, "Visitors can say who they are"),
        ({"hands_over": respelt}, "Visitors can say who they are"),
        ({"hands_over": as_another}, "under another name"),
        ({"path": "/no/such/page"}, "not this site"),
        ({"path": "/readyz"}, "another question"),
        ({"path": "/answer"}, "answers with 30"),
        ({"answers": bare}, "takes Strict-Transport-Security away"),
    ],
    ids=["proto", "for", "unnamed", "passed-on", "respelt", "host", "path", "other", "redirect", "hsts"],
)
def test_what_it_does_wrong_is_said(site, client, certified, front, said):
    found = seen(site, Front(client, **front), certified)

    assert any(said in what and severity in ("problem", "warning") for severity, what in found)
    assert "fine" not in {severity for severity, _ in found}


def test_one_that_keeps_answers_is_found_out(site, client, certified):
    kept: list[TestResponse] = []

    def keeping(response: TestResponse) -> TestResponse:
        kept.append(response)
        return kept[0]

    assert any("keeps answers" in what for _, what in seen(site, Front(client, answers=keeping), certified))


def test_another_site_with_another_key_is_not_taken_for_this_one(site, tmp_path, certified):
    services.init(replace(config.read(tmp_path / "other", {}), trusted_proxies=(PROXY,)))
    with services.opened(tmp_path / "other") as other:
        found = seen(site, Front(create_app(other).test_client()), certified)

    assert any("not this site" in what for _, what in found)


def test_a_certificate_that_nobody_vouches_for_is_said(site, client, trusted):
    ((severity, what),) = seen(site, Front(client), trusted.server_context)

    assert severity == "problem"
    assert "gave no answer" in what
    assert "certificate" in what


def test_a_certificate_that_ends_soon_is_said(site, client, certified, monkeypatch):
    monkeypatch.setattr(proxy_trials, "STALE_DAYS", 14)

    assert seen(site, Front(client), certified) == [("warning", "The certificate ends in 0 days.")]


def test_an_address_in_clear_is_said(site, client):
    assert any("is not https" in what for _, what in seen(site, Front(client), None))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "https://127.0.0.1:1/", "nowhere", "http://[", "ftp://127.0.0.1"]
)
def test_where_nobody_answers_that_is_said(site, url):
    (found,) = proxy_trials.ask(site.config, site.app_key, url)

    assert found.severity == "problem"
    assert "gave no answer" in found.what


def test_the_doctor_asks_and_says_so_where_he_cannot(site, client, certified, tmp_path):
    with standing(Front(client), certified) as url:
        asked = examination.examine(site.config.data, url=url)
    not_asked = examination.examine(tmp_path / "none", url="https://check.example")

    assert [one.severity for one in asked if one.about == "visit"] == ["fine"]
    assert [one.severity for one in not_asked if one.about == "visit"] == ["problem"]


def test_nobody_else_is_told_how_they_arrived(site, client):
    asked_long_ago = "1000000000.ab.cd"
    with_another_key = house_calls.new_question(b"k" * 32)

    for question in ("", "a", "..", "é", asked_long_ago, with_another_key):
        told = client.get(house_calls.PATH, headers={house_calls.HEADER: question})
        assert told.status_code == 404
        assert house_calls.HEADER not in told.headers


def test_a_question_cannot_be_asked_again_later(site, monkeypatch):
    question = house_calls.new_question(site.app_key)
    assert house_calls.is_asked(site.app_key, question)
    monkeypatch.setattr(house_calls, "LIFE_S", -1)

    assert not house_calls.is_asked(site.app_key, question)


def test_another_address_than_links_lead_to_is_said(tmp_path, certified):
    store = new_store(tmp_path / "named", trusted_proxies=[PROXY], public_url="https://check.example")
    found = seen(store, Front(create_app(store).test_client()), certified)
    store.close()

    assert any("public_url is https://check.example" in what for _, what in found)
