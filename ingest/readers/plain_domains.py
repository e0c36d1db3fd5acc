"""Domains as they are met in plain records: which of them are plain, and whose mailboxes ignore dots."""

import regex as re

from breachcheck.addresses import IGNORES_DOTS, PLAIN

_plain_form = re.compile(PLAIN)


def is_plain(domain: bytes) -> bool:
    """Whether a plain local part makes a plain address with *domain*."""
    return domain.isascii() and _plain_form.fullmatch(f"x@{domain.decode()}") is not None


def ignores_dots(domain: bytes) -> bool | None:
    """Whether mailboxes at *domain*, in lower case, ignore dots; None where it is not plain, or stands for another."""
    if not is_plain(domain):
        return None
    name = domain.decode()
    return None if IGNORES_DOTS.get(name, name) != name else name in IGNORES_DOTS
