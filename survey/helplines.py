"""Where help is: services for children and young people in the United Kingdom, as data.

Each row says whom the service is for, how to reach it, when, and what it costs, as published leaflets say it. Whether that
holds only a person can tell who calls or looks it up: on which day somebody did, who it was and who answers for the row is
written down by staff of each organisation and kept in the store. Rows that nobody of theirs has checked, or not for 90 days,
are named to its administrators on their start page: a number that is out of date is worse than none. A page is written for its
youngest reader: what they may call stands open, and where children of primary school may read it, in words that do not frighten.
What is for older ones stands closed behind a line that says from which age. A page from 11 on is one of secondary school: its
first year reads what the second does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.instrument import PRIMARY_AGE
from survey.helpline_hours import Hours, Span, said_always, said_now
from survey.languages import N_, gettext
from survey.models import HelplineCheck

GOOD_FOR = timedelta(days=90)
OLDEST, YOUNGEST = 99, 5
GROWN = (18, OLDEST)
"""Whom services for adults are for. Some take calls from 16 on; but a page for 11 to 16 is read by those of 11 too."""
SECONDARY = 12
"""From when services are for those at secondary school, who come there at 11."""
ANY_TIME = N_("Open now: any time, day or night.")
FREE = N_("Free.")


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it is kept here, in English; `ages` are those it is for, `young_words` those for under 12s.

    `hours` None: somebody always answers, and `any_time` says so. `tells`: the name alone says what it is for, so that it stands
    on no card that may be found.
    """

    key: str
    name: str
    words: str
    cost: str
    ages: tuple[int, int]
    hours: Hours | None = None
    any_time: str = ANY_TIME
    number: str | None = None
    sms: str | None = None
    url: str | None = None
    young_words: str = ""
    tells: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """When a person last checked a row (None: nobody has), who that was, and who answers for the row."""

    service: Service
    checked_on: date | None = None
    checked_by: str = ""
    owner: str = ""

    def is_due(self, day: date) -> bool:
        """Whether somebody has to check it now."""
        return self.checked_on is None or day - self.checked_on > GOOD_FOR


@dataclass(frozen=True, slots=True)
class Helpline:
    """One service as a page shows it, in the page's language."""

    name: str
    number: str | None
    sms: str | None
    text: str
    hours: str
    url: str | None
    tells: bool


Helplines = tuple[Helpline, ...]
SERVICES = (
    Service(
        "childline",
        "Childline",
        N_("For anyone under 19, about anything."),
        N_("Free, and it does not show on a phone bill."),
        (YOUNGEST, 18),
        number="0800 1111",
        url="https://www.childline.org.uk",
    ),
    Service(
        "papyrus",
        "Papyrus HOPELINE247",
        N_("If you, or somebody you know under 35, may be thinking about suicide."),
        FREE,
        (SECONDARY, 34),
        number="0800 068 4141",
        url="https://www.papyrus-uk.org",
    ),
    Service(
        "shout",
        "Shout",
        N_("If you would rather write than talk. Send a text message with the word SHOUT."),
        N_("Free with most phone companies, and it does not show on the bill."),
        (SECONDARY, OLDEST),
        sms="85258",
        url="https://giveusashout.org",
    ),
    Service(
        "samaritans",
        "Samaritans",
        N_("For anyone who is finding things hard."),
        FREE,
        (SECONDARY, OLDEST),
        number="116 123",
    ),
    Service(
        "domestic_abuse",
        "National Domestic Abuse Helpline",
        N_("If a partner, or somebody who was one, hurts, frightens or controls you."),
        FREE,
        GROWN,
        number="0808 2000 247",
        url="https://www.nationaldahelpline.org.uk",
        tells=True,
    ),
    Service(
        "rape_crisis",
        "Rape and Sexual Abuse Support Line",
        N_("About anything sexual that was done to you against your will, lately or long ago."),
        FREE,
        GROWN,
        number="0808 500 2222",
        url="https://247sexualabusesupport.org.uk",
        tells=True,
    ),
    Service(
        "stop_it_now",
        "Stop It Now",
        N_(
            "If you worry about what you, or somebody you know, thinks or does about children. You need not say who you are."
        ),
        FREE,
        GROWN,
        hours=(Span(time(9), time(21), (0, 1, 2, 3)), Span(time(9), time(17), (4,))),
        number="0808 1000 900",
        url="https://www.stopitnow.org.uk",
        tells=True,
    ),
    Service(
        "ceop",
        "CEOP Safety Centre",
        N_(
            "To report somebody online who is trying to hurt you or make you do something sexual. They will ask who you are."
        ),
        FREE,
        (YOUNGEST, OLDEST),
        any_time=N_("Reports can be sent any time."),
        url="https://www.ceop.police.uk/safety-centre/",
        young_words=N_(
            "To report somebody online who makes you feel unsafe or wants you to keep secrets. They will ask who you are. A "
            "grown-up can help you."
        ),
    ),
)
EVERYBODY = (YOUNGEST, OLDEST)


