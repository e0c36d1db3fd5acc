"""Domains: which of them the holder of each API key has proved, or has begun to."""

import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from breachcheck.addresses import Domain
from breachcheck.ciphers import derived
from breachcheck.db.base import Database, Row
from breachcheck.errors import InvalidRequest, UnknownDomain
from breachcheck.mail_providers import is_mail_provider
from breachcheck.public_suffixes import is_public_suffix

DAY_S = 86_400
CHECK_EVERY_S = 30 * DAY_S
TRY_AGAIN_S = DAY_S
GRACE_S = 7 * DAY_S
CODE_LIFE_S = DAY_S
MOST_OF_A_KEY = 500

State = Literal["pending", "proved", "failing", "lapsed"]


class Way(StrEnum):
    """How a domain is proved."""

    DNS = "dns"
    FILE = "file"
    META = "meta"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class DomainClaim:
    """That the holder of a key says a domain is theirs. Epoch seconds.

    *checked_at*: when it was last found to be so; *way*: how; *failing_since*: when the proof was first not found.
    """

    key_id: int
    domain: Domain
    begun_at: int
    way: Way | None = None
    proved_at: int | None = None
    checked_at: int | None = None
    next_check_at: int | None = None
    failing_since: int | None = None

    @property
    def lapses_at(self) -> int | None:
        """When the proof ends if it is not found again; None for what was never proved."""
        return None if self.checked_at is None else self.checked_at + CHECK_EVERY_S + GRACE_S

    def state(self, now: int) -> State:
        """`failing` still counts as proved."""
        if self.lapses_at is None:
            return "pending"
        if now >= self.lapses_at:
            return "lapsed"
        return "proved" if self.failing_since is None else "failing"

    def is_proved(self, now: int) -> bool:
        return self.lapses_at is not None and now < self.lapses_at


@dataclass(frozen=True, slots=True)
class ProvedDomains:
    """What the holder of one key may speak for: *exact* domains, and *whole* ones with all below them."""

    exact: frozenset[Domain] = frozenset()
    whole: frozenset[Domain] = frozenset()

    def covers(self, domain: Domain) -> bool:
        return domain in self.exact or domain in self.whole or self.covers_from_above(domain)

    def covers_from_above(self, domain: Domain) -> bool:
        """Whether a whole domain holds *domain*, and nothing between them that strangers share."""
        labels = domain.split(".")
        for start in range(len(labels) - 1):
            here, above = (Domain(".".join(labels[at:])) for at in (start, start + 1))
            if is_unprovable(here):
                return False
            if above in self.whole:
                return True
        return False


@lru_cache(maxsize=4096)
def speaking_for(domain: Domain) -> tuple[Domain, ...]:
    """*domain*, and those above it of which one that is proved as a whole would cover it."""
    labels = domain.split(".")
    found = [domain]
    for start in range(len(labels) - 1):
        if is_unprovable(Domain(".".join(labels[start:]))):
            break
        found.append(Domain(".".join(labels[start + 1 :])))
    return tuple(found)


NOTHING_PROVED = ProvedDomains()


def is_unprovable(domain: Domain) -> bool:
    """Whether strangers to each other share *domain*, so that nobody can own all of it."""
    return is_public_suffix(domain) or is_mail_provider(domain)


