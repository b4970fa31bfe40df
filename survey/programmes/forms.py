"""What an administrator types about a programme, its schools and its people: all faults at once, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from wtforms import DateField, EmailField, RadioField, SelectField, StringField, TextAreaField, ValidationError

from questionnaires.instrument import Instrument
from survey.clock import PLACE, UTC, today
from survey.forms import CountField, Longest, Needed, StaffForm
from survey.languages import N_, gettext
from survey.models import BETWEEN_RELEASES, ROLES, SAFEGUARDING_READER, TIMINGS, Organisation, Programme
from survey.programmes.pasting import KINDS, LONGEST_NAME, MOST_ON_ROLL
from survey.sheets import words
from survey.waves import FOLLOW_UP, is_follow_up

WAVES = {
    "paired": ("before", "after"),
    "split": ("before", "after"),
    "waiting": ("before", "after"),
    "after_only": ("after",),
    FOLLOW_UP: (FOLLOW_UP,),
}
"""The designs of private programmes that can be run today and the waves each asks."""
KEPT_AS = {FOLLOW_UP: "after_only"}
"""A follow-up is a design of views only, told from the others by its wave: nothing in it can show a change."""
REPEATED = "repeated"
"""The design of linked programmes: each young person is asked again and again, in the waves of the questionnaire."""
DESIGNS = (*WAVES, REPEATED)
MOST_RELEASES = 60


class ProgrammeForm(StaffForm):
    """A programme before it opens."""

    name = StringField(N_("Name"), [Needed(N_("Give the programme a name.")), Longest(200)])
    organisation = SelectField(N_("Organisation"), coerce=int, validate_choice=False)
    questionnaire = RadioField(N_("Questionnaire"), validate_choice=False)
    design = RadioField(N_("When are the questions asked?"), validate_choice=False)
    timing = RadioField(N_("When are the after questions asked?"), validate_choice=False)
    release_dates = TextAreaField(
        N_("Dates of reports"),
        [Longest(2000)],
        description=N_(
            "One a line, like 2027-03-31, at least four weeks apart. Results appear on these days only, and once more when the "
            "programme closes. Leave it empty if one report at the end is enough."
        ),
        render_kw={"rows": "4"},
    )

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[Organisation],
        instruments: Mapping[str, Instrument],
        **parameters: Any,
    ) -> None:
        super().__init__(*args, **parameters)
        self.instruments = instruments
        self._organisations = [one.id for one in organisations]
        self.organisation.choices = [(one.id, one.name) for one in organisations]
        self.questionnaire.choices = [(key, _about(one)) for key, one in instruments.items()]
        self.design.choices = [(key, design_words(key)) for key in DESIGNS]
        self.timing.choices = [(key, timing_words(key)) for key in TIMINGS]

    def validate_organisation(self, field: SelectField) -> None:
        """Only one that this account administers."""
        if field.data not in self._organisations:
            raise ValidationError(gettext("Choose the organisation that this belongs to."))

    def validate_questionnaire(self, field: RadioField) -> None:
        """One that is there."""
        if field.data not in self.instruments:
            raise ValidationError(gettext("Choose a questionnaire."))

    def validate_design(self, field: RadioField) -> None:
        """One that we can run, and for which the questionnaire has the questions."""
        if field.data not in DESIGNS:
            raise ValidationError(gettext("Choose when the questions are asked."))
        chosen = self.instruments.get(self.questionnaire.data)
        if chosen is not None and (chosen.mode == "linked") != (field.data == REPEATED):
            raise ValidationError(
                gettext("With this questionnaire a worker sees the answers: choose “Again and again”.")
                if chosen.mode == "linked"
                else gettext("“Again and again” needs a questionnaire with which a worker sees the answers.")
            )
        if chosen is not None and field.data != REPEATED and not set(WAVES[field.data]) <= set(chosen.waves):
            raise ValidationError(gettext("This questionnaire has no questions for that. Choose the other one."))

    def validate_timing(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in TIMINGS:
            raise ValidationError(gettext("Choose when the after questions are asked."))
        if self.design.data == FOLLOW_UP and field.data != "weeks_later":
            raise ValidationError(gettext("A follow-up is asked weeks later: choose “Weeks later”."))

    def validate_release_dates(self, field: TextAreaField) -> None:
        """Days to come, far enough apart that no report differs from the last by a handful of children."""
        days, faults = read_days(field.data or "")
        if faults:
            wrong = ", ".join(faults)
            raise ValidationError(
                gettext("Write each date as year-month-day, like 2027-03-31: %(wrong)s.", wrong=wrong)
            )
        if len(days) > MOST_RELEASES:
            raise ValidationError(gettext("Give at most %(most)s dates.", most=MOST_RELEASES))
        if days and days[0] <= today():
            raise ValidationError(gettext("The first date must lie ahead."))
        if any(later - earlier < BETWEEN_RELEASES for earlier, later in pairwise(days)):
            raise ValidationError(gettext("Leave at least four weeks between two dates."))

    def days(self) -> list[str]:
        """The dates as they are stored."""
        return [day.isoformat() for day in read_days(self.release_dates.data or "")[0]]


def _about(instrument: Instrument) -> Markup:
    """A questionnaire as staff tell it from others: its title is neutral on purpose."""
    ages = gettext("for ages %(low)s to %(high)s", low=instrument.ages[0], high=instrument.ages[1])
    return Markup("{} · {} · {} {}").format(words(instrument.title), ages, instrument.key, instrument.version)


def read_days(typed: str) -> tuple[list[date], list[str]]:
    """The dates of a text, a line each and in order, and the lines that are none."""
    days, faults = set(), []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        try:
            days.add(date.fromisoformat(line))
        except ValueError:
            faults.append(f"“{line[:20]}”")
    return sorted(days), faults


def declared_design(programme: Programme) -> str:
    """The design as it was chosen."""
    waves = [wave.wave for wave in programme.waves]
    return FOLLOW_UP if is_follow_up(waves) else programme.design


def design_words(key: str) -> str:
    """The designs in words."""
    if key == FOLLOW_UP:
        return gettext("Once, some weeks later: this can show what became of it, never a change")
    if key == "paired":
        return gettext("Before and after, by the same pupils")
    if key == "waiting":
        return gettext(
            "Before and after, against schools that wait: chance draws which schools come first, and the others answer before "
            "their own visit in the same fortnight"
        )
    if key == REPEATED:
        return gettext("Again and again, one young person with one worker, who sees the answers: for services")
    if key == "split":
        return gettext(
            "Before or after, by different classes: chance draws which. It takes half the time; best for more than 20 schools"
        )
    return gettext("After only: this can show views, never a change")


def timing_words(key: str) -> str:
    """The timings in words."""
    match key:
        case "straight_after":
            return gettext("Straight after, on the same day")
        case "within_a_week":
            return gettext("Within a week")
        case _:
            return gettext("Weeks later")


class SchoolForm(StaffForm):
    """One school."""

    name = StringField(N_("Name"), [Needed(N_("Give the school’s name.")), Longest(LONGEST_NAME)])
    kind = SelectField(N_("Kind"), validate_choice=False)
    on_roll = CountField(
        N_("Number on roll"),
        MOST_ON_ROLL,
        validators=[Needed(N_("Give the number on roll."))],
        description=N_(
            "All children there that this programme is for: the year groups that see it, not the whole school."
        ),
    )

    def __init__(self, *args: Any, **parameters: Any) -> None:
        super().__init__(*args, **parameters)
        self.kind.choices = [(key, kind_words(key)) for key in KINDS]

    def validate_kind(self, field: SelectField) -> None:
        """One of the kinds."""
        if field.data not in KINDS:
            raise ValidationError(gettext("Choose a kind."))


class RollForm(StaffForm):
    """A number on roll that was wrong."""

    on_roll = CountField(N_("Number on roll"), MOST_ON_ROLL, validators=[Needed(N_("Give the number on roll."))])


class PasteForm(StaffForm):
    """Many schools at once."""

    lines = TextAreaField(
        N_("Schools, one a line"),
        description=N_(
            "Name, kind, number on roll, such as: Northfield School, secondary, 182. "
            "A copied piece of a spreadsheet works too."
        ),
        render_kw={"rows": "8"},
    )


def kind_words(key: str) -> str:
    """The kinds of setting in words."""
    match key:
        case "primary":
            return gettext("Primary school")
        case "secondary":
            return gettext("Secondary school")
        case "special":
            return gettext("Special school")
        case "alternative":
            return gettext("Alternative provision")
        case "college":
            return gettext("College")
        case "youth":
            return gettext("Youth club")
        case "service":
            return gettext("Service")
        case _:
            return gettext("Other place")


class GrantForm(StaffForm):
    """A role for a colleague: for what, why, and until when."""

    email = EmailField(N_("Email address of your colleague"), [Needed(N_("Give the email address.")), Longest(254)])
    role = RadioField(N_("Role"), validate_choice=False)
    reach = RadioField(N_("For what"), validate_choice=False)
    reason = StringField(
        N_("Reason"),
        [Needed(N_("Give a reason.")), Longest(300)],
        description=N_("Such as: runs the sessions at Northfield School. It is kept in the record of acts."),
    )
    ends_on = DateField(N_("Last day"), [], description=N_("The role ends after this day. At most a year from now."))

    def __init__(self, *args: Any, may_reach_all: bool, **parameters: Any) -> None:
        super().__init__(*args, **parameters)
        self.role.choices = [(key, role_words(key)) for key in ROLES]
        everything = (
            [("organisation", gettext("The whole organisation, with all its programmes"))] if may_reach_all else []
        )
        self.reach.choices = [("programme", gettext("This programme")), *everything]
        if self.ends_on.process_errors:
            self.ends_on.process_errors = [gettext("Give the last day as day, month and year.")]

    def validate_role(self, field: RadioField) -> None:
        """One of the roles that can be given here."""
        if field.data not in ROLES:
            raise ValidationError(gettext("Choose a role."))

    def validate_reach(self, field: RadioField) -> None:
        """Never more than one's own reach."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(gettext("Choose what the role is for."))

    def validate_ends_on(self, field: DateField) -> None:
        """Every role has an end, so that nobody keeps one by forgetting."""
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(gettext("Give the last day."))
        if not today() <= field.data <= today() + timedelta(days=366):
            raise ValidationError(gettext("Choose a day from today to a year from now."))

    def ends_at(self) -> datetime | None:
        """The moment when the last day is over."""
        day: date | None = self.ends_on.data
        return datetime.combine(day + timedelta(days=1), time(), PLACE).astimezone(UTC) if day else None


def role_words(key: str) -> str:
    """The roles in words."""
    match key:
        case "facilitator":
            return gettext("Facilitator: makes and runs sessions, sees no answers")
        case "worker":
            return gettext("Worker: holds cases, sees the answers of their own")
        case "commissioner":
            return gettext("Commissioner: reads the reports")
        case "analyst":
            return gettext("Analyst: reads the reports and takes their files")
        case _ if key == SAFEGUARDING_READER:
            return gettext("Safeguarding reader: reads what young people write, when on duty")
        case _:
            return gettext("Administrator: sets up programmes and gives roles")
