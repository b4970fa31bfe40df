"""The sheet: the questionnaire as it is ticked by hand, on both sides of A4, or large on A3.

It is the same document that a screen shows, in the same words and order, with a box for every answer and beside it the
small number that is typed in afterwards. A page and a PDF are made of one template; the PDF repeats help at the foot of
every page. There is no box for words: nobody who reads them is asked to look through a pile of paper.
"""

from __future__ import annotations

import re
from functools import cache

from flask import abort, g, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from questionnaires.digits import slots_in
from questionnaires.instrument import PRIMARY_AGE, Instrument
from survey import pdf
from survey.access import staff
from survey.assets import STATIC, style_hash, stylesheet
from survey.borrowed import marked
from survey.headers import content_security_policy
from survey.helplines import helplines
from survey.languages import catalogue
from survey.models import Sitting
from survey.openings import open_languages
from survey.paper.places import ROLES, blueprint, database, draws_cards, wave_words
from survey.pauses import pauses_over
from survey.publishing import instrument_of
from survey.sheets import Typed, make_pages
from survey.waves import reached_sitting, waves_of

SIZES = ("a4", "a3")
MOST_LINES = 3
"""Help lines at the foot of a sheet."""


@blueprint.get("/<int:sitting_id>/sheet/<wave>/<language>")
@staff(*ROLES)
def sheet(sitting_id: int, wave: str, language: str) -> Reply:
    """The sheet of a wave as a page, to be printed by the browser."""
    sitting, instrument = _asked(sitting_id, wave, language)
    style = _style(_size())
    reply = make_response(page_of(sitting, instrument, wave, language, style, repeats=False))
    policy = content_security_policy().replace("style-src ", f"style-src {style_hash(style)} ")
    reply.headers["Content-Security-Policy"] = policy
    return reply


@blueprint.get("/<int:sitting_id>/sheet/<wave>/<language>.pdf")
@staff(*ROLES)
def sheet_file(sitting_id: int, wave: str, language: str) -> Reply:
    """The same as a PDF, where PDFs can be made."""
    sitting, instrument = _asked(sitting_id, wave, language)
    if not pdf.available():
        abort(404)
    size = _size()
    try:
        made = pdf.made(page_of(sitting, instrument, wave, language, _style(size), repeats=True))
    except pdf.NoPDF:
        abort(503)
    reply = make_response(made)
    reply.headers["Content-Type"] = "application/pdf"
    name = f"sheet-{instrument.key}-{wave}-{language}-{size}.pdf"
    reply.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return reply


def _asked(sitting_id: int, wave: str, language: str) -> tuple[Sitting, Instrument]:
    """The sitting and what is asked there; 404 for a wave or a language in which nothing may be asked there."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        if pauses_over(session, sitting.programme_id, sitting.setting_id):
            abort(409)  # its page says why
        if wave not in waves_of(sitting.programme, sitting):
            abort(404)
        version = next(one.instrument_version for one in sitting.programme.waves if one.wave == wave)
        if language not in open_languages(version):
            abort(404)
        return sitting, instrument_of(version)


def _size() -> str:
    wanted = request.args.get("size", SIZES[0])
    return wanted if wanted in SIZES else abort(404)


def _style(size: str) -> Markup:
    large = Markup("@page{size:A3}body{font-size:18pt}") if size == "a3" else Markup("")
    return stylesheet("sheet.css") + large


def page_of(sitting: Sitting, instrument: Instrument, wave: str, language: str, style: Markup, *, repeats: bool) -> str:
    """The whole page. `repeats`: the foot stands at the start, from where WeasyPrint takes it to every page."""
    g.language, g.marks_borrowed = language, True
    numbers = {slot.field: {value: mark for mark, value in slot.marks.items()} for slot in slots_in(instrument, wave)}
    page = render_template(
        "paper/sheet.html",
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(instrument, wave, Typed()),
        numbers=numbers,
        has_card=draws_cards(sitting),
        sitting=sitting,
        wave=wave_words(wave),
        mark=f"{instrument.key} {instrument.version} · {wave} · {language}",
        language=catalogue(language).name,
        helplines=[one for one in helplines(young=instrument.ages[0] <= PRIMARY_AGE) if one.number][:MOST_LINES],
        repeats=repeats,
        style=style,
        drawing=drawing,
        back=url_for("paper.index", sitting_id=sitting.id),
    )
    return marked(page)


def drawing(file: str, name: str) -> Markup:
    """One of our drawings in the page itself: a program that makes PDFs does not follow references out of it."""
    return Markup('<svg aria-hidden="true" viewBox="0 0 48 48">{}</svg>').format(_symbols(file)[name])


@cache
def _symbols(file: str) -> dict[str, Markup]:
    found = re.findall(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', (STATIC / file).read_text("utf-8"), re.DOTALL)
    return {name: Markup(drawn) for name, drawn in found}  # noqa: S704 - our own files
