"""Released values: nobody makes one by hand, and a stored one comes back the same."""

import ast
import copy
import dataclasses
import json
from pathlib import Path

import pytest

from analysis import results
from analysis.disclosure import release_item, release_response, release_share, suppressed
from analysis.exact import Count, Exact, Pairs
from analysis.results import Interval, NotReleasedError, Share, from_json

HERE = Path(results.__file__).parent


def a_row() -> results.Row:
    group = Exact("girls", before=Count(40, 90), after=Count(60, 95))
    other = Exact("boys", before=Count(45, 80), after=Count(50, 75))
    return release_item(
        Exact(
            "knew_whom_to_tell",
            before=Count(85, 170, Interval(0.41, 0.58)),
            after=Count(110, 170),
            pairs=Pairs(40, 100, 20, 10, 10),
            breakdowns={"gender": {"girls": group, "boys": other}},
        )
    )


def test_a_released_value_made_by_hand_is_refused() -> None:
    for kind in results.KINDS.values():
        empty = {f.name: None for f in dataclasses.fields(kind)}
        with pytest.raises(NotReleasedError):
            kind(**empty)
        with pytest.raises(NotReleasedError):
            kind(**empty, seal=object())


def test_a_released_value_cannot_be_changed_into_another() -> None:
    share = release_share(Count(20, 40))
    assert isinstance(share, Share)
    with pytest.raises(NotReleasedError):
        dataclasses.replace(share, percent=99)
    with pytest.raises(dataclasses.FrozenInstanceError):
        share.percent = 99  # type: ignore[misc]


def test_a_stored_release_comes_back_equal() -> None:
    for value in (a_row(), suppressed("few_people"), release_response({"on_roll": 903, "paired": 4}, schools=12)):
        stored = json.dumps(value.to_json())
        assert from_json(json.loads(stored)) == value == copy.deepcopy(value)


@pytest.mark.parametrize("data", [{}, {"kind": "share"}, {"kind": "interval"}, {"kind": "suppressed", "reason": "x"}])
def test_what_is_not_a_stored_release_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"released value|a stored"):
        from_json(data)


def test_a_stored_release_holds_no_exact_count() -> None:
    text = json.dumps(a_row().to_json())
    assert '"agreed"' not in text and '"numerator"' not in text


def test_only_the_gate_holds_the_seal() -> None:
    holders = set()
    for module in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if "_SEAL" in (getattr(node, "name", None), getattr(node, "id", None), getattr(node, "attr", None)):
                holders.add(module.name)
    assert holders == {"results.py", "disclosure.py", "recorded.py"}


def test_pages_may_import_results_without_numpy_or_scipy() -> None:
    tree = ast.parse((HERE / "results.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "dataclasses", "typing"}


def test_an_interval_runs_from_low_to_high() -> None:
    with pytest.raises(ValueError, match=r"0.5 to 0.4"):
        Interval(0.5, 0.4)
