"""The operators' pages: what was loaded, what is published, and how a load would look before it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from breachcheck import customer_texts
from breachcheck.breaches import BreachRow, LoadId, Switch, trail
from breachcheck.comparisons import compare, compare_people
from breachcheck.errors import HoldsAddress, UnknownBreach, UnknownLoad, UnknownOperator
from breachcheck.languages import tongue
from breachcheck.load_warnings import LoadWarning, Sentences, words_of
from breachcheck.loads import Load
from breachcheck.operators import SHORTEST_PASSWORD, Operator
from breachcheck.reviews import Review
from breachcheck.web import admin_incidents, answering, limits
from breachcheck.web.breach_page import breach_page
from breachcheck.web.context import services
from breachcheck.web.doors import Preview
from breachcheck.web.language import current, ngettext, tag
from breachcheck.web.language import gettext as _

bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.register_blueprint(admin_incidents.bp)

SIGN_INS_A_MINUTE = 10
MOST_TEXTS = 26
OPEN = ("admin.sign_in", "admin.try_to_sign_in")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A breach with its loads and its switches, newest first."""

    row: BreachRow
    loads: list[Load]
    history: list[Switch]

    @property
    def once_shown(self) -> frozenset[LoadId | None]:
        return _once_shown(self.history)

    @property
    def has_earlier(self) -> bool:
        """Whether there is a load to go back to."""
        earlier = {load_id for load_id in trail(self.history) if load_id != self.row.current_load}
        return any(load.id in earlier and load.state == "complete" for load in self.loads)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of a load in the operator's language, and what came of it."""

    warning: LoadWarning
    words: Sentences
    review: Review | None

    @property
    def is_answered(self) -> bool:
        return self.review is not None and self.review.accepted_at is not None

    @property
    def must_be_answered(self) -> bool:
        return self.review is not None and not self.is_answered


@bp.before_request
def require_operator() -> ResponseReturnValue | None:
    """Everything here but the sign-in is for operators; whoever was removed is signed out by it."""
    if request.endpoint in OPEN:
        return None
    try:
        g.operator = services().operators.get(session.get("operator", 0))
    except UnknownOperator:
        session.clear()
        return redirect(url_for("admin.sign_in"), 303)
    return None


@bp.after_request
def never_kept(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return render_template("admin/sign_in.html")


@bp.post("/sign-in")
def try_to_sign_in() -> ResponseReturnValue:
    limits.spend("sign-in", SIGN_INS_A_MINUTE)
    try:
        operator = _operator(request.form.get("name", ""), request.form.get("password", ""))
    except UnknownOperator:
        return render_template("admin/sign_in.html", is_refused=True), 403
    session.clear()
    session.permanent = True
    session["operator"] = operator.id
    return redirect(url_for("admin.overview"), 303)


def _operator(name: str, password: str) -> Operator:
    if len(password) < SHORTEST_PASSWORD:
        raise UnknownOperator("The name or the password is wrong.")
    return services().operators.sign_in(name, password)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session.clear()
    return redirect(url_for("admin.sign_in"), 303)


@bp.get("/")
def overview() -> ResponseReturnValue:
    shelves = [_shelf(row) for row in services().breaches.all()]
    mails = services().post.outbox.counts()
    return render_template("admin/overview.html", shelves=shelves, mails=mails, mail=services().config.mail)


@bp.get("/loads/<int:load_id>")
def load(load_id: LoadId) -> ResponseReturnValue:
    found = services().loads.get(load_id)
    row = next(row for row in services().breaches.all() if row.id == found.breach_id)
    is_waiting = found.state == "complete" and row.current_load not in (None, found.id)
    comparison = compare(services().loads.get(row.current_load), found) if is_waiting and row.current_load else None
    people = None
    if comparison and request.args.get("by") == "person":
        people = compare_people(comparison.before, found, services().field_sets, services().index)
    reviews = services().reviews.of_load(load_id)
    warned = [Warned(one, words_of(one, tongue(tag())), reviews.get(one.id)) for one in found.tally.warnings]
    return render_template(
        "admin/load.html",
        load=found,
        row=row,
        once_shown=_once_shown(services().breaches.history(row.id)),
        comparison=comparison,
        people=people,
        warned=warned,
    )


def _once_shown(history: Sequence[Switch]) -> frozenset[LoadId | None]:
    """The loads that were public at some time."""
    return frozenset(switch.load_id for switch in history)


def _shelf(row: BreachRow) -> Shelf:
    return Shelf(row, services().loads.of_breach(row.id), services().breaches.history(row.id))


@bp.get("/loads/<int:load_id>/texts")
def texts(load_id: LoadId) -> ResponseReturnValue:
    found = customer_texts.texts_of(
        load_id,
        [tag()],
        catalogue=services().catalogue,
        letters=services().post.letters,
        settings=services().config,
        most=MOST_TEXTS,
    )
    details = {one.letter: one.details(current()) for one in found.texts}
    return render_template("admin/texts.html", load_id=load_id, found=found, details=details, tag=tag())


@bp.post("/loads/<int:load_id>/publish")
def publish(load_id: LoadId) -> ResponseReturnValue:
    accept = request.form.getlist("accept")
    return _done(lambda by: services().publishing.publish(load_id, by=by, accept=accept), _("Published."))


@bp.post("/breaches/<name>/withdraw")
def withdraw(name: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip() or None
    return _done(lambda by: _withdraw(name, by, reason), _("Withdrawn."))


def _withdraw(name: str, by: str, reason: str | None) -> None:
    """Withdraw it, and say how many were told what is not so."""
    services().publishing.withdraw(name, by=by, reason=reason)
    if count := services().post.notify.to_be_corrected(name):
        if services().config.mail == "outbox":
            flash(
                ngettext(
                    "A mail about it was written, which nobody got.",
                    "%(num)s mails about it were written, which nobody got.",
                    count,
                )
            )
        else:
            flash(ngettext("One person was told of it.", "%(num)s people were told of it.", count))
        flash(_("Correct what they were told, or decide not to: breachcheck breaches tell"))


@bp.post("/breaches/<name>/roll-back")
def roll_back(name: str) -> ResponseReturnValue:
    return _done(lambda by: services().publishing.roll_back(name, by=by), _("The earlier load is published again."))


def _done(act: Callable[[str], object], told: str) -> ResponseReturnValue:
    """Act as the signed-in operator, and say on the overview what came of it."""
    try:
        act(f"operator:{g.operator.name}")
    except (UnknownBreach, UnknownLoad, HoldsAddress) as refusal:
        flash(str(refusal))
    else:
        flash(told)
    return redirect(url_for("admin.overview"), 303)


@bp.get("/loads/<int:load_id>/preview")
def preview(load_id: LoadId) -> ResponseReturnValue:
    return answering.show_home(Preview(services(), load_id))


@bp.post("/loads/<int:load_id>/preview")
def preview_ask(load_id: LoadId) -> ResponseReturnValue:
    return answering.take_question(Preview(services(), load_id))


@bp.get("/loads/<int:load_id>/preview/answer")
def preview_answer(load_id: LoadId) -> ResponseReturnValue:
    return answering.show_answer(Preview(services(), load_id))


@bp.get("/loads/<int:load_id>/preview/breach")
def preview_breach(load_id: LoadId) -> ResponseReturnValue:
    door = Preview(services(), load_id)
    (breach,) = door.all_breaches()
    return render_template("pages/breach.html", door=door, page=breach_page(services(), breach))
