"""The smallest change worth having of each indicator, agreed with somebody before the programme opens and fixed from then on.

Whoever looks at a result can always find a bar that it clears; so the bar is set beforehand, and the page says who set it.
"""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import DateField, StringField, ValidationError

from questionnaires.framework import Indicator
from questionnaires.instrument import Instrument
from survey import audit
from survey.access import reached_programme, staff
from survey.clock import today
from survey.forms import CountField, Longest, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, gettext
from survey.models import AgreedChange, Programme
from survey.programmes.places import ROLE, blueprint, locked_programme
from survey.publishing import instrument_of
from survey.records_kept import framework
from survey.sheets import words

LARGEST = 50


class AgreedForm(StaffForm):
    """Who agreed, and when; the changes themselves are added an indicator each."""

    agreed_with = StringField(N_("Agreed with"), [Needed(N_("Say who agreed to this.")), Longest(200)])
    agreed_on = DateField(N_("Agreed on"), [Needed(N_("Give the day."))])

    def validate_agreed_on(self, field: DateField) -> None:
        """A day that has come."""
        if field.data is not None and field.data > today():
            raise ValidationError(gettext("This day lies ahead. Give the day on which it was agreed."))


class ChangeField(CountField):
    """A change in every 100, at least 1."""

    def pre_validate(self, _form: object) -> None:
        """None is no bar at all."""
        if not self.data and not self.errors:
            raise ValidationError(gettext("Type a whole number from 1 to %(largest)s, in digits.", largest=LARGEST))


def _indicators(programme: Programme) -> dict[str, tuple[Indicator, int]]:
    """The indicators that the programme's questionnaire asks about, each with the change that the questionnaire suggests."""
    known = {one.key: one for one in framework().indicators}
    found: dict[str, tuple[Indicator, int]] = {}
    for wave in programme.waves:
        for key, smallest in _asked(instrument_of(wave.instrument_version)):
            if key in known:
                found.setdefault(key, (known[key], smallest))
    return found


def _asked(instrument: Instrument) -> list[tuple[str, int]]:
    measures = (single.measure for item in instrument.items for single in item.singly())
    return [(one.indicator, one.smallest) for one in measures if one is not None and one.indicator]


@blueprint.route("/<int:programme_id>/agreed", methods=["GET", "POST"])
@staff(ROLE)
def changes(programme_id: int) -> Reply | str | tuple[str, int]:
    """Say which changes were agreed; once the programme is open they can only be read."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ROLE)
        asked = _indicators(programme)
        kept = _kept(session, programme_id)
    form = _form(asked, kept)
    page = {"programme": programme, "form": form, "kept": kept, "asked": asked}
    if request.method == "GET":
        return render_template("programmes/agreed.html", **page)
    if programme.status != "draft":
        abort(409)
    if not form.validate():
        return render_template("programmes/agreed.html", **page), 422
    with database().writing() as session:
        locked_programme(session, programme_id, "draft")
        session.execute(delete(AgreedChange).where(AgreedChange.programme_id == programme_id))
        told = {"agreed_with": form.agreed_with.data, "agreed_on": form.agreed_on.data, "programme_id": programme_id}
        session.add_all(AgreedChange(indicator=key, smallest=form[key].data, **told) for key in asked)
        said = ", ".join(f"{key} {form[key].data}" for key in asked)[:300]
        audit.record(session, keys(), g.account.id, "programme.changes_agreed", f"programme {programme_id}", said)
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _kept(session: Session, programme_id: int) -> dict[str, AgreedChange]:
    found = session.scalars(select(AgreedChange).where(AgreedChange.programme_id == programme_id))
    return {one.indicator: one for one in found}


def _form(asked: dict[str, tuple[Indicator, int]], kept: dict[str, AgreedChange]) -> AgreedForm:
    fields = {key: ChangeField(words(one.title), LARGEST) for key, (one, _) in asked.items()}
    typed: dict[str, object] = {key: kept[key].smallest if key in kept else usual for key, (_, usual) in asked.items()}
    first = next(iter(kept.values()), None)
    if first is not None:
        typed |= {"agreed_with": first.agreed_with, "agreed_on": first.agreed_on}
    made: AgreedForm = type("AgreedChanges", (AgreedForm,), fields)(request.form, data=typed)
    return made
