"""The parts of a report page: for each question its sentences, its drawings and its tables, ready for the template.

Chart, table and sentence of a question are made from the same released row, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from analysis.results import Breakdown, Change, Distribution, Moves, Row, Share
from survey import pictures
from survey.comparisons import compared
from survey.findings import Finding, finding, in_words, percent, phrase, words_of
from survey.grounds import about_words, count_label, shown_count
from survey.languages import current, gettext, number
from survey.manners import HELPED, VERSION
from survey.pictures import Picture
from survey.releases.snapshot import ShownItem, Snapshot
from survey.wave_words import last_heading

Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the macro takes it: columns are (heading, is a number)."""

    caption: str
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A stored drawing, by the name and language under which the release keeps it; `narrow` is its form for a phone."""

    name: str
    language: str
    narrow: str = ""


@dataclass(frozen=True, slots=True)
class Pictured:
    """A drawing with the words that stand for it, and the table of its figures."""

    picture: Picture
    drawing: Drawing | None
    table: Table


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the report."""

    key: str
    question: str
    finding: Finding
    compared: tuple[str, ...]
    brief: str
    drawing: Drawing | None
    table: Table
    moves_drawing: Drawing | None
    moves: Table | None
    answers: Pictured | None


@dataclass(frozen=True, slots=True)
class Grouped:
    """One breakdown: the question that makes its groups, and a drawing and a table a question. `is_manner`: not a question,
    but how answers were given, which few readers look for."""

    title: str
    parts: list[Pictured]
    is_manner: bool = False


