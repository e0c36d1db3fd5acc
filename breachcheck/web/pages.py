"""The public pages. None of them writes to the store."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from breachcheck.errors import StoreUnavailable, UnknownBreach
from breachcheck.web import answering
from breachcheck.web.breach_list import listing, order_names, wish_from
from breachcheck.web.breach_page import breach_page
from breachcheck.web.context import services
from breachcheck.web.doors import Site
from breachcheck.web.feed import atom

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
    return render_template(
        "pages/breaches.html",
        listing=listing(site.all_breaches(), wish_from(request.args)),
        orders=order_names(),
        count=len(site.reach()),
    )


@bp.get("/breaches.atom")
def feed() -> Response:
    """The same breaches for feed readers, last added first."""
    found = services()
    text = atom(Site(found).all_breaches(), store=found.identity.store, site=found.config)
    return Response(text, mimetype="application/atom+xml")


@bp.get("/breaches/<name>")
def breach(name: str) -> ResponseReturnValue:
    """One that was withdrawn has a page that says so. Raises UnknownBreach, which is a 404, for any other."""
    try:
        found = services().catalogue.published().get(name)
    except UnknownBreach:
        return render_template("pages/withdrawn.html", breach=services().catalogue.withdrawn(name)), 410
    return render_template("pages/breach.html", door=Site(services()), page=breach_page(services(), found))


@bp.get("/how-it-works")
def how_it_works() -> ResponseReturnValue:
    return render_template("pages/how_it_works.html")


@bp.get("/never-signed-up")
def never_signed_up() -> ResponseReturnValue:
    return render_template("pages/never_signed_up.html")


@bp.get("/not-me")
def not_me() -> ResponseReturnValue:
    return render_template("pages/not_me.html")


@bp.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /admin/\nDisallow: /api/\n", mimetype="text/plain")


@bp.get("/demo/could-not-check")
def demo_could_not_check() -> ResponseReturnValue:
    """What a visitor sees when the store cannot be asked; only a demo shows it on request."""
    if not services().is_demo:
        abort(404)
    raise StoreUnavailable("This is the demo of an answer that could not be given.")
