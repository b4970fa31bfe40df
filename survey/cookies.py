"""The cookies: one for respondents, one for staff, one for a reader whose key is unlocked.

All HttpOnly, bound to this host, Secure on https.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as Reply

from survey.installation import config

RESPONDENT = "heard"
STAFF = "heard_staff"
READING = "heard_reading"


def is_https() -> bool:
    """Whether people reach this installation by https (a proxy may stand in between, so the setting decides too)."""
    return request.is_secure or config().address.startswith("https://")


def name_of(cookie: str) -> str:
    """What a browser knows a cookie by: on https with the prefix that binds it to this host."""
    return f"__Host-{cookie}" if is_https() else cookie


def read(cookie: str) -> str:
    """What the browser sent; empty when it sent none."""
    return request.cookies.get(name_of(cookie), "")


def put(reply: Reply, cookie: str, value: str, *, seconds: int | None = None, strict: bool = False) -> None:
    """Set a cookie; without `seconds` it ends with the browser."""
    reply.set_cookie(
        name_of(cookie),
        value,
        max_age=seconds,
        path="/",
        secure=is_https(),
        httponly=True,
        samesite="Strict" if strict else "Lax",
    )


def drop(reply: Reply, cookie: str) -> None:
    """Take a cookie away."""
    reply.delete_cookie(name_of(cookie), path="/", secure=is_https(), httponly=True, samesite="Lax")
