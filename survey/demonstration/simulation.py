"""A tour whose truth is known: pupils' answers drawn so that the shares of `tour.yaml` hold exactly on average.

A school's share of agreed answers comes from a beta distribution with the true share as its mean and the intraclass
correlation as its spread; before and after are joined by a Gaussian copula, within schools and within pupils. So the true
change is the difference of the true shares, whatever the sizes of schools, and an interval can be held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import beta

from analysis.tables import BLANK, NOT_ASKED, RATHER_NOT
from analysis.tables import DONT_KNOW as UNSURE
from questionnaires.codebook import Codebook, Column, Head
from questionnaires.instrument import DONT_KNOW, Item

HERE = Path(__file__).parent
WAVES = ("before", "after")

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Answered:
    """One wave of the tour: rows of codes, each with its school and its pupil."""

    rows: Codes
    schools: Indices
    pupils: Indices


@dataclass(frozen=True, slots=True)
class Tour:
    """A drawn tour: how many pupils of each school saw the play, the waves, and who kept a pair card for both."""

    sizes: Indices
    waves: Mapping[str, Answered]
    keeps_card: NDArray[np.bool_]


def read_truth(path: Path = HERE / "tour.yaml") -> dict[str, Any]:
    """The truth about the tour."""
    truth: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return truth


def true_share(truth: Mapping[str, Any], item: Item, wave: str) -> float:
    """The true share of agreed answers among those in the base."""
    answers, measure = truth["items"][item.key][wave], item.measure
    agreed = sum(share for key, share in answers.items() if measure is not None and key in measure.agreed)
    return float(agreed / sum(answers.values()))


def simulate(truth: Mapping[str, Any], codebook: Codebook, seed: int, schools: int | None = None) -> Tour:
    """Draw a tour.

    Parameters
    ----------
    schools : how many, where the truth's own number is not wanted; the number of pupils goes with it
    """
    random = np.random.default_rng(seed)
    sizes = _sizes(random, schools or truth["schools"], truth["pupils"] / truth["schools"])
    school = np.repeat(np.arange(len(sizes)), sizes)
    years = random.choice(list(truth["years"]), p=_shares(truth["years"]), size=len(school))
    kept = truth["paired"] / 100 / (truth["answered"]["before"] / 100 * truth["answered"]["after"] / 100)
    answers = _answers(random, truth, codebook, school)
    waves = {}
    for wave in WAVES:
        there = random.random(len(school)) < truth["answered"][wave] / 100
        answers[wave] |= _upset(random, truth["upset"], len(school))
        rows = np.stack([_column(column, answers[wave], years, wave) for column in codebook.columns], axis=1)
        waves[wave] = Answered(rows[there], school[there], np.flatnonzero(there))
    return Tour(sizes, waves, random.random(len(school)) < kept)


def _sizes(random: Generator, schools: int, mean: float) -> Indices:
    drawn = np.exp(random.normal(0, 0.45, schools))
    sizes: Indices = np.maximum(28, np.round(drawn / drawn.mean() * mean)).astype(np.intp)
    return sizes


def _shares(weights: Mapping[str, float]) -> Floats:
    shares: Floats = np.array(list(weights.values()), dtype=float)
    shares /= shares.sum()
    return shares


def _answers(
    random: Generator, truth: Mapping[str, Any], codebook: Codebook, school: Indices
) -> dict[str, dict[str, Codes]]:
    """The codes of every measured item, wave by wave."""
    found: dict[str, dict[str, Codes]] = {wave: {} for wave in WAVES}
    schools = int(school.max()) + 1
    for item in codebook.instrument.items:
        if item.key not in truth["items"]:
            continue
        place = _joined(random, schools, truth["same_school"])
        person = _joined(random, len(school), truth["same_pupil"])
        beside = _beside(random, truth["items"][item.key].get("beside", {}), item, len(school))
        for n, wave in enumerate(wave for wave in WAVES if wave in item.waves):
            share = true_share(truth, item, wave)
            spread = (1 - truth["icc"]) / truth["icc"]
            of_school = beta.ppf(ndtr(place[n]), share * spread, (1 - share) * spread)
            codes = _codes(truth["items"][item.key][wave], item, share, of_school[school], ndtr(person[n]))
            found[wave][item.key] = _unanswered(random, truth, np.where(beside == NOT_ASKED, codes, beside), item)
    return found


def _joined(random: Generator, size: int, correlation: float) -> Floats:
    """Two normal draws each, one a wave, that go together."""
    first, other = random.normal(size=(2, size))
    return np.stack([first, correlation * first + np.sqrt(1 - correlation**2) * other])


def _codes(answers: Mapping[str, float], item: Item, share: float, of_school: Floats, place: Floats) -> Codes:
    """The answer at a pupil's place: the agreed ones on top, as wide as the school makes them, each in the truth's order."""
    agreed = [key for key in answers if item.measure is not None and key in item.measure.agreed]
    other = [key for key in answers if key not in agreed]
    total = sum(answers.values())
    codes = np.empty(len(place), dtype=np.uint8)
    is_agreed = place >= 1 - of_school
    within = np.where(is_agreed, (place - (1 - of_school)) / of_school, place / np.maximum(1 - of_school, 1e-12))
    for mask, keys, width in ((is_agreed, agreed, share), (~is_agreed, other, 1 - share)):
        ends = np.cumsum([answers[key] / total / width for key in keys])[:-1]
        kinds = np.array([_code(item, key) for key in keys], dtype=np.uint8)
        codes[mask] = kinds[np.searchsorted(ends, within[mask], side="right")]
    return codes


def _code(item: Item, key: str) -> int:
    return UNSURE if key == DONT_KNOW else item.option(key).code


def _beside(random: Generator, shares: Mapping[str, float], item: Item, size: int) -> Codes:
    """Who gives an answer that leaves the base; the same in both waves."""
    codes = np.full(size, NOT_ASKED, dtype=np.uint8)
    draw, start = random.random(size) * 100, 0.0
    for key, share in shares.items():
        codes[(draw >= start) & (draw < start + share)] = _code(item, key)
        start += share
    return codes


def _unanswered(random: Generator, truth: Mapping[str, Any], codes: Codes, item: Item) -> Codes:
    """Some leave a question blank, some would rather not say."""
    draw = random.random(len(codes)) * 100
    codes = np.where(draw < truth["blank"], BLANK, codes)
    rather_not = (draw >= truth["blank"]) & (draw < truth["blank"] + truth["rather_not"])
    return np.where(rather_not & ("rather_not" in item.absences), RATHER_NOT, codes).astype(np.uint8)


def _upset(random: Generator, weights: Mapping[str, float], size: int) -> dict[str, Codes]:
    """The columns of the last question: whether anything was upsetting or hard, one tick each."""
    chosen = random.choice(list(weights), p=_shares(weights), size=size)
    return {f"upset.{key}": (chosen == key).astype(np.uint8) for key in weights}


def _column(column: Column, answers: Mapping[str, Codes], years: NDArray[np.str_], wave: str) -> Codes:
    """One column of the rows; the simulated tour has no numbers, so each is one byte."""
    size, item = len(years), column.item
    if item is None:
        return np.full(size, _head_code(column), dtype=np.uint8)
    if wave not in item.waves:
        return np.full(size, NOT_ASKED, dtype=np.uint8)
    if column.name in answers:
        return answers[column.name]
    if item.about:
        codes = {option.key: option.code for option in item.options}
        return np.array([codes[year] for year in years.tolist()], dtype=np.uint8)
    return np.full(size, BLANK, dtype=np.uint8)


def _head_code(column: Column) -> int:
    head = Head(language="en", mode="shared")
    wanted = {"language": head.language, "version": head.version, "mode": head.mode, "helped": "no"}
    label = wanted.get(column.name, head.respondent)
    return next(code for code, words in column.labels.items() if words["en"] == label)
