"""What a public service must show: who runs it, what it keeps and why, its cookie, its known faults, how to complain.

One page for everybody, linked from every page: first in plain words for children, then for adults. The sentences are
Heard's, translated like all others; each organisation fills in what only it can say, in as many of our languages as it
likes. Who reads finds it in the language of the page, else in the organisation's first one, marked as what it is. What the
page claims is what the service does: change one and the other has to follow. Administrators also write down here on which
day somebody checked a helpline.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import DateField, SelectField, StringField, TextAreaField, ValidationError

from questionnaires.instrument import PRIMARY_AGE
from survey import audit, borrowed, cookies
from survey.access import organisations_of, respondent, staff
from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import today
from survey.forms import Longest, Needed, StaffForm
from survey.helplines import SERVICES, hours_of, states
from survey.installation import database, keys
from survey.joining import Visit
from survey.languages import N_, catalogues, current, direction, gettext, is_open_to_children
from survey.models import BASES, HelplineCheck, Notice, NoticeTranslation, Organisation, Programme
from survey.publishing import instrument_of
from survey.responses import Place, place_of
from survey.retention import MONTHS

blueprint = Blueprint("notices", __name__)
borrowed.init_blueprint(blueprint)

ROLE = "administrator"
KEPT_UNHEARD_DAYS = 60
"""After so many days a device that cannot reach the service lets go of what waits on it (static/device.js)."""
COOKIES = (
    (
        "heard",
        N_(
            "Needed to go from the code to the questions. It ends with the browser, or on a device of your own after 12 hours."
        ),
    ),
    ("heard_sign_in", N_("Staff: keeps others from sending the sign-in form in your name. It ends with the browser.")),
    (
        "heard_staff",
        N_("Staff: you are signed in. It ends when you sign out, after 30 quiet minutes, or with the browser."),
    ),
    (
        "heard_known",
        N_(
            "Staff: a browser that you have used before may try its password again when others have tried too often. 90 days."
        ),
    ),
    ("heard_staff_language", N_("Staff: the language that you chose. A year.")),
    ("heard_reading", N_("Staff who read what children typed: keeps your reading key unlocked for 15 minutes.")),
)
"""Every cookie that this service sets, and what for."""
UNTRIED = (
    N_("It has not been tried by people who use screen readers, switches or voice control."),
    N_("It has been tried in Chromium only; not yet in Safari and Firefox."),
    N_("There is no version in British Sign Language."),
    N_("Recordings of questions need a network."),
    N_("Browsers from before 2023 do not show the panel “How it looks”. Their own zoom and settings work."),
    N_(
        "In PDF files the headings of tables do not say whether they are for a row or a column. The same tables stand on our "
        "pages, where they do."
    ),
)
"""What is known not to be good enough yet, in the order in which the accessibility statement says it."""
UNREAD = N_(
    "Some of our translations have not been read by a person who speaks the language. Children are not shown those."
)
"""Said for as long as it is true of one of them."""


class TextForm(StaffForm):
    """What only the organisation can say, in one language."""

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
    kept_for = StringField(
        N_("How long answers are kept"),
        [Needed(N_("Say for how long, like: until two years after the tour.")), Longest(300)],
    )
    complaints = TextAreaField(
        N_("How to complain"),
        [Needed(N_("Say whom to write to and by when they will hear from you.")), Longest(600)],
    )
    accessibility = TextAreaField(
        N_("Accessibility"),
        [Longest(600)],
        description=N_(
            "What else you know is not good enough yet, and what you offer instead. You may leave this empty."
        ),
    )


class NoticeForm(TextForm):
    """The same in the organisation's first language, and what is so in every language."""

    basis = SelectField(N_("Lawful basis"))
    language = SelectField(N_("The language that you write in"))
    others: frozenset[str] = frozenset()

    def validate_language(self, field: SelectField) -> None:
        """One text a language."""
        if field.data in self.others:
            raise ValidationError(
                gettext("There is a text in this language already. Remove that one first, or write here in another.")
            )


class CheckForm(StaffForm):
    """That somebody called a helpline, or looked it up at the service itself."""

    key = SelectField(N_("Which one was checked?"))
    checked_on = DateField(N_("On which day?"), [Needed(N_("Give the day on which it was checked."))])
    checked_by = StringField(N_("Who checked it?"), [Needed(N_("Give the name of who checked it.")), Longest(200)])
    owner = StringField(
        N_("Who answers for this number?"),
        [Needed(N_("Give the name or post of who sees to it that it stays right.")), Longest(200)],
        description=N_("Administrators see this name when it has to be checked again, after 90 days."),
    )

    def validate_checked_on(self, field: DateField) -> None:
        """Nobody has checked anything tomorrow."""
        if field.data is not None and field.data > today():
            raise ValidationError(gettext("This day is still to come. Give the day on which it was checked."))


