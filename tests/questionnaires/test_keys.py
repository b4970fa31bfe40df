"""Keys of published measures against values that were read or worked out elsewhere (`outcomes.md`, sections 2, 3 and 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import scales as matrix
from questionnaires.checking import check
from questionnaires.faults import InstrumentFaults
from questionnaires.files import read
from questionnaires.framework_files import frameworks
from questionnaires.keyfiles import keys, load_key, read_key
from questionnaires.licences import columns, read_permission
from questionnaires.published import Published, Threshold, confirmed
from questionnaires.scores import Score, band, compare, reached, scores
from questionnaires.scoring import CompiledScale, CompiledTotal, compile_published, score_row, score_total

FIVE = ("emotional", "conduct", "hyperactivity", "peer", "prosocial")


def of(key: str, *answers: int | None, **more: object) -> dict[str, Score]:
    return scores(load_key(key), dict(enumerate(answers, start=1)), **more)  # type: ignore[arg-type]


def value(key: str, scale: str, *answers: int | None, **more: object) -> Fraction | None:
    return of(key, *answers, **more)[scale].value


def complete(key: str) -> Published:
    """A key as an organisation may use it. The positions are made up: no source that we read gives them."""
    published = load_key(key)
    for name in published.unconfirmed:
        scale, _, what = name.rpartition(".")
        if what == "risk":
            published = confirmed(published, by="a test", risk=[])
        elif what == "reversed":
            published = confirmed(published, scale, by="a test", reversed_items=[1, 2])
        else:
            table = {n: Fraction("-4.327") + Fraction("9.03") * (n - 10) / 40 for n in range(10, 51)}
            published = confirmed(published, scale, by="a test", table=table)
    return published


# --- what is shipped -------------------------------------------------------------------------------------------------


def test_these_measures_have_a_key() -> None:
    measures = (
        "brs chi_esq core_10 cors cyrm_r gad_7 gbo kidscreen_10 loneliness mmf ons4 ors phq_9 rcads_parent rcads_self"
        " rosenberg sdq_parent sdq_self sdq_teacher slss swemwbs wemwbs who_5 yp_core"
    )
    assert list(keys()) == measures.split()


@pytest.mark.parametrize("key", keys())
def test_a_key_holds_numbers_and_says_where_each_was_read(key: str) -> None:
    published = load_key(key)
    assert published.key == key and published.sources and published.licence.terms and published.licence.owner
    text = keys()[key].read_text()
    assert "mark: M" not in text and "?" not in text  # nothing from memory, and no question
    assert published.licence.wording == "holder" or published.licence.electronic == "free"


def test_what_nobody_read_stays_open_and_gives_no_score() -> None:
    waiting = {key: load_key(key).unconfirmed for key in keys() if load_key(key).unconfirmed}
    assert waiting == {
        "kidscreen_10": ("quality_of_life.reversed", "quality_of_life.table"),
        "rosenberg": ("self_esteem.reversed",),
        "slss": ("life_satisfaction.reversed",),
        "yp_core": ("risk", "distress.reversed"),
    }
    for key in waiting:
        coding = load_key(key).codings[0].key
        with pytest.raises(ValueError, match="to be confirmed"):
            of(key, *[1] * load_key(key).items, coding=coding)
        with pytest.raises(ValueError, match="to be confirmed"):
            compile_published(load_key(key), load_key(key).scales[0].key, coding)
        assert not complete(key).unconfirmed


def test_only_what_is_open_can_be_confirmed() -> None:
    with pytest.raises(ValueError, match="reversed: not open"):
        confirmed(load_key("core_10"), "distress", by="somebody", reversed_items=[1])
    with pytest.raises(ValueError, match="risk: not open"):
        confirmed(load_key("core_10"), by="somebody", risk=[1])
    with pytest.raises(ValueError, match="say who"):
        confirmed(load_key("slss"), "life_satisfaction", by=" ", reversed_items=[1])
    with pytest.raises(InstrumentFaults, match="scale_reversed"):
        confirmed(load_key("slss"), "life_satisfaction", by="somebody", reversed_items=[8])
    assert "confirmed by a test" in complete("slss").notes


@pytest.mark.parametrize("key", keys())
def test_every_scale_keeps_within_its_range(key: str) -> None:
    published = complete(key)
    coding = published.codings[0]
    for scale in published.scales:
        if scale.items:
            compiled = compile_published(published, scale.key, coding.key)
            assert isinstance(compiled, CompiledScale)
            for end in (min, max):
                codes = {
                    column: end(points, key=lambda pair: pair[1])[0]
                    for column, points in zip(compiled.columns, compiled.points, strict=True)
                }
                assert score_row(compiled, codes) == scale.range[end is max]


# --- the Strengths and Difficulties Questionnaire (K1 to K6, R4) -----------------------------------------------------


@pytest.mark.parametrize("key", ["sdq_self", "sdq_parent", "sdq_teacher"])
@pytest.mark.parametrize(
    ("answer", "expected", "total"),
    [(1, (5, 5, 5, 5, 5), 20), (0, (0, 2, 4, 4, 0), 10), (2, (10, 8, 6, 6, 10), 30)],
)
def test_sdq_of_equal_answers(key: str, answer: int, expected: tuple[int, ...], total: int) -> None:
    """The three together find any item that is reversed by mistake."""
    found = of(key, *[answer] * 25)
    assert tuple(found[scale].value for scale in FIVE) == expected
    assert found["total"].value == total
    assert found["internalising"].value == expected[0] + expected[3]
    assert found["externalising"].value == expected[1] + expected[2]


def test_a_key_with_one_reversal_wrong_is_found_out() -> None:
    """The sabotage: the golden values above can fail."""
    text = keys()["sdq_self"].read_text()
    assert "reversed: [21, 25]" in text
    wrong = read_key(text.replace("reversed: [21, 25]", "reversed: [21, 15]").encode())
    assert scores(wrong, dict.fromkeys(range(1, 26), 0))["hyperactivity"].value == 4  # hidden from the one
    mixed = {position: position % 3 for position in range(1, 26)}
    assert scores(wrong, mixed)["hyperactivity"].value != scores(load_key("sdq_self"), mixed)["hyperactivity"].value
    fewer = read_key(text.replace("reversed: [21, 25]", "reversed: [21]").encode())
    assert scores(fewer, dict.fromkeys(range(1, 26), 0))["total"].value != 10


def test_sdq_a_half_goes_up() -> None:
    """Four of five with the sum 2 are 2.5: the owner's 3, not the 2 that rounding to even gives."""
    answers = {3: 2, 8: 0, 13: 0, 16: 0}
    assert scores(load_key("sdq_self"), answers)["emotional"].value == 3
    assert round(2.5) == 2


