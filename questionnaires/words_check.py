"""Would a child stumble over these words? What a rule can suspect, and only a person can tell.

A fault stops a questionnaire; a warning asks somebody to look again. Each check knows one way in which questions to
children go wrong and looks at the English words only. Warnings are never right every time: so an item may say under
`words_explained` why a warning does not hold there, and an explanation that explains nothing is a warning itself. The
reading grade is a note and nothing hangs on it: such formulas pick the harder of two survey questions no better than a
coin does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from questionnaires import onlookers, tree
from questionnaires.ages import strictest
from questionnaires.faults import MOST_GUESSES, Fault, Place, meant, shown, spoken, warn
from questionnaires.files import read
from questionnaires.instrument import Explanation, Instrument, Item
from questionnaires.kinds import KINDS, nature
from questionnaires.rules import PRIMARY_AGE, item_places
from questionnaires.words_patterns import (
    AGREE,
    ALLOWED_PAIRS,
    ASKS_OF_TIME,
    BLAME,
    CLAUSE_END,
    IDIOMS,
    NEGATION,
    NEGATIVE_STEM,
    PASSIVE,
    POLES,
    SENSES,
    SENSITIVE,
    SENTENCE_END,
    TIME_FRAME,
    UNQUOTED,
    WORD,
    YES,
    reading_grade,
)

MOST_WORDS = 15


@dataclass(frozen=True, slots=True)
class Judged:
    """What the words check says of one questionnaire: `open` warnings, those `explained`, and about which reading grade
    its questions have: a note only."""

    open: tuple[Fault, ...]
    explained: tuple[tuple[Fault, str], ...]
    grade: int
    hardest: str

    @property
    def note(self) -> str:
        """The reading grade, and the question with the highest."""
        return f"reading grade about {self.grade} ({self.hardest}); a note only, try the words with children"


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Words that are read in one breath, and where they stand."""

    place: Place
    words: str
    item: Item | None


def judge(instrument: Instrument) -> Judged:
    """Every warning about the English words, divided by whether the questionnaire explains it."""
    unexplained: list[Fault] = []
    explained: list[tuple[Fault, str]] = []
    used: set[tuple[Place, str]] = set()
    reasons = {place: {one.warning: one.why for one in given} for place, given in _explanations(instrument)}
    for warning in _warnings(instrument):
        owner = warning.place[:4] if warning.place[:4] in reasons else ()
        why = reasons.get(owner, {}).get(warning.code, "")
        if why:
            explained.append((warning, why))
            used.add((owner, warning.code))
        else:
            unexplained.append(warning)
    idle = [(owner, code) for owner, given in reasons.items() for code in given if (owner, code) not in used]
    unexplained += [_idle(owner, code, guess=n < MOST_GUESSES) for n, (owner, code) in enumerate(idle)]
    return Judged(tuple(unexplained), tuple(explained), *_grades(instrument))


def judge_file(path: Path) -> Judged:
    """The same for a questionnaire file, each warning with its line. Raises InstrumentFaults like `files.read`."""
    judged = judge(read(path))
    root, _ = tree.read_tree(str(path), path.read_bytes())

    def located(one: Fault) -> Fault:
        return Fault(str(path), _line(root, one.place), one.code, one.wrong, one.mend, one.place)

    return Judged(
        tuple(sorted((located(one) for one in judged.open), key=lambda one: one.line)),
        tuple((located(one), why) for one, why in judged.explained),
        judged.grade,
        judged.hardest,
    )


def _line(root: tree.Mapping, place: Place) -> int:
    node: tree.Node = root
    line = 1
    for step in place:
        if isinstance(node, tree.Mapping) and step in node.fields:
            line = node.lines[str(step)]
            node = node.fields[str(step)]
        elif isinstance(node, tree.Sequence) and isinstance(step, int) and step < len(node.nodes):
            node = node.nodes[step]
            line = node.line
        else:
            break
    return line


def _explanations(instrument: Instrument) -> Iterator[tuple[Place, tuple[Explanation, ...]]]:
    yield (), instrument.words_explained
    for place, item in item_places(instrument):
        yield place, item.words_explained


