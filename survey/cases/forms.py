"""What a worker types about a case, and about what was done on an alert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, Form, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import StopValidation

from survey.clock import today
from survey.forms import N_, Longest, Needed, StaffForm
from survey.languages import gettext
from survey.models import DECISIONS, Account, Participation, Programme

LONGEST_REFERENCE = 20


class CaseForm(StaffForm):
    """A new case: where, under what reference, and who stands in."""

    place = SelectField(N_("Service"), validate_choice=False)
    reference = StringField(
        N_("Your reference"),
        [Needed(N_("Give a reference by which you know this young person.")), Longest(LONGEST_REFERENCE)],
        description=N_("Never a name. The number from your own records is best, such as B58-117."),
    )
    deputy = SelectField(N_("Deputy"), coerce=int, validate_choice=False)

    def __init__(
        self, *args: Any, places: Sequence[tuple[Programme, Participation]], deputies: Sequence[Account], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.place.choices = [
            (place_key(programme, one), f"{one.setting.name} · {programme.name}") for programme, one in places
        ]
        self.deputy.choices = [(one.id, one.name) for one in deputies]
        self.deputy.description = gettext("Is told of every alert together with you, and sees the answers too.")

    def validate_place(self, field: SelectField) -> None:
        """One of those where this account is a worker."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(gettext("Choose the service."))

    def validate_reference(self, field: StringField) -> None:
        """A reference and not a name: it holds a number."""
        if not any(sign.isdigit() for sign in field.data or ""):
            raise ValidationError(gettext("Give a reference with a number in it, never a name."))

    def validate_deputy(self, field: SelectField) -> None:
        """Another worker of the same programme."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(gettext("Choose who stands in for you. It must be another worker of the programme."))


def place_key(programme: Programme, participation: Participation) -> str:
    """How a form names a service within a programme."""
    return f"{programme.id}-{participation.setting_id}"


class OnlyWhenHandedOn:
    """A day that is looked at only where something was handed on; then it is needed, and cannot lie ahead."""

    def __call__(self, form: Form, field: DateField) -> None:
        field.errors = []  # that an empty field is no date says nothing yet
        if form["decision"].data != "handed_on":
            field.data = None
            raise StopValidation
        if field.data is None or field.data > today():
            raise StopValidation(gettext("Give the day on which you handed it on; it cannot lie ahead."))


class DecisionForm(StaffForm):
    """What was decided on an alert; handed on says to whom and when."""

    decision = RadioField(N_("What did you decide?"), validate_choice=False)
    handed_to = StringField(
        N_("Handed on to whom"),
        [Longest(200)],
        description=N_("Name and job, such as: Jo Green, duty social worker. Only if you handed it on."),
    )
    handed_on = DateField(N_("On which day"), [OnlyWhenHandedOn()])
    reference = StringField(
        N_("Reference"),
        [Longest(100)],
        description=N_("The number under which it stands there, if you were given one."),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.decision.choices = [(key, decision_words(key)) for key in DECISIONS]

    def validate_decision(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in DECISIONS:
            raise ValidationError(gettext("Choose what you decided."))

    def validate_handed_to(self, field: StringField) -> None:
        """Handed on means to somebody."""
        if self.decision.data == "handed_on" and not field.data:
            raise ValidationError(gettext("Say to whom you handed it on."))


def decision_words(key: str) -> str:
    """The decisions in words."""
    if key == "handed_on":
        return gettext("Handed on to people whose job is to keep young people safe")
    return gettext("I have looked into it, and there is no concern")
