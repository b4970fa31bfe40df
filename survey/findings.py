"""Released figures as sentences: what was found, how sure it is, when it was asked, and what it cannot say.

Every sentence is chosen by what was released, never by anything exact, so words and figures cannot disagree. "We cannot
tell" is never "no change"; figures asked only afterwards never speak of a change; words with a false ring (CARE E,
statistics 1.19) are kept out by a test. Sentences come in the language of the page, or of `languages.speaking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from analysis.results import Change, Moves, Position, Share, Words
from survey.languages import current, gettext, ngettext, number
from survey.releases.snapshot import ShownItem, Snapshot, Text
from survey.wave_words import asked_last, asked_once, last_label, when


@dataclass(frozen=True, slots=True)
class Finding:
    """One question's result in words: the heading, what follows it, what to bear in mind, and the paired part."""

    heading: str
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]
    paired: tuple[str, ...]
    caption: str
    alt: str


HANDFUL = 10
"""A difference of fewer pupils than this, in one school, says little."""


def words_of(text: Text) -> str:
    """A text of the snapshot in the page's language, or in English."""
    return text.get(current(), text["en"])


def finding(item: ShownItem, snapshot: Snapshot) -> Finding:
    """What there is to say about one question."""
    change = item.row.change
    if isinstance(change, Change) and isinstance(item.row.before, Share) and isinstance(item.row.after, Share):
        heading, sentences = _changed(item, item.row.before, item.row.after, change, snapshot.timing)
    else:
        heading, sentences = _standing(item, snapshot)
    return Finding(
        heading, sentences, _cautions(item, snapshot), _paired(item), caption(item, snapshot), _alt(item, snapshot)
    )


def _changed(item: ShownItem, before: Share, after: Share, change: Change, timing: str) -> tuple[str, tuple[str, ...]]:
    figures = gettext(
        "%(before)s in 100 before, %(after)s in 100 %(when)s: %(difference)s.",
        before=number(before.percent or 0),
        after=number(after.percent or 0),
        when=when(timing),
        difference=difference(change.points, change.low, change.high),
    )
    said = _certainty(change, item.smallest)
    if at_odds(item):
        said = (gettext("Those we could pair moved the other way, so we claim neither a rise nor a fall."),)
    return _heading(item, before, after, change), (figures, *said)


def at_odds(item: ShownItem) -> bool:
    """Whether everybody and those who could be paired point to opposite sides: then nothing is claimed."""
    change, moves = item.row.change, item.row.moves
    if not isinstance(change, Change) or not isinstance(moves, Moves) or moves.net is None:
        return False
    return (moves.net < 0 and change.position.startswith("rose")) or (
        moves.net > 0 and change.position.startswith("fell")
    )


def all_untried(snapshot: Snapshot) -> bool:
    """Whether none of the questions was tried with children."""
    return snapshot.origin != "published" and not any(item.tried for item in snapshot.items)


def _heading(item: ShownItem, before: Share, after: Share, change: Change) -> str:
    statement = words_of(item.statement)
    plain = gettext(
        "%(before)s in 100 pupils before and %(after)s in 100 afterwards %(statement)s",
        before=number(before.percent or 0),
        after=number(after.percent or 0),
        statement=statement,
    )
    if at_odds(item) or (not change.headline and change.position not in ("same", "cannot_tell")):
        return plain
    headings: Mapping[Position, str] = {
        "rose_enough": gettext("More pupils than before %(statement)s", statement=statement),
        "rose": gettext("More pupils than before %(statement)s", statement=statement),
        "rose_little": gettext("Slightly more pupils than before %(statement)s", statement=statement),
        "same": gettext("About as many pupils as before %(statement)s", statement=statement),
        "cannot_tell": gettext(
            "We cannot tell whether more or fewer pupils than before %(statement)s", statement=statement
        ),
        "fell_little": gettext("Slightly fewer pupils than before %(statement)s", statement=statement),
        "fell": gettext("Fewer pupils than before %(statement)s", statement=statement),
        "fell_enough": gettext("Fewer pupils than before %(statement)s", statement=statement),
    }
    return headings.get(change.position, plain)


