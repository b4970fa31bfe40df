"""The sheets of a session: a page that the browser prints, or a PDF, in every language that is open there."""

from __future__ import annotations

from flask import abort, g, make_response, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import Instrument
from survey import pdf
from survey.access import staff
from survey.headers import content_security_policy, with_style
from survey.installation import database
from survey.models import Sitting
from survey.openings import open_languages
from survey.paper.places import ROLES, blueprint, draws_cards
from survey.pauses import pauses_over
from survey.printed import SIZES, Occasion, sheet_page, sheet_style
from survey.publishing import instrument_of
from survey.wave_words import wave_heading
from survey.waves import reached_sitting, waves_of


@blueprint.get("/<int:sitting_id>/sheet/<wave>/<language>")
@staff(*ROLES)
def sheet(sitting_id: int, wave: str, language: str) -> Reply:
    """The sheet of a wave as a page, to be printed by the browser."""
    sitting, instrument = _asked(sitting_id, wave, language)
    g.language, style = language, sheet_style(_size())
    reply = make_response(sheet_page(instrument, wave, language, occasion_of(sitting, wave), style))
    reply.headers["Content-Security-Policy"] = with_style(content_security_policy(), style)
    return reply


@blueprint.get("/<int:sitting_id>/sheet/<wave>/<language>.pdf")
@staff(*ROLES)
def sheet_file(sitting_id: int, wave: str, language: str) -> Reply:
    """The same as a PDF, where PDFs can be made."""
    sitting, instrument = _asked(sitting_id, wave, language)
    if not pdf.available():
        abort(404)
    g.language, size = language, _size()
    page = sheet_page(instrument, wave, language, occasion_of(sitting, wave), sheet_style(size), repeats=True)
    reply = make_response(pdf.made(page))
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


def occasion_of(sitting: Sitting, wave: str) -> Occasion:
    """What the sheets of a session say of it; called when the page's language is chosen."""
    return Occasion(
        wave=wave_heading(wave),
        session=f"{sitting.setting.name}, {sitting.year_groups}",
        has_card=draws_cards(sitting),
        back=url_for("paper.index", sitting_id=sitting.id),
    )
