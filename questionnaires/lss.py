"""A questionnaire from LimeSurvey, which universities and public bodies write theirs in.

Groups become pages, lists and yes/no questions items with one answer, multiple choice items with several, numbers
numbers; an array becomes one item after another, for no child should have to find a row and a column. What LimeSurvey
can do beyond that (grids of boxes, formulas, validation, welcome texts) is named by question with what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from questionnaires.boxes import NO_COMMENT, box_kept
from questionnaires.drafting import ASSUMED_HIGHEST, Draft, DraftItem, DraftOption, DraftPage, imported, key_of
from questionnaires.faults import shown
from questionnaires.imported import Imported, Unreadable
from questionnaires.lss_tables import PICTURE, Row, Survey, Words, in_order, language, plain, tables, words_of
from questionnaires.wording import LANGUAGE

_ANSWERED = r"([A-Za-z0-9_]+)(?:\.(?:NAOK|code|value|valueNAOK))?\s*==\s*(?:\"([^\"]*)\"|'([^']*)')"
_RELEVANCE = re.compile(_ANSWERED)
_SGQA = re.compile(r"(?:[0-9]+X[0-9]+X|Q(?=[0-9]+(?:_|$)))([0-9]+)_?(\w*)")
"""A question by its number: survey, group and question, or in newer files only the question."""
_LONGEST = 2000
_WITHOUT_ANSWERS = "STUNX"
"""Types with nothing to choose: no other question can hang on them."""
_INSERTED = re.compile(r"\{[A-Za-z_][^{}]*\}")

_UNSUPPORTED = {
    **dict.fromkeys("Q;", ("several boxes for words", "ask for each by itself, or give answers to choose from")),
    **dict.fromkeys("AB", ("points without words", "make it an array with a word for every point")),
    **dict.fromkeys("CE", ("fixed answers", "make it an array, or a list for each row, with answers of your own")),
    **dict.fromkeys("H1:", ("a grid of this sort", "ask each row in a list of its own")),
    "K": ("several numbers", "ask for each number by itself"),
    "D": ("a date", "ask in ranges: this week, this month"),
    "G": ("gender with fixed answers", "write a list with answers of your own"),
    "I": ("the choice of language", "nothing: Heard offers it on every page"),
    "*": ("a formula", "nothing is worked out while children answer"),
    "|": ("a file", "Heard takes no files from children"),
}
_ATTRIBUTES = {
    "hidden": "remove the question",
    "array_filter": "write a condition for each question",
    "array_filter_exclude": "write a condition for each question",
    "random_order": "the order is the same for everybody in Heard",
    "answer_order": "the order is the same for everybody in Heard",
    "min_answers": "every question may be skipped in Heard",
    "max_answers": "children may choose as many as fit",
    "em_validation_q": "Heard checks choices and ranges only",
    "em_validation_sq": "Heard checks choices and ranges only",
    "prefix": "say it in the question",
    "suffix": "give the item a unit",
    "time_limit": "nobody is hurried in Heard",
    "random_group": "the order is the same for everybody in Heard",
    "subquestion_order": "the order is the same for everybody in Heard",
    "exclude_all_others_auto": "the answer that stands alone is enough",
    "min_num_value": "Heard checks choices and ranges only",
    "max_num_value": "Heard checks choices and ranges only",
    "equals_num_value": "Heard checks choices and ranges only",
    "slider_layout": "ask steps from 0 to 10",
    "other_replace_text": "add a choice such as Another one",
}


def read_lss(data: bytes, file: str) -> Imported:
    """What a .lss file asks, as a draft, and everything that could not be kept."""
    try:
        survey = tables(data, file)
    except Unreadable as refused:
        return Imported(None, (refused.finding,))
    return imported(_Reading(survey, Draft(file, "the survey", {})).read())


class _Reading:
    """One survey while it is read."""

    def __init__(self, survey: Survey, draft: Draft) -> None:
        self.survey = survey
        self.draft = draft
        self.source = next((language(row["language"]) for row in survey.rows("surveys") if row.get("language")), "en")
        self.asked: dict[str, Row] = {row.get("qid", ""): row for row in survey.rows("questions")}
        self.attributes: dict[str, dict[str, str]] = {}
        for row in survey.rows("question_attributes"):
            self.attributes.setdefault(row.get("qid", ""), {})[row.get("attribute", "")] = row.get("value", "")

    def read(self) -> Draft:
        self._head()
        placed = set()
        for group in in_order(self.survey.rows("groups"), "gid", "group_order"):
            gid = group.get("gid", "")
            placed.add(gid)
            self._group(group, self._questions(self.survey.of("questions", "gid", gid)))
        rest = [row for row in self.survey.rows("questions") if row.get("gid", "") not in placed]
        if rest:
            self._group({}, self._questions(rest))
        self._languages()
        return self.draft

    def _questions(self, rows: list[Row]) -> list[Row]:
        return in_order([row for row in rows if row.get("parent_qid", "0") in ("", "0")], "qid", "question_order")

    def _words(self, table: str, l10ns: str, column: str, key: str, value: str) -> Words:
        """Old files keep the words in the rows themselves, newer ones in a table beside."""
        return words_of([*self.survey.of(table, key, value), *self.survey.of(l10ns, key, value)], column)

    def _head(self) -> None:
        for row in self.survey.rows("surveys_languagesettings"):
            code = language(row.get("surveyls_language", ""))
            if plain(row.get("surveyls_title", "")):
                self.draft.title.setdefault(code or self.source, plain(row["surveyls_title"]))
            for name, what in _TEXTS.items():
                if plain(row.get(name, "")):
                    where = f"the survey, {what} ({code})"
                    self._left(
                        where, "survey_text", shown(plain(row[name])), "put what matters into the opening of the draft"
                    )
        if self.draft.title:
            title = self.draft.title.get("en") or next(iter(self.draft.title.values()))
            self.draft.head["key"] = key_of(title, "questionnaire")
        for name in ("quota", "assessments", "defaultvalues"):
            if self.survey.tables.get(name):
                self._left(f"the survey, {name}", "unsupported_table", "it is not kept", "nothing: Heard has none")

    def _languages(self) -> None:
        """Every language that has words; one that nobody knows is named and left out."""
        texts: list[Words] = [self.draft.title, *(page.title for page in self.draft.pages)]
        for page in self.draft.pages:
            for item in page.items:
                texts += [item.text, item.hint, *(option.label for option in item.options)]
        for code in sorted({code for words in texts for code in words}):
            if LANGUAGE.fullmatch(code):
                self.draft.languages[code] = ""
                continue
            self._left(f"the survey, language {code}", "unknown_language", "no language we know", "add it to the draft")
            for words in texts:
                words.pop(code, None)

    def _left(self, where: str, code: str, wrong: str, mend: str) -> None:
        self.draft.remark(where, code, wrong, mend)

    def _group(self, group: Row, questions: list[Row]) -> None:
        gid = group.get("gid", "")
        title = self._words("groups", "group_l10ns", "group_name", "gid", gid) if gid else {}
        where = f"group {title.get('en') or next(iter(title.values()), gid)}"
        if gid and self._words("groups", "group_l10ns", "description", "gid", gid):
            self._left(where, "group_text", "the description of the group", "put what matters into a hint")
        page = DraftPage(title.get("en") or f"page {len(self.draft.pages) + 1}", title)
        for row in questions:
            page.items += self._question(row)
        self.draft.pages.append(page)
        self._of_group(group.get("grelevance", ""), where, page.items)

    def _of_group(self, formula: str, where: str, items: list[DraftItem]) -> None:
        """What a whole group depends on, each of its items does. One condition an item: its own stays where it has another,
        and that is no loss where the earlier question was itself asked only under that of the group."""
        known = len(self.draft.findings)
        around = self._condition(formula, where)
        if around is None and len(self.draft.findings) == known:
            return
        conditions = {one.name: one.condition for page in self.draft.pages for one in page.items}
        for item in items:
            if around is not None and item.condition in (None, around):
                item.condition = conditions[item.name] = around
            elif around is None or item.condition is None or conditions.get(item.condition[0]) != around:
                wrong = f"the condition of its {where} is not kept: more are asked than there"
                self._left(
                    item.where, "unsupported_relevance", wrong, "ask for it in the draft, in an earlier question"
                )

    def _question(self, row: Row) -> list[DraftItem]:
        where = f"question {row.get('title', '') or row.get('qid', '')}"
        kind = row.get("type", "")[:1]
        if kind not in _KINDS:
            what, mend = _UNSUPPORTED.get(kind, (f"type {shown(row.get('type', ''))}", "use a list or multiple choice"))
            self._left(where, "unsupported_type", f"{what} cannot be kept", mend)
            return []
        self._unkept(row, where)
        qid = row.get("qid", "")
        text = self._words("questions", "question_l10ns", "question", "qid", qid)
        hint = self._words("questions", "question_l10ns", "help", "qid", qid)
        self._media(where, qid)
        item = DraftItem(row.get("title", "") or f"q{qid}", "one", text, where, hint=hint)
        condition = self._condition(row.get("relevance", ""), where)
        made = _KINDS[kind](self, row, item)
        for one in made:
            one.condition = condition
        return made

    def _media(self, where: str, qid: str) -> None:
        rows = [*self.survey.of("questions", "qid", qid), *self.survey.of("question_l10ns", "qid", qid)]
        said = " ".join(f"{row.get('question', '')} {row.get('help', '')}" for row in rows)
        if PICTURE.search(said):
            self._left(where, "unsupported_media", "a picture, sound or film", "say it in words")
        if _INSERTED.search(said):
            self._left(where, "inserted", "an answer or a formula is put into the words", "say it without")

    def _unkept(self, row: Row, where: str) -> None:
        if row.get("mandatory", "N") in ("Y", "S"):
            self._left(where, "required", "an answer is required", "every question may be skipped in Heard")
        if row.get("other", "N") == "Y":
            self._left(where, "or_other", "`other` asks for words", "add a choice such as Another one")
        if row.get("preg"):
            self._left(where, "validation", f"the pattern {shown(row['preg'])}", "Heard checks choices and ranges only")
        for name, value in self.attributes.get(row.get("qid", ""), {}).items():
            if name in _ATTRIBUTES and value not in ("", "0", "N", "normal"):
                self._left(where, "attribute", f"{name} is {shown(value)}", _ATTRIBUTES[name])

    def _condition(self, formula: str, where: str) -> tuple[str, tuple[str, ...]] | None:
        """`Q1 == "A1" or Q1 == "A2"`; anything else is named."""
        bare = re.sub(r"[()]", " ", formula).strip()
        if bare in ("", "1"):
            return None
        parts = re.split(r"\s+(?:or|\|\|)\s+|\s*\|\|\s*", bare) if len(formula) <= _LONGEST else [""]
        found = [self._answered(match) if (match := _RELEVANCE.fullmatch(part.strip())) else None for part in parts]
        names = {one[0] for one in found if one}
        if None in found or len(names) != 1:
            mend = "write in the draft: asked if an earlier question was answered so"
            self._left(where, "unsupported_relevance", f"the formula {shown(formula)}", mend)
            return None
        return names.pop(), tuple(dict.fromkeys(one[1] for one in found if one))

    def _answered(self, match: re.Match[str]) -> tuple[str, str] | None:
        """The question and the answer that a comparison means, whichever way the question is called."""
        name, value = match[1], match[2] if match[2] is not None else match[3]
        titled = any(one.get("title") == name.partition("_")[0] for one in self.asked.values())
        numbered = None if titled else _SGQA.fullmatch(name)
        if numbered and numbered[1] in self.asked:
            row, rest = self.asked[numbered[1]], numbered[2]
        else:
            title, _, rest = name.partition("_")
            row = next((one for one in self.asked.values() if one.get("title") == title), {})
        if not row:
            return None
        if row.get("type", "")[:1] in _WITHOUT_ANSWERS:
            return None
        if row.get("type") in ("M", "P"):
            return (row["title"], rest) if rest and value == "Y" else None
        return (row.get("title", ""), value) if not rest else None

    def options(self, row: Row, where: str) -> list[DraftOption]:
        """The answers of a list."""
        qid = row.get("qid", "")
        held = [one for one in self.survey.of("answers", "qid", qid) if one.get("scale_id", "0") in ("", "0")]
        told: dict[str, list[Row]] = {}
        for one in (*held, *self.survey.of("answer_l10ns", "qid", qid)):
            told.setdefault(one.get("code", ""), []).append(one)
        made = []
        for answer in in_order(held, "code", "sortorder"):
            code, aid = answer.get("code", ""), answer.get("aid", "")
            rows = [*told[code], *(self.survey.of("answer_l10ns", "aid", aid) if aid else ())]
            made.append(DraftOption(code, words_of(rows, "answer"), f"{where}, answer {code}", _code(code)))
        return made

    def parts(self, row: Row) -> list[tuple[str, Words]]:
        """The subquestions: their codes and their words."""
        held = in_order(self.survey.of("subquestions", "parent_qid", row.get("qid", "")), "qid", "question_order")
        return [
            (one.get("title", ""), self._words("subquestions", "question_l10ns", "question", "qid", one["qid"]))
            for one in held
            if one.get("qid")
        ]

    def attribute(self, row: Row, name: str) -> str:
        return self.attributes.get(row.get("qid", ""), {}).get(name, "")


def _code(words: str) -> int | None:
    number = re.fullmatch(r"[A-Za-z]{0,3}(-?[0-9]{1,9})", words)
    return int(number[1]) if number else None


def _list(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.options = reading.options(row, item.where)
    if row.get("type") == "O":
        reading.draft.remark(item.where, "comment", "a comment beside the list", NO_COMMENT)
    return [item]


def _yes_no(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.options = [
        DraftOption("Y", {"en": "Yes"}, item.where, 1),
        DraftOption("N", {"en": "No"}, item.where, 2, negative=True),
    ]
    return [item]


def _points(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.options = [DraftOption(str(n), {"en": str(n)}, item.where, n) for n in range(1, 6)]
    mend = "give each point its words in the draft"
    reading.draft.remark(item.where, "points_without_words", "five points without words", mend, "assumed")
    return [item]


def _several(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.kind = "several"
    alone = set(re.split(r"[;,]", reading.attribute(row, "exclude_all_others")))
    item.options = [
        DraftOption(code, words, f"{item.where}, answer {code}", _code(code), exclusive=code in alone)
        for code, words in reading.parts(row)
    ]
    if row.get("type") == "P":
        reading.draft.remark(item.where, "comment", "comments beside the answers", NO_COMMENT)
    return [item]


def _text(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.kind = "text"
    item.more["size"] = "short" if row.get("type") == "S" else "long"
    return [item] if box_kept(reading.draft, item.where, item.text) else []


def _rank(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    """Old files keep the things to rank among the answers, newer ones among the questions below this one."""
    item.kind = "rank"
    item.options = reading.options(row, item.where) or [
        DraftOption(code, words, f"{item.where}, answer {code}", _code(code)) for code, words in reading.parts(row)
    ]
    return [item]


def _statement(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.kind = "statement"
    return [item]


def _number(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    item.kind = "number"
    low, high = (reading.attribute(row, f"{end}_num_value_n") for end in ("min", "max"))
    item.minimum = int(low) if re.fullmatch(r"[0-9]{1,5}", low) else 0
    item.maximum = int(high) if re.fullmatch(r"[0-9]{1,5}", high) else ASSUMED_HIGHEST
    if not high:
        wrong = f"no largest number: {item.minimum} to {ASSUMED_HIGHEST}"
        reading.draft.remark(item.where, "assumed", wrong, "give it in the draft as maximum", "assumed")
    return [item]


def _array(reading: _Reading, row: Row, item: DraftItem) -> list[DraftItem]:
    """One item a row, each with the question before it: a child sees one thing at a time."""
    made = []
    for code, words in reading.parts(row):
        where = f"{item.where}, row {code}"
        text = {one: f"{item.text[one]} {words[one]}" if one in item.text else words[one] for one in words}
        one = DraftItem(f"{item.name}_{code}", "one", text, where, hint=dict(item.hint))
        one.options = reading.options(row, where)
        made.append(one)
    mend = "read them in the draft: each should stand by itself"
    reading.draft.remark(
        item.where, "array", f"an array of {len(made)} rows becomes {len(made)} questions", mend, "assumed"
    )
    return made


_KINDS: dict[str, Callable[[_Reading, Row, DraftItem], list[DraftItem]]] = {
    "L": _list,
    "!": _list,
    "O": _list,
    "Y": _yes_no,
    "5": _points,
    "M": _several,
    "P": _several,
    "N": _number,
    "F": _array,
    "R": _rank,
    "X": _statement,
    **dict.fromkeys("STU", _text),
}
"""The question types of LimeSurvey that Heard can ask."""
_TEXTS = {
    "surveyls_description": "description",
    "surveyls_welcometext": "welcome text",
    "surveyls_endtext": "end text",
    "surveyls_policy_notice": "policy notice",
}
