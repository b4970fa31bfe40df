"""Languages: which ones there are, who has checked them, and the words of the interface in each.

Catalogues are PO files, read at the start (there is nothing to build). A catalogue's header `X-Checked-By` names who
confirmed it; one without a name is a draft that staff may preview and children are never shown (CARE A5).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import g
from markupsafe import Markup

SOURCE = "en"
BORROWED, RETURNED = "\ue000", "\ue001"
"""Around a sentence that is still in English on a page that marks such sentences (see `borrowed`)."""
TRANSLATIONS = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Catalogue:
    """The interface's words in one language."""

    code: str
    checked_by: str
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return direction(self.code)

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        locale = Locale.parse(self.code, sep="-")
        return str(locale.get_display_name(locale)).capitalize()


def direction(code: str) -> str:
    """`ltr` or `rtl`: how a language is written; one that nobody knows, from left to right."""
    try:
        return "rtl" if Locale.parse(code, sep="-").text_direction == "rtl" else "ltr"
    except (UnknownLocaleError, ValueError):
        return "ltr"


@cache
def catalogues() -> Mapping[str, Catalogue]:
    """Every language of the interface by its code; English is the source and needs no file."""
    found = {SOURCE: Catalogue(SOURCE, "source", NullTranslations())}
    for path in sorted(TRANSLATIONS.glob("*/messages.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.name)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        found[path.parent.name] = Catalogue(path.parent.name, _checked_by(path), Translations(compiled))
    return found


def _checked_by(path: Path) -> str:
    """Who confirmed a catalogue; Babel keeps only the headers that it knows, so this one is read from the text."""
    header = path.read_text("utf-8").partition("\n\n")[0]
    found = re.search(r'^"X-Checked-By:(.*)\\n"$', header, re.MULTILINE)
    return found[1].strip() if found else ""


def is_open_to_children(code: str) -> bool:
    """Whether the interface in this language was confirmed by somebody who speaks it."""
    return code in catalogues() and bool(catalogues()[code].checked_by)


def catalogue(code: str) -> Catalogue:
    """The catalogue of a language, or the source's where there is none."""
    return catalogues().get(code, catalogues()[SOURCE])


_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Sentences made here are in this language, page or no page (the worker has none)."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def current() -> str:
    """The language of the page that is being made, or of `speaking`."""
    return _spoken.get() or (str(g.get("language", SOURCE)) if g else SOURCE)


def N_(message: str) -> str:  # noqa: N802
    """Mark a text for the catalogues where it stands; it is translated when it is shown."""
    return message


def gettext(message: str, **parameters: Any) -> str:
    """A sentence of the interface in the page's language."""
    words = catalogue(current()).translations.gettext(message)
    return _filled(_signed(words, is_borrowed=words is message), parameters)


def ngettext(singular: str, plural: str, count: int, **parameters: Any) -> str:
    """A sentence with a number, in the plural form of the page's language."""
    words = catalogue(current()).translations.ngettext(singular, plural, count)
    is_borrowed = words is singular or words is plural
    return _filled(_signed(words, is_borrowed=is_borrowed), {"count": number(count), **parameters})


def _signed(words: str, *, is_borrowed: bool) -> str:
    """The sentence between its two signs, if it is in English, the page is not, and the page marks such sentences."""
    wanted = is_borrowed and bool(g) and g.get("marks_borrowed", False) and current() != SOURCE
    return f"{BORROWED}{words}{RETURNED}" if wanted else words


def _filled(words: str, parameters: Mapping[str, Any]) -> str:
    # Markup fills its own gaps escaped; a plain sentence stays plain and the template escapes it.
    if any(isinstance(value, Markup) for value in parameters.values()):
        return Markup(words) % parameters  # noqa: S704 - our own catalogue's words
    return words % parameters if parameters else words


def day(value: date) -> str:
    """A date as people say it: 20 November 2026."""
    return format_date(value, "d MMMM y", locale=current().replace("-", "_"))


def number(value: float) -> str:
    """A number with its groups: 1,234."""
    return format_decimal(value, locale=current().replace("-", "_"))
