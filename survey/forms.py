"""Forms for staff, and the wording of what a form could not take.

Anti-forgery is checked once for all by `survey.access`; templates print the token with `forgery_token()`. WTForms' own
sentences go through our catalogues, and the faults of respondents' answers get their words here, in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from wtforms import Field, Form, IntegerField, StringField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

from survey.languages import gettext, ngettext


class _Words:
    """WTForms' sentences, through our catalogues."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return ngettext(singular, plural, count)


class JoinForm(Form):
    """The one field of the first page; a card that was scanned comes along."""

    code = StringField()
    card = StringField()


class StaffForm(Form):
    """A form of a staff page: trimmed texts, our words. Labels and hints are marked with `N_`."""

    class Meta(DefaultMeta):
        def get_translations(self, form: BaseForm) -> Any:
            return _Words()

        def bind_field(self, form: BaseForm, unbound_field: Any, options: MutableMapping[str, Any]) -> Any:
            filters = list(unbound_field.kwargs.get("filters", ()))
            field = unbound_field.bind(form=form, **{**options, "filters": [trimmed, *filters]})
            field.label.text = gettext(field.label.text)
            field.description = gettext(field.description) if field.description else ""
            return field


def trimmed(value: Any) -> Any:
    """A text without the space around it and without NUL, which no store takes; anything else as it is."""
    return value.replace("\0", "").strip() if isinstance(value, str) else value


class Needed:
    """The field must be filled in; the message says with what."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        if field.errors or field.data in (None, "", []):
            raise StopValidation("" if field.errors else gettext(self.message))


class Longest:
    """A text of at most so many signs, as the store has room for."""

    def __init__(self, signs: int) -> None:
        self.signs = signs

    def __call__(self, _form: Form, field: Field) -> None:
        if len(field.data or "") > self.signs:
            raise ValidationError(gettext("Make this shorter: at most %(count)s characters.", count=self.signs))


class CountField(IntegerField):
    """A whole number of people; what was typed comes back when it is none."""

    widget = TextInput()

    def __init__(self, label: str, largest: int, **parameters: Any) -> None:
        super().__init__(label, render_kw={"inputmode": "numeric"}, **parameters)
        self.largest = largest

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits; an empty field is no number."""
        if not valuelist:  # nothing was sent, so the number that stands is shown
            return
        self.data, typed = None, valuelist[0].strip()
        if not typed:
            return
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 10 and int(typed) <= self.largest):
            raise ValueError(gettext("Type a whole number from 0 to %(largest)s, in digits.", largest=self.largest))
        self.data = int(typed)


def answer_fault(code: str, parameters: Mapping[str, Any]) -> str:
    """What a respondent reads when an answer could not be taken, with the way out."""
    match code:
        case "choose_one":
            return gettext("Choose one answer.")
        case "not_with_others":
            return gettext("One of your answers does not go with the others. Choose again.")
        case "not_a_number":
            return gettext("Type a whole number, like 3, or leave it empty.")
        case "out_of_range":
            return gettext("Type a number from %(minimum)s to %(maximum)s, or leave it empty.", **parameters)
        case "not_an_order":
            return gettext(
                "Give each one a different place from 1 to %(count)s, or leave them all empty.", **parameters
            )
        case _:
            return gettext("We could not read this answer. Please choose again.")
