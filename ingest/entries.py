"""Entries: what a manifest says of one data file."""

from typing import Literal, get_args

import msgspec

from breachcheck.data_classes import PasswordStorage

Format = Literal[
    "csv",
    "jsonl",
    "json",
    "parquet",
    "xlsx",
    "sql",
    "sqlite",
    "combo",
    "stealer",
    "blocks",
    "text",
    "mixpanel-people",
    "mixpanel-events",
]
FORMATS: tuple[str, ...] = get_args(Format)
IdentifierKind = Literal["phone", "username", "account-id", "org-id"]

STANDARD_INPUT = "-"


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the people of a file without addresses are found: its *column* holds what *to* holds in *on*."""

    column: str
    to: str
    on: str


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry under ``files``. What is None or empty was left out, and is detected or suggested."""

    path: str
    format: Format | None = None
    mapping: dict[str, tuple[str, ...]] | None = None
    address: tuple[str, ...] = ()
    identifiers: dict[str, IdentifierKind] = msgspec.field(default_factory=dict)
    join: Join | None = None
    member: str | None = None
    table: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    password_file: str | None = None
    password_storage: PasswordStorage = "unknown"
    nothing_said: tuple[str, ...] = ()
