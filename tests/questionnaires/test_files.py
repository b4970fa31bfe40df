"""Every fault a file can have is found, alone and among others, and stands in the right line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import questionnaires
from questionnaires import wording
from questionnaires.faults import Fault, InstrumentFaults
from questionnaires.files import check, read
from questionnaires.instrument import Instrument
from tests.questionnaires import test_kinds

# code, the words of the tiny questionnaire that are replaced, what stands there instead, and what is in the fault's line
SPOILED = [
    ("unknown_field", "unit: times", "unlt: times", "unlt"),
    ("unknown_field", "unit: times", "alert: high", "alert"),
    ("missing_field", "mode: private\n", "", "key: tiny"),
    ("missing_field", "        text: How many?\n", "", "- key: number_of"),
    ("duplicate_field", "mode: private", "mode: private\nmode: linked", "mode: linked"),
    ("wrong_shape", "waves: [before, after]", "waves: before", "waves: before"),
    ("wrong_shape", "title: A title", "title: [A, title]", "title: ["),
    ("wrong_shape", "ages: [11, 16]", "ages: [11]", "ages"),
    ("wrong_shape", "condition: {item: known, options: [good]}", "condition: known", "condition"),
    ("wrong_shape", "points: {low: 0, middle: 1, high: 2}", "points: 3", "points"),
    ("not_a_number", "version: 1", "version: one", "version"),
    ("not_true_or_false", "ordered: true", "ordered: often", "ordered"),
    ("bad_key", "key: tiny", "key: Tiny", "Tiny"),
    ("bad_key", "key: second", f"key: {'s' * 31}", "sss"),
    ("reserved_key", "key: number_of", "key: csrf_token", "csrf_token"),
    ("reserved_key", "- {key: left,", "- {key: dont_know,", "key: dont_know,"),
    ("repeated", "key: number_of", "key: ways", "key: ways"),
    ("repeated", "key: second", "key: first", "key: first"),
    ("repeated", "key: bad, code: 2", "key: bad, code: 1", "key: bad"),
    ("bad_version", "version: 1", "version: 0", "version"),
    ("bad_ages", "ages: [11, 16]", "ages: [16, 11]", "ages"),
    ("not_a_choice", "mode: private", "mode: nameless", "mode"),
    ("not_a_choice", "kind: several", "kind: many", "kind: many"),
    ("not_a_choice", "waves: [after]", "waves: [later]", "later"),
    ("not_a_choice", "absences: [rather_not]", "absences: [perhaps]", "perhaps"),
    ("no_waves", "waves: [after]", "waves: []", "waves: []"),
    ("empty_page", "scales:\n", "  - {key: third, items: []}\nscales:\n", "third"),
    ("too_many_about", None, None, "about: true"),
    ("item_count", None, None, "pages:"),
    ("yes_to_everything", "ages: [11, 16]", "ages: [8, 11]", "pages:"),
    ("scale_item", "    items: [feeling]", "    items: [feeling, ways]", "items: [feeling, ways]"),
    ("scale_points", "points: {low: 0, middle: 1, high: 2}", "points: {low: 0, high: 2}", "points"),
    ("scale_reversed", "reversed: [feeling]", "reversed: [known]", "reversed"),
    ("scale_minimum", "minimum_answered: 1", "minimum_answered: 2", "minimum_answered"),
    ("not_for_this_kind", "ordered: true", "minimum: 2", "minimum: 2"),
    ("not_for_this_kind", "label: Not much}", "label: Not much, exclusive: true}", "low"),
    ("not_for_this_kind", "absences: [dont_know]\n", "absences: [dont_know]\n        about: true\n", "measure"),
    ("bad_range", "maximum: 300", "maximum: 70000", "key: number_of"),
    ("option_count", None, None, "key: two"),
    ("bad_code", "{key: right, code: 2,", "{key: right, code: 252,", "right"),
    ("condition_item", "{item: known, options: [good]}", "{item: feeling, options: [low]}", "condition"),
    ("condition_item", "{item: known, options: [good]}", "{item: nowhere, options: [low]}", "condition"),
    ("condition_option", "{item: known, options: [good]}", "{item: known, options: [low]}", "condition"),
    ("condition_wave", "        text: Do you know it?", "        waves: [before]\n        text: Do you?", "condition"),
    ("condition_sensitive", "waves: [after]", "waves: [after]\n        sensitive: true", "condition"),
    ("condition_sensitive", "text: Do you know it?", "text: Do you know it?\n        sensitive: true", "condition"),
    ("measure_agreed", "agreed: [good]", "agreed: [splendid]", "agreed"),
    ("measure_agreed", "agreed: [good]", "agreed: [good, bad]", "agreed"),
    ("measure_excluded", "statement: knew it", "statement: knew it\n          excluded: [good]", "excluded"),
    ("measure_smallest", "statement: knew it", "statement: knew it\n          smallest: 0", "smallest"),
    ("measure_dont_know", "dont_know: not_yet", "dont_know: apart", "dont_know"),
    ("intention_already", "family: knowledge", "family: intention", "measure"),
    ("enjoyment_before", "family: knowledge", "family: enjoyment", "measure"),
    ("intro_four", "[One., Two., Three., Four.]", "[One., Two., Three.]", "intro"),
    ("text_length", "label: Left", 'label: " "', "key: left"),
    ("text_length", "title: A title", f"title: {'long ' * 90}", "title"),
    ("bad_sign", "title: A title", 'title: "A\\0title"', "title"),
    ("promise", "Two.", "It is anonymous.", "anonymous"),
    ("promise", "Two.", "It is Confidential.", "Confidential"),
    ("promise", "label: Left", "label: A secret way", "secret"),
    ("promise", "Two.", "Nobody can find out.", "Nobody"),
    ("absence_as_option", "label: Good", "label: I’m not sure", "not sure"),
    ("duty_on_child", "text: Which ways?", "text: Could you say no?", "say no"),
    ("duty_on_child", "text: Which ways?", "text: Can you say “no”?", "say “no"),
    ("duty_on_child", "text: Which ways?", "text: Can you say ‘no’?", "say ‘no"),
    ("sensory", "text: Which ways?", "text: Is it the green one?", "green"),
    ("two_ideas", "text: Which ways?", "text: Left and/or right?", "and/or"),
    ("law_without_help", "text: Which ways?", "text: Is it against the law?", "against the law"),
    ("too_deep", "title: A title", f"title: {'[' * 20}{']' * 20}", "title"),
    ("too_many", "title: A title", f"title: [{'a,' * 6001}]", "title"),
    ("alias", "title: A title", "title: &a A title", "title"),
    ("tag", "title: A title", "title: !!python/object/apply:os.system [id]", "title"),
    ("bad_name", "title: A title", "? [a]\n: A title", "? [a]"),
    ("one_document", "title: A title", "title: A title\n---\nkey: b", "---"),
    ("not_yaml", "title: A title", "title: 'A title", ""),
    ("not_yaml", "title: A title", "title: A\x07title", "title"),
]
ABOUT = "      - {key: a%d, kind: number, text: Which?, minimum: 0, maximum: 9, about: true}\n"
GROWN = {
    "too_many_about": "".join(ABOUT % n for n in range(5)),
    "option_count": "      - {key: two, kind: faces, text: Two?, options: [{key: a, code: 1, label: A}]}\n",
    "item_count": "".join(ABOUT.replace(", about: true", "") % n for n in range(97)),
}
# the same for the translation of the tiny questionnaire
SPOILED_WELSH = [
    ("missing_field", "direction: ltr\n", "", "key: tiny"),
    ("unknown_field", "title: Teitl", "titel: Teitl", "titel"),
    ("translates_nothing", "known:", "unknown:", "text: Wyt"),
    ("translates_another", "version: 1", "version: 2", "version: 2"),
    ("not_a_choice", "direction: ltr", "direction: up", "direction: up"),
    ("bad_language", "language: cy", "language: Welsh", "language: Welsh"),
    ("untranslated", "checked:\ntitle: Teitl", "checked: a speaker", "key: tiny"),
    ("promise", "Un.", "Mae’n ddienw ac yn gyfrinachol; it is anonymous.", "anonymous"),
]


def faults_of(text: str, welsh: str | None = None) -> tuple[Fault, ...]:
    translations = {} if welsh is None else {"tiny.cy.yaml": welsh.encode()}
    try:
        read(text.encode("utf-8", "surrogatepass"), "tiny.yaml", translations)
    except InstrumentFaults as found:
        return found.faults
    return ()


def grown(tiny_file: str, code: str) -> str:
    return tiny_file.replace("scales:\n", GROWN[code] + "scales:\n")


def line_of(fault: Fault, text: str) -> str:
    return [*text.splitlines(), ""][fault.line - 1]


@pytest.mark.parametrize(("code", "old", "new", "within"), SPOILED)
def test_each_fault_is_found_alone_and_in_its_line(
    tiny_file: str, code: str, old: str | None, new: str | None, within: str
) -> None:
    text = grown(tiny_file, code) if old is None or new is None else tiny_file.replace(old, new, 1)
    assert text != tiny_file
    found = faults_of(text)
    assert {fault.code for fault in found} == {code}, "\n".join(map(str, found))
    assert within in line_of(found[-1], text)
    assert all(fault.wrong and fault.mend and fault.file == "tiny.yaml" for fault in found)


@pytest.mark.parametrize(("code", "old", "new", "within"), SPOILED_WELSH)
def test_each_fault_of_a_translation_is_found_in_the_translation(
    tiny_file: str, tiny_welsh_file: str, code: str, old: str, new: str, within: str
) -> None:
    text = tiny_welsh_file.replace(old, new, 1)
    found = faults_of(tiny_file, text)
    assert {fault.code for fault in found} == {code}, "\n".join(map(str, found))
    assert within in line_of(found[0], text)
    assert {fault.file for fault in found} == {"tiny.cy.yaml"}


@pytest.mark.parametrize(
    ("old", "new", "mend"),
    [
        ("known:", "knwon:", "did you mean items.known?"),
        ("{good: Da", "{goood: Da", "did you mean items.known.options.good?"),
        ("first: Tudalen", "frist: Tudalen", "did you mean pages.first?"),
        ("known:", "zzz:", "remove it"),
    ],
)
def test_what_translates_nothing_is_told_the_nearest_name_at_its_own_step(
    tiny_file: str, tiny_welsh_file: str, old: str, new: str, mend: str
) -> None:
    found = faults_of(tiny_file, tiny_welsh_file.replace(old, new, 1))
    assert {(fault.code, fault.mend) for fault in found} == {("translates_nothing", mend)}


def test_the_tiny_questionnaire_has_no_fault(tiny_file: str, tiny_welsh_file: str) -> None:
    assert faults_of(tiny_file, tiny_welsh_file) == ()


def test_every_code_is_tried_here(codes_of: Callable[..., set[str]]) -> None:
    elsewhere_tried = {
        "framework",
        "framework_files",
        "scorecard",
        "published_rules",
        "keyfiles",
        "datafiles",
        "licences",
    }
    modules = {path.stem for path in Path(questionnaires.__file__).parent.glob("*.py")} - elsewhere_tried
    elsewhere = {"too_big", "not_utf8", "not_fields", "unreadable", "no_source", "about_worker", "help_or_ease"}
    tried = {case[0] for case in SPOILED} | {case[0] for case in SPOILED_WELSH} | elsewhere
    tried |= {case[0] for case in test_kinds.SPOILED}
    assert codes_of(*modules) | {code for _, code, _ in wording._LINT} == tried


def test_many_faults_are_all_reported_each_in_its_line(tiny_file: str, tiny_welsh_file: str) -> None:
    wanted = {}
    text, welsh = tiny_file, tiny_welsh_file
    for code, old, new in [
        ("bad_ages", "ages: [11, 16]", "ages: [16, 11]"),
        ("intro_four", "[One., Two., Three., Four.]", "[One., Two., Three.]"),
        ("reserved_key", "key: number_of", "key: data"),
        ("unknown_field", "unit: times", "unlt: times"),
        ("bad_code", "key: right, code: 2", "key: right, code: 999"),
        ("not_true_or_false", "ordered: true", "ordered: often"),
        ("duplicate_field", "kind: several", "kind: several\n        kind: several"),
        ("scale_minimum", "minimum_answered: 1", "minimum_answered: 9"),
    ]:
        text = text.replace(old, new, 1)
        wanted[code] = new.splitlines()[-1].strip()
    welsh = welsh.replace("name: Cymraeg\n", "").replace("Pa ffyrdd?", "It is a secret")
    found = faults_of(text, welsh)
    own = {fault.code: line_of(fault, text).strip() for fault in found if fault.file == "tiny.yaml"}
    assert own.keys() == wanted.keys()
    assert all(wanted[code] in line for code, line in own.items())
    theirs = [(fault.code, fault.line) for fault in found if fault.file == "tiny.cy.yaml"]
    assert ("missing_field", 1) in theirs
    assert ("promise", welsh[: welsh.index("secret")].count("\n") + 1) in theirs
    assert str(found[0]) == f"tiny.yaml:{found[0].line}: {found[0].code}: {found[0].wrong}: {found[0].mend}"


def test_a_near_name_is_suggested(tiny_file: str) -> None:
    (found,) = faults_of(tiny_file.replace("unit: times", "unlt: times"))
    assert found.mend == "did you mean unit?"


def test_words_stay_words(tiny_file: str) -> None:
    text = tiny_file.replace("key: good", "key: no").replace("[good]", "[no]").replace("label: Good", "label: No")
    text = text.replace("label: Bad", "label: 2026-11-20").replace("title: A title", "title: ${x} {{ y }} <b> %s")
    instrument = read(text.encode())
    assert [option.key for option in instrument.item("known").options] == ["no", "bad"]
    assert instrument.item("known").options[1].label == {"en": "2026-11-20"}
    assert instrument.title == {"en": "${x} {{ y }} <b> %s"}


def test_half_a_sign_is_refused(tiny_file: str) -> None:
    found = faults_of(tiny_file.replace("title: A title", 'title: "A\\uD800title"'))
    assert {fault.code for fault in found} <= {"bad_sign", "not_yaml"} and len(found) == 1  # libyaml sees it first


def test_linked_mode_may_not_promise_privacy(tiny_file: str) -> None:
    linked = tiny_file.replace("mode: private", "mode: linked\nsitting: one_to_one")
    assert faults_of(linked) == ()
    assert [one.code for one in faults_of(linked.replace("Two.", "It is private."))] == ["promise"]
    for words in (
        "What you say is confidential unless someone is in danger.",
        "Nobody can find out what you say here.",
    ):
        assert [one.code for one in faults_of(linked.replace("Two.", words))] == ["promise"], (
            "private is banned as well"
        )


def test_a_condition_on_a_sensitive_item_is_allowed_one_to_one(tiny_file: str) -> None:
    text = tiny_file.replace("waves: [after]", "waves: [after]\n        sensitive: true")
    assert faults_of(text.replace("mode: private", "mode: private\nsitting: one_to_one")) == ()


def test_the_law_beside_help_is_no_fault(tiny_file: str) -> None:
    text = tiny_file.replace("Which ways?", "Is it against the law?")
    assert faults_of(text.replace("How many?", "Can they get help without being in trouble?")) == ()


def test_trouble_that_is_no_condition_of_help_is_left_alone(tiny_file: str) -> None:
    text = tiny_file.replace("Which ways?", "Is it against the law?")
    helped = text.replace("How many?", "Can they get help without being in trouble?")
    assert faults_of(helped.replace("Do you know it?", "Would you ask for help if you were in trouble online?")) == ()


def test_the_law_beside_help_that_is_only_easy_to_get_is_a_fault_in_each_wording(tiny_file: str) -> None:
    """ "Without trouble" may be "easily"; and what a shorter wording asks about the law is asked about the law."""
    law, help_ = "Is it against the law?", "Can they get help without being in trouble?"
    text = tiny_file.replace("Which ways?", law)
    [fault] = faults_of(text.replace("How many?", "Can they get help without trouble?"))
    assert fault.code == "help_or_ease"
    plain = f"{help_}\n        versions:\n          plain: {{text: Can they get help without trouble?}}"
    [fault] = faults_of(text.replace("How many?", plain))
    assert (fault.code, fault.place[-3:]) == ("help_or_ease", ("versions", "plain", "text"))
    assert faults_of(text.replace("How many?", plain.replace("without trouble", "and not be in trouble"))) == ()
    [fault] = faults_of(
        tiny_file.replace("Which ways?", f"Which?\n        versions:\n          plain: {{text: {law}}}")
    )
    assert fault.code == "law_without_help"


PROMISING = ("Mae’n gwbl gyfrinachol", "Mae’n ddienw", "إجاباتك سرية", "إجاباتك سِرّيّة", "أنت مجهول")
PROMISING += ("To jest anonimowe", "Este secret", "Це анонімно", "آپ گمنام ہیں", "یہ خفیہ ہے", "یہ راز ہے")
PROMISING += ("To jest tajne", "To sekret", "Це секретно", "Це таємно", "E o taină")
PROMISING += ("Este confidențial", "To jest poufne", "Це конфіденційно", "یہ رازدارانہ ہے", "یہ رازداری میں ہے")
ALONE = (
    "Este privat",
    "To jest prywatne",
    "Це приватно",
    "یہ نجی ہے",
    "یہ خاص ہے",
    "هذا خاص",
    "إجاباتك خاصة",
    "Mae’n breifat",
)
NOBODY = (
    "Ni all neb ddod i wybod",
    "Fydd neb yn gallu darganfod",
    "لا أحد يستطيع أن يعرف ما تقوله",
    "لن يعرف أحد ما تقوله",
    "لا يمكن لأحد أن يكتشف ذلك",
    "Nikt się nie dowie",
    "Nikt nie może się o tym dowiedzieć",
    "Nimeni nu poate afla",
    "Nu va afla nimeni",
    "Ніхто не зможе дізнатися",
    "Ніхто не дізнається",
    "کسی کو پتا نہیں چلے گا",
    "کوئی پتہ نہیں لگا سکتا",
    "کوئی نہیں جان سکتا",
)
HARMLESS = ("یہ خاص طور پر اچھا ہے", "نحب الرسم بشكل خاص", "Pani sekretarka", "Секретарка школи", "Secretara școlii")


def test_a_secretary_is_no_secret(tiny_file: str) -> None:
    assert faults_of(tiny_file.replace("label: Left", "label: The school secretary")) == ()


def test_promises_are_found_in_every_language_we_ship(tiny_file: str, tiny_welsh_file: str) -> None:
    linked = tiny_file.replace("mode: private", "mode: linked\nsitting: one_to_one")
    for file, refused, allowed in (
        (tiny_file, PROMISING + NOBODY, HARMLESS + ALONE),
        (linked, PROMISING + NOBODY + ALONE, HARMLESS),
    ):
        for words, codes in [(one, ["promise"]) for one in refused] + [(one, []) for one in allowed]:
            found = faults_of(file, tiny_welsh_file.replace("Tri.", words))
            assert [fault.code for fault in found] == codes, words


BILLION_LAUGHS = b"""\
a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]
h: &h [*g,*g,*g,*g]
"""
BOMBS = {
    "alias": BILLION_LAUGHS,
    "too_big": b"a: " + b"x" * 300_000,
    "too_deep": b"a: " + b"[" * 100_000,
    "too_many": b"a: [" + b"b," * 60_000 + b"]",
    "not_utf8": b"key: tiny\ntitle: \xff\xfe",
    "not_fields": b"- just a list",
    "bad_name": b"{[]: 1}",
    "tag": b"!!python/object/new:os.system [id]",
    "not_yaml": b"a: " + b"{" * 11 + b"'" * 120_001,
}


@pytest.mark.parametrize("code", BOMBS)
def test_a_bomb_is_refused_at_once(code: str) -> None:
    begun = time.process_time()
    with pytest.raises(InstrumentFaults) as found:
        read(BOMBS[code], "bomb.yaml")
    assert time.process_time() - begun < 1
    assert code in {fault.code for fault in found.value.faults}
    assert len(found.value.faults) == 1


def test_an_empty_file_and_a_missing_file_are_faults(tmp_path: Path) -> None:
    assert [fault.code for fault in faults_of("")] == ["not_fields"]
    with pytest.raises(InstrumentFaults) as found:
        read(tmp_path / "nowhere.yaml")
    assert [fault.code for fault in found.value.faults] == ["unreadable"]
    assert [fault.code for fault in check([tmp_path]).faults] == ["unreadable"]


def test_check_reads_a_questionnaire_with_its_translations_once(
    tmp_path: Path, tiny_file: str, tiny_welsh_file: str
) -> None:
    source, welsh, other = (tmp_path / name for name in ("tiny.yaml", "tiny.cy.yaml", "other.yaml"))
    source.write_text(tiny_file)
    welsh.write_text(tiny_welsh_file.replace("title: Teitl\n", ""))
    other.write_text(tiny_file.replace("mode: private", "mode: secret"))
    done = check([source, welsh, str(other)])
    assert [(fault.file, fault.code) for fault in done.faults] == [(str(other), "not_a_choice")]
    (line,) = done.summary
    assert "tiny version 1" in line and "1 of 20 texts missing" in line and "not checked by a speaker" in line
    assert read(source).language("cy").draft


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_spoiled_file_gives_faults_or_an_instrument_and_nothing_else(
    tiny_file: str, tiny_welsh_file: str, data: st.DataObject
) -> None:
    """Lines cut, doubled, moved in or replaced: whatever is left is judged, never stumbled over."""
    lines = (tiny_file + "#\n" + tiny_welsh_file).splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        n = data.draw(st.integers(0, len(lines) - 1))
        junk = data.draw(
            st.sampled_from(["", "- ", "x: [", "null\n", "  a: 1\n", "*a\n", "key: 😀\n", ": :\n", "\t\n"])
        )
        way = data.draw(st.integers(0, 4))
        if way == 0:
            del lines[n]
        elif way == 1:
            lines.insert(n, lines[n])
        elif way == 2:
            lines[n] = "  " + lines[n]
        elif way == 3:
            lines[n] = junk
        else:
            cut = data.draw(st.integers(0, len(lines[n])))
            lines[n] = lines[n][:cut] + data.draw(st.text(max_size=4)) + lines[n][cut:]
    text, _, welsh = "".join(lines).partition("#\n")
    _judge(text.encode("utf-8", "surrogatepass"), welsh.encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes_at_all_give_faults(source: bytes, welsh: bytes) -> None:
    _judge(source, welsh)


def _judge(source: bytes, welsh: bytes) -> None:
    try:
        assert isinstance(read(source, "a.yaml", {"a.cy.yaml": welsh}), Instrument)
    except InstrumentFaults as found:
        assert found.faults
        assert all(fault.line >= 1 and fault.code and fault.wrong and fault.mend for fault in found.faults)


TAUGHT = (
    "      - {{key: k{n}, kind: one, text: Is it so?, absences: [dont_know], options: [{{key: a, code: 1, label: A}},"
    " {{key: b, code: 2, label: B, negative: true}}], measure: {{agreed: [{agreed}], dont_know: not_yet,"
    " family: knowledge, direction: higher, statement: knew it}}}}\n"
)


@pytest.mark.parametrize(
    ("noes", "items", "enough"), [(0, 1, False), (1, 3, True), (1, 4, False), (2, 4, True), (2, 6, True)]
)
@pytest.mark.parametrize("ages", ["[8, 11]", "[8, 16]", "[11, 16]"])
def test_a_third_of_what_small_children_are_taught_is_no(
    tiny_file: str, ages: str, noes: int, items: int, enough: bool
) -> None:
    """Whoever else is asked: the youngest decide."""
    own = tiny_file.replace("family: knowledge", "family: awareness").replace("[11, 16]", ages)
    enough = enough or ages == "[11, 16]"
    more = "".join(TAUGHT.format(n=n, agreed="b" if n < noes else "a") for n in range(items))
    found = faults_of(own.replace("scales:\n", more + "scales:\n"))
    assert [fault.code for fault in found] == ([] if enough else ["yes_to_everything"])
