"""The catalogue of texts: made from the sources, brought into every language's file, and compiled.

``python -m tests.texts`` does all three and says how many texts a language still lacks; translators fill them in.
``python -m tests.texts fr`` begins a file for French as well.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "breachcheck" / "translations"
TEMPLATE = CATALOGUES / "messages.pot"

RULE = "Rule:"
"""Begins a comment above a text that tells translators when it is said."""

WITHOUT_TEXTS = ("cli",)
"""Rooms of the package that speak English only."""
TEMPLATES = {"*.html", "*.txt", "*.subject"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "say": None,
    "to_say": None,
    "ngettext": (1, 2),
    "to_count": (1, 2),
}
SPOKEN_OF_CLASSES = ("plural", "yours", "bare", "yours_at", "bare_at", "why", "what")
SPOKEN_OF_STEPS = ("title", "why", "how", "since", "one", "many", "none", "variants")

Text = str | tuple[str, ...]


def in_the_sources() -> Catalog:
    """Every text that a page or a mail may say, and where it stands."""
    catalog = _empty(None, "# Texts of breachcheck.")
    for place, text, comments in _found():
        catalog.add(text, locations=[(place, 0)], auto_comments=comments)
    return catalog


def template() -> Catalog:
    """The file that translators start from, as it is kept."""
    return _read(TEMPLATE)


def languages() -> list[str]:
    """The languages that have a file."""
    return sorted(path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def translated(language: str) -> Catalog:
    return _read(_file_of(language), language)


def compiled(catalog: Catalog) -> bytes:
    """What a program reads."""
    made = BytesIO()
    mofile.write_mo(made, catalog)
    return made.getvalue()


def kept_compiled(language: str) -> bytes:
    return _file_of(language).with_suffix(".mo").read_bytes()


def texts_of(catalog: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalog if message.id]


def contents_of(catalog: Catalog) -> dict[str | tuple[str, ...], tuple[list[str], list[str]]]:
    """What two catalogues must agree in to be the same: every text, where it stands and what is said of it."""
    return {
        message.id: (sorted(place for place, _ in message.locations), message.auto_comments)
        for message in texts_of(catalog)
    }


def _found() -> Iterator[tuple[str, Text, list[str]]]:
    package = ROOT / "breachcheck"
    rooms = (path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in WITHOUT_TEXTS)
    for path in sorted(rooms):
        yield from _called_for(path, "python")
    for path in sorted(path for kind in TEMPLATES for path in (ROOT / "templates").rglob(kind)):
        yield from _called_for(path, "jinja2")
    for name, spoken in (("data_classes.json", SPOKEN_OF_CLASSES), ("advice.json", SPOKEN_OF_STEPS)):
        path = package / name
        first, *_ = json.loads(path.read_text()).values()
        for one in first:
            for text in _strings(one, spoken):
                yield _place(path), text, []


def _called_for(path: Path, method: str) -> Iterator[tuple[str, Text, list[str]]]:
    options = {"trimmed": "true", "silent": "false"} if method == "jinja2" else {}
    for _line, text, comments, _context in extract_from_file(method, path, KEYWORDS, (RULE,), options):
        # Babel keeps the word before a comment in Python, and not in a template.
        yield _place(path), text, [f"{RULE} {said.removeprefix(RULE).strip()}" for said in comments]


def _strings(value: object, spoken: tuple[str, ...]) -> Iterator[str]:
    """The texts in *value* that stand under a key of *spoken*, at any depth."""
    if isinstance(value, dict):
        for key in spoken:
            yield from _strings(value.get(key), spoken)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, spoken)
    elif isinstance(value, str) and value:
        yield value


def _empty(language: str | None, comment: str) -> Catalog:
    """Its header names nobody: who wrote what is in the history of the tree."""
    catalog = Catalog(language, project="breachcheck", header_comment=comment, fuzzy=False)
    for name in ("version", "msgid_bugs_address", "last_translator", "language_team"):
        setattr(catalog, name, "")
    return catalog


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _file_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, ignore_obsolete=True)


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pofile.write_po(file, catalog, width=120, include_lineno=False, ignore_obsolete=True)


def _write_template() -> Catalog:
    """Keeps the file as it is where only its date would change."""
    found = in_the_sources()
    if not TEMPLATE.exists() or contents_of(found) != contents_of(template()):
        found.creation_date = datetime.now(UTC)
        _write(TEMPLATE, found)
    return template()


def _update(language: str, found: Catalog) -> int:
    catalog = translated(language)
    catalog.update(found, no_fuzzy_matching=True)
    _write(_file_of(language), catalog)
    _file_of(language).with_suffix(".mo").write_bytes(compiled(catalog))
    return sum(not all(_strings_of(message)) for message in texts_of(catalog))


def _strings_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def main(begun: list[str]) -> None:
    found = _write_template()
    for language in begun:
        _write(
            _file_of(language), _empty(language, f"# Texts of breachcheck in {Locale.parse(language).english_name}.")
        )
    for language in languages():
        missing = _update(language, found)
        sys.stdout.write(f"{language}: {missing} of {len(texts_of(found))} texts are not translated.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
