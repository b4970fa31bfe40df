"""One draft: what it holds, what is still to mend, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.rules import MODES, RESPONDENTS, SITTINGS
from survey.access import forgery_token, staff
from survey.authoring.editing import add_item, add_page, is_full, move_item
from survey.authoring.item_form import one_line, several_lines, take_explanations
from survey.authoring.judging import Remark, Verdict, verdict
from survey.authoring.overtaken import later_version
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.removing import put_back, removed, take_out
from survey.authoring.saving import Changed, Saved, TooLarge, load, may_approve, same, save
from survey.authoring.standing import standing
from survey.authoring.trees import Plain, Tree, entries, fields, fingerprint, items, pages, words
from survey.authoring.wording import choices, kind_words
from survey.installation import database
from survey.languages import gettext

SENTENCES = 4
HEAD = (
    *("title", "ages", "mode", "sitting", "respondent", "waves", "intro", "interruption", "made_with"),
    "words_explained",
)
MOST_WAVES = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One question in the list of a draft."""

    p: int
    i: int
    key: str
    text: str
    kind: str
    faults: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do next."""

    title: str
    text: str
    button: str
    href: str


@blueprint.get("/drafts/<int:draft_id>/")
@staff(*WRITERS)
def draft(draft_id: int) -> str | Reply:
    """A draft with all its questions and what is to be said of each."""
    found = load(draft_id)
    if found.draft.state == "brought_in":
        return redirect(url_for("authoring.brought_in", draft_id=draft_id), 303)
    judged = verdict(found.draft.document)
    with database().reading() as session:
        later = later_version(session, found.draft) if found.draft.state == "proposed" else None
    return render_template(
        "authoring/draft.html",
        later=later,
        draft=found.draft,
        changer=found.changer,
        source=found.draft.document["source"],
        pages=_rows(found.draft.document, judged),
        elsewhere=tuple(one for one in judged.elsewhere() if not one.why),
        grade=judged.grade,
        step=_next_step(found, judged),
        may_propose_anyhow=found.draft.state == "draft" and not judged.faults and bool(judged.warnings),
        may_approve=may_approve(found.draft),
        is_mine=found.draft.proposed_by == g.account.id,
        removed=removed(found.draft.document),
        full=is_full(found.draft.document),
        changed="changed" in request.args,
    )


def _rows(document: Tree, judged: Verdict) -> list[tuple[str, list[Row]]]:
    held: list[tuple[str, list[Row]]] = [(words(page.get("title")), []) for page in pages(document)]
    for p, i, item in items(document):
        remarks = judged.at("pages", p, "items", i)
        faults = sum(one.is_fault for one in remarks)
        warnings = sum(not one.is_fault and not one.why for one in remarks)
        key, kind = words(item.get("key")), kind_words(words(item.get("kind")))
        held[p][1].append(Row(p, i, key, words(item.get("text")), kind, faults, warnings))
    return held


def _next_step(found: Saved, judged: Verdict) -> Next | None:
    """Mend the first fault; then look again at the words; then propose. A proposal has its own card."""
    draft_id = found.draft.id
    if found.draft.state == "proposed":
        return None
    if judged.faults:
        first = judged.faults[0]
        return Next(gettext("Mend what is marked"), sentence(first), gettext("Go there"), address(draft_id, first))
    if judged.warnings:
        first = judged.warnings[0]
        text = gettext(
            "Nothing is at fault. Some words may be hard for children: look at each once more, and say where they are right"
            " as they are. Then propose it."
        )
        return Next(gettext("Look at the words again"), text, gettext("Go there"), address(draft_id, first))
    text = gettext("Look at it once more as those who answer will see it. Then a second person publishes it.")
    href = url_for("authoring.propose", draft_id=draft_id)
    return Next(gettext("Propose it"), text, gettext("Propose to publish"), href)


def sentence(one: Remark) -> str:
    """A remark as one sentence."""
    return gettext("%(wrong)s. What to do: %(mend)s.", wrong=one.wrong[:1].upper() + one.wrong[1:], mend=one.mend)


def address(draft_id: int, one: Remark) -> str:
    """The page on which a remark can be mended."""
    place = one.place
    if one.tongue:
        return url_for("authoring.languages", draft_id=draft_id, _anchor=f"language-{one.tongue}")
    if len(place) >= 4 and place[0] == "pages" and place[2] == "items":
        return url_for("authoring.item", draft_id=draft_id, p=place[1], i=place[3])
    of_whole = not one.is_fault and place[:1] == ("pages",)  # explained where the whole is described
    if (place and place[0] in HEAD) or place[2:] == ("title",) or of_whole:
        return url_for("authoring.about", draft_id=draft_id)
    return url_for("authoring.text", draft_id=draft_id)


_ACTS: dict[str, Callable[[Tree, int, int], None]] = {
    "up": lambda document, p, i: move_item(document, p, i, -1),
    "down": lambda document, p, i: move_item(document, p, i, 1),
    "remove": take_out,
}


@blueprint.post("/drafts/<int:draft_id>/order")
@staff(*WRITERS)
def order(draft_id: int) -> Reply:
    """Add, move or remove a question or a page; put back the question that was removed last."""
    act, *rest = request.form.get("act", "").split(".")
    place = [int(one) for one in rest if one.isascii() and one.isdigit() and len(one) < 4]
    made: list[int] = []
    stands = standing(load(draft_id).draft)

    def change(document: Tree) -> None:
        held = pages(document)
        if act == "page" and not is_full(document):
            made[:] = [add_page(document, stands.taken), 0]
        elif act == "add" and len(place) == 1 and place[0] < len(held) and not is_full(document):
            made[:] = [place[0], add_item(document, place[0], stands.taken)]
        elif act == "back" and not is_full(document):
            put_back(document)
        elif act in _ACTS and len(place) == 2 and (place[0], place[1]) in {(p, i) for p, i, _ in items(document)}:
            _ACTS[act](document, place[0], place[1])

    try:
        save(draft_id, change, revision=request.form.get("revision", ""))
    except (Changed, TooLarge):
        return redirect(url_for("authoring.draft", draft_id=draft_id, changed=1), 303)
    if made:
        return redirect(url_for("authoring.item", draft_id=draft_id, p=made[0], i=made[1]), 303)
    return redirect(url_for("authoring.draft", draft_id=draft_id, _anchor="questions"), 303)


def _head(document: Tree) -> Tree:
    """What the page about the whole questionnaire shows."""
    source = document["source"]
    titles = [words(page.get("title")) for page in pages(document)]
    return {name: source.get(name) for name in HEAD} | {"page_titles": titles}


@blueprint.route("/drafts/<int:draft_id>/about", methods=["GET", "POST"])
@staff(*WRITERS, keeps_typed=True)
def about(draft_id: int) -> Reply | str | tuple[str, int] | Tree | tuple[Tree, int]:
    """Title, ages, the four sentences before the first question, the titles of the pages."""
    if request.method == "GET":
        return _about_page(draft_id, None)
    if g.only_shown and wants_json():
        return {"saved": False, "token": forgery_token()}, 409
    if g.only_shown:
        return _about_page(draft_id, "unsaved"), 409

    def change(document: Tree) -> None:
        if not same(_head(document), request.form.get("was", "")):
            raise Changed
        _take_head(document)

    try:
        saved = save(draft_id, change)
    except Changed:
        return ({"saved": False}, 409) if wants_json() else (_about_page(draft_id, "changed"), 409)
    except TooLarge:
        return ({"saved": False, "trouble": "large"}, 409) if wants_json() else (_about_page(draft_id, "large"), 422)
    if wants_json():
        judged = verdict(saved.document)
        return {"saved": True, "was": fingerprint(_head(saved.document)), "remarks": remarks_html(judged.elsewhere())}
    return redirect(url_for("authoring.about", draft_id=draft_id, saved=1), 303)


def wants_json() -> bool:
    """Whether a script saves, which needs no page."""
    return request.accept_mimetypes.best == "application/json"


def remarks_html(remarks: tuple[Remark, ...]) -> str:
    """The remarks as the page shows them, to be put into it after a save."""
    return render_template("authoring/_remarks.html", remarks=remarks)


def _take_head(document: Tree) -> None:
    source, typed = document["source"], request.form
    source["title"] = one_line(typed.get("title", ""))
    source["ages"] = [one_line(typed.get(name, "")) for name in ("youngest", "oldest")]
    source["intro"] = [one_line(typed.get(f"intro.{n}", "")) for n in range(SENTENCES)]
    for name, allowed in (("mode", MODES), ("sitting", SITTINGS), ("respondent", RESPONDENTS)):
        if typed.get(name) in allowed:
            source[name] = typed[name]
    source.pop("interruption", None)
    if typed.get("interruption") == "true":
        source["interruption"] = "true"
    makers = [one_line(one) for one in several_lines(typed.get("made_with", "")).splitlines()]
    source.pop("made_with", None)
    if any(makers):
        source["made_with"] = [one for one in makers if one]
    waves = one_line(typed.get("waves", "").replace(",", " ")).split()[:MOST_WAVES]
    source["waves"] = waves or source.get("waves")
    take_explanations(source, typed)
    for p, page in enumerate(source["pages"]):
        page["title"] = one_line(typed.get(f"page.{p}", "")) or None


def _about_page(draft_id: int, trouble: str | None) -> str:
    found = load(draft_id)
    stored = _head(found.draft.document)
    shown = stored if trouble is None else _typed_head(stored)
    judged = verdict(found.draft.document)
    return render_template(
        "authoring/about.html",
        draft=found.draft,
        changer=found.changer,
        head={name: words(value) if not isinstance(value, list) else value for name, value in shown.items()},
        was=request.form.get("was", "") if trouble in ("unsaved", "large") else fingerprint(stored),
        remarks=judged.elsewhere(),
        given=fields(shown.get("words_explained")),
        lists={"mode": choices(MODES), "sitting": choices(SITTINGS), "respondent": choices(RESPONDENTS)},
        trouble=trouble,
        differing=differing(stored, shown) if trouble == "changed" else [],
        saved="saved" in request.args,
    )


def _typed_head(stored: Tree) -> Tree:
    document = {"source": {**stored, "pages": [{"title": one} for one in stored["page_titles"]]}}
    _take_head(document)
    source = document["source"]
    return {**{name: source.get(name) for name in HEAD}, "page_titles": [page["title"] for page in source["pages"]]}


def differing(theirs: Plain, ours: Plain) -> list[tuple[str, str]]:
    """What stands in the draft where something else was typed: the place in words, and their text."""
    found = []
    for name in dict.fromkeys([*fields(theirs), *fields(ours)]):
        one, other = fields(theirs).get(name), fields(ours).get(name)
        if one != other:
            found += [(name.replace("_", " "), _in_words(one))]
    return found


def _in_words(value: Plain) -> str:
    if isinstance(value, dict):
        shown = (value.get("label") or value.get("text") or ", ".join(_in_words(one) for one in value.values()),)
        return "".join(words(one) for one in shown)
    return "; ".join(_in_words(one) for one in entries(value)) if isinstance(value, list) else words(value)
