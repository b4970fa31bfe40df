"""Where help is: services for children and young people in the United Kingdom, as data.

Each row says whom the service is for, how to reach it, when, what it costs, who in this project answers for the row, and on
which day a person last checked it against the service itself. Rows that nobody has checked for 90 days are named to
administrators on their start page: a number that is out of date is worse than none. Children under 12 get the services made
for them, in words that do not frighten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from questionnaires.instrument import PRIMARY_AGE
from survey.forms import N_
from survey.languages import gettext

GOOD_FOR = timedelta(days=90)
OWNER = "safeguarding lead of this installation"


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it is kept here, in English; `ages` are those it is for, `young_words` those for under 12s."""

    name: str
    words: str
    cost: str
    hours: str
    ages: tuple[int, int]
    checked: date
    number: str | None = None
    sms: str | None = None
    url: str | None = None
    young_words: str = ""
    owner: str = OWNER


@dataclass(frozen=True, slots=True)
class Helpline:
    """One service as a page shows it, in the page's language."""

    name: str
    number: str | None
    sms: str | None
    text: str
    hours: str
    url: str | None


ANY_TIME = N_("Open now: any time, day or night.")
FREE = N_("Free.")

SERVICES = (
    Service(
        "Childline",
        N_("For anyone under 19, about anything."),
        N_("Free, and it does not show on a phone bill."),
        ANY_TIME,
        (5, 18),
        date(2026, 11, 20),
        number="0800 1111",
        url="https://www.childline.org.uk",
    ),
    Service(
        "Papyrus HOPELINE247",
        N_("If you, or somebody you know under 35, may be thinking about suicide."),
        FREE,
        ANY_TIME,
        (12, 34),
        date(2026, 11, 20),
        number="0800 068 4141",
        url="https://www.papyrus-uk.org",
    ),
    Service(
        "Shout",
        N_("If you would rather write than talk. Send a text message with the word SHOUT."),
        N_("Free with most phone companies, and it does not show on the bill."),
        ANY_TIME,
        (12, 99),
        date(2026, 11, 21),
        sms="85258",
        url="https://giveusashout.org",
    ),
    Service(
        "Samaritans",
        N_("For anyone who is finding things hard."),
        FREE,
        ANY_TIME,
        (12, 99),
        date(2026, 11, 20),
        number="116 123",
    ),
    Service(
        "CEOP Safety Centre",
        N_(
            "To report somebody online who is trying to hurt you or make you do something sexual. They will ask who you are."
        ),
        FREE,
        N_("Reports can be sent any time."),
        (5, 99),
        date(2026, 11, 20),
        url="https://www.ceop.police.uk/safety-centre/",
        young_words=N_(
            "To report somebody online who makes you feel unsafe or wants you to keep secrets. A grown-up can help you."
        ),
    ),
)


def helplines(*, young: bool = False) -> tuple[Helpline, ...]:
    """The services that fit, in the page's language and in the order in which they are shown."""
    return tuple(
        Helpline(
            one.name,
            one.number,
            one.sms,
            f"{gettext(one.young_words if young and one.young_words else one.words)} {gettext(one.cost)}",
            gettext(one.hours),
            one.url,
        )
        for one in SERVICES
        if not young or one.ages[0] <= PRIMARY_AGE
    )


def unchecked(day: date) -> tuple[Service, ...]:
    """The services whose row nobody has checked for 90 days."""
    return tuple(one for one in SERVICES if day - one.checked > GOOD_FOR)
