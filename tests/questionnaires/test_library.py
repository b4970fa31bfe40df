"""The questionnaires we ship keep CARE's rules, in every language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import wtforms

from questionnaires.faults import InstrumentFaults
from questionnaires.files import check, library, load_library
from questionnaires.framework import Framework
from questionnaires.framework_files import load_framework
from questionnaires.instrument import RESERVED, Instrument, Item, Text
from questionnaires.rules import TREATMENT_OF
from questionnaires.scorecard import Feed, admit
from questionnaires.wording import missing, texts
from questionnaires.words_check import judge

PROGRAMMES = {
    1: ("online_play",),
    2: ("staying_safe", "adults_learning"),
    3: ("picture_views",),
    4: ("one_to_one", "support_feedback"),
    5: ("one_to_one", "one_to_one_worker", "support_feedback"),
    6: ("one_to_one", "support_to_25", "support_carer", "one_to_one_worker", "support_feedback"),
    7: ("young_women", "session_feedback", "support_feedback"),
    8: ("online_safety_talk", "online_safety_start", "online_safety_parent", "session_feedback"),
    9: ("films_and_tools",),
    10: ("feeling_better", "support_carer", "session_feedback", "support_feedback"),
    11: ("return_interview",),
    12: ("school_year",),
    13: ("places",),
    14: ("adults_learning",),
    15: ("change_programme", "partner_voice"),
    16: ("adults_learning", "learning_event"),
    17: ("my_days", "case_audit"),
    18: ("my_days",),
    19: ("eyes_and_ears",),
    20: ("looking_back",),
    21: ("services_and_me",),
    22: ("relationships", "staying_safe"),
}
"""The programmes of the source documents by their number there, and who serves each."""
FEEDS = {
    1: "D6 D7 D14",
    2: "D6 D7 D8 D14 S2",
    3: "D6 D7 D13",
    4: "D1 D3 D4 D5 D7 D10 D11 D13 D14",
    5: "D1 D3 D4 D5 D7 D10 D11 D13 D14",
    6: "D1 D3 D4 D5 D7 D10 D13 D14 C5",
    7: "D1 D5 D7 D8 D11 D13 D14",
    8: "D1 D6 D7 D10 C5",
    9: "D6 D7 D8",
    10: "D1 D3 D4 D5 D10 D13 D14 C5",
    11: "D2 D13",
    12: "C2 D7 D10 D11",
    13: "C1 C3 C4",
    14: "S2",
    15: "S3 S4",
    16: "S2",
    17: "D1 D10 D13",
    18: "D1 D10 D13",
    19: "S2",
    20: "S3",
    21: "D13",
    22: "D6 D7 D8",
}
"""The domains of the framework that the source hopes each programme moves. Episodes of going missing (D2) and what scales or
goals tell come from records and from published scales, never from a question of ours."""
FIRST = {"online_play", "staying_safe", "ordinary_activity"}
"""Both plays, and the ordinary questions of those beside them who say No thanks: in every language we ship."""
SEVEN = {"en", "cy", "ar", "pl", "ro", "uk", "ur"}
LETTERS = {"ur": "[\u0679\u06af\u06ba\u06be\u06c1\u06cc\u06d2]", "uk": "[\u0400-\u04ff]"}
SERVING = sorted({key for keys in PROGRAMMES.values() for key in keys})
KEYS = sorted({*SERVING, "ordinary_activity"})
ARABIC = sorted(FIRST)


def test_these_are_the_questionnaires() -> None:
    assert list(library()) == KEYS
    assert list(PROGRAMMES) == list(range(1, 23))


def test_no_worker_reads_what_is_thought_of_them() -> None:
    """The form about the worker is private; in one that the worker hands out and reads its questions are faults."""
    apart = load_library("support_feedback")
    assert apart.mode == "private"
    with pytest.raises(InstrumentFaults) as refused:
        replace(apart, mode="linked")
    assert [fault.code for fault in refused.value.faults].count("about_worker") == 3


@pytest.mark.parametrize("number", PROGRAMMES)
def test_a_file_says_which_programme_it_serves(number: int) -> None:
    for key in PROGRAMMES[number]:
        head = library()[key].read_text("utf-8").partition("\nkey:")[0]
        named = re.search(r"Programmes? ([0-9, and]+)of the source", head)
        assert named and number in map(int, re.findall(r"[0-9]+", named[1])), key
        assert "Rests on:" in head, key


AGES = {2: (11, 16), 5: (11, 18), 6: (11, 25), 7: (16, 24), 8: (11, 17), 10: (11, 18), 18: (8, 17)}
"""From which age to which the young people of a programme are, where the source says it or it follows from the work."""


@pytest.mark.parametrize("number", AGES)
def test_nobody_in_a_programme_is_too_young_or_too_old_for_every_form(number: int) -> None:
    forms = [one for one in map(load_library, PROGRAMMES[number]) if one.respondent == "young_person"]
    first = [one for one in forms if one.waves[0] != "after"]  # feedback afterwards is no measure of change
    asked = {age for one in first for age in range(one.ages[0], one.ages[1] + 1)}
    low, high = AGES[number]
    assert set(range(low, high + 1)) <= asked


@pytest.mark.parametrize("key", KEYS)
def test_every_word_was_looked_at(key: str) -> None:
    assert [str(one) for one in judge(load_library(key)).open] == []


OF_ONE_TIME = re.compile(r"\b(?:after|before|start|end|at first|ar ôl|cyn|dechrau|diwedd)\b", re.IGNORECASE)


@pytest.mark.parametrize("key", KEYS)
def test_a_title_is_true_in_every_wave(key: str) -> None:
    """Whoever is asked before a programme does not read that it is over, nor afterwards that it begins."""
    instrument = load_library(key)
    if len(instrument.waves) > 1:
        assert [words for words in instrument.title.values() if OF_ONE_TIME.search(words)] == []


@pytest.mark.parametrize("key", SERVING)
def test_each_is_short_and_ends_with_whether_it_was_hard(key: str) -> None:
    instrument = load_library(key)
    assert len(instrument.items) >= 8
    assert all(len(instrument.items_in(wave)) <= 15 for wave in instrument.waves)
    assert asked_alike(instrument.items[-1]) == asked_alike(load_library("staying_safe").item("upset"))
    assert all(item.tried_with == () for item in instrument.items)  # nobody has tried them: say so until somebody has
    assert instrument.respondent != "young_person" or 8 <= min(instrument.ages) <= max(instrument.ages) <= 25
    assert instrument.respondent == "young_person" or min(instrument.ages) >= 18


@pytest.mark.parametrize("key", SERVING)
def test_each_item_measures_what_the_framework_asks_for(key: str) -> None:
    framework, measured = load_framework("cse"), 0
    for item in [part for whole in load_library(key).items for part in whole.singly()]:
        if item.measure is None:
            continue
        measured += 1
        assert item.measure.dont_know == TREATMENT_OF.get(item.measure.family, item.measure.dont_know)
        if item.measure.indicator is not None:
            indicator = framework.indicator(item.measure.indicator)
            assert item.measure.family in indicator.cells, item.key
            assert item.measure.direction == indicator.direction, item.key
            assert indicator.smallest is None or item.measure.smallest >= 5, item.key
    assert measured >= 2


def in_both(words: Text) -> tuple[str | None, str | None]:
    return words.get("en"), words.get("cy")


def asked_alike(item: Item) -> tuple[object, ...]:
    """What has to be the same wherever a question is asked, so that ages and programmes compare."""
    options = [(one.key, one.code, in_both(one.label), one.negative, one.exclusive) for one in item.options]
    parts = [(one.key, in_both(one.text)) for one in item.parts]
    measure = item.measure and replace(item.measure, statement={"en": item.measure.statement["en"]})
    return (item.kind, in_both(item.text), options, parts, item.absences, item.sensitive, item.ordered, measure)


def test_a_question_is_the_same_wherever_it_is_asked() -> None:
    """The school year differs by age; everything else under one key is one question."""
    seen: dict[str, tuple[str, tuple[object, ...]]] = {}
    shared = set()
    for key in SERVING:
        for item in load_library(key).items:
            if item.key == "year_group":
                continue
            first, before = seen.setdefault(item.key, (key, asked_alike(item)))
            assert asked_alike(item) == before, (item.key, first, key)
            shared |= {item.key} if first != key else set()
    assert len(shared) >= 12


PRIVATE_WORDS = re.compile(r"\b(?:my (?:home|body)|at home|hurts?|your fault)\b", re.IGNORECASE)
"""What nobody who looks on should read an answer about (CARE C3)."""


@pytest.mark.parametrize("key", SERVING)
def test_home_and_body_are_asked_only_when_nobody_looks_on(key: str) -> None:
    instrument = load_library(key)
    if instrument.sitting != "one_to_one" or instrument.respondent not in ("young_person", "survivor"):
        return
    for item in instrument.items:
        told = [item.text["en"], *(option.label["en"] for option in item.told)]
        told += [words["en"] for words in (item.low, item.high) if words is not None]
        if any(PRIVATE_WORDS.search(words) for words in told):
            assert item.sensitive and item.condition and item.condition.options == ("alone",), item.key


ON_HARM = re.compile(r"\b(?:hurt|harm|danger|unsafe|not safe)\b", re.IGNORECASE)


def is_on_safety(item: Item) -> bool:
    """Whether the lowest answer says that somebody is not safe: by what it measures, or by what is written at 0."""
    indicator = item.measure.indicator if item.measure else None
    return item.answering == "one" and (
        indicator in ("feels_safe", "safety_scaled") or (item.low is not None and bool(ON_HARM.search(item.low["en"])))
    )


def test_nobody_whose_worker_reads_the_answers_is_unsafe_unseen() -> None:
    """Whoever says there that they, or their child, are not safe has told somebody: the lowest answers raise an alert
    (CARE B4). A worker's own rating tells nobody but that worker."""
    linked = [one for one in map(load_library, KEYS) if one.mode == "linked" and one.respondent != "practitioner"]
    assert sum(one.respondent == "young_person" for one in linked) >= 5
    steps = 0
    for instrument in linked:
        on_safety = [item for item in instrument.items if is_on_safety(item)]
        assert on_safety or instrument.respondent != "young_person", instrument.key
        for item in on_safety:
            telling = [one.code for one in item.options if one.alert]
            wanted = [0, 1, 2] if item.kind == "steps" else [item.options[0].code]
            assert telling == wanted, (instrument.key, item.key)
            steps += item.kind == "steps"
    assert steps == 4


