"""``breachcheck domains``: what the breaches here hold of a whole domain."""

import json
import time
from pathlib import Path
from typing import Any

import click

from breachcheck.addresses import Domain, canonical_domain
from breachcheck.answers import by_weight
from breachcheck.audit import AuditEntry
from breachcheck.catalog import Breach
from breachcheck.cli import domain_proofs
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import aligned, who
from breachcheck.domain_lookup import AccountsAnswer, DomainAnswer
from breachcheck.services import Services, opened


@click.group()
def domains() -> None:
    """Look whole domains up, and see to who has proved theirs."""


for command in domain_proofs.COMMANDS:
    domains.add_command(command)


@domains.command()
@data_option
@json_option
@click.argument("domain")
@click.option("--accounts", is_flag=True, help="Say who it is, where their addresses are sealed.")
def show(data: Path | None, as_json: bool, domain: str, accounts: bool) -> None:
    """How many people of DOMAIN are in which breach. Subdomains count for themselves."""
    name = canonical_domain(domain)
    with opened(data) as services:
        _note(services, name, accounts=accounts)
        answer = services.domain_lookup.ask(name)
        sealed = services.domain_lookup.accounts_of(name) if accounts else None
    click.echo(json.dumps(_facts(name, answer, sealed)) if as_json else _words(name, answer, sealed))


def _note(services: Services, domain: Domain, *, accounts: bool) -> None:
    """A domain is named where it is the operator's own; another's may be that of one person."""
    action = "show accounts" if accounts else "count people"
    subject = domain if domain in services.own_domains else "one domain"
    services.audit.note(AuditEntry(at=int(time.time()), actor=who(), action=action, subject=subject))


def _facts(domain: Domain, answer: DomainAnswer, sealed: AccountsAnswer | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "domain": domain,
        "checked": {"breaches": answer.checked},
        "exposures": [
            {
                "breach": _named(one.breach),
                "people": one.people,
                "field_sets": [{"leaked": by_weight(classes), "people": people} for classes, people in one.by_classes],
            }
            for one in answer.exposures
        ],
        "not_counted": [_named(breach) for breach in answer.not_counted],
    }
    if sealed is None:
        return facts
    accounts = [
        {"account": one.address, "breach": _named(one.breach), "leaked": by_weight(one.leaked)}
        for one in sealed.exposures
    ]
    return facts | {"accounts": accounts, "not_sealed": [_named(breach) for breach in sealed.not_sealed]}


def _named(breach: Breach) -> dict[str, str]:
    return {"name": breach.name, "title": breach.title}


def _words(domain: Domain, answer: DomainAnswer, sealed: AccountsAnswer | None) -> str:
    blocks = [_headline(domain, answer)]
    if answer.exposures:
        blocks.append(aligned(_counts(answer), ""))
    if answer.not_counted:
        blocks.append(f"Not counted, for they were loaded by an older breachcheck: {_titles(answer.not_counted)}.")
    if sealed is not None:
        blocks += _accounts(sealed)
    return "\n\n".join(blocks)


def _headline(domain: Domain, answer: DomainAnswer) -> str:
    breaches = f"{answer.checked} {'breach' if answer.checked == 1 else 'breaches'}"
    if not answer.exposures:
        return f"Nobody with an address at {domain} is in the {breaches} we can count."
    return f"People with an address at {domain} are in {len(answer.exposures)} of {breaches}."


def _counts(answer: DomainAnswer) -> list[dict[str, object]]:
    return [
        {"breach": one.breach.title, "people": people, "leaked": by_weight(classes)}
        for one in answer.exposures
        for classes, people in one.by_classes
    ]


def _accounts(sealed: AccountsAnswer) -> list[str]:
    rows = [
        {"account": one.address, "breach": one.breach.title, "leaked": by_weight(one.leaked)}
        for one in sealed.exposures
    ]
    lines = [aligned(rows, "No account is sealed.")]
    if sealed.not_sealed:
        lines.append(f"Not sealed: {_titles(sealed.not_sealed)}. Name the domain in own_domains, and load again.")
    return lines


def _titles(breaches: tuple[Breach, ...]) -> str:
    return ", ".join(breach.title for breach in breaches)
