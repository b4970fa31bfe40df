"""The shape of a questionnaire file: which fields it has, and what each becomes.

One function for each kind of thing, in the order of the file. They note what does not fit and go on; only when all is
read is the instrument built, and then its own rules speak.
"""

from __future__ import annotations

from typing import Literal, cast

from questionnaires import tree
from questionnaires.faults import Place
from questionnaires.instrument import (
    ENGLISH,
    Absence,
    Condition,
    Explanation,
    Family,
    Instrument,
    Item,
    Kind,
    Measure,
    Mode,
    Option,
    Page,
    Part,
    Respondent,
    Scale,
    Sitting,
    Size,
    Text,
    Trial,
    Version,
    Wording,
    steps_telling,
)
from questionnaires.kinds import HIGHEST_ALERT, VERSIONS, nature
from questionnaires.reader import Reader

_INSTRUMENT = "key version title ages mode respondent waves intro pages"
_INSTRUMENT_MORE = "sitting interruption scales made_with words_explained"
_ITEM_MORE = (
    "hint options waves absences condition sensitive about measure minimum maximum unit tried_with ordered"
    " words_explained parts low high alert_up_to picture versions same_as then_test size may_print"
)
_MEASURE = "agreed dont_know family direction statement"


def instrument_of(reader: Reader, root: tree.Mapping, *, published: bool = False) -> Instrument:
    """The instrument of a file; with `published` without asking the rules, to look at a draft that still has faults."""
    get = reader.fields(root, (), _INSTRUMENT, _INSTRUMENT_MORE).fields.get
    waves = reader.many(get("waves"), ("waves",))
    for n, one in enumerate(reader.translations, start=1):
        reader.marks |= {("languages", n, *rest): mark for rest, mark in one.marks().items()}
    return Instrument(
        key=reader.words(get("key"), ("key",)),
        version=reader.whole(get("version"), ("version",)),
        title=reader.text(get("title"), ("title",), ("title",)),
        ages=reader.pair(get("ages"), ("ages",)),
        mode=cast(Mode, reader.words(get("mode"), ("mode",))),
        respondent=cast(Respondent, reader.words(get("respondent"), ("respondent",))),
        waves=waves,
        intro=reader.each(get("intro"), ("intro",), lambda node, place: reader.text(node, place, place)),
        pages=reader.each(get("pages"), ("pages",), lambda node, place: _page(reader, node, place, waves)),
        scales=reader.each(get("scales"), ("scales",), lambda node, place: _scale(reader, node, place)),
        languages=(ENGLISH, *(one.language for one in reader.translations)),
        made_with=reader.many(get("made_with"), ("made_with",)),
        sitting=cast(Sitting, reader.some_words(get("sitting"), ("sitting",)) or "group"),
        words_explained=_explained(reader, get("words_explained"), ("words_explained",)),
        interruption=reader.truth(get("interruption"), ("interruption",)),
        published=published,
    )


def _page(reader: Reader, node: tree.Node, place: Place, waves: tuple[str, ...]) -> Page:
    get = reader.fields(node, place, "key items", "title").fields.get
    key = reader.words(get("key"), (*place, "key"))
    return Page(
        key=key,
        title=reader.some_text(get("title"), (*place, "title"), ("pages", key)),
        items=reader.each(get("items"), (*place, "items"), lambda one, at: _item(reader, one, at, waves)),
    )


