"""What every page says of its site: its name, who runs it, and, in a demo, that it is one. Read once, at start."""

from urllib.parse import urlsplit

from flask import Flask

from breachcheck import demo
from breachcheck.services import Services
from breachcheck.settings.locators import MAILTO, is_page
from breachcheck.settings.look import Look
from breachcheck.web import language, preferences, request_log
from breachcheck.web.answer_page import where_from
from breachcheck.web.breach_page import reason, without_address
from breachcheck.web.breach_texts import in_sentence, marks_of, marks_of_language, texts_of, title_of
from breachcheck.web.markdown import as_html, with_code
from breachcheck.web.own_look import STYLESHEET, icon_of, logo_of, own_files


def install(app: Flask, services: Services, look: Look) -> None:
    """Give every template, those of errors too, what base.html needs; none of it waits for a store out of reach."""
    fixed = _fixed(services, look)
    app.add_template_filter(as_html, "markdown")
    app.add_template_filter(with_code)
    app.add_template_filter(without_address)
    app.add_template_filter(reason)
    for say in (title_of, texts_of, marks_of, in_sentence, where_from):
        app.add_template_filter(say)

    @app.context_processor
    def about() -> dict[str, object]:
        return {
            **fixed,
            "language_tag": language.tag(),
            "text_direction": language.direction(),
            "in_english": marks_of_language("en"),
            "languages": language.names(),
            "theme": preferences.theme(),
            "themes": preferences.theme_names(),
            "colour_schemes": preferences.THEMES[preferences.theme()],
            "open_incidents": services.site_status.open_incidents,
            "request_id": request_log.request_id(),
            "this_page": preferences.page_to_come_back_to(),
        }


def _fixed(services: Services, look: Look) -> dict[str, object]:
    """What stays the same for as long as the site is served."""
    settings = services.config
    return {
        "site_name": settings.site_name,
        "operator_name": settings.site_operator,
        "home_page": settings.site_home_page,
        "home_host": urlsplit(settings.site_home_page or "").netloc,
        "contact_url": contact_url(settings.site_contact),
        "privacy_url": contact_url(settings.site_privacy_contact),
        "logo": logo_of(look),
        "icon": icon_of(look),
        "own_style": STYLESHEET if STYLESHEET in own_files(look) else None,
        "has_mail": settings.mail != "off",
        "is_written": settings.mail == "outbox",
        "outbox_folder": settings.outbox_path if services.is_demo else None,
        "is_closed": settings.disclosure == "closed",
        "is_open": settings.disclosure == "open",
        "demo_addresses": demo.demo_addresses() if services.is_demo else None,
    }


def contact_url(contact: str) -> str:
    """Where a click on "Contact" leads; empty where there is nothing to click."""
    if not contact or is_page(contact):
        return contact
    return f"{MAILTO}{contact.removeprefix(MAILTO)}"
