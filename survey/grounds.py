"""What a report stands on, in words: who answered, how the change was measured, what the design cannot say, where it is from.

Beside `findings`, which speaks of one question, this speaks of the whole release.
"""

from __future__ import annotations

from datetime import date

from analysis.results import Change, Number, Share
from survey.findings import all_untried, at_odds, in_words, words_of
from survey.languages import day, gettext, ngettext, number
from survey.releases.snapshot import ShownItem, Snapshot
from survey.wave_words import is_later, when


def origin_words(origin: str) -> str:
    """Where the figures come from, as a mark; empty for what was collected with Heard."""
    return {"published": gettext("published figures"), "simulated": gettext("simulated")}.get(origin, "")


def count_label(key: str, snapshot: Snapshot) -> str:
    """What a number of people in the response counts."""
    later = {
        "saw_it": gettext("were there weeks later"),
        "declined": gettext("chose “No thanks”"),
        "after": gettext("answered weeks later"),
    }
    if is_later(snapshot) and key in later:
        return later[key]
    labels = {
        "on_roll": gettext("on roll"),
        "saw_it": gettext("saw it"),
        "absent": gettext("not in school that day"),
        "opted_out": gettext("opted out by a parent or carer"),
        "declined": gettext("chose “No thanks” afterwards"),
        "before": gettext("answered before"),
        "after": gettext("answered afterwards"),
        "paired": gettext("paired"),
        "unlike": gettext("paired, but answered in another way the second time"),
    }
    return labels[key]


def shown_count(snapshot: Snapshot, key: str) -> str:
    """A number of people as it may be shown."""
    count = dict(snapshot.response.counts)[key]
    if not isinstance(count, Number):
        return gettext("fewer than 10")
    shown = number(count.count)
    return gettext("about %(number)s", number=shown) if key in snapshot.approximate else shown


