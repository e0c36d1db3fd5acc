"""A site in two languages that nobody speaks, made of the English texts: long words, and right to left.

Runs as a program, with the options of ``breachcheck serve`` that matter here.
"""

import re
from pathlib import Path

import click
import waitress
from babel.support import NullTranslations
from flask import Flask

from breachcheck import config, languages
from breachcheck.services import open_services
from breachcheck.web import language
from breachcheck.web.app import create_app

LONG, LEFTWARDS = "hu", "he"
"""Tags whose rules for dates and lists the made-up languages borrow."""
LOCALES = {LONG: "hu_HU", LEFTWARDS: "he_IL"}

KEPT = re.compile(r"(<[^>]+>|%\(\w+\)[sd]|\{\w+\}|%%|&\w+;|`[^`]+`)")
HEBREW = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד")
ACCENTED = str.maketrans("aeiouAEIOU", "áéíőűÁÉÍŐŰ")


class Pseudo(NullTranslations):
    """Answers every text with itself, changed word by word; what stands for values, and tags, stays."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._change = _longer if tag == LONG else _leftwards

    def gettext(self, message: str) -> str:
        return "".join(part if KEPT.fullmatch(part) else self._change(part) for part in KEPT.split(message))

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return self.gettext(msgid1 if num == 1 else msgid2)

    ugettext, ungettext = gettext, ngettext


def _longer(text: str) -> str:
    """Every word of four letters or more half as long again, as German has them."""
    longer = re.sub(r"[A-Za-z]{4,}", lambda word: word[0] + "seggaritonbar"[: len(word[0]) // 2], text)
    return longer.translate(ACCENTED)


def _leftwards(text: str) -> str:
    return text.lower().translate(HEBREW)


def pseudo_app(data: Path) -> Flask:
    """The site over *data*, with the made-up languages beside its own."""
    languages.LOCALES.update(LOCALES)
    app = create_app(open_services(config.read(data, {})))
    texts = {tag: Pseudo(tag) for tag in LOCALES}
    with app.app_context():
        domain = app.extensions["babel"].instance.domain_instance
    spoken = domain.get_translations
    domain.get_translations = lambda: texts.get(language.tag()) or spoken()
    return app


@click.command()
@click.option("--data", type=Path, required=True)
@click.option("--port", type=int, required=True)
def main(data: Path, port: int) -> None:
    waitress.serve(pseudo_app(data), host="127.0.0.1", port=port, threads=4, _quiet=True)


if __name__ == "__main__":
    main()
