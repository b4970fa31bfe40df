"""The scorecard: what a quarter's releases show of each outcome in the framework, and what nobody has measured.

It reads released snapshots and published questionnaires, never answers. Each figure asks `questionnaires.scorecard.admit` for
its cell; what may not stand there (an opinion asked straight after the play, a "before" that is only remembered) is listed
with the reason instead of being dropped in silence. A cell belongs to one measure, one rater and one timing, so nothing is
averaged; where a rise can mean that more is noticed and told there is no mark (CARE E4, E8, E11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from analysis.results import Change, Share
from questionnaires.faults import InstrumentFaults
from questionnaires.framework import Indicator
from questionnaires.instrument import Instrument
from questionnaires.scorecard import Feed, admit
from survey.access import READERS, reach, staff
from survey.clock import today
from survey.comparisons import compared
from survey.findings import at_odds, finding, in_words, words_of
from survey.grounds import design_sentence, origin_words
from survey.installation import database
from survey.languages import day, gettext, number
from survey.models import AgreedChange, InstrumentVersion, Programme, Release
from survey.pictures import capital
from survey.publishing import instrument_of
from survey.quarters import Quarter, latest_quarters, quarter_named, quarter_words
from survey.records_kept import framework, newest_release
from survey.records_kept import opened as opened_records
from survey.records_shown import RecordLine, record_line
from survey.releases import store
from survey.releases.snapshot import ShownItem, Snapshot
from survey.separation import on_one_page
from survey.sheets import words
from survey.spreadsheets import csv_file
from survey.wave_words import afterwards, is_later, when

blueprint = Blueprint("scorecard", __name__, url_prefix="/staff/scorecard")

SOONEST = {"straight_after": 0, "within_a_week": 7, "weeks_later": 14}
"""The fewest days after the programme that each timing promises; only a date that was kept could promise more."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one programme's release says of one indicator."""

    programme: Programme
    release: Release
    measure: str
    statement: str
    heading: str
    shares: tuple[str, str]
    sentences: tuple[str, ...]
    mark: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that may not stand on the scorecard, and why."""

    programme: Programme
    statement: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator of an outcome, and what there is of it."""

    outcome: Mapping[str, str]
    indicator: Indicator
    lines: tuple[Line, ...]
    records: tuple[RecordLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A domain: what was measured in it, and the indicators that nobody measured."""

    code: str
    title: Mapping[str, str]
    strands: str
    measured: tuple[Measured, ...]
    missing: tuple[Mapping[str, str], ...]


def _quarter() -> Quarter:
    return quarter_named(request.args.get("quarter", "")) or Quarter.of(today())


@blueprint.get("/")
@staff(*READERS)
def show() -> str:
    """The scorecard of a quarter: of every programme that one may read, or of one."""
    quarter = _quarter()
    with database().reading() as session:
        programmes, chosen, has_others = _chosen(session)
        looked_at = [chosen] if chosen else programmes
        lines, left_out, empty = _lines(session, looked_at, quarter)
        records = _records(session, looked_at, quarter)
    found = cards(lines, records)
    return render_template(
        "scorecard/show.html",
        framework=framework(),
        quarter=quarter,
        quarters=latest_quarters(),
        quarter_words=quarter_words,
        programmes=programmes,
        has_others=has_others,
        chosen=chosen,
        cards=found,
        lines_in_short=_in_short(found),
        left_out=left_out,
        empty=empty,
        origin_words=origin_words,
    )


def _in_short(found: Sequence[Card]) -> list[list[str]]:
    """All lines as rows: what was counted, the programme, before, afterwards and the mark."""
    answers = [
        [line.statement, line.programme.name, *line.shares, line.mark]
        for card in found
        for measured in card.measured
        for line in measured.lines
    ]
    records = [
        [
            gettext("From records: %(what)s", what=words(measured.indicator.title)),
            told.programme.name,
            *told.ends,
            told.mark,
        ]
        for card in found
        for measured in card.measured
        for told in measured.records
    ]
    return answers + records


@blueprint.get("/scorecard.csv")
@staff(*READERS)
def table() -> Reply:
    """The same lines as a table."""
    quarter = _quarter()
    with database().reading() as session:
        programmes, chosen, _ = _chosen(session)
        looked_at = [chosen] if chosen else programmes
        lines, _, _ = _lines(session, looked_at, quarter)
        records = _records(session, looked_at, quarter)
    rows: list[Sequence[object]] = [
        ("quarter", "domain", "indicator", "programme", "release", "mark", "finding", *ABOUT)
    ]
    for card in cards(lines, records):
        for measured in card.measured:
            for told in measured.records:
                named = (quarter.key, card.code, measured.indicator.key, told.programme.name, told.release.made_on)
                rows.append((*named, told.mark, " ".join((told.heading, *told.sentences)), *("" for _ in ABOUT)))
            for line in measured.lines:
                said = " ".join((line.heading, *line.sentences))
                place = (quarter.key, card.code, measured.indicator.key, line.programme.name, line.release.number)
                rows.append((*place, line.mark, said, *(value for _, value in line.about)))
    return csv_file(f"scorecard-{quarter.key}.csv", rows)


ABOUT = ("direction", "smallest change that matters", "asked", "base", "strength of the design")


def _chosen(session: Session) -> tuple[list[Programme], Programme | None, bool]:
    """The programmes that may stand together, the one that was chosen of them, and whether others stand elsewhere."""
    mine = session.scalars(select(Programme).where(reach(*READERS)).order_by(Programme.name)).all()
    programmes, has_others = on_one_page(session, mine, apart="apart" in request.args)
    wanted = request.args.get("programme", "")
    found = next((one for one in programmes if str(one.id) == wanted), None)
    return (programmes, found, has_others) if found is not None or not wanted else abort(404)


def _lines(
    session: Session, programmes: Sequence[Programme], quarter: Quarter
) -> tuple[dict[str, list[Line]], list[LeftOut], list[Programme]]:
    """The lines by indicator, what was left out, and the programmes that released nothing in the quarter."""
    lines: dict[str, list[Line]] = {}
    left_out: list[LeftOut] = []
    empty = []
    for programme in programmes:
        release = _release_of(session, programme, quarter)
        if release is None:
            empty.append(programme)
            continue
        snapshot = store.opened(session, release).snapshot
        beforehand = select(AgreedChange).where(AgreedChange.programme_id == programme.id)
        agreed = {one.indicator: one for one in session.scalars(beforehand)}
        for item, indicator, feed in _feeds(session, snapshot):
            try:
                cell = admit(framework(), feed)
            except InstrumentFaults as refused:
                reasons = tuple(dict.fromkeys(reason(fault.code) for fault in refused.faults))
                left_out.append(LeftOut(programme, words_of(item.statement), reasons))
            else:
                marked = mark(item) if cell.marks_improvement else gettext("Not marked")
                line = _line(programme, release, snapshot, item, feed.measure, marked, agreed.get(indicator))
                lines.setdefault(indicator, []).append(line)
    return lines, left_out, empty


def _records(session: Session, programmes: Sequence[Programme], quarter: Quarter) -> dict[str, list[RecordLine]]:
    """What was released of records in the quarter, by indicator; of those that the framework still names."""
    known = {one.key: one for one in framework().indicators}
    found: dict[str, list[RecordLine]] = {}
    for programme in programmes:
        release = newest_release(session, programme.id, quarter.last)
        if release is not None and quarter.first <= release.made_on:
            for key, figures in opened_records(release).items():
                if key in known:
                    found.setdefault(key, []).append(record_line(programme, release, known[key], figures))
    return found


def reason(code: str) -> str:
    """Why a figure may not stand on the scorecard."""
    words = {
        "same_day_knowledge": gettext("it was asked on the same day, when only knowledge can be seen"),
        "wrong_timing": gettext("it was asked too early or too late for this outcome"),
        "wrong_cell": gettext("a question of this kind does not show this outcome"),
        "raters_mixed": gettext("it was answered by other people than those who can tell of this outcome"),
        "unknown_indicator": gettext("the framework does not name this outcome any more"),
        "remembered_before": gettext("how it was before is only remembered"),
    }
    return words.get(code, gettext("it does not fit what the framework says of this outcome"))


def _release_of(session: Session, programme: Programme, quarter: Quarter) -> Release | None:
    """The programme's newest release of the quarter that was not withdrawn."""
    for release in store.releases_of(session, programme.id):
        if release.withdrawn_because is None and quarter.first <= release.made_on <= quarter.last:
            return release
    return None


def _feeds(session: Session, snapshot: Snapshot) -> Iterator[tuple[ShownItem, str, Feed]]:
    """The figures of a release that are mapped to an indicator, with where each comes from."""
    if snapshot.origin == "published":  # printed elsewhere, of questions that are not ours
        return
    known = {one.key: one for one in framework().indicators}
    for instrument in _instruments(session, snapshot):
        for item in instrument.items:
            for single in item.singly():
                indicator = single.measure.indicator if single.measure else None
                shown = next((one for one in snapshot.items if one.key == single.key), None)
                if indicator is None or shown is None:
                    continue
                measures = known[indicator].measures if indicator in known else ()
                mine = [one for one in measures if one.rater == instrument.respondent]
                mine.sort(key=lambda one: one.rows == "child")  # a worker's only source may be rows of a case
                keys = ("school", "wave", "pair_key") if snapshot.design == "paired" else ("school", "wave")
                yield (
                    shown,
                    indicator,
                    Feed(
                        indicator=indicator,
                        measure=next((one.key for one in mine or measures), ""),
                        rater=instrument.respondent,
                        rows="response",
                        keys=keys,
                        cell=shown.family,
                        days=SOONEST[snapshot.timing],
                        remembered=item.then_test,
                    ),
                )


def _instruments(session: Session, snapshot: Snapshot) -> list[Instrument]:
    hashes = [named.rpartition(" ")[2] for named in snapshot.instruments]
    versions = session.scalars(select(InstrumentVersion).where(InstrumentVersion.sha256.in_(hashes)))
    newest: dict[str, InstrumentVersion] = {}
    for version in sorted(versions, key=lambda one: one.version):
        newest[version.key] = version
    return [instrument_of(version) for version in newest.values()]


def mark(item: ShownItem) -> str:
    """Whether it moved as wanted, by the position of the printed interval; nothing is marked that was not claimed."""
    change = item.row.change
    if item.direction == "either":
        return gettext("Not marked")
    if not isinstance(change, Change):
        return gettext("No change measured")
    if change.position == "no_interval":
        return gettext("Of these schools only")
    if change.position in ("same", "rose_little", "fell_little"):
        return gettext("About the same")
    if at_odds(item) or not change.headline or change.position == "cannot_tell":
        return gettext("Cannot tell")
    wanted = change.position.startswith("rose") == (item.direction == "higher")
    return gettext("Moved as hoped") if wanted else gettext("Moved the other way")


def _line(
    programme: Programme,
    release: Release,
    snapshot: Snapshot,
    item: ShownItem,
    measure: str,
    marked: str,
    agreed: AgreedChange | None,
) -> Line:
    said = finding(item, snapshot)
    about = (
        (gettext("Wanted"), _direction(item.direction)),
        (gettext("Smallest change that matters"), _smallest(item, agreed)),
        (gettext("Asked"), when(snapshot.timing)),
        (gettext("Answers"), _base(item)),
        (gettext("Strength of the design"), design_sentence(snapshot)),
    )
    after = _share(item.row.after)
    shares = (_share(item.row.before), f"{after}, {afterwards(snapshot)}" if is_later(snapshot) else after)
    return Line(
        programme,
        release,
        measure,
        capital(words_of(item.statement)),
        said.heading,
        shares,
        (*said.sentences, *compared(item), *said.cautions),
        marked,
        about,
    )


def _smallest(item: ShownItem, agreed: AgreedChange | None) -> str:
    """The bar, and whether anybody set it beforehand."""
    amount = gettext("%(amount)s in every 100", amount=number(item.smallest))
    if agreed is None:
        return gettext("%(amount)s, as the questionnaire suggests; nobody agreed it beforehand", amount=amount)
    who, on = agreed.agreed_with, day(agreed.agreed_on)
    return gettext("%(amount)s, agreed with %(who)s on %(day)s", amount=amount, who=who, day=on)


def _share(released: object) -> str:
    return in_words(released) if isinstance(released, Share) else "–"


def _direction(direction: str) -> str:
    return {
        "higher": gettext("more"),
        "lower": gettext("fewer"),
        "either": gettext("neither: a rise can mean more is noticed and told"),
    }[direction]


def _base(item: ShownItem) -> str:
    change = item.row.change
    if isinstance(change, Change):
        before, after = number(change.base_before), number(change.base_after)
        return gettext("about %(before)s before and %(after)s afterwards", before=before, after=after)
    base = getattr(item.row.after, "base", None)
    return gettext("about %(number)s", number=number(base)) if base else gettext("fewer than 10")


def cards(lines: Mapping[str, Sequence[Line]], records: Mapping[str, Sequence[RecordLine]] | None = None) -> list[Card]:
    """The framework's domains in order, with their lines; what nobody measured is named in one list each."""
    strands = {
        "prevent": gettext("prevent"),
        "identify": gettext("identify"),
        "help": gettext("help"),
        "hold_to_account": gettext("hold to account"),
    }
    counted = records or {}
    found = []
    for domain in framework().domains:
        pairs = [(outcome, one) for outcome in domain.outcomes for one in outcome.indicators]
        measured = tuple(
            Measured(outcome.title, one, tuple(lines.get(one.key, ())), tuple(counted.get(one.key, ())))
            for outcome, one in pairs
            if lines.get(one.key) or counted.get(one.key)
        )
        missing = tuple(one.title for _, one in pairs if not lines.get(one.key) and not counted.get(one.key))
        found.append(
            Card(domain.code, domain.title, ", ".join(strands[one] for one in domain.strands), measured, missing)
        )
    return found
