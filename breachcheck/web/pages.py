"""The public pages. None of them writes to the store."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from breachcheck.errors import StoreUnavailable
from breachcheck.web import answering
from breachcheck.web.breach_page import breach_page, listing
from breachcheck.web.context import services
from breachcheck.web.doors import Site

bp = Blueprint("site", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    return answering.show_home(Site(services()))


@bp.post("/")
def ask() -> ResponseReturnValue:
    return answering.take_question(Site(services()))


@bp.get("/answer")
def answer() -> ResponseReturnValue:
    return answering.show_answer(Site(services()))


@bp.get("/breaches")
def breaches() -> ResponseReturnValue:
    site = Site(services())
    return render_template("pages/breaches.html", rows=listing(site.all_breaches()), count=len(site.reach()))


@bp.get("/breaches/<name>")
def breach(name: str) -> ResponseReturnValue:
    """Raises UnknownBreach, which is a 404."""
    found = services().catalogue.published().get(name)
    return render_template("pages/breach.html", door=Site(services()), page=breach_page(services(), found))


@bp.get("/how-it-works")
def how_it_works() -> ResponseReturnValue:
    return render_template("pages/how_it_works.html")


@bp.get("/never-signed-up")
def never_signed_up() -> ResponseReturnValue:
    return render_template("pages/never_signed_up.html")


@bp.get("/demo/could-not-check")
def demo_could_not_check() -> ResponseReturnValue:
    """What a visitor sees when the store cannot be asked; only a demo shows it on request."""
    if not services().is_demo:
        abort(404)
    raise StoreUnavailable("This is the demo of an answer that could not be given.")
