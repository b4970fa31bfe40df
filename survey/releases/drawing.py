"""The drawings of a release, made once by the worker in each language of the interface for staff, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from analysis.canvas import PALETTE, Size
from analysis.charts import Labels, change_chart, drawable, response_chart, share_chart
from analysis.overviews import both, changes_chart, differences_chart, multiples_chart
from analysis.results import Breakdown, Distribution
from analysis.stacks import distribution_chart, moves_chart
from survey import pictures
from survey.findings import finding, words_of
from survey.grounds import about_words, count_label
from survey.languages import catalogue, catalogues, gettext, speaking
from survey.releases.snapshot import ShownItem, Snapshot
from survey.wave_words import after_heading, last_heading

LANGUAGES = ("en", "cy")
SIZES: dict[Size, str] = {"wide": "", "narrow": pictures.NARROW}

Draw = Callable[[Size], bytes]


def draw(snapshot: Snapshot) -> dict[tuple[str, str], bytes]:
    """Every drawing that the released rows allow: (name, language) -> SVG."""
    drawings = {}
    for code in LANGUAGES:
        if code not in catalogues():
            continue
        with speaking(code):
            for name, chart in (*_of_all(snapshot, code), *_of_items(snapshot, code)):
                for size, ending in SIZES.items():
                    drawings[name + ending, code] = chart(size)
    return drawings


def _of_items(snapshot: Snapshot, code: str) -> Iterator[tuple[str, Draw]]:
    for item in snapshot.items:
        found, kinds = finding(item, snapshot), drawable(item.row)
        last = last_heading(item, snapshot)
        labels = _labels(item, found.heading, found.alt, code, last)
        if "change" in kinds:
            yield f"{item.key}.share", _chart(change_chart, item.row, labels)
        if "share" in kinds:
            yield f"{item.key}.share", _chart(share_chart, item.row, labels)
        if "moves" in kinds and found.paired:
            paired = _labels(item, gettext("Those we could pair"), found.paired[0], code, last)
            yield f"{item.key}.moves", _chart(moves_chart, item.row, paired)
        if (picture := pictures.answers(item, snapshot)) is not None and _is_drawn(item):
            yield picture.name, partial(_answers, item, _words(picture, _answer_names(item), code, last))
        for place, breakdown in enumerate(item.row.breakdowns):
            if isinstance(breakdown, Breakdown) and both([row for _, row in breakdown.groups]):
                picture = pictures.groups(item, place, breakdown, snapshot)
                names = {key: about_words(snapshot, breakdown.name, key) for key, _ in breakdown.groups}
                yield picture.name, _chart(multiples_chart, breakdown, _words(picture, names, code, last))


def _answers(item: ShownItem, labels: Labels, size: Size) -> bytes:
    before, after = (one if isinstance(one, Distribution) else None for one in _both_waves(item))
    return distribution_chart(before, after, labels, size=size)


def _both_waves(item: ShownItem) -> tuple[object, object]:
    return item.row.answers_before, item.row.answers_after


def _is_drawn(item: ShownItem) -> bool:
    """Whether the answers are few enough to be told apart by their colours."""
    shown = [one for one in _both_waves(item) if isinstance(one, Distribution)]
    return all(1 < sum(key != pictures.DONT_KNOW for key, _ in one.options) <= len(PALETTE) for one in shown)


def _answer_names(item: ShownItem) -> dict[str, str]:
    keys = {key for one in _both_waves(item) if isinstance(one, Distribution) for key, _ in one.options}
    return {key: pictures.answer_words(item, key) for key in sorted(keys)}


def _of_all(snapshot: Snapshot, code: str) -> Iterator[tuple[str, Draw]]:
    items = pictures.changed(snapshot)
    if (picture := pictures.overview(snapshot)) is not None:
        names = {item.key: pictures.capital(words_of(item.statement)) for item in items}
        kind = differences_chart if pictures.is_ranged(items) else changes_chart
        yield (
            picture.name,
            _chart(kind, [item.row for item in items], _words(picture, names, code, after_heading(snapshot))),
        )
    if (picture := pictures.response(snapshot)) is not None:
        names = {key: pictures.capital(count_label(key, snapshot)) for key in pictures.COUNTS}
        chart = partial(response_chart, keys=pictures.COUNTS)
        yield picture.name, _chart(chart, snapshot.response, _words(picture, names, code, after_heading(snapshot)))


def _chart(kind: Callable[..., bytes], released: object, labels: Labels) -> Draw:
    return lambda size: kind(released, labels, size=size)


def _words(picture: pictures.Picture, names: dict[str, str], code: str, last: str) -> Labels:
    return _worded(picture.title, picture.alt, code, last, names)


def _labels(item: ShownItem, title: str, description: str, code: str, last: str) -> Labels:
    moved = (
        (gettext("moved up"), gettext("stayed the same"), gettext("moved down"))
        if item.ordered
        else (gettext("only after"), gettext("same both times"), gettext("only before"))
    )
    return _worded(title, description, code, last, {}, moved)


def _worded(
    title: str,
    description: str,
    code: str,
    last: str,
    names: dict[str, str],
    moved: tuple[str, str, str] = ("", "", ""),
) -> Labels:
    up, same, down = moved
    return Labels(
        title=_literal(title),
        description=_literal(description),
        language=code,
        direction="rtl" if catalogue(code).direction == "rtl" else "ltr",
        before=gettext("Before"),
        after=last,
        up=up,
        same=same,
        down=down,
        fewer=gettext("fewer"),
        more=gettext("more"),
        unsure=gettext("we cannot tell"),
        steady=gettext("about the same"),
        without=gettext("no range can be given"),
        hidden=gettext("not shown"),
        difference=gettext("{points:+} ({low} to {high})"),
        names=names,
    )


def _literal(words: str) -> str:
    # The drawing fills places in braces: a questionnaire's own braces are not meant.
    return words.replace("{", "{{").replace("}", "}}")
