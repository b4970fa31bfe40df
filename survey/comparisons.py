"""The schools visited first against those that waited, in words.

Chance drew the order, so these are the only sentences that may say what made a difference (CARE E1); both baselines stand
beside them, and "we cannot tell" is said where it is true.
"""

from __future__ import annotations

from analysis.results import Breakdown, Change, Share
from survey.findings import difference, in_words
from survey.languages import gettext, number
from survey.releases.snapshot import ShownItem


def compared(item: ShownItem) -> tuple[str, ...]:
    """What the comparison says of one question; nothing where there is none."""
    change, arms = item.comparison, _arms(item)
    if not isinstance(change, Change) or arms is None:
        return ()
    waiting, visited = arms
    figures = gettext(
        "At the same time: %(visited)s in schools already visited and %(waiting)s in schools that still waited: %(difference)s.",
        visited=in_words(visited[1]).lower(),
        waiting=in_words(waiting).lower(),
        difference=difference(change.points, change.low, change.high),
    )
    start = gettext(
        "Before their own visit it was %(visited)s in the schools visited and %(waiting)s in those that waited.",
        visited=in_words(visited[0]).lower(),
        waiting=in_words(waiting).lower(),
    )
    return figures, start, _verdict(change, item.smallest)


def _arms(item: ShownItem) -> tuple[Share, tuple[Share, Share]] | None:
    """The waiting schools before, and the visited schools before and after, where all of it was released."""
    rows = next(
        (dict(one.groups) for one in item.row.breakdowns if isinstance(one, Breakdown) and one.name == "arm"), {}
    )
    first, later = rows.get("first"), rows.get("later")
    if first is None or later is None:
        return None
    waiting, before, after = later.before, first.before, first.after
    if isinstance(waiting, Share) and isinstance(before, Share) and isinstance(after, Share):
        return waiting, (before, after)
    return None


def _verdict(change: Change, smallest: int) -> str:
    amount = gettext("%(n)s in every 100", n=number(smallest))
    made = gettext("Chance drew which schools came first, so the visit made the difference.")
    sentences = {
        "rose_enough": gettext("It is more, by at least the smallest change that matters (%(amount)s).", amount=amount),
        "rose": gettext(
            "It is more, though it may be less than the smallest change that matters (%(amount)s).", amount=amount
        ),
        "rose_little": gettext(
            "It is a little more: less than the smallest change that matters (%(amount)s).", amount=amount
        ),
        "fell_little": gettext(
            "It is a little less: less than the smallest change that matters (%(amount)s).", amount=amount
        ),
        "fell": gettext(
            "It is less, though it may be by less than the smallest change that matters (%(amount)s).", amount=amount
        ),
        "fell_enough": gettext("It is less, by at least the smallest change that matters (%(amount)s).", amount=amount),
    }
    if change.position in sentences:
        return f"{made} {sentences[change.position]}"
    if change.position == "same":
        return gettext(
            "The visit made about no difference here: the answers fit only differences below the smallest change that matters "
            "(%(amount)s).",
            amount=amount,
        )
    if change.position == "no_interval":
        return gettext("There are too few schools on one side to say how sure this is.")
    return gettext("We cannot tell whether the visit made a difference.")
