"""One question of a draft: a plain form that works without script, saved by itself where there is some.

What was typed is never lost: a save that is refused (somebody else changed the question, the sign-in had ended, the draft
would be too large) shows it again, and beside it what stands in the draft.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.framework_files import load_framework
from questionnaires.kinds import HIGHEST_ALERT, NO_OPTIONS, PICTURES, SIZES, nature
from questionnaires.rules import ABSENCES, DIRECTIONS, FAMILIES, TREATMENT_OF, TREATMENTS
from survey.access import forgery_token, staff
from survey.authoring.conditions import answers_of, deciders, pairs
from survey.authoring.drafts import differing, remarks_html, wants_json
from survey.authoring.editing import change_list, item_at
from survey.authoring.item_form import LINES, MEASURE, OPTION_TICKS, TICKS, agree_parts, read_item, settle
from survey.authoring.judging import verdict
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.removing import scores_of, unscore
from survey.authoring.saving import Changed, TooLarge, load, same, save
from survey.authoring.standing import Standing, standing
from survey.authoring.trees import Tree, entries, fields, fingerprint, items, words
from survey.authoring.wording import choices, family_words, kinds
from survey.models import Draft

Place = tuple[int, int]
CHANGES = ("change.kind", "change.condition_item", "change.measured", "change.family")
"""The fields after which the page looks different: each has a button, and who pressed it comes back to the field."""
Answer = Reply | str | tuple[str, int] | Tree | tuple[Tree, int]


@blueprint.route("/drafts/<int:draft_id>/questions/<int:p>/<int:i>", methods=["GET", "POST"])
@staff(*WRITERS, keeps_typed=True)
def item(draft_id: int, p: int, i: int) -> Answer:
    """Change one question."""
    if request.method == "GET":
        return _page(draft_id, (p, i), None)
    if g.only_shown and wants_json():
        return {"saved": False, "token": forgery_token()}, 409
    if g.only_shown:
        return _page(draft_id, (p, i), "unsaved"), 409
    place: list[int] = [p, i]

    def change(document: Tree) -> None:
        place[:] = _found(document, (p, i))
        _take(document, (place[0], place[1]), stands)

    stands = standing(load(draft_id).draft)
    try:
        saved = save(draft_id, change)
    except (Changed, TooLarge) as refused:
        return _refused(draft_id, (p, i), "changed" if isinstance(refused, Changed) else "large")
    if wants_json():
        return _as_json(saved, (place[0], place[1]))
    return redirect(_after(draft_id, saved.document, (place[0], place[1])), 303)


def _refused(draft_id: int, place: Place, trouble: str) -> Answer:
    if wants_json():
        return {"saved": False, "trouble": trouble}, 409
    return _page(draft_id, place, trouble), 409 if trouble == "changed" else 422


def _found(document: Tree, place: Place) -> Place:
    """Where the question of the form stands now: others may have moved it. Raises Changed if it is not as it was."""
    mark = request.form.get("was", "")
    here = item_at(document, *place)
    if here is not None and same(here, mark):
        return place
    for p, i, one in items(document):
        if same(one, mark):
            return p, i
    raise Changed


def _take(document: Tree, place: Place, stands: Standing) -> None:
    """Put what was typed into the draft, then do what the button says."""
    old = item_at(document, *place) or {}
    one = read_item(old, request.form)
    settle(document, *place, one, request.form, stands.published.get(words(old.get("key"))), stands.taken)
    item = document["source"]["pages"][place[0]]["items"][place[1]]
    change_list(item, request.form.get("act", ""))
    if request.form.get("act") == "unscore":
        unscore(document, words(item.get("key")))


def _as_json(saved: Draft, place: Place) -> Tree:
    """What a page with script needs after it was saved by itself."""
    one = item_at(saved.document, *place) or {}
    remarks = verdict(saved.document).at("pages", place[0], "items", place[1])
    named = {"option": "options", "part": "parts"}
    return {
        "saved": True,
        "was": fingerprint(one),
        "remarks": remarks_html(remarks),
        "keys": {what: [words(fields(x).get("key")) for x in entries(one.get(name))] for what, name in named.items()},
    }


def _after(draft_id: int, document: Tree, place: Place) -> str:
    """Where to go on after saving: the same question, or the next one."""
    act, anchor = request.form.get("act", ""), None
    if act == "next":
        following = [(p, i) for p, i, _ in items(document) if (p, i) > place]
        if not following:
            return url_for("authoring.draft", draft_id=draft_id)
        return url_for("authoring.item", draft_id=draft_id, p=following[0][0], i=following[0][1])
    if act.startswith(("option.", "part.")):
        anchor = f"{act.partition('.')[0]}s"
    elif act in CHANGES:
        anchor = f"f-{act.partition('.')[2]}"
    return url_for("authoring.item", draft_id=draft_id, p=place[0], i=place[1], saved=1, _anchor=anchor)


def _page(draft_id: int, place: Place, trouble: str | None) -> str:
    found = load(draft_id)
    document = found.draft.document
    stored = item_at(document, *place)
    if stored is None and trouble is None:
        abort(404)
    shown = stored or {} if trouble is None else _typed(stored or {})
    judged = verdict(document)
    number = next((n for n, (p, i, _) in enumerate(items(document), 1) if (p, i) == place), 0)
    return render_template(
        "authoring/item.html",
        draft=found.draft,
        changer=found.changer,
        p=place[0],
        i=place[1],
        number=number,
        count=sum(1 for _ in items(document)),
        item=_shaped(shown),
        key_stands=words((stored or {}).get("key")) in standing(found.draft).published,
        was=request.form.get("was", "") if trouble in ("unsaved", "large") else fingerprint(stored or {}),
        remarks=judged.at("pages", place[0], "items", place[1]) if trouble is None else (),
        trouble=trouble,
        gone=stored is None,
        differing=differing(stored or {}, shown) if trouble == "changed" else [],
        saved="saved" in request.args,
        **_choices(document, shown, place),
    )


def _shaped(one: Tree) -> Tree:
    """A question with every field that the page asks for, whatever a file had there."""
    names = (*LINES, *TICKS, "kind", "key", "may_print", "ordered")
    lists = {name: [words(x) for x in entries(one.get(name))] for name in ("absences", "waves")}
    condition, measure = fields(one.get("condition")), fields(one.get("measure"))
    return {
        **{name: words(one.get(name)) for name in names},
        **lists,
        "options": [
            dict.fromkeys(("key", "label", *OPTION_TICKS), "") | fields(x) for x in entries(one.get("options"))
        ],
        "parts": [_part(fields(x)) for x in entries(one.get("parts"))],
        "condition": {"item": words(condition.get("item")), "options": entries(condition.get("options"))},
        "measure": dict.fromkeys(MEASURE, "") | measure if measure else None,
        "words_explained": fields(one.get("words_explained")),
        "versions": fields(one.get("versions")),
        "tried_with": [_trial(fields(x)) for x in entries(one.get("tried_with"))],
    }


def _part(one: Tree) -> Tree:
    """A thing to sort, with the boxes that are agreed for it."""
    measure = fields(one.get("measure"))
    agreed, statement = entries(measure.get("agreed")), words(measure.get("statement"))
    return dict.fromkeys(("key", "text"), "") | one | {"agreed": agreed, "statement": statement}


def _trial(one: Tree) -> Tree:
    ages = [words(age) for age in entries(one.get("ages"))] + ["", ""]
    named = {name: words(one.get(name)) for name in ("children", "date", "changes")}
    return named | {"youngest": ages[0], "oldest": ages[1]}


def _typed(stored: Tree) -> Tree:
    """What was typed, for the page to show once more; nothing of it is saved."""
    one = read_item(stored, request.form)
    measure = fields(one.get("measure"))
    for name in ("agreed", "excluded") if measure else ():
        ticked = [x for n, x in enumerate(entries(one.get("options"))) if f"option.{n}.{name}" in request.form]
        measure[name] = [words(fields(x).get("key")) for x in ticked]
    agree_parts(one, request.form)
    return one


def _choices(document: Tree, one: Tree, place: Place) -> dict[str, Any]:
    """What there is to choose from, by the tables of kinds and rules."""
    source = document["source"]
    kind = nature(words(one.get("kind")))
    waves = [words(wave) for wave in entries(source.get("waves"))]
    return {
        "kinds": kinds(),
        "own": kind.own,
        "has_options": kind.options != NO_OPTIONS and not kind.steps,
        "may_rise": kind.answering == "one" and not kind.rises,
        "has_parts": "parts" in kind.own,
        "has_boxes": kind.answering == "parts" and not kind.steps,
        "measured": kind.measured,
        "absences": choices(dict.fromkeys((*ABSENCES, *map(words, entries(one.get("absences"))))))
        if kind.absent
        else [],
        # A wave that the questionnaire no longer has stays among the ticks: without any the question is asked every time.
        "waves": choices(dict.fromkeys((*waves, *map(words, entries(one.get("waves")))))),
        "earlier": deciders(document, one, place),
        "others": pairs(document, one, place),
        "asked_of": answers_of(document, one),
        "pictures": PICTURES,
        "sizes": choices(SIZES),
        "tells": _tells(source.get("mode") == "linked", one),
        "ticks": OPTION_TICKS if source.get("mode") == "linked" else OPTION_TICKS[:2],
        "families": [(key, family_words(key)) for key in FAMILIES],
        "directions": choices(DIRECTIONS),
        "treatments": [] if fields(one.get("measure")).get("family") in TREATMENT_OF else choices(TREATMENTS),
        "indicators": _indicators(),
        "scores": scores_of(document, words(one.get("key"))),
    }


def _tells(is_linked: bool, one: Tree) -> list[tuple[str, str]]:
    """From 0 up to which number a worker may be told at once; in private mode only what a draft says already, to be taken out."""
    held = words(one.get("alert_up_to"))
    numbers = [str(n) for n in range(HIGHEST_ALERT + 1)] if is_linked else []
    return [(n, n) for n in numbers + ([held] if held and held not in numbers else [])]


@cache
def _indicators() -> list[tuple[str, list[tuple[str, str]]]]:
    """The indicators of the framework, by domain."""
    return [
        (
            domain.title["en"],
            [(one.key, one.title["en"]) for outcome in domain.outcomes for one in outcome.indicators],
        )
        for domain in load_framework("cse").domains
    ]
