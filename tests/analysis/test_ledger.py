"""What a further release may add: at least three settings and thirty people to every published group, or nothing."""

import pytest

from analysis.ledger import Group, differs_by_few, left_over, may_add


def group(**people: int) -> Group:
    return Group(people)


FIRST = {"all": group(a=40, b=30, c=25)}


def test_the_first_release_needs_three_settings_and_thirty_people() -> None:
    assert may_add({}, FIRST).allowed
    assert may_add({}, {"all": group(a=90, b=80)}).reason == "few_schools"
    assert may_add({}, {"all": group(a=9, b=10, c=10)}).reason == "few_schools"


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        ({}, ""),
        ({"d": 10, "e": 10, "f": 10}, ""),
        ({"d": 10, "e": 10, "f": 9}, "few_schools"),
        ({"d": 100, "e": 100}, "few_schools"),
    ],
)
def test_each_later_release_adds_as_much_or_nothing(added: dict[str, int], reason: str) -> None:
    verdict = may_add(FIRST, {"all": Group(dict(FIRST["all"].people) | added)})
    assert (verdict.reason, verdict.allowed, verdict.group) == (reason, not reason, "all" if reason else "")


def test_every_published_group_counts_not_only_the_whole() -> None:
    before = {"all": group(a=40, b=30, c=25), "girls": group(a=20, b=15, c=12)}
    after = {"all": group(a=40, b=30, c=25, d=40, e=40, f=40), "girls": group(a=20, b=15, c=12, d=1)}
    assert may_add(before, after).group == "girls"


def test_a_group_that_shrinks_or_vanishes_would_show_a_change() -> None:
    assert may_add(FIRST, {"all": group(a=39, b=30, c=25)}).reason == "would_show_change"
    assert may_add(FIRST, {}).reason == "would_show_change"


def test_late_answers_enter_at_closing_only_and_only_if_ten() -> None:
    late = {"all": group(a=45, b=35, c=25)}
    assert not may_add(FIRST, late).allowed
    assert may_add(FIRST, late, closing=True).allowed
    assert may_add(FIRST, {"all": group(a=45, b=34, c=25)}, closing=True).reason == "few_people"


def test_one_or_two_settings_release_once_when_the_programme_closes() -> None:
    only = {"all": group(a=90, b=80)}
    assert not may_add({}, only).allowed
    assert may_add({}, only, closing=True).allowed


NOBODY = group()


@pytest.mark.parametrize(
    ("total", "before", "pages", "settings"),
    [
        (group(a=45, b=30), NOBODY, {"a": (40,), "b": (30,)}, {"a"}),
        (group(a=45, b=30), NOBODY, {"a": (40, 80), "b": (30,)}, {"a"}),  # the older page counts beside the newer
        (group(a=45, b=30), NOBODY, {"a": (40,)}, set()),  # b hides what is left of a
        (group(a=40, b=30), NOBODY, {"a": (40,), "b": (30,)}, set()),
        (group(a=44, b=34), NOBODY, {"a": (40,), "b": (30,)}, {"a", "b"}),  # eight together
        (group(a=45, b=35), NOBODY, {"a": (40,), "b": (30,)}, set()),  # ten together
        (group(a=80, b=30), group(a=37), {"a": (37, 75), "b": (30,)}, {"a"}),  # the difference of two pages
        (group(a=80, b=30), group(a=40), {"a": (40, 80), "b": (30,)}, set()),
    ],
)
def test_pages_taken_from_totals_leave_nobody_or_ten(
    total: Group, before: Group, pages: dict[str, tuple[int, ...]], settings: set[str]
) -> None:
    assert left_over(total, before, pages) == settings


def test_nested_groups_that_lie_few_people_apart_are_found() -> None:
    assert differs_by_few(group(a=40, b=30), group(a=37)) is False
    assert differs_by_few(group(a=40), group(a=37))
    assert not differs_by_few(group(a=40), group(a=40)) and not differs_by_few(group(a=40), group(a=30))
