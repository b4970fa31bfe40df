"""Where help is: services for children and young people in the United Kingdom, in the order in which they are shown.

Sources and the date of the last check stand beside each row; a person checks every row by telephone before a launch.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey.languages import gettext


@dataclass(frozen=True, slots=True)
class Helpline:
    """One service: what it is for, how to reach it, when, and what it costs."""

    name: str
    number: str | None
    text: str
    hours: str
    url: str | None


def helplines(*, young: bool = False) -> tuple[Helpline, ...]:
    """The services, in the page's language; for children under 12 those made for them, in words that do not frighten.

    Last checked against their published leaflets on 20 November 2026.
    """
    childline = Helpline(
        "Childline",
        "0800 1111",
        gettext("For anyone under 19, about anything. Free, and it does not show on a phone bill."),
        gettext("Open any time."),
        "https://www.childline.org.uk",
    )
    ceop = Helpline(
        "CEOP Safety Centre",
        None,
        gettext(
            "To report somebody online who makes you feel unsafe or wants you to keep secrets. A grown-up can help you."
        )
        if young
        else gettext(
            "To report somebody online who is trying to hurt you or make you do something sexual. They will ask who you are."
        ),
        gettext("Reports can be sent any time."),
        "https://www.ceop.police.uk/safety-centre/",
    )
    if young:
        return (childline, ceop)
    papyrus = Helpline(
        "Papyrus HOPELINE247",
        "0800 068 4141",
        gettext("If you, or somebody you know under 35, may be thinking about suicide. Free."),
        gettext("Open any time."),
        "https://www.papyrus-uk.org",
    )
    samaritans = Helpline(
        "Samaritans",
        "116 123",
        gettext("For anyone who is finding things hard. Free."),
        gettext("Open any time."),
        None,
    )
    return (childline, papyrus, samaritans, ceop)
