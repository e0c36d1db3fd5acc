"""Asking and answering on pages: the form, the question, the answer. The same for every door."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from breachcheck import addresses, demo
from breachcheck.answers import Answer
from breachcheck.errors import InvalidAccount
from breachcheck.web import limits, measuring
from breachcheck.web.answer_page import found_page
from breachcheck.web.context import seal, services
from breachcheck.web.doors import Door
from breachcheck.web.focus import home_form
from breachcheck.web.headers import keep_to_yourself
from breachcheck.web.offers import offers_at
from breachcheck.web.spelling import did_you_mean

LONGEST_ACCOUNT = 1000


def show_home(door: Door, *, typed: str = "", is_refused: bool = False) -> ResponseReturnValue:
    """The form; with *is_refused*, what was *typed* is still in it and the page says why it is no address."""
    form = home_form(door)
    if not form.breaches:
        return render_template("pages/no_form.html", door=door, form=form, is_empty=not door.all_breaches())
    return render_template(
        "pages/home.html",
        door=door,
        form=form,
        count=len(form.breaches),
        newest=max(breach.added_at for breach in form.breaches),
        typed=typed,
        is_refused=is_refused,
        offers=offers_at(door),
    )


def take_question(door: Door) -> ResponseReturnValue:
    """Send the browser on to the answer, the account sealed in a cookie: so Back and reload ask nothing anew of it."""
    account = request.form.get("account", "")
    _spend(account)
    if not is_address(account):
        response = make_response(show_home(door, typed=account[:LONGEST_ACCOUNT], is_refused=True), 400)
        return keep_to_yourself(response)
    response = make_response(redirect(door.answer_url(), 303))
    seal().close(response, account.strip(), door.answer_url())
    return keep_to_yourself(response)


def show_answer(door: Door) -> ResponseReturnValue:
    """The answer for the account in the cookie, asked anew; without one, back to the form."""
    account = seal().open()
    if account is None:
        return redirect(door.home_url(), 303)
    answer = measuring.told(door.ask(account))
    return keep_to_yourself(make_response(_answer_page(door, account, answer)))


def _answer_page(door: Door, account: str, answer: Answer) -> str:
    shown = {
        "door": door,
        "account": account,
        "answer": answer,
        "breaches": door.reach(),
        "offers": offers_at(door),
    }
    if answer.exposures:
        return render_template("pages/found.html", page=found_page(answer), **shown)
    return render_template("pages/not_found.html", meant=did_you_mean(account), **shown)


def is_address(account: str) -> bool:
    """Whether *account* may be asked about."""
    if len(account) > LONGEST_ACCOUNT:
        return False
    try:
        addresses.canonical(account)
    except InvalidAccount:
        return False
    return True


def _spend(account: str) -> None:
    """Count the question against its network; the demo's own buttons are free."""
    addresses_of_demo = demo.demo_addresses() if services().is_demo else None
    if addresses_of_demo is None or account not in addresses_of_demo.all:
        limits.spend("look-up", services().config.lookups_a_minute)
