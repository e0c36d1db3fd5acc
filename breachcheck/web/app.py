"""The app factory: it only wires. Plain WSGI: ``breachcheck.web.app:create_app()``."""

from importlib.resources import files
from pathlib import Path

from flask import Flask, request

from breachcheck.services import Services, serving_for_good
from breachcheck.settings import look
from breachcheck.web import (
    account,
    admin,
    api,
    api_batch,
    api_breaches,
    api_changes,
    api_domains,
    api_page,
    api_watchlists,
    api_webhooks,
    asked_mails,
    assets,
    bodies,
    context,
    cross_origin,
    error_pages,
    errors,
    handed_receipts,
    headers,
    hibp,
    hibp_errors,
    hosts,
    house_call,
    language,
    limits,
    measuring,
    metering,
    metrics,
    owner,
    owner_sessions,
    pages,
    preferences,
    problems,
    request_log,
    row_numbers,
    sessions,
    site,
    status,
)
from breachcheck.web.express import Express
from breachcheck.web.forwarded import Forwarded
from breachcheck.web.refusals import Refusals
from breachcheck.web.sealed import Seal

LARGEST_BODY = 16 * 2**20
LARGEST_FORM = 64 * 2**10

WITHOUT_SESSION = (
    pages.bp,
    account.bp,
    owner.bp,
    preferences.bp,
    status.bp,
    api.bp,
    api_batch.bp,
    api_breaches.bp,
    api_changes.bp,
    api_domains.bp,
    api_page.bp,
    api_watchlists.bp,
    api_webhooks.bp,
    hibp.bp,
)
BLUEPRINTS = (*WITHOUT_SESSION, house_call.bp, metrics.bp, admin.bp)
RENDERERS: dict[str, errors.Renderer] = {hibp.PREFIX: hibp_errors.render, "/api/": problems.render}


def create_app(services: Services | None = None) -> Flask:
    """The app over *services*, or over those of the data folder that the environment names."""
    opened = services or serving_for_good()
    app = Flask("breachcheck", template_folder=str(_templates()), static_folder=None)
    app.extensions[context.KEY] = opened
    app.extensions[context.SEAL_KEY] = Seal(opened.app_key)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Either would answer with a redirect that has the path, and so perhaps an address, in its Location.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    _install_rooms(app, opened)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if not opened.config.cors_origins:
        app.wsgi_app = Express(app, opened)  # type: ignore[method-assign]
    if opened.config.trusted_proxies:
        app.wsgi_app = Forwarded(app.wsgi_app, opened.config.trusted_proxies)  # type: ignore[method-assign]
    return app


def refusals(app: Flask) -> Refusals:
    """What a server says of requests that never reach *app*, as the app would have said it."""
    return Refusals(app, {**RENDERERS, "/": error_pages.page})


def _install_rooms(app: Flask, services: Services) -> None:
    row_numbers.install(app)
    request_log.install(app)
    measuring.install(app)
    metrics.install(app, services.config)
    headers.install(app)
    errors.install(app, RENDERERS, error_pages.page)
    hosts.install(app, services.config.public_url)
    bodies.install(app)
    cross_origin.install(app, services.config.cors_origins)
    limits.install(app)
    metering.install(app)
    api_batch.install(app)
    hibp_errors.install(app, hibp.PREFIX)
    app.before_request(_limit_form)
    language.install(app)
    own_look = look.read(services.config.site_folder)
    assets.install(app, own_look)
    site.install(app, services, own_look)
    owner_sessions.install(app, services.app_key)
    asked_mails.install(app, services.app_key)
    handed_receipts.install(app, services.app_key)
    csrf = sessions.install(app, services.app_key)
    for blueprint in WITHOUT_SESSION:
        csrf.exempt(blueprint)


def _limit_form() -> None:
    if not request.path.startswith("/api/"):
        request.max_content_length = LARGEST_FORM


def _templates() -> Path:
    """Installed, the templates lie in the package; in a checkout, beside it."""
    package = Path(str(files("breachcheck")))
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
