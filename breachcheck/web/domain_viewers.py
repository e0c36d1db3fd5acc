"""Domain viewers: what the holder of a key sees as who has proved domains. What sensitive breaches say is audited."""

import time

from breachcheck.addresses import Domain, canonical, domain_of
from breachcheck.api_keys import ApiKey
from breachcheck.audit import AuditEntry
from breachcheck.digests import Kind
from breachcheck.disclosure import KEY, SENSITIVE, Role, Viewer, about_people_of
from breachcheck.web.context import services
from breachcheck.web.questions import Question

SENSITIVE_ASKED = "ask sensitive breaches"
MOST_NAMED = 5


def viewer_of(key: ApiKey, question: Question) -> Viewer:
    """Who asks *question*: of an address at a domain they proved they may be told more, if an operator allowed it.

    Raises InvalidAccount.
    """
    if SENSITIVE not in key.scopes or question.kind is not Kind.EMAIL:
        return KEY
    return viewer_about(key, domain_of(canonical(question.account)))


def viewer_about(key: ApiKey, domain: Domain, *, sees_aliases: bool = True) -> Viewer:
    """Who asks about people of *domain*. Audited where they are told of sensitive breaches: the domain, no account."""
    viewer = about_people_of(_holder(key, sees_aliases=sees_aliases), domain)
    if viewer.sees_sensitive:
        note(key, SENSITIVE_ASKED, f"people of {domain}")
    return viewer


def viewer_of_many(key: ApiKey, what: str) -> Viewer:
    """Who asks about people of any domains, in *what*. Audited once, with the domains that more may be told of."""
    if SENSITIVE not in key.scopes:
        return KEY
    note_many(key, what)
    return _holder(key, sees_aliases=True)


def note_many(key: ApiKey, what: str) -> None:
    """Audit that *what* asks about people of every domain of which *key* may be told more, if there is any."""
    proved = services().proofs.proved_by(key.id)
    names = sorted(proved.exact | proved.whole) if SENSITIVE in key.scopes else []
    if names:
        more = f" and {len(names) - MOST_NAMED:,} more domains" if len(names) > MOST_NAMED else ""
        note(key, SENSITIVE_ASKED, f"{what}: people of {', '.join(names[:MOST_NAMED])}{more}")


def note(key: ApiKey, action: str, subject: str) -> None:
    services().audit.note(AuditEntry(at=int(time.time()), actor=f"key {key.id}", action=action, subject=subject))


def _holder(key: ApiKey, *, sees_aliases: bool) -> Viewer:
    return Viewer(
        Role.KEY,
        sees_aliases=sees_aliases,
        scopes=frozenset(key.scopes),
        domains=services().proofs.proved_by(key.id),
    )
