"""Who was harmed is asked apart from who did harm (CARE B7).

What those who were harmed say is told of a whole area only: no page of a school or a place is made of it, and no release
that rests on fewer than three settings. Where an organisation also asks adults about how they treat others, the two never
stand on one page: whoever prints or shows one of them cannot show that anybody was asked the other. The programmes have keys
of their own, as all programmes do, so that no answer of one can be paired with an answer of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import InstrumentVersion, Programme, ProgrammeWave
from survey.publishing import instrument_of

HARMED, DOING_HARM = "survivor", "adult"
FEWEST_SETTINGS = 3


def asks_the_harmed(programme: Programme) -> bool:
    """Whether a programme asks those who were harmed."""
    return any(instrument_of(wave.instrument_version).respondent == HARMED for wave in programme.waves)


def on_one_page(session: Session, programmes: Sequence[Programme], *, apart: bool) -> tuple[list[Programme], bool]:
    """Of these programmes those that may stand on one page, and whether there is another page with the rest.

    Parameters
    ----------
    apart : whether it is the page of those that must not stand beside others
    """
    respondents = _respondents(session, [one.id for one in programmes])
    doing_harm = {one.organisation_id for one in programmes if DOING_HARM in respondents.get(one.id, ())}
    held_apart = [
        one for one in programmes if one.organisation_id in doing_harm and HARMED in respondents.get(one.id, ())
    ]
    return held_apart if apart else [one for one in programmes if one not in held_apart], bool(held_apart)


def _respondents(session: Session, programme_ids: Sequence[int]) -> dict[int, set[str]]:
    """Whom each programme asks."""
    pinned = (
        select(ProgrammeWave.programme_id, InstrumentVersion)
        .join(InstrumentVersion, ProgrammeWave.instrument_version_id == InstrumentVersion.id)
        .where(ProgrammeWave.programme_id.in_(programme_ids))
    )
    found: dict[int, set[str]] = {}
    for programme_id, version in session.execute(pinned):
        found.setdefault(programme_id, set()).add(instrument_of(version).respondent)
    return found
