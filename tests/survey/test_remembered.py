"""How it was before, asked afterwards: in every sentence, picture, table and file it is remembered, and never a before."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from survey.database import Database
from survey.findings import finding
from survey.releases.snapshot import read as read_snapshot
from survey.releases.snapshot import write
from survey.releases.work import make_release
from survey.sealing import Keys
from survey.wave_words import last_heading
from tests.survey.released import Released, some_questions
from tests.survey.test_findings import item, share, snapshot

LOOKS_BACK = """\
  - key: now
    items:
      - key: knows
        kind: one
        text: Do you know who can help?
        waves: [before, after]
        options: [{key: yes_it_is, code: 1, label: "Yes"}, {key: no_it_is, code: 2, label: "No"}]
        measure: {agreed: [yes_it_is], dont_know: not_yet, family: help, direction: higher, statement: knew who can help}
  - key: then
    items:
      - key: knew
        kind: one
        text: Before the play, did you know who can help?
        waves: [after]
        then_test: true
        options: [{key: yes_it_was, code: 1, label: "Yes"}, {key: no_it_was, code: 2, label: "No"}]
        measure: {agreed: [yes_it_was], dont_know: not_yet, family: help, direction: higher, statement: had known who can help}
"""


def test_every_sentence_calls_it_remembered() -> None:
    one = item(None, share(48, low=41, high=55), remembered=True)
    found, told = finding(one, snapshot(one)), snapshot(one)
    assert found.heading == "Remembered: 48 in 100 of those who answered knew who they could tell"
    assert found.sentences[-1].startswith(
        "Pupils were asked to remember how it was before. That is no answer given before"
    )
    assert "to remember how it was before" in found.caption and "Remembered: 48 in 100" in found.alt
    assert last_heading(one, told) == "Remembered"
    words = " ".join((found.heading, *found.sentences, *found.cautions, found.caption, found.alt))
    assert "fterwards" not in words and "Before" not in words


def test_from_the_rows_to_page_drawing_and_file(database: Database, keys: Keys, staff: Any, tmp_path: Path) -> None:
    tour = Released(database, instrument=some_questions(tmp_path, "looks_back", LOOKS_BACK))

    def answers(wave: str, pupil: int) -> dict[str, Any]:
        knows = {"knows": "yes_it_is" if pupil % 3 or wave == "after" else "no_it_is"}
        return knows | ({"knew": "yes_it_was" if pupil % 2 else "no_it_was"} if wave == "after" else {})

    for _ in range(4):
        tour.school(40, answers=answers)
    release = make_release(database, keys, tour.id, "interim")
    made = read_snapshot(release.snapshot)
    assert (made.item("knew").remembered, made.item("knows").remembered) == (True, False)
    assert made.item("knew").row.before is None and made.item("knew").row.change is None
    browser = staff.client("commissioner", organisation_id=tour.organisation_id)
    here = f"/staff/programmes/{tour.id}"
    page = browser.get(f"{here}/report").text
    assert "Remembered: 50 in 100 of those who answered had known" in page and "Remembered it so" in page
    assert "Remembered: 50 in 100" in browser.get(f"{here}/releases/1/charts/knew.share.en.svg").text
    table = csv.DictReader(io.StringIO(browser.get(f"{here}/releases/1/table.csv").text.removeprefix("\ufeff")))
    assert {line["item"]: line["remembered"] for line in table} == {"knows": "", "knew": "remembered"}
    assert "never a before" in browser.get(f"{here}/releases/1/codebook.csv").text


def test_a_release_that_was_stored_before_this_was_kept_still_opens() -> None:
    one = item(share(48), share(71))
    document = json.loads(write(snapshot(one))[0])
    del document["items"][0]["remembered"]
    assert read_snapshot(json.dumps(document)).item("know_who") == one
