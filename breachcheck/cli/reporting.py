"""``breachcheck breaches report``: what an authority's form asks of a breach."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from breachcheck import breach_reports, data_classes
from breachcheck.breach_reports import BreachReport
from breachcheck.breaches import Facts, LoadId
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned, plain_date
from breachcheck.config import Config
from breachcheck.disclosure import FEWEST, is_few
from breachcheck.services import opened

NOT_KNOWN_HERE = (
    "What this store cannot know, and the form asks: what was done about the breach and against its effects, who was"
    "\ntold by the company itself, when the authority was told and why not sooner, and who answers its questions."
)


@click.command(short_help="What a data protection authority asks of a breach.")
@data_option
@json_option
@click.argument("name")
@click.option("--load", "load_id", type=NUMBER, help="Of this load, not of the one that is published.")
def report(data: Path | None, as_json: bool, name: str, load_id: int | None) -> None:
    """What a data protection authority asks of a breach (as in GDPR, article 33): whose data, how many, when."""
    with opened(data) as services:
        made = breach_reports.report_of(
            services.breaches.get(name),
            None if load_id is None else LoadId(load_id),
            breaches=services.breaches,
            loads=services.loads,
            field_sets=services.field_sets,
            notifications=services.post.notifications,
            written=services.post.outbox.written(),
        )
        settings = services.config
    if as_json:
        by = {
            "name": settings.site_operator or None,
            "contact": settings.site_contact or None,
            "privacy_contact": settings.site_privacy_contact or None,
            "mail": settings.mail,
        }
        click.echo(json.dumps(breach_reports.as_json(made) | {"by": by}, ensure_ascii=False))
    else:
        click.echo(in_words(made, settings))


def in_words(made: BreachReport, settings: Config) -> str:
    """The report, a block for each question."""
    blocks = [
        f"{made.facts.title}: report on load {made.load.id}, {'published' if made.is_published else 'not published'}",
        "What happened, and whose data it is\n" + _lines(_parties(made.facts, settings)),
        "When\n" + _lines(_dates(made)),
        "How many\n" + _lines(_numbers(made)),
        "Kinds of data, in people\n" + aligned([*_classes(made)], "none"),
        "What people have together\n" + _together(made),
        "Not in it\n" + _lines(_absent(made)),
        "Files\n" + aligned([*_files(made)], "none"),
        "Who was told\n" + _lines(_told(made, settings)),
        NOT_KNOWN_HERE,
    ]
    return "\n\n".join(blocks)


def _lines(said: Iterator[tuple[str, object]]) -> str:
    return "\n".join(f"  {name:<24} {f'{value:,}' if isinstance(value, int) else value}" for name, value in said)


def _parties(facts: Facts, settings: Config) -> Iterator[tuple[str, object]]:
    yield "breach", f"{facts.name}{f' ({facts.domain})' if facts.domain else ''}"
    yield "held by", facts.held_by or "not said"
    yield "on behalf of", facts.on_behalf_of or "nobody else, as far as is said"
    yield "who is in it", facts.who or "not said"
    yield "this report by", " ".join(filter(None, [settings.site_operator, settings.site_contact])) or "not set"
    yield "asked about data", settings.site_privacy_contact or settings.site_contact or "not set"
    yield "notice", facts.disclosure_url or "none"
    yield "description", " ".join(facts.description.split())


def _dates(made: BreachReport) -> Iterator[tuple[str, object]]:
    facts, moments = made.facts, made.moments
    yield "breach", plain_date(facts.breach_date)
    yield "disclosed", plain_date(facts.disclosed_date) if facts.disclosed_date else "not said"
    for name, at in (
        ("loaded here", moments.loaded_at),
        ("first published here", moments.first_published_at),
        ("this load published", moments.published_at),
        ("withdrawn", moments.withdrawn_at),
    ):
        yield name, "never" if at is None else plain_date(at)


def _numbers(made: BreachReport) -> Iterator[tuple[str, object]]:
    tally, facts = made.tally, made.facts
    yield "people in our copy", tally.people
    yield "people, as disclosed", "not disclosed" if facts.affected is None else facts.affected
    yield "records read", tally.read
    yield "records of a person", tally.indexed + tally.duplicates
    for why, count in sorted(tally.rejected.items()):
        yield f"left out: {why}", count
    yield "our copy is", f"{facts.copy}{f'; read in part: {tally.part}' if tally.part else ''}"


def _classes(made: BreachReport) -> Iterator[dict[str, object]]:
    coverage = made.tally.coverage
    for name in data_classes.heaviest_first(coverage):
        yield {"data_class": name, "people": _few(coverage[name]), "level": _level(data_classes.get(name).weight)}
    for name in made.unknown:
        yield {"data_class": name, "people": "not known", "level": _level(data_classes.get(name).weight)}


def _together(made: BreachReport) -> str:
    rows: list[dict[str, object]] = [
        {"people": one.people, "level": _level(made.severity_of(one)), "classes": _listed(one.classes)}
        for one in made.common
    ]
    table = aligned(rows, "none of which five people or more are known")
    if not made.rare:
        return table
    return f"{table}\n{len(made.rare):,} more, of fewer than {FEWEST} people each, which are not told."


def _absent(made: BreachReport) -> Iterator[tuple[str, object]]:
    denied = made.denied
    if not denied.classes and not denied.also:
        yield "", "nobody said of anything that it was not in it"
        return
    yield "was not in it", "; ".join([*denied.classes, *denied.also])
    yield "says", made.facts.on_behalf_of or made.facts.held_by or "the discloser"
    yield "source", denied.source or "none given"


def _files(made: BreachReport) -> Iterator[dict[str, object]]:
    for one in made.tally.files:
        outcome = f"{one.outcome} ({one.why})" if one.why else one.outcome
        yield {"name": one.name, "records": one.read, "outcome": outcome, "sha256": one.sha256 or "-"}
    yield {"name": "the manifest", "records": 0, "outcome": "read", "sha256": made.load.manifest_sha256}


def _told(made: BreachReport, settings: Config) -> Iterator[tuple[str, object]]:
    """Nothing is called sent that was only written to the outbox folder."""
    yield "subscribers told", made.told
    if made.only_written:
        yield "mails only written", f"{made.only_written:,}, to the outbox folder, where nobody gets them"
    if settings.mail != "smtp":
        yield "", "mails do not leave this site: they are off, or only written to the outbox folder"
    for one in reversed(made.tellings):
        yield ("correction begun" if one.is_correction else "telling begun"), plain_date(one.begun_at)


def _few(people: int) -> str:
    return f"fewer than {FEWEST}" if is_few(people) else f"{people:,}"


def _level(weight: int) -> str:
    return data_classes.level(weight)


def _listed(classes: frozenset[str]) -> str:
    return ", ".join(data_classes.heaviest_first(classes))
