"""The static files: read once, named by what is in them, and so good for ever in a browser's cache."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from flask import Flask, Response, abort, url_for

from breachcheck.settings.look import Look
from breachcheck.web.own_look import own_files

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
FOR_EVER = "public, max-age=31536000, immutable"
NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""The policy of a drawing that is opened by itself: it may have its style and pictures inside, and no more."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of ``breachcheck/static``, or of the site's own look."""

    content: bytes
    media_type: str
    version: str


def install(app: Flask, look: Look) -> None:
    """Serve the files at /static/<version>/<name>, and give templates ``asset_url(name)``."""
    assets = _named(_files() | own_files(look))

    @app.get("/static/<version>/<name>")
    def static(version: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None or asset.version != version:
            abort(404)
        response = Response(asset.content, headers={"Content-Type": asset.media_type, "Cache-Control": FOR_EVER})
        if asset.media_type == TYPES[".svg"]:
            response.headers["Content-Security-Policy"] = NOTHING_RUNS
        return response

    @app.template_global()
    def asset_url(name: str) -> str:
        return url_for("static", version=assets[name].version, name=name)


def _files() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in files("breachcheck").joinpath("static").iterdir()}


def _named(contents: Mapping[str, bytes]) -> dict[str, Asset]:
    return {
        name: Asset(content, media_type, hashlib.sha256(content).hexdigest()[:16])
        for name, content in contents.items()
        for ending, media_type in TYPES.items()
        if name.endswith(ending)
    }
