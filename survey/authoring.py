"""Questionnaires for staff: which are published, and how each looks to those who answer it.

The preview is the very page that respondents get, in every wave and language; a draft translation can be seen only here.
"""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, render_template, request, url_for
from sqlalchemy import select

from questionnaires.instrument import Instrument
from survey.access import staff
from survey.database import Database
from survey.models import InstrumentVersion
from survey.publishing import instrument_of
from survey.sheets import CardField, LanguageLink, Sheet, Typed, make_pages

blueprint = Blueprint("authoring", __name__, url_prefix="/staff/questionnaires")


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


@blueprint.get("/")
@staff("administrator", "analyst")
def index() -> str:
    """Every published questionnaire, newest version first."""
    with _database().reading() as session:
        versions = session.scalars(
            select(InstrumentVersion).order_by(InstrumentVersion.key, InstrumentVersion.version.desc())
        ).all()
    return render_template(
        "authoring/index.html", instruments=[(version, instrument_of(version)) for version in versions]
    )


@blueprint.get("/<int:version_id>/preview/<wave>")
@staff("administrator", "analyst", "facilitator")
def preview(version_id: int, wave: str) -> str:
    """One wave as respondents see it; nothing sent from here is stored."""
    with _database().reading() as session:
        version = session.get(InstrumentVersion, version_id) or abort(404)
    instrument = instrument_of(version)
    code = request.args.get("lang", "en")
    if wave not in instrument.waves or code not in {language.code for language in instrument.languages}:
        abort(404)
    g.language = code
    sheet = Sheet(
        title=instrument.title,
        intro=instrument.intro,
        pages=make_pages(instrument, wave, Typed()),
        card=CardField() if len(instrument.waves) > 1 else None,
        languages=_links(instrument, version_id, wave),
        draft=instrument.language(code).checked is None,
    )
    return render_template("answering/questionnaire.html", sheet=sheet, ticket="", submission="")


def _links(instrument: Instrument, version_id: int, wave: str) -> tuple[LanguageLink, ...]:
    def href(code: str) -> str:
        return url_for("authoring.preview", version_id=version_id, wave=wave, lang=code)

    return tuple(LanguageLink(one.code, one.name, one.direction, href(one.code)) for one in instrument.languages)
