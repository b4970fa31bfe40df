"""Sentences: each says what was released, no more; and words with a false ring are nowhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.results import from_json
from survey import languages
from survey.findings import between, difference, finding, percent
from survey.grounds import design_sentence, how_we_know, lead, response_sentence, summary
from survey.releases.snapshot import ShownItem, Snapshot

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"significan|\bprov(en|es|ed)\b|performan|\branking|\buser|at risk|risky|attention.seeking", re.IGNORECASE
)


def share(
    number: int | None, base: int = 400, low: int | None = None, high: int | None = None, **more: Any
) -> dict[str, Any]:
    """A released share as the store keeps it."""
    return {
        "kind": "share", "origin": "gate", "percent": number, "words": None, "base": base, "low": low, "high": high, "bound": "",
    } | more  # fmt: skip


def change(points: int, low: int | None, high: int | None, position: str, **more: Any) -> dict[str, Any]:
    """A released change as the store keeps it."""
    return {
        "kind": "change", "origin": "gate", "points": points, "low": low, "high": high, "base_before": 400,
        "base_after": 400, "position": position, "headline": True, "method": "cr2_satterthwaite", "notes": [],
    } | more  # fmt: skip


def moves(up: int | None, same: int | None, down: int | None, **more: Any) -> dict[str, Any]:
    """Released moves as the store keeps them."""
    return {
        "kind": "moves", "origin": "gate", "up": up, "same": same, "down": down, "base": 310, "words": None, "net": None,
        "low": None, "high": None, "notes": [],
    } | more  # fmt: skip


HIDDEN = {"kind": "suppressed", "origin": "gate", "reason": "few_people"}


def item(before: Any = None, after: Any = None, changed: Any = None, moved: Any = None, **more: Any) -> ShownItem:
    """A question with what was released about it."""
    row = {
        "kind": "row", "origin": "gate", "key": "know_who", "before": before, "after": after, "change": changed,
        "moves": moved, "breakdowns": [],
    }  # fmt: skip
    facts: dict[str, Any] = {
        "key": "know_who", "text": {"en": "Do you know who you could tell?"}, "statement": {"en": "knew who they could tell"},
        "family": "help", "direction": "higher", "smallest": 5, "tried": True, "at_ceiling": False, "leaves_out": False,
        "ordered": False, "row": from_json(row),
    }  # fmt: skip
    return ShownItem(**(facts | more))


def snapshot(*items: ShownItem, counts: dict[str, int] | None = None, **more: Any) -> Snapshot:
    """A release with these questions."""
    numbers = counts or {"on_roll": 4150, "saw_it": 3900, "before": 3560, "after": 3430, "paired": 3110}
    response = {
        "kind": "response", "origin": "gate", "schools": 40,
        "counts": [[key, {"kind": "number", "origin": "gate", "count": n}] for key, n in numbers.items()],
    }  # fmt: skip
    facts: dict[str, Any] = {
        "name": "A play", "kind": "final", "origin": "collected", "source": "", "place": "", "mode": "private",
        "design": "paired", "timing": "straight_after", "first_day": "2026-09-21", "last_day": "2026-10-16",
        "waves": ("before", "after"), "instruments": (), "response": from_json(response), "items": items, "about": {},
    }  # fmt: skip
    return Snapshot(**(facts | more))


def said(one: ShownItem, **more: Any) -> str:
    """Everything that is said of a question."""
    found = finding(one, snapshot(one, **more))
    return " ".join((found.heading, *found.sentences, *found.cautions, *found.paired, found.caption, found.alt))


def test_the_headline_says_before_after_difference_range_and_timing() -> None:
    one = item(share(48), share(71), change(23, 19, 27, "rose_enough"))
    found = finding(one, snapshot(one))
    assert found.heading == "More pupils than before knew who they could tell"
    assert found.sentences[0] == "48 in 100 before, 71 in 100 straight after: 23 more in every 100 (19 to 27)."
    assert found.caption == (
        "All who answered: 400 before and 400 straight after. No comparison group. The line below is the range of the "
        "difference."
    )
    assert "Before: 48 in 100; Afterwards: 71 in 100; 23 more in every 100 (19 to 27)." in found.alt
    assert "weeks later" in finding(one, snapshot(one, timing="weeks_later")).sentences[0]


@pytest.mark.parametrize(
    ("points", "low", "high", "position", "heading", "words"),
    [
        (23, 19, 27, "rose_enough", "More pupils than before", "went up by at least the smallest change that matters"),
        (8, 3, 13, "rose", "More pupils than before", "It may be less than the smallest change that matters"),
        (3, 1, 4, "rose_little", "Slightly more pupils", "went up a little: less than"),
        (0, -2, 2, "same", "About as many pupils as before", "stayed about the same"),
        (2, -3, 7, "cannot_tell", "We cannot tell whether more or fewer", "from a fall of 3 to a rise of 7"),
        (-3, -4, -1, "fell_little", "Slightly fewer pupils", "went down a little: less than"),
        (-8, -13, -3, "fell", "Fewer pupils than before", "It may be less than the smallest change that matters"),
        (-23, -27, -19, "fell_enough", "Fewer pupils than before", "went down by at least"),
    ],
)
def test_each_position_of_the_range_has_its_own_words(
    points: int, low: int, high: int, position: str, heading: str, words: str
) -> None:
    one = item(share(48), share(48 + points), change(points, low, high, position))
    found = finding(one, snapshot(one))
    assert found.heading.startswith(heading)
    assert any(words in sentence for sentence in found.sentences)


def test_cannot_tell_is_never_no_change() -> None:
    words = said(item(share(48), share(50), change(2, -3, 7, "cannot_tell"))).lower()
    assert "no change" not in words and "the same" not in words and "unchanged" not in words and "cannot tell" in words


def test_a_difference_that_may_be_chance_makes_no_headline() -> None:
    one = item(share(48), share(53), change(5, 1, 9, "rose", headline=False))
    found = finding(one, snapshot(one))
    assert found.heading == "48 in 100 pupils before and 53 in 100 afterwards knew who they could tell"
    assert any("by chance" in sentence for sentence in found.sentences)


def test_ranges_read_well_on_both_sides_of_nought() -> None:
    assert difference(23, 19, 27) == "23 more in every 100 (19 to 27)"
    assert difference(-6, -10, -2) == "6 fewer in every 100 (2 to 10)"
    assert difference(1, -3, 5) == "1 more in every 100 (from 3 fewer to 5 more)"
    assert difference(-1, -5, 3) == "1 fewer in every 100 (from 5 fewer to 3 more)"
    assert difference(0, -2, 2) == "as many in every 100 (from 2 fewer to 2 more)"
    assert difference(12, None, None) == "12 more in every 100"
    assert between(0, 9) == "0 to 9"


def test_one_school_and_few_schools_say_so() -> None:
    one = item(share(48), share(71), change(23, None, None, "no_interval", notes=["one_school"]))
    found = finding(one, snapshot(one))
    assert found.sentences == (
        "48 in 100 before, 71 in 100 straight after: 23 more in every 100.",
        "This is what the pupils of one school said. It cannot say what others would.",
    )
    few = item(share(48), share(71), change(23, None, None, "no_interval", notes=["two_or_three_schools"]))
    assert "two or three schools together" in said(few)
    sign = item(share(48), share(71), change(23, 2, 44, "rose", notes=["few_schools_first_sign"]))
    assert "take this as a first sign" in said(sign)


def test_few_answers_are_said_in_words() -> None:
    one = item(share(None, 20, words="about_half"), share(None, 25, words="about_three_quarters"), HIDDEN)
    found = finding(one, snapshot(one))
    assert found.heading == "About half before and about three quarters afterwards knew who they could tell"
    assert not re.search(r"\d+ (more|fewer)", said(one))
    assert finding(item(HIDDEN, HIDDEN, HIDDEN), snapshot()).heading.startswith("Too few answers to show")


def test_views_afterwards_never_speak_of_a_change() -> None:
    one = item(None, share(95, 760, 92, 97))
    words = said(one, design="after_only", waves=("after",)).lower()
    assert "asked only afterwards" in words and "92 to 97" in words
    for word in ("more", "fewer", "rose", "went up", "went down", "change", "improve", "difference"):
        assert word not in words, word
    assert "cannot show a change" in design_sentence(snapshot(one, design="after_only", waves=("after",)))


def test_the_paired_part_comes_with_its_warning() -> None:
    found = finding(
        item(share(48), share(71), change(23, 19, 27, "rose_enough"), moves(34, 57, 9), ordered=True), snapshot()
    )
    assert found.paired[0] == "Of every 100 pupils we could pair, 34 moved up, 57 stayed the same and 9 moved down."
    assert found.paired[1] == "Some pupils tick differently the second time without anything having changed."
    binary = finding(item(share(48), share(71), change(23, 19, 27, "rose_enough"), moves(34, None, None)), snapshot())
    assert "34 gave this answer only afterwards" in binary.paired[0] and "None" not in binary.paired[0]
    words = moves(None, None, None, words=["about_half", "about_half", "none_or_few"])
    assert "about half" in finding(item(share(48), share(71), moved=words), snapshot()).paired[0]
    assert finding(item(share(48), share(71), moved=HIDDEN), snapshot()).paired == ()


def test_cautions_say_what_a_reader_must_know() -> None:
    one = item(share(90), share(91), tried=False, at_ceiling=True, leaves_out=True, direction="either")
    words = " ".join(finding(one, snapshot(one, item(share(48), share(71)))).cautions)
    for sentence in (
        "This question cannot show a rise",
        "Not yet tried with children.",
        "A rise can mean more is noticed and told.",
        "who already does this is left out",
    ):
        assert sentence in words
    # where it is true of every question it is said once, under How we know
    assert "Not yet tried" not in said(one) and any("Not yet tried" in line for line in how_we_know(snapshot(one)))
    assert not any("Not yet tried" in line for line in how_we_know(snapshot(one, item(share(48), share(71)))))
    unsure = item(share(40), share(44), dont_know_before=from_json(share(25)), dont_know_after=from_json(share(14)))
    assert "25 in 100 said “I don’t know” before." in said(unsure)


def test_who_answered_is_said_from_what_is_shown() -> None:
    assert response_sentence(snapshot()) == "Of every 100 who saw it, about 91 answered before and about 88 afterwards."
    only_after = snapshot(counts={"saw_it": 13825, "after": 646})
    assert response_sentence(only_after) == "Of 13,825 who saw it, 646 answered: 5 in every 100."
    assert lead(snapshot(origin="simulated"))[0].startswith("No child gave these answers")


def test_the_summary_counts_the_questions() -> None:
    three = (
        item(share(48), share(71), change(23, 19, 27, "rose_enough")),
        item(share(48), share(50), change(2, -3, 7, "cannot_tell")),
        item(share(48), share(40), change(-8, -13, -3, "fell")),
    )
    assert summary(snapshot(*three)) == (
        "Of 3 questions asked before and after, the answer we hope for was given more often than before in 1, less often in 1. "
        "In 1 we cannot tell."
    )
    assert summary(snapshot(three[1], three[1])) == (
        "Of 2 questions asked before and after, we cannot tell for any whether the answers changed."
    )
    assert summary(snapshot(item(None, share(95)))) == ""


def test_the_summary_counts_no_finding_that_is_not_claimed() -> None:
    chance = item(share(48), share(53), change(5, 1, 9, "rose", headline=False))
    odds = item(share(48), share(53), change(5, 1, 9, "rose"), moves(20, 55, 25, net=-5, low=-9, high=-1))
    ceiling = item(share(92), share(93), change(1, -1, 3, "same"), at_ceiling=True)
    rose = item(share(48), share(71), change(23, 19, 27, "rose_enough"))
    assert summary(snapshot(rose, chance, odds, ceiling)) == (
        "Of 4 questions asked before and after, the answer we hope for was given more often than before in 1. "
        "In 1 most gave it before already. In 2 we cannot tell."
    )
    assert "we cannot tell for any" in summary(snapshot(chance, odds))
    either = item(share(48), share(71), change(23, 19, 27, "rose_enough"), direction="either")
    assert "hope" not in summary(snapshot(either))


def test_where_pairs_point_the_other_way_nothing_is_claimed() -> None:
    one = item(share(48), share(53), change(5, 1, 9, "rose"), moves(20, 55, 25, net=-5, low=-9, high=-1))
    found = finding(one, snapshot(one))
    assert found.heading.startswith("48 in 100 pupils before") and not any(
        "went up" in line for line in found.sentences
    )
    assert "claim neither a rise nor a fall" in found.sentences[1]
    same_way = item(share(48), share(53), change(5, 1, 9, "rose"), moves(25, 55, 20, net=5, low=1, high=9))
    assert "went up" in said(same_way) and "claim neither" not in said(same_way)


def test_what_was_asked_on_the_day_does_not_speak_of_what_lasts() -> None:
    assert design_sentence(snapshot()).endswith("Nobody was asked weeks later, so this cannot say what lasts.")
    assert "lasts" not in design_sentence(snapshot(timing="weeks_later"))


def test_a_school_is_told_when_a_handful_of_pupils_makes_the_difference() -> None:
    one_school = {"notes": ["one_school"], "base_after": 105}
    small = item(share(63, 105), share(58, 105), change(-5, None, None, "no_interval", **one_school))
    large = item(share(48, 105), share(65, 105), change(17, None, None, "no_interval", **one_school))
    assert "a few pupils who tick differently" in said(small) and "a few pupils who" not in said(large)
    enjoyed = item(None, share(64, 100, 61, 67))
    assert "If those who did not answer are like those who did" in said(enjoyed, place="A school", waves=("after",))


def test_published_figures_begin_with_everybody_who_saw_it() -> None:
    source = "published(A report, page 53)"
    one = item(
        None, share(67, 763, 63, 71, origin=source), counts=(508, 515),
        everybody=from_json(share(67, 8900, 5.7, 97.2, origin=source)),
    )  # fmt: skip
    made = snapshot(
        one, origin="published", source="A report, page 53", counts={"saw_it": 8900, "after": 763}, waves=("after",)
    )
    first, second, third, fourth = finding(one, made).sentences
    assert first == "Of every 100 who saw it, about 6 gave this answer, 3 gave another and 91 did not answer."
    assert "anything from about 6% to about 97%" in second
    assert "which they were not" in third and "63 to 71" in third and "508 to 515" in fourth


def test_percentages_never_claim_none_or_all() -> None:
    assert [percent(value) for value in (5.7, 97.2, 99.88, 0.2, 100, 0)] == ["6%", "97%", "99.9%", "0.2%", "100%", "0%"]


def test_words_with_a_false_ring_are_nowhere() -> None:
    told = ("findings", "grounds", "sections", "comparisons", "pictures", "scorecard", "exports", "reporting")
    files = [ROOT / "survey" / f"{name}.py" for name in told]
    files += sorted((ROOT / "templates" / "reporting").glob("*.html"))
    files += sorted((ROOT / "templates" / "scorecard").glob("*.html"))
    files += sorted((ROOT / "survey").glob("records*.py"))
    assert len(files) > 8
    for file in files:
        words = "\n".join(re.findall(r'"([^"]+)"', file.read_text(encoding="utf-8")))
        assert FORBIDDEN.search(words) is None, (file.name, FORBIDDEN.search(words))
    assert FORBIDDEN.search("a statistically significant improvement")


def test_sentences_come_in_the_language_that_is_spoken() -> None:
    with languages.speaking("cy"):
        assert languages.current() == "cy"
        assert finding(item(share(48), share(71), change(23, 19, 27, "rose_enough")), snapshot()).heading
    assert languages.current() == "en"


def test_every_sentence_of_the_grounds_can_be_said() -> None:
    one = item(share(48), share(71), change(23, 19, 27, "rose_enough"))
    for made in (
        snapshot(one),
        replace(snapshot(one), first_day="2026-09-21", last_day="2026-09-21"),
        snapshot(item(share(48), share(71), change(23, None, None, "no_interval", notes=["one_school"]))),
        snapshot(one, origin="published", source="A report, page 3"),
    ):
        assert all(
            sentence and "%" not in sentence.replace("90%", "").replace("95%", "") for sentence in how_we_know(made)
        )
