"""Spoils questionnaire files in every way that chance, haste and malice know, the same way for the same seed.

Run by itself it reads so many spoiled files within so much memory and prints, as JSON, what became of them: the proof
starts it as a process of its own, because only a process can be held to an amount of memory.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from questionnaires.faults import InstrumentFaults
from questionnaires.files import LIBRARY, read
from questionnaires.tree import LARGEST_FILE
from questionnaires.words_check import judge
from tests.questionnaires.conftest import EVERY_KIND, TINY, TINY_CY

Files = tuple[bytes, bytes]
"""A questionnaire and a translation of it."""

SLOWEST = 10
JUNK = (
    *(
        "",
        "- ",
        "x: [",
        "{",
        "}}",
        "null",
        "~",
        "'",
        '"',
        "|",
        ">",
        "? ",
        "*a",
        "&a b",
        "!!x",
        "%",
        "@",
        "`",
        "---",
        "...",
    ),
    *(
        "\t",
        "\x00",
        "\x07",
        "\u202e",
        "\ufeff",
        "\u2028",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ),
    *(
        "9" * 400,
        "-1",
        "1e999",
        "0x10",
        "99999999999",
        "٣",
        "true",
        "no",
        "2026-11-20",
        "${x}",
        "{{ x }}",
        "<b>",
        "=1+1",
    ),
    *("a" * 5000, "not " * 200, "don’t " * 150, "is it " * 90, "سرّ" * 80, "a" + "\u0301" * 500, "../" * 60, "x: " * 50),
    *(
        "kind: sort",
        "kind: goals",
        "kind: [a]",
        "options: {}",
        "parts: 3",
        "versions: {plain: }",
        "ages: [8]",
        "key: data",
    ),
    *(
        "condition: {item: known, options: []}",
        "measure: {}",
        "alert: true",
        "mode: linked",
        "language: zz",
        "checked: x",
    ),
)


@cache
def sources() -> list[Files]:
    """What is spoiled: the tests' questionnaires and the library's, each with a translation where it has one."""
    found = [(TINY.encode(), TINY_CY.encode()), (EVERY_KIND.encode(), b"")]
    for path in sorted(LIBRARY.glob("*.yaml")):
        if "." not in path.stem:
            beside = sorted(LIBRARY.glob(f"{path.stem}.*.yaml"))
            found.append((path.read_bytes(), beside[0].read_bytes() if beside else b""))
    return found


def _lines(data: bytes, change: Callable[[list[bytes]], None]) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    change(lines)
    return b"".join(lines)


def _delete(chance: random.Random, data: bytes) -> bytes:
    def change(lines: list[bytes]) -> None:
        first = chance.randrange(len(lines))
        del lines[first : first + chance.choice((1, 1, 2, 9))]

    return _lines(data, change)


def _swap(chance: random.Random, data: bytes) -> bytes:
    def change(lines: list[bytes]) -> None:
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]

    return _lines(data, change)


def _indent(chance: random.Random, data: bytes) -> bytes:
    def change(lines: list[bytes]) -> None:
        n = chance.randrange(len(lines))
        lines[n] = b" " * chance.randrange(9) + lines[n].lstrip(b" ")

    return _lines(data, change)


def _repeat(chance: random.Random, data: bytes) -> bytes:
    """A piece again and again, until the file is as large as files may be."""

    def change(lines: list[bytes]) -> None:
        first = chance.randrange(len(lines))
        piece = lines[first : first + chance.choice((1, 1, 3, 12))]
        room = max(1, (LARGEST_FILE - len(data)) // max(1, len(b"".join(piece))))
        lines[first:first] = piece * min(room, chance.choice((1, 2, 30, 400, 6000)))

    return _lines(data, change)


def _rename(chance: random.Random, data: bytes) -> bytes:
    """Many fields that nobody knows."""

    def change(lines: list[bytes]) -> None:
        first = chance.randrange(len(lines))
        space = b" " * (len(lines[first]) - len(lines[first].lstrip(b" ")))
        lines[first:first] = [space + b"a%d: x\n" % n for n in range(chance.choice((1, 9, 300, 4000)))]

    return _lines(data, change)


def _junk(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = at + chance.choice((0, 0, 1, 7, 40))
    return data[:at] + chance.choice(JUNK).encode("utf-8", "surrogatepass") + data[end:]


def _flip(chance: random.Random, data: bytes) -> bytes:
    spoiled = bytearray(data or b"x")
    for _ in range(chance.choice((1, 2, 8))):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _splice(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(chance.choice(sources()))
    at, there = chance.randrange(len(data) + 1), chance.randrange(len(other) + 1)
    return data[:at] + other[there : there + chance.randrange(4000)] + data[at:]


WAYS = (_delete, _swap, _indent, _repeat, _rename, _junk, _junk, _flip, _cut, _splice)


def spoiled(seed: int) -> Files:
    """The files of one seed."""
    chance = random.Random(seed)
    files = list(chance.choice(sources()))
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        which = 0 if chance.random() < 0.75 else 1
        files[which] = chance.choice(WAYS)(chance, files[which])
    return files[0], files[1]


def read_one(source: bytes, translation: bytes) -> str:
    """What became of it: the codes of its faults, or `an instrument`. Whatever else happens is an exception."""
    try:
        judge(read(source, "a.yaml", {"a.cy.yaml": translation} if translation else {}))
    except InstrumentFaults as found:
        assert found.faults
        assert all(one.line >= 1 and one.code and one.wrong and one.mend and str(one) for one in found.faults)
        return found.faults[0].code
    return "an instrument"


def main(first: int, count: int, megabytes: int) -> None:
    """Read files `first` to `first + count` and print what became of them."""
    for source, translation in sources():
        read_one(source, translation)  # what is imported once is no file's fault
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    became: Counter[str] = Counter()
    taken: list[tuple[float, int]] = []
    for seed in range(first, first + count):
        files = spoiled(seed)
        begun = time.process_time()
        try:
            became[read_one(*files)] += 1
        except Exception as fault:
            became[f"seed {seed}: {type(fault).__name__}: {fault}"[:300]] += 1
        taken.append((time.process_time() - begun, seed))
    print(json.dumps({"became": became, "slowest": sorted(taken)[: -SLOWEST - 1 : -1]}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
