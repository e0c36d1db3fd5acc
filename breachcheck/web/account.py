"""Pages that ask for a mail, and those that links in mails lead to: opening one changes nothing, a button does."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from breachcheck.errors import UnknownLink
from breachcheck.owner_links import Owner
from breachcheck.web import asked_mails, limits
from breachcheck.web.answering import LONGEST_ACCOUNT, is_address
from breachcheck.web.asked_mails import Wish, asked_mail
from breachcheck.web.context import services
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.owner_sessions import owner_sessions

bp = Blueprint("account", __name__)

ONE_CLICK = "account.unsubscribe"
GONE = 410


@bp.before_request
def require_mail() -> None:
    """Without mail there is nothing here. A form of another site is refused, but for what RFC 8058 lets mailers post.

    It could otherwise bring people into the session of someone else, or have their browsers ask for mails.
    """
    if services().config.mail == "off":
        abort(404)
    is_foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    if request.method == "POST" and is_foreign and request.endpoint != ONE_CLICK:
        raise CSRFError("The form is one of another site.")


@bp.after_request
def never_kept(response: Response) -> Response:
    return keep_to_yourself(response)


@bp.get("/owner/ask")
def ask() -> ResponseReturnValue:
    """The form that asks for a link; of a browser that asked already, with its address."""
    known = asked_mail()
    return render_template("account/ask.html", action=url_for("account.send_answer"), typed=known and known.account)


@bp.post("/owner/ask")
def send_answer() -> ResponseReturnValue:
    return _ask_for_link("answer", url_for("account.send_answer"))


@bp.post("/owner/ask/hide")
def hide_me() -> ResponseReturnValue:
    return _ask_for_link("hide", url_for("account.hide_me"))


def _ask_for_link(wish: Wish, action: str) -> ResponseReturnValue:
    def ask_for_link(account: str) -> ResponseReturnValue:
        return asked_mails.ask_for_link(account, wish, url_for("account.sent"))

    return _asked("account/ask.html", action, ask_for_link)


def _asked(form: str, action: str, ask_for: Callable[[str], ResponseReturnValue]) -> ResponseReturnValue:
    """Ask for a mail to the address in the form; where it is none, the form again, which says so."""
    account = request.form.get("account", "")
    if is_address(account):
        return ask_for(account)
    return render_template(form, action=action, typed=account[:LONGEST_ACCOUNT], is_refused=True), 400


@bp.get("/owner/sent")
def sent() -> ResponseReturnValue:
    known = asked_mail()
    if known is None:
        return redirect(url_for("account.ask"), 303)
    return render_template("account/sent.html", account=known.account)


@bp.post("/owner/code")
def spend_code() -> ResponseReturnValue:
    """The code from the mail, in the browser that asked for it."""
    limits.spend("code", services().config.mail_requests_a_minute)
    known = asked_mail()
    if known is None:
        return redirect(url_for("account.ask"), 303)
    try:
        owner = services().post.owner_links.spend_code(request.form.get("code", "")[:LONGEST_ACCOUNT], known.nonce)
    except UnknownLink:
        page = render_template("account/sent.html", account=known.account, is_refused=True)
        return page, 400
    return _let_in(owner)


@bp.get("/owner/link/<token>")
def link(token: str) -> ResponseReturnValue:
    """A button, and nothing spent: mail scanners open every link."""
    if not services().post.owner_links.is_open(token):
        return _used()
    return render_template("account/link.html", token=token)


@bp.post("/owner/link/<token>")
def spend_link(token: str) -> ResponseReturnValue:
    try:
        return _let_in(services().post.owner_links.spend(token))
    except UnknownLink:
        return _used()


def _let_in(owner: Owner) -> Response:
    """Begin the owner's session. The address that was asked for is needed no more, and forgotten."""
    known = asked_mail()
    is_to_hide = known is not None and known.wish == "hide"
    response = make_response(redirect(url_for("owner.hide" if is_to_hide else "owner.answer"), 303))
    owner_sessions().begin(response, owner)
    asked_mails.forget(response)
    return response


def _used() -> ResponseReturnValue:
    return render_template("account/link_used.html"), GONE


@bp.get("/owner/stop/<token>")
def stop(token: str) -> ResponseReturnValue:
    try:
        is_stopped = services().post.requests.is_stopped(token)
    except UnknownLink:
        return _cut_off()
    is_allowed = not is_stopped and "allowed" in request.args
    return render_template("account/stop.html", token=token, is_stopped=is_stopped, is_allowed=is_allowed)


@bp.post("/owner/stop/<token>")
def stop_or_allow(token: str) -> ResponseReturnValue:
    """The same link stops the mails and, later, allows them again."""
    requests, is_to_allow = services().post.requests, request.form.get("do") == "allow"
    try:
        (requests.allow if is_to_allow else requests.stop)(token)
    except UnknownLink:
        return _cut_off()
    return redirect(url_for("account.stop", token=token, allowed=1 if is_to_allow else None), 303)


def _cut_off() -> ResponseReturnValue:
    return render_template("account/cut_off.html"), 404


@bp.get("/subscribe")
def subscribe() -> ResponseReturnValue:
    return render_template("account/subscribe.html", action=url_for("account.notify_me"))


@bp.post("/subscribe")
def notify_me() -> ResponseReturnValue:
    def ask_for_confirmation(account: str) -> ResponseReturnValue:
        return asked_mails.ask_for_confirmation(account, url_for("account.asked_to_confirm"))

    return _asked("account/subscribe.html", url_for("account.notify_me"), ask_for_confirmation)


@bp.get("/subscribe/sent")
def asked_to_confirm() -> ResponseReturnValue:
    known = asked_mail()
    if known is None:
        return redirect(url_for("account.subscribe"), 303)
    return render_template("account/asked_to_confirm.html", account=known.account)


@bp.get("/subscribe/<token>")
def confirm(token: str) -> ResponseReturnValue:
    if not services().post.subscribers.is_pending(token):
        return render_template("account/confirm_used.html"), GONE
    return render_template("account/confirm.html", token=token)


@bp.post("/subscribe/<token>")
def confirmed(token: str) -> ResponseReturnValue:
    try:
        services().post.subscribers.confirm(token)
    except UnknownLink:
        return render_template("account/confirm_used.html"), GONE
    return render_template("account/confirmed.html")


@bp.get("/unsubscribe/<token>")
def leave(token: str) -> ResponseReturnValue:
    try:
        is_subscribed = services().post.subscribers.is_subscribed(token)
    except UnknownLink:
        return _cut_off()
    return render_template("account/unsubscribe.html", token=token, is_subscribed=is_subscribed)


@bp.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Pressed on our page, or posted by a mail provider (RFC 8058), which has no cookies and follows no redirect."""
    try:
        services().post.subscribers.unsubscribe(token)
    except UnknownLink:
        return _cut_off()
    return render_template("account/unsubscribe.html", token=token, is_subscribed=False)
