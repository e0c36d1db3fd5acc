"""``breachcheck migrate-store``: the store to another engine, and back."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from breachcheck import config, folders, key_ring
from breachcheck.backups import store_moves
from breachcheck.backups.store_moves import Move
from breachcheck.cli.edge import json_option, say
from breachcheck.config import Config
from breachcheck.db.engines import store_of
from breachcheck.errors import MoveFault
from breachcheck.interruption import stoppable
from ingest.loading import only_load

IS_COPIED = """
Copied {rows:,} rows from {source} to {target}; every table is the same on both sides.
The keys were not copied. The same ones open both; they are looked for here, and belong there if they are not:
{keys}
Next: {next}, run `breachcheck doctor`, and never again serve the store that was copied: it is still there.
""".strip()
TO_POSTGRES = "set `database` to the URL in {settings}, or BREACHCHECK_DATABASE"
TO_SQLITE = "take `database` out of {settings}, and BREACHCHECK_DATABASE out of the environment"

LINE_EVERY_S = 5.0


@click.command("migrate-store")
@json_option
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def migrate_store(as_json: bool, source: str, target: str) -> None:
    """Copy the whole store FROM one engine TO the other.

    One of them is a data folder, the other postgresql://USER@HOST/NAME, an empty database. Stop `serve` and every
    worker first. What was cut off goes on where it stopped when the same is typed again; nothing opens the copy before
    every table in it was found to be the same.
    """
    data, url = _folder_and_url(source, target)
    in_files, in_database = _settings(data, url)
    ways = (in_database, in_files) if _is_url(source) else (in_files, in_database)
    store_of(ways[0]).require()
    folders.make(data)
    with stoppable(), only_load(data, _refuse):
        done = store_moves.move(*ways, Lines())
    click.echo(json.dumps(_facts(done)) if as_json else _words(done, in_files, _is_url(target)))


class Lines:
    """A line on standard error when it begins, and every few seconds, for terminals and logs alike."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def __call__(self, stage: str, rows: int) -> None:
        if time.monotonic() - self._last >= LINE_EVERY_S:
            self._last = time.monotonic()
            say(f"{stage}: {rows:,} rows")


def _folder_and_url(source: str, target: str) -> tuple[Path, str]:
    if _is_url(source) == _is_url(target):
        raise click.UsageError(
            "One of FROM and TO must be a data folder, the other postgresql://…; within one engine `breachcheck"
            " backup`, or pg_dump, makes copies."
        )
    return (Path(target), source) if _is_url(source) else (Path(source), target)


def _settings(data: Path, url: str) -> tuple[Config, Config]:
    """Those of the folder, with the store in files and in the database."""
    read = replace(config.read(data), database=None)
    in_database = replace(read, database=url)
    config.require_sense(in_database)
    return read, in_database


def _is_url(place: str) -> bool:
    return place.startswith(("postgresql://", "postgres://"))


def _refuse() -> NoReturn:
    raise MoveFault("A load runs in this data folder; let it end, or stop it. Nothing was copied.")


def _facts(done: Move) -> dict[str, object]:
    return {"from": done.source, "to": done.target, "rows": sum(done.rows.values()), "tables": done.rows}


def _words(done: Move, settings: Config, is_to_postgres: bool) -> str:
    return IS_COPIED.format(
        rows=sum(done.rows.values()),
        source=done.source,
        target=done.target,
        keys="\n".join(f"    {path}" for path in key_ring.files_of(settings)),
        next=(TO_POSTGRES if is_to_postgres else TO_SQLITE).format(settings=settings.data / config.SETTINGS_FILE),
    )
