"""Forms for staff, and the wording of what a form could not take.

Anti-forgery is checked once for all by `survey.access`; templates print the token with `forgery_token()`. WTForms' own
sentences go through our catalogues, and the faults of respondents' answers get their words here, in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from wtforms import Form, StringField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

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
    """A form of a staff page: trimmed texts, our words."""

    class Meta(DefaultMeta):
        def get_translations(self, form: BaseForm) -> Any:
            return _Words()

        def bind_field(self, form: BaseForm, unbound_field: Any, options: MutableMapping[str, Any]) -> Any:
            filters = list(unbound_field.kwargs.get("filters", ()))
            return unbound_field.bind(form=form, **{**options, "filters": [trimmed, *filters]})


def trimmed(value: Any) -> Any:
    """A text without the space around it; anything else as it is."""
    return value.strip() if isinstance(value, str) else value


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
        case _:
            return gettext("We could not read this answer. Please choose again.")
