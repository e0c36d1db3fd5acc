"""How the rows below a COPY statement are written, as its options say."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex as re

from ingest.readers.sql_encodings import encoding_called

_STRING = r"[Ee]?'(?:[^'\n]|'')*+'"
OPTIONS = rf"(?:\s+WITH\b)?(?:[^;'(\n]++|{_STRING}|\((?:[^;'()]++|{_STRING}|\([^;'()]*+\))*+\))*+"

_TOKEN = re.compile(rf"{_STRING}|[\w\"]++", re.ASCII)
_OFF = frozenset({"false", "off", "0"})
_TAB = "\t"


@dataclass(frozen=True, slots=True)
class Copying:
    """What stands between and around values. *is_read*: none of it is beyond this program."""

    is_csv: bool = False
    is_read: bool = True
    has_header: bool = False
    delimiter: str = _TAB
    null: str = r"\N"
    quote: str = '"'
    escape: str = '"'
    encoding: str | None = None  # where it is not that of the dump


TEXT = Copying()


def copying_in(options: str) -> Copying:
    """What *options*, those behind FROM stdin in either of PostgreSQL's spellings, say."""
    words = dict(_words(options))
    is_csv = "csv" in words or words.get("format") == "csv"
    quote = words.get("quote") or '"'
    delimiter = words.get("delimiter") or words.get("delimiters") or ("," if is_csv else _TAB)
    escape = words.get("escape") or quote
    is_text = not is_csv and "binary" not in words and words.get("format", "text") == "text"
    return Copying(
        is_csv=is_csv,
        is_read=(is_csv or is_text) and len(delimiter) == len(quote) == len(escape) == 1,
        has_header="header" in words and words["header"] not in _OFF,
        delimiter=delimiter,
        null=words.get("null", "" if is_csv else r"\N"),
        quote=quote,
        escape=escape,
        encoding=encoding_called(words.get("encoding") or "utf8"),
    )


def _words(options: str) -> Iterator[tuple[str, str]]:
    """Every word, with what stands behind it."""
    tokens = [token for token in _TOKEN.findall(options) if token.casefold() != "as"]
    for word, value in zip(tokens, [*tokens[1:], ""], strict=False):
        if "'" not in word:
            yield word.strip('"').casefold(), _said(value)


def _said(token: str) -> str:
    if "'" not in token:
        return token.strip('"').casefold()
    prefix, _, text = token[:-1].partition("'")
    text = text.replace("''", "'")
    return text.replace(r"\t", _TAB).replace("\\\\", "\\").replace(r"\'", "'") if prefix else text
