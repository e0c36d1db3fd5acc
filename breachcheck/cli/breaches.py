"""``breachcheck breaches``: what is loaded and published, and the switch between the two."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click

from breachcheck import config
from breachcheck.breaches import LoadId, differences
from breachcheck.cli.comparing import compare
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned, who
from breachcheck.cli.reporting import report
from breachcheck.cli.showing import show, summary
from breachcheck.cli.telling import offer, tell
from breachcheck.cli.texting import texts
from breachcheck.listings import Imported
from breachcheck.loads import Load
from breachcheck.services import opened
from ingest import catalogues
from ingest import manifest as manifests

lower_sensitivity_option = click.option(
    "--lower-sensitivity", is_flag=True, help="Show a breach that was sensitive as one that is not."
)

_AFTER = """
Its page:         /breaches/{name}, while `breachcheck serve` runs
For an authority: breachcheck breaches report {name}
For your mailer:  breachcheck breaches texts {name}
Take it back:     breachcheck breaches withdraw {name}
""".strip()


@click.group(short_help="Publish, withdraw and correct breaches, and tell of them.")
def breaches() -> None:
    """List, show, publish, withdraw, roll back and correct breaches, and tell subscribers of them."""


@breaches.command("list")
@data_option
@json_option
def list_breaches(data: Path | None, as_json: bool) -> None:
    """Every breach, published or not."""
    with opened(data) as services:
        facts = [summary(services, row) for row in services.breaches.all()]
    click.echo(
        json.dumps(facts) if as_json else aligned(facts, "Nothing is loaded yet: breachcheck ingest breach.yaml")
    )


@breaches.command()
@data_option
@json_option
@click.argument("name")
@click.option("--load", "load_id", type=NUMBER, help="This load, not the newest one that is held.")
@lower_sensitivity_option
@click.option("--although-in-part", is_flag=True, help="Publish a load that read a part of its files alone.")
@click.option("--accept", multiple=True, metavar="WARNING", help="Accept this warning of the load; may be repeated.")
def publish(
    data: Path | None,
    as_json: bool,
    name: str,
    load_id: int | None,
    lower_sensitivity: bool,
    although_in_part: bool,
    accept: tuple[str, ...],
) -> None:
    """Make a held load visible, in place of the one that was."""
    with opened(data) as services:
        publishing = services.publishing
        load = publishing.publish(
            publishing.held_load(name) if load_id is None else publishing.load_of(name, LoadId(load_id)),
            by=who(),
            lower_sensitivity=lower_sensitivity,
            although_in_part=although_in_part,
            accept=accept,
        )
        facts = summary(services, services.breaches.get(name))
    said = f"Published {load.facts.name}, load {load.id}: {_people(load)} can be found."
    _say(facts, f"{said}\n{_AFTER.format(name=load.facts.name)}", as_json=as_json)


@breaches.command()
@data_option
@json_option
@click.argument("name")
@click.option("--reason", help="Shown to everyone on the breach's page, and in its history.")
def withdraw(data: Path | None, as_json: bool, name: str, reason: str | None) -> None:
    """Show a breach to nobody. Its load stays and can be published again."""
    with opened(data) as services:
        row = services.publishing.withdraw(name, by=who(), reason=reason)
        wrongly_told = services.post.notify.to_be_corrected(name)
        is_written = services.config.mail == "outbox"
        facts = summary(services, services.breaches.get(name)) | {"to_be_corrected": wrongly_told}
    back = f"`breachcheck breaches publish {row.name}` brings it back."
    said = (
        f"Withdrew {row.name}. Nobody was told; {back}\n{offer(wrongly_told, row.name, is_written=is_written)}".rstrip()
    )
    _say(facts, said, as_json=as_json)


@breaches.command()
@data_option
@json_option
@click.argument("name")
@lower_sensitivity_option
def rollback(data: Path | None, as_json: bool, name: str, lower_sensitivity: bool) -> None:
    """Go back to the load that was published before this one."""
    with opened(data) as services:
        load = services.publishing.roll_back(name, by=who(), lower_sensitivity=lower_sensitivity)
        wrongly_told = services.post.notify.to_be_corrected(name)
        is_written = services.config.mail == "outbox"
        facts = summary(services, services.breaches.get(name)) | {"to_be_corrected": wrongly_told}
    said = f"{load.facts.name} is back at load {load.id}: {_people(load)} can be found."
    _say(facts, f"{said}\n{offer(wrongly_told, load.facts.name, is_written=is_written)}".rstrip(), as_json=as_json)


@breaches.command(short_help="Correct what is said of a published breach.")
@data_option
@json_option
@click.argument("manifest", type=click.Path(path_type=Path))
@lower_sensitivity_option
def update(data: Path | None, as_json: bool, manifest: Path, lower_sensitivity: bool) -> None:
    """Take over what a manifest says about a published breach; no data file is read."""
    with opened(data) as services:
        said = manifests.read(manifest).facts
        config.require_way_to_owner(services.config, said.disclosure)
        before = {load.id: load.facts for load in services.loads.of_breach(services.breaches.get(said.name).id)}
        load = services.publishing.update(said, by=who(), lower_sensitivity=lower_sensitivity)
        facts = summary(services, services.breaches.get(said.name))
    changed = differences(before.get(load.id, load.facts), load.facts)
    done = f"Updated {load.facts.name} ({', '.join(changed)}); earlier words stay in its history."
    _say(facts, done if changed else f"Nothing changed: {load.facts.name} says all of this already.", as_json=as_json)


@breaches.command("import", short_help="List breaches of which no data is held.")
@data_option
@json_option
@click.argument("file", type=click.File("rb"))
@lower_sensitivity_option
def import_catalogue(data: Path | None, as_json: bool, file: BinaryIO, lower_sensitivity: bool) -> None:
    """List the breaches of HIBP's `breaches` JSON, of which no data is held. With -, from standard input."""
    with opened(data) as services:
        entries = catalogues.read(file.read(catalogues.MAX_BYTES + 1))
        imported = services.listings.enter(entries, by=who(), lower_sensitivity=lower_sensitivity)
    if as_json:
        click.echo(json.dumps(asdict(imported)))
        return
    for words, names in _told(imported).items():
        click.echo(f"{len(names):>6,}  {words}")
    if imported.unknown:
        click.echo(f"Left out, since this version knows no such data class: {', '.join(imported.unknown)}.")


