"""Public suffixes: domains under which strangers to each other have theirs, such as co.uk and github.io."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from breachcheck.addresses import Domain


def is_public_suffix(domain: Domain) -> bool:
    """By the list of publicsuffix.org, both its parts, as of the package that carries it; nobody is asked."""
    return bool(_listed().is_public(domain))


@cache
def _listed() -> PublicSuffixList:
    return PublicSuffixList()
