"""What somebody typed: taken out of the form before anything is stored, sealed to its readers, kept apart from all codes.

With script the words come sealed already and on their own; without it they are sealed here, in the request that brought
them. Either way the store holds envelopes only, and a remark that carries programme, setting, wave and language. Its key is
a keyed hash of the submission's id and the words, so that sending again keeps nothing twice and changed words are kept too;
nobody can compute it from what is stored. While a remark is unread it says when somebody else has to look, in half hours.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.instrument import Instrument, Item, text
from survey import outbox
from survey.clock import PLACE
from survey.database import Database
from survey.duty import ROLE, Desk, desk_of
from survey.languages import gettext
from survey.models import Duty, Envelope, Programme, ReaderKey, Remark
from survey.pauses import pauses_over
from survey.readers import open_with, seal_to
from survey.responses import Place, Submission
from survey.sealing import Keys, SealBroken
from survey.working_hours import STEP as STEP_OF_CLOCKS
from survey.working_hours import blurred, working_hours_after

STEP = 512
PADDING = b"\0"
HOURS_UNREAD = HOURS_UNDECIDED = 2
MOST_ENVELOPES = 12
LARGEST_ENVELOPE = 32 * 1024


class Said(NamedTuple):
    """What was typed into one box: the question as it was asked, the words, and whether they may be printed."""

    asked: str
    said: str
    may_print: str = ""


class WordsRefused(Exception):
    """Sealed words that cannot be kept as they came: not to enough readers of this place, or not readable as envelopes."""


def boxes(instrument: Instrument, wave: str) -> tuple[Item, ...]:
    """The items of a wave that ask for words."""
    return tuple(item for page in instrument.pages for item in page.items if item.kind == "text" and wave in item.waves)


def box_promise(*, young: bool) -> str:
    """What everybody is told before a questionnaire with a box, on the screen and aloud (CARE A1)."""
    if young:
        return gettext("If you write that a child is being hurt, a grown-up reads it and must try to help.")
    return gettext(
        "What you type is different: a trained adult reads it. If it says someone is being hurt, they have to tell people "
        "whose job is to keep children safe, and may try to find out who needs help. If you want help yourself, don’t wait "
        "for us: use Get help."
    )


def desk_here(database: Database, place: Place, moment: datetime, *, always: bool = False) -> Desk | None:
    """Who reads what is typed at a place now; None where no box is served."""
    if place.mode != "private":
        return None
    with database.reading() as session:
        if not always and pauses_over(session, place.programme_id, place.setting_id):
            return None
        programme = session.get_one(Programme, place.programme_id)
        return desk_of(session, programme, place.setting_id, place.language, moment, always=always)


def typed_words(instrument: Instrument, place: Place, fields: Mapping[str, Sequence[str]]) -> tuple[Said, ...]:
    """Everything that was typed into boxes, whether they were asked for or not: no word of a child is dropped."""
    found = []
    for item in boxes(instrument, place.wave):
        said = "\n".join(fields.get(item.key, ())).strip()
        if said:
            found.append(
                Said(text(item.text, place.language)[0], said, next(iter(fields.get(f"{item.key}.print", ())), ""))
            )
    return tuple(found)


def without_words(instrument: Instrument, place: Place, submission: Submission) -> Submission:
    """The same form without a word of what was typed, so that nothing of it can lie beside codes, hashed or kept aside."""
    names = {name for item in boxes(instrument, place.wave) for name in (item.key, f"{item.key}.print")}
    if not names & submission.fields.keys():
        return submission
    pairs = parse_qsl(submission.body.decode("ascii"), keep_blank_values=True)
    body = urlencode([pair for pair in pairs if pair[0] not in names]).encode()
    fields = {name: values for name, values in submission.fields.items() if name not in names}
    return replace(submission, fields=fields, body=body)


def bound_to(place_of_words: Place | Remark, key_id: str) -> str:
    """What an envelope is bound to: it opens nowhere else."""
    one = place_of_words
    return f"heard-words-1/{one.programme_id}/{one.setting_id}/{one.wave}/{one.language}/{key_id}"


def seal_words(desk: Desk, chosen: str, place: Place, words: Sequence[Said]) -> dict[str, bytes]:
    """Seal words to everybody who may read them: key id -> envelope, all of the same length."""
    plain = json.dumps([one._asdict() for one in words], ensure_ascii=False).encode()
    plain += PADDING * (-len(plain) % STEP)
    return {one.key_id: seal_to(one.public_key, bound_to(place, one.key_id), plain) for one in desk.of(chosen)}


def open_words(remark: Remark, key_id: str, private: bytes, sealed: bytes) -> tuple[Said, ...]:
    """The words of an envelope; raises `SealBroken` for one that was not sealed for this place or holds no words."""
    plain = open_with(private, bound_to(remark, key_id), sealed).rstrip(PADDING)
    try:
        return tuple(
            Said(whole(one["asked"])[:1000], whole(one["said"]), whole(one.get("may_print", ""))[:10])
            for one in json.loads(plain)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise SealBroken("words") from fault


def whole(words: object) -> str:
    """Words as they can be shown and printed: half a sign, which a browser can send, becomes a question mark."""
    return str(words).encode("utf-8", "replace").decode()


def read_envelopes(sealed: str) -> dict[str, bytes]:
    """The envelopes that a browser made: `key.base64url~key.base64url`; raises `WordsRefused`."""
    found: dict[str, bytes] = {}
    for part in sealed.split("~")[:MOST_ENVELOPES]:
        key_id, _, blob = part.partition(".")
        try:
            found[key_id] = base64.b64decode(blob + "=" * (-len(blob) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as fault:
            raise WordsRefused("envelope") from fault
    if any(len(envelope) > LARGEST_ENVELOPE for envelope in found.values()):
        raise WordsRefused("too long")
    return found


def keep_words(
    database: Database,
    keys: Keys,
    place: Place,
    submission_id: str,
    chosen: str,
    envelopes: Mapping[str, bytes],
    content: bytes,
    moment: datetime,
) -> None:
    """Keep sealed words, once; `content` is what makes the same words the same.

    Raises
    ------
    WordsRefused
        When they are not sealed to two readers of this place, one of them outside the school.
    """
    remark_id = keys.mac("remark", submission_id.encode(), content)[:16]
    try:
        with database.writing() as session:
            if session.get(Remark, remark_id) is None:
                _keep(session, place, remark_id, chosen, envelopes, moment)
    except IntegrityError:
        with database.reading() as session:
            if session.get(Remark, remark_id) is None:
                raise  # not the same words, twice at once: nobody has kept these


def _keep(
    session: Session, place: Place, remark_id: bytes, chosen: str, envelopes: Mapping[str, bytes], moment: datetime
) -> None:
    known = living_keys(session, place, moment)
    kept = {
        key_id: envelope
        for key_id, envelope in envelopes.items()
        if key_id in known and (known[key_id] or chosen == "school")
    }
    if len(kept) < 2 or not any(known[key_id] for key_id in kept):
        raise WordsRefused("readers")
    remark = Remark(
        id=remark_id,
        programme_id=place.programme_id,
        setting_id=place.setting_id,
        wave=place.wave,
        language=place.language,
        mode=place.mode,
        chosen=chosen,
        due_at=blurred(working_hours_after(moment, HOURS_UNREAD)),
    )
    session.add(remark)
    session.flush()
    session.add_all(Envelope(remark_id=remark_id, key_id=key_id, sealed=sealed) for key_id, sealed in kept.items())
    _tell(session, remark, set(kept), moment)


def _tell(session: Session, remark: Remark, key_ids: set[str], moment: datetime) -> None:
    """Tell readers now, without naming the remark; and deputies and the lead when it stays unread, in the same transaction.

    Only those who hold the role and are on duty these days. Where no lead is, whoever administers the programme is told.
    """
    duties, readers = _on_duty(session, remark, key_ids, moment)
    first = {one.account_id for one in duties if one.task == "reader"} & readers
    waiting, due_at = ("remark_waiting", f"programme {remark.programme_id}"), blurred(moment) - STEP_OF_CLOCKS
    for account_id in sorted(first or readers):  # one letter, however many remarks come before they look
        if not outbox.waits_for(session, *waiting, account_id):
            outbox.add(session, *waiting, account_id=account_id, due_at=due_at)
    seconds, has_lead = _who_comes_next(remark, duties, readers)
    for account_id in sorted(seconds):
        outbox.add(session, "remark_overdue", subject_of(remark), account_id=account_id, due_at=remark.due_at)
    if not has_lead:
        outbox.add(
            session,
            "remark_without_lead",
            subject_of(remark),
            role="administrator",
            programme_id=remark.programme_id,
            due_at=remark.due_at,
        )


def await_decision(session: Session, remark: Remark, moment: datetime) -> None:
    """Somebody has opened a remark: the clock of unread words ends. When nobody says within 2 more working hours what is done
    about it, deputies, the lead and whoever opened it are told."""
    outbox.forget_subject(session, subject_of(remark))
    keys_of = set(session.scalars(select(Envelope.key_id).where(Envelope.remark_id == remark.id)))
    seconds, _ = _who_comes_next(remark, *_on_duty(session, remark, keys_of, moment))
    due = working_hours_after(moment, HOURS_UNDECIDED)
    for account_id in sorted(seconds | {one for one in (remark.opened_by,) if one is not None}):
        outbox.add(session, "remark_undecided", subject_of(remark), account_id=account_id, due_at=due)


def _on_duty(session: Session, remark: Remark, key_ids: set[str], moment: datetime) -> tuple[list[Duty], set[int]]:
    """The duties of these days at the remark's place, of people who hold the role and are not away today; and who holds the
    role and can open it."""
    day = moment.astimezone(PLACE).date()
    holding = set(outbox.holders(session, ROLE, remark.programme_id, moment))
    duties = session.scalars(
        select(Duty).where(
            Duty.programme_id == remark.programme_id,
            or_(Duty.setting_id.is_(None), Duty.setting_id == remark.setting_id),
            Duty.first_day <= day,
            Duty.last_day >= day,
        )
    )
    readers = set(session.scalars(select(ReaderKey.account_id).where(ReaderKey.id.in_(key_ids)))) & holding
    here = [duty for duty in duties if duty.account_id in holding and day.isoformat() not in duty.away]
    return here, readers


def _who_comes_next(remark: Remark, duties: Sequence[Duty], readers: set[int]) -> tuple[set[int], bool]:
    """The deputies who can open it and the leads, and whether there is a lead. Nobody at the school is told of words that
    were written to somebody outside it."""
    second = {one.account_id for one in duties if one.task == "deputy"} & readers
    leads = {one.account_id for one in duties if one.task == "lead" and (one.is_outside or remark.chosen == "school")}
    return second | leads, bool(leads)


def subject_of(remark: Remark) -> str:
    """A remark as messages and the record of acts name it."""
    return f"remark {remark.id.hex()}"


def living_keys(session: Session, place: Place, moment: datetime) -> dict[str, bool]:
    """The keys in use of everybody who holds the role and is on duty here these days, proved or not: key id -> whether its
    reader works outside the school. A page that was left open may know keys that nobody opens any more."""
    day = moment.astimezone(PLACE).date()
    holding = outbox.holders(session, ROLE, place.programme_id, moment)
    found = session.execute(
        select(ReaderKey.id, Duty.is_outside)
        .join(Duty, Duty.account_id == ReaderKey.account_id)
        .where(
            ReaderKey.ended_at.is_(None),
            ReaderKey.account_id.in_(holding),
            Duty.programme_id == place.programme_id,
            or_(Duty.setting_id.is_(None), Duty.setting_id == place.setting_id),
            Duty.first_day <= day,
            Duty.last_day >= day,
        )
    )
    known: dict[str, bool] = {}
    for key_id, is_outside in found:
        known[key_id] = known.get(key_id, True) and is_outside  # who also works at the school is no outsider there
    return known
