"""English sentences on a page in another language, each marked as English, wherever on the page it stands.

A catalogue may lack a sentence; English is shown then, and whoever hears the page must hear it in English. `gettext` puts two
signs of Unicode's private use around such a sentence; here, once the page is made, the signs become `<span lang="en"
dir="ltr">` in its text. Nothing can be marked inside an attribute, a title or an option: there the signs go away, and an
option, or an element whose name (`aria-label`) is borrowed, says so by its own `lang`. Only a script's texts (`data-...`)
keep theirs: the script marks what it writes.
"""

from __future__ import annotations

import re

from flask import Blueprint, g
from werkzeug.wrappers import Response as Reply

from survey.languages import BORROWED, RETURNED, SOURCE

_TAGS = re.compile(r"<title>.*?</title>|<option\b[^>]*>[^<]*|<[^>]*>", re.DOTALL)
_SIGNS = re.compile(f"[{BORROWED}{RETURNED}]")
_FOR_SCRIPT = re.compile(rf'(\sdata-[\w-]+="[^"]*")|[{BORROWED}{RETURNED}]')
_NAMED = re.compile(rf'^<\w+(?=[^>]*\saria-label="{BORROWED})(?![^>]*\slang=)')


def init_blueprint(blueprint: Blueprint) -> None:
    """From here on the pages of this journey mark what they borrow."""
    blueprint.before_request(_begin)
    blueprint.after_request(_mark)


def _begin() -> None:
    g.marks_borrowed = True


def _mark(reply: Reply) -> Reply:
    if reply.mimetype == "text/html" and not reply.direct_passthrough:
        page = reply.get_data(as_text=True)
        if BORROWED in page:
            reply.set_data(marked(page))
    return reply


def marked(page: str) -> str:
    """The page with its borrowed sentences marked."""
    done, last = [], 0
    for tag in _TAGS.finditer(page):
        done += [_in_text(page[last : tag.start()]), _in_tag(tag[0])]
        last = tag.end()
    return "".join([*done, _in_text(page[last:])])


def _in_text(text: str) -> str:
    return text.replace(BORROWED, f'<span lang="{SOURCE}" dir="ltr">').replace(RETURNED, "</span>")


def _in_tag(tag: str) -> str:
    if BORROWED not in tag:
        return tag
    if tag.startswith("<title"):
        return _SIGNS.sub("", tag)
    if tag.startswith("<option"):  # it holds nothing but text, so that its own language says it
        return _SIGNS.sub("", tag.replace("<option", f'<option lang="{SOURCE}" dir="ltr"', 1))
    named = _NAMED.sub(lambda start: f'{start[0]} lang="{SOURCE}"', tag)
    return _FOR_SCRIPT.sub(lambda found: found[1] or "", named)
