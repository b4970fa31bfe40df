"""What a facilitator types about a sitting: all faults at once, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, ValidationError

from survey.clock import today
from survey.forms import CountField, Longest, Needed, StaffForm
from survey.languages import N_, gettext
from survey.models import Participation, Sitting

MOST_PRESENT = 5000
FURTHEST = timedelta(days=400)
OFFERED = ("own", "shared", "paper")


class CountsForm(StaffForm):
    """How many were there; it can be put right later."""

    present = CountField(
        N_("Number present"),
        MOST_PRESENT,
        validators=[Needed(N_("Give the number of pupils who are there."))],
        description=N_("The pupils in the room. An estimate will do now; you can put it right later."),
    )
    absent = CountField(
        N_("Not in school that day"),
        MOST_PRESENT,
        description=N_("Pupils of these year groups. Leave it empty if you do not know yet."),
    )
    opted_out = CountField(
        N_("Opted out"),
        MOST_PRESENT,
        description=N_("Parents or pupils who said no beforehand. They do something else meanwhile."),
    )

    safe_person = StringField(
        N_("Who keeps children safe there, and where to find them"),
        [Longest(200)],
        description=N_("Such as: Ms Jones, room 12, all day. Children see it under Get help and on the poster."),
    )

    def validate_present(self, field: CountField) -> None:
        """A session without anybody is a slip of the key."""
        if field.data == 0:
            raise ValidationError(gettext("Give the number of pupils who are there."))

    def fill_counts(self, sitting: Sitting) -> None:
        """Put the numbers into the sitting; what was left empty counts as none."""
        sitting.present = self.present.data or 0
        sitting.absent, sitting.opted_out = self.absent.data or 0, self.opted_out.data or 0
        sitting.safe_person = self.safe_person.data or ""


class SittingForm(CountsForm):
    """One supervised occasion at a school."""

    setting = SelectField(N_("School or place"), coerce=int, validate_choice=False)
    held_on = DateField(N_("Day"), [Needed(N_("Give the day of the session."))])
    year_groups = StringField(
        N_("Year groups or classes"),
        [Needed(N_("Say who is there, such as Year 8.")), Longest(100)],
        description=N_("Such as Year 8, or 5B and 6A. No names."),
    )
    place = StringField(N_("Room"), [Longest(100)], description=N_("Such as main hall. You may leave it empty."))
    devices = RadioField(N_("What the pupils answer on"), validate_choice=False)

    def __init__(self, *args: Any, schools: Sequence[Participation], **parameters: Any) -> None:
        super().__init__(*args, **parameters)
        for name in (
            "present",
            "absent",
            "opted_out",
            "devices",
            "safe_person",
        ):  # faults are listed in the order of the page
            self._fields[name] = self._fields.pop(name)
        self._schools = {school.setting_id for school in schools}
        names = [(school.setting_id, school.setting.name) for school in schools]
        self.setting.choices = [*names] if len(names) == 1 else [(0, gettext("Choose a school")), *names]
        self.devices.choices = [(key, device_words(key)) for key in OFFERED]
        if self.held_on.process_errors:
            self.held_on.process_errors = [gettext("Give the day as day, month and year.")]

    def validate_setting(self, field: SelectField) -> None:
        """Only a school that takes part."""
        if field.data not in self._schools:
            raise ValidationError(gettext("Choose the school where the session is."))

    def validate_held_on(self, field: DateField) -> None:
        """A day within reach; a wrong year is the usual slip."""
        day: date | None = field.data
        if day is not None and abs(day - today()) > FURTHEST:
            raise ValidationError(gettext("This day is more than a year away. Check the year."))

    def validate_devices(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in OFFERED:
            raise ValidationError(gettext("Choose what the pupils answer on."))

    def fill(self, sitting: Sitting) -> None:
        """Put what was typed into the sitting."""
        sitting.setting_id, sitting.held_on = self.setting.data, self.held_on.data or today()
        sitting.year_groups, sitting.place = self.year_groups.data or "", self.place.data or ""
        sitting.devices = self.devices.data
        self.fill_counts(sitting)


def device_words(key: str) -> str:
    """The kinds of device in words."""
    match key:
        case "own":
            return gettext("Their own phone or laptop, one each for the whole session")
        case "paper":
            return gettext("Printed sheets, typed in by staff afterwards")
        case _:
            return gettext("Tablets or computers of the school, handed on from one to the next")
