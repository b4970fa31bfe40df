"""Any sound questionnaire, drawn by Hypothesis: for what must hold of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from questionnaires.faults import InstrumentFaults
from questionnaires.instrument import (
    ENGLISH,
    Condition,
    Explanation,
    Instrument,
    Item,
    Language,
    Measure,
    Option,
    Page,
    Part,
    Scale,
    Text,
    Trial,
    Version,
    steps_telling,
)
from questionnaires.kinds import HIGHEST_ALERT, KINDS, PICTURES, nature

HOSTILE = [
    "{{ 7*7 }}",
    "<b onclick=x>",
    "=1+1",
    "+1",
    "@x",
    "../../etc/passwd",
    "a: b # c",
    "- x",
    "Yes",
    "null",
    "1.0",
    "007",
]
HOSTILE += [
    "TRUE",
    "'\"`",
    "&a *b !c %d",
    "\u200fabc\u2066d\u2069",
    "é 😀",
    "2026-11-20",
    "a\nb",
    "[x]",
    "_x0041_",
    "\\n",
    "${x}",
    "Refused",
    "#",
]
WAVES = ("before", "after")
LANGUAGES = (Language("ar", "العربية", "rtl"), Language("cy", "Cymraeg"), Language("pl", "polski"))

letters = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))
words = st.one_of(st.sampled_from(HOSTILE), st.text(letters, min_size=1, max_size=8), st.just("Which?"))


@st.composite
def texts(draw: st.DrawFn, languages: tuple[Language, ...]) -> Text:
    said = {"en": draw(words)}
    return said | {one.code: draw(words) for one in languages if draw(st.booleans())}


@st.composite
def measures(draw: st.DrawFn, languages: tuple[Language, ...]) -> Measure:
    more = ("o1",) if draw(st.booleans()) else ("o2",)
    statement = draw(texts(languages))
    return Measure(("o0",), "apart", "intention", "either", draw(st.none() | st.just("x_y")), statement, more, 7)


@st.composite
def options(draw: st.DrawFn, kind: str, languages: tuple[Language, ...], alerts: bool) -> tuple[Option, ...]:
    how = nature(kind)
    if how.steps:
        highest = draw(st.sampled_from([None, *range(HIGHEST_ALERT + 1)])) if kind == "steps" and alerts else None
        return steps_telling(highest)
    least, most = how.options
    count = draw(st.integers(max(3, least), min(5, most))) if most else 0
    codes = draw(st.lists(st.integers(0, 251), min_size=count, max_size=count, unique=True))
    several = how.answering == "several"
    alone = draw(st.integers(0, count)) if kind == "support" else None

    def one(n: int, code: int) -> Option:
        exclusive = n == alone % count if alone is not None else several and draw(st.booleans())
        alert = alerts and how.answering in ("one", "several") and draw(st.booleans())
        return Option(f"o{n}", code, draw(texts(languages)), exclusive, draw(st.booleans()), alert)

    return tuple(one(n, code) for n, code in enumerate(codes))


@st.composite
def versions(
    draw: st.DrawFn, languages: tuple[Language, ...], keys: list[str], parts: list[str]
) -> tuple[Version, ...]:
    def some(names: list[str]) -> dict[str, Text]:
        return {name: draw(texts(languages)) for name in names if draw(st.booleans())}

    plain = Version("plain", draw(texts(languages)), labels=some(keys), parts=some(parts))
    easy = Version("easy_read", draw(texts(languages)), picture=draw(st.sampled_from(PICTURES)))
    others = {one.code: f"a-{n}.opus" for n, one in enumerate(languages[1:]) if draw(st.booleans())}
    audio = Version("audio", sound="a-b_1.opus", sounds=others)
    return tuple(one for one in (plain, easy, audio) if draw(st.booleans()))


@st.composite
def own_fields(draw: st.DrawFn, kind: str, languages: tuple[Language, ...]) -> dict[str, Any]:
    """What only this kind has."""
    own = nature(kind).own
    found: dict[str, Any] = {name: draw(texts(languages)) for name in ("low", "high") if name in own}
    if kind == "number":
        low = draw(st.integers(0, 9))
        high = draw(st.integers(low + 1, 65531))
        found |= {"minimum": low, "maximum": high, "unit": draw(st.none() | texts(languages))}
    if "parts" in own:
        count = draw(st.integers(2, 3))
        measured = kind == "sort"
        found["parts"] = tuple(
            Part(f"p{n}", draw(texts(languages)), draw(st.none() | measures(languages)) if measured else None)
            for n in range(count)
        )
    if kind == "text":
        found["size"] = draw(st.sampled_from([None, "short", "long"]))
    return found


@st.composite
def items(draw: st.DrawFn, key: str, earlier: list[Item], languages: tuple[Language, ...], linked: bool) -> Item:
    kind = draw(st.sampled_from([kind for kind in KINDS if linked or kind != "goals"]))
    how = nature(kind)
    own = draw(own_fields(kind, languages))
    answers = draw(options(kind, languages, linked))
    sources = [one for one in earlier if one.answering in ("one", "several") and one.waves == WAVES]
    condition = None
    if sources and draw(st.booleans()):
        source = draw(st.sampled_from(sources))
        condition = Condition(source.key, tuple(one.key for one in source.options[: draw(st.integers(1, 3))]))
    measure = draw(st.none() | measures(languages)) if how.measured and not how.steps else None
    keys = [one.key for one in answers] if not how.steps else []
    absences = [(), ("dont_know",), ("rather_not", "dont_know")] if how.absent else [()]
    about = measure is None and not earlier and how.answering in ("one", "several", "number")
    may_print = kind == "text" and not linked and draw(st.booleans())
    return Item(
        key=key,
        kind=kind,  # type: ignore[arg-type]
        text=draw(texts(languages)),
        hint=draw(st.none() | texts(languages)),
        options=answers,
        waves=draw(st.sampled_from([WAVES, ("after",)])),
        absences=draw(st.sampled_from(absences)),  # type: ignore[arg-type]
        condition=condition,
        sensitive=condition is None and not earlier and draw(st.booleans()),
        about=about and draw(st.booleans()),
        measure=measure,
        tried_with=(Trial(3, (11, 12), "2026-11-20", draw(words)),) if draw(st.booleans()) else (),
        ordered=how.rises or draw(st.booleans()),
        words_explained=(Explanation("passive", draw(words)),) if draw(st.booleans()) else (),
        picture=draw(st.none() | st.sampled_from(PICTURES)),
        versions=draw(versions(languages, keys, [part.key for part in own.get("parts", ())])),
        may_print=may_print,
        **own,
    )


def asked_twice(drawn: list[Item]) -> list[Item]:
    """The last item once more in the other wave, and one that looks back on a page of its own."""
    last = drawn[-1]
    if last.waves != ("after",) or last.condition is not None:
        return []
    return [replace(last, key="twin", waves=("before",), same_as=last.key, about=False, sensitive=False)]


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """One to four items on one or two pages, in up to three languages besides English."""
    languages = tuple(one for one in LANGUAGES if draw(st.booleans()))
    linked = draw(st.booleans())
    drawn: list[Item] = []
    for n in range(draw(st.integers(1, 4))):
        drawn.append(draw(items(f"item_{n}", drawn, languages, linked)))
    drawn += asked_twice(drawn)
    back = [replace(drawn[0], key="then", waves=("after",), then_test=True, condition=None, about=False, measure=None)]
    back = [replace(one, parts=tuple(replace(part, measure=None) for part in one.parts)) for one in back]
    back = [replace(one, text={key: f"Then: {words}" for key, words in one.text.items()}) for one in back]
    cut = draw(st.integers(1, len(drawn)))
    halves = [half for half in (drawn[:cut], drawn[cut:], back if draw(st.booleans()) else []) if half]
    pages = tuple(Page(f"p{n}", draw(st.none() | texts(languages)), tuple(half)) for n, half in enumerate(halves))
    scored = [item for item in drawn if item.answering == "one"][:1]
    scales = tuple(Scale("score", (one.key,), {option.key: 1 for option in one.options}) for one in scored)
    try:
        return Instrument(
            key=draw(st.sampled_from(["tiny", "a_b"])),
            version=draw(st.integers(1, 9999)),
            title=draw(texts(languages)),
            ages=(13, 18),
            mode="linked" if linked else "private",
            respondent=draw(st.sampled_from(["young_person", "parent"])),  # type: ignore[arg-type]
            waves=WAVES,
            intro=tuple(draw(texts(languages)) for _ in range(4)),
            pages=pages,
            scales=scales,
            languages=(ENGLISH, *languages),
            made_with=tuple(draw(st.lists(words, max_size=1))),
            sitting=draw(st.sampled_from(["group", "one_to_one"])),  # type: ignore[arg-type]
            interruption=linked,
        )
    except InstrumentFaults:
        assume(False)
        raise
