"""Breaches: what a manifest says of one, and the row that says which of its loads is current."""

from datetime import date
from typing import Literal

import msgspec

Disclosure = Literal["open", "owner", "closed"]
Copy = Literal["complete", "partial", "unknown"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a manifest: strict, frozen, by name."""


class NotExposed(_Part):
    """What the discloser said was *not* in the breach, and where it said so."""

    classes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    source: str | None = None


class Help(_Part):
    """Where the company answers questions about the breach."""

    url: str | None = None
    phone: str | None = None
    email: str | None = None


class CompanyStep(_Part):
    """One step that the company itself advises; shown before ours."""

    title: str
    why: str = ""
    how: str = ""


class Translation(_Part):
    """Texts of a breach in another language."""

    title: str | None = None
    description: str | None = None
    who: str | None = None


class Facts(_Part):
    """Everything a manifest says about a breach except where its data files are."""

    name: str
    title: str
    breach_date: date
    description: str
    domain: str = ""
    disclosed_date: date | None = None
    affected: int | None = None
    disclosure_url: str | None = None
    attribution: str | None = None
    logo_path: str | None = None
    held_by: str | None = None
    on_behalf_of: str | None = None
    who: str | None = None
    disclosed_classes: tuple[str, ...] = ()
    not_exposed: NotExposed | None = None
    class_notes: dict[str, str] = msgspec.field(default_factory=dict)
    copy: Copy = "unknown"
    disclosure: Disclosure = "open"
    help: Help | None = None
    advice: tuple[CompanyStep, ...] = ()
    translations: dict[str, Translation] = msgspec.field(default_factory=dict)
    is_verified: bool = True
    is_fabricated: bool = False
    is_sensitive: bool = False
    is_retired: bool = False
    is_spam_list: bool = False
    is_malware: bool = False
    is_subscription_free: bool = False
    is_stealer_log: bool = False
