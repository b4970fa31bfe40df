"""What somebody typed into a form that came after their sign-in had ended.

It travels inside the sign-in page, in the browser and nowhere else (our pages are never stored), and is handed back after
signing in, to be looked at and saved anew: nothing is done with it on the way, whoever signs in.
"""

from __future__ import annotations

import json

from flask import request

LARGEST = 200 * 1024
_OURS = frozenset({"csrf_token", "next", "email", "password", "kept"})


def kept_words() -> str:
    """The fields of the form that was sent here instead of to its page, as one text; empty where there are none."""
    if "kept" in request.form:
        return request.form["kept"][:LARGEST] if read_words(request.form["kept"]) else ""
    if request.method != "POST" or "email" in request.form:
        return ""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OURS]
    words = json.dumps(fields, ensure_ascii=False)
    return words if fields and len(words) <= LARGEST else ""


def read_words(kept: str) -> list[tuple[str, str]]:
    """Such a text as fields again; none if it is not one of ours."""
    try:
        fields = json.loads(kept) if len(kept) <= LARGEST else []
    except (ValueError, RecursionError):
        return []
    is_ours = isinstance(fields, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in fields
    )
    return [(name, value) for name, value in fields if name not in _OURS] if is_ours else []
