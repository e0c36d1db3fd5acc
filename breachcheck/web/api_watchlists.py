"""/api/v1/watchlists: directories of accounts to be told about, and what they are told."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from breachcheck import directories, watch_feed
from breachcheck.answers import timestamp
from breachcheck.directories import Columns, Directory, Line
from breachcheck.errors import InvalidRequest
from breachcheck.watching import Kept
from breachcheck.watchlists import Watchlist, is_name
from breachcheck.web import api, bodies
from breachcheck.web.access import admit
from breachcheck.web.api_changes import page_length
from breachcheck.web.context import services
from breachcheck.web.domain_viewers import note_many

SCOPE = "watch"
MOST_ACKNOWLEDGED = 10_000

READERS: Mapping[str, Callable[[bytes], Iterator[Line]]] = {
    "application/json": directories.of_json,
    "application/x-ndjson": directories.of_json_lines,
    "application/jsonl": directories.of_json_lines,
    "text/csv": partial(directories.of_csv, columns=Columns(is_strict=True)),
}
"""By the body's media type: how a directory is read."""

bp = Blueprint("api_watchlists", __name__, url_prefix=f"{api.PREFIX}/watchlists")


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a change: refs to take off, and lines to add."""

    remove: list[str] = []
    add: msgspec.Raw = msgspec.Raw(b"[]")


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an acknowledgement."""

    ids: list[str]


_change = msgspec.json.Decoder(Change)
_acknowledgement = msgspec.json.Decoder(Acknowledgement)


@bp.get("")
def watchlists() -> Response:
    """Every watchlist of the key's holder, by name."""
    every = services().watchlists.of_holder(_holder())
    return _answer({"watchlists": [_facts(one) for one in every]})


@bp.get("/<name>")
def watchlist(name: str) -> Response:
    """How much is on one watchlist; nobody can read out who."""
    return _answer(_facts(services().watchlists.get(_holder(), name)))


@bp.put("/<name>")
def put_watchlist(name: str) -> Response:
    """Watch exactly what the body holds: a directory as JSON, JSON lines or CSV."""
    key = admit(SCOPE)
    _require_name(name)
    reader = _reader()
    directory = _read(reader(request.get_data(cache=False)), within="" if reader is directories.of_json else None)
    directories.require_some(directory)
    note_many(key, f"watchlist {name}")
    kept = services().watching.replace(key.name, name, directory.accounts)
    return _answer(_outcome(name, kept, directory), 201 if kept.is_new else 200)


@bp.patch("/<name>")
def change_watchlist(name: str) -> Response:
    """Take refs off, and add accounts."""
    key = admit(SCOPE)
    bodies.require_json()
    sent = bodies.read(_change, 'like {"remove": ["e-1"], "add": [{"ref": "e-2", "account": "…"}]}')
    directory = _read(directories.of_json(bytes(sent.add), within="/add"), within="/add")
    services().watchlists.get(key.name, name)
    note_many(key, f"watchlist {name}")
    kept = services().watching.change(key.name, name, remove_refs=sent.remove, add=directory.accounts)
    return _answer(_outcome(name, kept, directory))


@bp.delete("/<name>")
def delete_watchlist(name: str) -> Response:
    """Forget the watchlist, and all that was told of it."""
    services().watching.delete(_holder(), name)
    return Response(status=204)


@bp.get("/<name>/exposures")
def exposures(name: str) -> Response:
    """What became so, or ceased to be, of the refs on it after a cursor, oldest first."""
    key = admit(SCOPE)
    rights = services().watch_rights.of_key(key)
    page = services().watch_feed.after(key.name, name, request.args.get("cursor", ""), page_length(), rights)
    if any(event.news.is_sensitive for event in page.events):
        note_many(key, f"events of watchlist {name}")
    return _answer(watch_feed.as_json(page))


@bp.post("/<name>/exposures/acknowledge")
def acknowledge(name: str) -> Response:
    """Note that someone has seen to some events."""
    holder = _holder()
    bodies.require_json()
    request.max_content_length = api.LARGEST_QUESTION * 8
    sent = bodies.read(_acknowledgement, 'like {"ids": ["7-12", "7-13"]}')
    if len(sent.ids) > MOST_ACKNOWLEDGED:
        raise InvalidRequest(f"That is more than {MOST_ACKNOWLEDGED:,} ids at once.", "/ids")
    number = services().watch_feed.acknowledge(holder, name, sent.ids, at=int(time.time()))
    return _answer({"acknowledged": number})


def _holder() -> str:
    return admit(SCOPE).name


def _require_name(name: str) -> None:
    if not is_name(name):
        raise InvalidRequest("A watchlist's name has 1 to 64 letters, digits, - and _.")


def _reader() -> Callable[[bytes], Iterator[Line]]:
    kind = request.mimetype if request.content_type else api.JSON
    if kind not in READERS:
        raise UnsupportedMediaType(f"Send the body as one of {', '.join(READERS)}, and say so in `Content-Type`.")
    return READERS[kind]


def _read(lines: Iterator[Line], *, within: str | None) -> Directory:
    names = [one.name for one in services().catalogue.published().breaches]
    return directories.read(lines, services().digester, names, within=within)


def _facts(one: Watchlist) -> dict[str, Any]:
    size = services().watchlists.size_of(one.id)
    return {
        "name": one.name,
        "refs": size.refs,
        "accounts": size.accounts,
        "created_at": timestamp(one.created_at),
        "changed_at": timestamp(one.changed_at),
    }


def _outcome(name: str, kept: Kept, directory: Directory) -> dict[str, Any]:
    return directories.outcome_json(name, kept.size, kept.added, kept.removed, directory)


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    demo = {"demo": True} if services().is_demo else {}
    return Response(msgspec.json.encode(body | demo), status, headers=api.ABOUT_AN_ACCOUNT)