def helplines(ages: tuple[int, int] = EVERYBODY, moment: datetime | None = None) -> Helplines:
    """The services that the youngest of these ages may call, in the page's language and in the order in which they are shown.

    With a moment, for a page that is read at once, they say what is open then; without, only their hours in words.
    """
    reader = _reader(ages)
    return _shown((one for one in SERVICES if one.ages[0] <= reader <= one.ages[1]), ages, moment)


def for_older(ages: tuple[int, int] = EVERYBODY, moment: datetime | None = None) -> tuple[tuple[int, Helplines], ...]:
    """The services for only the older ones of these ages, under the age from which each is."""
    later = [one for one in SERVICES if _reader(ages) < one.ages[0] <= ages[1]]
    return tuple(
        (age, _shown((one for one in later if one.ages[0] == age), ages, moment))
        for age in sorted({one.ages[0] for one in later})
    )


def is_gentle(ages: tuple[int, int]) -> bool:
    """Whether a page for these ages speaks to children of primary school, however old the others are."""
    return ages[0] < PRIMARY_AGE or ages[1] <= PRIMARY_AGE


def _reader(ages: tuple[int, int]) -> int:
    """The age for which a page is written."""
    return ages[0] if is_gentle(ages) else max(ages[0], SECONDARY)


def _shown(services: Iterable[Service], ages: tuple[int, int], moment: datetime | None) -> Helplines:
    return tuple(
        Helpline(
            one.name,
            one.number,
            one.sms,
            f"{gettext(one.young_words if is_gentle(ages) and one.young_words else one.words)} {gettext(one.cost)}",
            hours_of(one, moment),
            one.url,
            one.tells,
        )
        for one in services
    )


def any_time(ages: tuple[int, int] = EVERYBODY) -> str:
    """Whom these ages can call at any hour, in one line."""
    if ages[0] <= 18:
        return gettext("Childline 0800 1111 is open any time. In danger: 999.")
    return gettext("Samaritans 116 123 is open any time. In danger: 999.")


def hours_of(service: Service, moment: datetime | None) -> str:
    """When a service answers, and for a page that is read at once whether it does now."""
    if service.hours is None:
        return gettext(service.any_time)
    words = said_always(service.hours)
    return words if moment is None else f"{said_now(service.hours, moment)} {words}"


def states(session: Session, organisation_id: int) -> tuple[State, ...]:
    """Every service with what people of an organisation wrote down of it."""
    theirs = select(HelplineCheck).where(HelplineCheck.organisation_id == organisation_id)
    found = {one.key: one for one in session.scalars(theirs)}
    return tuple(
        State(one, found[one.key].checked_on, found[one.key].checked_by, found[one.key].owner)
        if one.key in found
        else State(one)
        for one in SERVICES
    )


def unchecked(session: Session, organisation_id: int, day: date) -> tuple[State, ...]:
    """The services that nobody of an organisation has checked, or not for 90 days."""
    return tuple(one for one in states(session, organisation_id) if one.is_due(day))
