"""Scores of one person on a published measure, and what two of them say together.

A score remembers what it is comparable with: the measure and its version, the coding, who reported, and the norms it
was read against. Two scores that differ in any of these are refused, not compared: one child's answers must not seem to
improve because somebody else filled in the form, or because of a birthday. Without a norm a score is not normed, and a
threshold in T units says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from questionnaires.published import NormGroup, Published, Threshold
from questionnaires.scoring import CompiledTotal, compile_published, score_row, score_total

Verdict = Literal["improved", "deteriorated", "no_reliable_change"]


@dataclass(frozen=True, slots=True)
class Score:
    """One score, exact. `value` is None if too few items were answered; `t` if there is no norm."""

    measure: str
    version: int
    coding: str
    rater: str
    scale: str
    value: Fraction | None
    t: Fraction | None = None
    norm: str | None = None

    def in_unit(self, unit: str) -> Fraction | None:
        """The score as it is, or as T."""
        return self.t if unit == "t" else self.value


def scores(
    published: Published,
    answers: Mapping[int, int | None],
    *,
    coding: str | None = None,
    norm: NormGroup | None = None,
    scales: Iterable[str] | None = None,
) -> dict[str, Score]:
    """The scores of one form: position -> code (None or absent: no answer).

    `norm` is the group found once, at the first form (`Published.norm_group`). ValueError for a code outside the
    coding, a position that does not exist, a coding not stated, or anything in the key still to be confirmed.
    """
    used = published.coding(coding)
    strange = sorted(position for position in answers if not 1 <= position <= published.items)
    if strange:
        raise ValueError(f"{published.key} has no position {', '.join(map(str, strange))}")
    own = {group.key for norms in published.norms for group in norms.groups}
    if norm is not None and not set(norm.key.split("+")) <= own:
        raise ValueError(f"{published.key} has no norms {norm.key}")
    if published.open:
        raise ValueError(f"{published.key}: {', '.join(published.open)} still to be confirmed")
    codes = {str(position): code for position, code in answers.items()}
    wanted = list(scales) if scales is not None else [one.key for one in published.scales]
    values: dict[str, Fraction | None] = {}
    for key in sorted(_with_parts(published, wanted), key=lambda one: bool(published.scale(one).parts)):
        compiled = compile_published(published, key, used.key)
        values[key] = (
            score_total(compiled, values) if isinstance(compiled, CompiledTotal) else score_row(compiled, codes)
        )
    return {key: _score(published, used.key, key, values[key], norm) for key in wanted}


def _with_parts(published: Published, wanted: Iterable[str]) -> set[str]:
    return {one for key in wanted for one in (key, *published.scale(key).parts)}


def _score(published: Published, coding: str, scale: str, value: Fraction | None, norm: NormGroup | None) -> Score:
    t = norm.t(scale, value) if norm is not None and value is not None else None
    key = norm.key if norm is not None else None
    return Score(published.key, published.version, coding, published.respondent, scale, value, t, key)


def band(published: Published, score: Score, bands: str | None = None) -> str | None:
    """The band of a score in a set of bands (the first one, if none is named); None where there is none."""
    for one in published.scale(score.scale).bands:
        if bands in (None, one.key):
            value = score.in_unit(one.unit)
            return None if value is None else one.name(value)
    return None


def reached(published: Published, score: Score, *, sex: str | None = None, age: int | None = None) -> tuple[str, ...]:
    """The cut-offs that a score has reached, as far as they were made for a person of this sex and age."""
    return tuple(
        one.key
        for one in published.scale(score.scale).cutoffs
        if one.concerns(sex, age) and (value := score.in_unit(one.unit)) is not None and one.reached(value)
    )


def compare(published: Published, first: Score, last: Score, threshold: Threshold | None = None) -> Verdict | None:
    """What changed from the first score to the last, by the threshold given or the first one of the scale.

    The direction is that of the scale, not of the measure: a rise in strengths is an improvement beside difficulties
    that fall. None where a score is missing or not normed, or nobody has published a threshold: then it cannot be told.
    ValueError for scores that must not be compared.
    """
    for what in ("measure", "version", "coding", "rater", "scale", "norm"):
        one, other = getattr(first, what), getattr(last, what)
        if one != other:
            raise ValueError(f"two scores of different {what}: {one}, {other}")
    if (first.measure, first.version) != (published.key, published.version):
        raise ValueError(
            f"scores of {first.measure} {first.version} with the key of {published.key} {published.version}"
        )
    scale = published.scale(first.scale)
    used = threshold or next(iter(scale.thresholds), None)
    before, after = (None, None) if used is None else (first.in_unit(used.unit), last.in_unit(used.unit))
    if used is None or before is None or after is None:
        return None
    if not used.counts(after - before):
        return "no_reliable_change"
    return "improved" if (after > before) == (scale.direction == "higher") else "deteriorated"
