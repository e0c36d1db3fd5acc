"""Letters: every mail, rendered from its templates in the recipient's language, text and HTML saying the same."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from breachcheck.answers import Exposure
from breachcheck.config import Config
from breachcheck.languages import Tongue, isolated, tongue
from breachcheck.mail.notices import notice_of
from breachcheck.manifest_texts import Text
from breachcheck.outbox import Mail
from breachcheck.settings import look
from breachcheck.settings.locators import MAILTO

if TYPE_CHECKING:
    from jinja2 import Environment

PATHS: Mapping[str, str] = {
    "owner_link": "/owner/link/{token}",
    "stop": "/owner/stop/{token}",
    "confirm": "/subscribe/{token}",
    "unsubscribe": "/unsubscribe/{token}",
}
"""Where links in mails lead, under the site's own address. The web site serves them; opening one changes nothing."""


@dataclass(frozen=True, slots=True)
class LinkColours:
    """Of links in HTML mails, on light and on dark screens."""

    light: str = "#0b5394"
    dark: str = "#8fc1ff"


@dataclass(frozen=True, slots=True)
class Written:
    """What a mail says, to whomever."""

    subject: str
    text: str
    html: str


class Letters:
    """Renders mails for one site. Each is whole: what it says needs no link, but for the two that ask for a click."""

    def __init__(self, settings: Config, *, is_demo: bool) -> None:
        self._settings = settings
        self._is_demo = is_demo
        self._folder = _folder()
        self._typed = urlsplit(settings.site_url).netloc

    @cached_property
    def _links(self) -> LinkColours:
        """Read with the first letter: commands that write none work whatever the look is."""
        accents = look.read(self._settings.site_folder).accents
        return LinkColours(str(accents.light.colour), str(accents.dark.colour)) if accents else LinkColours()

    def owner_link(self, recipient: str, language: str, *, token: str, code: str, stop_token: str) -> Mail:
        """The same for every address, known or not."""
        values = {
            "link": self._link("owner_link", token),
            "stop": self._link("stop", stop_token),
            "code": f"{code[:3]} {code[3:]}",
        }
        return self._mail("owner_link", recipient, language, values)

    def domain_code(self, recipient: str, language: str, *, domain: str, code: str, stop_token: str) -> Mail:
        """The code that proves *domain*, for whoever reads the mail of its standard mailboxes."""
        values = {"domain": domain, "code": code, "stop": self._link("stop", stop_token)}
        return self._mail("domain_code", recipient, language, values)

    def trial(self, recipient: str, language: str) -> Mail:
        """That mails arrive; says nothing of anybody."""
        return self._mail("trial", recipient, language, {"link": f"{self._settings.site_url}/"})

    def confirmation(self, recipient: str, language: str, *, token: str) -> Mail:
        """The question whether this address is to be told of breaches."""
        return self._mail("confirmation", recipient, language, {"link": self._link("confirm", token)})

    def notification(self, recipient: str, language: str, exposure: Exposure, *, unsubscribe_token: str) -> Mail:
        """That their details were in a breach, which of them, and what to do."""
        values = {"notice": notice_of(exposure, self._typed, tongue(language))}
        return self._mail("notification", recipient, language, values, unsubscribe_token)

    def private_notification(self, recipient: str, language: str, *, unsubscribe_token: str) -> Mail:
        """That there is news; neither subject, text nor links say of what."""
        return self._mail("private_notification", recipient, language, {}, unsubscribe_token)

    def correction(
        self,
        recipient: str,
        language: str,
        *,
        title: str,
        told_at: int,
        went_wrong: str,
        is_right: str,
        is_out: bool,
        unsubscribe_token: str,
    ) -> Mail:
        """That what they were told was wrong. *is_out*: they are not in the breach at all, as far as we know now."""
        values = {
            "title": title,
            "date": tongue(language).day(told_at),
            "went_wrong": went_wrong.strip().rstrip("."),
            "is_right": is_right.strip().rstrip("."),
            "is_out": is_out,
        }
        return self._mail("correction", recipient, language, values, unsubscribe_token)

    def private_correction(self, recipient: str, language: str, *, told_at: int, unsubscribe_token: str) -> Mail:
        """That private news was wrong; says as little as that did."""
        values = {"date": tongue(language).day(told_at)}
        return self._mail("private_correction", recipient, language, values, unsubscribe_token)

    def to_customers(self, language: str, exposure: Exposure, *, can_look: bool) -> Written:
        """What a company itself writes to all of whom *exposure* is so. *can_look*: they may look it up on the site."""
        spoken = tongue(language)
        notice, said = notice_of(exposure, self._typed, spoken), exposure.breach.texts_in(spoken.tag)
        foreign = [*notice.foreign, *([said.phone] if said.phone.lang != spoken.tag else [])]
        email = exposure.breach.facts.help.email if exposure.breach.facts.help else None
        questions = [where for where in (said.phone.words, email, said.help_url) if where]
        values = {"notice": notice, "can_look": can_look, "questions": questions, "foreign": foreign}
        return self._written("customers", spoken, {"signed": [said.company or said.title], **values})

    def to_private_customers(self, language: str) -> Written:
        """The same where neither subject nor text may say of what, or whose."""
        spoken = tongue(language)
        return self._written("private_customers", spoken, {"signed": [isolated(self._settings.site_name, spoken.tag)]})

    def _written(self, name: str, spoken: Tongue, values: Mapping[str, object]) -> Written:
        known = {**self._known(spoken), **values}
        environment = _environment(self._folder, spoken)
        subject = environment.get_template(f"{name}.subject").render(known).strip()
        return Written(
            subject=subject,
            text=_paragraphs(environment.get_template(f"{name}.txt").render(known)),
            html=environment.get_template(f"{name}.html").render(known, subject=subject),
        )

    def _mail(
        self, name: str, recipient: str, language: str, values: Mapping[str, object], unsubscribe_token: str = ""
    ) -> Mail:
        spoken = tongue(language)
        unsubscribe = self._link("unsubscribe", unsubscribe_token) if unsubscribe_token else ""
        written = self._written(name, spoken, {"unsubscribe": unsubscribe, **values})
        return Mail(
            recipient=recipient,
            subject=written.subject,
            text=written.text,
            html=written.html,
            language=spoken.tag,
            message_id=secrets.token_hex(16),
            unsubscribe_url=unsubscribe,
        )

    def _known(self, spoken: Tongue) -> dict[str, object]:
        """What every mail says of its site."""
        return {
            "tag": spoken.tag,
            "site": self._settings.site_name,
            "typed": self._typed,
            "is_demo": self._is_demo,
            "links": self._links,
            "signed": list(self._signed(spoken)),
        }

    def _signed(self, spoken: Tongue) -> Iterator[str]:
        """The last lines: whose mail it is, and where they can be found and asked."""
        yield self._run_by(spoken)
        if contact := self._settings.site_privacy_contact:
            asked = spoken.say("Questions about your data:")
            yield f"{asked} {_unlinked(contact)}"
        if page := self._settings.site_home_page:
            named = spoken.say("Our own web site:")
            yield f"{named} {_unlinked(page)}"

    def _run_by(self, spoken: Tongue) -> str:
        site, contact = isolated(self._settings.site_name, spoken.tag), self._settings.site_contact
        operator = isolated(self._settings.site_operator, spoken.tag)
        told = spoken.say("%(site)s, run by %(operator)s.", site=site, operator=operator) if operator else f"{site}."
        return f"{told} {_unlinked(contact)}".strip()

    def _link(self, name: str, token: str) -> str:
        return self._settings.site_url + PATHS[name].format(token=token)


