"""Languages as others name them: by a code, or by a word in English.

Files from other tools say `Welsh`, `cy`, `cy-GB` or `Cymraeg (cy)`. Here each becomes a `Language` with its own name
and direction, as a draft: nobody has checked it yet.
"""

from __future__ import annotations

import functools

from babel import Locale, UnknownLocaleError

from questionnaires.instrument import Language
from questionnaires.wording import LANGUAGE


def language_of(code: str, name: str = "") -> Language:
    """The language with this code, under its own name if none is given."""
    locale = _locale(code)
    if locale is None:
        return Language(code, name or code)
    return Language(code, name or locale.get_display_name() or code, "rtl" if locale.text_direction == "rtl" else "ltr")


def code_of(words: str) -> str | None:
    """The code that somebody meant; None if it is no language we know. English of any country is `en`."""
    plain = words.strip().replace("_", "-")
    if plain.lower() in _names():
        return _names()[plain.lower()]
    first, _, rest = plain.partition("-")
    code = f"{first.lower()}-{rest}" if rest else first.lower()
    if not LANGUAGE.fullmatch(code):
        return None
    if first.lower() == "en":
        return "en"
    return code if len(plain) == len(code) and (_locale(code) or len(first) <= 3) else None


@functools.cache
def _names() -> dict[str, str]:
    """English names of languages -> codes."""
    return {name.lower(): code.replace("_", "-") for code, name in Locale("en").languages.items() if len(code) <= 3}


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None
