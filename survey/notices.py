"""What a public service must show: who runs it, what it keeps and why, its cookie, its known faults, how to complain.

One page for everybody, linked from every page: first in plain words for children, then for adults. The sentences are
Heard's, translated like all others; each organisation fills in what only it can say. What the page claims is what the
service does: change one and the other has to follow.
"""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Reply
from wtforms import SelectField, StringField, TextAreaField

from survey import audit, borrowed
from survey.access import respondent, staff
from survey.database import Database
from survey.forms import N_, Longest, Needed, StaffForm
from survey.joining import Visit
from survey.languages import gettext
from survey.models import BASES, Notice, Organisation, Programme
from survey.responses import place_of

blueprint = Blueprint("notices", __name__)
borrowed.init_blueprint(blueprint)

ROLE = "administrator"


class NoticeForm(StaffForm):
    """What only the organisation can say."""

    controller = StringField(
        N_("Who is responsible for the answers"),
        [Needed(N_("Give the organisation’s full name.")), Longest(300)],
        description=N_("The organisation that decides why and how they are kept (the controller)."),
    )
    contact = StringField(
        N_("How to reach it"), [Needed(N_("Give an email address, a telephone number or both.")), Longest(300)]
    )
    officer = StringField(
        N_("Data protection officer"),
        [
            Needed(N_("Give a name or post and how to reach them; if there is none, say who answers instead.")),
            Longest(300),
        ],
    )
    basis = SelectField(N_("Lawful basis"))
    kept_for = StringField(
        N_("How long answers are kept"),
        [Needed(N_("Say for how long, like: until two years after the tour.")), Longest(300)],
    )
    complaints = TextAreaField(
        N_("How to complain"),
        [Needed(N_("Say whom to write to and by when they will hear from you.")), Longest(600)],
    )


def basis_words(basis: str) -> str:
    """The lawful basis in words."""
    match basis:
        case "public_task":
            return gettext("a task in the public interest (UK GDPR article 6(1)(e))")
        case "legitimate_interests":
            return gettext("legitimate interests (UK GDPR article 6(1)(f))")
        case _:
            return gettext("safeguarding as a recognised legitimate interest")


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


@blueprint.get("/about")
@respondent
def about() -> str:
    """Who runs this, what is kept, and what to do when something is wrong."""
    place = place_of(_database(), Visit.read().ticket)
    if place is not None:
        g.language = place.language
    with _database().reading() as session:
        theirs = select(Notice)
        if place is not None:
            theirs = theirs.join(Programme, Programme.organisation_id == Notice.organisation_id).where(
                Programme.id == place.programme_id
            )
        found = session.scalars(theirs.limit(2)).all()
    notice = found[0] if len(found) == 1 else None  # without a visit, only where there is no doubt whose it is
    return render_template("notices/about.html", notice=notice, basis=basis_words(notice.basis) if notice else "")


def _governed() -> list[int]:
    return [one.organisation_id for one in g.grants if one.role == ROLE and one.organisation_id is not None]


@blueprint.get("/staff/notices/")
@staff(ROLE)
def index() -> str:
    """The organisations that this person administers, and whether their notice is written."""
    with _database().reading() as session:
        organisations = session.execute(
            select(Organisation, Notice)
            .outerjoin(Notice, Notice.organisation_id == Organisation.id)
            .where(Organisation.id.in_(_governed()))
            .order_by(Organisation.name)
        ).all()
    return render_template(
        "notices/index.html", organisations=[(one, notice is not None) for one, notice in organisations]
    )


@blueprint.route("/staff/notices/<int:organisation_id>/", methods=["GET", "POST"])
@staff(ROLE)
def edit(organisation_id: int) -> Reply | str | tuple[str, int]:
    """Write an organisation's notice."""
    if organisation_id not in _governed():
        abort(404)
    with _database().reading() as session:
        organisation = session.get_one(Organisation, organisation_id)
        notice = session.get(Notice, organisation_id)
    form = NoticeForm(request.form, notice, data={"controller": organisation.name})
    form.basis.choices = [(basis, basis_words(basis)) for basis in BASES]
    if request.method == "GET":
        return render_template("notices/edit.html", form=form, organisation=organisation, saved="saved" in request.args)
    if not form.validate():
        return render_template("notices/edit.html", form=form, organisation=organisation, saved=False), 422
    with _database().writing() as session:
        written = session.get(Notice, organisation_id) or Notice(organisation_id=organisation_id)
        form.populate_obj(written)
        session.add(written)
        audit.record(
            session, current_app.extensions["keys"], g.account.id, "notice.written", f"organisation {organisation_id}"
        )
    return redirect(url_for("notices.edit", organisation_id=organisation_id, saved=1), 303)
