"""Cells of CSV that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""At the beginning of a cell, for one spreadsheet or another."""


def row(values: Iterable[object]) -> bytes:
    """A line (RFC 4180). None is an empty cell, lists are joined by semicolons, formulas get an apostrophe first."""
    line = io.StringIO()
    csv.writer(line).writerow([_cell(value) for value in values])
    return line.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "; ".join(value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
