"""Pages for who proved that an address is theirs: the full answer, and what they wish done with what is held."""

import time
from typing import cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from breachcheck import addresses, receipts
from breachcheck.errors import (
    InvalidAccount,
    InvalidReceipt,
    MalformedReceipt,
    NothingToAsk,
    StoreUnavailable,
    UnknownLink,
)
from breachcheck.owner_links import Owner
from breachcheck.suppressions import Level
from breachcheck.web import error_pages, handed_receipts, held, language, measuring
from breachcheck.web.answering import LONGEST_ACCOUNT
from breachcheck.web.context import services
from breachcheck.web.doors import Site
from breachcheck.web.errors import status_of
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.owner_page import owner_page, ticks_of
from breachcheck.web.owner_sessions import PATH, owner_sessions

bp = Blueprint("owner", __name__, url_prefix=PATH)

DONE = ("ticked", "subscribed", "unsubscribed", "shown")


@bp.before_request
def require_owner() -> ResponseReturnValue | None:
    """Without a session there is only the way to one; a form that is not of the session is refused."""
    owner = owner_sessions().current()
    if owner is None:
        return redirect(url_for("account.ask" if services().config.mail != "off" else "site.home"), 303)
    if request.method == "POST":
        owner_sessions().require_form_token()
    g.owner = owner
    return None


@bp.after_request
def never_kept(response: Response) -> Response:
    return keep_to_yourself(response)


@bp.errorhandler(StoreUnavailable)
def not_done(error: StoreUnavailable) -> ResponseReturnValue:
    """A wish that the store may or may not have taken is told as that, and not as a question without an answer."""
    if request.method != "POST":
        return error_pages.page(status_of(error), error)
    return render_template("account/not_done.html"), status_of(error)


@bp.context_processor
def about() -> dict[str, object]:
    return {"form_token": owner_sessions().form_token()}


@bp.get("")
def answer() -> ResponseReturnValue:
    door, done = Site(services()), request.args.get("done")
    known = held.standing_of(services(), _owner())
    shown = {"door": door, "standing": known, "done": done if done in DONE else ""}
    try:
        found = measuring.told(services().lookup.ask_owner(_owner()))
    except NothingToAsk:
        return render_template("account/no_answer.html", **shown)
    if not found.exposures:
        return render_template("account/not_found.html", answer=found, **shown)
    return render_template("account/found.html", answer=found, **owner_page(found, _owner()), **shown)


@bp.post("/steps")
def tick() -> ResponseReturnValue:
    """Keep which steps of the answer as it is now are done."""
    offered = {tick.mark for tick in ticks_of(services().lookup.ask_owner(_owner()), _owner()).values()}
    services().ticked_steps.keep(_owner().digest, offered.intersection(request.form.getlist("done")))
    return _back("ticked")


@bp.get("/notify")
def notify() -> ResponseReturnValue:
    return render_template("account/notify.html")


@bp.post("/notify")
def subscribe() -> ResponseReturnValue:
    """Who proved the address needs no second mail; but where to write to is not known here, so it is asked for."""
    account = _account()
    try:
        services().post.subscribers.add(account, proved=_owner().digest, language=language.tag())
    except (InvalidAccount, UnknownLink):
        return render_template("account/notify.html", typed=account, is_refused=True), 400
    return _back("subscribed")


@bp.post("/notify/stop")
def unsubscribe() -> ResponseReturnValue:
    services().post.subscribers.remove(_owner().digest)
    return _back("unsubscribed")


@bp.get("/hide")
def hide() -> ResponseReturnValue:
    standing = held.standing_of(services(), _owner())
    further = [level for level in Level if standing.level is None or level.reach > standing.level.reach]
    is_tagged = _owner().base is not None
    return render_template("account/hide.html", standing=standing, levels=further, is_tagged=is_tagged)


@bp.get("/hide/<level>")
def confirm_hide(level: str) -> ResponseReturnValue:
    return render_template("account/hide_confirm.html", level=_level(level))


@bp.post("/hide/<level>")
def opt_out(level: str) -> ResponseReturnValue:
    """Do it, and hand over the receipt, which is kept nowhere."""
    wanted, account = _level(level), _account()
    try:
        address = addresses.canonical(account)
    except InvalidAccount:
        address = None
    if address is None or services().digester.of_address(address) != _owner().digest:
        page = render_template("account/hide_confirm.html", level=wanted, typed=account, is_refused=True)
        return page, 400
    holds = services().opt_outs.opt_out(_owner().digest, wanted)
    receipt = services().receipts.issue(address, holds, at=int(time.time()))
    return handed_receipts.hand_over(receipt, _owner(), url_for("owner.receipt_page"))


@bp.get("/receipt")
def receipt_page() -> ResponseReturnValue:
    handed = handed_receipts.handed_to(_owner())
    if handed is None:
        return redirect(url_for("owner.answer"), 303)
    return render_template("account/receipt.html", receipt=handed, text=receipts.as_text(handed))


@bp.post("/receipt")
def receipt() -> ResponseReturnValue:
    """Hand back, as a file, a receipt that this site just issued; anything else is refused."""
    text = request.form.get("receipt", "").encode()
    try:
        found = receipts.parse(text)
        receipts.verify(found, services().receipts.public_key())
    except (MalformedReceipt, InvalidReceipt):
        return render_template("errors/400.html"), 400
    return _file(receipts.as_text(found), "breachcheck-receipt.json")


@bp.post("/show-again")
def show_again() -> ResponseReturnValue:
    services().opt_outs.show_again(_owner().digest)
    return _back("shown")


@bp.get("/data")
def data() -> ResponseReturnValue:
    return _file(held.as_text(services(), _owner()), "breachcheck-my-data.json")


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    response = make_response(redirect(url_for("site.home"), 303))
    owner_sessions().end(response)
    handed_receipts.forget(response)
    return response


def _owner() -> Owner:
    return cast(Owner, g.owner)


def _account() -> str:
    return request.form.get("account", "")[:LONGEST_ACCOUNT]


def _level(text: str) -> Level:
    """Raises a 404 for what is none."""
    found = {level.value: level for level in Level}.get(text)
    if found is None:
        raise NotFound
    return found


def _back(done: str) -> ResponseReturnValue:
    return redirect(url_for("owner.answer", done=done), 303)


def _file(text: str, name: str) -> Response:
    return Response(
        text + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
