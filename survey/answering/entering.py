"""In by a code, from the board, the poster or a QR code; a refused one comes back with kind words."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from survey import languages
from survey.access import respondent
from survey.answering.places import blueprint, with_cookie
from survey.budgets import is_spent, spend
from survey.forms import JoinForm
from survey.installation import database
from survey.joining import Visit, join_with
from survey.languages import gettext
from survey.pairing import CODE_LENGTH, is_code, read_card, tidy

GUESSES = "wrong codes"
MOST_GUESSES = 300
GUESS_WINDOW = timedelta(minutes=1)


@blueprint.get("/")
@respondent
def home() -> str:
    """The page with one field: the code."""
    return home_page()


def home_page(code: str = "", card: str = "", message: str | None = None) -> str:
    """The page with one field, and what was typed there; in each language that somebody has confirmed."""
    form = JoinForm(data={"code": code, "card": card})
    tongues = [one for one in languages.catalogues().values() if languages.is_open_to_children(one.code)]
    return render_template("answering/home.html", form=form, message=message, tongues=tongues)


@blueprint.post("/join")
@respondent
def join() -> Reply | tuple[str, int]:
    """From a code to the questions that are open there; a refused code comes back with kind words."""
    typed, card = request.form.get("code", "")[:60], read_card(request.form.get("card", "")[:60])
    code = tidy(typed)
    if not code:
        return home_page(card=card or "", message=gettext("Type the code from the board or the poster.")), 400
    if len(code) != CODE_LENGTH and (card_typed := read_card(typed)) is not None:
        message = gettext("That is the code of your card. We have kept it. Now type the code from the board.")
        return home_page(card=card_typed, message=message), 400
    visit = join_with(database(), code, Visit.read()) if is_code(code) else None
    if visit is None and is_code(code) and not _may_guess_on():
        message = gettext("Too many wrong codes were typed here just now. Wait a minute, then try again.")
        return home_page(typed, card or "", message), 429
    if visit is None:
        message = gettext(
            "We don’t know this code. Look at the board again: it has 8 letters and numbers, like 7N4Q-K2WD."
        )
        return home_page(typed, card or "", message), 404
    if visit.ticket == "":
        message = gettext("These questions are not open right now. Ask the adult who is running the session.")
        return home_page(typed, card or "", message), 409
    spoken = f"&lang={languages.current()}" if languages.current() != languages.SOURCE else ""
    return with_cookie(redirect(f"/answer?joined{spoken}{f'#{card}' if card else ''}", 303), visit)


def _may_guess_on() -> bool:
    """Count a wrong code; False when too many were tried. A right code always passes, whatever was spent."""
    with database().reading() as session:
        if is_spent(session, GUESSES, MOST_GUESSES, GUESS_WINDOW):
            return False
    with database().writing() as session:
        return spend(session, GUESSES, MOST_GUESSES, GUESS_WINDOW)
