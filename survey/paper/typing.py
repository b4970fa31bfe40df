"""Typing a sheet in: one small field for each question, the number beside the tick, Enter to go on.

Each sheet is typed in two turns, by anybody. The second turn is blind: nothing of the first is on its pages. What cannot be
is given back with everything that was typed; what is kept lies sealed until the batch is settled.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.digits import Slot
from questionnaires.instrument import Text
from survey import batches
from survey.access import staff
from survey.batches import CARD, FIRST, HELPED, NO_THANKS, SECOND, SheetFault
from survey.forms import answer_fault
from survey.installation import database, keys
from survey.languages import gettext
from survey.paper.piles import next_of
from survey.paper.places import ROLES, Pile, blueprint, reached_pile
from survey.wave_words import wave_heading

LONGEST = 120
"""Signs in one field: more than any question has answers."""


@dataclass(frozen=True, slots=True)
class Line:
    """One small field as the page shows it: its question, its thing, the numbers that can be typed, what was typed."""

    field: str
    way: str
    question: str | Text
    number: int
    thing: Text | None
    marks: tuple[tuple[str, str | Text], ...]
    value: str
    error: str = ""

    @property
    def starts(self) -> bool:
        """Whether a new question begins here."""
        return bool(self.question)

    @property
    def digits(self) -> int:
        """How many digits the numbers of several boxes have."""
        return max(len(mark) for mark, _ in self.marks)


@blueprint.route("/batches/<batch_id>/<int:turn>/<int:place>", methods=["GET", "POST"])
@staff(*ROLES)
def sheet_typed(batch_id: str, turn: int, place: int) -> Reply | str | tuple[str, int]:
    """One sheet of a pile in one turn."""
    with database().reading() as session:
        pile = reached_pile(session, batch_id)
        done = batches.sheets_of(session, keys(), pile.batch, turn) if turn in (FIRST, SECOND) else {}
        first = batches.sheets_of(session, keys(), pile.batch, FIRST)
    if turn not in (FIRST, SECOND) or not 1 <= place <= pile.batch.sheets:
        abort(404)
    if pile.batch.is_settled or (turn == SECOND and next_of(pile, first) is not None):
        return redirect(url_for("paper.batch", batch_id=batch_id), 303)
    if request.method == "GET":
        return _page(pile, turn, place, done.get(place, {}), ())
    typed = {slot.field: request.form.get(slot.field, "").strip()[:LONGEST] for slot in pile.fields}
    if "on" in request.form:  # Enter in a browser without script: the same page again, a field further
        return _page(pile, turn, place, typed, ())
    faults = batches.faults_of(pile.instrument, pile.opening.wave, typed)
    if faults:
        return _page(pile, turn, place, typed, faults), 422
    return _keep(batch_id, turn, place, typed)


def _keep(batch_id: str, turn: int, place: int, typed: dict[str, str]) -> Reply:
    """Keep the sheet and go on to the next one that was not typed yet."""
    with database().writing() as session:
        pile = reached_pile(session, batch_id, locked=True)
        if pile.batch.is_settled or place > pile.batch.sheets:
            abort(409)
        batches.keep(session, keys(), pile.batch, turn, place, typed)
        session.flush()
        following = next_of(pile, batches.sheets_of(session, keys(), pile.batch, turn))
    if following is None:
        return redirect(url_for("paper.batch", batch_id=batch_id), 303)
    return redirect(url_for("paper.sheet_typed", batch_id=batch_id, turn=turn, place=following), 303)


@blueprint.post("/batches/<batch_id>/ends-before/<int:place>")
@staff(*ROLES)
def end_pile(batch_id: str, place: int) -> Reply:
    """There is no such sheet: the pile is smaller than was said."""
    with database().writing() as session:
        pile = reached_pile(session, batch_id, locked=True)
        if pile.batch.is_settled or not 2 <= place <= pile.batch.sheets:
            abort(409)
        batches.end_pile(session, pile.batch, place)
    return redirect(url_for("paper.batch", batch_id=batch_id), 303)


def _page(pile: Pile, turn: int, place: int, typed: batches.Typed, faults: list[SheetFault] | tuple[()]) -> str:
    lines = lines_of(pile, typed, faults)
    filled = [n for n, line in enumerate(lines) if line.value]
    wrong = [n for n, line in enumerate(lines) if line.error]
    here = wrong[0] if wrong else min(filled[-1] + 1, len(lines) - 1) if filled and "on" in request.form else 0
    return render_template(
        "paper/type.html",
        pile=pile,
        turn=turn,
        place=place,
        wave=wave_heading(pile.opening.wave),
        lines=lines,
        here=here,
        errors=[{"href": f"#i-{line.field}", "text": line.error} for line in lines if line.error],
    )


def lines_of(pile: Pile, typed: batches.Typed, faults: list[SheetFault] | tuple[()] = ()) -> list[Line]:
    """The fields of a sheet in the order of the paper, questions with their numbers on it."""
    said = {fault.field: _fault_words(pile, fault) for fault in faults}
    asked = [item for item in pile.instrument.items_in(pile.opening.wave) if item.kind not in ("statement", "text")]
    place_of = {item.key: n for n, item in enumerate(asked, start=1)}
    lines: list[Line] = []
    last = ""
    for slot in pile.fields:
        heading, marks = _told(pile, slot)
        lines.append(
            Line(
                field=slot.field,
                way=slot.way,
                question=heading if slot.item != last else "",
                number=place_of.get(slot.item, 0),
                thing=slot.label,
                marks=marks,
                value=typed.get(slot.field, ""),
                error=said.get(slot.field, ""),
            )
        )
        last = slot.item
    return lines


def _told(pile: Pile, slot: Slot) -> tuple[str | Text, tuple[tuple[str, str | Text], ...]]:
    """A field's question and the meaning of its numbers."""
    if slot.field == NO_THANKS:
        return gettext("No thanks"), (("1", gettext("ticked")),)
    if slot.field == HELPED:
        return gettext("Someone is helping me to read or to answer"), (("1", gettext("ticked")),)
    if slot.field == CARD:
        return gettext("Code from the card"), ()
    item = pile.instrument.item(slot.item)
    absent = {"dont_know": gettext("I don’t know"), "rather_not": gettext("I’d rather not say")}
    labels: dict[str, str | Text] = {one.key: one.label for one in item.told} | absent
    places = tuple((mark, labels.get(value, "")) for mark, value in slot.marks.items())
    return item.text, places


def _fault_words(pile: Pile, fault: SheetFault) -> str:
    """What is wrong at one field, with the way on for whoever holds the paper."""
    if fault.field == CARD:
        return gettext(
            "This is not the code of a card: its last sign checks the others. Look at the sheet again, or leave it empty."
        )
    if fault.fault is not None:
        said = answer_fault(fault.fault.code, fault.fault.params)
        return gettext("%(what)s If the sheet really says so, leave it empty.", what=said)
    slot = next(one for one in pile.fields if one.field == fault.field)
    marks = ", ".join(slot.marks)
    return gettext("Type the number beside the tick: %(numbers)s. Or leave it empty.", numbers=marks)
