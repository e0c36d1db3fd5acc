"""Refusals: what the server before the app says by itself of a request that it cannot read, in the site's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, make_response
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, RequestEntityTooLarge

from breachcheck.web.errors import Renderer
from breachcheck.web.headers import EVERYWHERE

KINDS: tuple[type[HTTPException], ...] = (BadRequest, RequestEntityTooLarge, InternalServerError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One whole answer, made once: nothing of the request is in it."""

    headers: list[tuple[str, str]]
    body: bytes


class Refusals:
    """The answers to unreadable requests, by the beginning of the path and by status."""

    def __init__(self, app: Flask, renderers: Mapping[str, Renderer]) -> None:
        self._prepared = {prefix: _prepared(app, prefix, say) for prefix, say in renderers.items()}

    def get(self, status: int, path: str) -> Refusal:
        """What to say with *status* to who asked for *path*; a status that has no words of its own borrows some."""
        said = next(said for prefix, said in self._prepared.items() if path.startswith(prefix) or prefix == "/")
        return said.get(status) or said[500 if status >= 500 else 400]


def _prepared(app: Flask, prefix: str, say: Renderer) -> dict[int, Refusal]:
    said = {}
    for kind in KINDS:
        error = kind()
        status = error.code or 500
        with app.test_request_context(prefix):
            response = make_response(say(status, error))
        ours = [(name, value) for name, value in EVERYWHERE.items() if name not in response.headers]
        kept = [(name, value) for name, value in response.headers.items() if name != "Content-Length"]
        said[status] = Refusal([*kept, *ours], response.get_data())
    return said
