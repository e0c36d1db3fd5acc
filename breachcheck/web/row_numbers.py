"""Numbers of rows in addresses of pages: one that no row can have leads nowhere."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**63 - 1


class RowNumber(IntegerConverter):
    """What ``<int:…>`` takes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"max": LARGEST, **options})


def install(app: Flask) -> None:
    """For every route that is registered after."""
    app.url_map.converters["int"] = RowNumber
