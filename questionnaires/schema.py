"""The shape of a questionnaire file as a JSON Schema, for editors.

An editor that knows the schema completes names while they are typed and underlines what does not fit. It knows less
than the reader on purpose: the schema says which fields there are and what each may hold; what they mean together (a
condition asks only backwards, no two codes are equal) `heard check` says. Its choices are those of the rules, and a
test fails when the reader knows a field that stands in no table here.
"""

from __future__ import annotations

from typing import Any

from questionnaires import rules, wording
from questionnaires.kinds import HIGHEST_ALERT, KINDS, NATURES, NO_OPTIONS, OWN, PICTURES, SIZES, VERSIONS, Nature

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def questionnaire_schema() -> Schema:
    """The schema of a questionnaire file."""
    parts = {name: _fields(about, fields) for name, (about, fields) in _PARTS.items() if name != "questionnaire"}
    parts["item"]["allOf"] = [_of_kind(kind, *needs) for kind, needs in _KIND_NEEDS.items()]
    about, fields = _PARTS["questionnaire"]
    head = {"$schema": DIALECT, "title": "Heard questionnaire"}
    return head | _fields(about, fields) | {"$defs": parts}


def translation_schema() -> Schema:
    """The schema of a translation beside a questionnaire."""
    about, fields = _TRANSLATION
    return {"$schema": DIALECT, "title": "Heard translation"} | _fields(about, fields)


def _fields(about: str, fields: dict[str, Schema]) -> Schema:
    """An object with these fields and no others; those marked `needed` have to be there."""
    return {
        "type": "object",
        "description": about,
        "additionalProperties": False,
        "required": [name for name, one in fields.items() if one.get("needed")],
        "properties": {name: {k: v for k, v in one.items() if k != "needed"} for name, one in fields.items()},
    }


def _of_kind(kind: str, needed: tuple[str, ...], refused: tuple[str, ...]) -> Schema:
    """What one kind of item must have, and what it cannot have."""
    then: Schema = {"required": list(needed), "properties": dict.fromkeys(refused, False)}
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


def _needed(schema: Schema) -> Schema:
    return schema | {"needed": True}


def _words(about: str) -> Schema:
    return {"type": ["string", "number"], "maxLength": wording.LONGEST, "description": about}


def _some(schema: Schema) -> Schema:
    """The same, or left empty."""
    return schema | {"type": [schema["type"], "null"] if isinstance(schema["type"], str) else [*schema["type"], "null"]}


def _key(about: str) -> Schema:
    return {"type": "string", "pattern": f"^{rules.KEY.pattern}$", "description": about}


def _choice(choices: tuple[str, ...], about: str) -> Schema:
    return {"enum": list(choices), "description": about}


def _whole(about: str, low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high, "description": about}


def _truth(about: str) -> Schema:
    return {"type": "boolean", "description": about, "default": False}


def _many(entry: Schema, about: str) -> Schema:
    return {"type": ["array", "null"], "items": entry, "description": about}


def _list(entry: Schema, about: str) -> Schema:
    return {"type": "array", "items": entry, "minItems": 1, "description": about}


def _named(entry: Schema, about: str) -> Schema:
    return {"type": "object", "additionalProperties": entry, "description": about}


def _part(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_AGES: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 5, "maximum": 120},
    "minItems": 2,
    "maxItems": 2,
    "description": "the youngest, then the oldest: [11, 16]",
}
_INTRO: Schema = {
    "type": "array",
    "items": _words("one sentence or two"),
    "minItems": 4,
    "maxItems": 4,
    "description": "what this is; who will see it; that anything may be skipped; where help is",
}
_EXPLAINED = _named({"type": "string"}, "warning of `heard check --words`: why it does not hold here")
_NUMBER = rules.HIGHEST_NUMBER
_ALERT_UP_TO = "from 0 up to this number, the answer tells the worker on duty at once; linked mode only"

