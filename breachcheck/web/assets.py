"""The static files: read once, named by what is in them, and so good for ever in a browser's cache."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from flask import Flask, Response, abort, url_for

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of ``breachcheck/static``."""

    content: bytes
    media_type: str
    version: str


def install(app: Flask) -> None:
    """Serve the files at /static/<version>/<name>, and give templates ``asset_url(name)``."""
    assets = _read()

    @app.get("/static/<version>/<name>")
    def static(version: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None or asset.version != version:
            abort(404)
        return Response(asset.content, headers={"Content-Type": asset.media_type, "Cache-Control": FOR_EVER})

    @app.template_global()
    def asset_url(name: str) -> str:
        return url_for("static", version=assets[name].version, name=name)


def _read() -> dict[str, Asset]:
    folder = files("breachcheck").joinpath("static")
    contents = {one.name: one.read_bytes() for one in folder.iterdir()}
    return {
        name: Asset(content, media_type, hashlib.sha256(content).hexdigest()[:16])
        for name, content in contents.items()
        for ending, media_type in TYPES.items()
        if name.endswith(ending)
    }
