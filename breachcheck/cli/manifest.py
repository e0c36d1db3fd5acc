"""``breachcheck manifest``: check a manifest, have one drafted, and what it may call the data."""

import json
from pathlib import Path

import click

from breachcheck import config, data_classes
from breachcheck.cli.edge import data_option, json_option, say
from breachcheck.cli.output import aligned
from breachcheck.cli.progress import typed
from breachcheck.errors import ManifestError
from breachcheck.sealing import own_domains
from ingest import drafting, sources
from ingest import manifest as manifests
from ingest.manifest import Manifest

no_data_needed = click.option(
    "--data", type=click.Path(path_type=Path), expose_value=False, help="Taken as by every command; not needed."
)


@click.group(short_help="Draft or check a manifest, or list the data classes.")
def manifest() -> None:
    """Draft a manifest from data files, check one, or list the data classes."""


@manifest.command(short_help="Write a manifest for data files.")
@data_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this new file, not to the screen.",
)
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that holds the password of encrypted archives; without one it is asked for.",
)
def draft(data: Path | None, files: tuple[Path, ...], output: Path | None, password_file: Path | None) -> None:
    """Write a manifest for FILES, from their formats and column names; no value is shown.

    Of the data folder the settings alone are read, if there are any: own_domains says whose accounts would be sealed.
    """
    if output:
        _require_place(output)
    sealed = own_domains(config.read(data).own_domains)
    folder = output.parent if output else Path()
    text = drafting.draft(files, sealed, folder=folder, password_file=password_file, ask=typed)
    if output is None:
        click.echo(text, nl=False)
        return
    with output.open("x", encoding="utf-8") as file:
        file.write(text)
    say(f"Drafted {output}. Next: fill in what is required, look at each line that says `check`, then")
    say(f"  breachcheck manifest check {output}")


@manifest.command("check")
@no_data_needed
@click.argument("path", type=click.Path(path_type=Path))
def check_manifest(path: Path) -> None:
    """Read a manifest and say what is wrong with it, if anything is."""
    read = manifests.read(path)
    entries = f"{len(read.files)} file {'entry' if len(read.files) == 1 else 'entries'}"
    click.echo(f"{path} is a good manifest of {read.facts.name} with {entries}.")
    if missing := _missing(read):
        click.echo(f"Not there yet: {', '.join(missing)}; a load needs them beside the manifest, or change `path`.")
    else:
        click.echo(f"Next: breachcheck ingest --hold {path}")


def _missing(read: Manifest) -> list[str]:
    """Files that the manifest names and that are not there."""
    paths = [path for entry in read.files for path in (entry.path, entry.password_file) if path]
    return [path for path in dict.fromkeys(paths) if not sources.is_there(path, read.folder)]


@manifest.command(short_help="The data classes that a mapping may name.")
@no_data_needed
@json_option
@click.argument("word", default="")
def classes(as_json: bool, word: str) -> None:
    """The data classes that a mapping may name, heaviest first; of those alone in which WORD stands."""
    folded = word.casefold()
    known = data_classes.all_classes().values()
    rows = [
        {"data_class": one.name, "in_words": one.plural, "for_its_owner_alone": one.owner_only}
        for one in known
        if folded in f"{one.name} {one.plural}".casefold()
    ]
    click.echo(json.dumps(rows) if as_json else aligned(rows, f"No data class has the word {word}; leave it out."))


def _require_place(output: Path) -> None:
    if output.exists():
        raise ManifestError(f"{output} is there already and is left as it is; name another file, or move it away.")
    if not output.parent.is_dir():
        raise ManifestError(f"There is no folder {output.parent} to write {output.name} to; make it first.")
