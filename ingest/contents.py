"""Contents: which data class the values of a column show by themselves, whatever the column is called."""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

from breachcheck.phones import international

_FEWEST = 3
_MOST = 0.9  # the least share of values that have to show it
_SAMPLE = 200
_KEPT_PASSWORD = re.compile(
    r"\$(?:2[abxy]?|1|5|6|7|y|P|H|S|apr1|md5|argon2\w*|scrypt|pbkdf2[\w-]*)\$.{8,}"
    r"|\{(?:SSHA|SHA|SMD5|MD5|CRYPT)\d*\}.{8,}"
    r"|(?:pbkdf2_sha\d+|bcrypt\w*|argon2\w*|scrypt)\$.{8,}"
    r'|a:\d+:\{.*"(?:hash|pass\w*)";s:\d+:"(?:\$2[abxy]?\$\d\d\$|[0-9a-f]{40}).*\}'  # as PHP writes a list
)

_HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})


def class_of(values: Sequence[str]) -> str | None:
    """What nearly all of *values* show: IP addresses, phone numbers with their country, passwords as they are kept.

    Whose birth a date is, and what a bare hash is of, no value tells.
    """
    said = [value.strip() for value in values if value.strip()][:_SAMPLE]
    if len(said) < _FEWEST:
        return None
    return next((name for name, shows in _SHOWN.items() if sum(map(shows, said)) >= _MOST * len(said)), None)


def denies(data_class: str, values: Sequence[str]) -> bool:
    """Whether *values* are yes and no, where the class is of what nobody answers so: `phone: yes` is no number."""
    said = {value.strip().casefold() for value in values if value.strip()}
    return len(values) >= _FEWEST and bool(said) and said <= _YES_OR_NO and data_class in _NEVER_YES_OR_NO


def are_hashes(values: Sequence[str]) -> bool:
    """Whether nearly all of *values* are as long as a bare MD5 or SHA is, in hexadecimal; of what, they do not tell."""
    said = [value.strip() for value in values if value.strip()][:_SAMPLE]
    return len(said) >= _FEWEST and sum(map(_is_hash, said)) >= _MOST * len(said)


def _is_hash(value: str) -> bool:
    return len(value) in _HASH_LENGTHS and _HEXADECIMAL.fullmatch(value) is not None and not value.isdecimal()


def _is_ip(value: str) -> bool:
    try:
        return ip_address(value) is not None
    except ValueError:
        return False


def _is_phone(value: str) -> bool:
    return value.startswith("+") and international(value) is not None


def _is_kept_password(value: str) -> bool:
    return _KEPT_PASSWORD.fullmatch(value) is not None


_YES_OR_NO = frozenset(
    {
        *("yes", "no", "y", "n", "true", "false", "on", "off", "ja", "nein", "oui", "non", "si", "sí", "sim", "não"),
        *("tak", "nie", "да", "нет", "evet", "hayır"),
    }
)
_NEVER_YES_OR_NO = frozenset(
    {
        *("Names", "Usernames", "Passwords", "Phone numbers", "Physical addresses", "Geographic locations"),
        *("IP addresses", "Dates of birth", "Account identifiers", "Company names", "Employers", "Photos", "Avatars"),
        *("Profile photos", "Comments", "Private messages", "Payment methods", "Language preferences", "Bios"),
        *("Device information", "Social media profiles", "Instant messenger identities", "Government issued IDs"),
        *("Website activity", "Login histories", "SMS messages", "Auth tokens", "PINs", "Purchases"),
    }
)

_SHOWN: Mapping[str, Callable[[str], bool]] = {
    "IP addresses": _is_ip,
    "Phone numbers": _is_phone,
    "Passwords": _is_kept_password,
}
