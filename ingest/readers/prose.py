"""Addresses in free text: which they are, and where they begin and end. docs/ingest-text.md has the rules in words."""

from collections.abc import Iterator

import regex as re

from breachcheck.addresses import canonical
from breachcheck.errors import InvalidAccount
from ingest.readers import top_level
from ingest.readers.escapes import AT, unescaped

SEPARATORS = bytes(range(0x21)) + b'\x7f"<>,()[]{}|'
"""What ends a piece of text that is looked at by itself, whatever escapes are in it."""

_PIECE = re.compile(rb"<?[^%s]++>?" % re.escape(SEPARATORS))
_NO_LOCAL = r"\x00-\x20\x7f\"(),:;<>@\[\\\]`{|}"
_LOCAL = re.compile(rf"[^={_NO_LOCAL}]*+")
_DOMAIN = re.compile(r"[^\x00-,/:-@\[-`{-\x7f\p{No}]*+")  # up to the number of a footnote, ² or ①, too
_WITHOUT_SPACES = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]")
"""Scripts that put no spaces between words, or join endings to a foreign word: Thai to Khmer, Chinese to Korean."""

_OTHER_WAY = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # letters that run from right to left
_BEFORE_ASCII = re.compile(rf"[{_OTHER_WAY}\uff10-\uff5a]-?|{_WITHOUT_SPACES.pattern}")
_WORD = re.compile(r"(?:[0-9]*[\p{Latin}_][\p{Latin}0-9._+'-]|[0-9]{5})[\p{Latin}0-9._+'-]*")
_SENTENCE = re.compile("[A-Z][a-z]*")

_EMPHASIS = "*_~"
_BETWEEN = "+.*#_!~$%^?-"
"""What parts an address from one directly before it; a + stands for a blank there, or for "and"."""

_IN_BRACKETS = re.compile(rf"<(?=CA|prvs=[0-9]|[^={_NO_LOCAL}]*(?:[0-9+]|bounce))([^={_NO_LOCAL}]++=[^{_NO_LOCAL}]++)")
"""Where `=` parts no key from an address: ids of messages, and senders that name whom a list sent its mail to."""

_UNREADABLE = "\ufffd"  # in the place of a letter that nobody knows: the rest would be somebody else
_FILE_ENDINGS = frozenset(
    {"csv", "tsv", "txt", "json", "jsonl", "xlsx", "xls", "sql", "xml", "html", "htm", "log", "eml", "mbox", "pdf"}
    | {"jpg", "jpeg", "png", "gif", "webp", "bak"}
    | {"gz", "bz2", "xz", "lzma", "zst", "7z", "tar", "rar", "doc", "docx", "vcf", "ics", "ost", "pst", "nst", "msg"}
)
ENDINGS_TOO = frozenset({"zip", "mov"})
"""Top-level domains that are a file's ending where another top-level domain stands before them."""

_LONGEST_OF_COUNTRIES = 2  # letters: `.Uk` may end a domain, where `.Tel` begins a sentence
_LONGEST_RUN = 1 << 10  # characters behind an @ among which a domain ends (RFC 1035, 2.3.4), with room for what follows
_SCALED = re.compile("[1-9]x[.]")  # behind the @ of an image at twice its size
_NOT_LEADING = re.compile(r"['&]|[*]{1,2}(?![*])|[.-]{2,}|!--|[!#$%*+./?^~-]+(?=')|\p{No}+")
_PATH = re.compile("[.~*]*/")
_OF_CODE = re.compile(r"\A(?:[NnEeBbUuRrFf]|[Rr][Bb]|[Bb][Rr])'(?=(?:[^']|'')+\Z)")  # N'…' of SQL, b'…' of Python
_DOUBLED = re.compile(r"(?<=\w)''(?=\w)")  # as SQL escapes an apostrophe
_STRING_ENDS = re.compile(r"'(?!\w)")
_STYLE = re.compile(rb"(?<=(?:\x1b|\\u001b|\\x1b|\\0?33|\\e|#033|\^\[)\[)(?:[0-9;]*[0-9])?[A-Za-z]", re.IGNORECASE)
_NOBODY = re.compile("[*]+|%[A-Za-z]?|%[A-Za-z_]+%|.*[*]{2}.*")  # a placeholder, or masked
_REMOTE = re.compile(":[^:]*(?:/|[.]git)")  # of a repository, behind its host


def found_in(text: bytes) -> list[str]:
    """Every address in *text*, UTF-8 for the most part, as often as it stands there and as it is written."""
    pieces = [(behind_style(text, piece.start()), piece.end()) for piece in _PIECE.finditer(text)]
    return [found for start, end in pieces for found in addresses_in(text[start:end])]


def behind_style(text: bytes, start: int) -> int:
    """Where in *text* the piece at *start* begins without the control sequence of a terminal (ECMA-48, 5.4)."""
    found = _STYLE.match(text, start) if text.endswith(b"[", 0, start) else None
    return found.end() if found else start


