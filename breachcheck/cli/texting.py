"""``breachcheck breaches texts``: what the company's own mailer can say to its customers."""

import json
from pathlib import Path

import click

from breachcheck import customer_texts
from breachcheck.breaches import LoadId
from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.numbers import NUMBER
from breachcheck.customer_texts import NO_TEXT, CustomerText
from breachcheck.languages import LOCALES
from breachcheck.services import opened


@click.command(short_help="Texts for the company's own mailer.")
@data_option
@json_option
@click.argument("name")
@click.option("--load", "load_id", type=NUMBER, help="Of this load, not of the one that is published.")
@click.option(
    "--language", "languages", type=click.Choice([*LOCALES]), multiple=True, help="In this one; all where left out."
)
def texts(data: Path | None, as_json: bool, name: str, load_id: int | None, languages: tuple[str, ...]) -> None:
    """A text for each combination of details, for the company's own mailer. No address stands in any."""
    with opened(data) as services:
        row = services.breaches.get(name)
        chosen = customer_texts.load_of(row, None if load_id is None else LoadId(load_id), services.loads)
        made = customer_texts.texts_of(
            chosen,
            languages or [*LOCALES],
            catalogue=services.catalogue,
            letters=services.post.letters,
            settings=services.config,
        )
    if as_json:
        click.echo(json.dumps([customer_texts.as_json(one) for one in made.texts], ensure_ascii=False))
    else:
        click.echo("\n\n".join(map(_in_words, made.texts)) or f"Nobody is in load {chosen} of {row.name}.")


def _in_words(one: CustomerText) -> str:
    people = f"{one.people:,} {'person' if one.people == 1 else 'people'}"
    heading = f"Text {one.letter}, for {people} ({one.details()})"
    if not one.texts:
        return f"{heading}\nNone: {NO_TEXT}."
    said = [f"[{tag}] {text.subject}\n\n{text.text.strip()}" for tag, text in one.texts.items()]
    return "\n\n".join([heading, *said])
