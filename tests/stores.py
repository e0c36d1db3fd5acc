"""Small real stores for tests: breaches entered straight through the services, without files and readers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from breachcheck import addresses, config, services
from breachcheck.breaches import Facts, LoadId
from breachcheck.data_classes import PasswordStorage
from breachcheck.db import schema
from breachcheck.load_warnings import LoadWarning
from breachcheck.loads import Contents
from breachcheck.services import Services
from breachcheck.tallies import FileTally, Part, Tally
from tests.engines import CHOSEN
from tests.made_once import put_empty_store

LOADED_AT = 1_794_700_800
"""15 November 2026, midnight, UTC."""

SHOP = Facts(
    name="Shop",
    title="Corner Shop",
    domain="shop.example",
    breach_date=date(2026, 3, 14),
    disclosed_date=date(2026, 3, 20),
    description="Someone copied the customer list of **Corner Shop**.",
)

People = Mapping[str, Collection[str]]
FieldSetKey = tuple[frozenset[str], bool]


def new_store(data: Path, *, is_demo: bool = False, **settings: Any) -> Services:
    """An empty store in *data*, open, with *settings* in its settings.toml; on the engine that the test runs on."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if CHOSEN.postgres:
        settings["database"] = CHOSEN.postgres.take(data, is_demo=is_demo)
    lines = [f"{name} = {value if isinstance(value, int) else repr(value)}\n" for name, value in settings.items()]
    (data / config.SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")
    if not CHOSEN.postgres:
        put_empty_store(data, is_demo=is_demo)
    return services.open_services(config.read(data, {}))


def facts(base: Facts = SHOP, **changes: Any) -> Facts:
    """*base* with some of what it says changed."""
    return msgspec.structs.replace(base, **changes)


def held_breach(
    store: Services,
    about: Facts,
    people: People,
    *,
    mapped: Collection[str] | None = None,
    password_storage: PasswordStorage = "unknown",
    rejected: Mapping[str, int] | None = None,
    part: Part | None = None,
    warnings: Sequence[LoadWarning] = (),
) -> LoadId:
    """A complete load that nobody sees yet. *people*: address -> the data classes of its record.

    As the pipeline does, a plus-tagged address is entered under its base address too. *mapped*: what the files could
    have shown, by default what they did.
    """
    load_id = store.loads.start(
        store.breaches.id_of(about.name),
        about,
        manifest="manifest: 1\n",
        sha256="ab" * 32,
        program="test",
        by="tests",
        at=LOADED_AT,
    )
    exposures = _exposures(store, people)
    sets = sorted({key for _, key in exposures}, key=lambda key: (sorted(key[0]), key[1]))
    ids = dict(zip(sets, store.field_sets.add(load_id, sets), strict=True))
    rows = sorted({(digest, ids[key]) for digest, key in exposures})
    columns = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    store.index.insert(load_id, 0, columns[0].copy(), columns[1].copy())
    carried = {ids[key]: sum(1 for _, other in exposures if other == key) for key in sets}
    found = sorted({name for classes in people.values() for name in classes})
    contents = Contents(mapped=tuple(sorted(mapped or found)), password_storage=password_storage)
    tally = msgspec.structs.replace(_tally(people, found, dict(rejected or {})), part=part, warnings=tuple(warnings))
    store.loads.complete(load_id, contents, tally, carried, LOADED_AT)
    return load_id


def published_breach(store: Services, about: Facts, people: People, **load: Any) -> LoadId:
    """As ``held_breach``, and published."""
    load_id = held_breach(store, about, people, **load)
    store.publishing.publish(load_id, by="tests")
    return load_id


def break_index(store: Services) -> None:
    """Make every question to the index fail, as a damaged disk would."""
    _ruin(store, store.config.index_path, "breachcheck_index")


def break_catalogue(store: Services) -> None:
    """Make every question to the catalogue fail, as a damaged disk would."""
    _ruin(store, store.config.catalogue_path, "breachcheck_catalogue")


def drop_table(store: Services, table: str) -> None:
    """Take a table away, whatever refers to it."""
    number = 0 if any(f"TABLE {table} (" in text for text in schema.INDEX.migrations.values()) else 1
    if CHOSEN.postgres and store.config.database:
        namespace = ("breachcheck_index", "breachcheck_catalogue")[number]
        CHOSEN.postgres.damage(store.config.database, f"DROP TABLE {namespace}.{table} CASCADE")
        return
    store.databases[number].execute("PRAGMA foreign_keys = OFF")
    store.databases[number].execute(f"DROP TABLE {table}")


def _ruin(store: Services, path: Path, namespace: str) -> None:
    if CHOSEN.postgres and store.config.database:
        CHOSEN.postgres.damage(store.config.database, f"DROP SCHEMA {namespace} CASCADE")
        return
    for database in store.databases:
        database.close()
    for lost in path.parent.glob(f"{path.name}*"):
        lost.unlink()
    path.write_bytes(b"not a database, but longer than a header of one hundred bytes " * 4)


def _exposures(store: Services, people: People) -> list[tuple[int, FieldSetKey]]:
    exposures: list[tuple[int, FieldSetKey]] = []
    for text, classes in people.items():
        address = addresses.canonical(text)
        exposures.append((store.digester.of_address(address), (frozenset(classes), False)))
        base = addresses.base_of(address)
        if base is not None:
            exposures.append((store.digester.of_address(base), (frozenset(classes), True)))
    return exposures


def _tally(people: People, found: list[str], rejected: dict[str, int]) -> Tally:
    read = len(people) + sum(rejected.values())
    one_file = FileTally(
        name="people.csv", outcome="read", sha256="cd" * 32, format="csv", read=read, indexed=len(people),
        rejected=rejected, classes=tuple(found),
    )  # fmt: skip
    return Tally(
        read=read,
        indexed=len(people),
        rejected=rejected,
        people=len(people),
        coverage={name: sum(1 for classes in people.values() if name in classes) for name in found},
        files=(one_file,),
    )
