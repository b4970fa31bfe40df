"""What waits on devices: a page for the adult who holds one, because no server can know; and the wipe for all of them.

Wiping destroys the sitting's private key. It reaches devices that are lost or have no network, since nothing there can be
opened any more; those that come back are told to delete what they hold.
"""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import staff
from survey.installation import database, keys
from survey.sealed_answers import can_open, wipe_waiting
from survey.sittings.acts import current_stage
from survey.sittings.places import ROLES, blueprint
from survey.sittings.stages import Stage
from survey.waves import reached_sitting

ENDED = (Stage.FINISHED, Stage.OVER)


@blueprint.get("/device")
@staff(*ROLES)
def device() -> str:
    """How many sealed sets wait here, to be sent or thrown away."""
    return render_template("sittings/device.html")


@blueprint.get("/<int:sitting_id>/wipe")
@staff(*ROLES)
def wipe(sitting_id: int) -> str | Reply:
    """Ask once more before what waits on all devices is lost."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        if current_stage(session, sitting) not in ENDED or not can_open(session, sitting_id):
            return redirect(url_for("sittings.show", sitting_id=sitting_id), 303)
    return render_template("sittings/wipe.html", sitting=sitting)


@blueprint.post("/<int:sitting_id>/wipe")
@staff(*ROLES)
def wipe_all(sitting_id: int) -> Reply:
    """Destroy the key, once nobody can begin any more; while questions are open nothing is wiped."""
    with database().writing() as session:
        sitting = reached_sitting(session, sitting_id)
        is_done = current_stage(session, sitting) in ENDED and can_open(session, sitting_id)
        if is_done:
            wipe_waiting(session, sitting_id)
            audit.record(session, keys(), g.account.id, "sitting.wipe_waiting", f"sitting {sitting_id}")
    return redirect(url_for("sittings.show", sitting_id=sitting_id, said="wiped" if is_done else None), 303)
