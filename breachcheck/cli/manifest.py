"""``breachcheck manifest``: check a manifest, or have one drafted."""

from pathlib import Path

import click

from breachcheck import config
from breachcheck.cli.edge import data_option
from breachcheck.sealing import own_domains
from ingest import drafting
from ingest import manifest as manifests

no_data_needed = click.option(
    "--data", type=click.Path(path_type=Path), expose_value=False, help="Taken as by every command; not needed."
)


@click.group()
def manifest() -> None:
    """Draft a manifest from data files, or check one."""


@manifest.command()
@data_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def draft(data: Path | None, files: tuple[Path, ...]) -> None:
    """Print a manifest for FILES, written from their formats and column names; no value is shown.

    Of the data folder the settings alone are read, if there are any: own_domains says whose accounts would be sealed.
    """
    click.echo(drafting.draft(files, own_domains(config.read(data).own_domains)), nl=False)


@manifest.command("check")
@no_data_needed
@click.argument("path", type=click.Path(path_type=Path))
def check_manifest(path: Path) -> None:
    """Read a manifest and say what is wrong with it, if anything is."""
    read = manifests.read(path)
    click.echo(f"{path} is a good manifest of {read.facts.name} with {len(read.files)} file entries.")
