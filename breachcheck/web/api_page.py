"""/api/v1/docs: the description of the API for people, made of openapi.json, with a sample of every call."""

from flask import Blueprint, render_template

from breachcheck.web import api
from breachcheck.web.api_description import description
from breachcheck.web.api_samples import samples_of
from breachcheck.web.context import services

bp = Blueprint("api_page", __name__, url_prefix=api.PREFIX)


@bp.get("/docs")
def docs() -> str:
    """Every operation, and every shape of JSON. In English, as the API is."""
    told = description()
    base = services().config.site_url + told.base
    return render_template(
        "pages/api.html",
        description=told,
        operations=[(one, samples_of(one, base)) for one in told.operations],
    )
