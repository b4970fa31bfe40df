"""The key of a published measure: numbers and positions, never a word of its questions.

Others have spent years on finding out how their questionnaires are to be scored; here that is data. A key says which
positions make a scale, which are turned round, how many may be missing, how a sum becomes a score, which scores belong
together in a band, and which change is more than error. Every number carries where it was read (`mark` and `source`);
what nobody has seen in a source is left `open` until an organisation confirms it from its own copy, and an open scale
gives no score at all. The words of a measure belong to its owner: see `licences.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from questionnaires import published_rules
from questionnaires.faults import InstrumentFaults


@dataclass(frozen=True, slots=True)
class Coding:
    """The codes of an answer. `turned` means that they run against the key and are turned round before scoring."""

    key: str
    low: int
    high: int
    turned: bool = False


@dataclass(frozen=True, slots=True)
class BandSet:
    """Names for ranges of a score, each with the lowest score that belongs to it, in rising order."""

    key: str
    starts: tuple[tuple[str, Fraction], ...]
    mark: str
    source: str
    unit: str = "score"

    def name(self, value: Fraction) -> str | None:
        """The band of a score; None below the first."""
        return next((name for name, start in reversed(self.starts) if value >= start), None)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A score that means something when it is reached: `side` says from which side, and whether the edge counts."""

    key: str
    side: str
    value: Fraction
    mark: str
    source: str
    unit: str = "score"
    sex: str | None = None
    ages: tuple[int, int] | None = None

    def reached(self, value: Fraction) -> bool:
        """Whether a score is on the side that means something. The edge itself counts for at_least and at_most."""
        return {
            "at_least": value >= self.value,
            "more_than": value > self.value,
            "at_most": value <= self.value,
            "less_than": value < self.value,
        }[self.side]

    def concerns(self, sex: str | None, age: int | None) -> bool:
        """Whether it was made for people of this sex and age."""
        fits = self.ages is None or (age is not None and self.ages[0] <= age <= self.ages[1])
        return fits and self.sex in (None, sex)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A change that is more than error. `reached` is `at_least` (an equal change counts) or `more_than`."""

    key: str
    value: Fraction
    reached: str
    mark: str
    source: str
    unit: str = "score"

    def counts(self, change: Fraction) -> bool:
        """Whether a change of this size, in either direction, is more than error."""
        return abs(change) >= self.value if self.reached == "at_least" else abs(change) > self.value


@dataclass(frozen=True, slots=True)
class Unless:
    """One answer that settles the score by itself: "no difficulties" makes the impact of difficulties nought."""

    item: int
    code: int
    score: int


@dataclass(frozen=True, slots=True)
class PublishedScale:
    """Positions scored by one rule, or (`parts`) scales added up.

    `range` are the ends of the score in the first coding. `points` give codes other points than themselves; `times` is
    applied to the sum; `table` turns each whole sum into a score. `open` names what still has to be confirmed.
    """

    key: str
    direction: str
    range: tuple[Fraction, Fraction]
    mark: str
    source: str
    items: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    reversed: tuple[int, ...] = ()
    codes: tuple[int, int] | None = None
    points: tuple[tuple[int, int], ...] = ()
    unless: Unless | None = None
    minimum_answered: int = 0
    rule: str = "prorated"
    rounding: str = "none"
    times: Fraction = Fraction(1)
    table: tuple[tuple[int, Fraction], ...] = ()
    bands: tuple[BandSet, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NormGroup:
    """People of one sex and age band, with the mean and standard deviation of each scale among them."""

    key: str
    sex: str | None
    ages: tuple[int, int]
    values: tuple[tuple[str, Fraction, Fraction], ...]

    def t(self, scale: str, value: Fraction) -> Fraction | None:
        """T = 50 + 10 (value - mean) / sd; None where the group has no norm for this scale."""
        for key, mean, deviation in self.values:
            if key == scale:
                return 50 + 10 * (value - mean) / deviation
        return None


@dataclass(frozen=True, slots=True)
class NormSet:
    """Norms from one sample; `validity` says whose they are."""

    key: str
    validity: str
    mark: str
    source: str
    groups: tuple[NormGroup, ...]


@dataclass(frozen=True, slots=True)
class Licence:
    """What the owner allows. `wording` ships or comes from a holder; `electronic` is free or needs permission; a measure
    that is `whole` may not be asked in part."""

    owner: str
    wording: str
    electronic: str
    whole: bool
    terms: str
    source: str


@dataclass(frozen=True, slots=True)
class Published:
    """The key of a measure. `risk` are positions whose answers must reach a person at once, whatever the score."""

    key: str
    version: int
    title: str
    respondent: str
    ages: tuple[int, int]
    items: int
    codings: tuple[Coding, ...]
    scales: tuple[PublishedScale, ...]
    licence: Licence
    sources: Mapping[str, str]
    norms: tuple[NormSet, ...] = ()
    risk: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        found = published_rules.faults(self)
        if found:
            raise InstrumentFaults(found)

    def scale(self, key: str) -> PublishedScale:
        """The scale with this key; KeyError if there is none."""
        return {one.key: one for one in self.scales}[key]

    def coding(self, key: str | None = None) -> Coding:
        """The coding with this key; the only one if there is one. ValueError where it has to be stated and is not."""
        known = {one.key: one for one in self.codings}
        if key is None and len(known) == 1:
            return self.codings[0]
        if key not in known:
            raise ValueError(f"{self.key}: state which coding the answers have: {', '.join(known)}")
        return known[key]

    def norm_group(self, sex: str | None, age: int, norms: str | None = None) -> NormGroup | None:
        """The norms for a person, looked up once, at the first form, and kept: a birthday must not look like change.

        Several sets of norms complete one another, the first one winning; `norms` names one of them. None where there
        is no norm for this sex and age: the score is then "not normed", never something else.
        """
        found = [
            group
            for one in self.norms
            for group in one.groups
            if norms in (None, one.key) and group.sex in (None, sex) and group.ages[0] <= age <= group.ages[1]
        ]
        if not found:
            return None
        values = {value[0]: value for group in reversed(found) for value in group.values}
        return replace(found[0], key="+".join(group.key for group in found), values=tuple(values.values()))

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """What an organisation has to confirm from its own copy before use: `risk`, `self_esteem.reversed`, ..."""
        return (*self.open, *(f"{scale.key}.{what}" for scale in self.scales for what in scale.open))


def confirmed(
    published: Published,
    scale: str | None = None,
    *,
    by: str,
    reversed_items: Iterable[int] | None = None,
    table: Mapping[int, Fraction] | None = None,
    risk: Iterable[int] | None = None,
) -> Published:
    """The key with what an organisation has read in its own copy of the measure; `by` says who read it, and where.

    Only what is open can be confirmed: what we read in a source is not replaced in silence.
    """
    one = published.scale(scale) if scale else None
    given = {"reversed": reversed_items, "table": table}
    named = {what for what, value in given.items() if value is not None}
    settled = sorted(named - set(one.open if one else ()))
    if risk is not None and "risk" not in published.open:
        settled.append("risk")
    if settled:
        raise ValueError(f"{published.key}: {', '.join(settled)}: not open")
    if not by.strip():
        raise ValueError(f"{published.key}: say who confirms it, and from what")
    scales = published.scales
    if one is not None:
        done = replace(
            one,
            reversed=one.reversed if reversed_items is None else tuple(reversed_items),
            table=one.table if table is None else tuple(sorted(table.items())),
            open=tuple(what for what in one.open if what not in named),
        )
        scales = tuple(done if each.key == one.key else each for each in scales)
    return replace(
        published,
        scales=scales,
        risk=published.risk if risk is None else tuple(risk),
        open=published.open if risk is None else (),
        notes=(*published.notes, f"confirmed by {by}"),
    )
