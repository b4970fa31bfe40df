"""Framework files: YAML that a partnership can write for itself, and the one we ship.

A partnership that has its own framework loads its own file; nothing in Heard depends on ours. A list of raters in one
measure is refused where it stands: whoever writes it means to mix what different people report.
"""

from __future__ import annotations

from pathlib import Path

from questionnaires import tree
from questionnaires.datafiles import read_data
from questionnaires.faults import Place
from questionnaires.framework import Domain, Framework, Indicator, Measure, Outcome
from questionnaires.reader import Reader

FRAMEWORKS = Path(__file__).parent / "frameworks"
_INDICATOR = "key title level direction unit timings cells measures"


def frameworks() -> dict[str, Path]:
    """The frameworks we ship: key -> file."""
    return {path.stem: path for path in sorted(FRAMEWORKS.glob("*.yaml"))}


def load_framework(key: str) -> Framework:
    """A framework that we ship; KeyError if there is none with this key."""
    return read_framework(frameworks()[key])


def read_framework(source: Path | str | bytes, name: str | None = None) -> Framework:
    """The framework of a file. Raises InstrumentFaults with every fault."""
    return read_data(source, name or ("framework.yaml" if isinstance(source, bytes) else str(source)), _framework)


def _framework(reader: Reader, root: tree.Mapping) -> Framework:
    get = reader.fields(root, (), "key version title basis domains").fields.get
    return Framework(
        key=reader.words(get("key"), ("key",)),
        version=reader.whole(get("version"), ("version",)),
        title=reader.text(get("title"), ("title",), ("title",)),
        basis=reader.text(get("basis"), ("basis",), ("basis",)),
        domains=reader.each(get("domains"), ("domains",), lambda node, place: _domain(reader, node, place)),
    )


def _domain(reader: Reader, node: tree.Node, place: Place) -> Domain:
    get = reader.fields(node, place, "key code scope strands title outcomes", "aliases").fields.get
    return Domain(
        key=reader.words(get("key"), (*place, "key")),
        code=reader.words(get("code"), (*place, "code")),
        scope=reader.words(get("scope"), (*place, "scope")),
        strands=reader.many(get("strands"), (*place, "strands")),
        title=reader.text(get("title"), (*place, "title"), (*place, "title")),
        aliases=reader.many(get("aliases"), (*place, "aliases")),
        outcomes=reader.each(get("outcomes"), (*place, "outcomes"), lambda one, at: _outcome(reader, one, at)),
    )


def _outcome(reader: Reader, node: tree.Node, place: Place) -> Outcome:
    get = reader.fields(node, place, "key title indicators").fields.get
    return Outcome(
        key=reader.words(get("key"), (*place, "key")),
        title=reader.text(get("title"), (*place, "title"), (*place, "title")),
        indicators=reader.each(get("indicators"), (*place, "indicators"), lambda one, at: _indicator(reader, one, at)),
    )


def _indicator(reader: Reader, node: tree.Node, place: Place) -> Indicator:
    get = reader.fields(node, place, _INDICATOR, "smallest").fields.get
    smallest = get("smallest")
    return Indicator(
        key=reader.words(get("key"), (*place, "key")),
        title=reader.text(get("title"), (*place, "title"), (*place, "title")),
        level=reader.words(get("level"), (*place, "level")),
        direction=reader.words(get("direction"), (*place, "direction")),
        unit=reader.words(get("unit"), (*place, "unit")),
        smallest=reader.decimal(smallest, (*place, "smallest")) if smallest is not None else None,
        timings=reader.many(get("timings"), (*place, "timings")),
        cells=reader.many(get("cells"), (*place, "cells")),
        measures=reader.each(get("measures"), (*place, "measures"), lambda one, at: _measure(reader, one, at)),
    )


def _measure(reader: Reader, node: tree.Node, place: Place) -> Measure:
    get = reader.fields(node, place, "key kind rater rows", "scale note").fields.get
    return Measure(
        key=reader.words(get("key"), (*place, "key")),
        kind=reader.words(get("kind"), (*place, "kind")),
        rater=_rater(reader, get("rater"), (*place, "rater")),
        rows=reader.words(get("rows"), (*place, "rows")),
        scale=reader.some_words(get("scale"), (*place, "scale")),
        note=reader.some_words(get("note"), (*place, "note")),
    )


def _rater(reader: Reader, node: tree.Node | None, place: Place) -> str:
    if isinstance(node, tree.Sequence):
        wrong = "several people's reports in one measure"
        reader.note(node.line, place, "raters_mixed", wrong, "write a measure for each: they are shown side by side")
        return ""
    return reader.words(node, place)
