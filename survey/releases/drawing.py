"""The drawings of a release, made once by the worker in each language of the interface for staff."""

from __future__ import annotations

from analysis.charts import Labels, change_chart, drawable, share_chart
from analysis.stacks import moves_chart
from survey.findings import Finding, finding
from survey.languages import catalogue, catalogues, gettext, speaking
from survey.releases.snapshot import ShownItem, Snapshot

LANGUAGES = ("en", "cy")


def draw(snapshot: Snapshot) -> dict[tuple[str, str], bytes]:
    """Every drawing that the released rows allow: (name, language) -> SVG."""
    drawings = {}
    for code in LANGUAGES:
        if code not in catalogues():
            continue
        with speaking(code):
            for item in snapshot.items:
                for name, svg in _drawn(item, finding(item, snapshot), code):
                    drawings[f"{item.key}.{name}", code] = svg
    return drawings


def _drawn(item: ShownItem, found: Finding, code: str) -> list[tuple[str, bytes]]:
    drawn, kinds = [], drawable(item.row)
    if "change" in kinds:
        drawn.append(("share", change_chart(item.row, _labels(item, found.heading, found.alt, code))))
    if "share" in kinds:
        drawn.append(("share", share_chart(item.row, _labels(item, found.heading, found.alt, code))))
    if "moves" in kinds and found.paired:
        drawn.append(
            ("moves", moves_chart(item.row, _labels(item, gettext("Those we could pair"), found.paired[0], code)))
        )
    return drawn


def _labels(item: ShownItem, title: str, description: str, code: str) -> Labels:
    up, same, down = (
        (gettext("moved up"), gettext("stayed the same"), gettext("moved down"))
        if item.ordered
        else (gettext("only after"), gettext("same both times"), gettext("only before"))
    )
    return Labels(
        title=_literal(title),
        description=_literal(description),
        language=code,
        direction="rtl" if catalogue(code).direction == "rtl" else "ltr",
        before=gettext("Before"),
        after=gettext("After"),
        up=up,
        same=same,
        down=down,
        difference=gettext("{points:+} ({low} to {high})"),
    )


def _literal(words: str) -> str:
    # The drawing fills places in braces: a questionnaire's own braces are not meant.
    return words.replace("{", "{{").replace("}", "}}")