@cache
def _environment(folder: Path, spoken: Tongue) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # few programs write letters

    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["marked"] = _marked
    environment.install_gettext_translations(spoken.texts, newstyle=True)  # type: ignore[attr-defined]
    return environment


def _marked(sentence: str, foreign: Sequence[Text]) -> Markup:
    """*sentence* for HTML, with the language of each of the *foreign* texts in it."""
    langs = {str(escape(text.words)): text.lang for text in foreign}
    if not langs:
        return escape(sentence)
    longest_first = "|".join(map(re.escape, sorted(langs, key=len, reverse=True)))

    def mark(found: re.Match[str]) -> str:
        return f'<span lang="{escape(langs[found[0]])}">{found[0]}</span>'

    return Markup(re.sub(longest_first, mark, escape(sentence)))  # noqa: S704 - all of it was escaped above


def _unlinked(contact: str) -> str:
    """As one types it: links in mails lead to the site itself alone."""
    return contact.removeprefix(MAILTO).removeprefix("https://").rstrip("/")


def _folder() -> Path:
    """Installed, the templates lie in the package; in a checkout, beside it."""
    package = Path(str(files("breachcheck")))
    inside = package / "templates" / "mail"
    return inside if inside.is_dir() else package.parent / "templates" / "mail"


def _paragraphs(text: str) -> str:
    """Paragraphs with one empty line between them, whatever was left out."""
    kept = [paragraph.strip("\n") for paragraph in text.split("\n\n")]
    return "\n\n".join(paragraph for paragraph in kept if paragraph.strip()) + "\n"
