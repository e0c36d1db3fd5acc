"""/api/v1/docs: the description of the API for people, made of openapi.json, with a sample of every call."""

import re

from flask import Blueprint, render_template
from markupsafe import Markup, escape

from breachcheck.web import api
from breachcheck.web.api_description import description
from breachcheck.web.api_samples import samples_of
from breachcheck.web.context import services

bp = Blueprint("api_page", __name__, url_prefix=api.PREFIX)

_code = re.compile(r"`([^`]+)`")


@bp.get("/docs")
def docs() -> str:
    """Every operation, and every shape of JSON. In English, as the API is."""
    told = description()
    base = services().config.site_url + told.base
    return render_template(
        "pages/api.html",
        description=told,
        operations=[(one, samples_of(one, base)) for one in told.operations],
        with_code=with_code,
    )


def with_code(text: str) -> Markup:
    """*text*, what stands between backticks as code."""
    return Markup(_code.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before
