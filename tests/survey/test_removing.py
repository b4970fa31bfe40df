"""A question that is put back goes where it was, and what was changed meanwhile stays as it was changed."""

from __future__ import annotations

from typing import Any

from survey.authoring.removing import put_back, take_out, unscore


def document() -> dict[str, Any]:
    items = [{"key": key, "kind": "faces", "text": f"{key}?"} for key in ("a", "b", "c")]
    scale = {"key": "sum", "items": ["a", "b", "c"], "reversed": ["a"], "minimum_answered": "2"}
    source = {"pages": [{"key": "first", "title": None, "items": items}], "scales": [scale]}
    return {"source": source, "translations": {}, "aside": {}, "outdated": {}}


def test_a_score_that_was_changed_meanwhile_gets_the_one_question_only() -> None:
    changed = document()
    take_out(changed, 0, 0)
    unscore(changed, "b")
    changed["source"]["scales"] = [{"key": "sum", "items": ["c"], "minimum_answered": "1"}]
    put_back(changed)
    assert changed["source"]["scales"] == [
        {"key": "sum", "items": ["a", "c"], "reversed": ["a"], "minimum_answered": "1"}
    ]


def test_a_score_that_went_too_comes_back_only_where_all_its_questions_still_are() -> None:
    changed = document()
    changed["source"]["scales"][0]["minimum_answered"] = "3"
    take_out(changed, 0, 0)
    assert "scales" not in changed["source"]
    changed["source"]["pages"][0]["items"][0]["key"] = "renamed"
    put_back(changed)
    assert not changed["source"].get("scales"), "a score that names a question which is gone is a fault"
    changed = document()
    changed["source"]["scales"][0]["minimum_answered"] = "3"
    take_out(changed, 0, 0)
    put_back(changed)
    assert changed == document() | {"source": document()["source"] | {"scales": changed["source"]["scales"]}}
    assert changed["source"]["scales"][0]["items"] == ["a", "b", "c"]