@pytest.mark.parametrize("key", SERVING)
def test_who_answers_alone_is_asked_first_whether_somebody_can_see(key: str) -> None:
    instrument = load_library(key)
    if instrument.sitting == "one_to_one" and instrument.respondent in ("young_person", "survivor"):
        first = instrument.items[0]
        assert first.key.startswith("screen_seen")
        asked_alone = [item for item in instrument.items if item.sensitive and item.key != "upset"]
        assert all(item.condition and item.condition.options == ("alone",) for item in asked_alone)


def test_the_library_has_no_fault() -> None:
    done = check(library().values())
    assert done.faults == ()
    assert len(done.summary) == len(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_there_in_every_language(key: str) -> None:
    instrument = load_library(key)
    assert {language.code for language in instrument.languages} == (SEVEN if key in FIRST else {"en", "cy"})
    for language in instrument.languages:
        assert missing(instrument, language.code) == []


@pytest.mark.parametrize("key", KEYS)
def test_no_translation_is_open_to_children_before_a_speaker_has_checked_it(key: str) -> None:
    instrument = load_library(key)
    assert [language.code for language in instrument.languages if not language.draft] == ["en"]
    for language in instrument.languages:
        assert (language.direction == "rtl") == (language.code in ("ar", "ur"))


@pytest.mark.parametrize("key", ARABIC)
def test_arabic_is_in_arabic_letters_and_nothing_else_is(key: str) -> None:
    """Catches a text pasted under the wrong language."""
    for place, words in texts(load_library(key)):
        if not words["en"].isdigit():
            assert re.search(r"[\u0600-\u06ff]", words["ar"]), place
        assert not re.search(r"[\u0600-\u06ff]", words["en"] + words["cy"]), place


@pytest.mark.parametrize("key", sorted(FIRST))
def test_no_language_holds_the_words_of_another(key: str) -> None:
    """Every text differs from the English, and as a whole is written in its own letters."""
    told = [words for _, words in texts(load_library(key)) if not words["en"].isdigit()]
    for language in SEVEN - {"en"}:
        same = [words["en"] for words in told if words[language] == words["en"] and words["en"] != "Piano"]
        assert same == [], language
    for language, letters in LETTERS.items():
        own = sum(bool(re.search(letters, words[language])) for words in told)
        assert own > 0.8 * len(told), language


@pytest.mark.parametrize("key", KEYS)
def test_numbers_are_the_same_in_every_language(key: str) -> None:
    for place, words in texts(load_library(key)):
        if place[0] == "intro":
            numbers = {language: re.findall(r"\d{3,}", sentence) for language, sentence in words.items()}
            assert all(found == numbers["en"] for found in numbers.values()), place


def test_children_under_eleven_are_asked_ten_questions_at_most() -> None:
    primary = load_library("online_play")
    assert all(len(primary.items_in(wave)) <= 10 for wave in primary.waves)


def test_who_says_no_thanks_has_as_many_screens_as_the_longest_next_desk() -> None:
    light = load_library("ordinary_activity")
    for key in SERVING:
        instrument = load_library(key)
        if instrument.sitting == "group" and instrument.respondent == "young_person":
            longest = max(len(instrument.items_in(wave)) for wave in instrument.waves)
            assert len(light.items) >= longest, key


def test_exploitation_of_both_kinds_is_asked_with_the_play() -> None:
    play, both = load_library("staying_safe"), load_library("relationships")
    for key in ("sign_gift", "sign_debt", "friend_help"):  # to carry, by a debt, with drugs; and that one can get help
        for wave in ("before", "after"):
            assert key in [item.key for item in play.items_in(wave)] and key in [
                item.key for item in both.items_in(wave)
            ]


def test_violence_and_a_no_that_is_not_heard_are_asked_with_what_the_other_one_does() -> None:
    """Programme 22 names violent and coercive behaviour: who pushes is responsible, and going on after a no is wrong."""
    form = load_library("relationships")
    agreed = {"who_pushes": "the_pusher", "goes_on": "wrong", "sign_control": "warning"}
    for wave in form.waves:
        assert set(agreed) <= {item.key for item in form.items_in(wave)}
    for key, answer in agreed.items():
        measure = form.item(key).measure
        assert measure is not None and measure.agreed == (answer,) and measure.dont_know == "not_yet"


@pytest.mark.parametrize("key", ["online_play", "staying_safe"])
def test_a_play_is_measured_as_care_asks(key: str) -> None:
    instrument = load_library(key)
    assert instrument.mode == "private" and instrument.waves == ("before", "after", "follow_up")
    assert instrument.items[-1].text["en"] == "Was anything in these questions upsetting or hard to understand?"
    families = [item.measure.family for item in instrument.items if item.measure]
    assert {"knowledge", "help", "intention", "enjoyment"} <= set(families)
    assert sum(item.about for item in instrument.items) <= 2
    assert all(item.condition is None for item in instrument.items)
    assert "we cannot take your answers out" in instrument.intro[2]["en"]
    assert "Childline" in instrument.intro[3]["en"] and "0800 1111" in instrument.intro[3]["en"]


@pytest.mark.parametrize("key", ["online_play", "staying_safe"])
def test_weeks_later_knowledge_is_asked_again_and_what_was_done_instead_of_what_is_meant(key: str) -> None:
    instrument = load_library(key)
    asked = {wave: {item.key: item for item in instrument.items_in(wave)} for wave in instrument.waves}
    for item in instrument.items:
        if item.measure and item.measure.family == "knowledge":
            assert item.waves == instrument.waves, item.key
        assert not (item.measure and item.measure.family == "intention" and "follow_up" in item.waves), item.key
    since = [item for name, item in asked["follow_up"].items() if name not in asked["before"] | asked["after"]]
    assert 1 <= len(since) <= 2 and {item.measure.family for item in since if item.measure} == {"experience"}
    assert all(re.search(r"In the last|in the last|Since the play", item.text["en"]) for item in since)
    assert (
        "no_worry" in since[0].measure.excluded or "no_upset" in since[0].measure.excluded
    )  # no base of nobody's worries


NEIGHBOURS = [
    ("online_play", "staying_safe"),
    ("staying_safe", "relationships"),
    ("relationships", "young_women"),
    ("my_days", "one_to_one"),
    ("one_to_one", "support_to_25"),
    ("staying_safe", "support_to_25"),
    ("support_to_25", "young_women"),
]


@pytest.mark.parametrize(("younger", "older"), NEIGHBOURS)
def test_core_questions_repeat_from_one_age_to_the_next(younger: str, older: str) -> None:
    one, other = load_library(younger), load_library(older)
    assert one.ages[0] < other.ages[0]
    same = {item.key for item in one.items if item.measure} & {item.key for item in other.items if item.measure}
    assert "know_who" in same and len(same) >= 2
    for key in same:
        assert asked_alike(one.item(key)) == asked_alike(other.item(key)), key


def test_what_is_fine_is_asked_too() -> None:
    """Blanket suspicion must not look like knowledge: a third at primary schools, at least one elsewhere in the plays."""
    for key in KEYS:
        instrument = load_library(key)
        taught = [item for item in instrument.items if item.measure and item.measure.family == "knowledge"]
        fine = [item for item in taught if any(item.option(agreed).negative for agreed in item.measure.agreed)]
        least = len(taught) / 3 if min(instrument.ages) < 11 else key == "staying_safe"
        assert len(fine) >= least, (key, len(fine), len(taught))


def test_nobody_fills_the_cell_of_another() -> None:
    """What parents, workers or survivors say has a measure of its own in the framework, or feeds no indicator (CARE D)."""
    framework = load_framework("cse")
    raters = {one.key: {measure.rater for measure in one.measures} for one in framework.indicators}
    for key in KEYS:
        instrument = load_library(key)
        for measure in (single.measure for item in instrument.items for single in item.singly()):
            if measure is not None and measure.indicator is not None:
                assert instrument.respondent in raters[measure.indicator], (key, measure.indicator)


@pytest.mark.parametrize("number", PROGRAMMES)
def test_every_programme_feeds_the_framework_and_each_rater_has_a_cell_of_their_own(number: int) -> None:
    framework = load_framework("cse")
    for key in PROGRAMMES[number]:
        instrument, filled = load_library(key), 0
        for single in (one for item in instrument.items for one in item.singly()):
            if single.measure is None or single.measure.indicator is None:
                continue
            measures = framework.indicator(single.measure.indicator).measures
            mine = [one.key for one in measures if one.rater == instrument.respondent]
            feed = Feed(
                single.measure.indicator, mine[0], instrument.respondent, "response", (), single.measure.family, 50
            )
            filled += admit_or_group(framework, feed)
            for other in {one.key for one in measures if one.rater != instrument.respondent}:
                with pytest.raises(InstrumentFaults, match="raters_mixed"):
                    admit(framework, replace(feed, measure=other))
        assert filled, key


@pytest.mark.parametrize("number", PROGRAMMES)
def test_every_programme_feeds_the_domains_that_it_is_there_for(number: int) -> None:
    framework = load_framework("cse")
    items = [item for key in PROGRAMMES[number] for item in load_library(key).items]
    named = {measure.indicator for item in items for measure in item.measures if measure.indicator}
    assert set(FEEDS[number].split()) - {framework.domain_of(one).code for one in named} == set()


def test_what_one_to_one_support_is_said_to_change_is_asked() -> None:
    """Risk, harm to self, emotional health and resilience (Base 58), of the young person and of the worker apart."""
    framework = load_framework("cse")
    wanted = {
        "safety_scaled": 2,
        "contact_of_concern": 1,
        "self_harm_told": 1,
        "everyday_feelings": 1,
        "manages_hard_days": 2,
    }
    for indicator, raters in wanted.items():
        asked = {
            form.respondent
            for form in map(load_library, PROGRAMMES[5])
            for item in form.items
            if any(measure.indicator == indicator for measure in item.measures)
        }
        assert len(asked) == raters and asked <= {one.rater for one in framework.indicator(indicator).measures}, (
            indicator
        )


def admit_or_group(framework: Framework, feed: Feed) -> bool:
    """Whether a cell takes the answers as they are, or as counts by group, place or service."""
    level = framework.indicator(feed.indicator).level
    return admit(framework, replace(feed, rows=feed.rows if level == "person" else level)).rater == feed.rater


def test_primary_answers_are_at_most_three() -> None:
    for item in load_library("online_play").items:
        if not item.about:
            assert len(item.options) + ("dont_know" in item.absences and len(item.options) == 2) <= 3


def test_statements_fit_their_sentence() -> None:
    for key in KEYS:
        for item in load_library(key).items:
            if item.measure:
                words = item.measure.statement["en"]
                assert words[0].islower() and words[-1] not in ".?" and not words.startswith(("pupils", "that"))


def test_the_light_questions_ask_nothing_of_weight() -> None:
    light = load_library("ordinary_activity")
    assert not any(item.sensitive or item.about or item.measure or item.condition for item in light.items)


@pytest.mark.parametrize("key", ["my_days", "picture_views", "feeling_better", "online_play", "staying_safe"])
def test_who_reads_with_effort_has_a_short_sentence_and_a_picture_for_every_question(key: str) -> None:
    plainer = 0
    for item in load_library(key).items:
        easy = {version.name: version for version in item.versions}
        assert "easy_read" in easy, item.key
        sentences = re.split(r"[.?!]", easy["easy_read"].text["en"])
        assert easy["easy_read"].picture and max(len(one.split()) for one in sentences) <= 15, item.key
        plainer += "plain" in easy
    assert plainer >= 3 or key == "online_play"  # whose own words are plain already


def test_printing_is_asked_where_words_are_written_and_it_is_allowed() -> None:
    for key in KEYS:
        for item in load_library(key).items:
            allowed = (
                key == "picture_views"
            )  # private, from 13, and no service of domestic abuse or exploitation (CARE B8)
            assert item.may_print == (item.kind == "text" and allowed), (key, item.key)


def test_what_is_only_remembered_is_asked_once_and_feeds_nothing() -> None:
    """Then and now, straight after, of adults, and only in the form that has no before (CARE E11)."""
    looking_back = {key: [item for item in load_library(key).items if item.then_test] for key in KEYS}
    assert [key for key, items in looking_back.items() if items] == ["learning_event"]
    form = load_library("learning_event")
    assert form.waves == ("after",) and min(form.ages) >= 18
    for item in looking_back["learning_event"]:
        assert item.text["en"].startswith("As you remember, ") and item.measure and item.measure.indicator is None
        assert item.options == form.item(item.key.replace("then_", "adult_")).options  # now, in the same steps


def test_what_adults_remember_of_their_childhood_stands_on_no_scorecard() -> None:
    """Survivors are asked about then and about now; only now has an indicator (CARE E11)."""
    form = load_library("looking_back")
    fed = {item.key for item in form.items if any(measure.indicator for measure in item.measures)}
    assert fed == {"now_support"}
    then = [item for item in form.items if "under 18" in item.text["en"]]
    assert len(then) >= 5 and not fed & {item.key for item in then}


def test_who_was_taught_nothing_judges_no_teaching() -> None:
    """It is no step above "very useful", and nobody who was taught nothing stands in the base of how useful it was."""
    item = load_library("picture_views").item("school_teaching")
    assert not item.ordered and item.measure is not None and item.measure.excluded == ("none_yet",)


INDICATOR_OF = {
    ("staying_safe", "sign_control"): "sees_control",
    ("online_play", "telling"): None,  # how easy it would be is no knowledge of whom to tell
    **{
        ("services_and_me", f"heard_by.{agency}"): "voice_audience"
        for agency in ("police", "social_work", "court", "health")
    },
}


@pytest.mark.parametrize(("key", "name"), INDICATOR_OF)
def test_an_answer_feeds_the_indicator_that_it_speaks_of(key: str, name: str) -> None:
    found = {single.key: single.measure for item in load_library(key).items for single in item.singly()}[name]
    assert found is not None and found.indicator == INDICATOR_OF[key, name]


def test_no_item_key_is_an_attribute_of_a_form() -> None:
    attributes = {name for name in dir(wtforms.Form()) if re.fullmatch(r"[a-z][a-z0-9_]*", name)}
    assert attributes <= RESERVED


def test_an_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_library("../library/staying_safe")


def test_an_instrument_finds_its_parts() -> None:
    instrument: Instrument = load_library("staying_safe")
    assert instrument.item("know_who").option("know").code == 1
    assert "enjoyed" not in {item.key for item in instrument.items_in("before")}
    for search in (instrument.item, instrument.language, instrument.item("know_who").option):
        with pytest.raises(KeyError):
            search("nowhere")
