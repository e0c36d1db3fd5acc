"""Owner links: the proof that an address is one's own, by a link or a code that was mailed to it."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from breachcheck.ciphers import derived
from breachcheck.db.base import Database, Row
from breachcheck.digests import Digest
from breachcheck.errors import UnknownLink
from breachcheck.mail_requests import MailRequest, MailRequests, RequestKind

LIFE_S = 1800
MOST_ATTEMPTS = 5
_CODES = 10**6
_PAUSES = str.maketrans("", "", " -\u00a0\u2009\u202f")

_SPENT = "This link was used or is older than 30 minutes; ask for a new one."
_WRONG = "This code is wrong, was used, is older than 30 minutes or is for another browser; ask for a new one."


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """What is mailed: *token* works anywhere, the six digits of *code* in the browser that asked.

    Tokens are hexadecimal: mail programs take a hyphen at the end of a link for the sentence's.
    """

    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who proved an address: its *digest*, and that of its *base*, the address without its plus tag, if it has one."""

    digest: Digest
    base: Digest | None = None


class OwnerLinks:
    """The table ``owner_link``: hashes of what was mailed, with the digest that they prove, for half an hour.

    Of an address it holds digests alone. Whether it is in any breach is never asked here.
    """

    def __init__(
        self, db: Database, requests: MailRequests, app_key: bytes, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._db = db
        self._requests = requests
        self._key = derived(app_key, "owner links")
        self._clock = clock

    def ask(self, account: str, browser_nonce: str, *, language: str = "en") -> None:
        """Have a link and a code mailed to *account*, unless its limits or its owner say no, which nobody can tell.

        *browser_nonce*: random, known to the browser that asks alone. The mail leaves when the worker comes to it,
        within a second or two. Raises InvalidAccount.
        """
        self._requests.add(RequestKind.OWNER_LINK, account, language=language, browser=self._hash(browser_nonce))

    def make(self, request: MailRequest) -> OwnerLink:
        """What to mail for *request*. Durable together with the caller's transaction."""
        link = OwnerLink(secrets.token_hex(32), f"{secrets.randbelow(_CODES):06}")
        now = int(self._clock())
        self._db.execute(
            """
            INSERT INTO owner_link (token_hash, browser, code_hash, digest, base, expires_at)
            VALUES (:token_hash, :browser, :code_hash, :digest, :base, :expires_at)
            """,
            {
                "token_hash": self._hash(link.token),
                "browser": request.browser,
                "code_hash": self._hash(f"{request.browser} {link.code}"),
                "digest": request.digest,
                "base": self._requests.base_of(request),
                "expires_at": now + LIFE_S,
            },
        )
        return link

    def sweep(self) -> None:
        """Forget what is too old to be spent."""
        self._db.execute("DELETE FROM owner_link WHERE expires_at <= :now", {"now": int(self._clock())})

    def is_open(self, token: str) -> bool:
        """Whether ``spend`` would take it. Spends nothing: mail scanners open every link."""
        rows = self._db.query(
            "SELECT 1 AS one FROM owner_link WHERE token_hash = :hash AND expires_at > :now",
            {"hash": self._hash(token), "now": int(self._clock())},
        )
        return bool(rows)

    def spend(self, token: str) -> Owner:
        """Whose address is proved by the link with *token*; it and its code work no more. Raises UnknownLink."""
        rows = self._db.query(
            """
            DELETE FROM owner_link
            WHERE token_hash = :hash AND expires_at > :now
            RETURNING digest, base
            """,
            {"hash": self._hash(token), "now": int(self._clock())},
        )
        for row in rows:
            return _owner(row)
        raise UnknownLink(_SPENT)

    def spend_code(self, code: str, browser_nonce: str) -> Owner:
        """As ``spend``, by the code, spaces and hyphens allowed, in the browser that asked.

        Five tries count, right or wrong; then only the link works. Raises UnknownLink.
        """
        browser = self._hash(browser_nonce)
        typed = self._hash(f"{browser} {code.translate(_PAUSES)}")
        for row in self._tried(browser):
            if hmac.compare_digest(row, typed):
                return self._spend_by_code(browser, typed)
        raise UnknownLink(_WRONG)

    def _tried(self, browser: str) -> list[str]:
        """Hashes of the codes that *browser* may still try; durably tried once more."""
        rows = self._db.query(
            """
            UPDATE owner_link
            SET attempts = attempts + 1
            WHERE browser = :browser AND attempts < :most AND expires_at > :now
            RETURNING code_hash
            """,
            {"browser": browser, "most": MOST_ATTEMPTS, "now": int(self._clock())},
        )
        return [row["code_hash"] for row in rows]

    def _spend_by_code(self, browser: str, code_hash: str) -> Owner:
        rows = self._db.query(
            "DELETE FROM owner_link WHERE browser = :browser AND code_hash = :code_hash RETURNING digest, base",
            {"browser": browser, "code_hash": code_hash},
        )
        for row in rows:
            return _owner(row)
        raise UnknownLink(_WRONG)

    def _hash(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()


def _owner(row: Row) -> Owner:
    return Owner(Digest(row["digest"]), None if row["base"] is None else Digest(row["base"]))