def difference(points: int, low: int | None, high: int | None) -> str:
    """A difference with its range: "23 more in every 100 (19 to 27)"."""
    if points > 0:
        shown = ngettext("%(count)s more in every 100", "%(count)s more in every 100", points)
    elif points < 0:
        shown = ngettext("%(count)s fewer in every 100", "%(count)s fewer in every 100", -points)
    else:
        shown = gettext("as many in every 100")
    if low is None or high is None:
        return shown
    return gettext("%(difference)s (%(range)s)", difference=shown, range=between(low, high, fell=points < 0))


def between(low: int, high: int, *, fell: bool = False) -> str:
    """The range of a difference: "19 to 27", and in words where it reaches over zero."""
    if low >= 0 and not fell:
        return gettext("%(low)s to %(high)s", low=number(low), high=number(high))
    if high <= 0 and fell:
        return gettext("%(low)s to %(high)s", low=number(-high), high=number(-low))
    return gettext("from %(low)s to %(high)s", low=_signed(low), high=_signed(high))


def _signed(points: int) -> str:
    if points < 0:
        return gettext("%(count)s fewer", count=number(-points))
    return gettext("%(count)s more", count=number(points)) if points else gettext("as many")


def _certainty(change: Change, smallest: int) -> tuple[str, ...]:
    said = [_where_it_lies(change, smallest)]
    if not change.headline and change.position not in ("same", "cannot_tell", "no_interval"):
        said.append(
            gettext("Among so many questions one such difference can come by chance, so it makes no headline here.")
        )
    if "few_schools_first_sign" in change.notes:
        said.append(gettext("There were few schools: take this as a first sign."))
    return tuple(said)


def _where_it_lies(change: Change, smallest: int) -> str:
    n = ngettext("%(count)s in every 100", "%(count)s in every 100", smallest)
    low, high = change.low or 0, change.high or 0
    sentences: Mapping[Position, str] = {
        "rose_enough": gettext("It went up by at least the smallest change that matters (%(amount)s).", amount=n),
        "rose": gettext("It went up. It may be less than the smallest change that matters (%(amount)s).", amount=n),
        "rose_little": gettext(
            "It went up a little: less than the smallest change that matters (%(amount)s).", amount=n
        ),
        "same": gettext(
            "It stayed about the same: the answers fit only differences below the smallest change that matters (%(amount)s).",
            amount=n,
        ),
        "cannot_tell": gettext(
            "We cannot tell. The answers fit anything from a fall of %(low)s to a rise of %(high)s in every 100.",
            low=number(max(0, -low)),
            high=number(max(0, high)),
        ),
        "fell_little": gettext(
            "It went down a little: less than the smallest change that matters (%(amount)s).", amount=n
        ),
        "fell": gettext("It went down. It may be less than the smallest change that matters (%(amount)s).", amount=n),
        "fell_enough": gettext("It went down by at least the smallest change that matters (%(amount)s).", amount=n),
        "no_interval": _of_these_only(change),
    }
    return sentences[change.position]


def _of_these_only(change: Change) -> str:
    if "one_school" in change.notes:
        if 0 < abs(change.points) * change.base_after < 100 * HANDFUL:
            return gettext(
                "This is what the pupils of one school said. It cannot say what others would. So small a difference can be "
                "a few pupils who tick differently the second time."
            )
        return gettext("This is what the pupils of one school said. It cannot say what others would.")
    if "two_or_three_schools" in change.notes:
        return gettext("These are two or three schools together: too few to say what others would answer.")
    return gettext("The schools answered too much alike to say how sure this is.")


