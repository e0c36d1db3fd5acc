"""Mistranslations: texts of a manifest in another language that have nothing in the manifest to stand for."""

from collections.abc import Iterator, Sequence

from breachcheck.breaches import CompanyStep, Facts, Help, NotExposed, TranslatedStep, Translation
from ingest.documents import Path
from ingest.shapes import spelled

Wrong = tuple[Path, str]


def mistranslations(facts: Facts) -> Iterator[Wrong]:
    """What is wrong between *facts* and their translations, with the path of the one to change."""
    for tag, said in facts.translations.items():
        if tag == facts.language:
            yield _wrong((tag,), f"the manifest itself is in {tag} (`language`); only other languages stand here")
        yield from (_wrong((tag, *path), text) for path, text in _faults(facts, said))


def _faults(facts: Facts, said: Translation) -> Iterator[Wrong]:
    if said.who and not facts.who:
        yield _nothing_there("who")
    for name in said.class_notes:
        if name not in facts.class_notes:
            yield _nothing_there("class_notes", name)
    if said.not_exposed:
        written = (facts.not_exposed or NotExposed()).also
        yield from _unlike(("not_exposed", "also"), said.not_exposed.also, written)
    if said.help:
        written_help = facts.help or Help()
        for key in ("url", "phone"):
            if getattr(said.help, key) and not getattr(written_help, key):
                yield _nothing_there("help", key)
    if said.advice:
        yield from _unlike(("advice",), said.advice, facts.advice)
        for number, (step, written_step) in enumerate(zip(said.advice, facts.advice, strict=False)):
            yield from _step_faults(number, step, written_step)


def _step_faults(number: int, said: TranslatedStep, written: CompanyStep) -> Iterator[Wrong]:
    for key in ("why", "how"):
        if getattr(said, key) and not getattr(written, key):
            yield ("advice", number, key), f"advice[{number + 1}] has no {key} of which this could be the translation"


def _unlike(path: Path, said: Sequence[object], written: Sequence[object]) -> Iterator[Wrong]:
    name = ".".join(map(str, path))
    if len(said) > len(written):
        where = (*path, len(written))
        yield where, f"{name} has {len(written)} of these, and here is one more; each stands for one, in the same order"
    elif len(said) < len(written):
        yield path, f"{name} has {len(written)} of these, and here are {len(said)}; give each, in the same order"


def _nothing_there(*path: str) -> Wrong:
    return path, f"there is no {'.'.join(path)} of which this could be the translation"


def _wrong(path: Path, text: str) -> Wrong:
    where = ("translations", *path)
    return where, f"{spelled(where)}: {text}"
