"""Security headers, on every answer of the app, errors included."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    )
)

EVERYWHERE = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def install(app: Flask) -> None:
    """Add the headers to every answer that does not say otherwise."""

    @app.after_request
    def secure(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        ours = EVERYWHERE | OVER_HTTPS if request.is_secure else EVERYWHERE
        response.headers.extend((name, value) for name, value in ours.items() if name.lower() not in said)
        return response


def keep_to_yourself(response: Response) -> Response:
    """Mark *response* as being about one account: kept by no cache, named to no other site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