def _standing(item: ShownItem, snapshot: Snapshot) -> tuple[str, tuple[str, ...]]:
    """What there is to say where no change can be shown: what was said afterwards, or before, or nothing."""
    statement, after, before = words_of(item.statement), item.row.after, item.row.before
    shown = after if isinstance(after, Share) else before
    if not isinstance(shown, Share):
        return gettext("Too few answers to show how many pupils %(statement)s", statement=statement), ()
    both = isinstance(before, Share) and isinstance(after, Share)
    if both and isinstance(before, Share) and isinstance(after, Share):
        heading = gettext(
            "%(before)s before and %(after)s afterwards %(statement)s",
            before=in_words(before),
            after=in_words(after).lower(),
            statement=statement,
        )
        return heading, (gettext("There are too few answers to say whether the two differ."),)
    pattern = (
        gettext("Remembered: %(share)s of those who answered %(statement)s")
        if item.remembered
        else gettext("%(share)s of those who answered %(statement)s")
    )
    heading = pattern % {"share": in_words(shown), "statement": statement}
    asked_only_after = item.row.before is None
    if item.everybody is not None:
        return heading, _published(item, shown, snapshot)
    if snapshot.place:
        pattern = gettext(
            "If those who did not answer are like those who did, it is %(low)s to %(high)s in every 100 of all who were there."
        )
    else:
        pattern = gettext("For schools like these, the answers fit anything from %(low)s to %(high)s in every 100.")
    said = _fitting(shown, pattern)
    return heading, (*said, asked_once(item, snapshot)) if asked_only_after else said


def _fitting(share: Share, pattern: str) -> tuple[str, ...]:
    if share.percent is None or share.low is None or share.high is None:
        return ()
    return (pattern % {"low": number(floor(share.low)), "high": number(ceil(share.high))},)


def _published(item: ShownItem, share: Share, snapshot: Snapshot) -> tuple[str, ...]:
    """What a printed percentage can and cannot say: among those who answered, and of everybody who saw it."""
    said = [*_of_everybody(item, share, snapshot)]
    pattern = gettext(
        "Even had those who answered been drawn by chance, which they were not, their answers would fit anything from "
        "%(low)s to %(high)s in every 100."
    )
    said += _fitting(share, pattern)
    if item.counts is not None:
        said.append(
            gettext(
                "Only the percentage was printed: %(percent)s of %(base)s can be %(low)s to %(high)s answers.",
                percent=percent(share.percent or 0),
                base=number(share.base),
                low=number(item.counts[0]),
                high=number(item.counts[1]),
            )
        )
    return tuple(said)


def _of_everybody(item: ShownItem, share: Share, snapshot: Snapshot) -> list[str]:
    """Everybody who saw it: what so many of every 100 said, how many said nothing, and what the share could be."""
    everybody, saw = item.everybody, snapshot.response.count("saw_it")
    if everybody is None or everybody.low is None or everybody.high is None or not saw or item.counts is None:
        return []
    about, yes = "saw_it" in snapshot.approximate, sum(item.counts) / 2
    return [
        gettext(
            "Of every 100 who saw it, about %(yes)s gave this answer, %(other)s gave another and %(silent)s did not answer.",
            yes=_few(100 * yes / saw),
            other=_few(100 * (share.base - yes) / saw),
            silent=_few(100 * (saw - share.base) / saw),
        ),
        gettext(
            "We know nothing of those who did not answer. Among everybody who saw it (%(saw)s), the share could be "
            "anything from about %(low)s to about %(high)s.",
            saw=gettext("about %(number)s", number=number(saw)) if about else number(saw),
            low=percent(everybody.low),
            high=percent(everybody.high),
        ),
    ]


def _few(of_100: float) -> str:
    whole = round(of_100)
    return number(whole) if whole or not of_100 else gettext("fewer than 1")


def in_words(share: Share) -> str:
    """A share as the beginning of a sentence: "71 in 100", or in words where few answered."""
    if share.bound:
        pattern = gettext("Fewer than %(n)s in 100") if share.bound == "under" else gettext("More than %(n)s in 100")
        return pattern % {"n": number(share.percent or 0)}
    if share.percent is not None:
        return gettext("%(n)s in 100", n=number(share.percent))
    return phrase(share.words or "none_or_few")


def phrase(words: Words) -> str:
    """How a share of 10 to 29 people is said."""
    return {
        "none_or_few": gettext("None or few"),
        "about_a_quarter": gettext("About a quarter"),
        "about_half": gettext("About half"),
        "about_three_quarters": gettext("About three quarters"),
        "most_or_all": gettext("Most or all"),
    }[words]


def percent(value: float) -> str:
    """A whole percentage; with one decimal only where rounding would claim none or all."""
    whole = round(value)
    shown = number(round(value, 1)) if whole in (0, 100) and whole != value else number(whole)
    return gettext("%(number)s%%", number=shown)


