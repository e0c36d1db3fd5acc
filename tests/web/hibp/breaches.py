"""What the tests of /api/v3 ask about: one breach of each sort that HIBP treats differently."""

from datetime import date

from breachcheck.breaches import Facts
from breachcheck.services import Services
from tests.stores import facts, published_breach

ACCOUNT = "/api/v3/breachedaccount/"
AGENT = {"User-Agent": "tests"}
KEYLESS = ["breaches", "breach/Adobe", "latestbreach", "dataclasses"]

ADOBE = Facts(
    name="Adobe",
    title="Adobe",
    domain="adobe.example",
    breach_date=date(2013, 10, 4),
    description="Someone copied **customers**. <script>alert(1)</script> [More](https://adobe.example/more).",
    affected=152_445_165,
    attribution="Someone",
    disclosure_url="https://adobe.example/notice",
    disclosed_classes=("Password hints",),
)
PRIVATE = facts(name="Private", title="Private", domain="private.example", is_sensitive=True)
RETIRED = facts(name="Retired", title="Retired", domain="retired.example", is_retired=True)
RUMOUR = facts(name="Rumour", title="A rumour", domain="rumour.example", is_verified=False, is_spam_list=True)

EMAIL = ["Email addresses"]


def fill(store: Services) -> None:
    published_breach(store, ADOBE, {"alice@example.com": ["Usernames", *EMAIL], "bob+shop@example.com": EMAIL})
    published_breach(store, PRIVATE, {"alice@example.com": EMAIL, "secret@example.com": EMAIL})
    published_breach(store, RETIRED, {"alice@example.com": EMAIL, "gone@example.com": EMAIL})
    published_breach(
        store, RUMOUR, {"alice@example.com": EMAIL, "customer/department@example.com": EMAIL, "/x@example.com": EMAIL}
    )
