"""Mail providers: domains at which strangers to each other have their addresses. mail_providers.txt lists them."""

from functools import cache
from importlib import resources

from breachcheck.addresses import Domain


def is_mail_provider(domain: Domain) -> bool:
    """Whether *domain*, or one that it lies in, is known to give addresses to anybody.

    Nobody can own all addresses there, so nothing is ever told, proved or sealed for it as a whole.
    """
    labels = domain.split(".")
    return any(".".join(labels[start:]) in all_listed() for start in range(len(labels)))


@cache
def all_listed() -> frozenset[Domain]:
    """Every domain that is known, without those that lie in them."""
    lines = resources.files(__package__).joinpath("mail_providers.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(Domain(line) for line in lines if line and not line.startswith("#"))