def basis_words(basis: str) -> str:
    """The lawful basis in words."""
    match basis:
        case "public_task":
            return gettext("a task in the public interest (UK GDPR article 6(1)(e))")
        case "legitimate_interests":
            return gettext("legitimate interests (UK GDPR article 6(1)(f))")
        case _:
            return gettext("safeguarding as a recognised legitimate interest")


@blueprint.get("/about")
@blueprint.get("/about/<int:organisation_id>")
@respondent
def about(organisation_id: int | None = None) -> str:
    """Who runs this, what is kept, and what to do when something is wrong.

    With an organisation for whoever has a letter from it: the address says nothing of a child, and no visit matters.
    """
    place = place_of(database(), Visit.read().ticket) if organisation_id is None else None
    if place is not None and not request.args.get("lang"):  # as on every page of theirs
        g.language = place.language
    with database().reading() as session:
        theirs = select(Notice).order_by(Notice.controller)
        found = session.scalars(theirs.where(_is_asked_for(organisation_id, place))).all()
        notice = found[0] if len(found) == 1 else None  # without a visit, only where there is no doubt whose it is
        said = session.get(NoticeTranslation, (notice.organisation_id, current())) if notice else None
        # Who comes on their own, or with an address that leads to none, chooses.
        others = session.scalars(theirs).all() if notice is None and place is None else ()
    basis = basis_words(notice.basis) if notice else ""
    return render_template("notices/about.html", notice=said or notice, basis=basis, others=others, **_told_of(place))


def _is_asked_for(organisation_id: int | None, place: Place | None) -> ColumnElement[bool]:
    """Whose notice: that of the address, else of the questions that are answered; anybody's where neither says."""
    if organisation_id is not None:
        return Notice.organisation_id == organisation_id
    if place is not None:
        of_programme = select(Programme.organisation_id).where(Programme.id == place.programme_id)
        return Notice.organisation_id == of_programme.scalar_subquery()
    return true()


def _told_of(place: Place | None) -> dict[str, Any]:
    """What a page about us depends on: the mode of whoever answers (both, where nobody does), and whether they are young."""
    return {
        "direction": direction,
        "modes": (place.mode,) if place is not None else ("private", "linked"),
        "young": place is not None and instrument_of(place.version).ages[1] <= PRIMARY_AGE,
        "cookies": [(cookies.name_of(name), gettext(what)) for name, what in COOKIES],
        "known_faults": [gettext(one) for one in UNTRIED] + ([gettext(UNREAD)] if _has_unread() else []),
        "kept_after_closing": KEPT_AFTER_CLOSING.days,
        "kept_unheard": KEPT_UNHEARD_DAYS,
        "kept_words": MONTHS,
    }


def _has_unread() -> bool:
    """Whether a language of the interface waits for somebody who speaks it."""
    return not all(is_open_to_children(code) for code in catalogues())


@blueprint.get("/staff/notices/")
@staff(ROLE)
def index() -> str:
    """The organisations that this person administers, and whether their notice is written."""
    with database().reading() as session:
        organisations = session.execute(
            select(Organisation, Notice)
            .outerjoin(Notice, Notice.organisation_id == Organisation.id)
            .where(Organisation.id.in_(organisations_of(ROLE)))
            .order_by(Organisation.name)
        ).all()
    return render_template(
        "notices/index.html", organisations=[(one, notice is not None) for one, notice in organisations]
    )


@blueprint.route("/staff/notices/<int:organisation_id>/", methods=["GET", "POST"])
@staff(ROLE)
def edit(organisation_id: int) -> Reply | str | tuple[str, int]:
    """Write an organisation's notice."""
    if organisation_id not in organisations_of(ROLE):
        abort(404)
    with database().reading() as session:
        organisation = session.get_one(Organisation, organisation_id)
        notice = session.get(Notice, organisation_id)
        told_in = _languages_of(session, organisation_id)
    form = NoticeForm(request.form, notice, data={"controller": organisation.name, "language": current()})
    form.basis.choices = [(basis, basis_words(basis)) for basis in BASES]
    form.language.choices = [(one.code, one.name) for one in catalogues().values()]
    form.others = frozenset(told_in)
    refused = request.method == "POST" and not form.validate()
    if request.method == "GET" or refused:
        others = [(one, one.code in told_in) for one in catalogues().values() if notice and one.code != notice.language]
        shown = {"organisation": organisation, "others": others, "saved": "saved" in request.args and not refused}
        return render_template("notices/edit.html", form=form, **shown), 422 if refused else 200
    with database().writing() as session:
        written = session.get(Notice, organisation_id) or Notice(organisation_id=organisation_id)
        form.populate_obj(written)
        session.add(written)
        audit.record(session, keys(), g.account.id, "notice.written", f"organisation {organisation_id}")
    return redirect(url_for("notices.edit", organisation_id=organisation_id, saved=1), 303)


