"""One check for every kind of file that people write for Heard.

A partnership that writes its own framework, or a service that notes its permission to use a measure, should get the
same answer from `heard check` as the author of a questionnaire. Which kind a file is, its own fields say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from questionnaires import files, tree
from questionnaires.faults import Fault, InstrumentFaults
from questionnaires.files import Checked
from questionnaires.framework_files import read_framework
from questionnaires.keyfiles import read_key
from questionnaires.licences import read_permission


def check(paths: Iterable[Path | str]) -> Checked:
    """Reads each file once, as what it is: a questionnaire with its translations, a framework, a key, a permission."""
    given = [Path(path) for path in paths]
    kinds = {path: _kind(path) for path in given}
    done = files.check(path for path in given if kinds[path] is None)
    faults: list[Fault] = list(done.faults)
    summary: list[str] = list(done.summary)
    for path, summarise in kinds.items():
        if summarise is not None:
            try:
                summary.append(f"{path}: {summarise(path)}")
            except InstrumentFaults as found:
                faults += found.faults
    return Checked(tuple(faults), tuple(summary))


def _kind(path: Path) -> Callable[[Path], str] | None:
    """How to sum up a file of another kind; None for a questionnaire, and for what cannot be read at all."""
    try:
        root, _ = tree.read_tree(str(path), files.bytes_of(path))
    except (tree.Refused, InstrumentFaults):
        return None
    return next((summarise for field, summarise in _KINDS.items() if field in root.fields), None)


def _framework(path: Path) -> str:
    held = read_framework(path)
    return (
        f"framework {held.key} version {held.version}: {len(held.domains)} domains, {len(held.indicators)} indicators"
    )


def _key(path: Path) -> str:
    held = read_key(path)
    still = f"; still to be confirmed: {', '.join(held.unconfirmed)}" if held.unconfirmed else ""
    return f"key {held.key} version {held.version}: {held.items} positions, {len(held.scales)} scales{still}"


def _permission(path: Path) -> str:
    held = read_permission(path)
    return f"permission for {held.measure}: {held.holder}, screens: {held.electronic}, until {held.expires.isoformat()}"


_KINDS: dict[str, Callable[[Path], str]] = {"domains": _framework, "codings": _key, "sha256": _permission}