@breaches.command(short_help="Delete exposures that nobody can see any more.")
@data_option
@click.option("--keep", type=click.IntRange(min=0), default=1, show_default=True, help="Former loads a breach keeps.")
def prune(data: Path | None, keep: int) -> None:
    """Delete the exposures of failed loads, and of those that have not been current for an hour."""
    with opened(data) as services:
        prunable = services.publishing.prunable(now=int(time.time()), keep=keep)
        for load_id in prunable:
            deleted = services.publishing.prune(load_id, by=who())
            click.echo(f"Pruned load {load_id}: {deleted:,} exposures.")
    if not prunable:
        click.echo("There is nothing to prune.")


breaches.add_command(show)
breaches.add_command(tell)
breaches.add_command(compare)
breaches.add_command(report)
breaches.add_command(texts)


def _told(imported: Imported) -> dict[str, list[str]]:
    return {
        "listed now: anyone can read of them, and nobody can be found in them": imported.new,
        "said otherwise than before, and changed": imported.changed,
        "as before": imported.unchanged,
        "left alone, for they have or had data here, or were withdrawn": imported.kept,
    }


def _say(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    """How the breach stands now: *facts* for programs, or *words*."""
    click.echo(json.dumps(facts) if as_json else words)


def _people(load: Load) -> str:
    return f"{load.tally.people:,} {'person' if load.tally.people == 1 else 'people'}"
