"""The files of other tools, by the endings of their names, and what reads each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from questionnaires.imported import Imported
from questionnaires.lss import read_lss


def _read_spreadsheet(data: bytes, name: str) -> Imported:
    from questionnaires.xlsform import read_xlsform  # brings NumPy along: only when a spreadsheet comes

    return read_xlsform(data, name)


FOREIGN: Mapping[str, Callable[[bytes, str], Imported]] = {".xlsx": _read_spreadsheet, ".lss": read_lss}