def test_sdq_needs_three_of_five_and_all_parts() -> None:
    two, three = {3: 2, 8: 2}, {3: 2, 8: 2, 13: 1}
    assert scores(load_key("sdq_self"), two)["emotional"].value is None
    assert scores(load_key("sdq_self"), three)["emotional"].value == 8  # 25/3 = 8.33
    answers: dict[int, int | None] = dict.fromkeys(range(1, 26), 1)
    assert scores(load_key("sdq_self"), answers | dict.fromkeys((6, 11, 14)))["total"].value is None


def test_an_organisation_may_let_one_part_be_missing() -> None:
    text = keys()["sdq_self"].read_text()
    own = "parts: [emotional, conduct, hyperactivity, peer]\n"
    lenient = read_key(text.replace(own, own + "    minimum_answered: 3\n").encode())
    answers: dict[int, int | None] = dict.fromkeys(range(1, 26), 1)
    assert scores(lenient, answers | dict.fromkeys((6, 11, 14)))["total"].value == 20
    assert scores(lenient, answers | dict.fromkeys((6, 11, 14, 5, 7, 12)))["total"].value is None


def test_sdq_impact() -> None:
    impact = dict(zip((28, 29, 30, 31, 32), (0, 1, 2, 3, 3), strict=True))
    assert scores(load_key("sdq_self"), {26: 3} | impact)["impact"].value == 5
    assert scores(load_key("sdq_self"), {26: 0} | impact)["impact"].value == 0
    assert scores(load_key("sdq_self"), {26: 0})["impact"].value == 0
    assert scores(load_key("sdq_self"), {26: 1, 28: 3})["impact"].value is None


@pytest.mark.parametrize(
    ("key", "scale", "edges"),
    [
        ("sdq_self", "total", {"expected": (0, 15), "borderline": (16, 19), "difficulties": (20, 40)}),
        ("sdq_self", "conduct", {"expected": (0, 3), "borderline": (4, 4), "difficulties": (5, 10)}),
        ("sdq_self", "peer", {"expected": (0, 3), "borderline": (4, 5), "difficulties": (6, 10)}),
        ("sdq_self", "prosocial", {"difficulties": (0, 4), "borderline": (5, 5), "expected": (6, 10)}),
        ("sdq_parent", "total", {"expected": (0, 13), "borderline": (14, 16), "difficulties": (17, 40)}),
        ("sdq_parent", "emotional", {"expected": (0, 3), "borderline": (4, 4), "difficulties": (5, 10)}),
        ("sdq_teacher", "total", {"band_1": (0, 11), "band_2": (12, 15), "band_3": (16, 18), "band_4": (19, 40)}),
        ("sdq_teacher", "prosocial", {"band_4": (0, 3), "band_3": (4, 4), "band_2": (5, 5), "band_1": (6, 10)}),
        ("mmf", "emotional", {"expected": (0, 9), "elevated": (10, 20)}),
        ("mmf", "behavioural", {"expected": (0, 5), "elevated": (6, 12)}),
        ("brs", "resilience_sum", {"low": (6, 17), "normal": (18, 25), "high": (26, 30)}),
        ("phq_9", "depression", {"from_0": (0, 4), "from_5": (5, 9), "from_15": (15, 19), "from_20": (20, 27)}),
        ("gad_7", "anxiety", {"from_10": (10, 14), "from_15": (15, 21)}),
    ],
)
def test_bands_begin_and_end_where_their_source_says(key: str, scale: str, edges: dict[str, tuple[int, int]]) -> None:
    (bands,) = load_key(key).scale(scale).bands
    for name, (low, high) in edges.items():
        assert bands.name(Fraction(low)) == bands.name(Fraction(high)) == name
        assert bands.name(Fraction(low - 1)) != name and (
            bands.name(Fraction(high + 1)) != name or high == edges_end(key, scale)
        )


def edges_end(key: str, scale: str) -> int:
    return int(load_key(key).scale(scale).range[1])


def score(key: str, scale: str, number: int) -> Score:
    published = load_key(key)
    return Score(key, published.version, published.codings[0].key, published.respondent, scale, Fraction(number))


