"""Locators: how a setting is written that names a site, a page, a mailbox or a database."""

import re
from urllib.parse import SplitResult, urlsplit

MAILTO = "mailto:"

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]*)(?::[0-9]{1,5})?"
_SIGNED_IN = r"(?:[^@/?#:\s]*(?::[^@/?#:\s]*)?@)?"
_DATABASE = re.compile(rf"postgres(?:ql)?://{_SIGNED_IN}{_HOST}(?:,{_HOST})*/[^@/?#\s]+(?:\?[^#\s]*)?")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_CONTACT = re.compile(r"[^\s@<>\"(),:;?&%\\]+@[^\s@<>\"(),:;?&%\\/.]+(?:\.[^\s@<>\"(),:;?&%\\/.]+)+")
_NOT_IN_PAGES = re.compile(r"[\s<>\"\\^`{|}]")


def is_database(url: str) -> bool:
    """Strict, so that no part of a password can be taken for a host, which messages name."""
    return _DATABASE.fullmatch(url) is not None


def is_mailbox(text: str) -> bool:
    """An address alone, in plain ASCII, as mail servers take it for a sender."""
    return _MAILBOX.fullmatch(text) is not None


def is_site(url: str) -> bool:
    """A scheme, a host and perhaps a port: the address of a whole site."""
    parts = _parts(url)
    return parts is not None and parts.scheme in ("http", "https") and not _rest(parts)


def is_page(url: str) -> bool:
    """A page of the open web that one may click on: https, and nobody signed in."""
    parts = _parts(url)
    return parts is not None and parts.scheme == "https" and not _NOT_IN_PAGES.search(url) and url.isprintable()


def is_contact(text: str) -> bool:
    """A page, or an e-mail address with or without ``mailto:``."""
    return is_page(text) or _CONTACT.fullmatch(text.removeprefix(MAILTO)) is not None


def _parts(url: str) -> SplitResult | None:
    """Of a web address that names a host; None where it is none."""
    try:
        parts = urlsplit(url)
        has_place = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if has_place and "@" not in parts.netloc else None


def _rest(parts: SplitResult) -> str:
    return parts.path.strip("/") + parts.query + parts.fragment
