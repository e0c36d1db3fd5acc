"""Setting rules: what the value of a setting must be beyond its kind. Each is a row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from breachcheck.errors import ConfigError
from breachcheck.settings import locators

_LAST_PORT = 65535
_LONGEST_NAME = 100
_ONE_LINE = re.compile(rf"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{{0,{_LONGEST_NAME}}}")


@dataclass(frozen=True, slots=True)
class Rule:
    """*allows*: whether a value may be; *says*: what is wrong, and what to write, where it may not."""

    allows: Callable[[Any], bool]
    says: str


def require(name: str, value: Any) -> None:
    """Refuse a *value* that the setting *name* must not have. None is not set. Raises ConfigError."""
    rule = RULES.get(name)
    if rule is None or value is None:
        return
    for one in value if isinstance(value, tuple) else (value,):
        if not rule.allows(one):
            raise ConfigError(rule.says.format(name=name, value=one))


def _is_name(text: str) -> bool:
    return bool(text.strip()) and _is_line(text)


def _is_line(text: str) -> bool:
    return _ONE_LINE.fullmatch(text) is not None


def _is_contact(text: str) -> bool:
    return not text or locators.is_contact(text)


def _is_sender(text: str) -> bool:
    return not text or locators.is_mailbox(text)


def _is_port(number: int) -> bool:
    return number <= _LAST_PORT


def _is_origin(url: str) -> bool:
    return locators.is_site(url) and not url.endswith("/") and url == url.lower()


def _is_proxy(said: int | str) -> bool:
    """How many there are; or a network, but none that everybody is in."""
    try:
        return isinstance(said, int) or ip_network(said).prefixlen > 0
    except ValueError:
        return False


_CONTACT = Rule(_is_contact, "{name} must be like help@example.org, or a page like https://example.org/help")

RULES: Mapping[str, Rule] = {
    "database": Rule(
        locators.is_database,
        "{name} must be like postgresql://USER@HOST:PORT/NAME, with what is special in a password written as %40.",
    ),
    "public_url": Rule(
        locators.is_site, "{name} must be the address of a whole site, such as https://breaches.example.org"
    ),
    "cors_origins": Rule(
        _is_origin,
        "{name} names {value!r}; write an origin as browsers send it, like https://soc.example.org: scheme, host in"
        " lower case and perhaps a port, with no slash at the end.",
    ),
    "trusted_proxies": Rule(
        _is_proxy,
        "{name} has {value!r}; write the address of each proxy or a network of nothing but proxies, like 10.1.0.0/24,"
        " or how many there are.",
    ),
    "site_name": Rule(
        _is_name,
        f"{{name}} must be one line of at most {_LONGEST_NAME} characters, and not empty: every page and mail says it."
        " Leave it out for the usual one.",
    ),
    "site_operator": Rule(_is_line, f"{{name}} must be one line of at most {_LONGEST_NAME} characters."),
    "site_contact": _CONTACT,
    "site_privacy_contact": _CONTACT,
    "site_home_page": Rule(locators.is_page, "{name} must be a web address like https://example.org"),
    "mail_from": Rule(_is_sender, "{name} must be an address alone, such as no-reply@example.org, in plain ASCII."),
    "smtp_port": Rule(_is_port, f"{{name}} must be between 1 and {_LAST_PORT}, or 0 for the usual one."),
}
