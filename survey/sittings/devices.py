"""What waits on a device: a page for the adult who holds it, because no server can know."""

from __future__ import annotations

from flask import render_template

from survey.access import staff
from survey.sittings.places import ROLES, blueprint


@blueprint.get("/device")
@staff(*ROLES)
def device() -> str:
    """How many sealed sets wait here, to be sent or thrown away."""
    return render_template("sittings/device.html")
