"""The feed of breaches: Atom (RFC 4287), so that people and programs hear of a new one without asking for anybody."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urljoin
from xml.etree import ElementTree as Xml

from flask import url_for

from breachcheck.answers import by_weight
from breachcheck.catalog import Breach
from breachcheck.config import Config
from breachcheck.settings.locators import MAILTO, is_page
from breachcheck.web.answer_page import plurals
from breachcheck.web.breach_texts import title_of
from breachcheck.web.language import gettext as _
from breachcheck.web.language import tag

ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
MOST = 100


def atom(breaches: Iterable[Breach], *, store: str, site: Config) -> bytes:
    """The last *MOST* breaches. Links are whole where the site has a public_url, else relative to the feed's own.

    Ids are made of the name of the *store*, so that they stay the same when the site moves (RFC 4287, 4.2.6).
    """
    newest = sorted(breaches, key=lambda one: one.added_at, reverse=True)[:MOST]
    feed = Xml.Element("feed", {"xmlns": ATOM, LANGUAGE: tag()})
    _say(feed, "id", _id(store, ""))
    _say(feed, "title", _("Data breaches on %(site)s", site=site.site_name))
    _say(feed, "updated", _moment(max((one.modified_at for one in newest), default=0)))
    _author(feed, site)
    _link(feed, "self", url_for("site.feed"), site)
    _link(feed, "alternate", url_for("site.breaches"), site)
    for breach in newest:
        _entry(feed, breach, store, site)
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _author(feed: Xml.Element, site: Config) -> None:
    author = _part(feed, "author")
    _say(author, "name", site.site_operator or site.site_name)
    if site.site_home_page:
        _say(author, "uri", site.site_home_page)
    if site.site_contact and not is_page(site.site_contact):
        _say(author, "email", site.site_contact.removeprefix(MAILTO))


def _entry(feed: Xml.Element, breach: Breach, store: str, site: Config) -> None:
    entry = _part(feed, "entry")
    _say(entry, "id", _id(store, breach.name))
    _say(entry, "title", title_of(breach))
    _say(entry, "published", _moment(breach.added_at))
    _say(entry, "updated", _moment(breach.modified_at))
    _link(entry, "alternate", url_for("site.breach", name=breach.name), site)
    _say(entry, "summary", plurals(by_weight(breach.data_classes)))


def _part(parent: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(parent, name)


def _say(parent: Xml.Element, name: str, words: str) -> None:
    _part(parent, name).text = words


def _link(parent: Xml.Element, rel: str, path: str, site: Config) -> None:
    href = urljoin(site.public_url, path) if site.public_url else path
    Xml.SubElement(parent, "link", {"rel": rel, "href": href})


def _id(store: str, name: str) -> str:
    return uuid.uuid5(uuid.UUID(store), name).urn


def _moment(epoch_s: int) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().replace("+00:00", "Z")