def _idle(owner: Place, code: str, *, guess: bool) -> Fault:
    place = (*owner, "words_explained", code)
    mend = meant(code, CODES, "remove it") if guess and code not in CODES else "remove it"
    return warn(place, "explains_nothing", f"there is no warning {shown(code)} to explain here", mend)


def _warnings(instrument: Instrument) -> Iterator[Fault]:
    for sentence in _sentences(instrument):
        for check in _SENTENCE_CHECKS:
            yield from check(sentence)
    yield from _too_many_items(instrument)
    yield from onlookers.warnings(instrument)
    for place, item in item_places(instrument):
        for item_check in (*_ITEM_CHECKS, *_KIND_CHECKS.get(item.kind, ())):
            yield from item_check(instrument, place, item)


def _sentences(instrument: Instrument) -> Iterator[_Sentence]:
    """Every sentence a child reads, in English. Statements stand in reports only."""
    yield from _split(("title",), instrument.title["en"], None)
    for n, words in enumerate(instrument.intro):
        yield from _split(("intro", n), words["en"], None)
    for p, page in enumerate(instrument.pages):
        if page.title is not None:
            yield from _split(("pages", p, "title"), page.title["en"], None)
    for place, item in item_places(instrument):
        yield from _split((*place, "text"), item.text["en"], item)
        if item.hint is not None:
            yield from _split((*place, "hint"), item.hint["en"], item)
        for o, option in enumerate(item.told):
            yield from _split((*place, "options", o, "label"), option.label["en"], item)
        for n, part in enumerate(item.parts):
            yield from _split((*place, "parts", n, "text"), part.text["en"], item)
        yield from _other_words(place, item)


def _other_words(place: Place, item: Item) -> Iterator[_Sentence]:
    """The ends of 0 to 10, and the same item in other words."""
    for name in ("low", "high"):
        if (words := getattr(item, name)) is not None:
            yield from _split((*place, name), words["en"], item)
    for version in item.versions:
        here = (*place, "versions", version.name)
        for name in ("text", "hint", "low", "high"):
            if (words := getattr(version, name)) is not None:
                yield from _split((*here, name), words["en"], item)
        for name in ("labels", "parts"):
            for key, words in getattr(version, name).items():
                yield from _split((*here, name, key), words["en"], item)


def _split(place: Place, words: str, item: Item | None) -> Iterator[_Sentence]:
    for sentence in SENTENCE_END.split(_plain(words)):
        if sentence.strip():
            yield _Sentence(place, sentence.strip(), item)


def _plain(words: str) -> str:
    """With straight apostrophes and no quotation marks: what stands in quotes is read all the same."""
    return words.translate(UNQUOTED)


def _asked(item: Item) -> str:
    return _plain(item.text["en"])


def _labels(item: Item) -> list[str]:
    return [_plain(option.label["en"]).lower() for option in item.told]


def _long(sentence: _Sentence) -> Iterator[Fault]:
    count = len(WORD.findall(sentence.words))
    if count > MOST_WORDS:
        remedy = f"say it in sentences of at most {MOST_WORDS} words"
        yield warn(sentence.place, "long_sentence", f"{count} words in one sentence", remedy)


def _double_negative(sentence: _Sentence) -> Iterator[Fault]:
    found = [match.group() for match in NEGATION.finditer(sentence.words)]
    together = max((NEGATION.findall(clause) for clause in CLAUSE_END.split(sentence.words)), key=len)
    if len(together) > 1:
        wrong = f"{shown(together[0])} and {shown(together[1])} together"
        yield warn(sentence.place, "double_negative", wrong, "say what is, not what is not")
    elif found and sentence.place[-1] == "text" and sentence.item and _answered_yes(sentence.item):
        match = NEGATIVE_STEM.search(sentence.words)
        if match:
            wrong = f"{shown(match.group())} in what is answered by yes, no or agreeing"
            yield warn(sentence.place, "double_negative", wrong, "ask it the other way round, without the negative")