def key_figures(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The strip at the top: from the roll to the pairs, and how many schools."""
    strip = ("on_roll", "saw_it", "before", "after", "paired")
    figures = [
        (shown_count(snapshot, key), count_label(key, snapshot)) for key, _ in snapshot.response.counts if key in strip
    ]
    schools = snapshot.response.schools
    if schools is not None and not snapshot.place:
        figures.append((number(schools), ngettext("school", "schools", schools)))
    return figures


def response_sentence(snapshot: Snapshot) -> str:
    """How many of those who saw it answered."""
    saw, before, after = (snapshot.response.count(key) for key in ("saw_it", "before", "after"))
    if saw is None or after is None:
        return gettext("Too few people took part to say how many answered.")
    if is_later(snapshot):
        return gettext(
            "Of %(saw)s who were there weeks later, %(after)s answered: %(share)s in every 100.",
            saw=shown_count(snapshot, "saw_it"),
            after=number(after),
            share=number(_of_100(after, saw)),
        )
    if before is None:
        return gettext(
            "Of %(saw)s who saw it, %(after)s answered: %(share)s in every 100.",
            saw=shown_count(snapshot, "saw_it"),
            after=number(after),
            share=number(_of_100(after, saw)),
        )
    return gettext(
        "Of every 100 who saw it, about %(before)s answered before and about %(after)s afterwards.",
        before=number(_of_100(before, saw)),
        after=number(_of_100(after, saw)),
    )


def _of_100(part: int, whole: int) -> int:
    return min(100, round(100 * part / whole))


def lead(snapshot: Snapshot) -> list[str]:
    """What must be read before any figure."""
    said = []
    if snapshot.origin == "simulated":
        said.append(gettext("No child gave these answers: a computer drew them, to show how a report looks."))
    if snapshot.origin == "published":
        said.append(gettext("These figures were printed elsewhere. Heard did not collect them and holds no answers."))
    said.append(response_sentence(snapshot))
    said.append(design_sentence(snapshot))
    return said


def summary(snapshot: Snapshot) -> str:
    """How the questions that were asked before and after came out, counted; empty where there are none."""
    changed = [item for item in snapshot.items if isinstance(item.row.change, Change)]
    outcomes = [_outcome(item, item.row.change) for item in changed if isinstance(item.row.change, Change)]
    if not outcomes or "no_interval" in outcomes:
        return ""
    counted = {
        gettext("more often than before in %(count)s"): outcomes.count("rose"),
        gettext("about as often in %(count)s"): outcomes.count("same"),
        gettext("less often in %(count)s"): outcomes.count("fell"),
    }
    parts = [words % {"count": number(count)} for words, count in counted.items() if count]
    beside = {
        gettext("In %(count)s most gave it before already."): outcomes.count("ceiling"),
        gettext("In %(count)s we cannot tell."): outcomes.count("cannot_tell"),
    }
    asked = ngettext(
        "Of %(count)s question asked before and after", "Of %(count)s questions asked before and after", len(outcomes)
    )
    if not parts:
        return gettext("%(asked)s, we cannot tell for any whether the answers changed.", asked=asked)
    pattern = (
        gettext("%(asked)s, the answer we hope for was given %(parts)s.")
        if all(item.direction == "higher" for item in changed)
        else gettext("%(asked)s, the answer that is counted was given %(parts)s.")
    )
    told = pattern % {"asked": asked, "parts": gettext(", ").join(parts)}
    return " ".join([told, *(words % {"count": number(count)} for words, count in beside.items() if count)])


def _outcome(item: ShownItem, change: Change) -> str:
    """How a question is counted: what may be chance, or is contradicted by the pairs, is counted as no finding."""
    if change.position in ("same", "cannot_tell"):
        return "ceiling" if item.at_ceiling else change.position
    if change.position == "no_interval":
        return change.position
    return change.position.partition("_")[0] if change.headline and not at_odds(item) else "cannot_tell"


def design_sentence(snapshot: Snapshot) -> str:
    """What the way of asking can say, and what it cannot."""
    if is_later(snapshot):
        return gettext(
            "Pupils were asked once, some weeks later. Their answers are not compared with what anybody said before, so these "
            "figures cannot show a change: they are what pupils said at that time."
        )
    if _is_after_only(snapshot):
        return gettext("Nobody was asked before, so these figures cannot show a change. They are views afterwards.")
    lasting = gettext("Nobody was asked weeks later, so this cannot say what lasts.")
    if snapshot.design == "waiting":
        return _waiting_sentence(snapshot)
    if snapshot.design == "split":
        drawn = gettext(
            "Different classes of the same schools answered before and %(when)s. Chance drew which, so they differ only by "
            "chance, by having seen it, and by whatever else happened in between.",
            when=when(snapshot.timing),
        )
        return drawn if snapshot.timing == "weeks_later" else f"{drawn} {lasting}"
    asked = gettext(
        "Pupils were asked before and %(when)s. We had no comparison group, so other things may explain a difference.",
        when=when(snapshot.timing),
    )
    if snapshot.timing == "weeks_later":
        return asked
    return f"{asked} {lasting}"


def _waiting_sentence(snapshot: Snapshot) -> str:
    if not any(item.comparison is not None for item in snapshot.items):
        return gettext(
            "Chance drew which schools were visited first, but so far there is nothing to compare them with: too few schools "
            "that waited were asked in the same fortnight. Other things may explain a difference."
        )
    return gettext(
        "Chance drew which schools were visited first. The others answered before their own visit, in the same fortnight in "
        "which the first ones answered %(when)s: they show what answers would have been without it.",
        when=when(snapshot.timing),
    )


def _is_after_only(snapshot: Snapshot) -> bool:
    return snapshot.design == "after_only" or len(snapshot.waves) < 2


def warnings(snapshot: Snapshot) -> list[str]:
    """What a reader must know first because it may do harm."""
    sentences = {
        "law_rose_help_fell": gettext(
            "Take care: more pupils knew what is against the law, and fewer knew that they can get help without being in "
            "trouble. That can keep a child from asking for help."
        ),
        "too_many_answers": gettext(
            "Some sessions are left out: more answers came from there than pupils were present. Put the number present right, "
            "or find out who sent them; a later release can then hold them."
        ),
    }
    return [sentences[code] for code in snapshot.warnings]


def how_we_know(snapshot: Snapshot) -> list[str]:
    """How the figures were made, for those who want to lean on them."""
    if snapshot.origin == "published":
        return [
            gettext("Source: %(source)s.", source=snapshot.source),
            gettext(
                "The range in brackets is Wilson’s interval, corrected for the size of the audience. It speaks of those who "
                "answered as if they had been drawn by chance; they were not."
            ),
            gettext(
                "The range of everybody who saw it runs from all the silent saying no to all of them saying yes. With few "
                "answers it is wide, and no calculation can narrow it."
            ),
        ]
    said = [
        _period(snapshot),
        *_reach(snapshot),
        *_estimator(snapshot),
        *_linked(snapshot),
        *_tried(snapshot),
        *_yes(snapshot),
    ]
    said.append(
        gettext(
            "“I don’t know” counts as “not yet” in questions on knowledge, help and awareness. Questions left blank, not "
            "asked or answered “I’d rather not say” are left out."
        )
    )
    said.append(
        gettext(
            "To protect people, numbers of people are rounded to the nearest 5, percentages to whole numbers; groups under 10 "
            "are not shown and groups under 30 only in words."
        )
    )
    return said


def _period(snapshot: Snapshot) -> str:
    first, last = date.fromisoformat(snapshot.first_day), date.fromisoformat(snapshot.last_day)
    if first == last:
        return gettext("The sessions were held on %(day)s.", day=day(first))
    return gettext("The sessions were held from %(first)s to %(last)s.", first=day(first), last=day(last))


def _reach(snapshot: Snapshot) -> list[str]:
    """Who was never asked at all; a school's own page speaks of that school only."""
    if snapshot.place:
        return []
    drawn = []
    if snapshot.sample is not None:
        of = {"drawn": number(snapshot.sample[0]), "all": number(snapshot.sample[1])}
        drawn.append(
            gettext("Chance drew %(drawn)s of the %(all)s schools to be asked, before any answer was given.", **of)
        )
    return [
        *drawn,
        gettext(
            "Not reached: children who are on the roll of none of these schools, as in alternative provision, at home or in "
            "children’s homes."
        ),
    ]


def _tried(snapshot: Snapshot) -> list[str]:
    """Said once where it is true of every question; else beside the question."""
    if not all_untried(snapshot):
        return []
    return [
        gettext("Not yet tried with children: nobody has tried out the wording of these questions with them first.")
    ]


def _yes(snapshot: Snapshot) -> list[str]:
    """How many young children may only have said yes to everything."""
    share = snapshot.yes_to_all
    if not isinstance(share, Share):
        return []
    return [
        gettext(
            "Saying yes to everything: of about %(base)s pupils who answered all questions on knowledge afterwards, %(share)s "
            "never chose an answer that says no, or that something is fine. What these seem to know may be a habit.",
            share=in_words(share).lower(),
            base=number(share.base),
        )
    ]


def _estimator(snapshot: Snapshot) -> list[str]:
    changes = [item.row.change for item in snapshot.items if isinstance(item.row.change, Change)]
    if not changes:
        return []
    said = [
        gettext(
            "Each difference is between all who answered before and all who answered afterwards in the same schools, whether "
            "or not they could be paired. It is the difference of the two percentages as they are shown."
        )
    ]
    if snapshot.estimator:
        said.append(
            gettext("This way of working out a difference was fixed when the programme opened, before any answer.")
        )
    if any(change.low is not None for change in changes):
        said.append(
            gettext(
                "The range in brackets says what to expect of other schools like these. Ranges made in this way hold the true "
                "difference in about 95 of 100 such evaluations. They allow for schools that differ from each other "
                "(cluster-robust standard errors, CR2; Satterthwaite’s degrees of freedom)."
            )
        )
        said.append(
            gettext("“About the same” is said only where the 90% range lies within the smallest change that matters.")
        )
    else:
        said.append(
            gettext(
                "A difference has no range here: with fewer than four schools we cannot say what to expect elsewhere."
            )
        )
    return said


def _linked(snapshot: Snapshot) -> list[str]:
    """Whether those who could be paired can stand for all who answered."""
    sentences = {
        "alike": gettext(
            "At the start, the pupils we could pair and those we could not answered much alike: on no question that "
            "we could compare did they differ by 10 in every 100 or more."
        ),
        "apart": gettext(
            "At the start, the pupils we could pair answered otherwise than those we could not. How the paired moved may "
            "not hold for the others."
        ),
        "unclear": gettext(
            "We cannot tell whether the pupils we could pair answered like the others at the start. How the paired moved "
            "may not hold for the others."
        ),
    }
    said = _unlike(snapshot)
    return [*said, sentences[snapshot.linked_likeness]] if snapshot.linked_likeness else said


def _unlike(snapshot: Snapshot) -> list[str]:
    """How many pairs say nothing of a change, because something else than the pupil was different."""
    if "unlike" not in dict(snapshot.response.counts):
        return []
    return [
        gettext(
            "Left out of the figures of those we could pair are those whose two times differ in language, in the words they "
            "read, in paper or screen, or in whether somebody helped: %(count)s. Each of these can change what is ticked.",
            count=shown_count(snapshot, "unlike"),
        )
    ]


def about_words(snapshot: Snapshot, name: str, group: str = "") -> str:
    """The question behind a breakdown, or one of its groups, in words."""
    return words_of(snapshot.about[name][group])
