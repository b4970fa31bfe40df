"""How a questionnaire looks to those who answer it: the very page that they get, in every wave, language and wording.

It is shown inside a frame of our own pages, as wide as a phone or a tablet, or opened by itself. A draft translation can be
seen only here; nothing that is sent from here is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import Instrument
from questionnaires.looks import STANDARD, in_version, versions_of
from survey.access import staff
from survey.assets import stylesheet
from survey.authoring.judging import verdict
from survey.authoring.places import WRITERS, blueprint, reached_version
from survey.authoring.saving import load
from survey.authoring.wording import plain_words
from survey.headers import content_security_policy, with_style
from survey.installation import database
from survey.languages import current, direction, gettext
from survey.looks import offered, sounds
from survey.printed import Occasion, sheet_page, sheet_style
from survey.publishing import instrument_of
from survey.sheets import CardField, LanguageLink, Sheet, Typed, make_pages

DEVICES = ("phone", "tablet", "easy", "aloud", "rtl", "paper")
WORDINGS = {"easy": "easy_read", "aloud": "audio"}
RIGHT_TO_LEFT = "rtl"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: a draft as far as it can be shown, or a published version."""

    instrument: Instrument | None
    title: str
    address: str
    back: str
    left_out: int = 0
    draft_id: int | None = None


def _draft(draft_id: int) -> Looked:
    found = load(draft_id).draft
    judged = verdict(found.document)
    return Looked(
        judged.shown,
        found.title,
        url_for("authoring.preview_draft", draft_id=draft_id),
        url_for("authoring.draft", draft_id=draft_id),
        judged.left_out,
        draft_id,
    )


def _published(version_id: int) -> Looked:
    with database().reading() as session:
        instrument = instrument_of(reached_version(session, version_id))
    title = instrument.title["en"]
    address = url_for("authoring.preview_version", version_id=version_id)
    return Looked(instrument, title, address, url_for("authoring.index"))


@blueprint.get("/drafts/<int:draft_id>/look")
@staff(*WRITERS)
def look_at_draft(draft_id: int) -> Reply:
    """A draft in a frame: as a phone, a tablet, easy read, right to left and on paper."""
    return _frame(_draft(draft_id))


@blueprint.get("/<int:version_id>/look")
@staff(*WRITERS, "facilitator")
def look_at_version(version_id: int) -> Reply:
    """The same for a published questionnaire."""
    return _frame(_published(version_id))


@blueprint.get("/drafts/<int:draft_id>/preview")
@staff(*WRITERS)
def preview_draft(draft_id: int) -> Reply:
    """The page that respondents would get of a draft."""
    return _preview(_draft(draft_id))


@blueprint.get("/<int:version_id>/preview")
@staff(*WRITERS, "facilitator")
def preview_version(version_id: int) -> Reply:
    """The page that respondents get of a published questionnaire."""
    return _preview(_published(version_id))


def _choice(name: str, allowed: tuple[str, ...]) -> str:
    """What the address asks for; the first where it asks for nothing; 404 where there is no such thing."""
    wanted = request.args.get(name) or allowed[0]
    return wanted if wanted in allowed else abort(404)


def _frame(looked: Looked) -> Reply:
    """The page around the frame, with links for everything that can be chosen."""
    instrument = looked.instrument
    shown = {"wave": "", "lang": "", "as": _choice("as", DEVICES)}
    links: list[tuple[str, list[tuple[str, str, bool]]]] = []
    source = ""
    if instrument is not None:
        codes = tuple(one.code for one in instrument.languages)
        shown |= {"wave": _choice("wave", instrument.waves), "lang": _choice("lang", codes)}
        names = {one.code: one.name for one in instrument.languages}
        links = [
            (gettext("Shown as"), _links("as", [(one, _device_words(one)) for one in DEVICES], shown)),
            (gettext("When"), _links("wave", [(one, plain_words(one)) for one in instrument.waves], shown)),
            (gettext("Language"), _links("lang", list(names.items()), shown)),
        ]
        wording = WORDINGS.get(shown["as"], STANDARD)
        source = f"{looked.address}?wave={shown['wave']}&lang={shown['lang']}&as={shown['as']}&wording={wording}"
    known = versions_of(instrument) if instrument is not None else ()
    heard = instrument is not None and "audio" in offered(instrument, shown["lang"], draft_id=looked.draft_id)
    page = render_template(
        "authoring/look.html",
        looked=looked,
        shown=shown,
        links=links,
        source=source,
        has_easy_read="easy_read" in known,
        is_recorded="audio" in known,
        is_heard=heard,
        tongues=gettext("Language"),
        direction=direction,
    )
    reply = make_response(page)
    reply.headers["Content-Security-Policy"] = content_security_policy() + "; frame-src 'self'"
    return reply


def _links(name: str, choices: list[tuple[str, str]], shown: dict[str, str]) -> list[tuple[str, str, bool]]:
    def href(key: str) -> str:
        chosen = shown | {name: key}
        return "?" + "&".join(f"{one}={value}" for one, value in chosen.items())

    return [(href(key), said, shown[name] == key) for key, said in choices]


def _device_words(key: str) -> str:
    said = {
        "phone": gettext("a phone"),
        "tablet": gettext("a tablet"),
        "easy": gettext("easy read"),
        "aloud": gettext("read out"),
        "rtl": gettext("right to left"),
        "paper": gettext("paper"),
    }
    return said[key]


def _preview(looked: Looked) -> Reply:
    instrument = looked.instrument
    if instrument is None:
        abort(404)
    wave, device = _choice("wave", instrument.waves), _choice("as", DEVICES)
    code = _choice("lang", tuple(one.code for one in instrument.languages))
    wording = request.args.get("wording", STANDARD)
    recorded = sounds(instrument, code, wording, draft_id=looked.draft_id)
    instrument = in_version(instrument, wording)
    g.language = code
    pages = make_pages(instrument, wave, Typed(), boxes=True, sounds=recorded)
    if not pages:
        return _in_frame(make_response(render_template("authoring/nothing.html")), "")
    if device == "paper":
        return _on_paper(instrument, wave)
    sheet = Sheet(
        title=instrument.title,
        intro=instrument.intro,
        pages=pages,
        card=CardField() if len(instrument.waves) > 1 else None,
        languages=_languages(instrument, wave),
        draft=instrument.language(code).checked is None,
        interruption=instrument.interruption,
    )
    given = {"dir": RIGHT_TO_LEFT} if device == RIGHT_TO_LEFT else {}
    given |= {"stylesheet": stylesheet()}
    page = render_template("answering/questionnaire.html", sheet=sheet, ticket="", submission="", **given)
    return _in_frame(make_response(page), "")


def _on_paper(instrument: Instrument, wave: str) -> Reply:
    """The sheet that is ticked by hand."""
    is_draft = instrument.language(current()).checked is None
    occasion = Occasion(wave=plain_words(wave), session="", has_card=len(instrument.waves) > 1, is_draft=is_draft)
    style = sheet_style()
    return _in_frame(make_response(sheet_page(instrument, wave, current(), occasion, style)), style)


def _in_frame(reply: Reply, style: str) -> Reply:
    """Only our own pages may hold it in a frame."""
    policy = content_security_policy().replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if style:
        policy = with_style(policy, style)
    reply.headers["Content-Security-Policy"] = policy
    return reply


def _languages(instrument: Instrument, wave: str) -> tuple[LanguageLink, ...]:
    return tuple(
        LanguageLink(one.code, one.name, one.direction, f"?wave={wave}&lang={one.code}") for one in instrument.languages
    )
