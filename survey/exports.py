"""Files of a stored release: the released table and the meaning of its columns, as CSV; never an answer.

A hidden value is an empty cell with its reason beside it, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor

from flask import Blueprint, abort
from sqlalchemy import select
from werkzeug.wrappers import Response as Reply

from analysis.results import Breakdown, Change, Moves, Row, Share, Suppressed
from survey.access import READERS, reached_programme, staff
from survey.findings import at_odds, words_of
from survey.grounds import about_words
from survey.installation import database
from survey.languages import gettext
from survey.manners import HELPED, VERSION
from survey.models import Release
from survey.releases import store
from survey.releases.snapshot import ShownItem, Snapshot
from survey.spreadsheets import csv_file

blueprint = Blueprint("exports", __name__, url_prefix="/staff")


COLUMNS = (
    "programme", "release", "released_on", "figures", "design", "waves", "asked_afterwards",
    "item", "question", "statement", "remembered", "counted_among", "breakdown", "group",
    "before", "before_low", "before_high", "before_words", "before_base", "before_hidden",
    "after", "after_low", "after_high", "after_words", "after_base", "after_hidden",
    "change", "change_low", "change_high", "change_reads", "change_hidden",
    "paired_up", "paired_same", "paired_down", "paired_words", "paired_net", "paired_net_low", "paired_net_high",
    "paired_base", "paired_hidden",
    "unsure_before", "unsure_after", "answers_low", "answers_high", "everybody_low", "everybody_high",
    "origin",
)  # fmt: skip


def meanings() -> Mapping[str, str]:
    """What each column of the table holds."""
    return {**_line_meanings(), **_share_meanings(), **_change_meanings(), **_paired_meanings(), **_beside_meanings()}


def _share_meanings() -> Mapping[str, str]:
    share = {
        "": gettext(
            "percent who gave the agreed answer (see statement); “under 5” or “over 95” where no more is shown"
        ),
        "_low": gettext("lower end of its 95% range, percent, rounded down"),
        "_high": gettext("upper end of its 95% range, percent, rounded up"),
        "_words": gettext("the share in words, where 10 to 29 people answered"),
        "_base": gettext("how many people the share is of, to the nearest 5 (exact in published figures)"),
        "_hidden": gettext("why the share is hidden; empty where it is shown or was not asked"),
    }
    waves = {"before": gettext("Before: %(meaning)s"), "after": gettext("Afterwards: %(meaning)s")}
    return {f"{wave}{end}": words % {"meaning": text} for wave, words in waves.items() for end, text in share.items()}


def _line_meanings() -> Mapping[str, str]:
    return {
        "programme": gettext("name of the programme"),
        "release": gettext("number of the release"),
        "released_on": gettext("day of the release"),
        "figures": gettext("where the answers come from"),
        "design": gettext("how the change was measured"),
        "waves": gettext("when the questions were asked; what is not “before” stands in the columns “after”"),
        "asked_afterwards": gettext("when the questions afterwards were asked; empty where the source does not say"),
        "item": gettext("key of the question"),
        "question": gettext("the question as it was asked; in our words where the figures are published ones"),
        "statement": gettext("what those did who are counted: completes “48 in 100 pupils …”"),
        "remembered": gettext(
            "“remembered” where pupils were asked how it was before: stands in the columns “after” and is never a before"
        ),
        "counted_among": gettext("which answers the base holds"),
        "breakdown": gettext("key of the question by which people are grouped; empty for everybody"),
        "group": gettext("the group in words; empty for everybody; groups too small to show have no line"),
    }


def _change_meanings() -> Mapping[str, str]:
    return {
        "change": gettext("after less before as shown, points in every 100, all who answered"),
        "change_low": gettext("lower end of its 95% range (schools as clusters), rounded down"),
        "change_high": gettext("upper end of its 95% range (schools as clusters), rounded up"),
        "change_reads": gettext(
            "how the range lies against the smallest change that matters; nothing is claimed of groups"
        ),
        "change_hidden": gettext("why the change is hidden; empty where it is shown or cannot be"),
    }


def _beside_meanings() -> Mapping[str, str]:
    return {
        "unsure_before": gettext("Before: percent who said “I don’t know”, where they are not in the base"),
        "unsure_after": gettext("Afterwards: percent who said “I don’t know”, where they are not in the base"),
        "answers_low": gettext("published figures: the fewest answers that the printed percentage can stand for"),
        "answers_high": gettext("published figures: the most answers that the printed percentage can stand for"),
        "everybody_low": gettext("published figures: percent of everybody who saw it, had all the silent not agreed"),
        "everybody_high": gettext("published figures: percent of everybody who saw it, had all the silent agreed"),
        "origin": gettext("gate: released by Heard; published(source): printed elsewhere"),
    }


def _paired_meanings() -> Mapping[str, str]:
    moved = {
        "up": gettext("moved up, or gave the agreed answer only afterwards"),
        "same": gettext("stayed the same"),
        "down": gettext("moved down, or gave the agreed answer only before"),
    }
    return {
        **{
            f"paired_{key}": gettext("of 100 pupils we could pair, how many: %(what)s", what=what)
            for key, what in moved.items()
        },
        "paired_words": gettext("up, same and down in words, where 10 to 29 pupils could be paired"),
        "paired_net": gettext("up less down, of 100 pupils we could pair; not the headline"),
        "paired_net_low": gettext("lower end of its 95% range (schools as clusters), rounded down"),
        "paired_net_high": gettext("upper end of its 95% range (schools as clusters), rounded up"),
        "paired_base": gettext(
            "how many pupils we could pair who answered in the same way both times, to the nearest 5"
        ),
        "paired_hidden": gettext("why paired figures are hidden; empty where they are shown"),
    }


def values() -> Iterator[tuple[str, str, str]]:
    """What the words in the columns mean: column, value, meaning."""
    yield ("figures", "collected", gettext("answers collected with Heard"))
    yield ("figures", "simulated", gettext("no child gave these answers: a computer drew them"))
    yield (
        "figures",
        "published",
        gettext("printed elsewhere; ranges are as if those who answered had been drawn by chance, which they were not"),
    )
    yield (
        "waves",
        "follow_up",
        gettext("asked once, weeks later; never compared with a before, so it shows no change"),
    )
    yield ("breakdown", VERSION, gettext("which words were read: standard, plain, easy read, or with sound"))
    yield ("breakdown", HELPED, gettext("whether somebody helped to answer"))
    for value, meaning in (
        ("rose_enough", gettext("the whole range is at or above the smallest change that matters")),
        ("rose", gettext("the range is above zero, and may be less than the smallest change that matters")),
        ("rose_little", gettext("the range is above zero and below the smallest change that matters")),
        ("same", gettext("the 90% range lies within the smallest change that matters, both ways")),
        ("cannot_tell", gettext("the answers fit a fall as well as a rise; this is not “the same”")),
        ("fell_little", gettext("the range is below zero, by less than the smallest change that matters")),
        ("fell", gettext("the range is below zero, perhaps by less than the smallest change that matters")),
        ("fell_enough", gettext("the whole range is at or below a fall of the smallest change that matters")),
        ("no_interval", gettext("fewer than four schools, or none that differ: no range")),
        (
            "may_be_chance",
            gettext("among so many questions one such difference can come by chance: nothing is claimed"),
        ),
        ("at_odds", gettext("those who could be paired moved the other way: nothing is claimed")),
    ):
        yield ("change_reads", value, meaning)
    for value, meaning in (
        ("few_people", gettext("too few people")),
        ("few_schools", gettext("too few schools")),
        ("protects_another", gettext("shown, it would give a hidden figure away")),
        ("would_show_change", gettext("beside an earlier release it would show what a few people said")),
        ("extreme", gettext("nearly all or nearly nobody: shown, it would tell what single people said")),
    ):
        yield ("before_hidden, after_hidden, change_hidden, paired_hidden", value, meaning)


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>/table.csv")
@staff(*READERS)
def table(programme_id: int, number: int) -> Reply:
    """The released table of a programme."""
    key, release, snapshot = _snapshot(programme_id, number)
    about = _about(release, snapshot)
    return csv_file(f"{key}-release-{number}.csv", [COLUMNS, *((*about, *line) for line in _lines(snapshot))])


@blueprint.get("/programmes/<int:programme_id>/releases/<int:number>/codebook.csv")
@staff(*READERS)
def codebook(programme_id: int, number: int) -> Reply:
    """What the columns of the released table mean."""
    key, _, _ = _snapshot(programme_id, number)
    head = (gettext("column"), gettext("value"), gettext("meaning"))
    columns = ((column, "", meaning) for column, meaning in meanings().items())
    return csv_file(f"{key}-release-{number}-columns.csv", [head, *columns, *values()])


def _snapshot(programme_id: int, number: int) -> tuple[str, Release, Snapshot]:
    with database().reading() as session:
        programme = reached_programme(session, programme_id, *READERS)
        query = select(Release).where(
            Release.programme_id == programme.id, Release.number == number, Release.setting_id.is_(None)
        )
        release = session.scalar(query)
        if release is None:
            abort(404)
        return programme.key, release, store.opened(session, release).snapshot


def _about(release: Release, snapshot: Snapshot) -> tuple[object, ...]:
    """What a file must say of itself wherever it is taken: above all that its figures are simulated, or somebody else's."""
    timing = "" if snapshot.origin == "published" else snapshot.timing
    waves = " ".join(snapshot.waves)
    return (snapshot.name, release.number, release.made_on.isoformat(), snapshot.origin, snapshot.design, waves, timing)


