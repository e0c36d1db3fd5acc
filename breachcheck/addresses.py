"""Addresses: the one canonical form of an e-mail address, and what merely reads like one in free text."""

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from typing import NewType

import idna
import regex as re
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from breachcheck.errors import InvalidAccount

Address = NewType("Address", str)
Domain = NewType("Domain", str)
"""What stands behind the @ of a canonical address."""

VERSION = 1
"""Raised by every change that gives any text another canonical form; stores made by another one are refused."""

IGNORES_DOTS: Mapping[str, str] = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Domains of providers that deliver whatever the dots in the local part, each with the domain it stands for.

Only those that say so for every address: https://support.google.com/mail/answer/7436150. A company's own domain at
the same provider is not one of them.
"""

PLAIN = (
    r"\.*[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*"
    r"@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]+"
)
PLAIN_LENGTH = 64
"""What matches `PLAIN` whole, in at most so many characters, is canonical once it is lower-cased and IGNORES_DOTS is
applied. Below 65 characters no limit of RFC 5321 or DNS can be broken. RE2 reads the pattern as Python does."""

KNOWN: tuple[tuple[str, str], ...] = (
    ("alice@example.com", "alice@example.com"),
    ("  Alice.Liddell@Example.COM\r\n", "alice.liddell@example.com"),
    ("\ufeffalice@example.com\u200b", "alice@example.com"),
    ("alice+news@example.com", "alice+news@example.com"),
    ("A.b.C+News.Letter@googlemail.com", "abc+newsletter@gmail.com"),
    (".alice..b.@mobile.example.jp", ".alice..b.@mobile.example.jp"),
    ('"alice..b."@mobile.example.jp', "alice..b.@mobile.example.jp"),
    ("customer/department=shipping@example.com", "customer/department=shipping@example.com"),
    ("o'neil!#$%&*@mail.test", "o'neil!#$%&*@mail.test"),
    ("JOSE\u0301@example.com", "jos\u00e9@example.com"),
    ("\u0130STANBUL@example.com", "i\u0307stanbul@example.com"),
    ("\u039f\u0394\u039f\u03a3@example.com", "\u03bf\u03b4\u03bf\u03c2@example.com"),
    ("alice@B\u00dcCHER.example", "alice@xn--bcher-kva.example"),
    ("alice@fa\u00df.example", "alice@xn--fa-hia.example"),
    ("alice@FA\u1e9e.example", "alice@xn--fa-hia.example"),
    ("alice@\u039f\u0394\u039f\u03a3.example", "alice@xn--pxavbq.example"),
    ("\u7528\u6237@\u4f8b\u5b50\u3002example", "\u7528\u6237@xn--fsqu00a.example"),
    ("\u7528\u6237@XN--FSQU00A.example", "\u7528\u6237@xn--fsqu00a.example"),
    ("alice@\uff45xample\uff0ecom", "alice@example.com"),
)
"""Vectors that every version of a store's program must agree on. Local parts at gmail.com are too short to exist."""

_NOT_A_DOMAIN = "This is not the domain of email addresses; write it like example.com."
_NOT_AN_ADDRESS = "This is not an email address; it needs one @ sign and a domain after it, like name@example.com."
_TOO_LONG = "This is too long for an email address, which has at most 64 octets before the @ sign and 254 in all."

_LONGEST_TEXT = 1024  # characters, with what is trimmed: nothing longer is looked at
_LONGEST_LOCAL = 64  # octets, RFC 5321 4.5.3.1.1
_LONGEST = 254  # octets, RFC 5321 4.5.3.1.3, erratum 1690 of RFC 3696

_plain_form = re.compile(PLAIN)
_full_stop = re.compile("[.\u3002\uff0e\uff61]")  # UTS-46, 2.3

