"""Spelling: a second spelling of an address whose provider looks like a slip. A guess, from a short list, made here."""

PROVIDERS = (
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "ymail.com", "hotmail.com", "hotmail.co.uk",
    "hotmail.fr", "outlook.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me",
    "protonmail.com", "fastmail.com", "zoho.com", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de",
    "t-online.de", "freenet.de", "mail.com", "mail.ru", "yandex.ru", "orange.fr", "free.fr", "laposte.net", "libero.it",
    "email.com", "comcast.net", "verizon.net", "btinternet.com", "qq.com", "163.com", "naver.com",
)  # fmt: skip
"""Best known first: of two that are equally near, the first is meant."""

SHORTEST = 6
"""Among shorter names one letter makes too many others: me.com and mac.com are nobody's slip."""


def did_you_mean(account: str) -> str | None:
    """*account* at the provider that was probably meant; None where its domain is known or resembles none."""
    local, at, domain = account.strip().rpartition("@")
    typed = domain.lower()
    if not at or typed in PROVIDERS:
        return None
    meant = next((known for known in PROVIDERS if len(known) >= SHORTEST and _is_one_slip(typed, known)), None)
    return f"{local}@{meant}" if meant else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few or wrong, or two neighbours swapped."""
    start = next((place for place, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    rest, wanted = typed[start:], meant[start:]
    is_swap = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return is_swap or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