def _lines(snapshot: Snapshot) -> Iterator[Sequence[object]]:
    for item in snapshot.items:
        remembered = "remembered" if item.remembered else ""
        words = (item.key, words_of(item.text), words_of(item.statement), remembered, _counted_among(item))
        yield (*words, "", "", *_row(item.row, _reads(item)), *_beside(item), item.row.origin)
        for breakdown in (one for one in item.row.breakdowns if isinstance(one, Breakdown)):
            for group, row in breakdown.groups:
                named = (breakdown.name, about_words(snapshot, breakdown.name, group))
                yield (*words, *named, *_row(row, ""), *("" for _ in BESIDE), row.origin)


def _counted_among(item: ShownItem) -> str:
    if item.everybody is not None:
        return gettext("those who answered")
    if item.leaves_out:
        return gettext("those who chose an answer and do not do this already; “I don’t know” apart")
    if item.dont_know_before is not None or item.dont_know_after is not None:
        return gettext("those who chose an answer; “I don’t know” apart")
    return gettext("those who chose an answer; “I don’t know”, where it was offered, counts as not yet")


BESIDE = ("unsure_before", "unsure_after", "answers_low", "answers_high", "everybody_low", "everybody_high")


def _beside(item: ShownItem) -> tuple[object, ...]:
    """What is known of a question beside its row: who did not know, and of published figures what they can stand for."""
    unsure = (_share(share)[0] for share in (item.dont_know_before, item.dont_know_after))
    everybody = item.everybody
    ends = (everybody.low, everybody.high) if everybody is not None else (None, None)
    return (*unsure, *(item.counts or ("", "")), *(round(end, 1) if end is not None else "" for end in ends))


