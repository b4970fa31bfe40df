"""The factory: the only place where the parts of the service meet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter, Map

from survey import (
    accounts,
    answering,
    authoring,
    cases,
    exports,
    headers,
    languages,
    notices,
    operations,
    paper,
    programmes,
    reading_room,
    records,
    reporting,
    scorecard,
    sittings,
    stopping,
    troubles,
)
from survey.access import LARGEST_ID, forgery_token, require_rules
from survey.assets import asset, stylesheet
from survey.config import Config
from survey.database import Database
from survey.navigation import staff_frame
from survey.opened import OpenedTally
from survey.sealing import Keys
from survey.sheets import words

TEMPLATES = Path(__file__).parent.parent / "templates"
LARGEST_BODY = 256 * 1024


class Number(IntegerConverter):
    """A number in an address; one that no store holds is not found, whichever page it was meant for."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID, **limits)


def create_app(config: Config, database: Database | None = None) -> Flask:
    """Build the service.

    Raises
    ------
    survey.access.RouteWithoutRule
        When a route does not say who may use it.
    """
    app = Flask("survey", template_folder=str(TEMPLATES), static_folder=str(Path(__file__).parent / "static"))
    app.url_map.converters["int"] = Number
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, MAX_FORM_PARTS=1000)
    app.extensions.update(config=config, database=database or Database(config.database_url), keys=Keys(config.key))
    app.extensions["opened"] = OpenedTally(app.extensions["database"])
    _prepare_templates(app)
    languages.catalogues()  # read here: else each of the first requests that come at once would read them all
    app.before_request(_choose_language)
    headers.init_app(app)
    troubles.init_app(app)
    for journey in (
        answering,
        accounts,
        sittings,
        paper,
        programmes,
        reporting,
        records,
        cases,
        scorecard,
        exports,
        authoring,
        notices,
        reading_room,
        stopping,
        operations,
    ):
        app.register_blueprint(journey.blueprint)
    require_rules(app)
    return app


def _choose_language() -> None:
    """The page's language until a view knows better: one that the address asks for and that may be shown.

    Where questionnaires are written `lang` is the language of the questions that are looked at, never of the page round them.
    """
    wanted = request.args.get("lang", "") if request.blueprint != "authoring" else ""
    if wanted in languages.catalogues() and (
        languages.is_open_to_children(wanted) or request.path.startswith("/staff")
    ):
        g.language = wanted


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=languages.day, number=languages.number)
    app.jinja_env.globals.update(
        _=languages.gettext, ngettext=languages.ngettext, asset=asset, words=words, forgery_token=forgery_token
    )

    @app.context_processor
    def page() -> dict[str, Any]:
        code = languages.current()
        return {
            "lang": code,
            "dir": languages.direction(code),
            "along": _language_along(code),
            "stylesheet": stylesheet(),
            "staff": staff_frame(),
        }


def _language_along(code: str) -> str:
    """What an address of ours takes along where the next page would not know this one's language: the address asked for it,
    or somebody new stands before a device whose visit is in another."""
    asks = has_request_context() and (request.args.get("lang") == code or g.get("is_spoken_anew", False))
    return f"?lang={code}" if asks else ""
