"""Fetching: it reaches what is allowed and nothing else, and always comes back."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator

import pytest

from breachcheck.errors import ConfigError, FetchFailed, FetchRefused
from breachcheck.fetching import Allowed, Fetcher, is_open
from breachcheck.resolving import Resolver
from tests.cli.servers import free_port
from tests.mail_servers import authority
from tests.outside import HERE, Dns, Page, Web, naming, serving

NAME = "site.example"
LOOPBACK = "127.0.0.0/8"


@pytest.fixture
def dns() -> Iterator[Dns]:
    with naming() as server:
        server.records[NAME, "A"] = [HERE]
        yield server


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(Web({"/": Page(b"hello")})) as site:
        yield site


def fetcher(dns: Dns, *allowed: str, tls: ssl.SSLContext | None = None) -> Fetcher:
    return Fetcher(Resolver([dns.server]), Allowed(allowed), tls=tls)


def test_what_is_allowed_is_asked_under_its_name(dns: Dns, web: Web) -> None:
    reply = fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/")

    assert (reply.status, reply.body) == (200, b"hello")
    assert web.hosts == [f"{NAME}:{web.port}"]


def test_a_host_is_allowed_by_its_name_too(dns: Dns, web: Web) -> None:
    assert fetcher(dns, "Site.Example").fetch(f"http://{NAME}:{web.port}/").status == 200


def test_what_is_posted_arrives_with_its_headers(dns: Dns, web: Web) -> None:
    fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/", method="POST", headers={"X-Id": "1"}, body=b"sent")

    method, path, headers, body = web.heard[0]
    assert (method, path, headers["X-Id"], body) == ("POST", "/", "1", b"sent")


def test_the_loopback_is_refused_unless_it_is_allowed(dns: Dns, web: Web) -> None:
    with pytest.raises(FetchRefused, match="outbound_allowed"):
        fetcher(dns).fetch(f"http://{NAME}:{web.port}/")
    assert web.heard == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "255.255.255.255",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2001:db8::1]",
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_refused(dns: Dns, host: str) -> None:
    with pytest.raises(FetchRefused, match="open Internet"):
        fetcher(dns).fetch(f"http://{host}/")


@pytest.mark.parametrize("address", ["192.0.43.8", "2606:2800:220:1::1"])
def test_a_single_machine_on_the_open_internet_is_allowed(address: str) -> None:
    Allowed().require("anyone.example", [ipaddress.ip_address(address)])

    assert is_open(ipaddress.ip_address(address))


def test_an_address_of_ipv4_behind_nat64_is_looked_at_as_what_it_is() -> None:
    Allowed().require("anyone.example", [ipaddress.ip_address("64:ff9b::192.0.43.8")])


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_an_address_in_disguise_is_a_name_that_nobody_has(dns: Dns, web: Web, host: str) -> None:
    with pytest.raises(FetchFailed):
        fetcher(dns).fetch(f"http://{host}:{web.port}/")
    assert web.heard == []


def test_one_address_that_is_not_allowed_spoils_the_name(dns: Dns, web: Web) -> None:
    dns.records[NAME, "A"] = ["192.0.43.8", HERE]

    with pytest.raises(FetchRefused):
        fetcher(dns).fetch(f"http://{NAME}:{web.port}/")


def test_a_name_that_changes_after_it_was_looked_at_is_not_asked_again(dns: Dns, web: Web) -> None:
    dns.after = lambda server: server.records.update({(NAME, "A"): ["127.0.0.9"]})

    assert fetcher(dns, f"{HERE}/32").fetch(f"http://{NAME}:{web.port}/").status == 200
    assert [kind for _, kind in dns.asked] == ["A", "AAAA"]


def test_a_name_that_turns_to_the_loopback_is_refused_the_next_time(dns: Dns, web: Web) -> None:
    asking = fetcher(dns, f"{HERE}/32")
    asking.fetch(f"http://{NAME}:{web.port}/")
    dns.records[NAME, "A"] = ["127.0.0.9"]

    with pytest.raises(FetchRefused):
        asking.fetch(f"http://{NAME}:{web.port}/")


def test_an_address_that_does_not_answer_gives_way_to_the_next(dns: Dns, web: Web) -> None:
    dns.records[NAME, "A"] = ["127.0.0.9", HERE]

    assert fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/").status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(dns: Dns, web: Web) -> None:
    web.pages["/away"] = Page(status=302, headers={"Location": f"http://{HERE}:{web.port}/"})

    reply = fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/away")

    assert (reply.status, len(web.heard)) == (302, 1)
    assert reply.headers["location"].endswith("/")


def test_proxies_of_the_environment_are_passed_by(dns: Dns, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    assert fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/").status == 200


def test_a_body_that_is_too_long_is_not_read_to_its_end(dns: Dns, web: Web) -> None:
    web.pages["/huge"] = Page(b"x" * 100_000, pieces=1000)

    with pytest.raises(FetchFailed, match="more than 1,000 bytes"):
        fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/huge", most_bytes=1000)


def test_a_packed_body_is_not_unpacked(dns: Dns, web: Web) -> None:
    web.pages["/packed"] = Page(b"\x1f\x8b packed", headers={"Content-Encoding": "gzip"})

    assert fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/packed").body == b"\x1f\x8b packed"


def test_a_body_that_drips_ends_with_the_time_of_the_whole(dns: Dns, web: Web) -> None:
    web.pages["/drip"] = Page(b"x", pieces=100, pause_s=0.1)

    with pytest.raises(FetchFailed, match=r"within 0\.5 seconds"):
        fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{web.port}/drip", patience_s=0.5)


def test_a_server_that_says_nothing_ends_with_the_time_of_the_whole(dns: Dns) -> None:
    with socket.create_server((HERE, 0)) as silent, pytest.raises(FetchFailed, match="within"):
        fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{silent.getsockname()[1]}/", patience_s=0.3)


def test_nobody_there_is_a_failure(dns: Dns) -> None:
    with pytest.raises(FetchFailed, match="no answer"):
        fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{free_port()}/")


def test_a_name_that_is_not_there_and_a_dns_that_fails_are_failures(dns: Dns) -> None:
    dns.fails.add("broken.example")

    with pytest.raises(FetchFailed, match="no address"):
        fetcher(dns).fetch("http://nowhere.example/")
    with pytest.raises(FetchFailed, match="DNS gave no answer"):
        fetcher(dns).fetch("http://broken.example/")


def test_what_is_no_http_is_a_failure(dns: Dns) -> None:
    with naming() as other, pytest.raises(FetchFailed):
        fetcher(dns, LOOPBACK).fetch(f"http://{NAME}:{other.port}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://site.example/",
        "file:///etc/passwd",
        "//site.example/",
        "http://",
        "http://user:word@site.example/",
        "http://site.example/a b",
        "http://site.example/\r\nX: y",
        "http://b\u00fccher.example/",
        "http://site.example:0/",
        "http://site.example:99999/",
        "http://[::1/",
        "unix:///run/socket",
    ],
)
def test_what_is_no_address_of_the_web_is_refused_unasked(dns: Dns, url: str) -> None:
    with pytest.raises(FetchRefused, match="not an address to fetch"):
        fetcher(dns, LOOPBACK).fetch(url)
    assert dns.asked == []


class TestTls:
    def test_the_certificate_is_that_of_the_name(self, dns: Dns, tmp_path) -> None:
        known = authority(tmp_path, NAME)
        trusting = ssl.create_default_context(cafile=known.ca_file)

        with serving(Web({"/": Page(b"safe")}), known.server_context) as web:
            assert fetcher(dns, LOOPBACK, tls=trusting).fetch(f"https://{NAME}:{web.port}/").body == b"safe"

    def test_one_of_another_name_is_refused(self, dns: Dns, tmp_path) -> None:
        known = authority(tmp_path, "other.example")
        trusting = ssl.create_default_context(cafile=known.ca_file)

        with serving(Web({"/": Page()}), known.server_context) as web, pytest.raises(FetchFailed):
            fetcher(dns, LOOPBACK, tls=trusting).fetch(f"https://{NAME}:{web.port}/")

    def test_one_of_nobody_s_is_refused(self, dns: Dns, tmp_path) -> None:
        with serving(Web({"/": Page()}), authority(tmp_path, NAME).server_context) as web, pytest.raises(FetchFailed):
            fetcher(dns, LOOPBACK).fetch(f"https://{NAME}:{web.port}/")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "10.0.0", "http://site.example", "*", "", "a_b.example"])
def test_an_exception_that_is_neither_network_nor_host_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="outbound_allowed has"):
        Allowed([text])


class TestResolver:
    def test_texts_are_those_of_the_name_itself(self, dns: Dns) -> None:
        dns.txt("site.example", "one", "two")
        dns.records["alias.example", "CNAME"] = ["site.example"]
        resolver = Resolver([dns.server])

        assert sorted(resolver.texts_at("site.example")) == ["one", "two"]
        assert resolver.texts_at("alias.example") == resolver.texts_at("nowhere.example") == []

    def test_a_failure_is_not_the_absence_of_records(self, dns: Dns) -> None:
        dns.fails.add(NAME)

        with pytest.raises(FetchFailed):
            Resolver([dns.server]).texts_at(NAME)

    @pytest.mark.parametrize("text", ["ns.example", "192.0.2.1:x", "192.0.2.256", ""])
    def test_a_server_that_is_no_address_is_refused(self, text: str) -> None:
        with pytest.raises(ConfigError, match="dns_servers has"):
            Resolver([text])

    def test_servers_may_have_ports_and_brackets(self) -> None:
        Resolver(["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353"])


@pytest.mark.parametrize(
    "url",
    [
        "https://site.example/",
        "https://8.8.8.8/hook",
        "http://127.0.0.1:8080/",
        "https://127.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://Inside.Example./",
        "https://[2001:4860:4860::8888]/",
    ],
)
def test_an_endpoint_is_encrypted_or_named_by_an_operator(dns: Dns, url: str) -> None:
    fetcher(dns, LOOPBACK, "inside.example").require_endpoint(url)

    assert dns.asked == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://site.example/", "https://"),
        ("http://8.8.8.8/", "https://"),
        ("https://10.0.0.1/", "outbound_allowed"),
        ("http://10.0.0.1/", "outbound_allowed"),
        ("https://[::1]/", "outbound_allowed"),
        ("https://[::ffff:10.0.0.1]/", "outbound_allowed"),
        ("https://[64:ff9b::a00:1]/", "outbound_allowed"),
        ("https://169.254.169.254/latest", "outbound_allowed"),
        ("gopher://site.example/", "https://"),
        ("https://name:word@site.example/", "hold no user"),
    ],
)
def test_what_is_neither_is_refused_before_anyone_is_asked(dns: Dns, url: str, why: str) -> None:
    with pytest.raises(FetchRefused, match=why):
        fetcher(dns, LOOPBACK).require_endpoint(url)
    assert dns.asked == []
