"""Who reads for a programme, where and when: set by its administrators, with what is still missing before a box is served.

Nobody puts themself on duty, and whoever reads there already is told of each new one: it never happens unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import (
    BooleanField,
    DateField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from survey import audit, outbox
from survey.access import reached_programme, staff
from survey.clock import now, today
from survey.duty import ROLE, Reader, desk_of, readers_of
from survey.forms import StaffForm
from survey.installation import database, keys
from survey.languages import N_, catalogues, gettext, is_open_to_children
from survey.models import Account, Duty, Grant, Participation, Programme, ReaderKey, Setting
from survey.planting import plant
from survey.readers import PROOF_HOLDS, SEEN_HOLDS, key_in_use
from survey.reading_room.places import blueprint

ADMINISTRATOR = "administrator"
LONGEST, SHORTEST = timedelta(days=366), timedelta(hours=2)


class CheckboxesField(SelectMultipleField):
    """Several of a few: a list of boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WithinAYear:
    """A last day after the first one and not over yet; a year later at most, so that nothing lasts by being forgotten."""

    def __call__(self, form: Form, field: DateField) -> None:
        first: date | None = form["first_day"].data
        if field.data is None or first is None:
            raise ValidationError(gettext("Give the first and the last day."))
        if not first <= field.data <= first + LONGEST or field.data < today():
            raise ValidationError(gettext("Choose a last day after the first one, at most a year later."))


