"""Ways of proof: where the token of a domain is looked for, and what to say where it is not there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from breachcheck.addresses import Domain
from breachcheck.domains import Way
from breachcheck.errors import FetchFault
from breachcheck.fetching import Fetcher
from breachcheck.resolving import Resolver

NAME = "breachcheck-verify"
FILE_PATH = f"/.well-known/{NAME}.txt"
MAILBOXES = ("hostmaster", "postmaster", "webmaster", "security", "admin")  # RFC 2142, and what everyone else asks
LONGEST_PAGE = 2 * 2**20

OK = 200


@dataclass(frozen=True, slots=True)
class Instructions:
    """What to put where, so that a domain is proved. Mail is not of it: its code comes by mail."""

    txt: str
    file_url: str
    file_content: str
    page_url: str
    meta_tag: str


def site_of(domain: Domain) -> str:
    return f"https://{domain}"


def instructions(domain: Domain, token: str) -> Instructions:
    return Instructions(
        txt=f"{NAME}={token}",
        file_url=site_of(domain) + FILE_PATH,
        file_content=token,
        page_url=f"{site_of(domain)}/",
        meta_tag=f'<meta name="{NAME}" content="{token}">',
    )


class Ways:
    """Looks for tokens outside. *site_of*: where the web site of a domain is."""

    def __init__(self, resolver: Resolver, fetcher: Fetcher, *, site_of: Callable[[Domain], str] = site_of) -> None:
        self._resolver = resolver
        self._fetcher = fetcher
        self._site_of = site_of
        self._ways: Mapping[Way, Callable[[Domain, str], str | None]] = {
            Way.DNS: self._in_dns,
            Way.FILE: self._in_file,
            Way.META: self._in_page,
        }

    def missing(self, way: Way, domain: Domain, token: str) -> str | None:
        """Why *token* does not prove *domain* in this *way*, in words; None where it does."""
        try:
            return self._ways[way](domain, token)
        except FetchFault as fault:
            return str(fault)

    def _in_dns(self, domain: Domain, token: str) -> str | None:
        if f"{NAME}={token}" in (text.strip() for text in self._resolver.texts_at(domain)):
            return None
        return "No TXT record at the domain itself has that value; new records may take an hour to be seen."

    def _in_file(self, domain: Domain, token: str) -> str | None:
        reply = self._fetcher.fetch(self._site_of(domain) + FILE_PATH)
        if reply.status != OK:
            return f"The file was answered with the status {reply.status}; it must be there itself, with no redirect."
        if token in reply.body.decode("utf-8", "replace").split():
            return None
        return "The file is there, but does not hold the token."

    def _in_page(self, domain: Domain, token: str) -> str | None:
        reply = self._fetcher.fetch(f"{self._site_of(domain)}/", most_bytes=LONGEST_PAGE)
        if reply.status != OK:
            return f"The page was answered with the status {reply.status}; it must be there itself, with no redirect."
        if token in _tokens_in(reply.body.decode("utf-8", "replace")):
            return None
        return "The page is there, but no such tag stands in its head."


class _Tags(HTMLParser):
    """Gathers our tags, up to where the head ends: what stands in the body may be a visitor's."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_over = self._is_over or tag == "body"
        known = dict(attrs)
        if tag == "meta" and known.get("name") == NAME and not self._is_over:
            self.tokens.append((known.get("content") or "").strip())

    def handle_endtag(self, tag: str) -> None:
        self._is_over = self._is_over or tag == "head"


def _tokens_in(page: str) -> list[str]:
    parser = _Tags()
    parser.feed(page)
    return parser.tokens
