"""What analysis hands over: estimates inside the worker, released values outside it.

`Estimate` is exact and stays with the worker. Everything a page, file, chart or sentence may use is a `Released` value:
whole numbers past the gate, or `Suppressed` with a reason. Only `analysis.disclosure`
(and `analysis.recorded`, its part for records) holds the seal that makes one;
`from_json` opens those that a stored release kept. This module imports neither NumPy nor SciPy, so pages may use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, fields
from typing import Any, ClassVar, Literal

Reason = Literal["few_people", "few_schools", "protects_another", "would_show_change", "extreme"]
Words = Literal["none_or_few", "about_a_quarter", "about_half", "about_three_quarters", "most_or_all"]
Bound = Literal["", "under", "over"]
Position = Literal[
    "rose_enough",  # the whole interval is at or above the smallest change worth having
    "rose",  # above zero; may be less than the smallest change
    "rose_little",  # above zero and wholly below the smallest change
    "same",  # the 90% interval lies within the smallest change either way
    "cannot_tell",  # fits a fall as well as a rise; never "no change"
    "fell_little",
    "fell",
    "fell_enough",
    "no_interval",  # fewer than four schools: no statement beyond those who answered
]

_SEAL = object()  # held by analysis.disclosure; nobody else has a reason to touch it


class NotReleasedError(TypeError):
    """Somebody tried to make a released value without passing the gate."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high` in the unit of its estimate, at confidence `level` (1 for certain bounds)."""

    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        if not (self.low <= self.high and 0 < self.level <= 1):
            raise ValueError(f"not an interval: {self.low!r} to {self.high!r} at {self.level!r}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that says what it is. Shares and differences are fractions; nothing is rounded.

    Attributes
    ----------
    value : the estimate, or None where there is nothing to estimate (n = 0)
    interval : 95% unless it says otherwise, or None where none is honest
    n : people it rests on
    method : how interval and value were found, e.g. "cr2_satterthwaite"
    design : "after_only", "paired", "unlinked", "split", "waiting", "repeated"
    notes : codes of what a reader must be told, e.g. "few_schools_first_sign"
    inner : the 90% interval, for "about the same" only
    se, df, p : standard error, degrees of freedom, two-sided p (for Benjamini-Hochberg only)
    """

    value: float | None
    interval: Interval | None
    n: int
    method: str
    design: str
    notes: tuple[str, ...] = ()
    inner: Interval | None = None
    se: float | None = None
    df: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Past the gate. `origin` is "gate", or "published(source)" for figures somebody else printed."""

    kind: ClassVar[str] = ""
    origin: str = "gate"
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise NotReleasedError(f"{type(self).__name__} is made by analysis.disclosure only")

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store; `from_json` gives an equal value back."""
        return {"kind": self.kind} | {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed(Released):
    """Hidden, with the reason. Holds no number."""

    kind: ClassVar[str] = "suppressed"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Released):
    """How many people, to the nearest 5."""

    kind: ClassVar[str] = "number"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Released):
    """So many of every 100; or, for 10 to 29 people, words and no interval.

    `bound` is "under" or "over" where a sensitive item is capped: "under 5%" or "over 95%". `base` is to the nearest 5.
    Only published figures may have decimals.
    """

    kind: ClassVar[str] = "share"
    percent: float | None
    words: Words | None = None
    base: int
    low: float | None = None
    high: float | None = None
    bound: Bound = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Released):
    """After minus before in points (so many more of every 100), with its interval rounded outward."""

    kind: ClassVar[str] = "change"
    points: int
    low: int | None
    high: int | None
    base_before: int
    base_after: int
    position: Position
    headline: bool = True
    method: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves(Released):
    """Of every 100 pairs: went up, stayed, went down. A hidden cell is None and always has a hidden partner.

    `words` stands in for all three where 10 to 29 pairs were made. `net` is up minus down with its interval.
    """

    kind: ClassVar[str] = "moves"
    up: int | None
    same: int | None
    down: int | None
    base: int
    words: tuple[Words, Words, Words] | None = None
    net: int | None = None
    low: int | None = None
    high: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution(Released):
    """Of every 100 who answered, how many gave each answer: (option, percent) in the options' order.

    The whole is the base of the item's share, so "I don't know" is among the options where it counts as "not yet". A
    hidden option has None and always a hidden partner.
    """

    kind: ClassVar[str] = "distribution"
    options: tuple[tuple[str, int | None], ...]
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown(Released):
    """The groups of one breakdown that may be shown. Those that may not are never named; one flag says there are."""

    kind: ClassVar[str] = "breakdown"
    name: str
    groups: tuple[tuple[str, Row], ...]
    some_too_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Released):
    """Everything released about one item, of everybody or of one group."""

    kind: ClassVar[str] = "row"
    key: str
    before: Share | Suppressed | None
    after: Share | Suppressed | None
    change: Change | Suppressed | None
    moves: Moves | Suppressed | None = None
    breakdowns: tuple[Breakdown | Suppressed, ...] = ()
    answers_before: Distribution | Suppressed | None = None
    answers_after: Distribution | Suppressed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Released):
    """Who could have answered and who did, in order: on roll, saw it, answered before, answered after, paired."""

    kind: ClassVar[str] = "response"
    counts: tuple[tuple[str, Number | Suppressed], ...]
    schools: int | None = None

    def count(self, key: str) -> int | None:
        """The number under `key`, or None where it is hidden or was not counted."""
        found = dict(self.counts).get(key)
        return found.count if isinstance(found, Number) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Released):
    """Places of different size side by side: unnamed, in order of size, never of result.

    `dots` holds (base to the nearest 5, percent); `limits` rows of (base, low and high at 95%, low and high at 99.8%) in
    percent, for drawing.
    """

    kind: ClassVar[str] = "places"
    target: int
    dots: tuple[tuple[int, int], ...]
    limits: tuple[tuple[float, float, float, float, float], ...]
    some_too_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods(Released):
    """One share over time. `drawn` is "run", "mean" or "limits"; what may not be drawn is None. Signals are by period."""

    kind: ClassVar[str] = "periods"
    points: tuple[tuple[str, Share | Suppressed], ...]
    drawn: str
    centre: float | None
    lower: float | None
    upper: float | None
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Released):
    """Events in 28 days for every so many at risk; `value` None below 30 people. `base` people to the nearest 5."""

    kind: ClassVar[str] = "rate"
    value: int | None
    base: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange(Released):
    """One period's rate against the one before: the interval in percent of the earlier rate, rounded outward."""

    kind: ClassVar[str] = "rate_change"
    position: Literal["rose", "fell", "cannot_tell"]
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Released):
    """Rates over time, `per` so many at risk; the rest as in `Periods`. `change` is of the last two, if both are shown."""

    kind: ClassVar[str] = "rates"
    points: tuple[tuple[str, Rate | Suppressed], ...]
    per: int
    change: RateChange | None
    drawn: str
    centre: float | None
    lower: float | None
    upper: float | None
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed(Released):
    """Of every 100 pairs, how many gave which answer before (rows) and after (columns).

    Options stand in their order; neighbours may be joined into one: `bins` holds each bin's first and last option.
    """

    kind: ClassVar[str] = "crossed"
    bins: tuple[tuple[int, int], ...]
    cells: tuple[tuple[int, ...], ...]
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories(Released):
    """Reliable change, of every 100 who started: improved, about the same, worse, and without a second score.

    A hidden part is None and never alone. `recovered` (of those improved) also came over the cut-off, `became_clinical`
    (of those worse) fell below it. Below 30 people only `words` stands: how many of those who started improved.
    """

    kind: ClassVar[str] = "categories"
    improved: int | None
    same: int | None
    worse: int | None
    unmeasured: int | None
    recovered: int | None = None
    became_clinical: int | None = None
    words: Words | None = None
    base: int
    started: int
    chance: float = 2.5


KINDS: dict[str, type[Released]] = {
    kind.kind: kind
    for kind in (
        Suppressed,
        Number,
        Share,
        Change,
        Moves,
        Distribution,
        Breakdown,
        Row,
        Response,
        Places,
        Periods,
        Rate,
        RateChange,
        Rates,
        Crossed,
        Categories,
    )
}


LATER = frozenset({"answers_before", "answers_after"})  # releases stored before these were told do not hold them


def from_json(data: Mapping[str, Any]) -> Any:
    """The released value that `to_json` wrote. For stored releases only; raises ValueError for anything else."""
    kind = KINDS.get(str(data.get("kind")))
    if kind is None:
        raise ValueError(f"not a released value: kind {data.get('kind')!r}")
    names = {f.name for f in fields(kind)}
    given = {name: _opened(value) for name, value in data.items() if name != "kind"}
    if not names - LATER <= given.keys() <= names:
        raise ValueError(f"a stored {kind.kind} holds {sorted(given)}, expected {sorted(names)}")
    return kind(seal=_SEAL, **given)


def _plain(value: Any) -> Any:
    if isinstance(value, Released):
        return value.to_json()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return from_json(value)
    return tuple(_opened(one) for one in value) if isinstance(value, list | tuple) else value
