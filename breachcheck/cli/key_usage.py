"""``breachcheck keys usage``: how often a key called what, and how that went."""

import json
import time
from pathlib import Path

import click

from breachcheck.answers import timestamp
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.moments import length
from breachcheck.cli.output import aligned
from breachcheck.key_uses import MINUTE_S
from breachcheck.services import opened

STEPS_S = {"minute": MINUTE_S, "hour": 60 * MINUTE_S, "day": 24 * 60 * MINUTE_S}


@click.command()
@data_option
@json_option
@click.argument("called", metavar="KEY")
@click.option("--last", "last_s", type=length, default="30d", show_default=True, help="How far back.")
@click.option("--by", "step", type=click.Choice(list(STEPS_S)), default="day", show_default=True, help="In UTC.")
def usage(data: Path | None, as_json: bool, called: str, last_s: int, step: str) -> None:
    """How often a key called what, and how that went. For whom is counted nowhere."""
    since = int(time.time()) - last_s
    with opened(data) as services:
        key = services.api_keys.get(called)
        used = services.key_uses.of_key(key.id, since=since, step_s=STEPS_S[step])
    facts = [
        {step: timestamp(one.since), "endpoint": one.endpoint, "outcome": one.outcome, "calls": one.calls}
        for one in used
    ]
    click.echo(json.dumps(facts) if as_json else aligned(facts, f"Key {key.id} for {key.name} was not used then."))