def _languages_of(session: Session, organisation_id: int) -> set[str]:
    """The languages in which an organisation has written its notice besides its first one."""
    theirs = NoticeTranslation.organisation_id == organisation_id
    return set(session.scalars(select(NoticeTranslation.language).where(theirs)))


@blueprint.route("/staff/notices/<int:organisation_id>/<language>", methods=["GET", "POST"])
@staff(ROLE)
def translate(organisation_id: int, language: str) -> Reply | str | tuple[str, int]:
    """Write the notice in another language, beside the text of the first one; or take it away again."""
    with database().reading() as session:
        notice = session.get(Notice, organisation_id) if organisation_id in organisations_of(ROLE) else None
        if notice is None or language not in catalogues() or language == notice.language:
            abort(404)
        name = session.get_one(Organisation, organisation_id).name
        held = session.get(NoticeTranslation, (organisation_id, language))
    form = TextForm(request.form, held, data={"controller": notice.controller, "contact": notice.contact})
    for field in form:
        field.render_kw = {"lang": language, "dir": direction(language)}
    if request.form.get("act") == "remove":
        return _keep_text(organisation_id, language, None)
    if request.method == "POST" and form.validate():
        return _keep_text(organisation_id, language, form)
    page = render_template(
        "notices/translate.html",
        form=form,
        first=notice,
        name=name,
        is_written=held is not None,
        language=catalogues()[language],
        languages=catalogues(),
        direction=direction,
    )
    return (page, 422) if form.errors else page


def _keep_text(organisation_id: int, language: str, form: TextForm | None) -> Reply:
    """Keep the text of a language, or let it go."""
    with database().writing() as session:
        held = session.get(NoticeTranslation, (organisation_id, language))
        if form is not None:
            written = held or NoticeTranslation(organisation_id=organisation_id, language=language)
            form.populate_obj(written)
            session.add(written)
        elif held is not None:
            session.delete(held)
        act = "notice.translated" if form is not None else "notice.translation_removed"
        subject = f"organisation {organisation_id}, {language}"
        audit.record(session, keys(), g.account.id, act, subject)
    return redirect(url_for("notices.edit", organisation_id=organisation_id, saved=1), 303)


@blueprint.route("/staff/notices/<int:organisation_id>/helplines", methods=["GET", "POST"])
@staff(ROLE)
def helpline_checks(organisation_id: int) -> Reply | str | tuple[str, int]:
    """Every helpline with who of an organisation checked it and when; a check is written down here, and holds for it alone."""
    if organisation_id not in organisations_of(ROLE):
        abort(404)
    form = CheckForm(request.form, data={"checked_on": today(), "checked_by": g.account.name})
    form.key.choices = [(one.key, one.name) for one in SERVICES]
    if request.method == "POST" and form.validate():
        return _keep_check(organisation_id, form)
    with database().reading() as session:
        found = [
            (one, f"{hours_of(one.service, None)} {gettext(one.service.cost)}", one.is_due(today()))
            for one in states(session, organisation_id)
        ]
        name = session.get_one(Organisation, organisation_id).name
    saved = "saved" in request.args
    page = render_template("notices/helplines.html", form=form, found=found, saved=saved, organisation=name)
    return (page, 422) if form.errors else page


def _keep_check(organisation_id: int, form: CheckForm) -> Reply:
    with database().writing() as session:
        held = session.get(HelplineCheck, (organisation_id, form.key.data))
        written = held or HelplineCheck(organisation_id=organisation_id)
        form.populate_obj(written)
        session.add(written)
        audit.record(
            session,
            keys(),
            g.account.id,
            "helpline.checked",
            f"{form.key.data} {form.checked_on.data}, organisation {organisation_id}",
        )
    return redirect(url_for("notices.helpline_checks", organisation_id=organisation_id, saved=1), 303)
