"""The schema, written once for every engine: numbered migrations, forward only; one that has landed is never edited.

In SQLite's words, which the engine of each module beside this one spells in its own: INTEGER is 64 bits wide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breachcheck.db.schema import breaches, hooks, index, people, status, teams


@dataclass(frozen=True)
class Schema:
    """What one database of a store holds: the statements of each migration, by its name, in their order."""

    name: str
    migrations: Mapping[str, str]


INDEX = Schema(
    "index",
    {
        "m0001_exposures": index.EXPOSURES,
        "m0002_identity": index.IDENTITY,
        "m0003_headcounts": index.HEADCOUNTS,
        "m0004_sealed_accounts": index.SEALED_ACCOUNTS,
        "m0022_checksums": index.CHECKSUMS,
    },
)

CATALOGUE = Schema(
    "catalogue",
    {
        "m0001_catalogue": breaches.STORE + breaches.BREACHES + breaches.LOADS + breaches.ACCESS + breaches.WORK,
        "m0002_suppressions": people.SUPPRESSIONS,
        "m0003_mails": people.MAILS,
        "m0004_owner_links": people.OWNER_LINKS,
        "m0005_subscribers": people.SUBSCRIBERS,
        "m0006_owners": people.OWNERS,
        "m0007_changes": breaches.CHANGES,
        "m0008_watchlists": teams.WATCHLISTS,
        "m0009_domains": teams.DOMAINS,
        "m0010_webhooks": hooks.WEBHOOKS,
        "m0011_keys": teams.KEYS,
        "m0012_signed_out": people.SIGNED_OUT,
        "m0014_reviews": breaches.REVIEWS,
        "m0016_names": breaches.NAMES,
        "m0020_sensitive_watching": teams.SENSITIVE_WATCHING,
        "m0021_claims": people.CLAIMS + hooks.CLAIMS,
        "m0023_performance": status.PERFORMANCE,
        "m0024_incidents": status.INCIDENTS,
    },
)


def statements(text: str) -> list[str]:
    """Each statement of a migration by itself."""
    return [statement.strip() for statement in text.split(";\n") if statement.strip()]