def sections(snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> list[Section]:
    """The questions of a release, in the order in which they were asked."""
    return [_section(item, snapshot, drawings) for item in snapshot.items]


def _section(item: ShownItem, snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> Section:
    return Section(
        key=item.key,
        question=words_of(item.text),
        finding=finding(item, snapshot),
        compared=compared(item),
        brief=_brief(item.row),
        drawing=_drawing(f"{item.key}.share", drawings),
        table=_table(item, words_of(item.text), [(_everybody(snapshot), item.row)]),
        moves_drawing=_drawing(f"{item.key}.moves", drawings),
        moves=_moves(item),
        answers=_answers(item, snapshot, drawings),
    )


def overview(snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> Pictured | None:
    """All questions on one scale, with the table of their figures; None where fewer than two were asked twice."""
    picture, items = pictures.overview(snapshot), pictures.changed(snapshot)
    if picture is None:
        return None
    rows = [(pictures.capital(words_of(item.statement)), item.row) for item in items]
    table = _table(items[0], gettext("All questions that were asked before and after"), rows)
    return Pictured(picture, _drawing(picture.name, drawings), table)


def response(snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> Pictured:
    """Who was asked and who answered: the drawing, where there is one, and the table of all counts."""
    columns = [("", False), (gettext("n"), True)]
    counts: list[list[Cell]] = [
        [pictures.capital(count_label(key, snapshot)), shown_count(snapshot, key)]
        for key, _ in snapshot.response.counts
    ]
    table = Table(gettext("Who was asked and who answered"), columns, counts)
    picture = pictures.response(snapshot)
    if picture is None:
        return Pictured(Picture("", "", ""), None, table)
    return Pictured(picture, _drawing(picture.name, drawings), table)


def _drawing(name: str, drawings: Collection[tuple[str, str]]) -> Drawing | None:
    code = next((code for code in (current(), "en") if (name, code) in drawings), None)
    if code is None:
        return None
    narrow = name + pictures.NARROW
    return Drawing(name, code, narrow if (narrow, code) in drawings else "")


def _everybody(snapshot: Snapshot) -> str:
    return gettext("Those who answered") if snapshot.origin == "published" else gettext("All pupils")


def _brief(row: Row) -> str:
    """A row in a few signs, for the list at the top."""
    if isinstance(row.change, Change) and isinstance(row.before, Share) and isinstance(row.after, Share):
        return gettext("%(before)s → %(after)s", before=_share(row.before), after=_share(row.after))
    return ""


def _table(item: ShownItem, caption: str, rows: list[tuple[str, Row]]) -> Table:
    if item.row.before is None:
        given = gettext("Remembered it so") if item.remembered else gettext("Gave this answer")
        columns = [("", False), (given, True), (gettext("n"), True)]
        return Table(caption, columns, [[label, _with_range(row.after), _base(row.after)] for label, row in rows])
    columns = [("", False), (gettext("Before"), True), (gettext("After"), True), (gettext("Difference"), True)]
    columns += [(gettext("n before"), True), (gettext("n after"), True)]
    cells: list[list[Cell]] = [
        [label, _share(row.before), _share(row.after), _change(row), _base(row.before), _base(row.after)]
        for label, row in rows
    ]
    return Table(caption, columns, cells)


def _share(value: object) -> str:
    if not isinstance(value, Share):
        return gettext("not shown")
    if value.percent is None or value.bound:
        return in_words(value).lower()
    return percent(value.percent)


def _with_range(value: object) -> Cell:
    if isinstance(value, Share) and value.low is not None and value.high is not None:
        low, high = int(value.low // 1), -int(-value.high // 1)
        return _share(value), gettext("(%(low)s to %(high)s)", low=number(low), high=number(high))
    return _share(value)


def _base(value: object) -> str:
    return number(value.base) if isinstance(value, Share) else gettext("not shown")


def _change(row: Row) -> Cell:
    change = row.change
    if not isinstance(change, Change):
        return gettext("not shown")
    return _with_sign(change.points, change.low, change.high)


def _with_sign(points: int, low: int | None, high: int | None) -> Cell:
    shown = signed(points)
    if low is None or high is None:
        return shown
    return shown, gettext(
        "(%(range)s)", range=gettext("%(low)s to %(high)s", low=_range_end(low), high=_range_end(high))
    )


def _range_end(points: int) -> str:
    return number(points) if points >= 0 else f"−{number(-points)}"


def signed(points: int) -> str:
    """A difference in points with its sign (a real minus)."""
    return f"+{number(points)}" if points > 0 else f"−{number(-points)}" if points < 0 else "0"


def _moves(item: ShownItem) -> Table | None:
    moves = item.row.moves
    if not isinstance(moves, Moves):
        return None
    names = (
        (gettext("Moved up"), gettext("Stayed the same"), gettext("Moved down"), gettext("Up less down"))
        if item.ordered
        else (gettext("Only after"), gettext("Same both times"), gettext("Only before"), gettext("After less before"))
    )
    cells: list[Cell] = [gettext("Paired pupils")]
    if moves.words is not None:
        cells += [phrase(word).lower() for word in moves.words]
    else:
        cells += [
            percent(one) if one is not None else gettext("not shown") for one in (moves.up, moves.same, moves.down)
        ]
    net = _with_sign(moves.net, moves.low, moves.high) if moves.net is not None else gettext("not shown")
    columns = [("", False), *((name, True) for name in names), (gettext("n"), True)]
    return Table(
        gettext("Those who could be paired: %(question)s", question=words_of(item.text)),
        columns,
        [[*cells, net, number(moves.base)]],
    )


def _answers(item: ShownItem, snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> Pictured | None:
    picture = pictures.answers(item, snapshot)
    if picture is None:
        return None
    named = ((gettext("Before"), item.row.answers_before), (last_heading(item, snapshot), item.row.answers_after))
    sides = [(wave, side) for wave, side in named if isinstance(side, Distribution)]
    rows: list[list[Cell]] = [
        [pictures.answer_words(item, key), *(pictures.shown_part(dict(side.options)[key]) for _, side in sides)]
        for key, _ in sides[0][1].options
    ]
    rows.append([gettext("n"), *(number(side.base) for _, side in sides)])
    table = Table(picture.title, [("", False), *((wave, True) for wave, _ in sides)], rows)
    return Pictured(picture, _drawing(picture.name, drawings), table)


def grouped(snapshot: Snapshot, drawings: Collection[tuple[str, str]]) -> list[Grouped]:
    """The breakdowns of a release, each with a drawing and a table for every question whose groups may be shown."""
    found = []
    for name in sorted(snapshot.about, key=lambda name: name in (VERSION, HELPED)):
        parts = [
            _breakdown(item, place, one, snapshot, drawings)
            for item in snapshot.items
            for place, one in enumerate(item.row.breakdowns)
            if isinstance(one, Breakdown) and one.name == name
        ]
        if parts:
            found.append(Grouped(about_words(snapshot, name), parts, name in (VERSION, HELPED)))
    return found


def _breakdown(
    item: ShownItem, place: int, breakdown: Breakdown, snapshot: Snapshot, drawings: Collection[tuple[str, str]]
) -> Pictured:
    rows = [(about_words(snapshot, breakdown.name, group), row) for group, row in breakdown.groups]
    picture = pictures.groups(item, place, breakdown, snapshot)
    return Pictured(picture, _drawing(picture.name, drawings), _table(item, picture.title, rows))
