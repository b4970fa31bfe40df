"""The numbers of a paper sheet, typed back, are the answers that a screen would have sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.answers import parse
from questionnaires.codebook import Codebook, Head
from questionnaires.digits import SLOTS, Unreadable, read, shown, slots, slots_in
from questionnaires.files import LIBRARY, load_library
from questionnaires.files import read as read_file
from questionnaires.instrument import STEP_OPTIONS, Instrument, Item, Option, Part
from questionnaires.kinds import KINDS, nature

JOURNEYS = Path(__file__).parent.parent / "journeys"
EVERY = [
    *(load_library(path.stem) for path in sorted(LIBRARY.glob("*.yaml")) if "." not in path.stem),
    read_file(JOURNEYS / "everything.yaml"),
    read_file(JOURNEYS / "kinds.yaml"),
]


@st.composite
def ticked(draw: st.DrawFn, item: Item) -> dict[str, list[str]]:
    """The fields of a page on which a child has answered this item somehow."""
    answering = item.answering
    absent = {item.key: [draw(st.sampled_from(item.absences))]} if item.absences and draw(st.booleans()) else None
    options = [one.key for one in item.options]
    if answering == "nothing" or draw(st.integers(0, 5)) == 0:
        return {}
    if answering == "parts":
        values = [*options, *item.absences, ""]
        return {f"{item.key}.{one.key}": [v] for one in item.parts if (v := draw(st.sampled_from(values)))}
    if absent:
        return absent
    if answering == "number":
        return {item.key: [str(draw(st.integers(item.minimum or 0, item.maximum or 0)))]}
    if answering == "order":
        places = draw(st.permutations(range(1, len(options) + 1)))
        return {f"{item.key}.{key}": [str(place)] for key, place in zip(options, places, strict=True)}
    if answering == "several":
        alone = [[one.key] for one in item.options if one.exclusive]
        free = [one.key for one in item.options if not one.exclusive]
        some = st.lists(st.sampled_from(free), min_size=1, unique=True)
        return {item.key: draw(st.one_of(some, st.sampled_from(alone)) if alone else some)}
    return {item.key: [draw(st.sampled_from(options))]}


@pytest.mark.parametrize("instrument", EVERY, ids=lambda one: one.key)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_numbers_typed_back_give_the_codes_of_ticking(instrument: Instrument, data: st.DataObject) -> None:
    wave = data.draw(st.sampled_from(instrument.waves))
    sent: dict[str, list[str]] = {}
    for item in instrument.items_in(wave):
        sent |= data.draw(ticked(item))
    on_paper = {slot.field: shown(slot, sent.get(slot.field, ())) for slot in slots_in(instrument, wave)}
    for slot in slots_in(instrument, wave):  # what is shown beside a box is the number on paper
        for value in sent.get(slot.field, ()):
            assert slot.way == "number" or slot.mark(value) in on_paper[slot.field].split()
    typed = {slot.field: read(slot, on_paper[slot.field]) for slot in slots_in(instrument, wave)}
    book = Codebook.of(instrument)
    screen, paper = (parse(instrument, wave, fields) for fields in (sent, typed))
    assert screen.faults == paper.faults == ()
    assert book.encode(paper.answers, Head("en")) == book.encode(screen.answers, Head("en"))


def test_every_way_to_answer_has_its_numbers() -> None:
    assert set(SLOTS) == {nature(kind).answering for kind in KINDS}


def one(count: int, kind: str = "one", **more: object) -> Item:
    options = tuple(Option(f"o{n}", n, {"en": f"Answer {n}"}) for n in range(1, count + 1))
    given = {"options": options, "absences": ("dont_know", "rather_not")} | more
    return Item("item", kind, {"en": "Which?"}, **given)  # type: ignore[arg-type]


def test_options_come_first_then_the_ways_of_not_answering() -> None:
    (slot,) = slots(one(3))
    assert dict(slot.marks) == {"1": "o1", "2": "o2", "3": "o3", "4": "dont_know", "5": "rather_not"}
    assert [read(slot, typed) for typed in ("2", " 2 ", "٢", "5", "")] == [["o2"], ["o2"], ["o2"], ["rather_not"], []]


def test_steps_keep_their_own_numbers() -> None:
    (slot,) = slots(one(0, "steps", options=STEP_OPTIONS))
    assert (read(slot, "0"), read(slot, "10"), read(slot, "11")) == (["step_0"], ["step_10"], ["dont_know"])


def test_several_may_run_together_and_mean_one_thing_only() -> None:
    """From ten boxes on, 1 and 3 run together would be 13 too: there every number has two digits."""
    (short,), (long,) = slots(one(6, "several")), slots(one(13, "several"))
    assert read(short, "136") == read(short, "1, 3 6") == read(short, "6 3 1 1")[::-1] == ["o1", "o3", "o6"]
    assert list(long.marks)[:3] == ["01", "02", "03"] and long.mark("o13") == "13"
    assert read(long, "0103") == read(long, "01 03") == ["o1", "o3"]
    assert read(long, "13") == ["o13"] and read(long, "01 1315") == ["o1", "o13", "rather_not"]
    for typed in ("1", "1 3", "013", "01 3", "136", "99"):
        with pytest.raises(Unreadable):
            read(long, typed)


@given(st.integers(1, 40), st.data())
def test_no_two_sets_of_ticks_are_typed_alike(count: int, data: st.DataObject) -> None:
    (slot,) = slots(one(count, "several"))
    ticks = data.draw(st.lists(st.sampled_from(sorted(slot.marks)), unique=True, min_size=1, max_size=6))
    assert read(slot, "".join(ticks)) == read(slot, " ".join(ticks)) == [slot.marks[tick] for tick in ticks]


def test_an_amount_is_never_taken_for_a_way_of_not_answering() -> None:
    item = one(0, "number", options=(), minimum=0, maximum=20)
    (slot,) = slots(item)
    assert (read(slot, "3"), read(slot, "-1"), read(slot, "−2")) == (["3"], ["dont_know"], ["rather_not"])
    assert read(slot, "21") == ["21"]  # the parser says that it is out of range


def test_things_to_sort_and_to_order_have_a_field_each() -> None:
    sort = one(2, "sort", parts=(Part("a", {"en": "A"}), Part("b", {"en": "B"})))
    assert [slot.field for slot in slots(sort)] == ["item.a", "item.b"]
    rank = one(3, "rank")
    assert [slot.field for slot in slots(rank)] == ["item.o1", "item.o2", "item.o3", "item"]
    assert dict(slots(rank)[-1].marks) == {"4": "dont_know", "5": "rather_not"}


@pytest.mark.parametrize("typed", ["0", "6", "12", "a", "1 2", "dont_know", "o1", "1.0", "--1"])
def test_what_stands_beside_no_box_is_refused(typed: str) -> None:
    (slot,) = slots(one(3))
    with pytest.raises(Unreadable):
        read(slot, typed)