_FILE_ENDINGS = frozenset(
    {"csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "xlsx", "xls", "sql", "sqlite", "db", "xml", "html"}
    | {"log", "md", "yaml", "yml", "eml", "mbox", "pdf", "gz", "bz2", "xz", "lzma", "zst", "zip", "7z", "tar", "tgz"}
)
_escaped_at = re.compile(r"%(?:25)*40|&#(?:64|x40);|\\u0040|[\uff20\ufe6b]", re.IGNORECASE)
_LOCAL = r"[^\s\x00-\x1f\x7f()<>\[\]:;,\\\"@]"
_LABEL = r"[^\s\x00-,./:-@\[-`{-\x7f\u3002\uff0e\uff61]"
_AT_DOMAIN = rf"@{_LABEL}++(?:[.\u3002\uff0e\uff61]{_LABEL}++)++"
# Possessive, and begun only where no local part could have begun earlier: linear in the text, whatever it holds.
_reads_as_address = re.compile(rf'(?:"{_LOCAL}++"|(?<!{_LOCAL}){_LOCAL}++){_AT_DOMAIN}(?:{_LOCAL}*+{_AT_DOMAIN})*+')


def canonical(text: str) -> Address:
    """The form of *text* under which everyone asks and everything is indexed; canonical again, it stays the same.

    For the digest alone: mail goes to the address as typed. Local parts keep dots wherever they stand, as carriers
    gave them out, and drop quotes that only such dots needed; local parts that need quotes for anything else are
    refused. Domains need a dot; special-use ones (.test, .local) pass. Raises InvalidAccount, which never quotes
    *text* and has no other exception behind it that does.
    """
    address = _plain(text)
    return _full(text) if address is None else address


def as_typed(text: str) -> str:
    """Where mail to *text* goes: its local part as typed, its domain in A-labels. Raises what ``canonical`` does.

    Nothing but one address comes through: no display name, no second recipient, no line break.
    """
    canonical(text)
    local, _, domain = unicodedata.normalize("NFC", _trimmed(text)).rpartition("@")
    return f"{local}@{_a_labels(domain)}"


def _plain(text: str) -> Address | None:
    """The canonical form of plain ASCII; None says that `_full` has to decide."""
    trimmed = text.strip() if len(text) <= PLAIN_LENGTH else text
    if len(trimmed) > PLAIN_LENGTH or _plain_form.fullmatch(trimmed) is None:
        return None
    local, _, domain = trimmed.lower().partition("@")
    return _as_delivered(local, domain)


def _full(text: str) -> Address:
    if len(text) > _LONGEST_TEXT:
        raise InvalidAccount(_TOO_LONG)
    if "@" not in text:  # at once, for columns are full of such
        raise InvalidAccount(_NOT_AN_ADDRESS)
    local, _, domain = unicodedata.normalize("NFC", _trimmed(text)).rpartition("@")
    local = _lower(_unquoted(local))
    domain = _a_labels(domain)
    _refuse_invalid(local, domain)
    _refuse_too_long(local, domain)
    return _as_delivered(local, domain)


def _trimmed(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_unseen(text[start]):
        start += 1
    while start < end and _is_unseen(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_unseen(character: str) -> bool:
    """Spaces, and what has no width: byte order marks, joiners, marks of direction."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def _unquoted(local: str) -> str:
    """Quotes stand around a local part only where it needs them (RFC 5321 4.1.2), or a carrier's dots do."""
    return local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local


def _lower(local: str) -> str:
    return unicodedata.normalize("NFC", local.lower())


def _a_labels(domain: str) -> str:
    """UTS-46, not str.lower(), sets the case: they differ in a Greek sigma at the end. Label by label, so that
    a character that maps to a dot and something else is refused."""
    with suppress(UnicodeError):  # idna's errors, which quote the label, are of this kind; none may be behind ours
        labels = [idna.uts46_remap(label, std3_rules=False) for label in _full_stop.split(domain)]
        return ".".join(idna.alabel(label).decode("ascii") for label in labels)
    raise InvalidAccount(_NOT_AN_ADDRESS)


def _refuse_invalid(local: str, domain: str) -> None:
    """email-validator decides, but for what it refuses and old files hold: dots anywhere, and special-use domains."""
    rest, _, last = domain.rpartition(".")
    ordinary = f"{rest}.com" if rest and last in SPECIAL_USE_DOMAIN_NAMES else domain
    with suppress(EmailNotValidError):
        validate_email(f"{local.replace('.', '')}@{ordinary}", check_deliverability=False)
        return
    raise InvalidAccount(_NOT_AN_ADDRESS)


def _refuse_too_long(local: str, domain: str) -> None:
    octets = len(local.encode())
    if octets > _LONGEST_LOCAL or octets + 1 + len(domain) > _LONGEST:
        raise InvalidAccount(_TOO_LONG)


def _as_delivered(local: str, domain: str) -> Address:
    known_as = IGNORES_DOTS.get(domain)
    if known_as is None:
        return Address(f"{local}@{domain}")
    return Address(f"{local.replace('.', '')}@{known_as}")


def domain_of(address: Address) -> Domain:
    """The domain that *address* is counted under."""
    return Domain(address.rpartition("@")[2])


def canonical_domain(text: str) -> Domain:
    """The domain of all canonical addresses at *text*. Raises InvalidAccount, which does not quote it."""
    if "@" not in text:
        with suppress(InvalidAccount):
            return domain_of(canonical(f"a@{text.strip()}"))
    raise InvalidAccount(_NOT_A_DOMAIN)


def base_of(address: Address) -> Address | None:
    """The address that *address* is an alias of by its plus tag; None where it has no tag, or nothing before it."""
    local, _, domain = address.rpartition("@")
    base, plus, _ = local.partition("+")
    return Address(f"{base}@{domain}") if plus and base.strip(".") else None


def holds_address(text: str) -> bool:
    """Whether anything in *text* reads as an address: all that `canonical` accepts and more, its @ escaped or not."""
    return any(_reads_as_address.search(reading) for reading in (text, _unescaped(text)))


def mask_addresses(text: str) -> str:
    """*text* with "[address]" for all that reads as one; the endings of a file's name stay: "[address].csv.gz"."""
    masked = _reads_as_address.sub(_mask, text)
    unescaped, count = _reads_as_address.subn(_mask, _unescaped(masked))
    return unescaped if count else masked


def _unescaped(text: str) -> str:
    return _escaped_at.sub("@", text)


def _mask(found: re.Match[str]) -> str:
    labels = found[0].rpartition("@")[2].split(".")
    kept = len(labels)
    while kept > 1 and labels[kept - 1].lower() in _FILE_ENDINGS:
        kept -= 1
    return ".".join(["[address]", *labels[kept:]])
