"""``breachcheck domains list|prove|check|forget``: which domains the holders of API keys have proved."""

import json
from pathlib import Path
from typing import Any

import click

from breachcheck.answers import timestamp
from breachcheck.cli.edge import FAILED, data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned, who
from breachcheck.domains import DomainClaim, Way
from breachcheck.errors import InvalidKey
from breachcheck.proof_ways import MAILBOXES, Instructions, instructions
from breachcheck.proofs import LOOKED_FOR, domain_in
from breachcheck.services import Services, opened

NOTHING = "No domain was proved, or begun to be; `breachcheck domains prove` begins."

key_option = click.option("--key", "key_id", type=NUMBER, required=True, help="The number of the API key.")


@click.command("list")
@data_option
@json_option
def list_domains(data: Path | None, as_json: bool) -> None:
    """Every domain that the holder of a key has proved, or begun to."""
    with opened(data) as services:
        facts = [_facts(one, services.proofs.now()) for one in services.domains.all()]
    click.echo(json.dumps(facts) if as_json else aligned(facts, NOTHING))


@click.command()
@data_option
@json_option
@click.argument("domain")
@key_option
@click.option("--mail-to", type=click.Choice(MAILBOXES), help="Have a code mailed to this mailbox of the domain.")
def prove(data: Path | None, as_json: bool, domain: str, key_id: int, mail_to: str | None) -> None:
    """Begin a proof that DOMAIN is the key's holder's: what to put where. Then `domains check`."""
    with opened(data) as services:
        _require_key(services, key_id)
        claim = services.proofs.begin(key_id, domain)
        if mail_to:
            services.proofs.mail_code(claim, mail_to)
        what = instructions(claim.domain, services.domains.token(key_id, claim.domain))
        facts = _facts(claim, services.proofs.now()) | _told(what)
        is_written = services.config.mail == "outbox"
    click.echo(json.dumps(facts) if as_json else _words(claim, what, mail_to, is_written=is_written))


@click.command(short_help="Look for the proof of a domain now.")
@data_option
@json_option
@click.argument("domain")
@key_option
@click.option("--way", type=click.Choice([one.value for one in Way]), help="Look there alone.")
@click.option("--code", default="", help="The code that came by mail.")
@click.pass_context
def check(
    ctx: click.Context, data: Path | None, as_json: bool, domain: str, key_id: int, way: str | None, code: str
) -> None:
    """Look for the proof of DOMAIN now; the exit status is 2 where it is not found."""
    with opened(data) as services:
        claim, misses = services.proofs.check(
            key_id, domain_in(domain), way=Way(way) if way else None, code=code, by=who()
        )
        facts = _facts(claim, services.proofs.now())
    tried = 1 if way or code else len(LOOKED_FOR)
    missed = [{"way": one.way.value, "why": one.why} for one in misses]
    click.echo(json.dumps(facts | {"missed": missed}) if as_json else aligned([facts], ""))
    if not as_json and missed:
        click.echo("\n" + aligned(missed, ""))
    ctx.exit(0 if len(misses) < tried else FAILED)


@click.command()
@data_option
@click.argument("domain")
@key_option
def forget(data: Path | None, domain: str, key_id: int) -> None:
    """Give DOMAIN up for a key: it opens nothing any more, at once."""
    with opened(data) as services:
        name = domain_in(domain)
        services.proofs.forget(key_id, name, by=who())
    click.echo(f"Key {key_id} has no proof of {name} any more.")


COMMANDS = (list_domains, prove, check, forget)


def _require_key(services: Services, key_id: int) -> None:
    if key_id not in [key.id for key in services.api_keys.alive()]:
        raise InvalidKey(f"There is no key {key_id}, or it has ended; `breachcheck keys list` shows them.")


def _facts(claim: DomainClaim, now: int) -> dict[str, Any]:
    return {
        "domain": claim.domain,
        "key": claim.key_id,
        "state": claim.state(now),
        "way": claim.way.value if claim.way else None,
        "checked_at": timestamp(claim.checked_at) if claim.checked_at else None,
        "lapses_at": timestamp(claim.lapses_at) if claim.lapses_at else None,
    }


def _told(what: Instructions) -> dict[str, Any]:
    return {
        "dns": {"type": "TXT", "value": what.txt},
        "file": {"url": what.file_url, "content": what.file_content},
        "meta": {"url": what.page_url, "tag": what.meta_tag},
    }


def _words(claim: DomainClaim, what: Instructions, mail_to: str | None, *, is_written: bool) -> str:
    lines = [
        f"Do one of these, then `breachcheck domains check {claim.domain} --key {claim.key_id}`:",
        f"  a TXT record at {claim.domain}, which proves its subdomains too:\n      {what.txt}",
        f"  a file at {what.file_url}, which holds:\n      {what.file_content}",
        f"  in the head of {what.page_url}:\n      {what.meta_tag}",
    ]
    if mail_to:
        goes = "written to the outbox folder, where nobody gets it, for" if is_written else "mailed to"
        lines.append(f"  A code is {goes} {mail_to} at {claim.domain}: give it with --code.")
    return "\n".join(lines)
