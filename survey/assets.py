"""What pages carry along: the one stylesheet, inlined and known to the policy by its hash, and files named by content."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"


@cache
def stylesheet(name: str = "heard.css") -> Markup:
    """A stylesheet without comments and needless space; it is ours, so it needs no escaping."""
    css = (STATIC / name).read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    css = re.sub(r":\s+", ":", css).replace(";}", "}").strip()
    return Markup(css)  # noqa: S704


@cache
def stylesheet_hash() -> str:
    """The stylesheet as the content security policy names it."""
    return style_hash(stylesheet())


def style_hash(css: str) -> str:
    """A style element as the content security policy names it."""
    digest = hashlib.sha256(css.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    return url_for("static", filename=name, v=_version(name))
