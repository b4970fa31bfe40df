"""A tour to release from: schools with as many pupils and answers as a test says, stored as real rows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from questionnaires.codebook import Answer, Head
from questionnaires.files import load_library, read
from questionnaires.instrument import DONT_KNOW, Instrument
from survey.clock import now, today
from survey.database import Database
from survey.models import (
    Entry,
    Opening,
    Organisation,
    Participation,
    Programme,
    ProgrammeWave,
    Release,
    Response,
    Setting,
    Sitting,
)
from survey.pairing import new_code
from survey.publishing import codebook_of, publish
from survey.releases.ledger import write_ledger
from survey.releases.making import Draft, programme_release
from survey.releases.store import keep

Answers = Callable[[str, int], Mapping[str, Answer]]
"""(wave, number of the pupil) -> answers."""

Heads = Callable[[str, int], Head]
"""(wave, number of the pupil) -> how it was answered."""

YEARS = ("year_7", "year_8", "year_9")


HEADER = """\
key: {key}
version: 1
title: Some questions
ages: [11, 16]
mode: private
respondent: young_person
waves: [{waves}]
intro: [One., Two., Three., Four.]
pages:
"""


def some_questions(folder: Path, key: str, pages: str, waves: str = "before, after") -> Instrument:
    """A small questionnaire of these pages, read from a file as every other one is."""
    file = folder / f"{key}.yaml"
    file.write_text(HEADER.format(key=key, waves=waves) + pages, encoding="utf-8")
    return read(file)


def english(_wave: str, _pupil: int) -> Head:
    """Everybody in the same way."""
    return Head("en")


def usual(wave: str, pupil: int) -> Mapping[str, Answer]:
    """Half know whom to tell before, three quarters after; everything else goes up a little or stays."""
    after = wave == "after"
    return {
        "year_group": YEARS[pupil % 3],
        "sign_hide": "warning" if pupil % 10 < (7 if after else 5) else DONT_KNOW,
        "sign_control": "warning" if pupil % 2 else "fine",
        "sign_gift": "warning" if pupil % 5 < (4 if after else 3) else "fine",
        "sign_debt": "warning" if pupil % 3 else DONT_KNOW,
        "sign_fine": "fine",
        "image_law": "always" if pupil % 10 < (6 if after else 4) else "never",
        "image_help": "can" if pupil % 10 < (5 if after else 3) else "cannot",
        "responsible": "adult" if pupil % 3 else "both",
        "know_who": "know" if pupil % 4 < (3 if after else 2) else "no_one",
        "stand_by": ("not_at_all", "little", "quite", "very")[(pupil + (1 if after and pupil % 4 < 3 else 0)) % 4],
        "friend_help": "can" if pupil % 5 else "cannot",
        "would_talk": ("would", "if_worse", "would_not", "already", DONT_KNOW)[pupil % 5],
        **({"enjoyed": "lot" if pupil % 4 else "okay"} if after else {}),
    }


class Released:
    """A programme that grows school by school."""

    def __init__(
        self,
        database: Database,
        *,
        status: str = "open",
        breakdowns: tuple[str, ...] = (),
        instrument: Instrument | None = None,
    ) -> None:
        self.database, self.count = database, 0
        with database.writing() as session:
            organisation = Organisation(name=f"Council {secrets.token_hex(4)}")
            session.add(organisation)
            session.flush()
            instrument = instrument or load_library("staying_safe")
            self.respondent = instrument.respondent
            version = publish(session, instrument)
            programme = Programme(
                organisation_id=organisation.id, key=secrets.token_hex(4), name="A play", status=status,
                breakdowns=list(breakdowns),
            )  # fmt: skip
            session.add(programme)
            session.flush()
            for position, wave in enumerate(("before", "after")):
                session.add(
                    ProgrammeWave(
                        programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id
                    )
                )
            self.id, self.organisation_id, self.version_id = programme.id, organisation.id, version.id
            self.codebook = codebook_of(version)

    def school(
        self,
        pupils: int = 40,
        *,
        setting_id: int | None = None,
        answers: Answers = usual,
        waves: tuple[str, ...] = ("before", "after"),
        closed: bool = True,
        present: int | None = None,
        held_on: date | None = None,
        paired: int | None = None,
        heads: Heads = english,
    ) -> int:
        """Add a sitting, at a new school or a known one; gives the sitting."""
        self.count += 1
        with self.database.writing() as session:
            if setting_id is None:
                setting = Setting(organisation_id=self.organisation_id, name=f"School {self.count}", kind="secondary")
                session.add(setting)
                session.flush()
                session.add(
                    Participation(programme_id=self.id, setting_id=setting.id, on_roll=(present or pupils) + 12)
                )
                session.flush()
                setting_id = setting.id
            sitting = Sitting(
                programme_id=self.id, setting_id=setting_id, mode="private", held_on=held_on or today(),
                year_groups="Year 8", present=pupils if present is None else present, absent=12,
            )  # fmt: skip
            session.add(sitting)
            session.flush()
            entry = Entry(
                sitting_id=sitting.id, programme_id=self.id, mode="private", code=new_code(),
                respondent=self.respondent,
            )  # fmt: skip
            session.add(entry)
            session.flush()
            for wave in waves:
                opening = Opening(
                    entry_id=entry.id, programme_id=self.id, mode="private", wave=wave,
                    instrument_version_id=self.version_id, opened_at=now() - timedelta(hours=2),
                    closed_at=now() - timedelta(hours=1) if closed else None,
                )  # fmt: skip
                session.add(opening)
                session.flush()
                self._answer(session, opening.id, wave, pupils, answers, heads, pupils if paired is None else paired)
            return sitting.id

    def _answer(self, session, opening_id, wave, pupils, answers, heads, paired) -> None:  # type: ignore[no-untyped-def]
        rows = [
            self.row(
                opening_id,
                wave,
                answers(wave, pupil),
                head=heads(wave, pupil),
                key=self.key(pupil) if pupil < paired else None,
            )
            for pupil in range(pupils)
        ]
        if rows:
            session.execute(insert(Response), rows)

    def row(self, opening_id: int, wave: str, answers: Mapping[str, Answer], **more: object) -> dict[str, object]:
        """A stored row of these answers."""
        head = more.pop("head", None)
        codes = self.codebook.encode(answers, head if isinstance(head, Head) else Head("en"))
        row = {"is_second": False, "is_late": False, "pair_key": more.pop("key", None)} | more
        return {
            "id": secrets.token_bytes(16), "opening_id": opening_id, "programme_id": self.id, "wave": wave,
            "mode": "private", "codes": codes, **row,
        }  # fmt: skip

    def key(self, pupil: int) -> bytes:
        """The pair key of a pupil of the school that is being made."""
        return hashlib.sha256(f"{self.count} {pupil}".encode()).digest()[:16]

    def add(self, sitting_id: int, wave: str, count: int, **more: object) -> None:
        """Add further rows to a wave of a sitting."""
        with self.database.writing() as session:
            opening = self.opening(session, sitting_id, wave)
            session.execute(insert(Response), [self.row(opening, wave, usual(wave, n), **more) for n in range(count)])

    @staticmethod
    def opening(session, sitting_id: int, wave: str) -> int:  # type: ignore[no-untyped-def]
        """The opening of a wave at a sitting."""
        query = session.query(Opening.id).join(Entry).filter(Entry.sitting_id == sitting_id, Opening.wave == wave)
        return int(query.scalar())

    def close(self) -> None:
        """Close the programme."""
        with self.database.writing() as session:
            session.get_one(Programme, self.id).status = "closed"

    def draft(self, kind: str = "interim", day: date | None = None) -> Draft:
        """What the next release would be; raises `ReleaseRefused`."""
        with self.database.reading() as session:
            return programme_release(session, session.get_one(Programme, self.id), kind, day or today())

    def release(self, kind: str = "interim", day: date | None = None) -> Release:
        """Make the next release, without drawings."""
        draft = self.draft(kind, day)
        with self.database.writing() as session:
            return keep(session, self.id, draft, write_ledger(draft.groups), {}, day or today())

    def setting_of(self, sitting_id: int) -> int:
        """The school of a sitting."""
        with self.database.reading() as session:
            return session.get_one(Sitting, sitting_id).setting_id
