"""Tables: the SQL of each stands in one module, so that what a table promises can be read in one place."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from breachcheck.services import Services

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "breachcheck" / "db"

OWNERS = {
    "api_key": "api_keys",
    "domain_claim": "domains",
    "audit": "audit",
    "breach": "breaches",
    "change": "changes",
    "correction": "loads",
    "counter": "counters",
    "ended_session": "ended_sessions",
    "exposure": "index",
    "field_set": "field_sets",
    "headcount": "headcounts",
    "identity": "identity",
    "incident": "health.incidents",
    "incident_update": "health.incidents",
    "job": "jobs",
    "key_use": "key_uses",
    "load": "loads",
    "mail": "outbox",
    "mail_request": "mail_requests",
    "mail_stop": "mail_requests",
    "notification": "notifications",
    "operator": "operators",
    "owner_link": "owner_links",
    "pending_subscriber": "subscribers",
    "performance": "health.performance",
    "piece_done": "index",
    "review": "reviews",
    "subscriber": "subscribers",
    "suppression": "suppressions",
    "sealed_account": "sealed_accounts",
    "switch": "breaches",
    "telling": "notifications",
    "ticked_step": "ticked_steps",
    "waiver": "waivers",
    "watch_event": "watch_events",
    "watch_finding": "watch_findings",
    "watched_account": "watchlists",
    "watchlist": "watchlists",
    "webhook": "webhooks.endpoints",
    "webhook_message": "webhooks.messages",
    "webhook_number": "webhooks.numbers",
}

NAMED_IN_SQL = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b|\binsert_new\(\s*\"([a-z_]+)\"")


def modules() -> list[Path]:
    return [
        path
        for package in ("breachcheck", "ingest")
        for path in sorted((ROOT / package).rglob("*.py"))
        if SCHEMA not in path.parents
    ]


def tables_named_in(path: Path) -> Iterator[str]:
    for found in NAMED_IN_SQL.finditer(path.read_text(encoding="utf-8")):
        name = found[1] or found[2]
        if name in OWNERS:
            yield name


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_every_table_of_a_store_has_its_module(store: Services):
    tables = tables_of(store.config.index_path) | tables_of(store.config.catalogue_path)

    assert {name for name in tables if not name.startswith(("_", "sqlite_"))} == set(OWNERS)


@pytest.mark.parametrize("table", OWNERS)
def test_a_table_is_read_and_written_by_its_own_module_alone(table):
    using = {path for path in modules() if table in tables_named_in(path)}

    assert using == {(ROOT / "breachcheck" / OWNERS[table].replace(".", "/")).with_suffix(".py")}


def test_the_current_load_of_a_breach_is_set_in_one_place():
    setting = [path.stem for path in modules() for _ in re.finditer(r"SET current_load", path.read_text())]
    calling = {path.stem for path in modules() if re.search(r"\.switch_to\(", path.read_text())}

    assert setting == ["breaches"]
    assert calling == {"publishing"}
