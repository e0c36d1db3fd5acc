"""Who a request is from, and by what scheme, is what trusted proxies say; anybody else may say what they like."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from breachcheck.services import Services
from breachcheck.web import limits
from breachcheck.web.app import create_app
from breachcheck.web.forwarded import SAID_BY_PROXIES, Forwarded
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, new_store, published_breach

ANN = "ann@example.com"
VISITOR, SPOOFED, STRANGER = "198.51.100.7", "203.0.113.66", "192.0.2.99"
NEAR, FAR = "10.1.0.1", "10.2.0.1"
NETWORKS = ("10.1.0.0/24", "10.2.0.1", "::1")


def heard(trusted: int | tuple[str, ...], peer: str, headers: dict[str, str] | None = None) -> tuple[str, str]:
    """(address, scheme) as the app comes to know them."""
    met = {}

    def app(environ, start_response):
        met.update(environ)
        start_response("200 OK", [])
        return []

    environ = EnvironBuilder(headers=headers or {}, environ_base={"REMOTE_ADDR": peer}).get_environ()
    run_wsgi_app(Forwarded(app, trusted), environ)
    assert not met.keys() & set(SAID_BY_PROXIES)
    return met["REMOTE_ADDR"], met["wsgi.url_scheme"]


def via(said: str, proto: str = "https") -> dict[str, str]:
    return {"X-Forwarded-For": said, "X-Forwarded-Proto": proto}


@pytest.mark.parametrize("trusted", [NETWORKS, 1], ids=["named", "counted"])
def test_a_trusted_proxy_says_who_it_is_and_by_what_scheme(trusted):
    assert heard(trusted, NEAR, via(VISITOR)) == (VISITOR, "https")


@pytest.mark.parametrize("trusted", [NETWORKS, 0, ()], ids=["named", "none", "empty"])
def test_nobody_else_is_believed(trusted):
    assert heard(trusted, STRANGER, via(SPOOFED)) == (STRANGER, "http")


@pytest.mark.parametrize("trusted", [NETWORKS, 1], ids=["named", "counted"])
@pytest.mark.parametrize(
    "before", [SPOOFED, NEAR, f"{SPOOFED}, {NEAR}", "unknown", "", ",,", "::1", "' OR 1=1", "127.0.0.1"]
)
def test_what_a_visitor_writes_before_the_proxy_does_changes_nothing(trusted, before):
    assert heard(trusted, NEAR, via(f"{before}, {VISITOR}")) == (VISITOR, "https")


@pytest.mark.parametrize("trusted", [NETWORKS, 2], ids=["named", "counted"])
def test_two_proxies_are_walked_through(trusted):
    assert heard(trusted, NEAR, via(f"{SPOOFED}, {VISITOR}, {FAR}")) == (VISITOR, "https")


def test_a_proxy_that_is_not_named_is_where_the_walk_ends():
    assert heard(NETWORKS, NEAR, via(f"{SPOOFED}, {STRANGER}, {FAR}")) == (STRANGER, "https")


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [
        ("https", "https"),  # the second proxy passes on what the first one said
        ("HTTPS", "https"),
        ("https, http", "https"),  # or adds its own
        ("http, https, http", "https"),  # whatever the visitor said before
        ("https, http, http", "http"),
        ("gopher", "http"),
        ("", "http"),
        (",", "http"),
    ],
)
def test_the_scheme_is_what_the_outermost_trusted_proxy_was_asked_by(proto, scheme):
    assert heard(NETWORKS, NEAR, via(f"{VISITOR}, {FAR}", proto))[1] == scheme


def test_a_visitor_who_came_by_http_is_known_as_such():
    assert heard(1, NEAR, via(VISITOR, "http")) == (VISITOR, "http")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("198.51.100.7:51234", VISITOR),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:DB8:0::7]:443", "2001:db8::7"),
        ("::ffff:198.51.100.7", VISITOR),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_may_be_written_in_every_way_that_proxies_write_it(said, address):
    assert heard(NETWORKS, NEAR, via(said))[0] == address


@pytest.mark.parametrize("said", ["unknown", "_hidden", "198.51.100", "0x7f.1", "198.51.100.07", "[::1", "[]", ":"])
def test_where_a_proxy_does_not_know_the_address_its_own_counts(said):
    assert heard(NETWORKS, NEAR, via(f"{SPOOFED}, {said}"))[0] in (NEAR, "::1")


def test_a_proxy_that_says_nothing_is_who_it_is_from():
    assert heard(NETWORKS, NEAR) == (NEAR, "http")


def test_a_visitor_within_the_proxies_network_is_still_one_visitor():
    assert heard(NETWORKS, NEAR, via("10.1.0.9"))[0] == "10.1.0.9"


def test_an_ipv4_proxy_is_known_on_a_socket_that_writes_ipv6():
    assert heard(NETWORKS, f"::ffff:{NEAR}", via(VISITOR)) == (VISITOR, "https")


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix"])
def test_no_proxy_is_asked_where_it_was_asked(header):
    value = "for=203.0.113.66;proto=https;host=evil.example"

    assert heard(NETWORKS, NEAR, {header: value}) == (NEAR, "http")


@pytest.fixture(scope="module")
def proxied(lasting_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    store = new_store(
        tmp_path_factory.mktemp("proxied") / "data",
        public_url="https://check.example", trusted_proxies=["127.0.0.1"], lookups_a_minute=2,
    )  # fmt: skip
    published_breach(store, SHOP, {ANN: ["Email addresses"]})
    yield store
    store.close()


@pytest.fixture
def client(proxied: Services) -> FlaskClient:
    return create_app(proxied).test_client()


class TestTheSite:
    """Behind TLS at a proxy on this machine, with everything in front of the app that there is."""

    def ask(self, client: FlaskClient, headers: dict[str, str], peer: str = "127.0.0.1") -> TestResponse:
        return client.post(
            "/", data={"account": ANN}, headers={"Host": "check.example"} | headers, environ_base={"REMOTE_ADDR": peer}
        )

    def test_cookies_are_secure_and_browsers_are_told_to_stay_with_https(self, client):
        response = self.ask(client, via(VISITOR))

        assert "; Secure;" in response.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in response.headers
        assert response.headers["Location"] == "/answer"

    def test_who_reaches_it_past_the_proxy_is_not_believed(self, client):
        response = self.ask(client, via(SPOOFED), peer=STRANGER)

        assert "Secure" not in response.headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in response.headers

    def test_visitors_are_counted_each_for_themselves(self, client):
        assert [self.ask(client, via(f"192.0.2.{number}")).status_code for number in range(3)] == [303] * 3

    def test_another_address_before_it_makes_no_other_visitor(self, client):
        spoofs = [via(f"192.0.2.{number}, {VISITOR}") for number in range(3)]

        assert [self.ask(client, spoof).status_code for spoof in spoofs] == [303, 303, 429]

    def test_a_host_that_a_header_names_is_nobodys(self, client):
        response = self.ask(client, {"Host": "evil.example", "X-Forwarded-Host": "check.example"})

        assert response.status_code == 421

    @pytest.mark.parametrize("peer", ["127.0.0.1", STRANGER])
    def test_plain_look_ups_are_told_the_same_before_flask(self, proxied, client, peer):
        key = proxied.api_keys.create("tests", ["lookup"])[1]
        whole = create_app(proxied)
        assert isinstance(whole.wsgi_app, Forwarded)
        whole.wsgi_app._next = whole.wsgi_app._next._next  # type: ignore[attr-defined]
        call = {
            "json": {"account": ANN}, "environ_base": {"REMOTE_ADDR": peer},
            "headers": {"Host": "check.example", "Authorization": f"Bearer {key}"} | via(VISITOR),
        }  # fmt: skip

        told = [one.post("/api/v1/lookup", **call) for one in (client, whole.test_client())]

        assert {one.status_code for one in told} == {200}
        assert {"Strict-Transport-Security" in one.headers for one in told} == {peer == "127.0.0.1"}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("::ffff:198.51.100.7", VISITOR),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("localhost", "unknown"),
    ],
)
def test_limits_count_one_household_as_one_and_all_others_apart(store, address, network):
    with create_app(store).test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert limits.network() == network
