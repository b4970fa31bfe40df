"""The long proof: over many drawn tours the intervals hold the truth about as often as they say.

The same simulation as the demonstration, the same matrices, the same estimators as a release; only the store is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from questionnaires.codebook import Codebook
from questionnaires.files import load_library
from survey.demonstration.simulation import Tour, read_truth, simulate, true_share
from survey.releases.measures import Measured, Waves, measured
from survey.releases.reading import Reading, WaveAnswers, matrix, measured_items
from survey.releases.rows import KEY_BYTES

WAVES = Waves("before", "after")


def read_tour(tour: Tour, codebook: Codebook) -> Reading:
    """A drawn tour as a release reads it."""
    items = measured_items([codebook])
    waves = {}
    for wave, answered in tour.waves.items():
        keys = np.zeros((len(answered.rows), KEY_BYTES), dtype=np.uint8)
        keys[:, :4] = (answered.pupils + 1).astype("<u4").view(np.uint8).reshape(-1, 4)
        keys[~tour.keeps_card[answered.pupils]] = 0
        codes = matrix(answered.rows, codebook, items)
        waves[wave] = WaveAnswers(codes, answered.schools, keys, np.zeros((len(keys), 4), dtype=np.uint8))
    return Reading(items, tuple(range(len(tour.sizes))), waves)


def estimates(truth: dict[str, Any], codebook: Codebook, seed: int, schools: int) -> list[Measured]:
    """What a release would rest on."""
    return measured(read_tour(simulate(truth, codebook, seed, schools), codebook), WAVES, {})


def test_a_drawn_tour_is_the_tour_that_was_described() -> None:
    truth, codebook = read_truth(), Codebook.of(load_library("staying_safe"))
    tour = simulate(truth, codebook, truth["seed"])
    assert len(tour.sizes) == 40 and abs(int(tour.sizes.sum()) - 3900) <= 40
    paired = np.intersect1d(tour.waves["before"].pupils, tour.waves["after"].pupils)
    assert abs(tour.keeps_card[paired].sum() / tour.sizes.sum() - 0.80) < 0.02
    again = simulate(truth, codebook, truth["seed"])
    assert all((tour.waves[wave].rows == again.waves[wave].rows).all() for wave in tour.waves)
    for row in tour.waves["after"].rows[:50]:
        codebook.decode(row.tobytes())


@pytest.mark.proof
@pytest.mark.parametrize(("schools", "seeds"), [(40, 300), (12, 400), (6, 400)])
def test_intervals_hold_the_truth_at_about_their_nominal_rate(schools: int, seeds: int) -> None:
    truth, codebook = read_truth(), Codebook.of(load_library("staying_safe"))
    held = {"95%": [], "90%": [], "share": []}  # type: dict[str, list[bool]]
    errors = []
    for seed in range(seeds):
        for one in estimates(truth, codebook, 10_000 * schools + seed, schools):
            after = true_share(truth, one.item, "after")
            count, change = one.exact.after, one.exact.change
            assert count is not None and count.interval is not None
            held["share"].append(count.interval.low <= after <= count.interval.high)
            if change is None or change.interval is None or change.inner is None or change.value is None:
                continue
            effect = after - true_share(truth, one.item, "before")
            held["95%"].append(change.interval.low <= effect <= change.interval.high)
            held["90%"].append(change.inner.low <= effect <= change.inner.high)
            errors.append(change.value - effect)
    rates = {name: float(np.mean(one)) for name, one in held.items()}
    print(
        f"{schools} schools, {seeds} tours: " + ", ".join(f"{name} held by {rate:.3f}" for name, rate in rates.items())
    )
    assert 0.935 <= rates["95%"] <= 0.965
    assert 0.88 <= rates["90%"] <= 0.925
    assert 0.93 <= rates["share"] <= 0.97
    assert abs(float(np.mean(errors))) < 0.002  # and they are not off to one side


@pytest.mark.proof
def test_intervals_that_ignore_schools_do_not_hold() -> None:
    """The sabotage: with each pupil for a school of their own, the share of a wave is held far too seldom."""
    truth, codebook = read_truth(), Codebook.of(load_library("staying_safe"))
    held = []
    for seed in range(60):
        reading = read_tour(simulate(truth, codebook, seed, 12), codebook)
        alone = {
            wave: WaveAnswers(one.codes, np.arange(one.size), np.zeros_like(one.keys), one.manners)
            for wave, one in reading.waves.items()
        }
        most = max(one.size for one in alone.values())
        for one in measured(Reading(reading.items, tuple(range(most)), alone), WAVES, {}):
            count = one.exact.after
            assert count is not None and count.interval is not None
            held.append(count.interval.low <= true_share(truth, one.item, "after") <= count.interval.high)
    assert float(np.mean(held)) < 0.75
