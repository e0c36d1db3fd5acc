"""Stealer lines: where, who and with what secret, in either order. Whom the line names is the login, if an address."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing

from ingest.readers import lines, top_level
from ingest.readers.base import Instructions, Table
from ingest.readers.combo import GLANCE, are_lines, sample_of
from ingest.readers.combo_layouts import is_address
from ingest.readers.left_out import LeftOut, LineNumbers
from ingest.readers.rows import bare_table, written
from ingest.sources import DataFile

COLUMNS = ("address", "secret")

_PARTS = 3  # of a line: where, who and with what secret
_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*://")
_URL_BEHIND = re.compile(r":(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_HOST = re.compile(r"\s*(?:[\w-]+\.)+([^\W\d_][\w-]*)(?::\d{1,5})?(?:[/?#].*)?\s*", re.DOTALL)
_NUMBERED_HOST = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d{1,5})?(?:[/?#].*)?\s*", re.DOTALL)
_PORT = re.compile(r"\d{1,5}")
_NUMBERED_HOST_6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_WITH_LOGINS = re.compile(r"\s*(?:https?|ftps?|sftp)://", re.IGNORECASE)  # schemes whose URLs name a login now and then
_APART = re.compile(r"\s*([^\s:|]+(?::(?://)?[^\s:|@]+){0,2})(?:\s*\|\s*|\s+)(\S.*)")

APART = " :"
"""The mark of lines in which blanks or a `|` part the url from a login and a secret that a colon divides."""

Credentials = tuple[str, str]


def is_place(field: str) -> bool:
    """Whether *field* is a URL or reads as a host, with a path or without one."""
    if _SCHEME.match(field) or _NUMBERED_HOST.fullmatch(field):
        return True
    found = _HOST.fullmatch(field)
    return found is not None and "@" not in field.partition("/")[0] and top_level.is_known(found[1])


def by_colons(line: str) -> Credentials:
    """Login and secret of `url:login:secret` or `login:secret:url`; without a url, of `login:secret`."""
    scheme = _SCHEME.match(line)
    if scheme is None and (behind := _URL_BEHIND.search(line)) and not is_place(line.partition(":")[0]):
        login, colon, secret = line[: behind.start()].partition(":")
        if colon or is_address(login):
            return login, secret if colon else line[behind.end() :]
        return by_colons(line[behind.end() :])
    fields = _fields(line, scheme)
    first = _end_of_place(fields) if scheme or is_place(fields[0]) else 0
    login, rest = fields[first] if first < len(fields) else "", fields[first + 1 :]
    if first == 0 and len(rest) > 1 and is_place(rest[-1]):
        rest.pop()
    return login, ":".join(rest) if any(rest) else ""


def _fields(line: str, scheme: re.Match[str] | None) -> list[str]:
    """What colons divide behind the *scheme*, where the host, with its login if it has one, is one field."""
    start = scheme.end() if scheme else 0
    if host := _NUMBERED_HOST_6.match(line, start) if line.startswith("[", start) else None:
        return line[host.end() :].split(":")
    fields = line[start:].split(":")
    return fields[1:] if _has_login(fields) and _WITH_LOGINS.match(line) else fields


def _has_login(fields: Sequence[str]) -> bool:
    """Whether the first of *fields* is the login of a URL, the second its secret and its host."""
    if "." in fields[0] or "/" in fields[0] or len(fields) < 3 or "@" not in fields[1]:
        return False
    is_followed = _PORT.fullmatch(fields[2]) if len(fields) == 3 else is_address(fields[2])
    return bool(is_followed) and "@" not in fields[0] and fields[0] != "localhost"


def _end_of_place(fields: Sequence[str]) -> int:
    """The number of *fields* that are of the url: it holds a port and, now and then, other colons."""
    end = 1
    is_port = "/" not in fields[0] and len(fields) > 3 and _PORT.fullmatch(fields[1])
    if is_port and not is_address(fields[1]):
        end = 2
    while end < len(fields) - 2 and "/" in fields[end] and not is_address(fields[end]):
        end += 1
    return end


def by(separator: str | None) -> Callable[[str], Credentials]:
    """Login and secret of a line whose three parts *separator* divides; None is white space."""

    def taken(line: str) -> Credentials:
        fields = line.strip().split(separator)
        if len(fields) > 2 and is_place(fields[-1]) and not is_place(fields[0]):
            fields = [fields[-1], *fields[:-1]]
        elif len(fields) == _PARTS and _SCHEME.match(fields[1]) and is_address(fields[0]):
            fields = [fields[1], fields[0], *fields[2:]]
        rest = fields[1:] if fields and is_place(fields[0]) else fields
        if len(rest) > 2 and len(rest) < len(fields) and _PORT.fullmatch(rest[0].strip()):
            rest = rest[1:]
        return (rest[0].strip(), (separator or " ").join(rest[1:])) if rest else ("", "")

    return taken


def apart(line: str) -> Credentials:
    """Login and secret of `url login:secret` and `url | login:secret`."""
    found = _APART.fullmatch(line)
    place, rest = (found[1], found[2]) if found else _place_apart(line)
    if not is_place(place):
        return by_colons(line)
    login, _, secret = rest.partition(":")
    return login.strip(), secret


def _place_apart(line: str) -> tuple[str, str]:
    """The URL up to the first blank of *line*, whatever it holds but an address of its own, and what stands behind it.

    ("", "") where that is no address and its secret.
    """
    place, *behind = line.split(maxsplit=1)
    rest = behind[0] if behind else ""
    is_apart = is_address(rest.partition(":")[0]) and not any(map(is_address, place.split(":")))
    return (place, rest) if is_apart else ("", "")


FORMS: Mapping[str, Callable[[str], Credentials]] = {
    ":": by_colons,
    "|": by("|"),
    "\t": by("\t"),
    ";": by(";"),
    " ": by(None),
    APART: apart,
}


def taken(line: str, mark: str) -> Credentials:
    """Login and secret of *line*, which *mark* divides, or where it does not, another one that makes it whole."""
    if not _is_divided(line, mark):
        mark = next((other for other in FORMS if _is_whole(line, other)), mark)
    return FORMS[mark](line)


def _is_divided(line: str, mark: str) -> bool:
    return line.count(":") > line.count("://") if mark in {":", APART} else mark in line


def form_of(sample: Sequence[str]) -> str:
    """What divides the parts of the most lines: a key of `FORMS`."""
    return max(FORMS, key=lambda mark: (agreement(sample, mark), sum(mark in line for line in sample)))


def agreement(sample: Sequence[str], mark: str) -> int:
    """How many lines have a place, an address as their login, and a secret, if *mark* divides them."""
    return sum(_is_whole(line, mark) for line in sample)


def _is_whole(line: str, mark: str) -> bool:
    login, secret = FORMS[mark](line)
    fields = line.split() if mark in {" ", APART} else line.strip().split(mark)
    has_url = _SCHEME.match(line) or _URL_BEHIND.search(line) or _SCHEME.match("".join(fields[1:2]))
    has_place = has_url or is_place(fields[0]) or is_place(fields[-1])
    return bool(has_place and secret.strip() and is_address(login))


def tables(file: DataFile, told: Instructions) -> Iterator[Table]:
    """The one table of stealer lines. Raises DataFileError where nobody can tell how they are encoded."""
    head = file.head()
    encoding = lines.encoding_of(head, told.encoding, file.name)
    sample = sample_of(lines.decoded_head(head[:GLANCE], encoding), is_whole=len(head) <= GLANCE)
    if not sample:
        return
    mark = told.delimiter if told.delimiter and told.delimiter in FORMS else form_of(sample)

    def found(left_out: LeftOut) -> Generator[bytes]:
        with closing(lines.as_utf8(file.chunks(), encoding, left_out)) as text:
            yield from written(_credentials(text, left_out, mark, only_cr=lines.has_only_cr(head)))

    yield bare_table(file.name, COLUMNS, "stealer", encoding, found, mark if mark not in {" ", APART} else "")


def _credentials(text: Generator[bytes], left_out: LeftOut, mark: str, *, only_cr: bool) -> Iterator[tuple[bytes, ...]]:
    numbers = LineNumbers(left_out)
    for block in lines.blocks(text, left_out, only_cr=only_cr, are_lines=are_lines):
        for line in block.decode(errors="replace").split("\n")[:-1]:
            number = (b"%d" % numbers.take(),) if left_out.is_numbered else ()
            if line and not line.isspace():
                login, secret = taken(line, mark)
                yield *number, login.encode(), secret.encode()
