"""Any sound questionnaire, drawn by Hypothesis: for what must hold of all of them."""

from __future__ import annotations

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
    Scale,
    Text,
    Trial,
)

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
    "\u202eabc",
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
def items(draw: st.DrawFn, key: str, earlier: list[Item], languages: tuple[Language, ...]) -> Item:
    kind = draw(st.sampled_from(["one", "several", "faces", "number"]))
    several = kind == "several"
    count = 0 if kind == "number" else draw(st.integers(3, 5))
    options = tuple(
        Option(f"o{n}", code, draw(texts(languages)), several and draw(st.booleans()), draw(st.booleans()))
        for n, code in enumerate(draw(st.lists(st.integers(0, 251), min_size=count, max_size=count, unique=True)))
    )
    sources = [one for one in earlier if one.options and one.waves == WAVES]
    condition = None
    if sources and draw(st.booleans()):
        source = draw(st.sampled_from(sources))
        condition = Condition(source.key, tuple(one.key for one in source.options[: draw(st.integers(1, 3))]))
    number: dict[str, Any] = {}
    if kind == "number":
        low = draw(st.integers(0, 9))
        number = {
            "minimum": low,
            "maximum": draw(st.integers(low + 1, 65531)),
            "unit": draw(st.none() | texts(languages)),
        }
    measure = None
    if options and draw(st.booleans()):
        more = ("o1",) if draw(st.booleans()) else ()
        measure = Measure(
            ("o0",),
            "apart",
            "intention",
            "either",
            draw(st.none() | st.just("x_y")),
            draw(texts(languages)),
            more or ("o2",),
            7,
        )
    return Item(
        key=key,
        kind=kind,  # type: ignore[arg-type]
        text=draw(texts(languages)),
        hint=draw(st.none() | texts(languages)),
        options=options,
        waves=draw(st.sampled_from([WAVES, ("after",)])),
        absences=draw(st.sampled_from([(), ("dont_know",), ("rather_not", "dont_know")])),  # type: ignore[arg-type]
        condition=condition,
        sensitive=condition is None and not earlier and draw(st.booleans()),
        about=measure is None and not earlier and draw(st.booleans()),
        measure=measure,
        tried_with=(Trial(3, (11, 12), "2026-11-20", draw(words)),) if draw(st.booleans()) else (),
        ordered=draw(st.booleans()),
        words_explained=(Explanation("passive", draw(words)),) if draw(st.booleans()) else (),
        **number,
    )


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """One to four items on one or two pages, in up to three languages besides English."""
    languages = tuple(one for one in LANGUAGES if draw(st.booleans()))
    drawn: list[Item] = []
    for n in range(draw(st.integers(1, 4))):
        drawn.append(draw(items(f"item_{n}", drawn, languages)))
    cut = draw(st.integers(1, len(drawn)))
    halves = [half for half in (drawn[:cut], drawn[cut:]) if half]
    pages = tuple(Page(f"p{n}", draw(st.none() | texts(languages)), tuple(half)) for n, half in enumerate(halves))
    scored = [item for item in drawn if item.kind in ("one", "faces")][:1]
    scales = tuple(Scale("score", (one.key,), {option.key: 1 for option in one.options}) for one in scored)
    try:
        return Instrument(
            key=draw(st.sampled_from(["tiny", "a_b"])),
            version=draw(st.integers(1, 9999)),
            title=draw(texts(languages)),
            ages=(12, 18),
            mode="private",
            respondent=draw(st.sampled_from(["young_person", "parent"])),  # type: ignore[arg-type]
            waves=WAVES,
            intro=tuple(draw(texts(languages)) for _ in range(4)),
            pages=pages,
            scales=scales,
            languages=(ENGLISH, *languages),
            made_with=tuple(draw(st.lists(words, max_size=1))),
            sitting=draw(st.sampled_from(["group", "one_to_one"])),  # type: ignore[arg-type]
        )
    except InstrumentFaults:
        assume(False)
        raise