def _row(row: Row, reads: str) -> Iterator[object]:
    yield from _share(row.before)
    yield from _share(row.after)
    change = row.change
    if isinstance(change, Change):
        yield from (change.points, change.low, change.high, reads, "")
    else:
        yield from ("", "", "", "", _reason(change))
    yield from _moves(row.moves)


def _reads(item: ShownItem) -> str:
    change = item.row.change
    if not isinstance(change, Change):
        return ""
    if at_odds(item):
        return "at_odds"
    claims = change.position not in ("same", "cannot_tell", "no_interval")
    return "may_be_chance" if claims and not change.headline else change.position


def _moves(moves: Moves | Suppressed | None) -> tuple[object, ...]:
    if not isinstance(moves, Moves):
        return (*("" for _ in range(8)), _reason(moves))
    shown, words = (moves.up, moves.same, moves.down), "; ".join(moves.words or ())
    reason = "extreme" if None in shown and not words else ""
    return (*shown, words, moves.net, moves.low, moves.high, moves.base, reason)


def _share(share: Share | Suppressed | None) -> tuple[object, ...]:
    if not isinstance(share, Share):
        return ("", "", "", "", "", _reason(share))
    shown = f"{share.bound} {share.percent}" if share.bound else share.percent
    low = floor(share.low) if share.low is not None else None
    high = ceil(share.high) if share.high is not None else None
    return (shown, low, high, share.words or "", share.base, "")


def _reason(value: object) -> str:
    return value.reason if isinstance(value, Suppressed) else ""
