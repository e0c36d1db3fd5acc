"""What a load counted, in the terminal's words."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from breachcheck import load_warnings
from breachcheck.cli.comparing import in_words
from breachcheck.cli.output import aligned
from breachcheck.comparisons import Comparison, compare
from breachcheck.config import Config
from breachcheck.holdings import Holdings
from breachcheck.load_warnings import LoadWarning, words_of
from breachcheck.tallies import FileTally, Tally
from ingest.archives.members import NO_MATTER
from ingest.manifest import Manifest
from ingest.pipeline import Outcome

NO_ADDRESS = "no address"
NAMED = 5
"""So many files that were not read are named at the end; all of them stand in the table."""
_PREVIEW = "breachcheck serve, then /admin/ in a browser; breachcheck operators add YOUR-NAME lets you in"


def table(tally: Tally) -> str:
    """Every file, every record and every field, as aligned tables."""
    part = [f"Read in part: {tally.part}"] if tally.part else []
    blocks = [
        *part,
        "Files\n" + _files(tally.files),
        "Records\n" + aligned(_records(tally), "none"),
        "Fields\n" + aligned(_fields(tally), "none"),
        "Counted together\n" + aligned(_groups(tally), "nothing"),
        *(["Warnings\n" + warnings(tally.warnings)] if tally.warnings else []),
    ]
    return "\n\n".join(blocks)


def warnings(found: Sequence[LoadWarning]) -> str:
    """What was seen and what to do about it, each under its id."""
    said = ((one.id, words_of(one)) for one in found)
    return "\n".join(f"{id}\n  {words.seen}\n  {words.advice}" for id, words in said)


def as_json(tally: Tally) -> dict[str, Any]:
    """For programs."""
    return msgspec.to_builtins(tally) | {"warnings": [load_warnings.as_json(one) for one in tally.warnings]}  # type: ignore[no-any-return]


def closing(outcome: Outcome, manifest: Manifest, config: Config) -> str:
    """What it comes to, and what to do next."""
    return "\n".join([*_result(outcome, manifest), *_left_out(outcome.tally), *_next(outcome, manifest, config)])


def result(outcome: Outcome, manifest: Manifest) -> str:
    """In a line, what became of the load."""
    return _result(outcome, manifest)[0]


def _result(outcome: Outcome, manifest: Manifest) -> list[str]:
    title = manifest.facts.title
    if outcome.is_published:
        return [f'Published. {_people(outcome.tally)} can now find themselves in "{title}".']
    if outcome.load_id is None:
        of_part = f", of {outcome.tally.part}" if outcome.tally.part else ""
        return [f'Nothing was written. {_people(outcome.tally)}{of_part} could find themselves in "{title}".']
    if outcome.tally.part:
        return _held_in_part(outcome, title)
    if outcome.waits_for:
        return _held_by_warnings(outcome, manifest)
    return [
        f'Held as load {outcome.load_id}: nobody sees it yet. {_people(outcome.tally)} are in "{title}".',
        f"Ask it:     breachcheck check --load {outcome.load_id} someone-you-know@example.com",
        f"Preview it: {_PREVIEW}",
        f"Publish it: breachcheck breaches publish {manifest.facts.name}",
    ]


def _held_in_part(outcome: Outcome, title: str) -> list[str]:
    tally = outcome.tally
    return [
        f'Held as load {outcome.load_id}, of {tally.part}: {_people(tally)} are in this part of "{title}".',
        f"Ask it:   breachcheck check --load {outcome.load_id} someone-you-know@example.com",
        "Load all: breachcheck ingest, without --limit and --sample",
    ]


def _held_by_warnings(outcome: Outcome, manifest: Manifest) -> list[str]:
    accepting = " ".join(f"--accept {one}" for one in outcome.waits_for)
    return [
        f"Held as load {outcome.load_id} until its warnings are answered: nobody sees it yet."
        f' {_people(outcome.tally)} are in "{manifest.facts.title}".',
        f"Ask it:      breachcheck check --load {outcome.load_id} someone-you-know@example.com",
        f"Preview it:  {_PREVIEW}",
        "Mend it:     in the manifest or its files, where a warning is right; then load again.",
        f"Accept it:   breachcheck breaches publish {manifest.facts.name} {accepting}",
    ]


def _left_out(tally: Tally) -> list[str]:
    lines = []
    if without := tally.rejected.get(NO_ADDRESS, 0):
        lines.append(f"Not findable: {without:,} {'record' if without == 1 else 'records'} without an email address.")
    unread = [one for one in tally.files if one.outcome == "not read" and one.why not in NO_MATTER]
    if unread:
        more = f" and {len(unread) - NAMED:,} more" if len(unread) > NAMED else ""
        named = ", ".join(f"{one.name} ({one.why})" for one in unread[:NAMED])
        lines.append(f"Not read: {named}{more}.")
    return lines


def _files(files: Sequence[FileTally]) -> str:
    """Each but those that nobody looks for people in, of which it is told how many there are."""
    told = [one for one in files if one.why not in NO_MATTER]
    aside = Counter(one.why for one in files if one.why in NO_MATTER)
    lines = [f"and {count:,} more: not read ({why})" for why, count in sorted(aside.items())]
    return "\n".join([aligned([_file(one) for one in told], "none"), *lines])


def _next(outcome: Outcome, manifest: Manifest, config: Config) -> list[str]:
    if outcome.load_id is None:
        return []
    lines = ["Check it: breachcheck check someone-you-know@example.com"] if outcome.is_published else []
    where = "this folder" if manifest.folder == Path() else manifest.folder
    lines.append(f"The source files are still in {where}. Delete them when you no longer need them.")
    if config.index_key_path.exists():
        lines.append(
            f"Back up {config.index_key_path}. Without it this index is useless, and nobody can make it again."
        )
    return lines


def compared(outcome: Outcome, holdings: Holdings) -> Comparison | None:
    """What a held load would change in place of the current one; None where there is none, or it is read in part."""
    if outcome.load_id is None or outcome.is_published or outcome.tally.part:
        return None
    after = holdings.loads.get(outcome.load_id)
    row = holdings.breaches.get(after.facts.name)
    return compare(holdings.loads.get(row.current_load), after) if row.current_load else None


def change(comparison: Comparison) -> str:
    """What a held load would change, as tables."""
    by_person = f"breachcheck breaches compare {comparison.after.facts.name}"
    heading = f"Compared with load {comparison.before.id}, which it would replace (by person: {by_person})"
    return f"{heading}\n\n{in_words(comparison, None)}"


def _people(tally: Tally) -> str:
    return f"{tally.people:,} {'person' if tally.people == 1 else 'people'}"


def _file(one: FileTally) -> dict[str, object]:
    rejected = sum(one.rejected.values())
    return {
        "name": one.name,
        "outcome": one.outcome + (f" ({one.why})" if one.why else ""),
        "format": one.format or "-",
        "read": one.read,
        "rejected": rejected,
    }


def _records(tally: Tally) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"what": "read", "records": tally.read},
        {"what": "indexed", "records": tally.indexed},
        {"what": "duplicates", "records": tally.duplicates},
    ]
    rows += [{"what": f"rejected: {why}", "records": count} for why, count in sorted(tally.rejected.items())]
    return rows


def _groups(tally: Tally) -> list[dict[str, object]]:
    """Of all domains and organisations nothing but how many; by name the operator's own alone."""
    rows: list[dict[str, object]] = [
        {"what": what, "number": number}
        for what, number in (("domains", tally.domains), ("organisations", tally.organisations))
        if number
    ]
    rows += [{"what": f"sealed: people of {domain}", "number": people} for domain, people in tally.sealed.items()]
    return rows


def _fields(tally: Tally) -> list[dict[str, object]]:
    return [
        {"data_class": name, "people": count, "share": f"{count / tally.people:.1%}"}
        for name, count in sorted(tally.coverage.items(), key=lambda item: (-item[1], item[0]))
        if tally.people
    ]