_PARTS: dict[str, tuple[str, dict[str, Schema]]] = {
    "questionnaire": (
        "What is asked, of whom and when.",
        {
            "key": _needed(_key("the name of the questionnaire in files and figures")),
            "version": _needed(_whole("counted from 1; a published version never changes", 1, 9999)),
            "title": _needed(_words("what a young person reads at the top")),
            "ages": _needed(_AGES),
            "mode": _needed(_choice(rules.MODES, "private: no name is asked; linked: a worker sees the answers")),
            "respondent": _needed(_choice(rules.RESPONDENTS, "who answers")),
            "waves": _needed(_list(_key("a wave"), "when it is asked, in order: [before, after]")),
            "intro": _needed(_INTRO),
            "pages": _needed(_list(_part("page"), "questions that belong together")),
            "sitting": _choice(rules.SITTINGS, "answered in a group, or one to one"),
            "interruption": _truth("before the first question, everybody reads how to leave at once, and may"),
            "scales": _many(_part("scale"), "items scored together"),
            "made_with": _many({"type": "string"}, "who helped to make it"),
            "words_explained": _EXPLAINED,
        },
    ),
    "page": (
        "Questions that belong together.",
        {
            "key": _needed(_key("the name of the page")),
            "items": _needed(_list(_part("item"), "its questions, in order")),
            "title": _some(_words("what stands above them")),
        },
    ),
    "item": (
        "One question.",
        {
            "key": _needed(_key("the name of the question in forms, files and figures")),
            "kind": _needed(_choice(KINDS, "how it is put and answered")),
            "text": _needed(_words("the question itself; one idea")),
            "hint": _some(_words("a line below the question")),
            "options": _many(_part("option"), "the permitted answers, in order"),
            "waves": _many(_key("a wave of the questionnaire"), "only in these waves; left out: in all"),
            "absences": _many(_choice(rules.ABSENCES, "a reason for no answer"), "ways to answer without an answer"),
            "condition": _part("condition"),
            "sensitive": _truth("small groups are protected more, and nobody can tell what was answered"),
            "about": _truth("about the person: a breakdown in reports; at most four"),
            "measure": _part("measure"),
            "minimum": _some(_whole("the smallest number allowed", 0, _NUMBER)),
            "maximum": _some(_whole("the largest number allowed", 0, _NUMBER)),
            "unit": _some(_words("what is counted: times, days")),
            "tried_with": _many(_part("trial"), "children it was tried with"),
            "ordered": _truth("the options rise from first to last"),
            "words_explained": _EXPLAINED,
            "parts": _many(_part("part"), "things to sort into the boxes, or goals; each is answered by itself"),
            "low": _some(_words("what 0 means")),
            "high": _some(_words("what 10 means")),
            "alert_up_to": _some(_whole(_ALERT_UP_TO, 0, HIGHEST_ALERT)),
            "picture": {"enum": [*PICTURES, None], "description": "one of our drawings, beside the words"},
            "versions": _part("versions"),
            "same_as": _some(_key("an earlier item that is asked in the same words in another wave")),
            "then_test": _truth("asked afterwards: how was it before? Kept apart; not under 11"),
            "size": {"enum": [*SIZES, None], "description": "how large the box is"},
            "may_print": _truth("asks beside the box whether we may print the words; private mode, from 13"),
        },
    ),
    "part": (
        "One thing to sort, or one goal.",
        {
            "key": _needed(_key("its name")),
            "text": _needed(_words("what a young person reads")),
            "measure": _part("measure"),
        },
    ),
    "versions": (
        "The same item in other words; what a version does not say is as in the item itself.",
        {name: _part("version") for name in VERSIONS[1:]},
    ),
    "version": (
        "Other words for one item: shorter, with a picture, or with a sound.",
        {
            "text": _some(_words("the question")),
            "hint": _some(_words("the line below it")),
            "low": _some(_words("what 0 means")),
            "high": _some(_words("what 10 means")),
            "labels": _named(_words("the answer"), "option key: words") | {"type": ["object", "null"]},
            "parts": _named(_words("the thing"), "part key: words") | {"type": ["object", "null"]},
            "picture": {"enum": [*PICTURES, None], "description": "one of our drawings"},
            "sound": _some({"type": "string", "description": "a recording: know_who.opus"}),
        },
    ),
    "option": (
        "One permitted answer.",
        {
            "key": _needed(_key("the name of the answer")),
            "code": _needed(_whole("the number that is stored; it never changes its meaning", 0, rules.HIGHEST_CODE)),
            "label": _needed(_words("what a young person reads")),
            "exclusive": _truth("rules out every other answer: none of these"),
            "negative": _truth('says "no" or "it\'s fine"'),
            "alert": _truth("tells the worker on duty at once; linked mode only"),
        },
    ),
    "condition": (
        "Asked only if an earlier item was answered so.",
        {
            "item": _needed(_key("an earlier item")),
            "options": _needed(_list(_key("an option of that item"), "any one of these answers")),
        },
    ),
    "measure": (
        "What the item tells about one respondent.",
        {
            "agreed": _needed(_list(_key("an option"), "the answers that agree with what is taught")),
            "dont_know": _needed(_choice(rules.TREATMENTS, 'how "I don\'t know" counts')),
            "family": _needed(_choice(rules.FAMILIES, "what kind of outcome it is")),
            "direction": _needed(_choice(rules.DIRECTIONS, "which way is hoped for")),
            "statement": _needed(_words('completes "48 in 100 pupils ...": knew whom to tell')),
            "indicator": _some({"type": "string", "description": "an indicator of the outcomes framework"}),
            "excluded": _many(_key("an option"), "answers that leave the base: I already do this"),
            "smallest": _whole("the change worth speaking of, in percentage points", 1, 100),
        },
    ),
    "trial": (
        "Children the question was tried with.",
        {
            "children": _needed(_whole("how many", 0, 10**9)),
            "ages": _needed(_AGES),
            "date": _needed({"type": "string", "description": "when: 2026-11-20"}),
            "changes": {"type": "string", "description": "what was changed after that"},
        },
    ),
    "scale": (
        "Items scored together.",
        {
            "key": _needed(_key("the name of the score")),
            "items": _needed(_list(_key("an item with one answer"), "the items in it")),
            "points": _needed(_named({"type": "integer"}, "option: points") | {"minProperties": 1}),
            "reversed": _many(_key("an item of the scale"), "items whose points are turned round"),
            "minimum_answered": _whole("with fewer answers there is no score", 1, rules.MOST_ITEMS),
        },
    ),
}


