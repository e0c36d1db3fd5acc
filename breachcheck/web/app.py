"""The app factory: it only wires. Plain WSGI: ``breachcheck.web.app:create_app()``."""

from importlib.resources import files
from pathlib import Path

from flask import Flask

from breachcheck import config
from breachcheck.services import Services, open_services
from breachcheck.web import context

LARGEST_BODY = 16 * 2**20


def create_app(services: Services | None = None) -> Flask:
    """The app over *services*, or over those of the data folder that the environment names."""
    app = Flask("breachcheck", template_folder=str(_templates()), static_folder=None)
    app.extensions[context.KEY] = services or open_services(config.read())
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    return app


def _templates() -> Path:
    """Installed, the templates lie in the package; in a checkout, beside it."""
    package = Path(str(files("breachcheck")))
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
