"""The page on which somebody looks at sets of answers that were put aside. It says why each lies there and how much of it
can be read, never what a child answered."""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import reached_programme, staff
from survey.alerts import CaseWithdrawn
from survey.bounds import KEPT_AFTER_CLOSING
from survey.held import ACTS, put_aside
from survey.installation import database, keys
from survey.programmes.places import ROLE, blueprint


@blueprint.get("/<int:programme_id>/aside")
@staff(ROLE)
def aside(programme_id: int) -> str:
    """Every set that was put aside, with what can be done."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        found = put_aside(session, keys(), programme_id)
        return render_template(
            "programmes/aside.html", programme=programme, found=found, kept_after_closing=KEPT_AFTER_CLOSING.days
        )


@blueprint.post("/<int:programme_id>/aside")
@staff(ROLE)
def decide(programme_id: int) -> Reply:
    """Count one or leave it out; after the programme has closed nothing is counted any more."""
    act, held_id = request.form.get("act", ""), request.form.get("set", "")
    if act not in ACTS:
        abort(400)
    try:
        with database().writing() as session:
            programme = reached_programme(session, programme_id, ROLE)
            if act == "count" and programme.status != "open":
                abort(409)
            if not ACTS[act](session, keys(), programme_id, held_id):
                abort(404)
            audit.record(session, keys(), g.account.id, f"aside.{act}", f"programme {programme_id}")
    except CaseWithdrawn:
        abort(410)
    return redirect(url_for("programmes.aside", programme_id=programme_id), 303)