def test_sdq_all_ones_is_in_the_bands_that_were_expected() -> None:
    found = of("sdq_self", *[1] * 25)
    assert (band(load_key("sdq_self"), found["total"]), band(load_key("sdq_self"), found["prosocial"])) == (
        "difficulties",
        "borderline",
    )
    assert band(load_key("sdq_self"), found["impact"]) is None
    assert band(load_key("sdq_self"), found["total"], "four_band_2016") is None


def test_the_direction_is_that_of_the_scale() -> None:
    """A rise in prosocial behaviour is an improvement, though the measure is one of difficulties."""
    published = load_key("sdq_self")
    assert compare(published, score("sdq_self", "prosocial", 4), score("sdq_self", "prosocial", 9)) == "improved"
    assert compare(published, score("sdq_self", "emotional", 4), score("sdq_self", "emotional", 9)) == "deteriorated"
    assert compare(published, score("sdq_self", "emotional", 8), score("sdq_self", "emotional", 4)) == "improved"
    assert (
        compare(published, score("sdq_self", "emotional", 8), score("sdq_self", "emotional", 5)) == "no_reliable_change"
    )


# --- RCADS (K8, K9) --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "age", "scale", "raw", "t"),
    [
        ("male", 12, "depression", 15, 72.77),
        ("female", 14, "panic", 12, 75.47),
        ("female", 9, "separation_anxiety", 10, 56.8),
        ("female", 10, "separation_anxiety", 10, 63.9),
        ("female", 11, "separation_anxiety", 0, 37),  # a public scorer has 40 here, a copy of the boys' row
        ("female", 11, "separation_anxiety", 21, 93),
        ("female", 15, "depression", 28, 105),  # and 108 here, an entry lost
    ],
)
def test_rcads_t_scores(sex: str, age: int, scale: str, raw: int, t: float) -> None:
    group = load_key("rcads_self").norm_group(sex, age)
    assert group is not None
    digits = 0 if isinstance(t, int) else len(str(t).partition(".")[2])
    assert float(group.t(scale, Fraction(raw)) or 0) == pytest.approx(t, abs=0.5 * 10**-digits)


def test_rcads_norms_are_those_that_were_read() -> None:
    own, parent = load_key("rcads_self"), load_key("rcads_parent")
    assert [len(norms.groups) for norms in own.norms] == [10, 10] and [len(norms.groups) for norms in parent.norms] == [
        10
    ]
    spread = {scale: (mean, sd) for group in own.norms[0].groups[:1] for scale, mean, sd in group.values}
    assert spread["depression"] == (Fraction("8.25"), Fraction("4.09")) and len(spread) == 6
    last = parent.norm_group("female", 17)
    assert last is not None and ("social_phobia", Fraction("8.35"), Fraction("4.38")) in last.values
    boys = own.norm_group("male", 16)
    assert boys is not None and boys.t("total_anxiety", Fraction("28.2")) == 50
    assert boys.t("total_internalising", Fraction(40)) is None  # the table that it came from is faulty there


@pytest.mark.parametrize(("sex", "age"), [("male", 18), ("female", 7), ("x", 12), (None, 12)])
def test_outside_the_norms_nothing_is_normed(sex: str | None, age: int) -> None:
    published = load_key("rcads_self")
    assert published.norm_group(sex, age) is None
    found = scores(published, dict.fromkeys(range(1, 48), 3))["depression"]
    assert (found.value, found.t, found.norm) == (30, None, None)
    assert reached(published, found) == ()  # a raw score of 30 is never taken for a T-score
    assert compare(published, found, found) is None


def test_a_birthday_is_no_change_because_the_norm_is_fixed_at_the_first_form() -> None:
    published, answers = load_key("rcads_self"), dict.fromkeys(range(1, 48), 1)
    young, old = published.norm_group("female", 9), published.norm_group("female", 10)
    first = scores(published, answers, norm=young)["separation_anxiety"]
    assert (
        compare(published, first, scores(published, answers, norm=young)["separation_anxiety"]) == "no_reliable_change"
    )
    with pytest.raises(ValueError, match="different norm"):
        compare(published, first, scores(published, answers, norm=old)["separation_anxiety"])


def test_the_norms_of_another_measure_are_refused() -> None:
    with pytest.raises(ValueError, match="rcads_self has no norms rcads_parent_us:female:8-9"):
        scores(load_key("rcads_self"), {}, norm=load_key("rcads_parent").norm_group("female", 9))


def test_rcads_change_and_cut_offs_are_in_t() -> None:
    published = load_key("rcads_self")
    group = published.norm_group("male", 12)
    low = scores(published, dict.fromkeys(range(1, 48), 1), norm=group)["depression"]  # raw 10, T 59.0
    high = scores(published, dict.fromkeys(range(1, 48), 2), norm=group)["depression"]  # raw 20, T 86.5
    assert compare(published, low, high) == "deteriorated" and compare(published, high, low) == "improved"
    assert reached(published, low) == () and reached(published, high) == ("borderline", "clinical")
    assert load_key("rcads_parent").scale("panic").thresholds[0].value == Fraction("40.93")


# --- the other measures (K7, K10 to K14) -----------------------------------------------------------------------------