def _answered_yes(item: Item) -> bool:
    return any(YES.match(label) or AGREE.search(label) for label in _labels(item))


def _two_questions(sentence: _Sentence) -> Iterator[Fault]:
    if sentence.place[-1] != "text":
        return
    words = ALLOWED_PAIRS.sub("", sentence.words)
    match = re.search(r"\b(?:and|or|as well as)\b", words, re.IGNORECASE)
    if match and (words.endswith("?") or "?" not in (sentence.item.text["en"] if sentence.item else "")):
        wrong = f"{shown(match.group())} joins two things in one question"
        yield warn(sentence.place, "two_questions", wrong, "ask one thing at a time: two items, or one thing fewer")


def _passive(sentence: _Sentence) -> Iterator[Fault]:
    match = PASSIVE.search(sentence.words)
    if match:
        remedy = "say who does it: somebody did this, not this was done"
        yield warn(sentence.place, "passive", f"{shown(match.group())} may be passive", remedy)


def _idiom(sentence: _Sentence) -> Iterator[Fault]:
    match = IDIOMS.search(sentence.words)
    if match:
        remedy = "use words that mean what they say"
        yield warn(sentence.place, "idiom", f"{shown(match.group())} means something else word for word", remedy)


def _senses(sentence: _Sentence) -> Iterator[Fault]:
    match = SENSES.search(sentence.words)
    if match:
        remedy = "name the thing by its words: not everybody sees or hears it, and paper looks different"
        yield warn(sentence.place, "sensory_instruction", f"the words {shown(match.group())}", remedy)


def _blame(sentence: _Sentence) -> Iterator[Fault]:
    match = BLAME.search(sentence.words)
    if match:
        remedy = "put the act with the person who did it; ask who is responsible, or how to get help"
        yield warn(sentence.place, "blame", f"{shown(match.group())} puts the blame on the child", remedy)


