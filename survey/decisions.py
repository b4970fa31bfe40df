"""What somebody decides who has read a child's words or an alert: no concern, or handed on to whom and when.

Nothing is decided by default. To whom, on which day and under what reference is kept only of what was handed on, so that the
two records agree and "no concern" bears no trace of another choice.
"""

from __future__ import annotations

from typing import Any

from wtforms import DateField, Form, RadioField, StringField, ValidationError
from wtforms.validators import StopValidation

from survey.clock import today
from survey.forms import Longest, StaffForm
from survey.languages import N_, gettext
from survey.models import DECISIONS, Alert, Remark


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
    """What was decided; handed on says to whom and when."""

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


def decision_name(key: str | None) -> str:
    """A decision by its name alone; empty where there is none yet."""
    match key:
        case "no_concern":
            return gettext("No concern")
        case "handed_on":
            return gettext("Handed on")
        case _:
            return ""


def write_decision(row: Alert | Remark, form: DecisionForm, account_id: int) -> None:
    """Write down what was decided, and by whom."""
    handed = form.decision.data == "handed_on"
    row.state, row.decision, row.decided_by = "decided", form.decision.data, account_id
    row.handed_to = form.handed_to.data if handed else None
    row.handed_on = form.handed_on.data if handed else None
    row.reference = (form.reference.data or None) if handed else None