def test_swemwbs() -> None:
    assert value("swemwbs", "wellbeing", *[3] * 7) == Fraction("19.25")
    assert value("swemwbs", "wellbeing", *[4] * 7) == Fraction("25.03")
    assert value("swemwbs", "wellbeing", *[4] * 6) is None
    table = load_key("swemwbs").scale("wellbeing").table
    assert sum(score for _, score in table) == Fraction("585.66") and len(table) == 29
    assert load_key("wemwbs").scale("short").table == table


def test_the_short_form_is_not_the_first_seven_of_the_long_one() -> None:
    """A public system labels it so. Items 4, 5, 8, 10, 12, 13 and 14 do not count."""
    answers = [5 if n in (1, 2, 3, 6, 7, 9, 11) else 1 for n in range(1, 15)]
    assert value("wemwbs", "short", *answers) == 35
    assert value("wemwbs", "wellbeing", *answers) == 42
    assert value("wemwbs", "wellbeing", *answers[:13]) is None


@pytest.mark.parametrize(
    ("answers", "emotional", "behavioural"),
    [
        ("0001012002001010", "6", "2"),
        ("0200010002222200", "5", "10"),
        ("0101021011200002", "7", "6"),
        ("0220012000110001", "7", "5"),
        ("---1012002001010", "60/7", "2"),
        ("02000-----222200", None, "10"),
        ("0101021011-00002", "7", "24/5"),
    ],
)
def test_me_and_my_feelings(answers: str, emotional: str | None, behavioural: str) -> None:
    """The vectors of a public project; its own older test of the last line contradicts its formula."""
    found = of("mmf", *(None if one == "-" else int(one) for one in answers))
    assert found["emotional"].value == (None if emotional is None else Fraction(emotional))
    assert found["behavioural"].value == Fraction(behavioural)


def test_who_5() -> None:
    published = load_key("who_5")
    twelve, thirteen, seven = (
        of("who_5", *one)["wellbeing"] for one in [(3, 3, 2, 2, 2), (3, 3, 3, 2, 2), (2, 2, 1, 1, 1)]
    )
    assert [one.value for one in (twelve, thirteen, seven)] == [48, 52, 28]
    assert [band(published, one) for one in (twelve, thirteen, seven)] == ["low", "good", "low"]
    assert reached(published, seven) == ("low", "depression_likely")
    assert reached(published, twelve) == ("low",) and reached(published, thirteen) == ()
    assert value("who_5", "wellbeing", 3, 3, 3, 3) is None


def test_yp_core_one_missing_is_prorated_two_are_not() -> None:
    published = complete("yp_core")
    answers: dict[int, int | None] = dict.fromkeys(range(3, 11), 3) | {1: 1, 2: 1}  # 1 and 2 turned round: 3
    assert scores(published, answers)["distress"].value == 30
    assert scores(published, answers | {5: None})["distress"].value == 30
    assert scores(published, answers | {5: 0, 6: None})["distress"].value == Fraction(24 * 10, 9)
    assert scores(published, answers | {5: None, 6: None})["distress"].value is None


@pytest.mark.parametrize(
    ("sex", "age", "value", "expected"),
    [
        ("male", 13, "10.3", ("twigg_2016", "blackshaw")),
        ("male", 13, "10.2", ("blackshaw",)),
        ("male", 14, "13", ("blackshaw",)),
        ("female", 11, "14.4", ("twigg_2016", "blackshaw")),
        ("female", 16, "15", ("blackshaw",)),
        ("female", 17, "40", ()),
        (None, 13, "40", ()),
    ],
)
def test_yp_core_cut_offs_are_for_a_sex_and_an_age(
    sex: str | None, age: int, value: str, expected: tuple[str, ...]
) -> None:
    found = Score("yp_core", 1, "standard", "young_person", "distress", Fraction(value))
    assert reached(load_key("yp_core"), found, sex=sex, age=age) == expected


def test_core_10() -> None:
    assert value("core_10", "distress", *[0] * 10) == 8
    assert value("core_10", "distress", *[None, *[0] * 9]) == Fraction(80, 9)
    assert value("core_10", "distress", *[None, None, *[0] * 8]) is None
    assert load_key("core_10").risk == (6,) and load_key("phq_9").risk == (9,)


def test_kidscreen_t() -> None:
    group = load_key("kidscreen_10").norm_group(None, 12)
    assert group is not None
    assert group.t("quality_of_life", Fraction("1.2078")) == 50
    assert float(group.t("quality_of_life", Fraction("-4.327")) or 0) == pytest.approx(-3.54, abs=0.005)
    assert float(group.t("quality_of_life", Fraction("4.703")) or 0) == pytest.approx(83.81, abs=0.005)


def test_a_coding_must_be_stated_where_there_are_two() -> None:
    with pytest.raises(
        ValueError, match="state which coding the answers have: certainly_true_is_1, certainly_true_is_3"
    ):
        of("chi_esq", *[1] * 12)
    assert value("chi_esq", "item_1", *[1] * 12, coding="certainly_true_is_1") == 3
    assert value("chi_esq", "item_1", *[1] * 12, coding="certainly_true_is_3") == 1
    assert value("cyrm_r", "resilience", *[3] * 17, coding="three_point") == 51
    assert value("cyrm_r", "resilience", *[5] * 17, coding="five_point") == 85
    with pytest.raises(ValueError, match="state which coding"):
        of("core_10", coding="another")


