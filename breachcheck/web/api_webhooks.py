"""/api/v1/webhooks: programs that are told, instead of asking; each kind for keys with the scope of its feed."""

from collections.abc import Mapping
from typing import Literal, TypeVar

import msgspec
from flask import Blueprint, Response, request

from breachcheck.api_keys import ApiKey
from breachcheck.errors import InvalidRequest, MissingScope
from breachcheck.web import api, bodies, limits
from breachcheck.web.access import admit
from breachcheck.web.api_changes import page_length
from breachcheck.web.context import services
from breachcheck.web.headers import keep_to_yourself
from breachcheck.webhooks.endpoints import SCOPE_OF, HookKind
from breachcheck.webhooks.hooking import OVERLAP_S, Wish
from breachcheck.webhooks.messages import MessageState
from breachcheck.webhooks.views import message_json, view_json

TESTS_A_MINUTE = 10
HOUR_S = 3600
STATES: tuple[MessageState, ...] = ("queued", "sending", "delivered", "dead")

bp = Blueprint("api_webhooks", __name__, url_prefix=f"{api.PREFIX}/webhooks")


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a webhook. *cursor*: where a new one begins."""

    url: str
    kind: Literal["watchlist", "domain", "catalogue"]
    subject: str = ""
    cursor: str = ""


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a rotation, or none. *overlap_hours*: how long the former secret signs too."""

    overlap_hours: int = OVERLAP_S // HOUR_S


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a replay, or none. *ids*: of messages; None is all that were given up."""

    ids: list[str] | None = None


Body = TypeVar("Body", Rotation, Replay)

_wanted = msgspec.json.Decoder(Wanted)
_rotation = msgspec.json.Decoder(Rotation)
_replay = msgspec.json.Decoder(Replay)


@bp.get("")
def webhooks() -> Response:
    """Every webhook of the key's holder that the key has the scope of, by name."""
    key = _admitted()
    every = [one for one in services().webhooks.views() if one.webhook.holder == key.name]
    return _answer({"webhooks": [view_json(one, now=_now()) for one in every if one.webhook.scope in key.scopes]})


@bp.get("/<name>")
def webhook(name: str) -> Response:
    """One webhook, and how it fares."""
    key = _admitted(name)
    return _answer(view_json(services().webhooks.view(key.name, name), now=_now()))


@bp.put("/<name>")
def put_webhook(name: str) -> Response:
    """Call an address of what is new; the secret is told where the webhook is new, and never again."""
    key = _admitted()
    request.max_content_length = api.LARGEST_QUESTION
    bodies.require_json()
    sent = bodies.read(_wanted, 'like {"url": "https://…", "kind": "watchlist", "subject": "staff"}')
    _require_scope(key, sent.kind)
    wish = Wish(sent.url, sent.kind, sent.subject, sent.cursor)
    _, secret = services().webhooks.put(key.name, name, wish, by=_by(key))
    facts = view_json(services().webhooks.view(key.name, name), now=_now())
    return _answer(facts) if secret is None else _answer(facts | {"secret": secret}, 201)


@bp.delete("/<name>")
def delete_webhook(name: str) -> Response:
    """Call it no more, and forget what waits for it."""
    key = _admitted(name)
    services().webhooks.delete(key.name, name, by=_by(key))
    return Response(status=204)


@bp.post("/<name>/rotate")
def rotate_webhook(name: str) -> Response:
    """A new secret. The former one signs too, for a while."""
    key = _admitted(name)
    sent = _read(_rotation, 'like {"overlap_hours": 24}', Rotation())
    _, secret = services().webhooks.rotate(key.name, name, overlap_s=sent.overlap_hours * HOUR_S, by=_by(key))
    return _answer(view_json(services().webhooks.view(key.name, name), now=_now()) | {"secret": secret})


@bp.post("/<name>/test")
def test_webhook(name: str) -> Response:
    """Send a message that says nothing, once."""
    key = _admitted(name)
    limits.spend("webhook tests", TESTS_A_MINUTE, str(key.id))
    return _answer(message_json(services().webhooks.test(key.name, name)), 202)


@bp.get("/<name>/deliveries")
def deliveries(name: str) -> Response:
    """What became of its messages, newest first."""
    key = _admitted(name)
    found, cursor = services().webhooks.messages(
        key.name, name, cursor=request.args.get("cursor", ""), count=page_length(), state=_state()
    )
    return _answer({"deliveries": [message_json(one) for one in found], "cursor": cursor})


@bp.post("/<name>/replay")
def replay_webhook(name: str) -> Response:
    """Send messages again: some, or all that were given up."""
    key = _admitted(name)
    sent = _read(_replay, 'like {"ids": ["msg_3_17_1795383600"]}', Replay())
    return _answer({"queued": services().webhooks.replay(key.name, name, sent.ids, by=_by(key))}, 202)


def _admitted(name: str | None = None) -> ApiKey:
    """The key of the request, which opens the webhook of that *name*, or else some kind. Raises UnknownWebhook too."""
    key = admit(None)
    if not set(SCOPE_OF.values()) & set(key.scopes):
        raise MissingScope(f"Webhooks need a key with one of the scopes {', '.join(SCOPE_OF.values())}.")
    if name is not None:
        _require_scope(key, services().webhooks.view(key.name, name).webhook.kind)
    return key


def _require_scope(key: ApiKey, kind: HookKind) -> None:
    if SCOPE_OF[kind] not in key.scopes:
        raise MissingScope(f"A webhook of the kind {kind} needs a key with the scope {SCOPE_OF[kind]}.")


def _state() -> MessageState | None:
    text = request.args.get("state")
    found = next((one for one in STATES if one == text), None)
    if text is not None and found is None:
        raise InvalidRequest(f"The parameter state must be one of {', '.join(STATES)}.")
    return found


def _read(decoder: msgspec.json.Decoder[Body], example: str, usual: Body) -> Body:
    """The body, which may be left out."""
    request.max_content_length = api.LARGEST_QUESTION
    if not request.get_data():
        return usual
    bodies.require_json()
    return bodies.read(decoder, example)


def _by(key: ApiKey) -> str:
    return f"key {key.id}"


def _now() -> int:
    return services().webhooks.now()


def _answer(body: Mapping[str, object], status: int = 200) -> Response:
    marked = dict(body) | ({"demo": True} if services().is_demo else {})
    return keep_to_yourself(Response(msgspec.json.encode(marked), status, content_type=api.JSON))
