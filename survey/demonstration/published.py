"""Programmes known only from print: their figures as they stand, with what can and cannot be said of them.

A printed percentage stands for a range of counts; the interval speaks of those who answered; the worst case speaks of
everybody who saw it. Nothing here passes for collected: every value carries its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.disclosure import published, published_response, published_row
from analysis.proportions import count_range, manski, published_interval
from survey.clock import today
from survey.database import Database
from survey.models import Organisation, Programme
from survey.releases.drawing import draw
from survey.releases.making import Draft
from survey.releases.snapshot import ShownItem, Snapshot
from survey.releases.store import keep

HERE = Path(__file__).parent


def load_published(database: Database) -> int:
    """Store the published programmes with a release each; gives their organisation."""
    data = yaml.safe_load((HERE / "published.yaml").read_text(encoding="utf-8"))
    made = [(programme, _snapshot(programme, data["source"])) for programme in data["programmes"]]
    drawings = [draw(snapshot) for _, snapshot in made]
    with database.writing() as session:
        organisation = Organisation(name=data["organisation"])
        session.add(organisation)
        session.flush()
        for (described, snapshot), drawn in zip(made, drawings, strict=True):
            programme = Programme(
                organisation_id=organisation.id, key=described["key"], name=described["name"], origin="published",
                design="after_only", status="closed",
            )  # fmt: skip
            session.add(programme)
            session.flush()
            keep(session, programme.id, Draft("published", snapshot, {}, ()), "{}", drawn, today())
        return organisation.id


def _snapshot(programme: Mapping[str, Any], source: str) -> Snapshot:
    cited = f"{source}, page {programme['page']}"
    people = {"saw_it": programme["saw_it"], "after": programme["answered"]}
    return Snapshot(
        name=programme["name"],
        kind="published",
        origin="published",
        source=cited,
        place="",
        mode="private",
        design="after_only",
        timing="straight_after",
        first_day="",
        last_day="",
        waves=("after",),
        instruments=(),
        response=published_response(people, cited, programme.get("schools")),
        items=tuple(_item(item, programme, cited) for item in programme["items"]),
        about={},
        approximate=("saw_it",) if programme.get("saw_it_is_about") else (),
        remark=programme["remark"],
    )


def _item(item: Mapping[str, Any], programme: Mapping[str, Any], source: str) -> ShownItem:
    percent, answered, saw = item["percent"], programme["answered"], programme["saw_it"]
    fewest, most = count_range(percent, answered)
    interval = published_interval(percent, answered, saw)
    low, high = manski(fewest, answered, saw).low, manski(most, answered, saw).high
    share = published(percent, answered, source, 100 * interval.low, 100 * interval.high)
    return ShownItem(
        key=item["key"],
        text=item["text"],
        statement=item["statement"],
        family=item["family"],
        direction="higher",
        smallest=5,
        tried=False,
        at_ceiling=False,
        leaves_out=False,
        ordered=False,
        row=published_row(item["key"], None, share),
        everybody=published(percent, saw, source, 100 * low, 100 * high),
        counts=(fewest, most),
    )