def _item(reader: Reader, node: tree.Node, place: Place, waves: tuple[str, ...]) -> Item:
    get = reader.fields(node, place, "key kind text", _ITEM_MORE).fields.get
    key = reader.words(get("key"), (*place, "key"))
    path: Place = ("items", key)
    condition, measure = get("condition"), get("measure")
    kind = reader.words(get("kind"), (*place, "kind"))
    options = reader.each(get("options"), (*place, "options"), lambda one, at: _option(reader, one, at, path))
    steps = _steps(reader, get("alert_up_to"), (*place, "alert_up_to"), kind)
    ordered = get("ordered")
    return Item(
        key=key,
        kind=cast(Kind, kind),
        text=reader.text(get("text"), (*place, "text"), (*path, "text")),
        hint=reader.some_text(get("hint"), (*place, "hint"), (*path, "hint")),
        options=options or steps,
        waves=reader.many(get("waves"), (*place, "waves")) if get("waves") else waves,
        absences=cast("tuple[Absence, ...]", reader.many(get("absences"), (*place, "absences"))),
        condition=_condition(reader, condition, (*place, "condition")) if condition else None,
        sensitive=reader.truth(get("sensitive"), (*place, "sensitive")),
        about=reader.truth(get("about"), (*place, "about")),
        measure=_measure(reader, measure, (*place, "measure"), (*path, "statement")) if measure else None,
        minimum=reader.some_whole(get("minimum"), (*place, "minimum")),
        maximum=reader.some_whole(get("maximum"), (*place, "maximum")),
        unit=reader.some_text(get("unit"), (*place, "unit"), (*path, "unit")),
        tried_with=reader.each(get("tried_with"), (*place, "tried_with"), lambda one, at: _trial(reader, one, at)),
        ordered=reader.truth(ordered, (*place, "ordered")) if ordered is not None else nature(kind).rises,
        words_explained=_explained(reader, get("words_explained"), (*place, "words_explained")),
        parts=reader.each(get("parts"), (*place, "parts"), lambda one, at: _part(reader, one, at, path)),
        low=reader.some_text(get("low"), (*place, "low"), (*path, "low")),
        high=reader.some_text(get("high"), (*place, "high"), (*path, "high")),
        picture=reader.some_words(get("picture"), (*place, "picture")),
        versions=_versions(reader, get("versions"), (*place, "versions"), (*path, "versions")),
        same_as=reader.some_words(get("same_as"), (*place, "same_as")),
        then_test=reader.truth(get("then_test"), (*place, "then_test")),
        size=cast("Size | None", reader.some_words(get("size"), (*place, "size"))),
        may_print=reader.truth(get("may_print"), (*place, "may_print")),
    )


def _steps(reader: Reader, node: tree.Node | None, place: Place, kind: str) -> tuple[Option, ...]:
    """The answers that stand in no file: of a kind with steps 0 to 10, the lowest of which may tell a worker."""
    up_to = reader.some_whole(node, place)
    if node is not None and up_to is not None and "alert_up_to" not in nature(kind).own:
        wrong, mend = f"an item of kind {kind} has no alert_up_to", "remove it, or use kind steps"
        reader.note(node.line, place, "not_for_this_kind", wrong, mend)
    elif node is not None and up_to is not None and not 0 <= up_to <= HIGHEST_ALERT:
        wrong = f"an alert from 0 up to {up_to}"
        reader.note(node.line, place, "alert_steps", wrong, f"write a whole number from 0 to {HIGHEST_ALERT}")
    return steps_telling(up_to) if nature(kind).steps else ()


def _part(reader: Reader, node: tree.Node, place: Place, path: Place) -> Part:
    get = reader.fields(node, place, "key text", "measure").fields.get
    key, measure = reader.words(get("key"), (*place, "key")), get("measure")
    named: Place = (*path, "parts", key)
    return Part(
        key=key,
        text=reader.text(get("text"), (*place, "text"), named),
        measure=_measure(reader, measure, (*place, "measure"), (*path, "statements", key)) if measure else None,
    )


def _versions(reader: Reader, node: tree.Node | None, place: Place, path: Place) -> tuple[Version, ...]:
    """The same item in other words, in the order in which versions always stand."""
    if node is None or (isinstance(node, tree.Scalar) and node.empty):
        return ()
    held = reader.fields(node, place, "", "plain easy_read audio").fields
    known = [name for name in VERSIONS if name in held]
    return tuple(_version(reader, name, held[name], (*place, name), (*path, name)) for name in known)


def _version(reader: Reader, name: str, node: tree.Node, place: Place, path: Place) -> Version:
    get = reader.fields(node, place, "", "text hint low high labels parts picture sound").fields.get

    def texts(field: str) -> dict[str, Text]:
        held = _named(reader, get(field), (*place, field), "key: words")
        return {key: reader.text(one, (*place, field, key), (*path, field, key)) for key, one in held.items()}

    return Version(
        name=cast(Wording, name),
        text=reader.some_text(get("text"), (*place, "text"), (*path, "text")),
        hint=reader.some_text(get("hint"), (*place, "hint"), (*path, "hint")),
        low=reader.some_text(get("low"), (*place, "low"), (*path, "low")),
        high=reader.some_text(get("high"), (*place, "high"), (*path, "high")),
        labels=texts("labels"),
        parts=texts("parts"),
        picture=reader.some_words(get("picture"), (*place, "picture")),
        sound=reader.some_words(get("sound"), (*place, "sound")),
        sounds=reader.told((*place, "sounds"), (*path, "sound")) if name == "audio" else {},
    )