def _cautions(item: ShownItem, snapshot: Snapshot) -> tuple[str, ...]:
    said = []
    if item.at_ceiling:
        said.append(gettext("This question cannot show a rise: most pupils gave the best answer before."))
    if item.direction == "either":
        said.append(gettext("A rise can mean more is noticed and told."))
    if item.leaves_out:
        said.append(
            gettext(
                "Counted among those who could change and chose an answer: left out are those who already do this and those who "
                "don’t know."
            )
            if item.dont_know_after is not None
            else gettext("Counted among those who could change: who already does this is left out.")
        )
    for share, wave in ((item.dont_know_before, gettext("before")), (item.dont_know_after, asked_last(item, snapshot))):
        if isinstance(share, Share):
            said.append(gettext("%(share)s said “I don’t know” %(wave)s.", share=in_words(share), wave=wave))
    if not item.tried and item.everybody is None and not all_untried(snapshot):
        said.append(gettext("Not yet tried with children."))
    return tuple(said)


def _paired(item: ShownItem) -> tuple[str, ...]:
    moves = item.row.moves
    if not isinstance(moves, Moves):
        return ()
    return (
        _moved(moves, ordered=item.ordered),
        gettext("Some pupils tick differently the second time without anything having changed."),
    )


def _moved(moves: Moves, *, ordered: bool) -> str:
    if moves.words is not None:
        shown = {name: phrase(word).lower() for name, word in zip(("up", "same", "down"), moves.words, strict=True)}
    else:
        hidden = gettext("a hidden number")
        shown = {
            name: number(value) if value is not None else hidden
            for name, value in (("up", moves.up), ("same", moves.same), ("down", moves.down))
        }
    opening = gettext("Of the pupils we could pair") if moves.words else gettext("Of every 100 pupils we could pair")
    pattern = (
        gettext("%(of)s, %(up)s moved up, %(same)s stayed the same and %(down)s moved down.")
        if ordered
        else gettext(
            "%(of)s, %(up)s gave this answer only afterwards, %(down)s only before, and for %(same)s it was the same both times."
        )
    )
    return pattern % {"of": opening, **shown}


def caption(item: ShownItem, snapshot: Snapshot) -> str:
    """The line under a chart: who, how many, when, and what the design cannot say."""
    before, after = item.row.before, item.row.after
    if snapshot.origin == "published":
        return gettext(
            "Those who answered, asked afterwards only; the line is the range as if they had been drawn by chance. "
            "Source: %(source)s.",
            source=snapshot.source,
        )
    change = item.row.change
    if isinstance(change, Change) and isinstance(before, Share) and isinstance(after, Share):
        by_design = {
            "split": gettext(
                "All who answered: %(before)s before and %(after)s %(when)s, in different classes drawn by chance."
            ),
            "waiting": gettext("All who answered: %(before)s before and %(after)s %(when)s, in all schools."),
        }
        plain = gettext("All who answered: %(before)s before and %(after)s %(when)s. No comparison group.")
        counts = {"before": number(before.base), "after": number(after.base), "when": when(snapshot.timing)}
        said = by_design.get(snapshot.design, plain) % counts
        line = gettext("The line below is the range of the difference.")
        return said if change.low is None else f"{said} {line}"
    if isinstance(after, Share) and item.remembered:
        how = {"after": number(after.base), "when": when(snapshot.timing)}
        return gettext("All who answered: %(after)s, asked %(when)s to remember how it was before.", **how)
    if isinstance(after, Share):
        return gettext("All who answered: %(after)s, %(when)s.", after=number(after.base), when=when(snapshot.timing))
    return gettext("All who answered.")


def _alt(item: ShownItem, snapshot: Snapshot) -> str:
    shares = [
        gettext("%(wave)s: %(share)s", wave=wave, share=in_words(share))
        for wave, share in ((gettext("Before"), item.row.before), (last_label(item, snapshot), item.row.after))
        if isinstance(share, Share)
    ]
    change = item.row.change
    if isinstance(change, Change):
        shares.append(difference(change.points, change.low, change.high))
    return gettext("Chart. %(figures)s. The table after it holds these figures.", figures="; ".join(shares))
