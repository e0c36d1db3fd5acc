"""``breachcheck breaches compare``: what a load would change in place of the one that it would replace."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from breachcheck import comparisons
from breachcheck.breaches import BreachRow, LoadId
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.cli.output import aligned
from breachcheck.comparisons import Change, Comparison, People
from breachcheck.errors import UnknownLoad
from breachcheck.holdings import Holdings
from breachcheck.loads import Load
from breachcheck.opening import held


@click.command(short_help="What a held load would change.")
@data_option
@json_option
@click.argument("name")
@click.option("--load", "load_id", type=NUMBER, help="This load, not the newest one that is held.")
@click.option("--before", "before_id", type=NUMBER, help="Compare with this load, not with the one that is published.")
def compare(data: Path | None, as_json: bool, name: str, load_id: int | None, before_id: int | None) -> None:
    """What a held load would change: records, people, classes, facts, files. Goes over the whole index."""
    with held(data) as holdings:
        row = holdings.breaches.get(name)
        before, after = _chosen(holdings, row, before_id, load_id)
        comparison = comparisons.compare(before, after)
        people = comparisons.compare_people(before, after, holdings.field_sets, holdings.index)
    if as_json:
        click.echo(json.dumps(comparisons.as_json(comparison, people)))
    else:
        click.echo(f"Load {after.id} of {row.name}, compared with load {before.id}\n")
        click.echo(in_words(comparison, people))


def in_words(comparison: Comparison, people: People | None) -> str:
    """Tables of counts, and lines of what else differs; *people* only where they were compared one by one."""
    blocks = ["Counts\n" + aligned(_rows("what", comparison.counts), "none")]
    blocks.append("Data classes, in people\n" + aligned(_classes(comparison, people), "none"))
    if people:
        blocks.append(
            f"People: {people.added:,} added, {people.gone:,} gone, {people.changed:,} with other classes,"
            f" {people.same:,} as before."
        )
    named = {"Said otherwise": comparison.facts, "New files": comparison.files_added, "Gone": comparison.files_gone}
    lines = [f"{label}: {', '.join(names)}." for label, names in named.items() if names]
    return "\n\n".join([*blocks, "\n".join(lines)] if lines else blocks)


def _rows(heading: str, changes: Mapping[str, Change]) -> list[dict[str, object]]:
    return [
        {heading: name, "before": one.before, "after": one.after, "change": f"{one.by:+,}" if one.by else "-"}
        for name, one in changes.items()
    ]


def _classes(comparison: Comparison, people: People | None) -> list[dict[str, object]]:
    rows = _rows("data_class", comparison.classes)
    if people is None:
        return rows
    moved = (people.classes[name] for name in comparison.classes)
    return [row | {"added": one.added, "gone": one.gone} for row, one in zip(rows, moved, strict=True)]


def _chosen(holdings: Holdings, row: BreachRow, before_id: int | None, load_id: int | None) -> tuple[Load, Load]:
    """The two loads: the newest, where it is held, or else the current one; and what was current before it."""
    loads = {load.id: load for load in holdings.loads.of_breach(row.id)}
    shown = [switch.load_id for switch in holdings.breaches.history(row.id) if switch.load_id]
    newest = next((one.id for one in loads.values() if one.state == "complete"), None)
    after = LoadId(load_id) if load_id is not None else row.current_load if newest in shown else newest
    former = next((one for one in ([row.current_load] if row.current_load else []) + shown if one != after), None)
    before = LoadId(before_id) if before_id is not None else former
    if before is None or after is None or before not in loads or after not in loads:
        raise UnknownLoad(
            f"{row.name} has no two such loads to compare; `breachcheck breaches show {row.name}` lists those it has."
        )
    return loads[before], loads[after]