def _named(reader: Reader, node: tree.Node | None, place: Place, shape: str) -> dict[str, tree.Node]:
    """Named fields whose names are not fixed; none where the field is absent or empty."""
    if node is None or (isinstance(node, tree.Scalar) and node.empty):
        return {}
    if not isinstance(node, tree.Mapping):
        reader.note(node.line, place, "wrong_shape", "it is not named fields", f"write `{shape}` lines")
        return {}
    reader.marks |= {(*place, name): (reader.file, line) for name, line in node.lines.items()}
    return node.fields


def _explained(reader: Reader, node: tree.Node | None, place: Place) -> tuple[Explanation, ...]:
    """Warning: why it does not hold here. What the warnings are called, only the words check knows."""
    held = _named(reader, node, place, "warning: why")
    return tuple(Explanation(name, reader.words(one, (*place, name))) for name, one in held.items())


def _option(reader: Reader, node: tree.Node, place: Place, path: Place) -> Option:
    get = reader.fields(node, place, "key code label", "exclusive negative alert").fields.get
    key = reader.words(get("key"), (*place, "key"))
    return Option(
        key=key,
        code=reader.whole(get("code"), (*place, "code")),
        label=reader.text(get("label"), (*place, "label"), (*path, "options", key)),
        exclusive=reader.truth(get("exclusive"), (*place, "exclusive")),
        negative=reader.truth(get("negative"), (*place, "negative")),
        alert=reader.truth(get("alert"), (*place, "alert")),
    )


def _condition(reader: Reader, node: tree.Node, place: Place) -> Condition:
    get = reader.fields(node, place, "item options").fields.get
    return Condition(
        item=reader.words(get("item"), (*place, "item")),
        options=reader.many(get("options"), (*place, "options")),
    )


def _measure(reader: Reader, node: tree.Node, place: Place, path: Place) -> Measure:
    get = reader.fields(node, place, _MEASURE, "indicator excluded smallest").fields.get
    return Measure(
        agreed=reader.many(get("agreed"), (*place, "agreed")),
        dont_know=cast("Literal['not_yet', 'apart']", reader.words(get("dont_know"), (*place, "dont_know"))),
        family=cast(Family, reader.words(get("family"), (*place, "family"))),
        direction=cast("Literal['higher', 'lower', 'either']", reader.words(get("direction"), (*place, "direction"))),
        indicator=reader.some_words(get("indicator"), (*place, "indicator")),
        statement=reader.text(get("statement"), (*place, "statement"), path),
        excluded=reader.many(get("excluded"), (*place, "excluded")),
        smallest=reader.whole(get("smallest"), (*place, "smallest"), default=5),
    )


def _trial(reader: Reader, node: tree.Node, place: Place) -> Trial:
    get = reader.fields(node, place, "children ages date", "changes").fields.get
    return Trial(
        children=reader.whole(get("children"), (*place, "children")),
        ages=reader.pair(get("ages"), (*place, "ages")),
        date=reader.words(get("date"), (*place, "date")),
        changes=reader.words(get("changes"), (*place, "changes")),
    )


def _scale(reader: Reader, node: tree.Node, place: Place) -> Scale:
    get = reader.fields(node, place, "key items points", "reversed minimum_answered").fields.get
    points, at = get("points"), (*place, "points")
    held = points.fields if isinstance(points, tree.Mapping) else {}
    if points is not None and not held:
        reader.note(points.line, at, "wrong_shape", "points are not named fields", "write `option: points` lines")
    items = reader.many(get("items"), (*place, "items"))
    return Scale(
        key=reader.words(get("key"), (*place, "key")),
        items=items,
        points={name: reader.whole(one, (*at, name)) for name, one in held.items()},
        reversed=reader.many(get("reversed"), (*place, "reversed")),
        minimum_answered=reader.whole(get("minimum_answered"), (*place, "minimum_answered"), default=len(items)),
    )
