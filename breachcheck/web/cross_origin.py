"""Cross origin: whose pages may call the APIs from a browser. Nobody's, unless the settings name them (CORS)."""

from collections.abc import Collection

from flask import Flask, Response, request

PREFIX = "/api/"
METHODS = "GET, POST, PUT, PATCH, DELETE"
TAKEN = "Accept, Accept-Language, Authorization, Content-Type, If-None-Match, hibp-api-key, User-Agent"
SHOWN = (
    "Allow, Breachcheck-Breaches-Checked, Breachcheck-Demo, Breachcheck-Newest-Added, ETag, RateLimit,"
    " RateLimit-Policy, Retry-After, X-Request-Id"
)
REMEMBERED_FOR_S = 600


def install(app: Flask, origins: Collection[str]) -> None:
    """Let pages of *origins* call what is under PREFIX, and read the answers; never with cookies."""
    if not origins:
        return
    allowed = frozenset(origins)

    @app.before_request
    def answer_preflight() -> Response | None:
        """The browser asks by itself, without a key, before it sends what the page wants."""
        is_one = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not is_one or not request.path.startswith(PREFIX) or _origin() not in allowed:
            return None
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = TAKEN
        response.headers["Access-Control-Max-Age"] = str(REMEMBERED_FOR_S)
        return response

    @app.after_request
    def allow(response: Response) -> Response:
        if request.path.startswith(PREFIX):
            response.vary.add("Origin")
            if _origin() in allowed:
                response.headers["Access-Control-Allow-Origin"] = _origin()
                response.headers["Access-Control-Expose-Headers"] = SHOWN
        return response


def _origin() -> str:
    return request.headers.get("Origin", "")
