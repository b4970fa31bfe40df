"""Files of a stored release: the released table and the meaning of its columns, as CSV; never an answer.

A spreadsheet takes a cell that begins with = + - @ for a formula, so such a text gets an apostrophe before it. A hidden
value is an empty cell with its reason beside it, never a nought.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask import Blueprint, abort, current_app
from sqlalchemy import select
from werkzeug.wrappers import Response as Reply

from analysis.results import Breakdown, Change, Moves, Row, Share, Suppressed
from survey.access import reached_programme, staff
from survey.findings import words_of
from survey.grounds import about_words
from survey.languages import gettext
from survey.models import Release
from survey.releases import store
from survey.releases.snapshot import Snapshot

blueprint = Blueprint("exports", __name__, url_prefix="/staff")

READERS = ("commissioner", "analyst", "administrator")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")

COLUMNS = (
    "item", "question", "statement", "breakdown", "group",
    "before", "before_low", "before_high", "before_words", "before_base", "before_hidden",
    "after", "after_low", "after_high", "after_words", "after_base", "after_hidden",
    "change", "change_low", "change_high", "change_reads", "change_hidden",
    "paired_up", "paired_same", "paired_down", "paired_base", "paired_hidden",
    "origin",
)  # fmt: skip


def meanings() -> Mapping[str, str]:
    """What each column of the table holds."""
    share = {
        "": gettext("percent who gave the agreed answer (see statement)"),
        "_low": gettext("lower end of its 95% range, percent"),
        "_high": gettext("upper end of its 95% range, percent"),
        "_words": gettext("the share in words, where 10 to 29 people answered"),
        "_base": gettext("how many people the share is of, to the nearest 5"),
        "_hidden": gettext("why the share is hidden; empty where it is shown"),
    }
    waves = {"before": gettext("Before: %(meaning)s"), "after": gettext("Afterwards: %(meaning)s")}
    paired = {"up": gettext("moved up"), "same": gettext("stayed the same"), "down": gettext("moved down")}
    return {
        "item": gettext("key of the question"),
        "question": gettext("the question as it was asked"),
        "statement": gettext("what those did who are counted: completes “48 in 100 pupils …”"),
        "breakdown": gettext("key of the question by which people are grouped; empty for everybody"),
        "group": gettext("the group in words; empty for everybody"),
        **{f"{wave}{end}": words % {"meaning": text} for wave, words in waves.items() for end, text in share.items()},
        "change": gettext("afterwards less before, points in every 100, all who answered"),
        "change_low": gettext("lower end of its 95% range (schools as clusters)"),
        "change_high": gettext("upper end of its 95% range (schools as clusters)"),
        "change_reads": gettext("how the range lies against the smallest change that matters"),
        "change_hidden": gettext("why the change is hidden; empty where it is shown"),
        **{
            f"paired_{key}": gettext("of 100 pupils we could pair, how many: %(what)s", what=what)
            for key, what in paired.items()
        },
        "paired_base": gettext("how many pupils we could pair, to the nearest 5"),
        "paired_hidden": gettext("why the paired figures are hidden; empty where they are shown"),
        "origin": gettext("gate: released by Heard; published(source): printed elsewhere"),
    }


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>/table.csv")
@staff(*READERS)
def table(programme_id: int, number: int) -> Reply:
    """The released table of a programme."""
    key, snapshot = _snapshot(programme_id, number)
    return _file(f"{key}-release-{number}.csv", [COLUMNS, *_lines(snapshot)])


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>/codebook.csv")
@staff(*READERS)
def codebook(programme_id: int, number: int) -> Reply:
    """What the columns of the released table mean."""
    key, _ = _snapshot(programme_id, number)
    return _file(f"{key}-release-{number}-columns.csv", [(gettext("column"), gettext("meaning")), *meanings().items()])


def _snapshot(programme_id: int, number: int) -> tuple[str, Snapshot]:
    with current_app.extensions["database"].reading() as session:
        programme = reached_programme(session, programme_id, *READERS)
        query = select(Release).where(
            Release.programme_id == programme.id, Release.number == number, Release.setting_id.is_(None)
        )
        release = session.scalar(query)
        return (programme.key, store.opened(session, release).snapshot) if release is not None else abort(404)


def _lines(snapshot: Snapshot) -> Iterator[Sequence[object]]:
    for item in snapshot.items:
        words = (item.key, words_of(item.text), words_of(item.statement))
        yield (*words, "", "", *_row(item.row))
        for breakdown in (one for one in item.row.breakdowns if isinstance(one, Breakdown)):
            for group, row in breakdown.groups:
                yield (*words, breakdown.name, about_words(snapshot, breakdown.name, group), *_row(row))


def _row(row: Row) -> Iterator[object]:
    yield from _share(row.before)
    yield from _share(row.after)
    change, moves = row.change, row.moves
    if isinstance(change, Change):
        yield from (change.points, change.low, change.high, change.position, "")
    else:
        yield from ("", "", "", "", _reason(change))
    if isinstance(moves, Moves):
        yield from (moves.up, moves.same, moves.down, moves.base, "")
    else:
        yield from ("", "", "", "", _reason(moves))
    yield row.origin


def _share(share: Share | Suppressed | None) -> tuple[object, ...]:
    if not isinstance(share, Share):
        return ("", "", "", "", "", _reason(share))
    shown = f"{share.bound} {share.percent}" if share.bound else share.percent
    return (shown, share.low, share.high, share.words or "", share.base, "")


def _reason(value: object) -> str:
    return value.reason if isinstance(value, Suppressed) else ""


def _file(name: str, rows: Iterable[Sequence[object]]) -> Reply:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[cell(value) for value in row] for row in rows])
    reply = Reply("\ufeff" + text.getvalue(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def cell(value: object) -> object:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
