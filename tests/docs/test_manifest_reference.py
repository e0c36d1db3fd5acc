"""docs/manifest.md documents every key of a manifest, as the code has it, and its examples are manifests."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec import inspect

from breachcheck.breaches import Facts
from ingest import documents
from ingest.entries import FORMATS, FileEntry
from ingest.manifest import read

REFERENCE = (Path(__file__).parents[2] / "docs" / "manifest.md").read_text(encoding="utf-8")
LEAST = "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2020-01-01\ndescription: What happened.\n"
WORD_OF_NONE = {None: "`null`", "": '`""`', True: "`true`", False: "`false`", (): "`[]`", dict: "`{}`", tuple: "`[]`"}


class Row(NamedTuple):
    key: str
    type: str
    default: str
    says: str
    example: str


class Key(NamedTuple):
    """A key as the code has it."""

    name: str
    field: inspect.Field


def rows() -> list[Row]:
    lines = [line for line in REFERENCE.splitlines() if line.startswith("| `")]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def keys_of(kind: inspect.Type, prefix: str = "") -> Iterator[Key]:
    """Every key beneath *kind*, with those of the tables inside it."""
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from keys_of(one, prefix)
        case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
            yield from keys_of(inner, prefix)
        case inspect.StructType(fields=fields):
            for field in fields:
                yield Key(prefix + field.encode_name, field)
                yield from keys_of(field.type, f"{prefix}{field.encode_name}.")


def keys() -> dict[str, inspect.Field]:
    facts = keys_of(inspect.type_info(Facts))
    files = keys_of(inspect.type_info(FileEntry), "files.")
    return {key.name: key.field for key in [*facts, *files]}


def default_of(field: inspect.Field) -> str:
    if field.required:
        return ""
    default = field.default_factory if field.default is msgspec.NODEFAULT else field.default
    return WORD_OF_NONE.get(default, f"`{default}`")


def choices_of(kind: inspect.Type) -> tuple[Any, ...]:
    match kind:
        case inspect.LiteralType(values=values):
            return values
        case inspect.UnionType(types=types):
            return tuple(value for one in types for value in choices_of(one))
        case inspect.DictType(value_type=inner):
            return choices_of(inner)
    return ()


def test_every_key_is_documented_once_and_nothing_else_is():
    documented = [row.key.strip("`") for row in rows()]

    assert sorted(documented) == sorted([*keys(), "manifest", "files"])


@pytest.mark.parametrize(
    "row", [row for row in rows() if row.key not in ("`manifest`", "`files`")], ids=lambda row: row.key
)
def test_the_default_of_a_key_is_the_codes(row):
    assert row.default == default_of(keys()[row.key.strip("`")])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.key)
def test_all_that_a_key_may_be_is_named(row):
    field = keys().get(row.key.strip("`"))
    choices = choices_of(field.type) if field else ()
    allowed = FORMATS if choices and set(choices) == set(FORMATS) else choices

    assert all(f"`{choice}`" in (REFERENCE if allowed is FORMATS else row.type + row.says) for choice in allowed)


def test_the_examples_of_all_keys_make_a_manifest(tmp_path):
    written: dict[str, Any] = {}
    for row in rows():
        if row.example:
            place = written
            *outer, last = row.key.strip("`").split(".")
            for part in outer:
                place = place.setdefault(part, {})
            place[last] = documents.parse("example", f"value: {row.example.strip('`')}").root["value"]
    written["files"] = [written["files"]]
    written["advice"] = [written["advice"]]
    written["translations"]["advice"] = [written["translations"]["advice"]]
    written["translations"] = {"de": written["translations"]}
    path = tmp_path / "breach.json"
    path.write_text(json.dumps(written), encoding="utf-8")

    manifest = read(path)

    assert manifest.facts.affected == 48098
    assert manifest.files[0].join.to == "users.csv"


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL))
def test_every_block_of_yaml_is_a_manifest_or_the_files_of_one(tmp_path, block):
    path = tmp_path / "breach.yaml"
    path.write_text(block if block.startswith("manifest:") else LEAST + block, encoding="utf-8")

    assert read(path).files
