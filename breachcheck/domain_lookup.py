"""Look-ups of whole domains: how many of their people are in which breach, and, where they are sealed, who."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from breachcheck.addresses import Address, Domain, base_of
from breachcheck.catalog import Breach, Catalogue, Published
from breachcheck.digests import Digest, Digester, Kind
from breachcheck.disclosure import OPERATOR, may_be_shown
from breachcheck.errors import IndexMoved, NothingToAsk
from breachcheck.headcounts import Headcounts
from breachcheck.lookup import ATTEMPTS
from breachcheck.sealed_accounts import SealedAccounts
from breachcheck.sealing import Sealer

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class DomainExposure:
    """How many people of a domain *breach* holds, and how many of them each combination of classes; most first."""

    breach: Breach
    people: int
    by_classes: tuple[tuple[frozenset[str], int], ...]


@dataclass(frozen=True, slots=True)
class DomainAnswer:
    """Everything *asked* was, but for *not_counted*: breaches loaded before domains were counted.

    *as_of*: as of an answer.
    """

    as_of: int
    asked: tuple[Breach, ...]
    exposures: tuple[DomainExposure, ...]
    not_counted: tuple[Breach, ...]

    @property
    def checked(self) -> int:
        """How many breaches the numbers speak for."""
        return len(self.asked) - len(self.not_counted)

    @property
    def people(self) -> int:
        """Counted once for each breach that they are in."""
        return sum(one.people for one in self.exposures)


@dataclass(frozen=True, slots=True)
class SealedExposure:
    """What of one person of a domain one breach holds."""

    address: Address
    breach: Breach
    leaked: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccountsAnswer:
    """Everyone of a domain who is sealed, by address, but for whoever opted out.

    *not_sealed*: breaches that hold people of the domain and sealed none of them.
    """

    exposures: tuple[SealedExposure, ...]
    not_sealed: tuple[Breach, ...]


class DomainLookup:
    """Answers in exact numbers, or raises. Whom they may be told to is for the caller to see to."""

    def __init__(
        self,
        catalogue: Catalogue,
        headcounts: Headcounts,
        sealed_accounts: SealedAccounts,
        digester: Digester,
        sealer: Sealer,
    ) -> None:
        self._catalogue = catalogue
        self._headcounts = headcounts
        self._sealed_accounts = sealed_accounts
        self._digester = digester
        self._sealer = sealer

    def ask(self, domain: Domain) -> DomainAnswer:
        """How many people of *domain* are in what is published; its subdomains count for themselves.

        Raises NothingToAsk where no breach can answer, IndexMoved where what is published kept moving, and other kinds
        of CouldNotCheck.
        """
        answer = self._steadily(lambda published: self._answer(published, domain))
        if not answer.checked:
            raise NothingToAsk(_nothing_to_ask(answer.not_counted))
        return answer

    def accounts_of(self, domain: Domain) -> AccountsAnswer:
        """Who of *domain* is in what is published, as far as they are sealed. Raises CouldNotCheck, BoxDamaged too."""
        return self._steadily(lambda published: self._accounts(published, domain))

    def all_of(self, domain: Domain) -> tuple[DomainAnswer, AccountsAnswer]:
        """Both, of one moment; also where no breach can answer. Raises CouldNotCheck as they do."""
        return self._steadily(lambda published: (self._answer(published, domain), self._accounts(published, domain)))

    def _answer(self, published: Published, domain: Domain) -> DomainAnswer:
        found: dict[int, list[tuple[frozenset[str], int]]] = defaultdict(list)
        for field_set_id, number in self._headcounts.of(self._digester.of_domain(domain)).items():
            if owner := published.field_sets.get(field_set_id):
                found[owner[0].load_id].append((owner[1].classes, number))
        exposed = [breach for breach in published.breaches if breach.load_id in found]
        asked = tuple(one for one in published.breaches if Kind.EMAIL in one.kinds)
        return DomainAnswer(
            as_of=self._catalogue.as_of(published),
            asked=asked,
            exposures=tuple(_exposure(breach, found[breach.load_id]) for breach in exposed),
            not_counted=tuple(one for one in asked if one.tally.domains is None and one.people),
        )

    def _accounts(self, published: Published, domain: Domain) -> AccountsAnswer:
        sealed: Counter[int] = Counter()
        found = []
        for account in self._sealed_accounts.of_domain(self._digester.of_domain(domain)):
            if owner := published.field_sets.get(account.field_set_id):
                breach, field_set = owner
                sealed[breach.load_id] += 1
                address = self._sealer.open(account.box, domain, account.digest, breach.name)
                if self._may_be_shown(address, account.digest, published):
                    found.append(SealedExposure(address, breach, field_set.classes))
        held = (one.breach for one in self._answer(published, domain).exposures)
        return AccountsAnswer(
            exposures=tuple(sorted(found, key=lambda one: (one.address, one.breach.title.lower()))),
            not_sealed=tuple(breach for breach in held if not sealed[breach.load_id]),
        )

    def _may_be_shown(self, address: Address, digest: Digest, published: Published) -> bool:
        """No one who asks about a whole domain has proved each address in it."""
        base = base_of(address)
        digest_of_base = None if base is None else self._digester.of_address(base)
        return may_be_shown(OPERATOR, published.suppressed, digest, digest_of_base)

    def _steadily(self, ask: Callable[[Published], Told]) -> Told:
        """What *ask* makes of what is published, if that stays so meanwhile."""
        for _ in range(1 + ATTEMPTS):
            published = self._catalogue.published()
            told = ask(published)
            if self._catalogue.stands(published):
                return told
        raise IndexMoved("What is published changed while we looked; ask again.")


def _exposure(breach: Breach, numbers: Iterable[tuple[frozenset[str], int]]) -> DomainExposure:
    by_classes: Sequence[tuple[frozenset[str], int]] = sorted(numbers, key=lambda one: (-one[1], sorted(one[0])))
    return DomainExposure(breach, sum(number for _, number in by_classes), tuple(by_classes))


def _nothing_to_ask(not_counted: Sequence[Breach]) -> str:
    if not not_counted:
        return "No breach here can be asked about a domain."
    titles = ", ".join(breach.title for breach in not_counted)
    return f"No breach here can be asked about a domain: an older breachcheck loaded {titles}; load again."
