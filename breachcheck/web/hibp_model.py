"""The breach model of /api/v3: HIBP's object, every key always present, in HIBP's order and spelling."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from flask import Response

from breachcheck.answers import Checked, timestamp
from breachcheck.catalog import Breach
from breachcheck.web import markdown

Model = Mapping[str, object]


def truncated(breach: Breach) -> Model:
    """What a look-up answers unless asked for more."""
    return {"Name": breach.name}


def full(breach: Breach) -> Model:
    """The whole model. ``PwnCount`` is the number of people indexed where the disclosed one is unknown."""
    facts = breach.facts
    return {
        "Name": breach.name,
        "Title": breach.title,
        "Domain": facts.domain,
        "BreachDate": facts.breach_date.isoformat(),
        "AddedDate": timestamp(breach.added_at),
        "ModifiedDate": timestamp(breach.modified_at),
        "PwnCount": breach.people if facts.affected is None else facts.affected,
        "Description": _description(facts.description),
        "LogoPath": facts.logo_path or "",
        "Attribution": facts.attribution,
        "DisclosureUrl": facts.disclosure_url,
        "DataClasses": sorted(breach.data_classes, key=str.lower),
        "IsVerified": facts.is_verified,
        "IsFabricated": facts.is_fabricated,
        "IsSensitive": facts.is_sensitive,
        "IsRetired": facts.is_retired,
        "IsSpamList": facts.is_spam_list,
        "IsMalware": facts.is_malware,
        "IsSubscriptionFree": facts.is_subscription_free,
        "IsStealerLog": facts.is_stealer_log,
    }


def headers_of(checked: Checked | None) -> list[tuple[str, str]]:
    """Of an answer about accounts: how much it covers, if anything, and that nobody may keep it."""
    return [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("Breachcheck-Breaches-Checked", str(checked.breaches if checked else 0)),
        *([("Breachcheck-Newest-Added", timestamp(checked.newest_added))] if checked else ()),
    ]


def json_response(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")


@lru_cache(maxsize=1 << 15)
def _description(text: str) -> str:
    """Sanitised HTML; a single paragraph without its tags, as HIBP's stand inside one of the reader's."""
    html = str(markdown.as_html(text)).strip()
    inside = html.removeprefix("<p>").removesuffix("</p>")
    return html if "<p>" in inside or not html.startswith("<p>") or not html.endswith("</p>") else inside
