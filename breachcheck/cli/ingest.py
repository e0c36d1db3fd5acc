"""``breachcheck ingest``: load a breach from its manifest and data files."""

import json
from pathlib import Path
from typing import Any

import click

from breachcheck import comparisons
from breachcheck.cli import tallying
from breachcheck.cli.edge import FAILED, INTERRUPTED, data_option, json_option, say
from breachcheck.cli.output import who
from breachcheck.cli.progress import shown
from breachcheck.comparisons import Comparison
from breachcheck.config import Config
from breachcheck.holdings import Holdings
from breachcheck.interruption import stoppable
from breachcheck.opening import held
from breachcheck.tallies import Part, Tally
from ingest import manifest as manifests
from ingest import pipeline
from ingest.manifest import Manifest
from ingest.pipeline import LoadRefused, Outcome, Terms


@click.command()
@data_option
@json_option
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--hold", is_flag=True, help="Load it, but let nobody see it yet.")
@click.option("--hold-on-warning", is_flag=True, help="Hold it if anything looks odd, until that is accepted.")
@click.option("--dry-run", is_flag=True, help="Do all but write.")
@click.option(
    "--max-rejected",
    type=click.FloatRange(0, 1),
    default=pipeline.MAX_REJECTED,
    show_default=True,
    help="The share of records that may be rejected.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Read the first so many records of each data file; holds.")
@click.option(
    "--sample",
    type=click.FloatRange(0, 1, min_open=True),
    help="Read such a share of each data file, spread over it; holds.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="List every rejected record in this CSV file: its file, line and the reason, never what it says.",
)
def ingest(
    data: Path | None,
    as_json: bool,
    manifest: Path,
    hold: bool,
    hold_on_warning: bool,
    dry_run: bool,
    max_rejected: float,
    limit: int | None,
    sample: float | None,
    rejects: Path | None,
) -> int:
    """Load the breach that MANIFEST describes, and publish it."""
    if limit is not None and sample is not None:
        raise click.UsageError("--limit and --sample exclude each other; choose one.")
    read = manifests.read(manifest)
    part = Part(limit=limit, share=sample) if limit or sample else None
    with stoppable(), held(data) as holdings:
        try:
            with shown() as progress:
                terms = Terms(hold, hold_on_warning, max_rejected, progress.ask, rejects, part)
                outcome = pipeline.run(read, holdings, progress=progress, by=who(), terms=terms, dry_run=dry_run)
        except LoadRefused as refused:
            click.echo(json.dumps(_facts(None, refused.tally)) if as_json else tallying.table(refused.tally))
            say(str(refused))
            return FAILED
        return _tell(outcome, read, holdings, as_json=as_json)


def _tell(outcome: Outcome, manifest: Manifest, holdings: Holdings, *, as_json: bool) -> int:
    """The exit status. Whoever stops this hears at least what became of the load."""
    try:
        compared = tallying.compared(outcome, holdings)
        tell = _tell_facts if as_json else _tell_people
        tell(outcome, compared, manifest, holdings.config)
    except KeyboardInterrupt:
        say(f"Stopped before all of it was said. {tallying.result(outcome, manifest)}")
        return INTERRUPTED
    return 0


def _tell_facts(outcome: Outcome, compared: Comparison | None, manifest: Manifest, _: Config) -> None:
    comparison = {"comparison": comparisons.as_json(compared, None)} if compared else {}
    facts = _facts(outcome, outcome.tally) | {"breach": manifest.facts.name} | comparison
    click.echo(json.dumps(facts, ensure_ascii=False))


def _tell_people(outcome: Outcome, compared: Comparison | None, manifest: Manifest, settings: Config) -> None:
    change = [tallying.change(compared)] if compared else []
    click.echo("\n\n".join([tallying.table(outcome.tally), *change, tallying.closing(outcome, manifest, settings)]))


def _facts(outcome: Outcome | None, tally: Tally) -> dict[str, Any]:
    made: dict[str, Any] = {
        "load": outcome.load_id if outcome else None,
        "published": bool(outcome and outcome.is_published),
        "waits_for": list(outcome.waits_for) if outcome else [],
    }
    return made | tallying.as_json(tally)
