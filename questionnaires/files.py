"""Questionnaire files.

A questionnaire is a YAML file that a person can write, with its translations beside it (`name.cy.yaml`). One reading
finds every fault, from a missing colon to a promise that cannot be kept, and says for each `file:line: code: what is
wrong: how to mend it`. A file with any fault gives no instrument at all: nothing half right is ever published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from questionnaires import tree
from questionnaires.faults import Fault, InstrumentFaults
from questionnaires.instrument import Instrument
from questionnaires.reader import Reader
from questionnaires.shapes import instrument_of
from questionnaires.translations import Translation, translation_of
from questionnaires.trials import is_tried
from questionnaires.wording import missing, texts

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Checked:
    """What `heard check` prints: the faults of all files, and a line for each questionnaire without any."""

    faults: tuple[Fault, ...]
    summary: tuple[str, ...]


def read(
    source: Path | str | bytes, name: str | None = None, translations: Mapping[str, bytes] | None = None
) -> Instrument:
    """The instrument of a file and the translations beside it, or of bytes (`translations`: file name -> bytes).

    Raises InstrumentFaults with every fault of every file.
    """
    if isinstance(source, bytes):
        return _read(name or "questionnaire.yaml", source, dict(translations or {}))
    path = Path(source)
    return _read(name or str(path), bytes_of(path), {str(one): bytes_of(one) for one in _beside(path)})


def check(paths: Iterable[Path | str]) -> Checked:
    """Reads each questionnaire once; a translation is checked with the questionnaire that it translates."""
    faults: list[Fault] = []
    summary: list[str] = []
    for path in dict.fromkeys(source_of(Path(path)) for path in paths):
        try:
            summary.append(_summary(path, read(path)))
        except InstrumentFaults as found:
            faults += found.faults
    return Checked(tuple(faults), tuple(summary))


def library() -> dict[str, Path]:
    """The questionnaires we ship: key -> file."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml")) if "." not in path.stem}


@cache
def load_library(key: str) -> Instrument:
    """A questionnaire of the library, read once: what we ship does not change while it runs. KeyError if there is none."""
    return read(library()[key])


def source_of(path: Path) -> Path:
    """The questionnaire of a translation; any other file is its own."""
    source = path.with_name(f"{path.name.split('.')[0]}.yaml")
    return source if path.name.count(".") == 2 and source.exists() else path


def _beside(path: Path) -> list[Path]:
    return [one for one in sorted(path.parent.iterdir()) if one.match("*.*.yaml") and source_of(one) == path]


def bytes_of(path: Path) -> bytes:
    """At most one byte more than is allowed: enough to refuse the file."""
    try:
        with path.open("rb") as file:
            return file.read(tree.LARGEST_FILE + 1)
    except OSError as reason:
        wrong = (reason.strerror or "it cannot be opened").lower()
        raise InstrumentFaults([Fault(str(path), 1, "unreadable", wrong, "check the name of the file")]) from reason


def _read(name: str, data: bytes, translations: Mapping[str, bytes]) -> Instrument:
    faults: list[Fault] = []
    try:
        root, noted = tree.read_tree(name, data)
        faults += noted
    except tree.Refused as refusal:
        root = None
        faults.append(refusal.fault)
    translated = _translations(translations, root, faults)
    if root is None:
        raise InstrumentFaults(faults)
    reader = Reader(name, translated)
    instrument: Instrument | None = None
    try:
        instrument = instrument_of(reader, root)
    except InstrumentFaults as found:
        faults += [fault for one in found.faults if (fault := reader.located(one))]
    faults += reader.faults
    for one in translated:
        faults += one.unused(reader.paths)
    if faults or instrument is None:
        raise InstrumentFaults(sorted(faults, key=lambda fault: (fault.file != name, fault.file, fault.line)))
    return instrument


def _translations(held: Mapping[str, bytes], root: tree.Mapping | None, faults: list[Fault]) -> list[Translation]:
    """The translations that can be read, in the order of their languages; what is wrong with them goes to `faults`."""
    read_ones: list[Translation] = []
    for file, data in held.items():
        try:
            translation, found = translation_of(file, data, root)
        except tree.Refused as refusal:
            faults.append(refusal.fault)
        else:
            faults += found
            if translation.language.code:
                read_ones.append(translation)
    return sorted(read_ones, key=lambda one: (one.language.code, one.file))


def _summary(path: Path, instrument: Instrument) -> str:
    """One line on a questionnaire without faults, and what is still open about it."""
    low, high = instrument.ages
    parts = [f"{len(instrument.items)} questions", f"ages {low} to {high}", f"mode {instrument.mode}"]
    count = sum(1 for _ in texts(instrument))
    for language in instrument.languages[1:]:
        state = "draft translation, not checked by a speaker" if language.draft else f"checked by {language.checked}"
        gaps = len(missing(instrument, language.code))
        parts.append(f"{language.name}: {state}" + (f", {gaps} of {count} texts missing" if gaps else ""))
    untried = sum(not is_tried(item, instrument.ages) for item in instrument.items)
    if untried:
        parts.append(f"{untried} questions not yet tried with children")
    return f"{path}: {instrument.key} version {instrument.version}: {'; '.join(parts)}"
