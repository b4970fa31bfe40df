"""What somebody typed about one question, as the tree of the question.

The form shows the fields that the kind of question knows (from the tables of kinds, so a new kind brings its own); what
it does not show stays as it was. Answers and parts come as numbered fields: `option.0.label`, `part.2.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from werkzeug.datastructures import MultiDict

from questionnaires.kinds import KINDS, nature
from questionnaires.rules import KEY, TREATMENT_OF
from survey.authoring.editing import fit_kind, give_keys, rename_item, spent_keys, wanted_key
from survey.authoring.following import rename
from survey.authoring.trees import Tree, entries, fields, items, words

SORTED = "knowledge"
"""What sorting things tells of, where nothing else was said."""
_UNSEEN = re.compile(r"[^\x09\x0A\x0D\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\U00010000-\U0010FFFF]")
Typed = MultiDict[str, str]
TICKS = ("sensitive", "about", "then_test")
LINES = ("text", "hint", "unit", "low", "high", "alert_up_to", "minimum", "maximum", "size", "picture", "same_as")
MEASURE = ("family", "direction", "dont_know", "indicator", "statement", "smallest")
OPTION_TICKS = ("exclusive", "negative", "alert")
TRIED = ("children", "youngest", "oldest", "date", "changes")
_TOLD_OF = {"options": ("options",), "parts": ("parts", "statements")}
"""What a translation names by the keys of a list."""
VERSION_FIELDS = {"plain": ("text", "hint"), "easy_read": ("text", "hint", "picture")}
"""The same question in other words: what each version is made of, besides other words for its answers. Recordings have a
page of their own."""


def one_line(typed: str) -> str:
    """A text as it may stand in a file: signs that nobody can see are left out, line breaks become spaces."""
    return " ".join(_UNSEEN.sub("", typed).split())


def several_lines(typed: str) -> str:
    """The same for a longer text, whose lines stay."""
    return _UNSEEN.sub("", typed.replace("\r\n", "\n"))


def read_item(old: Tree, typed: Typed) -> Tree:
    """The question with everything that the form holds."""
    item = dict(old)
    kind = typed.get("kind", "")
    item["kind"] = kind if kind in KINDS else item.get("kind")
    for name in LINES:
        if name in typed:
            _put(item, name, one_line(typed[name]))
    own = nature(words(item["kind"])).own
    for name in (*TICKS, *(["may_print"] if "may_print" in own else [])):
        _put(item, name, "true" if name in typed else "")
    _put_list(item, "absences", typed.getlist("absence"))
    _put_list(item, "waves", typed.getlist("wave"))
    if "may_rise" in typed:
        _put(item, "ordered", "true" if "ordered" in typed else "")
    if "has_options" in typed:
        item["options"] = _options(old, typed)
    if "has_parts" in typed:
        item["parts"] = _parts(old, typed)
    _condition(item, typed)
    _measure(item, typed)
    take_explanations(item, typed)
    _versions(item, typed)
    _trials(item, typed)
    return item


def _put(into: Tree, name: str, value: str) -> None:
    """A field; one with nothing in it does not stand in the file, but the question itself always does."""
    if value or name == "text":
        into[name] = value
    else:
        into.pop(name, None)


def _put_list(into: Tree, name: str, values: Iterable[str]) -> None:
    found = [one_line(value) for value in dict.fromkeys(values)]
    if found:
        into[name] = found
    else:
        into.pop(name, None)


def _numbered(typed: Typed, what: str) -> list[int]:
    """The places that a form names, however many: what a kind allows is judged and said, never cut off in silence."""
    return sorted({int(n[1]) for name in typed if (n := re.fullmatch(rf"{what}\.([0-9]{{1,5}})\.\w+", name))})


def _options(old: Tree, typed: Typed) -> list[Tree]:
    before = {words(one.get("key")): one for one in map(fields, entries(old.get("options"))) if one.get("key")}
    found = []
    for n in _numbered(typed, "option"):
        key = typed.get(f"option.{n}.key", "")
        one = dict(before.get(key, {"key": None, "code": None}))
        one["label"] = one_line(typed.get(f"option.{n}.label", ""))
        for name in OPTION_TICKS:
            _put(one, name, "true" if f"option.{n}.{name}" in typed else "")
        found.append(one)
    return found


def _parts(old: Tree, typed: Typed) -> list[Tree]:
    before = {words(one.get("key")): one for one in map(fields, entries(old.get("parts"))) if one.get("key")}
    found = []
    for n in _numbered(typed, "part"):
        one = dict(before.get(typed.get(f"part.{n}.key", ""), {"key": None}))
        one["text"] = one_line(typed.get(f"part.{n}.text", ""))
        found.append(one)
    return found


def _condition(item: Tree, typed: Typed) -> None:
    source = one_line(typed.get("condition_item", ""))
    if not source:
        item.pop("condition", None)
        return
    chosen = [one_line(one) for one in typed.getlist("condition_option")]
    was = fields(item.get("condition"))
    item["condition"] = {"item": source, "options": chosen if was.get("item") == source else []}


def _measure(item: Tree, typed: Typed) -> None:
    if "measured" not in typed:
        if "has_measure" in typed:
            item.pop("measure", None)
        return
    measure = dict(fields(item.get("measure")))
    for name in MEASURE:
        if name in typed:
            value = one_line(typed[name])
            if value:
                measure[name] = value
            else:
                measure.pop(name, None)
    if "has_steps" in typed:
        measure["agreed"] = [one_line(one) for one in typed.getlist("agreed_step")]
    measure["dont_know"] = TREATMENT_OF.get(words(measure.get("family")), words(measure.get("dont_know")) or "apart")
    measure.setdefault("direction", "higher")
    item["measure"] = measure


def take_explanations(into: Tree, typed: Typed) -> None:
    """Why a warning does not hold, of one question or of the whole; an emptied line explains nothing any more."""
    given = dict(fields(into.get("words_explained")))
    for name in typed:
        code = name.removeprefix("explain.")
        if code != name and KEY.fullmatch(code):
            given[code] = one_line(typed[name])
    given = {code: why for code, why in given.items() if why}
    if given:
        into["words_explained"] = given
    else:
        into.pop("words_explained", None)


def _versions(item: Tree, typed: Typed) -> None:
    """The same question in other words; a version with nothing in it does not stand in the file."""
    if "has_versions" not in typed:
        return
    held = dict(fields(item.get("versions")))
    for name, own in VERSION_FIELDS.items():
        version = dict(fields(held.get(name)))
        for part in own:
            value = one_line(typed.get(f"version.{name}.{part}", ""))
            version[part] = value
        labels = dict(fields(version.get("labels")))
        for key in (words(fields(one).get("key")) for one in entries(item.get("options"))):
            if f"version.{name}.label.{key}" in typed:
                labels[key] = one_line(typed[f"version.{name}.label.{key}"])
        version["labels"] = {key: label for key, label in labels.items() if label}
        held[name] = {part: value for part, value in version.items() if value}
    held = {name: version for name, version in held.items() if version}
    if held:
        item["versions"] = held
    else:
        item.pop("versions", None)


def _trials(item: Tree, typed: Typed) -> None:
    """With how many children the question was tried, of which ages, when, and what was changed after it."""
    if "has_tried" not in typed:
        return
    found: list[Tree] = []
    for n in _numbered(typed, "tried"):
        said = {name: one_line(typed.get(f"tried.{n}.{name}", "")) for name in TRIED}
        if any(said.values()):
            ages = [said["youngest"], said["oldest"]]
            found.append({"children": said["children"], "ages": ages, "date": said["date"], "changes": said["changes"]})
    for one in found:
        _put(one, "changes", one["changes"])
    if found:
        item["tried_with"] = found
    else:
        item.pop("tried_with", None)


def settle(
    document: Tree,
    p: int,
    i: int,
    item: Tree,
    typed: Typed,
    published: Set[str] | None = None,
    taken: Set[str] = frozenset(),
) -> None:
    """Put a question that was read into the draft: its kind's fields, its keys and codes, and everything that refers
    to them. `published` are the keys of its answers and parts if it was published itself, and then its own stays too;
    `taken` are the keys of other questions that ever were."""
    old = fields(document["source"]["pages"][p]["items"][i])
    document["source"]["pages"][p]["items"][i] = item
    key, wanted = words(old.get("key")), one_line(typed.get("key", ""))
    if wanted and wanted != key and published is None:
        item["key"] = wanted_key(wanted, (spent_keys(document) | taken) - {key})
        rename_item(document, key, item["key"])
    # Another kind moves fields aside: only before that are the answers and parts those of the form, one for one.
    changed = give_keys(item, old, (published or set()) | _referred(document, words(item.get("key")), item))
    _agree(item, typed)
    agree_parts(item, typed)
    fit_kind(document, item)
    for name, was, new in changed:
        for told in _TOLD_OF[name]:
            path = ("items", words(item.get("key")), told)
            rename(document, (*path, was), (*path, new))


def _referred(document: Tree, key: str, item: Tree) -> set[str]:
    """The answers of an item that something else refers to."""
    found: set[str] = set()
    for _, _, other in items(document):
        condition = fields(other.get("condition"))
        if condition.get("item") == key:
            found |= {words(one) for one in entries(condition.get("options"))}
    for scale in map(fields, entries(document["source"].get("scales"))):
        if key in entries(scale.get("items")):
            found |= set(fields(scale.get("points")))
    for version in fields(item.get("versions")).values():
        found |= {*fields(fields(version).get("labels")), *fields(fields(version).get("parts"))}
    return found


def _agree(item: Tree, typed: Typed) -> None:
    """Which answers are agreed and which leave the base, ticked beside the answers themselves."""
    measure = fields(item.get("measure"))
    if not measure or "options" not in item or not {"has_options", "measured"} <= set(typed):
        return
    keys = [words(fields(one).get("key")) for one in entries(item.get("options"))]
    numbers = _numbered(typed, "option")
    for name in ("agreed", "excluded"):
        ticked = [key for n, key in zip(numbers, keys, strict=True) if key and f"option.{n}.{name}" in typed]
        measure[name] = ticked
    if not measure["excluded"]:
        measure.pop("excluded")


def agree_parts(item: Tree, typed: Typed) -> None:
    """Of things that are sorted each has its own figure: the boxes that are agreed for it, and its words in a report.
    Boxes are ticked by their places, for one that is new has no key yet."""
    if not {"has_boxes", "has_options", "has_parts"} <= set(typed) or not {"options", "parts"} <= set(item):
        return  # of a kind that was chosen just now they wait aside
    keys = [words(fields(one).get("key")) for one in entries(item.get("options"))]
    boxes = dict(zip(map(str, _numbered(typed, "option")), keys, strict=True))
    for n, part in zip(_numbered(typed, "part"), map(fields, entries(item.get("parts"))), strict=True):
        ticked = dict.fromkeys(boxes.get(place) for place in typed.getlist(f"part.{n}.box"))
        agreed = [key for key in ticked if key]
        statement = one_line(typed.get(f"part.{n}.statement", ""))
        if not agreed and not statement:
            part.pop("measure", None)
            continue
        held = fields(part.get("measure"))
        family = words(held.get("family")) or SORTED
        usual = {"agreed": [], "dont_know": TREATMENT_OF.get(family, "apart"), "family": family, "direction": "higher"}
        part["measure"] = usual | held | {"agreed": agreed, "statement": statement}
