"""What a screen reader is told of each page, kept as text: a change of role, name or state is seen in the diff.

The trees stand in `trees/WORDS.txt`. After a change that is meant, renew them with
`RENEW_TREES=1 .venv/bin/pytest tests/journeys/test_trees.py` and read the diff as a user of a screen reader would hear it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live

TREES = Path(__file__).parent / "trees"


@pytest.mark.parametrize(
    "told_in", ["en", pytest.param("ar", marks=pytest.mark.proof), pytest.param("easy read", marks=pytest.mark.proof)]
)
def test_what_a_screen_reader_is_told(
    context_of: Callable[..., BrowserContext],
    watch: Watch,
    live: Live,
    outings: Grounds,
    tours: Grounds,
    days_out: Grounds,
    told_in: str,
) -> None:
    watch.expect(r"status of 4\d\d")
    room = {"en": outings, "ar": tours, "easy read": days_out}[told_in].room("shared")
    language = "ar" if told_in == "ar" else "en"
    room.open("before", language)
    context = context_of(service_workers="block")
    page, told = context.new_page(), []
    pupil = Pupil(page)

    def hear(state: str) -> None:
        told.append(f"== {state}: {page.title()}\n{page.locator('body').aria_snapshot()}\n")

    page.goto(f"/?lang={language}")
    page.fill("#code", "zzz")
    page.click("#join .button")
    hear("home with an error")
    context.add_cookies([{"name": "heard", "value": f"{room.tickets['before', language]}..00000000", "url": live.url}])
    page.goto("/answer")
    if told_in == "easy read":
        page.get_by_role("link", name="Pictures").click()
    hear("introduction")
    pupil.start()
    pupil.slip("ABCDEFG")
    while (at := pupil.at()) != "check":
        hear(at)
        if at == "travelled":
            pupil.choose("travelled", "bus")
        pupil.next()
    hear("check")
    page.click("#send")
    page.wait_for_selector("#summary")
    hear("check with errors")
    page.click("#summary a")
    hear("card with an error")
    page.fill("#i-card", "")
    pupil.next()
    pupil.send()
    hear("thanks")
    kept = TREES / f"{told_in.replace(' ', '_')}.txt"
    if os.environ.get("RENEW_TREES"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("\n".join(told), encoding="utf-8")
    assert "\n".join(told) == kept.read_text(encoding="utf-8"), (
        "read the diff; if it is meant, see the top of this file"
    )