def test_scores_of_one_question_stay_apart() -> None:
    found = of("ons4", 7, 8, 6, 2)
    assert [found[one].value for one in ("satisfied", "worthwhile", "happy", "anxious")] == [7, 8, 6, 2]
    published = load_key("ons4")
    assert [one.direction for one in published.scales] == ["higher", "higher", "higher", "lower"]
    assert not any(one.parts or len(one.items) > 1 for one in published.scales)
    assert value("gbo", "goal_2", None, 7) == 7 and value("gbo", "goal_1", None, 7) is None
    assert value("loneliness", "direct", 1, 1, 1, 1) == 5 and value("loneliness", "indirect", 1, 1, 1) == 3
    assert value("brs", "resilience", 5, 1, 5, 1, 5, 1) == 5


def test_millimetres_are_exact() -> None:
    """16.4 - 9.8 is less than 6.6 in floating point; the threshold of 6.60 is reached all the same."""
    assert 16.4 - 9.8 < 6.6
    first, last = of("ors", 50, 48, 0, 0), of("ors", 50, 50, 50, 14)
    assert (first["wellbeing"].value, last["wellbeing"].value) == (Fraction("9.8"), Fraction("16.4"))
    assert compare(load_key("ors"), first["wellbeing"], last["wellbeing"]) == "improved"


# --- thresholds (R2) and what may be compared ------------------------------------------------------------------------


@pytest.mark.parametrize(("reached_by", "counts"), [("more_than", (3, 5, 3)), ("at_least", (4, 3, 4))])
def test_strict_and_inclusive_thresholds(reached_by: str, counts: tuple[int, ...]) -> None:
    threshold = Threshold("own", Fraction(2), reached_by, "V", "test")
    published = load_key("sdq_self")
    verdicts = [
        compare(published, score("sdq_self", "prosocial", 5), score("sdq_self", "prosocial", 5 + change), threshold)
        for change in range(-5, 6)
    ]
    assert tuple(map(verdicts.count, ("deteriorated", "no_reliable_change", "improved"))) == counts


def test_two_thresholds_of_one_scale_keep_their_own_edges() -> None:
    by_key = {one.key: one for one in load_key("swemwbs").scale("wellbeing").thresholds}
    assert by_key["nhs"].counts(Fraction(3)) and not by_key["nhs"].counts(Fraction("2.99"))
    assert by_key["shah_2018"].counts(Fraction("-2.88")) and not by_key["shah_2018"].counts(Fraction("2.87"))


NHS = {
    "sdq_self": (4, 4, 4, 5, 4),
    "sdq_parent": (4, 4, 4, 3, 3),
}


@pytest.mark.parametrize(("key", "expected"), NHS.items())
def test_the_thresholds_of_nhs_england_for_sdq(key: str, expected: tuple[int, ...]) -> None:
    published = load_key(key)
    assert tuple(published.scale(scale).thresholds[0].value for scale in FIVE) == expected
    assert published.scale("impact").thresholds[0].value == 3
    assert all(one.reached == "at_least" for scale in published.scales for one in scale.thresholds)


def test_scores_that_cannot_be_compared_are_refused() -> None:
    published, first = load_key("sdq_self"), score("sdq_self", "emotional", 5)
    with pytest.raises(ValueError, match="different measure: sdq_self, sdq_parent"):
        compare(published, first, score("sdq_parent", "emotional", 5))
    with pytest.raises(ValueError, match="different scale"):
        compare(published, first, score("sdq_self", "conduct", 5))
    with pytest.raises(ValueError, match="with the key of mmf"):
        compare(load_key("mmf"), first, first)
    parent = Score("sdq_self", 1, "standard", "parent", "emotional", Fraction(5))
    with pytest.raises(ValueError, match="different rater: young_person, parent"):
        compare(published, first, parent)


def test_what_cannot_be_told_is_not_called_no_change() -> None:
    missing = Score("sdq_self", 1, "standard", "young_person", "emotional", None)
    assert compare(load_key("sdq_self"), missing, score("sdq_self", "emotional", 5)) is None
    assert compare(load_key("sdq_self"), score("sdq_self", "total", 5), score("sdq_self", "total", 25)) is None
    assert band(load_key("sdq_self"), missing) is None


def test_a_code_that_no_answer_has_is_an_error_not_a_blank() -> None:
    with pytest.raises(ValueError, match="code 3 in column 3"):
        scores(load_key("sdq_self"), {3: 3})
    with pytest.raises(ValueError, match="no position 34"):
        scores(load_key("sdq_self"), {34: 1})


@given(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=25, max_size=25))
def test_sdq_scores_stay_whole_and_within_their_range(answers: list[int | None]) -> None:
    published = load_key("sdq_self")
    found = scores(published, dict(enumerate(answers, start=1)))
    for key, one in found.items():
        low, high = published.scale(key).range
        assert one.value is None or (low <= one.value <= high and one.value.denominator == 1)
    turned = scores(published, {n: None if one is None else 2 - one for n, one in enumerate(answers, start=1)})
    full = [key for key in FIVE if all(answers[n - 1] is not None for n in published.scale(key).items)]
    for key in full:  # answering the other way round gives the other end
        assert turned[key].value == 10 - (found[key].value or 0)


