"""What a worker types about a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField, ValidationError

from survey.forms import Longest, Needed, StaffForm
from survey.languages import N_, gettext
from survey.models import Account, Participation, Programme

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
