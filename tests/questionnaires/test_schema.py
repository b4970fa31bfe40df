"""The published schema and the reader know the same fields and the same choices."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import jsonschema
import pytest
import yaml

from questionnaires import kinds, schema, shapes, translations
from questionnaires.files import library
from questionnaires.schema import questionnaire_schema, translation_schema

READ_BY = {
    "instrument_of": "questionnaire",
    "_page": "page",
    "_item": "item",
    "_option": "option",
    "_condition": "condition",
    "_measure": "measure",
    "_trial": "trial",
    "_part": "part",
    "_versions": "versions",
    "_version": "version",
    "_scale": "scale",
}


def problems(document: Any, against: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(against)
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in validator.iter_errors(document)]


def fields_read() -> dict[str, tuple[set[str], set[str]]]:
    """Part -> (fields it needs, fields it may have), as the reader's own code says."""
    found = {}
    for function in ast.parse(inspect.getsource(shapes)).body:
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fields":
                words = [
                    one.value if isinstance(one, ast.Constant) else vars(shapes)[ast.unparse(one)]
                    for one in node.args[2:]
                ]
                needed, more = (*words, "")[:2]
                found[function.name] = (set(needed.split()), set(more.split()))
    return found


def test_the_reader_knows_no_field_that_the_schema_does_not() -> None:
    published = questionnaire_schema()
    parts = {"questionnaire": published, **published["$defs"]}
    read = fields_read()
    assert set(read) == set(READ_BY) and set(READ_BY.values()) == set(parts)
    for function, part in READ_BY.items():
        needed, more = read[function]
        assert set(parts[part]["required"]) == needed, part
        assert set(parts[part]["properties"]) == needed | more, part


def test_a_translation_has_the_fields_that_its_reader_knows() -> None:
    published = translation_schema()
    assert set(published["required"]) == set(translations._NEEDED)
    assert set(published["properties"]) == {*translations._NEEDED, *translations._TEXTS}


def test_every_kind_says_what_it_needs() -> None:
    assert tuple(schema._KIND_NEEDS) == kinds.KINDS


def test_both_schemas_are_sound_and_every_field_is_described() -> None:
    for published in (questionnaire_schema(), translation_schema()):
        jsonschema.Draft202012Validator.check_schema(published)
    for part in (questionnaire_schema(), translation_schema(), *questionnaire_schema()["$defs"].values()):
        for name, field in part["properties"].items():
            assert "$ref" in field or field.get("description"), name


@pytest.mark.parametrize("key", sorted(library()))
def test_the_library_fits(key: str) -> None:
    path = library()[key]
    assert problems(yaml.safe_load(path.read_text()), questionnaire_schema()) == []
    beside = [one for one in path.parent.glob(f"{key}.*.yaml") if one != path]
    assert beside
    for one in beside:
        assert problems(yaml.safe_load(one.read_text()), translation_schema()) == []


SPOILED = [
    ("mode: private", "mode: secret"),
    ("kind: several", "kind: many"),
    ("unit: times", "unlt: times"),
    ("version: 1", "version: one"),
    ("[One., Two., Three., Four.]", "[One.]"),
    ("        text: How many?\n", ""),
    ("key: tiny", "key: Tiny"),
    ("maximum: 300\n", "maximum: 70000\n"),
    ("        maximum: 300\n", ""),
    ("ordered: true", "minimum: 2"),
    ("points: {low: 0, middle: 1, high: 2}", "points: 3"),
]


@pytest.mark.parametrize(("old", "new"), SPOILED)
def test_an_editor_underlines_what_does_not_fit(tiny_file: str, old: str, new: str) -> None:
    assert problems(yaml.safe_load(tiny_file), questionnaire_schema()) == []
    assert old in tiny_file
    assert problems(yaml.safe_load(tiny_file.replace(old, new, 1)), questionnaire_schema())


def test_a_spoiled_translation_does_not_fit(tiny_welsh_file: str) -> None:
    tiny_welsh_file = tiny_welsh_file.replace("Sawl un?", "Sawl un")
    assert problems(yaml.safe_load(tiny_welsh_file), translation_schema()) == []
    for old, new in (
        ("direction: ltr", "direction: up"),
        ("title: Teitl", "titel: Teitl"),
        ("known:", "Known thing: 1\n  k:"),
    ):
        assert problems(yaml.safe_load(tiny_welsh_file.replace(old, new, 1)), translation_schema())


SPOILED_KINDS = [
    ("low: Cold, ", ""),
    ("sound: ease.opus", "sund: x"),
    ("picture: phone", "picture: gun"),
    ("kind: rank", "kind: steps"),
    ("label: High, alert: true", "label: High, alert: often"),
    ("          - {key: goal_1, text: My first goal}", "          - {key: goal_1, words: My first goal}"),
    ("size: long", "minimum: 3"),
    ("kind: statement, ", "kind: statement, absences: [dont_know], "),
]


def test_every_kind_fits_and_an_editor_underlines_what_does_not(kindly_file: str) -> None:
    def found(text: str) -> list[str]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the other one stumbles over "How?,"
        return problems(yaml.load(text, Loader=loader), questionnaire_schema())  # noqa: S506

    assert found(kindly_file) == []
    for old, new in SPOILED_KINDS:
        assert old in kindly_file
        assert found(kindly_file.replace(old, new, 1)), new