def test_compiled_scales_are_plain_numbers_for_any_columns() -> None:
    published = load_key("mmf")
    names = {n: f"m{n}" for n in range(1, 17)}
    compiled = compile_published(published, "behavioural", columns=names)
    assert isinstance(compiled, CompiledScale)
    assert compiled.columns == ("m11", "m12", "m13", "m14", "m15", "m16")
    assert compiled.points[4] == ((0, 2), (1, 1), (2, 0)) and compiled.points[0] == ((0, 0), (1, 1), (2, 2))
    assert (compiled.minimum_answered, compiled.lowest, compiled.highest, compiled.rounding) == (4, 0, 12, "none")
    total = compile_published(load_key("sdq_self"), "total")
    assert total == CompiledTotal("total", FIVE[:4], 4, "none")
    assert score_total(total, dict.fromkeys(FIVE, Fraction(2))) == 8
    with pytest.raises(KeyError):
        compile_published(published, "nowhere")


@pytest.mark.parametrize("key", ["sdq_self", "mmf", "brs", "core_10"])
def test_one_row_and_a_matrix_give_the_same(key: str) -> None:
    """The rule is written twice, exact for one person and fast for a million: here they are held together."""
    published, chance = load_key(key), np.random.default_rng(20261121)
    for scale in published.scales:
        compiled = compile_published(published, scale.key) if scale.items else None
        if not isinstance(compiled, CompiledScale) or compiled.unless or compiled.times != (1, 1):
            continue
        table = np.full((len(compiled.columns), 256), np.nan)
        for column, pairs in enumerate(compiled.points):
            for code, points in pairs:
                table[column, code] = points
        codes = chance.integers(0, len(compiled.points[0]), (200, len(compiled.columns))) + min(compiled.points[0])[0]
        codes[chance.random(codes.shape) < 0.3] = 254
        answered = matrix.points(codes, table)
        fast = matrix.scored(
            answered, compiled.minimum_answered, compiled.rounding == "half_up", compiled.rule == "mean"
        )
        for row, quick in zip(codes, fast, strict=True):
            given = {name: None if code == 254 else int(code) for name, code in zip(compiled.columns, row, strict=True)}
            exact = score_row(compiled, given)
            assert np.isnan(quick) if exact is None else quick == pytest.approx(float(exact), abs=1e-12)


# --- files of keys ---------------------------------------------------------------------------------------------------