def _needs(kind: Nature) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that a kind must have, and those that it cannot have."""
    has_options = kind.options != NO_OPTIONS and not kind.steps
    refused = [name for name in OWN if name not in kind.own]
    refused += [] if has_options else ["options"]
    refused += [] if kind.measured else ["measure"]
    refused += [] if kind.absent else ["absences"]
    return (*(("options",) if has_options else ()), *kind.needs), tuple(refused)


_KIND_NEEDS = {name: _needs(kind) for name, kind in NATURES.items()}
_ITEM_WORDS = _fields(
    "The words of one item.",
    {
        "text": _words("the question"),
        "hint": _words("the line below it"),
        "unit": _words("what is counted"),
        "low": _words("what 0 means"),
        "high": _words("what 10 means"),
        "statement": _words("the statement of its measure"),
        "options": _named(_words("the label"), "option key: label"),
        "parts": _named(_words("the thing"), "part key: words"),
        "statements": _named(_words("the statement of its measure"), "part key: statement"),
        "versions": _named({"type": "object"}, "version: its words, as in the questionnaire"),
    },
)
_TRANSLATION: tuple[str, dict[str, Schema]] = (
    "The words of a questionnaire in another language, under the same keys.",
    {
        "key": _needed(_key("the key of the questionnaire")),
        "version": _needed(_whole("its version", 1, 9999)),
        "language": _needed({"type": "string", "pattern": f"^{wording.LANGUAGE.pattern}$", "description": "cy, ar"}),
        "name": _needed({"type": "string", "minLength": 1, "description": "the language in its own words"}),
        "direction": _needed(_choice(wording.DIRECTIONS, "ltr: from left to right; rtl: from right to left")),
        "checked": _needed({"type": ["string", "null"], "description": "who checked it and when; empty: a draft"}),
        "title": _words("the title"),
        "intro": {"type": "array", "items": _words("a sentence"), "maxItems": 4, "description": "the opening"},
        "pages": _named(_words("the title"), "page key: title"),
        "items": _named(_ITEM_WORDS, "item key: its words"),
    },
)