class Domains:
    """The table ``domain_claim``. Tokens are computed from the app key and stand nowhere; of a code there is a hash."""

    def __init__(self, db: Database, app_key: bytes) -> None:
        self._db = db
        self._token_key = derived(app_key, "tokens of domains")
        self._code_key = derived(app_key, "codes of domains")

    def token(self, key_id: int, domain: Domain) -> str:
        """What proves *domain* for the holder of the key, wherever they put it: 32 hexadecimal digits."""
        return hmac.digest(self._token_key, f"{key_id} {domain}".encode(), "sha256").hex()[:32]

    def begin(self, key_id: int, domain: Domain, *, now: int) -> DomainClaim:
        """The claim; one that is there stays as it is. Raises InvalidRequest where the key has too many."""
        with self._db.transaction():
            if len(self.of_key(key_id)) >= MOST_OF_A_KEY and self.find(key_id, domain) is None:
                raise InvalidRequest(f"A key has at most {MOST_OF_A_KEY} domains; delete one first.", "/domain")
            self._db.execute(
                """
                INSERT INTO domain_claim (key_id, domain, begun_at)
                VALUES (:key_id, :domain, :now)
                ON CONFLICT (key_id, domain) DO NOTHING
                """,
                {"key_id": key_id, "domain": domain, "now": now},
            )
        return self.get(key_id, domain)

    def find(self, key_id: int, domain: Domain) -> DomainClaim | None:
        return next((one for one in self.of_key(key_id) if one.domain == domain), None)

    def get(self, key_id: int, domain: Domain) -> DomainClaim:
        """Raises UnknownDomain."""
        found = self.find(key_id, domain)
        if found is None:
            raise UnknownDomain("This key has begun no proof of that domain; begin one first.")
        return found

    def of_key(self, key_id: int) -> list[DomainClaim]:
        """By name."""
        rows = self._db.query(
            """
            SELECT key_id, domain, begun_at, way, proved_at, checked_at, next_check_at, failing_since
            FROM domain_claim
            WHERE key_id = :key_id
            ORDER BY domain
            """,
            {"key_id": key_id},
        )
        return [_claim(row) for row in rows]

    def all(self) -> list[DomainClaim]:
        """Of every key, revoked ones too, by key and name."""
        rows = self._db.query(
            """
            SELECT key_id, domain, begun_at, way, proved_at, checked_at, next_check_at, failing_since
            FROM domain_claim
            ORDER BY key_id, domain
            """
        )
        return [_claim(row) for row in rows]

    def all_proved(self, key_ids: Collection[int], *, now: int) -> frozenset[Domain]:
        """Every domain that the holder of one of these keys has proved."""
        return frozenset(one.domain for one in self.all() if one.key_id in key_ids and one.is_proved(now))

    def proved_by(self, key_id: int, *, now: int) -> ProvedDomains:
        """What counts now."""
        return _proved(one for one in self.of_key(key_id) if one.is_proved(now))

    def note_proved(self, claim: DomainClaim, way: Way, *, now: int) -> None:
        """It was found to be so. Nobody can look for a code again: what was proved by mail simply ends."""
        self._db.execute(
            """
            UPDATE domain_claim
            SET way = :way, proved_at = coalesce(proved_at, :now), checked_at = :now, next_check_at = :next,
                failing_since = NULL
            WHERE key_id = :key_id AND domain = :domain
            """,
            {
                "way": way.value,
                "now": now,
                "next": None if way is Way.MAIL else now + CHECK_EVERY_S,
                "key_id": claim.key_id,
                "domain": claim.domain,
            },
        )

    def note_missing(self, claim: DomainClaim, *, now: int) -> None:
        """The proof was not found again: tried daily until it ends."""
        self._db.execute(
            """
            UPDATE domain_claim
            SET failing_since = coalesce(failing_since, :now),
                next_check_at = CASE WHEN :now + :again < checked_at + :life THEN :now + :again END
            WHERE key_id = :key_id AND domain = :domain
            """,
            {
                "now": now,
                "again": TRY_AGAIN_S,
                "life": CHECK_EVERY_S + GRACE_S,
                "key_id": claim.key_id,
                "domain": claim.domain,
            },
        )

    def due(self, now: int) -> list[DomainClaim]:
        """Proofs that have to be looked at again, longest due first."""
        rows = self._db.query(
            """
            SELECT key_id, domain, begun_at, way, proved_at, checked_at, next_check_at, failing_since
            FROM domain_claim
            WHERE next_check_at <= :now
            ORDER BY next_check_at, key_id, domain
            """,
            {"now": now},
        )
        return [_claim(row) for row in rows]

    def forget(self, key_id: int, domain: Domain) -> None:
        """Raises UnknownDomain."""
        changed = self._db.execute(
            "DELETE FROM domain_claim WHERE key_id = :key_id AND domain = :domain",
            {"key_id": key_id, "domain": domain},
        )
        if not changed:
            raise UnknownDomain("This key has begun no proof of that domain; there is nothing to forget.")

    def new_code(self, key_id: int, domain: Domain, *, now: int) -> str | None:
        """A code to mail, in place of any before; None where nobody asks for it any more."""
        code = secrets.token_hex(10)
        changed = self._db.execute(
            """
            UPDATE domain_claim
            SET code_hash = :hash, code_expires_at = :until
            WHERE key_id = :key_id AND domain = :domain
            """,
            {"hash": self._hash(code), "until": now + CODE_LIFE_S, "key_id": key_id, "domain": domain},
        )
        return code if changed else None

    def spend_code(self, claim: DomainClaim, code: str, *, now: int) -> bool:
        """Whether *code* was mailed for *claim*, and neither spent before nor too old. It works no more."""
        changed = self._db.execute(
            """
            UPDATE domain_claim
            SET code_hash = NULL, code_expires_at = NULL
            WHERE key_id = :key_id AND domain = :domain AND code_hash = :hash AND code_expires_at > :now
            """,
            {"key_id": claim.key_id, "domain": claim.domain, "hash": self._hash(code), "now": now},
        )
        return bool(changed)

    def _hash(self, code: str) -> str:
        return hmac.digest(self._code_key, code.strip().lower().encode(), "sha256").hex()


def _proved(claims: Iterable[DomainClaim]) -> ProvedDomains:
    every = list(claims)
    return ProvedDomains(
        exact=frozenset(one.domain for one in every),
        whole=frozenset(one.domain for one in every if one.way is Way.DNS),
    )


def _claim(row: Row) -> DomainClaim:
    way = row["way"]
    return DomainClaim(**dict(row) | {"way": None if way is None else Way(way)})
