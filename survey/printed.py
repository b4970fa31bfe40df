"""The sheet: the questionnaire as it is ticked by hand, on both sides of A4, or large on A3.

It is the same document that a screen shows, in the same words and order, with a box for every answer and beside it the
small number that is typed in afterwards. A page and a PDF are made of one template; the PDF repeats help at the foot of
every page. There is no box for words: nobody who reads them is asked to look through a pile of paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from flask import g, render_template
from markupsafe import Markup

from questionnaires.digits import slots_in
from questionnaires.instrument import Instrument
from survey.assets import STATIC, stylesheet
from survey.borrowed import marked
from survey.helplines import helplines
from survey.manners import MAY_BE_HELPED
from survey.sheets import Typed, make_pages

SIZES = ("a4", "a3")
MOST_LINES = 3
"""Help lines at the foot of a sheet."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a sheet says of where it belongs: the wave and the session in words, and whether pupils draw cards there.

    `back` is the address that staff came from; a preview inside a frame has none. `is_draft`: nobody checked the words.
    """

    wave: str
    session: str
    has_card: bool
    back: str = ""
    is_draft: bool = False


def sheet_style(size: str = SIZES[0]) -> Markup:
    """The stylesheet of a sheet, which is not that of any page."""
    large = Markup("@page{size:A3}body{font-size:18pt}") if size == "a3" else Markup("")
    return stylesheet("sheet.css") + large


def sheet_page(
    instrument: Instrument, wave: str, language: str, occasion: Occasion, style: Markup, *, repeats: bool = False
) -> str:
    """The whole page. `repeats`: the foot stands at the start, from where WeasyPrint takes it to every page."""
    g.language, g.marks_borrowed = language, True
    page = render_template(
        "paper/sheet.html",
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(instrument, wave, Typed()),
        numbers={
            slot.field: {value: mark for mark, value in slot.marks.items()} for slot in slots_in(instrument, wave)
        },
        occasion=occasion,
        may_be_helped=instrument.respondent in MAY_BE_HELPED,
        mark=f"{instrument.key} {instrument.version} · {wave} · {language}",
        helplines=[one for one in helplines(instrument.ages) if one.number][:MOST_LINES],
        repeats=repeats,
        style=style,
        drawing=drawing,
    )
    return marked(page)


def drawing(name: str) -> Markup:
    """One of our drawings in the page itself: a program that makes PDFs does not follow references out of it."""
    return Markup('<svg aria-hidden="true" viewBox="0 0 48 48">{}</svg>').format(_symbols()[name])


@cache
def _symbols() -> dict[str, Markup]:
    found = re.findall(
        r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', (STATIC / "drawings.svg").read_text("utf-8"), re.DOTALL
    )
    return {name: Markup(drawn) for name, drawn in found}  # noqa: S704 - our own files
