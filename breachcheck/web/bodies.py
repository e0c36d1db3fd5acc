"""Bodies: the JSON objects that programs send, read strictly into values."""

from typing import TypeVar

import msgspec
from flask import Flask, request
from werkzeug.exceptions import LengthRequired, UnsupportedMediaType

from breachcheck import json_faults
from breachcheck.json_faults import NOT_DECODED, fault_of, misfit_of

JSON = "application/json"
PREFIX = "/api/"
AS_IT_IS = ("", "identity")

Value = TypeVar("Value")


def install(app: Flask) -> None:
    """Refuse bodies that are compressed: what they would unpack to is bounded by nothing.

    And those in chunks, where the server does not vouch for their end: they would be taken for empty.
    """

    @app.before_request
    def require_end() -> None:
        if "Transfer-Encoding" in request.headers and "wsgi.input_terminated" not in request.environ:
            raise LengthRequired("Send the body with its `Content-Length`, not in chunks.")

    @app.before_request
    def require_plain() -> None:
        coding = request.headers.get("Content-Encoding", "").strip().lower()
        if coding not in AS_IT_IS and request.path.startswith(PREFIX):
            raise UnsupportedMediaType("Send the body as it is, without `Content-Encoding`.")


def read(decoder: msgspec.json.Decoder[Value], example: str) -> Value:
    """The body of the current request. Raises InvalidRequest with the place of the mistake, MalformedJson."""
    body = request.get_data(cache=False)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        json_faults.require_json(body)
        raise misfit_of(error, example) from None
    except NOT_DECODED as error:
        raise fault_of(error) from None


def require_json() -> None:
    """Raises UnsupportedMediaType where the body is declared as something else."""
    if request.content_type not in (None, JSON) and request.mimetype != JSON:
        raise UnsupportedMediaType("Send the body as JSON, with the header `Content-Type: application/json`.")
