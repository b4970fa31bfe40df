"""Surveys from LimeSurvey, old files and new: what can be asked is kept, the rest is named by question."""

from __future__ import annotations

import time
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.files import read
from questionnaires.imported import Imported
from questionnaires.lss import read_lss
from questionnaires.lss_tables import LARGEST_FILE, plain
from questionnaires.writing import files_of

Rows = list[dict[str, str]]


def lss(kind: str = "Survey", **tables: Rows) -> bytes:
    parts = [f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>415</DBVersion>"]
    for name, rows in tables.items():
        fields = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in {"x": ""}.items())
        made = ("".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in row.items()) for row in rows)
        parts.append(
            f"<{name}><fields>{fields}</fields><rows>{''.join(f'<row>{one}</row>' for one in made)}</rows></{name}>"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?><document>{"".join(parts)}</document>'.encode()


QUESTIONS: Rows = [
    {"qid": "1", "gid": "7", "type": "L", "title": "Q1", "question_order": "1", "mandatory": "Y", "relevance": "1"},
    {"qid": "2", "gid": "7", "type": "M", "title": "Q2", "question_order": "2", "relevance": '((Q1.NAOK == "A1"))'},
    {"qid": "3", "gid": "7", "type": "N", "title": "Q3", "question_order": "0", "relevance": ""},
    {"qid": "4", "gid": "8", "type": "F", "title": "Q4", "question_order": "1", "relevance": "1"},
    {"qid": "5", "gid": "8", "type": "T", "title": "Q5", "question_order": "2", "relevance": "1"},
    {"qid": "6", "gid": "8", "type": "Y", "title": "Q6", "question_order": "3", "relevance": "Q3 > 4"},
    {
        "qid": "9",
        "gid": "8",
        "type": "5",
        "title": "Q9",
        "question_order": "4",
        "relevance": "Q2_SQ1.NAOK=='Y' || 11X7X2SQ2 == 'Y'",
    },
    {"qid": "10", "gid": "8", "type": "O", "title": "Q10", "question_order": "5", "other": "Y", "preg": "[0-9]"},
]
SUB: Rows = [
    {"qid": "21", "parent_qid": "2", "title": "SQ1", "question_order": "1"},
    {"qid": "22", "parent_qid": "2", "title": "SQ2", "question_order": "2"},
    {"qid": "23", "parent_qid": "2", "title": "SQ3", "question_order": "3"},
    {"qid": "41", "parent_qid": "4", "title": "R1", "question_order": "1"},
    {"qid": "42", "parent_qid": "4", "title": "R2", "question_order": "2"},
]
WORDS = {
    "1": "<p>Which <b>one</b>?</p>",
    "2": "Which of these?",
    "3": "How many?",
    "4": "How was it:",
    "5": "Anything else?",
    "6": "Is it so, {Q1.shown}?",
    "9": "How much?<img src=x onerror=alert(1)>",
    "10": "Why?",
    "21": "Walk",
    "22": "Swim",
    "23": "None",
    "41": "at school?",
    "42": "at home?",
}
ANSWERS: Rows = [
    {"qid": qid, "aid": f"{qid}{n}", "code": f"A{n}", "sortorder": str(n), "scale_id": "0"}
    for qid in ("1", "4", "10")
    for n in (3, 1, 2)
]
LABELS = {1: "Good", 2: "Bad", 3: "I don't know"}


def newer(**more: Rows) -> bytes:
    told = [{"qid": qid, "question": words, "help": "", "language": "en"} for qid, words in WORDS.items()]
    told += [{"qid": "1", "question": "Pa un?", "help": "Dewisa", "language": "cy"}]
    answers = [{"aid": one["aid"], "answer": LABELS[int(one["code"][1:])], "language": "en"} for one in ANSWERS]
    tables: dict[str, Rows] = {
        "answers": ANSWERS,
        "answer_l10ns": answers,
        "groups": [{"gid": "8", "group_order": "2", "grelevance": "1"}, {"gid": "7", "group_order": "1"}],
        "group_l10ns": [
            {"gid": "7", "group_name": "About you", "language": "en"},
            {"gid": "8", "group_name": "The rest", "description": "Read this", "language": "en"},
        ],
        "questions": QUESTIONS,
        "subquestions": SUB,
        "question_l10ns": told,
        "question_attributes": [
            {"qid": "2", "attribute": "exclude_all_others", "value": "SQ3"},
            {"qid": "2", "attribute": "random_order", "value": "1"},
            {"qid": "2", "attribute": "hidden", "value": "0"},
            {"qid": "3", "attribute": "max_num_value_n", "value": "20"},
        ],
        "surveys": [{"sid": "11", "language": "en"}],
        "surveys_languagesettings": [
            {"surveyls_language": "en", "surveyls_title": "My survey", "surveyls_welcometext": "<p>Welcome!</p>"}
        ],
    }
    return lss(**(tables | more))


def check_draft(found: Imported) -> None:
    draft = found.draft
    assert draft is not None
    (name, source), *others = files_of(draft).items()
    assert found.faults or read(source, name, dict(others)) == draft


def test_a_newer_survey_is_kept_as_far_as_can_be() -> None:
    found = read_lss(newer(), "x.lss")
    draft = found.draft
    assert draft is not None and not found.faults, found.faults
    assert draft.key == "my_survey"
    assert [[item.key for item in page.items] for page in draft.pages] == [
        ["q3", "q1", "q2"],
        ["q4_r1", "q4_r2", "q5", "q6", "q9", "q10"],
    ]
    first = draft.item("q1")
    assert first.text == {"en": "Which one?", "cy": "Pa un?"} and first.hint is None
    assert [one.where for one in found.findings if one.code == "no_english"] == ["question Q1"]
    assert [(one.label["en"], one.code) for one in first.options] == [("Good", 1), ("Bad", 2)]
    assert first.absences == ("dont_know",)
    assert (draft.item("q5").kind, draft.item("q5").size) == ("text", "long")
    several = draft.item("q2")
    assert [(one.key, one.exclusive) for one in several.options] == [("sq1", False), ("sq2", False), ("sq3", True)]
    assert several.condition is not None and (several.condition.item, several.condition.options) == ("q1", ("a1",))
    assert (draft.item("q3").minimum, draft.item("q3").maximum) == (0, 20)
    assert draft.item("q4_r2").text["en"] == "How was it: at home?"
    points = draft.item("q9").condition
    assert points is not None and (points.item, points.options) == ("q2", ("sq1", "sq2"))
    assert draft.language("cy").draft and draft.pages[0].title == {"en": "About you"}
    mends = [one.mend for one in found.findings if one.wrong.startswith("it does not say ages")]
    assert mends == ["change it in the draft, under Title, ages and opening"], "a survey of this sort has no sheets"
    check_draft(found)


def test_a_question_is_found_by_its_number_in_newer_files() -> None:
    """`Q1` is the question with that code; where there is none, the first one that was ever made."""
    renamed = (
        newer()
        .replace(b"<title>Q1</title>", b"<title>walking</title>")
        .replace(b"<title><![CDATA[Q1]]>", b"<title><![CDATA[walking]]>")
    )
    found = read_lss(renamed, "x.lss")
    assert found.draft is not None
    condition = next(item.condition for item in found.draft.items if item.text["en"] == "Which of these?")
    assert condition is not None and condition.item == "walking"


GROUPS: Rows = [{"gid": "7", "group_order": "1"}, {"gid": "8", "group_order": "2"}]


def test_what_a_group_depends_on_each_of_its_questions_does() -> None:
    """Asked of everybody, a question that was meant for those whom it concerns would be another question."""
    asked = {**GROUPS[1], "grelevance": '((Q1.NAOK == "A2"))'}
    found = read_lss(newer(groups=[GROUPS[0], asked]), "x.lss")
    assert found.draft is not None
    held = {item.key: item.condition for item in found.draft.items}
    first, second, *rest = found.draft.pages
    assert rest == [] and all(item.condition is None for item in first.items if item.key != "q2")
    assert {item.condition and item.condition.item for item in second.items} == {"q1", "q2"}
    assert held["q10"] is not None and (held["q10"].item, held["q10"].options) == ("q1", ("a2",))
    said = [one.where for one in found.findings if "the condition of its group" in one.wrong]
    assert said == ["question Q9"], "one condition an item: its own stays, and the other is named"


def test_what_a_group_depends_on_is_no_loss_where_the_earlier_question_did_too() -> None:
    both = [{**one, "grelevance": 'Q1.NAOK == "A1"'} for one in GROUPS[1:]]
    found = read_lss(newer(groups=[GROUPS[0], *both]), "x.lss")
    assert not any("the condition of its group" in one.wrong for one in found.findings), "Q2, too, hangs on Q1 == A1"
    within = [{**one, "gid": "8", "relevance": "1"} if one["title"] == "Q2" else one for one in QUESTIONS]
    within[1]["question_order"] = "0"
    found = read_lss(
        newer(groups=[GROUPS[0], {**GROUPS[1], "grelevance": 'Q1.NAOK == "A1"'}], questions=within), "x.lss"
    )
    assert not any("the condition of its group" in one.wrong for one in found.findings), "Q2 stands in that group"


def test_a_formula_of_a_group_is_named_at_each_of_its_questions() -> None:
    found = read_lss(newer(groups=[GROUPS[0], {**GROUPS[1], "grelevance": "Q3 > 4"}]), "x.lss")
    said = [one.where for one in found.findings if "the condition of its group" in one.wrong]
    assert found.draft is not None and len(said) == len(found.draft.pages[1].items)
    assert "group The rest" in [one.where for one in found.findings if one.code == "unsupported_relevance"]


def test_what_cannot_be_kept_is_listed_by_question() -> None:
    said = {(one.where, one.code) for one in read_lss(newer(), "x.lss").findings}
    for where, code in [
        ("question Q1", "required"),
        ("question Q1, answer A3", "absence"),
        ("question Q2", "attribute"),
        ("question Q4", "array"),
        ("question Q5", "text_box"),
        ("question Q6", "unsupported_relevance"),
        ("question Q6", "inserted"),
        ("question Q9", "unsupported_media"),
        ("question Q9", "points_without_words"),
        ("question Q10", "or_other"),
        ("question Q10", "validation"),
        ("question Q10", "comment"),
        ("group The rest", "group_text"),
        ("the survey, welcome text (en)", "survey_text"),
        ("the survey", "assumed"),
    ]:
        assert (where, code) in said, (where, code, said)


def test_an_older_survey_has_its_words_in_the_rows() -> None:
    found = read_lss(
        lss(
            surveys=[{"language": "en"}],
            groups=[
                {"gid": "7", "group_name": "About you", "group_order": "0", "language": "en"},
                {"gid": "7", "group_name": "Amdanat ti", "group_order": "0", "language": "cy"},
            ],
            questions=[
                {"qid": "1", "gid": "7", "type": "!", "title": "Q1", "question": "Which?", "language": "en"},
                {"qid": "1", "gid": "7", "type": "!", "title": "Q1", "question": "Pa un?", "language": "cy"},
                {
                    "qid": "2",
                    "parent_qid": "0",
                    "gid": "99",
                    "type": "Y",
                    "title": "lost",
                    "question": "So?",
                    "language": "en",
                },
            ],
            answers=[
                {"qid": "1", "code": "B", "answer": "Blue", "sortorder": "2", "language": "en"},
                {"qid": "1", "code": "A", "answer": "Red", "sortorder": "1", "language": "en"},
                {"qid": "1", "code": "A", "answer": "Coch", "sortorder": "1", "language": "cy"},
            ],
        ),
        "old.lss",
    )
    assert found.draft and not found.faults, found.faults
    item = found.draft.item("q1")
    assert item.text == {"en": "Which?", "cy": "Pa un?"}
    assert [dict(one.label) for one in item.options] == [{"en": "Red", "cy": "Coch"}, {"en": "Blue"}]
    assert found.draft.pages[0].title == {"en": "About you", "cy": "Amdanat ti"}
    assert found.draft.item("lost").options[0].label == {"en": "Yes"}
    check_draft(found)


def test_a_ranking_and_words_without_a_question_are_kept() -> None:
    rows: list[dict[str, str]] = [
        {"qid": "1", "gid": "7", "type": "X", "title": "Q1", "question": "Read this.", "language": "en"},
        {"qid": "2", "gid": "7", "type": "R", "title": "Q2", "question": "In which order?", "language": "en"},
    ]
    answers = [{"qid": "2", "code": f"A{n}", "answer": f"Thing {n}", "language": "en"} for n in (1, 2, 3)]
    found = read_lss(lss(questions=rows, answers=answers, groups=[{"gid": "7"}]), "x.lss")
    assert found.draft is not None
    assert [(item.kind, len(item.options)) for item in found.draft.items] == [("statement", 0), ("rank", 3)]


def test_every_type_is_kept_or_named() -> None:
    for kind in "1!5:;ABCDEFGHIKLMNOPQRSTUXY*|?":
        row = {"qid": "1", "gid": "7", "type": kind, "title": "Q1", "question": "Which?", "language": "en"}
        found = read_lss(lss(groups=[{"gid": "7"}], questions=[row]), "x.lss")
        kept = bool(found.draft and found.draft.items)
        named = [one for one in found.findings if one.code in ("unsupported_type", "array")]
        assert kept != bool(named), kind
        assert all(one.where == "question Q1" and one.mend for one in named)


def test_a_language_that_nobody_knows_is_named_and_left_out() -> None:
    told = [{"qid": "3", "question": "How many?", "language": "en"}, {"qid": "3", "question": "x", "language": "zz9"}]
    found = read_lss(newer(question_l10ns=told, questions=QUESTIONS[2:3]), "x.lss")
    assert "unknown_language" in {one.code for one in found.findings}
    assert found.draft and [one.code for one in found.draft.languages] == ["en"]


def test_a_text_of_any_length_is_judged_at_once() -> None:
    long = [{"qid": "3", "question": "help {x " * 100_000, "language": "en"}]
    begun = time.process_time()
    found = read_lss(newer(question_l10ns=long, questions=QUESTIONS[2:3]), "x.lss")
    assert time.process_time() - begun < 1
    assert {"cut", "text_length"} <= {one.code for one in found.faults}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<p>One</p><p>two<br />three</p>", "One two three"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<script>alert(1)</script>x", "x"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<" * 50_000, "<" * 50_000),
        ("<script" * 20_000, "<script" * 20_000),
        ("a<style>b<br>c</style>d", "ad"),
        ("<script>" * 20_000 + "x", ""),
    ],
)
def test_words_lose_their_tags_and_nothing_else(words: str, said: str) -> None:
    begun = time.process_time()
    assert plain(words) == said
    assert time.process_time() - begun < 1


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "hahaha"><!ENTITY b "&a;&a;&a;&a;">]><document>&b;</document>'
OUTSIDE = b'<!DOCTYPE l SYSTEM "file:///etc/passwd"><document/>'
BOMBS = {
    "laughs": (LAUGHS, "not_xml"),
    "outside": (OUTSIDE, "not_xml"),
    "big": (b" " * (LARGEST_FILE + 1), "too_big"),
    "deep": (b"<a>" * 500_000, "too_big"),
    "many": (b"<document><t><rows>" + b"<row/>" * 300_000, "too_big"),
    "questions": (lss(questions=[{"qid": str(n)} for n in range(4000)]), "too_big"),
    "empty": (b"", "not_xml"),
    "words": (b"not xml at all", "not_xml"),
    "encoding": (b'<?xml version="1.0" encoding="nowhere"?><document/>', "not_xml"),
    "other": (b"<html><body/></html>", "not_a_survey"),
    "group": (lss("Group"), "not_a_survey"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    data, code = BOMBS[name]
    begun = time.process_time()
    found = read_lss(data, "bomb.lss")
    assert time.process_time() - begun < 3
    assert [one.code for one in found.findings] == [code] and found.draft is None and found.faults


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_damage_gives_findings_or_a_draft(data: st.DataObject) -> None:
    spoiled = newer()
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(spoiled) - 1))
        junk = [
            b"",
            b"<row>",
            b"</row>",
            b"\xff",
            b"\0",
            b"&x;",
            b"<qid>",
            b"5",
            b"Q1",
            b"]]>",
            b"F",
            b"<language>cy-x-y</language>",
        ]
        spoiled = spoiled[:at] + data.draw(st.sampled_from(junk)) + spoiled[at + data.draw(st.integers(0, 3)) :]
    _judge(spoiled)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_rows_at_all_give_findings_or_a_draft(data: st.DataObject) -> None:
    columns = st.sampled_from(
        ["qid", "gid", "parent_qid", "type", "title", "question", "language", "code", "answer", "relevance"]
    )
    columns |= st.sampled_from(
        ["aid", "scale_id", "sortorder", "group_name", "attribute", "value", "help", "surveyls_title"]
    )
    values = st.sampled_from(
        ["1", "2", "", "L", "M", "F", "N", "Q1", "en", "cy", "Q1 == 'A1'", "A1", "exclude_all_others", "a b", "0"]
    )
    rows = st.lists(st.dictionaries(columns, values | st.text("aé<&-_", max_size=4), max_size=8), max_size=6)
    names = ("answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions", "question_l10ns")
    tables = {name: data.draw(rows) for name in (*names, "question_attributes", "surveys", "surveys_languagesettings")}
    _judge(lss(**tables))


def _judge(data: bytes) -> None:
    found = read_lss(data, "any.lss")
    assert found.draft is not None or found.faults
    if found.draft is not None:
        check_draft(found)
