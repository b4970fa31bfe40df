"""The frame of staff pages: who is signed in, and the few places that their grants lead to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from survey.access import forgery_token
from survey.languages import gettext
from survey.models import SAFEGUARDING_READER


@dataclass(frozen=True, slots=True)
class Link:
    """One place in the navigation."""

    href: str
    text: str
    current: bool


@dataclass(frozen=True, slots=True)
class StaffFrame:
    """What the staff layout shows around every page."""

    place: str
    nav: tuple[Link, ...]
    csrf: str
    sign_out: str


def staff_frame() -> StaffFrame | None:
    """The frame for whoever is signed in; None for everybody else."""
    if g.get("account") is None:
        return None
    roles = {grant.role for grant in g.grants}
    places = [("sittings.index", gettext("Sessions"), {"facilitator", "administrator"})]
    places.append(("cases.index", gettext("Cases"), {"worker", SAFEGUARDING_READER}))
    places.append(("reporting.index", gettext("Reports"), {"commissioner", "analyst", "administrator"}))
    places.append(("scorecard.show", gettext("Scorecard"), {"commissioner", "analyst", "administrator"}))
    places.append(("reading_room.index", gettext("Reading"), {SAFEGUARDING_READER}))
    places.append(("stopping.index", gettext("Stop"), {SAFEGUARDING_READER, "administrator"}))
    places.append(("programmes.index", gettext("Programmes"), {"administrator"}))
    places.append(("authoring.index", gettext("Questionnaires"), {"administrator", "analyst"}))
    links = ((url_for(endpoint), text) for endpoint, text, needed in places if roles & needed)
    nav = tuple(Link(href, text, request.path.startswith(href)) for href, text in links)
    return StaffFrame(g.account.name, nav, forgery_token(), url_for("accounts.sign_out"))
