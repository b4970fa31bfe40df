"""Files of keys: YAML with numbers and positions, and the sources they were read in.

The shape of a key file, and the keys that we ship. An organisation that scores a measure we do not know writes a file
of the same shape and reads it with the same care. We ship no key for RCADS-25 (its split into two scales), the Student
Resilience Survey and the Good Childhood Index (their positions), the General Self-Efficacy Scale (its key and its
licence) or the Outcomes Stars (imports only): nobody here has read those numbers in a source.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

from questionnaires import tree
from questionnaires.datafiles import named, numbered, read_data
from questionnaires.faults import Place
from questionnaires.published import (
    BandSet,
    Coding,
    Cutoff,
    Licence,
    NormGroup,
    NormSet,
    Published,
    PublishedScale,
    Threshold,
    Unless,
)
from questionnaires.reader import Reader

KEYS = Path(__file__).parent / "keys"
_KEY = "key version title respondent ages items codings scales licence sources"
_SCALE = "key direction range mark source"
_SCALE_MORE = (
    "items parts reversed codes points unless minimum_answered rule rounding times table bands cutoffs thresholds open"
)


def keys() -> dict[str, Path]:
    """The keys we ship: key -> file."""
    return {path.stem: path for path in sorted(KEYS.glob("*.yaml"))}


@cache
def load_key(key: str) -> Published:
    """A key that we ship; KeyError if there is none with this name."""
    return read_key(keys()[key])


def read_key(source: Path | str | bytes, name: str | None = None) -> Published:
    """The key of a file. Raises InstrumentFaults with every fault."""
    return read_data(source, name or ("key.yaml" if isinstance(source, bytes) else str(source)), _published)


def _published(reader: Reader, root: tree.Mapping) -> Published:
    get = reader.fields(root, (), _KEY, "norms risk notes open").fields.get
    scales = reader.each(get("scales"), ("scales",), lambda node, place: _scale(reader, node, place))
    names = tuple(one.key for one in scales)
    sources = named(reader, get("sources"), ("sources",), reader.words)
    return Published(
        key=reader.words(get("key"), ("key",)),
        version=reader.whole(get("version"), ("version",)),
        title=reader.words(get("title"), ("title",)),
        respondent=reader.words(get("respondent"), ("respondent",)),
        ages=reader.pair(get("ages"), ("ages",)),
        items=reader.whole(get("items"), ("items",)),
        codings=reader.each(get("codings"), ("codings",), lambda node, place: _coding(reader, node, place)),
        scales=scales,
        licence=_licence(reader, get("licence"), ("licence",)),
        sources=dict(sources),
        norms=reader.each(get("norms"), ("norms",), lambda node, place: _norms(reader, node, place, names)),
        risk=_wholes(reader, get("risk"), ("risk",)),
        notes=reader.many(get("notes"), ("notes",)),
        open=reader.many(get("open"), ("open",)),
    )


def _coding(reader: Reader, node: tree.Node, place: Place) -> Coding:
    get = reader.fields(node, place, "key low high", "turned").fields.get
    return Coding(
        key=reader.words(get("key"), (*place, "key")),
        low=reader.whole(get("low"), (*place, "low")),
        high=reader.whole(get("high"), (*place, "high")),
        turned=reader.truth(get("turned"), (*place, "turned")),
    )


def _licence(reader: Reader, node: tree.Node | None, place: Place) -> Licence:
    if node is None:
        return Licence("", "holder", "permission", True, "", "")
    get = reader.fields(node, place, "owner wording electronic whole terms source").fields.get
    return Licence(
        owner=reader.words(get("owner"), (*place, "owner")),
        wording=reader.words(get("wording"), (*place, "wording")),
        electronic=reader.words(get("electronic"), (*place, "electronic")),
        whole=reader.truth(get("whole"), (*place, "whole")),
        terms=reader.words(get("terms"), (*place, "terms")),
        source=reader.words(get("source"), (*place, "source")),
    )


def _scale(reader: Reader, node: tree.Node, place: Place) -> PublishedScale:
    get = reader.fields(node, place, _SCALE, _SCALE_MORE).fields.get
    items, parts = _wholes(reader, get("items"), (*place, "items")), reader.many(get("parts"), (*place, "parts"))
    codes, unless, times = get("codes"), get("unless"), get("times")
    ends = tuple(reader.each(get("range"), (*place, "range"), reader.decimal))
    return PublishedScale(
        key=reader.words(get("key"), (*place, "key")),
        direction=reader.words(get("direction"), (*place, "direction")),
        range=(ends[0], ends[-1]) if ends else (Fraction(0), Fraction(0)),
        mark=reader.words(get("mark"), (*place, "mark")),
        source=reader.words(get("source"), (*place, "source")),
        items=items,
        parts=parts,
        reversed=_wholes(reader, get("reversed"), (*place, "reversed")),
        codes=reader.pair(codes, (*place, "codes")) if codes is not None else None,
        points=numbered(reader, get("points"), (*place, "points"), reader.whole),
        unless=_unless(reader, unless, (*place, "unless")) if unless is not None else None,
        minimum_answered=reader.whole(
            get("minimum_answered"), (*place, "minimum_answered"), default=len(items or parts)
        ),
        rule=reader.some_words(get("rule"), (*place, "rule")) or "prorated",
        rounding=reader.some_words(get("rounding"), (*place, "rounding")) or "none",
        times=reader.decimal(times, (*place, "times")) if times is not None else Fraction(1),
        table=numbered(reader, get("table"), (*place, "table"), reader.decimal),
        bands=reader.each(get("bands"), (*place, "bands"), lambda one, at: _bands(reader, one, at)),
        cutoffs=reader.each(get("cutoffs"), (*place, "cutoffs"), lambda one, at: _cutoff(reader, one, at)),
        thresholds=reader.each(get("thresholds"), (*place, "thresholds"), lambda one, at: _threshold(reader, one, at)),
        open=reader.many(get("open"), (*place, "open")),
    )


def _unless(reader: Reader, node: tree.Node, place: Place) -> Unless:
    get = reader.fields(node, place, "item code score").fields.get
    return Unless(*(reader.whole(get(name), (*place, name)) for name in ("item", "code", "score")))


def _bands(reader: Reader, node: tree.Node, place: Place) -> BandSet:
    get = reader.fields(node, place, "key from mark source", "unit").fields.get
    return BandSet(
        key=reader.words(get("key"), (*place, "key")),
        starts=named(reader, get("from"), (*place, "from"), reader.decimal),
        mark=reader.words(get("mark"), (*place, "mark")),
        source=reader.words(get("source"), (*place, "source")),
        unit=reader.some_words(get("unit"), (*place, "unit")) or "score",
    )


def _cutoff(reader: Reader, node: tree.Node, place: Place) -> Cutoff:
    get = reader.fields(node, place, "key side value mark source", "unit sex ages").fields.get
    ages = get("ages")
    return Cutoff(
        key=reader.words(get("key"), (*place, "key")),
        side=reader.words(get("side"), (*place, "side")),
        value=reader.decimal(get("value"), (*place, "value")),
        mark=reader.words(get("mark"), (*place, "mark")),
        source=reader.words(get("source"), (*place, "source")),
        unit=reader.some_words(get("unit"), (*place, "unit")) or "score",
        sex=reader.some_words(get("sex"), (*place, "sex")),
        ages=reader.pair(ages, (*place, "ages")) if ages is not None else None,
    )


def _threshold(reader: Reader, node: tree.Node, place: Place) -> Threshold:
    get = reader.fields(node, place, "key value reached mark source", "unit").fields.get
    return Threshold(
        key=reader.words(get("key"), (*place, "key")),
        value=reader.decimal(get("value"), (*place, "value")),
        reached=reader.words(get("reached"), (*place, "reached")),
        mark=reader.words(get("mark"), (*place, "mark")),
        source=reader.words(get("source"), (*place, "source")),
        unit=reader.some_words(get("unit"), (*place, "unit")) or "score",
    )


def _norms(reader: Reader, node: tree.Node, place: Place, scales: tuple[str, ...]) -> NormSet:
    get = reader.fields(node, place, "key validity mark source groups").fields.get
    key = reader.words(get("key"), (*place, "key"))
    return NormSet(
        key=key,
        validity=reader.words(get("validity"), (*place, "validity")),
        mark=reader.words(get("mark"), (*place, "mark")),
        source=reader.words(get("source"), (*place, "source")),
        groups=reader.each(get("groups"), (*place, "groups"), lambda one, at: _group(reader, one, at, key, scales)),
    )


def _group(reader: Reader, node: tree.Node, place: Place, norms: str, scales: tuple[str, ...]) -> NormGroup:
    get = reader.fields(node, place, "ages", f"sex {' '.join(scales)}").fields.get
    ages, sex = reader.pair(get("ages"), (*place, "ages")), reader.some_words(get("sex"), (*place, "sex"))
    values = []
    for scale in scales:
        given = reader.each(get(scale), (*place, scale), reader.decimal)
        if given:
            values.append((scale, given[0], given[1] if len(given) == 2 else Fraction(0)))
    return NormGroup(f"{norms}:{sex or 'all'}:{ages[0]}-{ages[1]}", sex, ages, tuple(values))


def _wholes(reader: Reader, node: tree.Node | None, place: Place) -> tuple[int, ...]:
    return reader.each(node, place, reader.whole)
