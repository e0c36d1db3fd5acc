"""What tests of loads share: a manifest written from text, a load that nobody watches, and what it says of someone."""

import textwrap

from breachcheck.digests import Kind
from ingest import manifest as manifests
from ingest import pipeline

EMAIL, NAMES, PLACES = "Email addresses", "Names", "Geographic locations"
HEAD = "manifest: 1\nname: Shop\ntitle: Corner Shop\nbreach_date: 2026-03-14\ndescription: A breach.\nfiles:\n"


class Silent:
    """Progress that nobody looks at. What it was told is kept; *act* is done once, when the first batch was read."""

    def __init__(self, act=None):
        self.heard = []
        self._act = act

    def update(self, stage, records, bytes_done, bytes_total):
        self.heard.append((stage, records, bytes_done, bytes_total))
        if records and self._act:
            act, self._act = self._act, None
            act()


def described(folder, entries, files=None):
    """The manifest of *entries*, in YAML, with *files* (name -> text) beside it in *folder*."""
    for path, text in (files or {}).items():
        (folder / path).write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    path = folder / "breach.yaml"
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(entries).strip("\n"), "  ") + "\n", encoding="utf-8")
    return manifests.read(path)


def load(manifest, store, **options):
    progress, dry_run = options.pop("progress", Silent()), options.pop("dry_run", False)
    return pipeline.run(
        manifest, store, progress=progress, by="tests", terms=pipeline.Terms(**options), dry_run=dry_run
    )


def found(store, load_id, text, kind=Kind.EMAIL):
    """The field sets of *text* in a load: (classes, via alias)."""
    by_id = {one.id: one for one in store.field_sets.of_load(load_id)}
    digest = store.digester.of(kind, text, "Shop")
    ids = [one for one in store.index.field_sets_of(digest) if one in by_id]
    return {(by_id[one].classes, by_id[one].via_alias) for one in ids}
