"""Holding the two turns against each other: what differs is looked up on the paper, and only then is anything stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import batches
from survey.access import staff
from survey.batches import FIRST, SECOND, Difference, Typed
from survey.installation import database, keys
from survey.languages import gettext
from survey.paper.piles import next_of
from survey.paper.places import ROLES, Pile, blueprint, reached_pile
from survey.paper.typing import LONGEST, Line, lines_of
from survey.wave_words import wave_heading

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """One difference as the page shows it, with what was chosen and typed so far."""

    difference: Difference
    name: str
    line: Line
    chosen: str
    other: str
    error: str = ""


@blueprint.route("/batches/<batch_id>/check", methods=["GET", "POST"])
@staff(*ROLES)
def check(batch_id: str) -> Reply | str | tuple[str, int]:
    """What the two turns read differently; once all of it is settled the answers are stored."""
    with database().reading() as session:
        pile = reached_pile(session, batch_id)
        turns = _turns(session, pile)
    if pile.batch.is_settled:
        return _store(pile) if request.method == "POST" else redirect(url_for("paper.batch", batch_id=batch_id), 303)
    if any(next_of(pile, turn) is not None for turn in turns):
        return redirect(url_for("paper.batch", batch_id=batch_id), 303)
    choices = _choices(pile, turns)
    if request.method == "GET":
        return _page(pile, choices)
    agreed, choices = _agreed(pile, turns[0], choices)
    if any(one.error for one in choices):
        return _page(pile, choices), 422
    with database().writing() as session:
        pile = reached_pile(session, batch_id, locked=True)
        if pile.batch.is_settled or _turns(session, pile) != turns:  # somebody else was quicker
            abort(409)
        batches.settle(session, keys(), g.account.id, pile.batch, pile.sitting.id, agreed)
    return _store(pile)


def _turns(session: Session, pile: Pile) -> tuple[dict[int, Typed], dict[int, Typed]]:
    one, two = (batches.sheets_of(session, keys(), pile.batch, turn) for turn in (FIRST, SECOND))
    return one, two


def _store(pile: Pile) -> Reply:
    batches.store_settled(database(), keys(), pile.batch.id)
    return redirect(url_for("paper.index", sitting_id=pile.sitting.id, said="stored"), 303)


def _page(pile: Pile, choices: list[Choice]) -> str:
    errors = [{"href": f"#{one.name}-1", "text": one.error} for one in choices if one.error]
    return render_template(
        "paper/check.html", pile=pile, wave=wave_heading(pile.opening.wave), choices=choices, errors=errors
    )


def _choices(pile: Pile, turns: tuple[dict[int, Typed], dict[int, Typed]]) -> list[Choice]:
    lines = {line.field: line for line in _headed(lines_of(pile, {}))}
    return [
        Choice(
            one,
            name := f"d{one.place}.{one.field}",
            lines[one.field],
            request.form.get(name, ""),
            request.form.get(f"{name}.{OTHER}", "").strip()[:LONGEST],
        )
        for one in batches.differences(pile.fields, *turns)
    ]


def _headed(lines: list[Line]) -> list[Line]:
    """Each field with the words of its question, also where it is not the first of it."""
    headed: list[Line] = []
    for line in lines:
        question = line.question or headed[-1].question
        headed.append(Line(line.field, line.way, question, line.number, line.thing, line.marks, line.value))
    return headed


def _agreed(pile: Pile, first: dict[int, Typed], choices: list[Choice]) -> tuple[dict[int, Typed], list[Choice]]:
    """The sheets as they were settled; and the choices again, with what is still wrong at them."""
    agreed = {place: dict(typed) for place, typed in first.items()}
    judged = []
    for one in choices:
        known = {"first": one.difference.first, "second": one.difference.second, OTHER: one.other}
        if one.chosen not in known:
            judged.append(_wrong(one, gettext("Look at the sheet and choose what it says.")))
            continue
        agreed[one.difference.place][one.difference.field] = known[one.chosen]
        judged.append(one)
    for n, one in enumerate(judged):
        sheet = agreed[one.difference.place]
        faults = batches.faults_of(pile.instrument, pile.opening.wave, sheet)
        here = [line.error for line in lines_of(pile, sheet, faults) if line.field == one.difference.field]
        items = {line.field: line for line in lines_of(pile, sheet, faults) if line.error}
        if not one.error and any(here):
            judged[n] = _wrong(one, here[0])
        elif not one.error and items:
            judged[n] = _wrong(one, next(iter(items.values())).error)
    return dict(agreed), judged


def _wrong(one: Choice, error: str) -> Choice:
    return Choice(one.difference, one.name, one.line, one.chosen, one.other, error)