class DutyForm(StaffForm):
    """A duty: who, for which place, on which days and hours, in which languages."""

    reader = SelectField(N_("Who reads"), coerce=int, validate_choice=False)
    task = RadioField(N_("As what"), validate_choice=False)
    place = SelectField(N_("Works where"), coerce=int, validate_choice=False)
    weekdays = CheckboxesField(N_("On which days"), validate_choice=False)
    on_bank_holidays = BooleanField(N_("Reads on bank holidays too"))
    starts = StringField(N_("From"), description=N_("Such as 09:00, where the schools are."))
    ends = StringField(N_("To"), description=N_("Such as 16:00. In the last hour before it no box is shown."))
    first_day = DateField(N_("First day"))
    last_day = DateField(N_("Last day"), [WithinAYear()])
    languages = CheckboxesField(N_("Reads which languages"), validate_choice=False)

    def offer(self, readers: Sequence[Account], settings: Sequence[Setting]) -> None:
        """Put in the choices that stand in the store."""
        self.reader.choices = [(one.id, f"{one.name} ({one.email})") for one in readers]
        self.task.choices = [(task, task_words(task)) for task in ("reader", "deputy", "lead")]
        self.place.choices = [
            (0, gettext("Outside the schools")),
            *((one.id, gettext("At %(school)s", school=one.name)) for one in settings),
        ]
        self.weekdays.choices = list(zip("1234567", weekday_words(), strict=True))
        self.languages.choices = [
            (code, one.name) for code, one in catalogues().items() if code == "en" or is_open_to_children(code)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every fault at once, each beside its field."""
        valid = super().validate(extra_validators)
        for field in (self.reader, self.task, self.place, self.weekdays, self.languages):
            known = {str(choice[0]) for choice in field.choices or ()}
            chosen = field.data if isinstance(field.data, list) else [field.data]
            if not chosen or not {str(one) for one in chosen} <= known:
                field.errors = [gettext("Choose one.")]
                valid = False
        return valid

    def validate_starts(self, field: StringField) -> None:
        """A time of day."""
        field.data = _time(field.data)

    def validate_ends(self, field: StringField) -> None:
        """A time of day, later than the first by more than the hour in which no box is shown."""
        field.data = _time(field.data)
        start = _time(self.starts.data) if not self.starts.errors else "00:00"
        starts, ends = (datetime.combine(date.min, time.fromisoformat(one)) for one in (start, field.data))
        if ends - starts < SHORTEST:
            raise ValidationError(gettext("Let at least two hours lie between from and to."))


def _time(typed: str | None) -> str:
    try:
        return time.fromisoformat((typed or "").replace(".", ":").zfill(5)).strftime("%H:%M")
    except ValueError:
        raise ValidationError(gettext("Give a time such as 09:00.")) from None


def task_words(task: str) -> str:
    """The tasks in words."""
    match task:
        case "reader":
            return gettext("Reader: reads what comes")
        case "deputy":
            return gettext("Deputy: can read it too, and is told after two working hours")
        case _:
            return gettext("Safeguarding lead: is told after two working hours")


def task_name(task: str) -> str:
    """A task by its name alone."""
    match task:
        case "reader":
            return gettext("Reader")
        case "deputy":
            return gettext("Deputy")
        case _:
            return gettext("Safeguarding lead")


def weekday_words() -> tuple[str, ...]:
    """The days of the week, Monday first."""
    return (
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A duty as the page shows it, with what is missing before words are sealed to this reader."""

    duty: Duty
    name: str
    task: str
    place: str
    days: str
    away: list[tuple[date, date]]
    missing: str


def stretches(days: Sequence[str]) -> list[tuple[date, date]]:
    """Days from today on as first and last days of what lies together."""
    found: list[tuple[date, date]] = []
    for day in sorted(date.fromisoformat(one) for one in days):
        if day < today():
            continue
        if found and found[-1][1] + timedelta(days=1) == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


@blueprint.route("/duties/<int:programme_id>/", methods=["GET", "POST"])
@staff(ADMINISTRATOR)
def duties(programme_id: int) -> Reply | str | tuple[str, int]:
    """Everybody who reads for a programme; and a form to put somebody on duty."""
    with database().reading() as session:
        programme = reached_programme(session, programme_id, ADMINISTRATOR)
        form = DutyForm(request.form or None, data=_usual())  # an empty form would untick what is usual
        settings = _settings(session, programme)
        form.offer(_holders(session, programme), settings)
        page = {
            "programme": programme,
            "form": form,
            "rows": [_row(session, reader) for reader in readers_of(session, programme, now())],
            "served": _served(session, programme, settings),
        }
    if request.method == "GET":
        return render_template("reading_room/duties.html", **page)
    if not form.validate():
        return render_template("reading_room/duties.html", **page), 422
    if form.reader.data == g.account.id:
        form.reader.errors = [
            gettext(
                "Nobody puts themself on duty: it opens what young people wrote. Ask another administrator to do it. "
                "Where there is none, whoever runs this installation can add one."
            )
        ]
        return render_template("reading_room/duties.html", **page), 409
    with database().writing() as session:
        _put_on_duty(session, reached_programme(session, programme_id, ADMINISTRATOR), form)
    return redirect(url_for("reading_room.duties", programme_id=programme_id), 303)


def _usual() -> dict[str, Any]:
    return {
        "task": "reader",
        "place": 0,
        "weekdays": list("12345"),
        "starts": "09:00",
        "ends": "16:00",
        "first_day": today(),
        "last_day": today() + timedelta(days=90),
        "languages": ["en"],
    }


def _settings(session: Session, programme: Programme) -> list[Setting]:
    taking_part = select(Participation.setting_id).where(Participation.programme_id == programme.id)
    return list(session.scalars(select(Setting).where(Setting.id.in_(taking_part)).order_by(Setting.name)))


def _holders(session: Session, programme: Programme) -> list[Account]:
    """Those who hold the role here."""
    holding = Grant.held(ROLE, programme, now())
    return list(session.scalars(select(Account).where(Account.id.in_(holding)).order_by(Account.name)))


def _row(session: Session, reader: Reader) -> Row:
    duty = reader.duty
    place = duty.setting.name if duty.setting is not None else gettext("Outside the schools")
    names = weekday_words()
    days = ", ".join(names[int(day) - 1] for day in duty.weekdays)
    days += ", " + (gettext("bank holidays too") if duty.on_bank_holidays else gettext("not on bank holidays"))
    missing = "" if reader.is_ready else _missing(key_in_use(session, duty.account_id))
    return Row(duty, duty.account.name, task_name(duty.task), place, days, stretches(duty.away), missing)


def _missing(key: ReaderKey | None) -> str:
    """Why words are not sealed to a reader now, and what helps."""
    if key is None:
        return gettext("Has not made a key yet: they do so under “Reading”.")
    if key.proved_at is None or key.proved_at < now() - PROOF_HOLDS:
        return gettext("Has not proved their key this month: they open every new note under “Reading”.")
    if not key.is_confirmed:
        return gettext("Has a new key, which another reader must confirm first under “Reading”.")
    if key.seen_at < now() - SEEN_HOLDS:
        return gettext("Has not been here for 7 days.")
    return gettext("The role has ended or has not begun.")


def _served(session: Session, programme: Programme, settings: Sequence[Setting]) -> tuple[int, int]:
    """At how many of the schools a box for words would be shown now, the last hour left aside."""
    desks = [desk_of(session, programme.id, one.id, "en", now(), last_hour_too=True) for one in settings]
    return sum(desk is not None for desk in desks), len(settings)


def _put_on_duty(session: Session, programme: Programme, form: DutyForm) -> None:
    place = form.place.data or None
    duty = Duty(
        account_id=form.reader.data,
        programme_id=programme.id,
        setting_id=place,
        is_outside=place is None,
        task=form.task.data,
        weekdays="".join(sorted(form.weekdays.data or ())),
        on_bank_holidays=form.on_bank_holidays.data,
        starts=form.starts.data,
        ends=form.ends.data,
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        languages=sorted(form.languages.data or ()),
    )
    session.add(duty)
    session.flush()
    key = key_in_use(session, duty.account_id)
    if key is not None and key.proved_at is None:
        plant(session, key, now())  # who made a key before having a place gets the first note now
    outbox.add(session, "duty_given", f"duty {duty.id}", role=ROLE, programme_id=programme.id)
    subject = f"duty {duty.id}: {duty.task}, account {duty.account_id}, programme {programme.id}"
    audit.record(session, keys(), g.account.id, "duty.given", subject)


@blueprint.post("/duties/<int:programme_id>/<int:duty_id>/end")
@staff(ADMINISTRATOR)
def end_duty(programme_id: int, duty_id: int) -> Reply:
    """End a duty today; what waits stays with those to whom it is sealed."""
    with database().writing() as session:
        programme = reached_programme(session, programme_id, ADMINISTRATOR)
        duty = session.get(Duty, duty_id)
        if duty is None or duty.programme_id != programme.id:
            abort(404)
        yesterday = today() - timedelta(days=1)
        duty.first_day, duty.last_day = min(duty.first_day, yesterday), yesterday
        audit.record(session, keys(), g.account.id, "duty.ended", f"duty {duty.id}: account {duty.account_id}")
    return redirect(url_for("reading_room.duties", programme_id=programme_id), 303)