def _several_question_marks(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if _asked(item).count("?") > 1:
        remedy = "ask one of them, or make two items"
        yield warn((*place, "text"), "two_questions", "two questions in one item", remedy)


def _time_frame(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    words = _asked(item)
    match = ASKS_OF_TIME.search(words)
    if match and not TIME_FRAME.search(f"{words} {item.hint['en'] if item.hint else ''}"):
        wrong = f"{shown(match.group())} without saying from when to when"
        yield warn((*place, "text"), "no_time_frame", wrong, "add it: this week, in the last month, right now")


def _agreeing(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    if min(instrument.ages) >= PRIMARY_AGE:
        return
    if AGREE.search(_asked(item)) or any(AGREE.search(label) for label in _labels(item)):
        remedy = "ask a question and give its own answers: young children agree to please"
        yield warn(place, "agree_disagree", f"agreeing or disagreeing under {PRIMARY_AGE}", remedy)


def _unbalanced(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    labels = _labels(item)
    good = [label for label in labels if POLES["good"].search(label) and not POLES["bad"].search(label)]
    bad = [label for label in labels if POLES["bad"].search(label)]
    degrees = any(re.match(r"(?:not|no|none|never)\b", label) for label in labels)
    one_sided = item.kind != "faces" and len(labels) > 2 and len(good or bad) == len(labels)
    if (good and bad and len(good) != len(bad) and not degrees) or (one_sided and not degrees):
        wrong = f"{len(good)} answers on the good side, {len(bad)} on the other"
        yield warn((*place, "options"), "unbalanced_options", wrong, "give as many answers on either side")
    if item.ordered and (item.options[-1].negative or NEGATIVE_STEM.search(labels[-1])):
        wrong = f"{shown(labels[-1])} ends an order that runs from little to much"
        yield warn((*place, "options"), "unbalanced_options", wrong, "put it first, or ask without an order")


def _too_many_points(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    band = strictest(instrument.ages)
    if instrument.respondent != "young_person":
        return
    rising = item.ordered or item.kind == "faces"
    if nature(item.kind).steps and band.low < PRIMARY_AGE:
        remedy = "ask with three faces or a few words: 0 to 10 means little before 11"
        yield warn((*place, "kind"), "too_many_points", f"0 to 10 at {band.name} years", remedy)
    elif rising and not nature(item.kind).steps and len(item.options) > band.most_points:
        wrong = f"{len(item.options)} points at {band.name} years"
        remedy = f"give at most {band.most_points}; {band.points} is usual there"
        yield warn((*place, "options"), "too_many_points", wrong, remedy)


def _too_many_items(instrument: Instrument) -> Iterator[Fault]:
    band = strictest(instrument.ages)
    for wave in instrument.waves if instrument.respondent == "young_person" else ():
        count = sum(item.answering != "nothing" for item in instrument.items_in(wave))
        if count > band.most_items:
            remedy = f"ask at most {band.most_items} in one sitting: who is tired ticks anything"
            yield warn(("pages",), "too_many_items", f"{count} questions in {wave} at {band.name} years", remedy)
            return


def _absences(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    families = {measure.family for measure in item.measures}
    known = families & {"knowledge", "help", "awareness", "opinion", "norm"} and "dont_know" not in item.absences
    refusable = item.sensitive or item.about or families & {"intention", "experience", "service"}
    if not nature(item.kind).absent:
        return
    lacking = ["dont_know"] if known or not item.absences else []
    lacking += ["rather_not"] if refusable and "rather_not" not in item.absences else []
    if lacking:
        remedy = f"add to `absences`: {', '.join(lacking)}"
        yield warn(place, "no_absence", "no way to answer without an answer that is not mine", remedy)


def _maybe_sensitive(instrument: Instrument, place: Place, item: Item) -> Iterator[Fault]:
    """What asks about harm to whoever answers has to be marked: what nobody may guess hangs on the mark. What was said to
    measure something else (what is known, where to get help) was looked at, and so was what tells groups apart."""
    looked_at = item.measures and all(measure.family != "experience" for measure in item.measures)
    if item.sensitive or item.about or looked_at or item.answering == "nothing":
        return
    texts = (item.text, *(one.label for one in item.told), *(one.text for one in item.parts))
    match = next((found for words in texts if (found := SENSITIVE.search(_plain(words["en"])))), None)
    if match:
        wrong = f"{shown(match.group())} may ask about harm, and the question is not marked as sensitive"
        remedy = (
            "mark it as sensitive: then nobody beside a child can guess the answer, and its figures are kept closer"
        )
        yield warn((*place, "text"), "maybe_sensitive", wrong, remedy)


_SENTENCE_CHECKS: tuple[Callable[[_Sentence], Iterator[Fault]], ...] = (
    _double_negative,
    _two_questions,
    _long,
    _passive,
    _idiom,
    _senses,
    _blame,
)
_ItemCheck = Callable[[Instrument, Place, Item], Iterator[Fault]]
_ITEM_CHECKS: tuple[_ItemCheck, ...] = (
    *(_several_question_marks, _time_frame, _agreeing, _too_many_points, _absences, _maybe_sensitive),
)
_KIND_CHECKS: dict[str, tuple[_ItemCheck, ...]] = {
    **dict.fromkeys(KINDS, ()),
    **dict.fromkeys(("one", "faces", "scale"), (_unbalanced,)),
}
"""Checks that only make sense for some kinds: answers have two sides only where one is chosen along a line."""

CODES = (
    *("double_negative", "two_questions", "long_sentence", "passive", "idiom", "sensory_instruction", "no_time_frame"),
    *("agree_disagree", "unbalanced_options", "no_absence", "blame", "too_many_points", "too_many_items"),
    "maybe_sensitive",
    *onlookers.CODES,
)


def _grades(instrument: Instrument) -> tuple[int, str]:
    """The mean reading grade, and which question has the highest."""
    grades = [(reading_grade(item.text["en"]), item.key, place) for place, item in item_places(instrument)]
    mean = max(0.0, sum(grade for grade, _, _ in grades) / len(grades))
    grade, key, place = max(grades)
    return round(mean), f"the highest is {max(0.0, grade):.0f}: {key} at {spoken(place)}"