def addresses_in(piece: bytes) -> Iterator[str]:
    """The addresses in a piece of text without separators, as they are written there once it is unescaped."""
    text = piece.decode(errors="replace")
    if not AT.search(text):
        return
    before, *rests = unescaped(text).split("@")
    is_open = True  # whether what stands before the @ is not cut off by another one
    for number, rest in enumerate(rests, start=1):
        domain = _domain(rest, is_last=number == len(rests))
        taken = len(domain)
        local = _all_of(before, rest[taken:]) or _last_run(before)
        address = _address(local, domain, rest[taken:]) if is_open or len(local) < len(before) else None
        if address:
            yield address
        before = rest[taken:].lstrip(_BETWEEN) if address else rest
        is_open = bool(before) if address else False


def _all_of(before: str, after: str) -> str:
    """The local part from `<` to the @ where `=` stands in it and the domain ends with `>`; "" elsewhere."""
    at = before.rfind("<") if after.startswith(">") else -1
    found = _IN_BRACKETS.fullmatch(before, at) if at >= 0 else None
    return found[1] if found else ""


def _last_run(text: str) -> str:
    found = _LOCAL.match(text[::-1])
    return text[len(text) - found.end() :] if found else ""


def _domain(rest: str, *, is_last: bool) -> str:
    """The domain that *rest* begins with, "" where none does. Unless it *is_last*, another @ stands behind it."""
    found = _DOMAIN.match(rest)
    run = found[0][:_LONGEST_RUN] if found else ""
    whole = run.partition("...")[0].rstrip(".-")
    for domain in _readings(whole):
        if _is_domain(domain):
            return domain
    is_shared = not is_last and _LOCAL.fullmatch(rest)
    return next(filter(_is_domain, _before_another(run) if is_shared else _before_suffix(whole)), "")


def _before_another(run: str) -> Iterator[str]:
    """The beginnings of *run*, of which a dot or a hyphen parts what is the local part before the next @."""
    labels = run.split(".")
    for end in range(2, len(labels)):
        if len(labels[end]) > _LONGEST_OF_COUNTRIES or not top_level.is_known(labels[end]):
            yield ".".join(labels[:end])
    for last in reversed(range(1, len(labels))):
        if "-" in labels[last] and not labels[last].startswith("xn--"):
            yield ".".join([*labels[:last], labels[last].partition("-")[0]])


def _before_suffix(run: str) -> Iterator[str]:
    """*run* without what a hyphen joins to it: an ending, a word, the day of a file."""
    rest, _, last = run.rpartition(".")
    while last in _FILE_ENDINGS:
        rest, _, last = rest.rpartition(".")
    if "-" in last and not last.startswith("xn--"):
        yield f"{rest}.{last.partition('-')[0]}"


def _readings(run: str) -> Iterator[str]:
    """*run*, and what is left of it without a word of a script that knows no spaces, a sentence, or a file's ending."""
    rest, _, last = run.rpartition(".")
    is_sentence = last.istitle() and rest.islower() and len(last) > _LONGEST_OF_COUNTRIES and last.isalpha()
    if (is_sentence or last.lower() in ENDINGS_TOO) and _is_domain(rest):
        yield rest
    yield run
    if not run.isascii() and (found := _WITHOUT_SPACES.search(run)):
        run = run[: found.start()].rstrip(".-")
        yield run
    rest, _, last = run.rpartition(".")
    while last in _FILE_ENDINGS and rest.rpartition(".")[2] in _FILE_ENDINGS:
        rest, _, last = rest.rpartition(".")
    is_file = last in _FILE_ENDINGS and not _SCALED.match(run)
    if is_file or (_SENTENCE.fullmatch(last) and _is_in_one_case(rest.rpartition(".")[2], last)):
        yield rest.rstrip(".-")
    elif "--" in last and not last.startswith("xn--"):
        yield f"{rest}.{last.partition('--')[0]}"


def _is_in_one_case(label: str, word: str) -> bool:
    """Whether *label* is in small letters, or in capitals where *word* is not."""
    return label.islower() or (label.isupper() and not word.isupper())


def _is_domain(text: str) -> bool:
    rest, _, last = text.rpartition(".")
    return bool(rest) and top_level.is_known(last) and ".." not in text


def _address(local: str, domain: str, after: str) -> str | None:
    """The address of *local*, stripped of what does not belong to it, at *domain*, if it is one."""
    own = _own(local, domain, after)
    text = f"{own}@{domain}"
    if not domain or _UNREADABLE in text or _NOBODY.fullmatch(own) or (own == "git" and _REMOTE.match(after)):
        return None
    try:
        canonical(text)
    except InvalidAccount:
        return None
    return text


def _own(local: str, domain: str, after: str) -> str:
    local = _without_lead(_OF_CODE.sub("", local, count=1) if _STRING_ENDS.match(after) else local)
    local = _DOUBLED.sub("'", local) if "''" in local else local
    if _PATH.match(local):
        local = local.rpartition("/")[2]
    mark = local[:1]
    if mark and mark in _EMPHASIS and after.startswith(mark):
        local = local.lstrip(mark)
    if domain.isascii() and not local.isascii():
        tail = _after_last(_BEFORE_ASCII, local)
        local = tail if _WORD.fullmatch(tail) else local
    return _without_lead(local)


def _without_lead(local: str) -> str:
    while found := _NOT_LEADING.match(local):
        local = local[found.end() :]
    return local


def _after_last(pattern: re.Pattern[str], text: str) -> str:
    end = max((found.end() for found in pattern.finditer(text)), default=0)
    return text[end:] if end else ""