TINY = """\
key: tiny
version: 1
title: A title
respondent: young_person
ages: [11, 17]
items: 4
codings:
  - {key: standard, low: 0, high: 2}
licence: {owner: Somebody, wording: holder, electronic: permission, whole: true, terms: Ask., source: a letter}
sources:
  one: A source
scales:
  - key: worry
    items: [1, 2]
    reversed: [2]
    direction: lower
    minimum_answered: 2
    range: [0, 8]
    table: {0: 0, 1: 2.5, 2: 4, 3: 6, 4: 8}
    mark: V
    source: one
    bands:
      - {key: two, mark: V, source: one, from: {low: 0, high: 5}}
    cutoffs:
      - {key: edge, side: at_least, value: 60, unit: t, mark: S, source: one}
    thresholds:
      - {key: own, value: 2, reached: at_least, mark: V, source: one}
  - key: ease
    items: [3, 4]
    direction: higher
    range: [0, 4]
    mark: V
    source: one
  - {key: all, parts: [worry], direction: lower, range: [0, 8], mark: V, source: one}
norms:
  - key: here
    validity: Here
    mark: V
    source: one
    groups:
      - {sex: female, ages: [11, 13], worry: [2, 1.5]}
      - {sex: male, ages: [11, 13], worry: [2, 1.5]}
"""
SPOILED = [
    ("missing_field", "title: A title\n", "", "key: tiny"),
    ("unknown_field", "version: 1", "version: 1\nwording: Are you well", "wording"),
    ("wrong_shape", "sources:\n  one: A source", "sources: [one]", "sources"),
    ("not_a_number", "4: 8}", "four: 8}", "table"),
    ("not_a_number", "value: 60", "value: sixty", "sixty"),
    ("not_read", "mark: S", "mark: M", "mark: M"),
    ("no_source", "mark: S, source: one", "mark: S, source: memory", "memory"),
    ("not_a_choice", "respondent: young_person", "respondent: teacher", "teacher"),
    ("not_a_choice", "side: at_least", "side: above", "above"),
    ("not_a_choice", "reached: at_least", "reached: at_most", "at_most"),
    ("not_a_choice", "wording: holder", "wording: anyone", "anyone"),
    ("not_a_choice", "sex: male", "sex: x", "sex: x"),
    ("not_a_choice", "    minimum_answered: 2", "    minimum_answered: 2\n    rounding: half_even", "half_even"),
    ("not_a_choice", "direction: higher", "direction: either", "either"),
    ("bad_key", "key: worry", "key: Worry", "Worry"),
    ("repeated", "key: ease", "key: worry", "worry"),
    ("empty_key", "items: 4\n", "items: 0\n", ""),
    ("bad_coding", "low: 0, high: 2}", "low: 2, high: 0}", "standard"),
    ("bad_coding", "low: 0, high: 2}", "low: 0, high: 999999999}", "standard"),
    ("bad_coding", "items: [3, 4]", "items: [3, 4]\n    codes: [1, 1]", "codes"),
    ("bad_points", "items: [3, 4]", "items: [3, 4]\n    points: {0: 0, 2: 2}", "points"),
    ("bad_position", "items: [3, 4]", "items: [3, 4]\n    unless: {item: 5, code: 0, score: 0}", "unless"),
    ("bad_position", "items: [3, 4]", "items: [3, 5]", "items"),
    ("bad_position", "items: [3, 4]", "items: [3, 3]", "items"),
    ("items_or_parts", "parts: [worry], ", "", "all"),
    ("scale_reversed", "reversed: [2]", "reversed: [3]", "reversed"),
    ("open_and_given", "reversed: [2]", "reversed: [2]\n    open: [reversed]", "open"),
    ("scale_minimum", "    range: [0, 4]", "    range: [0, 4]\n    minimum_answered: 3", "minimum_answered"),
    ("bad_part", "parts: [worry]", "parts: [all]", "all"),
    ("mixed_direction", "parts: [worry], direction: lower", "parts: [worry, ease], direction: lower", "all"),
    ("bad_range", "range: [0, 4]", "range: [0, 5]", "range: [0, 5]"),
    ("table_gap", "2: 4, 3: 6", "3: 6", "table"),
    ("table_order", "2: 4, 3: 6", "2: 6, 3: 4", "table"),
    ("table_needs_all", "minimum_answered: 2", "minimum_answered: 1", "minimum_answered"),
    ("bad_bands", "{low: 0, high: 5}", "{low: 1, high: 5}", "two"),
    ("bad_bands", "{low: 0, high: 5}", "{high: 5, low: 0}", "two"),
    ("out_of_reach", "value: 60, unit: t", "value: 60", "edge"),
    ("out_of_reach", "value: 2, reached", "value: 9, reached", "own"),
    ("no_norm", "source: one\n  - {key: all", "source: one\n    thresholds:\n"
     "      - {key: own, value: 2, unit: t, reached: at_least, mark: V, source: one}\n  - {key: all", "own"),
    ("bad_norm", "sex: male, ages: [11, 13], worry: [2, 1.5]", "sex: male, ages: [11, 13], worry: [2]", "male"),
    ("norms_overlap", "sex: male, ages: [11, 13]", "sex: female, ages: [13, 15]", "[13, 15]"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new", "within"), SPOILED)
def test_each_fault_of_a_key_is_found_and_in_its_line(code: str, old: str, new: str, within: str) -> None:
    text = TINY.replace(old, new, 1)
    assert text != TINY
    with pytest.raises(InstrumentFaults) as found:
        read_key(text.encode(), "tiny.yaml")
    mine = [fault for fault in found.value.faults if fault.code == code]
    assert mine, str(found.value)
    assert any(within in text.splitlines()[fault.line - 1] for fault in mine)
    assert all(fault.file == "tiny.yaml" and fault.wrong and fault.mend for fault in found.value.faults)


def test_the_tiny_key_has_no_fault_and_many_faults_come_at_once() -> None:
    assert read_key(TINY.encode()).scale("worry").table[1] == (1, Fraction(5, 2))
    text = TINY
    wanted = {"not_read", "bad_range", "bad_norm", "missing_field"}
    for code, old, new, _ in SPOILED:
        text = text.replace(old, new, 1) if code in wanted else text
    with pytest.raises(InstrumentFaults) as found:
        read_key(text.encode(), "tiny.yaml")
    assert wanted <= {fault.code for fault in found.value.faults}
    lines = [fault.line for fault in found.value.faults]
    assert lines == sorted(lines) and min(lines) > 0


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InstrumentFaults, match="unreadable"):
        read_key(tmp_path / "nowhere.yaml")
    with pytest.raises(KeyError):
        load_key("nowhere")


def test_every_code_is_tried_here(codes_of: Callable[..., set[str]]) -> None:
    tried = {case[0] for case in SPOILED} | set(REFUSED) | {"not_a_date", "not_a_digest", "unreadable"}
    assert codes_of("published_rules", "published", "keyfiles", "datafiles", "licences", "scores", "scoring") <= tried


# --- permission (L1) -------------------------------------------------------------------------------------------------

TEXT = (
    "key: own_text\nversion: 1\ntitle: A title\nages: [11, 17]\nmode: linked\nsitting: one_to_one\n"
    "respondent: young_person\nwaves: [before]\nintro: [One., Two., Three., Four.]\npages:\n  - key: first\n    items:\n"
    + "".join(
        f"      - {{key: i{n}, kind: one, text: Question {n}, options: [{{key: a, code: 0, label: Never}},"
        " {key: b, code: 1, label: At times}, {key: c, code: 2, label: Always}]}\n"
        for n in range(1, 17)
    )
).encode()
PERMISSION = (
    "measure: mmf\nholder: A service\nreference: Letter of 1 May\nelectronic: yes\nexpires: 2027-03-31\n"
    f"sha256: {hashlib.sha256(TEXT).hexdigest()}\ncolumns:\n" + "".join(f"  {n}: i{n}\n" for n in range(1, 17))
)
# code -> the measure, words of the permission that are replaced, and what stands there instead
REFUSED = {
    "another_measure": ("mmf", "measure: mmf", "measure: sdq_self"),
    "no_electronic_licence": ("mmf", "electronic: yes", "electronic: no"),
    "permission_expired": ("mmf", "2027-03-31", "2026-01-31"),
    "wording_changed": ("mmf", "sha256: ", "sha256: " + "0" * 64 + " #"),
    "only_a_part": ("mmf", "  16: i16\n", ""),
    "bad_position": ("mmf", "  16: i16\n", "  16: i15\n"),
    "unknown_item": ("mmf", "  16: i16\n", "  16: i99\n"),
    "codes_do_not_fit": ("who_5", "", ""),
    "coding_not_stated": ("cyrm_r", "", ""),
    "not_confirmed": ("yp_core", "", ""),
    "risk_in_private": ("core_10", "", ""),
    "no_permission": ("mmf", "", ""),
}


def refusals(code: str) -> dict[str, str]:
    measure, old, new = REFUSED[code]
    data = TEXT.replace(b"mode: linked\nsitting: one_to_one", b"mode: private") if code == "risk_in_private" else TEXT
    permission = None if code == "no_permission" else read_permission(PERMISSION.replace(old, new, 1).encode())
    with pytest.raises(InstrumentFaults) as found:
        columns(load_key(measure), read(data), data, permission, date(2026, 11, 21))
    return {fault.code: fault.mend for fault in found.value.faults}


@pytest.mark.parametrize("code", REFUSED)
def test_a_text_without_the_right_to_it_is_refused_with_a_remedy(code: str) -> None:
    found = refusals(code)
    assert found[code]
    if REFUSED[code][0] == "mmf":
        assert list(found) == [code]


@pytest.mark.parametrize("said", ["", "electronic: not_stated\n", "electronic: no\n"])
def test_an_sdq_without_a_stated_electronic_licence_is_refused(said: str) -> None:
    text = PERMISSION.replace("measure: mmf", "measure: sdq_self").replace("electronic: yes\n", said)
    if not said:
        text = text.replace("columns:", "electronic:\ncolumns:")
    with pytest.raises(InstrumentFaults) as found:
        columns(load_key("sdq_self"), read(TEXT), TEXT, read_permission(text.encode()), date(2026, 11, 21))
    (mend,) = [fault.mend for fault in found.value.faults if fault.code == "no_electronic_licence"]
    assert "ask the owner (Youthinmind) for electronic use in writing" in mend


def test_with_permission_the_items_stand_in_their_positions() -> None:
    permission = read_permission(PERMISSION.encode())
    found = columns(load_key("mmf"), read(TEXT), TEXT, permission, date(2027, 3, 31))
    assert found[15] == "i15"
    compiled = compile_published(load_key("mmf"), "behavioural", columns=found)
    assert isinstance(compiled, CompiledScale)
    assert score_row(compiled, {f"i{n}": 2 for n in range(11, 17)}) == 10


def test_a_permission_with_faults_gives_them_all() -> None:
    text = (
        PERMISSION.replace("2027-03-31", "next year")
        .replace("sha256: ", "sha256: x")
        .replace("electronic: yes", "electronic: perhaps")
    )
    with pytest.raises(InstrumentFaults) as found:
        read_permission(text.replace("  3: i3", "  three: i3").encode(), "permission.yaml")
    assert [(fault.code, fault.line) for fault in found.value.faults] == [
        ("not_a_choice", 4),
        ("not_a_date", 5),
        ("not_a_digest", 6),
        ("not_a_number", 10),
    ]


def test_one_check_reads_each_file_as_what_it_is(tmp_path: Path) -> None:
    names = {"text.yaml": TEXT.decode(), "permission.yaml": PERMISSION, "key.yaml": TINY.replace("mark: S", "mark: M")}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    shipped = [*keys().values(), *frameworks().values()]
    done = check([*(tmp_path / name for name in names), tmp_path / "nowhere.yaml", *shipped])
    assert [(fault.code, Path(fault.file).name) for fault in done.faults] == [
        ("unreadable", "nowhere.yaml"),
        ("not_read", "key.yaml"),
    ]
    assert len(done.summary) == len(shipped) + 2
    lines = "\n".join(done.summary)
    assert "own_text version 1: 16 questions" in lines
    assert "permission for mmf: A service, screens: yes, until 2027-03-31" in lines
    assert "framework cse version 1: 23 domains, 87 indicators" in lines
    assert "key yp_core version 1: 10 positions, 1 scales; still to be confirmed: risk, distress.reversed" in lines


def test_an_empty_permission_says_what_is_missing() -> None:
    with pytest.raises(InstrumentFaults) as found:
        read_permission(b"measure: mmf\n", "permission.yaml")
    assert {fault.code for fault in found.value.faults} == {"missing_field"} and len(found.value.faults) == 6


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_spoiled_file_gives_faults_or_a_value_and_nothing_else(data: st.DataObject) -> None:
    """Lines cut, doubled, moved in or replaced, in a key or a permission: judged, never stumbled over."""
    reader, text = data.draw(st.sampled_from([(read_key, TINY), (read_permission, PERMISSION)]))
    lines = text.splitlines(keepends=True)
    junk = [
        "",
        "- ",
        "x: [",
        "null\n",
        "range: []\n",
        "table: {}\n",
        "codings: []\n",
        "unless: 3\n",
        "ages: [1]\n",
        ": :\n",
    ]
    for _ in range(data.draw(st.integers(1, 3))):
        n, cut = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, 30))
        change = data.draw(st.sampled_from(["cut", "double", "move", *junk]))
        spoiled = {
            "cut": lines[n][:cut] + "999999999" + lines[n][cut:],
            "double": lines[n] * 2,
            "move": "  " + lines[n],
        }
        lines[n] = spoiled.get(change, change)
    try:
        assert reader("".join(lines).encode(), "a.yaml")
    except InstrumentFaults as found:
        assert all(fault.line >= 1 and fault.code and fault.wrong and fault.mend for fault in found.faults)
