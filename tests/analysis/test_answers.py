"""All answers of an item at once: what is printed, what is hidden, and what is taken back because it tells too much."""

import pytest

from analysis.disclosure import release_item
from analysis.exact import Count, Exact
from analysis.results import Distribution, Suppressed, from_json

KEYS = ("never", "seldom", "often", "always")
AGREED = frozenset({"often", "always"})


def counted(*numbers: int) -> Count:
    agreed = sum(n for key, n in zip(KEYS, numbers, strict=False) if key in AGREED)
    return Count(agreed, sum(numbers), options=tuple(zip(KEYS, numbers, strict=False)))


def an_item(*numbers: int, sensitive: bool = False) -> Exact:
    return Exact("k", after=counted(*numbers), sensitive=sensitive, agreed=AGREED)


def shown_after(exact: Exact) -> Distribution:
    answers = release_item(exact).answers_after
    assert isinstance(answers, Distribution), answers
    return answers


def test_every_answer_is_a_whole_percentage_of_the_base_of_the_share() -> None:
    answers = shown_after(an_item(11, 22, 40, 30))
    assert answers.options == (("never", 11), ("seldom", 21), ("often", 39), ("always", 29))
    assert answers.base == 105


@pytest.mark.parametrize(("numbers", "reason"), [((5, 6, 9, 9), "few_people"), ((1, 2, 3, 3), "few_people")])
def test_under_thirty_people_no_answers_are_told(numbers: tuple[int, ...], reason: str) -> None:
    hidden = release_item(an_item(*numbers)).answers_after
    assert isinstance(hidden, Suppressed) and hidden.reason == reason
    assert isinstance(release_item(an_item(5, 6, 9, 10)).answers_after, Distribution)


def test_without_answers_counted_or_with_two_of_them_there_is_nothing_to_tell() -> None:
    assert release_item(Exact("k", after=Count(50, 100))).answers_after is None
    two = Exact("k", after=Count(50, 100, options=(("yes", 50), ("no", 50))), agreed=frozenset({"yes"}))
    assert release_item(two).answers_after is None


def test_answers_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="of 101 people"):
        Count(50, 101, options=(("yes", 50), ("no", 50)))


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ((200, 200, 200, 200), set()),
        ((9, 200, 200, 200), {"never", "seldom"}),
        ((200, 200, 200, 0), {"often", "always"}),
        ((20, 100, 200, 200), {"never", "seldom"}),  # under 5%
    ],
)
def test_a_small_sensitive_answer_hides_with_a_partner_of_its_side(numbers: tuple[int, ...], hidden: set[str]) -> None:
    answers = shown_after(an_item(*numbers, sensitive=True))
    assert {key for key, percent in answers.options if percent is None} == hidden
    assert all(percent is not None for _, percent in shown_after(an_item(*numbers)).options)


def test_a_sensitive_item_whose_share_is_capped_or_hidden_tells_no_answers() -> None:
    for numbers in ((300, 190, 10, 5), (2, 2, 90, 90), (5, 400, 3, 300)):
        hidden = release_item(an_item(*numbers, sensitive=True)).answers_after
        assert isinstance(hidden, Suppressed) and hidden.reason == "extreme", numbers


def test_releases_stored_before_answers_were_told_can_be_read() -> None:
    stored = release_item(an_item(20, 30, 25, 25)).to_json()
    assert from_json(stored).answers_after is not None
    old = {key: value for key, value in stored.items() if not key.startswith("answers_")}
    assert from_json(old).answers_after is None
