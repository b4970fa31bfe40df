"""What a browser keeps for when there is no network: the service worker, and the dull page that leaving leads to then."""

from __future__ import annotations

from flask import Response, render_template

from survey.access import everyone
from survey.answering.places import blueprint
from survey.assets import STATIC


@blueprint.get("/sw.js")
@everyone
def service_worker() -> Response:
    """The service worker; it stands at the root because it may only serve what lies below it."""
    return Response((STATIC / "sw.js").read_bytes(), mimetype="text/javascript")


@blueprint.get("/quiet")
@everyone
def quiet() -> str:
    """A dull page that looks like any page that could not be loaded."""
    return render_template("answering/quiet.html")
