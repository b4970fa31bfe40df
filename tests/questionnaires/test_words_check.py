"""Words that children stumble over are warned of, in their place; good words and explained ones are left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.ages import BANDS, bands_of, strictest
from questionnaires.files import library, load_library, read
from questionnaires.words_check import CODES, judge, judge_file
from questionnaires.words_patterns import reading_grade

ASKED = "text: Which ways?"
FIVE_FACES = """- {key: high, code: 3, label: A lot}
          - {key: top, code: 4, label: More than a lot}
          - {key: all, code: 5, label: All of it}"""
MANY = "".join(
    f"      - {{key: more_{n}, kind: number, text: How many?, minimum: 0, maximum: 9, absences: [dont_know]}}\n"
    for n in range(27)
)
MANY += "scales:\n"
AT_RISK = (
    "Are you safe at home?",
    "At home, is anyone scared?",
    "What happens when you are at home?",
    "Have you ever had sex?",
    "Do you get sexual messages?",
)
CONDITION = "        condition: {item: known, options: [good]}\n"
# code, what is replaced in the tiny questionnaire, and what stands there instead
STUMBLES = [
    ("double_negative", ASKED, "text: Which ways are not unsafe?"),
    ("double_negative", ASKED, "text: I don’t never feel not well today."),
    ("double_negative", "text: Do you know it?", "text: Do you not know it?"),
    ("two_questions", ASKED, "text: Are you happy and healthy?"),
    ("two_questions", ASKED, "text: Which ways? Which of them are good?"),
    ("two_questions", ASKED, "text: I like the play as well as the talk."),
    ("long_sentence", ASKED, "text: Which of all the very many ways there are in this town would you take one day?"),
    ("long_sentence", "label: Left", "label: " + "one more of many words " * 4),
    (
        "long_sentence",
        "[One.,",
        "[" + "one word more than there should be in a sentence that children read aloud today so,",
    ),
    ("passive", ASKED, "text: Which ways are taken by your friends?"),
    ("passive", ASKED, "text: Which pictures have been shared?"),
    ("passive", ASKED, "text: Was the lesson taught well?"),
    ("passive", ASKED, "text: By whom were you helped?"),
    ("idiom", ASKED, "text: Which ways make you feel blue?"),
    ("idiom", ASKED, "text: Do you lose your temper at school?"),
    ("idiom", "label: Left", "label: It was a piece of cake"),
    ("idiom", ASKED, "text: How sure are you how to stand by them?"),
    ("idiom", ASKED, "text: Which of you stood by a friend?"),
    ("idiom", ASKED, "text: Did a grown-up take in what you said?"),
    ("idiom", ASKED, "text: Who took in what you said?"),
    ("idiom", ASKED, "text: Who told you what came of it?"),
    ("idiom", "label: Left", "label: So so"),
    ("sensory_instruction", ASKED, "text: Which of the ways on the left?"),
    ("sensory_instruction", ASKED, "text: Which of the ways? Listen to the sound."),
    ("sensory_instruction", "unit: times", "unit: times\n        hint: Tap a number."),
    ("no_time_frame", "text: How many?", "text: How often?"),
    ("no_time_frame", "text: How many?", "text: How many times has anyone helped you?"),
    ("no_time_frame", "text: How was it?", "text: How have you been?"),
    ("no_time_frame", "text: How many?", "text: Did you miss school?"),
    ("agree_disagree", "ages: [11, 16]", "ages: [8, 16]"),
    ("unbalanced_options", "label: Not much", "label: Bad"),
    ("unbalanced_options", "label: Great", "label: Good too"),
    ("no_absence", "absences: [rather_not]\n", "absences: []\n"),
    ("no_absence", "        absences: [dont_know]\n", "        absences: [rather_not]\n"),
    ("no_absence", "absences: [rather_not]\n", "absences: [dont_know]\n        sensitive: true\n"),
    ("blame", ASKED, "text: Which healthy choices will you make?"),
    ("blame", ASKED, "text: Why didn’t you tell?"),
    ("blame", ASKED, "text: Do you stay safe online?"),
    ("blame", ASKED, "text: Are they resisting “peer pressure”?"),
    ("blame", "label: Left", "label: They were asking for it"),
    ("too_many_points", "- {key: high, code: 3, label: A lot}", FIVE_FACES),
    ("too_many_points", "kind: faces", "kind: steps\n        low: Little\n        high: Much"),
    ("too_many_items", "scales:\n", MANY),
    *(("maybe_sensitive", ASKED, f"text: {asked}") for asked in AT_RISK),
    ("maybe_sensitive", ASKED, "text: Do you take drugs?"),
    ("maybe_sensitive", "label: Left", "label: Somebody hit me"),
    ("screen_not_asked", "mode: private", "mode: private\nsitting: one_to_one"),
    ("screen_ignored", "mode: private", "mode: private\nsitting: one_to_one"),
    ("uneven_screens", "        ordered: true\n", f"        ordered: true\n{CONDITION}"),
    (
        "explains_nothing",
        "        text: How many?",
        "        text: How many?\n        words_explained: {idiom: It is plain}",
    ),
    ("explains_nothing", "version: 1\n", "version: 1\nwords_explained: {pasive: A slip}\n"),
]
YOUNG = ("ages: [11, 16]", "ages: [8, 16]")
WITH = {
    "screen_ignored": [
        ("text: Do you know it?", "text: Can anyone else see your screen?"),
        ("absences: [rather_not]\n", "absences: [rather_not]\n        sensitive: true\n"),
    ],
    "screen_not_asked": [("absences: [rather_not]\n", "absences: [rather_not]\n        sensitive: true\n")],
    "too_many_points": [YOUNG, ("family: knowledge", "family: awareness")],
    "double_negative": [("label: Good", 'label: "Yes"'), ("label: Bad", 'label: "No"')],
    "agree_disagree": [("label: Left", "label: I agree"), ("family: knowledge", "family: awareness")],
    "unbalanced_options": [
        ("label: It was okay", "label: Good"),
        ("label: A lot", "label: Excellent"),
        ("label: Bad, negative", "label: Excellent}\n          - {key: third, code: 3, label: Great, negative"),
    ],
}
GOOD = [
    "What is your sex?",
    "Which language do you speak at home?",
    "Do you have a computer at home?",
    "Are your brothers and sisters older than you?",
    "Are you 13 or over?",
    "Are you worried about something?",
    "Were you tired today?",
    "Is the door red?",
    "Is the child tired?",
    "How often did you laugh this week?",
    "Have you ever seen a play?",
    "Is it not the adult who is responsible?",
    "Do you need help with this?",
    "If something went wrong, would you tell someone?",
    "Do you agree to go on?",
    "Did you drink water today?",
    "Did you like the play?",
    "Did you stand by the door today?",
    "Would you take in a cat?",
    "Did your teacher listen to what you said?",
    "Did they say nothing?",
    "Is it “safe” to tell a teacher?",
]


def clean(tiny_file: str) -> str:
    """The tiny questionnaire, with the one way out that it lacks, and the same questions for all in a group."""
    return tiny_file.replace(CONDITION, "").replace("ordered: true\n", "ordered: true\n        absences: [dont_know]\n")


def spoiled(tiny_file: str, code: str, old: str, new: str) -> str:
    text = clean(tiny_file)
    if code == "too_many_points":
        text = text[: text.index("scales:")]
    if "kind: steps" in new:  # 0 to 10 stand in no file, and no score is made of them here
        text = text[: text.rindex("        options:\n")]
    for before, after in WITH.get(code, ()):
        if before != old:
            text = text.replace(before, after, 1)
    assert old in text
    return text.replace(old, new, 1)


def test_the_clean_questionnaire_has_no_warning(tiny_file: str) -> None:
    assert judge(read(clean(tiny_file).encode())).open == ()


@pytest.mark.parametrize(("code", "old", "new"), STUMBLES)
def test_each_stumble_is_warned_of_in_its_line(tmp_path: Path, tiny_file: str, code: str, old: str, new: str) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(spoiled(tiny_file, code, old, new))
    found = judge_file(path).open
    assert {one.code for one in found} == {code}, "\n".join(map(str, found))
    assert all(one.file == str(path) and one.line and one.wrong and one.mend for one in found)
    if old == ASKED:
        assert "text:" in path.read_text().splitlines()[found[0].line - 1]


@pytest.mark.parametrize(
    ("text", "condition", "is_ignored"),
    [
        ("Which ways?", None, True),
        ("Which ways?", "{item: known, options: [good]}", True),
        ("Which ways?", "{item: known, options: [good, bad]}", True),
        ("Which ways?", "{item: known, options: [bad]}", False),
        ("Was anything in these questions upsetting or hard to understand?", None, False),
    ],
)
def test_what_is_sensitive_is_asked_only_where_nobody_looks_on(
    tiny_file: str, text: str, condition: str | None, is_ignored: bool
) -> None:
    asked = f"text: {text}\n        sensitive: true\n" + (f"        condition: {condition}\n" if condition else "")
    alone = clean(tiny_file).replace("mode: private", "mode: private\nsitting: one_to_one")
    alone = alone.replace("Do you know it?", "Can anyone else see your screen?").replace("text: Which ways?\n", asked)
    alone = alone.replace("label: Good", 'label: "Yes"').replace("label: Bad", 'label: "No"')
    found = [one for one in judge(read(alone.encode())).open if one.code == "screen_ignored"]
    assert [one.place for one in found] == ([("pages", 0, "items", 1)] if is_ignored else [])
    after = alone.replace(
        "text: How many?", "text: How many?\n        sensitive: true\n        condition: {item: ways, options: [left]}"
    )
    later = [one for one in judge(read(after.encode())).open if one.place == ("pages", 1, "items", 0)]
    assert bool(later) == (condition is None or "good" in condition), "what hangs on it is asked no more often"


def test_every_code_is_tried_here() -> None:
    assert {code for code, _, _ in STUMBLES} == {*CODES, "explains_nothing"}


def test_an_order_from_little_to_much_does_not_end_in_a_no(tiny_file: str) -> None:
    text = clean(tiny_file)
    for last in ("label: Nothing of it", "label: A lot, negative: true"):
        (warning,) = judge(read(text.replace("label: A lot", last, 1).encode())).open
        assert warning.code == "unbalanced_options" and "from little to much" in warning.wrong
    unordered = text.replace("        ordered: true\n", "", 1).replace("label: A lot", "label: Nothing of it", 1)
    assert judge(read(unordered.encode())).open == ()


@pytest.mark.parametrize("words", GOOD)
def test_good_words_are_left_alone(tiny_file: str, words: str) -> None:
    assert judge(read(clean(tiny_file).replace("Which ways?", words).encode())).open == ()


def test_an_explanation_silences_its_own_warning_in_its_own_item_only(tiny_file: str) -> None:
    passive = (
        clean(tiny_file).replace("Which ways?", "Which ways are taken?").replace("How many?", "How many are taken?")
    )
    why = "text: Which ways are taken?\n        words_explained: {passive: Nobody in particular takes them}"
    judged = judge(read(passive.replace("text: Which ways are taken?", why).encode()))
    assert [(one.code, one.place[:4]) for one in judged.open] == [("passive", ("pages", 1, "items", 0))]
    assert [why for _, why in judged.explained] == ["Nobody in particular takes them"]


def test_an_empty_explanation_explains_nothing(tiny_file: str) -> None:
    text = clean(tiny_file).replace(
        "text: Which ways?", "text: Which ways are taken?\n        words_explained: {passive: }"
    )
    assert {one.code for one in judge(read(text.encode())).open} == {"passive", "explains_nothing"}


def test_the_title_and_the_opening_are_explained_at_the_head(tiny_file: str) -> None:
    text = clean(tiny_file).replace("Two.", "Nothing is kept.")
    assert [one.place for one in judge(read(text.encode())).open] == [("intro", 1)]
    explained = text.replace("version: 1\n", "version: 1\nwords_explained: {passive: As agreed}\n")
    assert judge(read(explained.encode())).open == ()


def test_agreeing_is_fine_from_eleven_and_faces_may_all_be_good(tiny_file: str) -> None:
    text = clean(tiny_file).replace("label: Left", "label: I agree")
    faces = [("Not much", "Good"), ("It was okay", "Great"), ("A lot", "Excellent")]
    for old, new in faces:
        text = text.replace(f"label: {old}", f"label: {new}")
    assert judge(read(text.encode())).open == ()


def test_what_is_marked_or_measures_what_is_known_is_not_suspected(tiny_file: str) -> None:
    """Where to get help with drugs is no question about drugs; an own experience stays one."""
    asked = clean(tiny_file).replace("Do you know it?", "Do you know where to get help with drugs?")
    assert judge(read(asked.encode())).open == ()
    own = asked.replace("family: knowledge", "family: experience").replace("dont_know: not_yet", "dont_know: apart")
    assert "maybe_sensitive" in {one.code for one in judge(read(own.encode())).open}
    alone = own.replace("mode: private", "mode: private\nsitting: one_to_one")
    marked = alone.replace("        measure:", "        sensitive: true\n        measure:")
    assert "maybe_sensitive" not in {one.code for one in judge(read(marked.encode())).open}


def test_what_tells_groups_apart_is_not_suspected(tiny_file: str) -> None:
    """The mark would keep its figures from the reports, and nobody asks about harm to make groups."""
    own = clean(tiny_file).replace("Do you know it?", "Did anyone hit you this week?")
    own = own.replace("family: knowledge", "family: experience").replace("dont_know: not_yet", "dont_know: apart")
    assert "maybe_sensitive" in {one.code for one in judge(read(own.encode())).open}
    found = read(own.encode())
    pages = [
        replace(page, items=tuple(replace(item, about=True, measure=None) for item in page.items))
        for page in found.pages
    ]
    assert "maybe_sensitive" not in {one.code for one in judge(replace(found, pages=tuple(pages))).open}


@pytest.mark.parametrize("key", sorted(library()))
def test_the_library_has_no_warning_unexplained(key: str) -> None:
    judged = judge_file(library()[key])
    assert judged.open == (), "\n".join(map(str, judged.open))
    assert "a note only" in judged.note


def test_the_reading_grade_orders_the_obvious_and_misses_the_rest() -> None:
    easy, middle = "I feel good.", "I feel optimistic about the future."
    hard = "To what extent would you characterise your educational environment as conducive to emotional wellbeing?"
    assert reading_grade(easy) < reading_grade(middle) < reading_grade(hard)
    assert reading_grade("I don't never feel not safe.") < 2  # why it is a note and no more
    assert reading_grade("") == reading_grade("???") == 0


def test_every_age_has_its_band_and_the_youngest_decide() -> None:
    assert [band.name for band in BANDS] == ["8-10", "11-13", "14-17", "18-25"]
    assert [one.low for one in BANDS[1:]] == [one.high + 1 for one in BANDS[:-1]]
    for ages, names in [
        ((8, 11), "8-10 11-13"),
        ((12, 25), "11-13 14-17 18-25"),
        ((5, 6), "8-10"),
        ((30, 120), "18-25"),
    ]:
        assert " ".join(band.name for band in bands_of(ages)) == names
    assert strictest((9, 16)).faces and strictest((11, 16)).most_points == 5


@pytest.mark.parametrize("key", sorted(library()))
def test_the_library_asks_no_age_more_than_it_can_answer(key: str) -> None:
    codes = {warning.code for warning in judge(load_library(key)).open}
    assert not codes & {"too_many_points", "too_many_items"}
