"""What surrounds every page: who may send forms here, what a browser may load, keep and tell, and compression.

Refusals follow DESIGN 7: a request is foreign only when its browser says so (`Sec-Fetch-Site` present and not
`same-origin`, or `Origin` present, not `null` and not ours); old browsers say nothing and are let in.
"""

from __future__ import annotations

import gzip

from flask import Blueprint, Flask, abort, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from survey.access import SAFE
from survey.assets import style_hash, stylesheet, stylesheet_hash
from survey.cookies import is_https

COMPRESSED = ("text/", "application/json", "image/svg+xml")
WORTH_COMPRESSING = 600
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}


def init_app(app: Flask) -> None:
    """Attach the checks and headers."""
    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)
    app.after_request(compress)


def refuse_foreign_forms() -> None:
    """Refuse a form that another site sends in somebody's name."""
    if request.method in SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_foreign_site = site is not None and site not in ("same-origin", "none")
    is_foreign_origin = origin is not None and origin != "null" and not _is_ours(origin)
    if is_foreign_site or is_foreign_origin:
        abort(403)


def _is_ours(origin: str) -> bool:
    # Behind a proxy the scheme seen here may be http: the host decides.
    return origin.partition("://")[2] == request.host


def content_security_policy() -> str:
    """Nothing inline but the one stylesheet, nothing from elsewhere, nowhere to send to but here."""
    return (
        f"default-src 'none'; script-src 'self'; style-src {stylesheet_hash()}; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def with_style(policy: str, style: str) -> str:
    """The policy of a page that brings this stylesheet, too."""
    return policy.replace("style-src ", f"style-src {style_hash(style)} ", 1)


def style_of(blueprint: Blueprint, name: str) -> None:
    """Give the pages of a journey the stylesheet with the rules that only they need: young people's pages stay small."""

    def whole() -> Markup:
        return stylesheet() + stylesheet(name)

    def bring() -> dict[str, Markup]:
        return {"stylesheet": whole()}

    def allow(reply: Reply) -> Reply:
        """Beside what a page of theirs brings itself, such as a printed sheet."""
        policy = reply.headers.get("Content-Security-Policy") or content_security_policy()
        reply.headers["Content-Security-Policy"] = with_style(policy, whole())
        return reply

    blueprint.context_processor(bring)
    blueprint.after_request(allow)


def add_headers(reply: Reply) -> Reply:
    """Set the headers that every reply carries, and what browsers may keep of it."""
    reply.headers.setdefault("Content-Security-Policy", content_security_policy())
    for name, value in FIXED.items():
        reply.headers[name] = value
    if is_https():
        reply.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint == "static" and reply.status_code == 200 and "v" in request.args:
        reply.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        reply.headers.setdefault("Cache-Control", "no-store")
    return reply


def compress(reply: Reply) -> Reply:
    """Compress what is worth it (there may be no proxy in a school's cupboard to do it)."""
    reply.headers.setdefault("Vary", "Accept-Encoding")
    kind = reply.mimetype or ""
    if (
        "gzip" not in request.headers.get("Accept-Encoding", "")
        or not kind.startswith((*COMPRESSED, "application/javascript"))
        or "Content-Encoding" in reply.headers
        or reply.status_code in (204, 304)
    ):
        return reply
    reply.direct_passthrough = False
    body = reply.get_data()
    if len(body) >= WORTH_COMPRESSING:
        reply.set_data(gzip.compress(body, compresslevel=4, mtime=0))
        reply.headers["Content-Encoding"] = "gzip"
    return reply
