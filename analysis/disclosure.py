"""The gate: the only place where exact figures become released ones.

The rules are CARE E5 and E6. Fewer than 10 people: nothing. 10 to 29: words. From 30: whole percentages from exact
counts, interval ends rounded outward, the base to the nearest 5; never a numerator. Sensitive items also hide cells
under 10 together with their partner, and stop at 5% and 95%. Groups of a breakdown that fail are dropped without their
name; where the total and the groups that are left would still give people away, more is dropped, or all of it. Points
of change are the difference of the two printed percentages, so that they agree for every reader and tell nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, floor

from analysis.attacker import (
    PHRASES,
    in_words,
    nearest_five,
    possible,
    remainder_is_safe,
    summed,
    whole_percent,
)
from analysis.audit import ANSWERS, MOVES, leaks
from analysis.cells import Table, category_figures, crossed_figures, hidden_cells
from analysis.exact import CAP, DEFAULT, Count, Exact, Pairs, Rules
from analysis.funnel import FEWEST_SITES, LEVELS, exact_limits, overdispersion, wide_limits
from analysis.options import FEWEST_OPTIONS, answer_figures, hides_enough
from analysis.reliable_change import Classified
from analysis.results import (
    _SEAL,
    Breakdown,
    Categories,
    Change,
    Crossed,
    Distribution,
    Estimate,
    Interval,
    Moves,
    Number,
    Periods,
    Places,
    Position,
    Reason,
    Response,
    Row,
    Share,
    Suppressed,
)
from analysis.trends import xmr

OUTWARD = 1e-9  # so that 0.07 * 100 is 7, not a little more, before it is rounded outward


def release_item(exact: Exact, rules: Rules = DEFAULT) -> Row:
    """All that may be shown about one item: shares, change, moves, breakdowns. What the audit of all of it together
    finds to give somebody away is taken back."""
    before, after, change = _figures(exact, rules)
    row = Row(
        key=exact.key,
        before=before,
        after=after,
        change=change,
        moves=_moves(exact, before, after, rules),
        breakdowns=tuple(release_breakdown(name, exact, groups, rules) for name, groups in exact.breakdowns.items()),
        answers_before=_answers(exact, exact.before, before, rules),
        answers_after=_answers(exact, exact.after, after, rules),
        seal=_SEAL,
    )
    while given_away := leaks(exact, row, rules):
        row = _without(row, given_away)
    return row


def _without(row: Row, names: tuple[str, ...]) -> Row:
    """The row with these parts withheld."""
    hidden = suppressed("protects_another")
    kept = tuple(hidden if isinstance(one, Breakdown) and one.name in names else one for one in row.breakdowns)
    told = [row.answers_before, row.answers_after]
    before, after = [one and hidden for one in told] if ANSWERS in names else told
    moves = hidden if MOVES in names else row.moves
    return replace(row, moves=moves, breakdowns=kept, answers_before=before, answers_after=after, seal=_SEAL)


def release_share(count: Count, sensitive: bool = False, rules: Rules = DEFAULT) -> Share | Suppressed:
    """One share, by size of its base; a sensitive one also by its cells and its ends."""
    x, n = count.agreed, count.base
    if n < rules.people:
        return suppressed("few_people")
    if count.schools is not None and count.schools < rules.schools:
        return suppressed("few_schools")
    if sensitive and min(x, n - x) < rules.cell:
        return suppressed("extreme")
    if n < rules.percentages:
        return Share(percent=None, words=PHRASES[in_words(x, n)], base=nearest_five(n), seal=_SEAL)
    if sensitive and (100 * x < CAP * n or 100 * x > (100 - CAP) * n):
        under = 100 * x < CAP * n
        return Share(
            percent=CAP if under else 100 - CAP, bound="under" if under else "over", base=nearest_five(n), seal=_SEAL
        )
    low, high = _outward(count.interval, 0)
    return Share(percent=whole_percent(x, n), base=nearest_five(n), low=low, high=high, seal=_SEAL)


def release_change(
    before: Share | Suppressed,
    after: Share | Suppressed,
    estimate: Estimate,
    smallest: int = 5,
    headline: bool = True,
) -> Change | Suppressed:
    """The change between two released shares; hidden where either is hidden, in words, or capped."""
    if isinstance(before, Suppressed):
        return suppressed(before.reason)
    if isinstance(after, Suppressed):
        return suppressed(after.reason)
    if before.bound or after.bound:
        return suppressed("extreme")
    if before.percent is None or after.percent is None:
        return suppressed("few_people")
    low, high = _outward(estimate.interval, -100)
    inner = _outward(estimate.inner, -100)
    return Change(
        points=int(after.percent - before.percent),
        low=low,
        high=high,
        base_before=before.base,
        base_after=after.base,
        position=position(low, high, inner, smallest),
        headline=headline,
        method=estimate.method,
        notes=estimate.notes,
        seal=_SEAL,
    )


def position(low: int | None, high: int | None, inner: tuple[int | None, int | None], smallest: int) -> Position:
    """Where the printed interval lies against the smallest change worth having (statistics 1.19).

    `inner` is the 90% interval: it alone may say "about the same". All in points; decided on what is printed, so that
    sentence and figures cannot disagree.
    """
    if low is None or high is None:
        return "no_interval"
    if low > 0:
        return "rose_enough" if low >= smallest else "rose" if high >= smallest else "rose_little"
    if high < 0:
        return "fell_enough" if high <= -smallest else "fell" if low <= -smallest else "fell_little"
    same = None not in inner and -smallest < (inner[0] or 0) and (inner[1] or 0) < smallest
    return "same" if same else "cannot_tell"


def release_moves(pairs: Pairs, sensitive: bool = False, rules: Rules = DEFAULT) -> Moves | Suppressed:
    """Up, same and down of those paired, hidden where everyone minus the paired would be 1 to 9 people."""
    n = pairs.up + pairs.same + pairs.down
    if n < rules.people:
        return suppressed("few_people")
    if any(0 < alone < rules.people for alone in (pairs.unpaired_before, pairs.unpaired_after)):
        return suppressed("protects_another")
    cells = (pairs.up, pairs.same, pairs.down)
    hidden = hidden_cells(cells, rules.cell) if sensitive else set()
    if len(hidden) == len(cells):
        return suppressed("extreme")
    if n < rules.percentages:
        if hidden:
            return suppressed("few_people")
        up, same, down = (PHRASES[in_words(x, n)] for x in cells)
        return Moves(up=None, same=None, down=None, words=(up, same, down), base=nearest_five(n), seal=_SEAL)
    shown = [None if i in hidden else whole_percent(x, n) for i, x in enumerate(cells)]
    return _shown_moves(shown, nearest_five(n), pairs.net)


def _shown_moves(shown: list[int | None], base: int, estimate: Estimate | None) -> Moves:
    up, same, down = shown
    low, high = net = (
        (None, None) if estimate is None or up is None or down is None else _outward(estimate.interval, -100)
    )
    return Moves(
        up=up,
        same=same,
        down=down,
        base=base,
        net=None if up is None or down is None else up - down,
        low=net[0],
        high=high if low is not None else None,
        notes=() if estimate is None else estimate.notes,
        seal=_SEAL,
    )


def _figures(
    exact: Exact, rules: Rules
) -> tuple[Share | Suppressed | None, Share | Suppressed | None, Change | Suppressed | None]:
    before = release_share(exact.before, exact.sensitive, rules) if exact.before else None
    after = release_share(exact.after, exact.sensitive, rules) if exact.after else None
    if before is None or after is None or exact.change is None:
        return before, after, None
    return before, after, release_change(before, after, exact.change, exact.smallest, exact.headline)


def _moves(
    exact: Exact, before: Share | Suppressed | None, after: Share | Suppressed | None, rules: Rules
) -> Moves | Suppressed | None:
    """A paired table is hidden when either margin is; whether blanks would be given away is for the audit to say."""
    if exact.pairs is None or exact.before is None or exact.after is None:
        return None
    if not isinstance(before, Share) or not isinstance(after, Share):
        return suppressed("protects_another")
    return release_moves(exact.pairs, exact.sensitive, rules)


def _answers(
    exact: Exact, count: Count | None, share: Share | Suppressed | None, rules: Rules
) -> Distribution | Suppressed | None:
    """All answers of one wave; of a sensitive item only where what is hidden stays hidden beside the share."""
    if count is None or share is None or len(count.options) < FEWEST_OPTIONS:
        return None
    shown = answer_figures(count, share, exact.agreed, exact.sensitive, rules)
    if isinstance(shown, str) or isinstance(share, Suppressed):
        return suppressed(shown if isinstance(shown, str) else "protects_another")
    answers = Distribution(options=shown[0], base=shown[1], seal=_SEAL)
    ranges = possible(share, rules.people, rules.percentages, rules.cell if exact.sensitive else 0)
    return answers if hides_enough(ranges, answers, exact.agreed) else suppressed("protects_another")


def release_breakdown(
    name: str, total: Exact, groups: Mapping[str, Exact], rules: Rules = DEFAULT
) -> Breakdown | Suppressed:
    """The groups that may be shown beside their total, with complementary suppression.

    A group is dropped in both waves when it fails in either. Then, while the people left over (in hidden groups, or in
    no group at all) could be worked out, the smallest shown group is dropped as well. One group alone is no breakdown.
    """
    waves = [wave for wave in ("before", "after") if getattr(total, wave) is not None]
    totals = {wave: release_share(getattr(total, wave), total.sensitive, rules) for wave in waves}
    shown = {key: group for key, group in groups.items() if _passes(group, waves, total.sensitive, rules)}
    if any(isinstance(share, Suppressed) for share in totals.values()) or len(shown) < 2:
        return suppressed("few_people")
    while len(shown) >= 2:
        if all(_is_protected(total, groups, shown, wave, rules) for wave in waves):
            rows = tuple((key, _group_row(key, group, total, rules)) for key, group in shown.items())
            return Breakdown(name=name, groups=rows, some_too_small=len(shown) < len(groups), seal=_SEAL)
        del shown[min(shown, key=lambda key: min(getattr(shown[key], wave).base for wave in waves))]
    return suppressed("protects_another")


def _passes(group: Exact, waves: list[str], sensitive: bool, rules: Rules) -> bool:
    counts = [getattr(group, wave) for wave in waves]
    return all(c is not None and isinstance(release_share(c, sensitive, rules), Share) for c in counts)


def _is_protected(
    total: Exact, groups: Mapping[str, Exact], shown: Mapping[str, Exact], wave: str, rules: Rules
) -> bool:
    """Whether those outside the shown groups stay hidden in this wave: by number where a group was dropped, and always
    by what an attacker could still find feasible."""
    count: Count = getattr(total, wave)
    left = count.base - sum(getattr(group, wave).base for group in shown.values())
    if left < 0:
        raise ValueError(f"the groups of {total.key} hold {-left} more people than everybody ({count.base}), {wave}")
    dropped = len(shown) < len(groups)
    if left == 0 and not dropped:
        return True
    if dropped and 0 < left < rules.people:
        return False
    cell = rules.cell if total.sensitive else 0
    ranges = [
        possible(share, rules.people, rules.percentages, cell)
        for one in (count, *(getattr(group, wave) for group in shown.values()))
        if isinstance(share := release_share(one, total.sensitive, rules), Share)
    ]
    return remainder_is_safe(summed(ranges[:1]), summed(ranges[1:]))


def _group_row(key: str, group: Exact, total: Exact, rules: Rules) -> Row:
    before = release_share(group.before, total.sensitive, rules) if group.before else None
    after = release_share(group.after, total.sensitive, rules) if group.after else None
    change = None
    if before is not None and after is not None and group.change is not None:
        change = release_change(before, after, group.change, total.smallest, total.headline)
    return Row(key=key, before=before, after=after, change=change, seal=_SEAL)


def release_response(people: Mapping[str, int], schools: int | None = None, rules: Rules = DEFAULT) -> Response:
    """On roll, saw it, answered ... each to the nearest 5, hidden under 10. How many schools is no secret."""
    counts = tuple((key, _number(n, rules)) for key, n in people.items())
    return Response(counts=counts, schools=schools, seal=_SEAL)


def _number(n: int, rules: Rules) -> Number | Suppressed:
    if n < 0:
        raise ValueError(f"{n} people")
    return Number(count=nearest_five(n), seal=_SEAL) if n >= rules.people else suppressed("few_people")


def release_places(places: Sequence[Count], rules: Rules = DEFAULT) -> Places | Suppressed:
    """A funnel: places with 30 people or more, unnamed, ten places at least. Never of a sensitive item.

    Where the places left out hold one to nine people together, the smallest shown goes with them.
    """
    shown = sorted((one for one in places if one.base >= rules.percentages), key=lambda one: one.base)
    everyone = sum(one.base for one in places)
    while shown and 0 < everyone - sum(one.base for one in shown) < rules.people:
        shown.pop(0)
    if len(shown) < FEWEST_SITES:
        return suppressed("few_schools")
    total = Count(sum(one.agreed for one in places), everyone)
    target = whole_percent(total.agreed, total.base)
    if not 0 < target < 100:
        return suppressed("extreme")
    tau2 = overdispersion([one.agreed for one in shown], [one.base for one in shown], target / 100).tau2
    dots = tuple((nearest_five(one.base), whole_percent(one.agreed, one.base)) for one in shown)
    grid = sorted({base for base, _ in dots})
    limits = tuple(_limits_at(base, target / 100, tau2) for base in grid)
    return Places(target=target, dots=dots, limits=limits, some_too_small=len(shown) < len(places), seal=_SEAL)


def _limits_at(base: int, target: float, tau2: float | None) -> tuple[float, float, float, float, float]:
    inner, outer = (
        wide_limits(base, target, level, tau2) if tau2 else exact_limits(base, target, level) for level in LEVELS
    )
    a, b, c, d = (round(100 * end, 1) for end in (*inner, *outer))
    return float(base), a, b, c, d


def release_periods(periods: Sequence[tuple[str, Count]], sensitive: bool = False, rules: Rules = DEFAULT) -> Periods:
    """A share over time. Centre, limits and signals come from what is printed, so they tell nothing more; with a hidden
    period, or one in words or capped, the line breaks there and no limits are drawn."""
    points = tuple((label, release_share(count, sensitive, rules)) for label, count in periods)
    seen = [
        share.percent
        for _, share in points
        if isinstance(share, Share) and share.percent is not None and not share.bound
    ]
    process = xmr(seen) if seen and len(seen) == len(points) else None
    drawn = process.drawn if process else "run"
    limits = process is not None and drawn == "limits"
    return Periods(
        points=points,
        drawn=drawn,
        centre=None if process is None or drawn == "run" else process.centre,
        lower=max(0.0, process.lower[0]) if process and limits else None,
        upper=min(100.0, process.upper[0]) if process and limits else None,
        signals=process.signals if process and limits else ("common",) * len(points),
        seal=_SEAL,
    )


def release_categories(found: Classified, started: int, rules: Rules = DEFAULT) -> Categories | Suppressed:
    """Reliable change, of every 100 who started; in words where fewer than 30 have two scores."""
    shown = category_figures(found, started, rules)
    return suppressed(shown) if isinstance(shown, str) else Categories(**shown, seal=_SEAL)


def release_crossed(
    table: Table, unpaired: tuple[int, int], sensitive: bool = False, rules: Rules = DEFAULT
) -> Crossed | Suppressed:
    """Before by after of those paired, in bins; never of an item with breakdowns, whose audit does not know of it."""
    shown = crossed_figures(table, unpaired, sensitive, rules)
    return suppressed(shown) if isinstance(shown, str) else Crossed(**shown, seal=_SEAL)


def suppressed(reason: Reason) -> Suppressed:
    """Nothing to show, and why."""
    return Suppressed(reason=reason, seal=_SEAL)


def _outward(interval: Interval | None, least: int) -> tuple[int | None, int | None]:
    """Interval ends in whole points, rounded away from the estimate and kept within least..100."""
    if interval is None:
        return None, None
    return max(least, floor(100 * interval.low + OUTWARD)), min(100, ceil(100 * interval.high - OUTWARD))


def published(percent: float, base: int, source: str, low: float | None = None, high: float | None = None) -> Share:
    """A share that somebody else printed, or that somebody types into the calculator: as it stands, never rounded.

    `low` and `high` are in percent too: what `analysis.proportions` gives for the counts behind the percentage.
    """
    if not (0 <= percent <= 100 and base > 0 and source):
        raise ValueError(f"not a published share: {percent!r}% of {base!r}, source {source!r}")
    return Share(percent=percent, base=base, low=low, high=high, origin=f"published({source})", seal=_SEAL)


def published_row(key: str, before: Share | None, after: Share | None) -> Row:
    """One item of a published evaluation. Views after only have no before, and so no change."""
    sides = [share for share in (before, after) if share is not None]
    if not sides or any(not share.origin.startswith("published(") for share in sides):
        raise ValueError(f"a published row of {key} needs published shares")
    return Row(key=key, before=before, after=after, change=None, origin=sides[0].origin, seal=_SEAL)


def published_response(people: Mapping[str, int], source: str, schools: int | None = None) -> Response:
    """Who could have answered and who did, as printed by `source`."""
    origin = f"published({source})"
    counts = tuple((key, Number(count=n, origin=origin, seal=_SEAL)) for key, n in people.items())
    return Response(counts=counts, schools=schools, origin=origin, seal=_SEAL)
