"""Shared answers: the same for everybody who may ask. They alone are compressed, and known again by an ETag."""

import gzip
from functools import lru_cache

from flask import Response, request

SMALLEST = 1024
"""Bytes; less is hardly worth it."""


def shared(response: Response) -> Response:
    """*response* as the client can take it: smaller where it reads gzip, 304 where it has it already (RFC 9110, 13).

    Never of what mixes something secret with something that the caller sent: its length would tell of the one to
    whoever chooses the other.
    """
    body = response.get_data()
    response.vary.add("Accept-Encoding")
    if len(body) >= SMALLEST and request.accept_encodings.quality("gzip") > 0:
        response.set_data(_compressed(body))
        response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=32)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
