"""Prints figures beside their bars. A bar that is missed is said, never raised: machines differ."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value; `bar` is the issue's, `better` says on which side of it we want to be."""

    name: str
    value: float
    unit: str
    bar: float = math.nan
    better: str = "lower"

    @property
    def is_met(self) -> bool:
        """Whether the bar, if there is one, is met."""
        if math.isnan(self.bar):
            return True
        return self.value <= self.bar if self.better == "lower" else self.value >= self.bar

    def __str__(self) -> str:
        value = f"{self.value:,.0f}" if self.value >= 1000 or self.value == int(self.value) else f"{self.value:,.2f}"
        line = f"  {self.name:<66} {value:>12} {self.unit:<4}"
        if math.isnan(self.bar):
            return line
        side = "at most" if self.better == "lower" else "at least"
        return f"{line}  bar: {side} {self.bar:g}{'' if self.is_met else '   <-- MISSED'}"


def show(title: str, figures: list[Figure]) -> list[Figure]:
    """Print a group of figures."""
    print(f"\n{title}")
    for figure in figures:
        print(figure)
    return figures


@contextmanager
def alone() -> Iterator[None]:
    """Say afterwards how much of the processors the machine's host gave to others: such figures are theirs too."""
    before = _ticks()
    yield
    stolen, whole = (after - earlier for after, earlier in zip(_ticks(), before, strict=True))
    print(f"\n  (meanwhile others on this host took {stolen / max(1, whole):.0%} of the processors)")


def _ticks() -> tuple[int, int]:
    """What the host has taken from this machine so far, and all that the processors had."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return fields[7], sum(fields)


def cpu_seconds(group: int, *, without: str = "work") -> float:
    """The processor time that a process group has used so far, apart from the command named."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[2]) == group and without.encode() not in command:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_memory(group: int, *, without: str = "work") -> float:
    """The largest resident memory of any process of the group apart from the command named, in MiB."""
    most = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes().split(b"\0")
            if os.getpgid(int(status.parent.name)) == group and without.encode() not in command:
                line = next((one for one in status.read_text().splitlines() if one.startswith("VmHWM")), "VmHWM: 0")
                most = max(most, int(line.split()[1]))
        except (OSError, ProcessLookupError):
            continue
    return most / 1024
