"""``breachcheck breaches tell``: mails to subscribers, each time a step of its own that is confirmed."""

import json
from collections.abc import Iterable, Mapping, Sized
from pathlib import Path

import click

from breachcheck.cli.edge import data_option, json_option
from breachcheck.cli.output import who
from breachcheck.languages import LOCALES
from breachcheck.mail.notify import Notify
from breachcheck.notifications import NO_WORDS, Words
from breachcheck.services import opened


@click.command(short_help="Mail those whose details are in a breach, or correct it.")
@data_option
@json_option
@click.argument("name")
@click.option("--correction", is_flag=True, help="Tell those who were told, and for whom it is not so.")
@click.option("--what-went-wrong", metavar="TEXT", help="With --correction: stands in the mail as it is.")
@click.option("--what-is-right", metavar="TEXT", help="With --correction: stands in the mail as it is.")
@click.option(
    "--in",
    "translated",
    nargs=3,
    multiple=True,
    metavar="LANGUAGE WHAT-WENT-WRONG WHAT-IS-RIGHT",
    help="With --correction: the two texts for those who read this language, such as de. May be given for each.",
)
@click.option("--nobody", is_flag=True, help="Tell, or with --correction correct, nobody: there are no more reminders.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def tell(
    data: Path | None,
    as_json: bool,
    name: str,
    correction: bool,
    what_went_wrong: str | None,
    what_is_right: str | None,
    translated: tuple[tuple[str, str, str], ...],
    nobody: bool,
    yes: bool,
) -> None:
    """Mail subscribers whose details are in a published breach, or correct what they were told.

    Each is told once, and again only if more of theirs is found. Publishing and withdrawing tell nobody.
    """
    words = Words(what_went_wrong or "", what_is_right or "")
    if nobody:
        _require_nothing_said(words, translated)
        _waive(data, name, is_correction=correction, as_json=as_json)
        return
    _require_words_of_corrections(words, translated, is_correction=correction)
    translations = _translations(translated)
    with opened(data) as services:
        is_written = services.config.mail == "outbox"
        count = _reach(services.post.notify, name, translations, is_correction=correction)
        if count and not (yes or click.confirm(_question(count, name, is_written=is_written), err=True)):
            raise click.Abort
        if correction:
            services.post.notify.correct(name, words, by=who(), translations=translations)
        else:
            services.post.notify.tell(name, by=who())
    _say(name, count, as_json=as_json, is_written=is_written)


def offer(people: int, name: str, *, is_written: bool) -> str:
    """What to do about those who were told of a breach what is not so; nothing where there are none.

    *is_written*: mails become files, so that nobody was told anything but by these.
    """
    if not people:
        return ""
    who = f"{people:,} {'person was' if people == 1 else 'people were'} told of it what is not so."
    if is_written:
        who = f"{_mails(people)} in the outbox folder, which nobody got, would tell of it what is not so."
    return (
        f"{who} Tell them: breachcheck breaches tell {name} --correction --what-went-wrong TEXT --what-is-right TEXT\n"
        f"Or, where that is not needed: breachcheck breaches tell {name} --correction --nobody"
    )


def _require_nothing_said(words: Words, translated: Sized) -> None:
    if words != NO_WORDS or translated:
        raise click.UsageError("--nobody goes with --correction alone: there is nothing to say.")


def _require_words_of_corrections(words: Words, translated: Sized, *, is_correction: bool) -> None:
    if is_correction != bool(words.what_went_wrong and words.what_is_right):
        raise click.UsageError("--correction, --what-went-wrong and --what-is-right go together.")
    if translated and not is_correction:
        raise click.UsageError("--in goes with --correction alone.")


def _reach(notify: Notify, name: str, translations: Mapping[str, Words], *, is_correction: bool) -> int:
    """How many would be told; says who of them reads another language than a correction is written in."""
    readers = notify.readers(name, is_correction=is_correction)
    if is_correction:
        _note_untranslated(readers, translations)
    return readers.total()


def _waive(data: Path | None, name: str, *, is_correction: bool, as_json: bool) -> None:
    with opened(data) as services:
        services.post.notify.waive(name, by=who(), is_correction=is_correction)
    if as_json:
        click.echo(json.dumps({"breach": name, "mails": 0}))
    else:
        done = "corrected about" if is_correction else "told of"
        click.echo(f"Noted: nobody is {done} {name} as it stands.")


def _translations(translated: Iterable[tuple[str, str, str]]) -> dict[str, Words]:
    """Each language once, and only those that mails are written in: others would reach nobody."""
    found: dict[str, Words] = {}
    for language, what_went_wrong, what_is_right in translated:
        if language not in LOCALES:
            raise click.UsageError(f'--in: no mail is written in "{language}"; there are {", ".join(LOCALES)}.')
        if language in found:
            raise click.UsageError(f"--in: {language} stands there twice.")
        if not (what_went_wrong.strip() and what_is_right.strip()):
            raise click.UsageError(f"--in {language}: both texts are needed, what went wrong and what is right.")
        found[language] = Words(what_went_wrong, what_is_right)
    return found


def _note_untranslated(readers: Mapping[str, int], translations: Mapping[str, Words]) -> None:
    """Who would read the two texts in another language than the mail around them."""
    for language in sorted(set(readers) - {*translations, next(iter(LOCALES))}):
        click.echo(
            f"{_mails(readers[language])} of these in {language}: your texts stand there as they are, without"
            f" --in {language} WHAT-WENT-WRONG WHAT-IS-RIGHT.",
            err=True,
        )


def _question(count: int, name: str, *, is_written: bool) -> str:
    if is_written:
        return f"This writes {_mails(count)} about {name} to the outbox folder, and sends none. Go on?"
    return f"This sends {_mails(count)} about {name}. Go on?"


def _say(name: str, count: int, *, as_json: bool, is_written: bool) -> None:
    if as_json:
        click.echo(json.dumps({"breach": name, "mails": count, "mail": "outbox" if is_written else "smtp"}))
    elif count:
        does = "writes them to the outbox folder, and sends none" if is_written else "queues and sends them"
        click.echo(f"{_mails(count).capitalize()} about {name}: the worker {does}.")
    else:
        click.echo(f"There is nobody to tell about {name}.")


def _mails(count: int) -> str:
    return f"{count:,} {'mail' if count == 1 else 'mails'}"
