"""How it ends: an ordinary activity for those who would rather not, thanks, help, and the way out at any moment.

Help as a page of its own is kept on the device, for when there is no network. A shared tablet belongs to the place, and what it
keeps names the person who keeps children safe there. What a pupil's own phone keeps stays after the session, and whoever takes
that phone in hand could read at which school or service its owner was asked, and by whom they are looked after; by the next day
"here today" is not true either. So there the kept copy names nobody: while the questions are open their own page of help, which
lives in memory, does.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from questionnaires.files import load_library
from survey import cookies
from survey.access import everyone, respondent
from survey.answering.asking import questions_page, sheet_of
from survey.answering.places import blueprint, help_for, with_cookie
from survey.clock import now
from survey.installation import config, database
from survey.joining import Visit
from survey.languages import current
from survey.publishing import instrument_of
from survey.responses import place_of
from survey.sheets import Sheet, Typed, first_questions, make_pages
from survey.talks import talk_is_offered


@blueprint.get("/activity")
@respondent
def activity() -> str:
    """A few ordinary questions; nothing of them is stored."""
    instrument = load_library("ordinary_activity")
    place = place_of(database(), Visit.read().ticket)
    quiet = place is not None and place.devices == "shared"
    pages = make_pages(instrument, instrument.waves[0], Typed())
    sheet = Sheet(instrument.title, instrument.intro, pages, card=None, activity=True, quiet=quiet)
    if place is not None:  # as many screens as at the next desk
        theirs = sheet_of(place, Typed())
        pages = first_questions(pages, len(theirs.items))
        sheet = replace(
            sheet, pages=pages, card=theirs.card, interruption=theirs.interruption, has_slips=theirs.has_slips
        )
    return questions_page(sheet, place, "", "")


@blueprint.post("/activity")
@respondent
def finish_activity() -> Reply:
    """The end of the ordinary questions, which looks like the end of the others."""
    return with_cookie(redirect("/finished", 303), Visit.read())


@blueprint.get("/finished")
@respondent
def finished() -> str | Reply:
    """The same end for those who sent no answers, without saying that any arrived."""
    return _thanks(arrived=False)


@blueprint.get("/thanks")
@respondent
def thanks() -> str | Reply:
    """The answers are safe; what happens next, and where help is. Other answers than the first were kept beside them."""
    twice = "twice" in request.args
    shown = _thanks(arrived=True, twice=twice)
    return Response(shown, 409) if twice and isinstance(shown, str) else shown


def _thanks(*, arrived: bool, twice: bool = False) -> str | Reply:
    place = place_of(database(), Visit.read().ticket)
    if place is not None and "talked" not in request.args and talk_is_offered(database(), place, now()):
        return redirect(f"/talk?end={'c' if twice else 'a' if arrived else 'b'}", 303)
    is_shared = place is not None and place.devices == "shared"
    kept: dict[object, str] = current_app.extensions.setdefault("thanks_pages", {})
    is_linked = place is not None and place.mode == "linked"
    ages = instrument_of(place.version).ages if place is not None else None
    key = (current(), is_shared, arrived, twice, ages, is_linked)
    if key not in kept:
        kept[key] = render_template(
            "answering/kept.html" if twice else "answering/thanks.html",
            next_person=is_shared and not is_linked,
            arrived=arrived,
            linked=is_linked,
            **help_for(place),
        )
    return kept[key]


@blueprint.get("/help")
@respondent
def get_help() -> str:
    """Helplines, with numbers in words too; the copy that a device keeps does not say what is open now.

    On a shared device it clears itself as the questions do: that somebody looked for help is nobody else's business.
    """
    place = place_of(database(), Visit.read().ticket)
    is_kept, is_shared = "kept" in request.args, place is not None and place.devices == "shared"
    fitting = help_for(place, None if is_kept else now())
    if is_kept and not is_shared:
        fitting["near"] = ""
    return render_template("answering/help.html", quiet=is_shared, **fitting)


@blueprint.get("/help/card")
@respondent
def help_card() -> str:
    """A plain card to keep: numbers under a title that says nothing. It is a page of its own, which on a shared device would
    stay open beside the questions."""
    place = place_of(database(), Visit.read().ticket)
    is_shared = place is not None and place.devices == "shared"
    return render_template("answering/card.html", quiet=is_shared, **help_for(place))


@blueprint.get("/leave")
@everyone
def leave() -> Reply:
    """Out at once: the visit ends, the browser forgets these pages, and something dull is shown."""
    # Another site could ask for this address in an image: only a person's own step may clear anything. The service worker
    # takes that step in their name, so that it can give it up, and what it asks for is no navigation.
    mode, site = request.headers.get("Sec-Fetch-Mode", ""), request.headers.get("Sec-Fetch-Site", "")
    if "later" in request.args and site in ("", "same-origin"):
        return _ended_later()
    if site != "same-origin" and (mode not in ("", "navigate") or site == "cross-site"):
        return redirect(config().exit_url, 303)
    if mode and Visit.read().ticket and "out" not in request.args:
        # Chromium lets go of the kept page, and of what is ticked on it, when its cookie changes; that the cookie goes
        # away is not enough (tried without script). So first it changes, then everything goes. What it changes to is no visit:
        # on a line that hung this reply may come after the end, and must not bring the visit back.
        first = redirect("/leave?out", 303)
        cookies.put(first, cookies.RESPONDENT, Visit().value())
        return first
    reply = redirect(config().exit_url, 303)
    cookies.drop(reply, cookies.RESPONDENT)
    reply.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return reply


def _ended_later() -> Reply:
    """The service worker ends a visit whose way out hung on the line; an adult may be signed in there by now, and stays so."""
    reply = Response("", 204, mimetype="text/plain")
    cookies.drop(reply, cookies.RESPONDENT)
    reply.headers["Clear-Site-Data"] = '"cache"'
    return reply
