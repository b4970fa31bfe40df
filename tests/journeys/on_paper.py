"""The gate for what comes out of a printer: a page is laid out for print and probed, then really made into A4 sheets whose
words are read back.

Three things are asked. Nothing that only a screen can use is on paper, and whatever stands there is dark, whole and has an
edge to tick in, in the dark theme too. Every word that the layout shows is in the file, in order. And no question stands on
two sheets, so that nobody has to turn over between a question and its answers.
"""

from __future__ import annotations

import subprocess
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

from playwright.sync_api import Page

PROBES = (Path(__file__).parent / "on_paper.js").read_text(encoding="utf-8")
SHEET = {"width": 680, "height": 1009}
"""A4 without its margins of 15 mm, in CSS pixels."""
END_OF_SHEET = "\f"


def made(page: Page) -> bytes:
    """The page as a printer gets it: A4, the page's own margins, no backgrounds."""
    return page.pdf(format="A4", prefer_css_page_size=True)


def close_set(text: str) -> str:
    """Words without the spaces between them: line ends and joined letters are the typesetter's business."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("\xad", "")


def sheets(page: Page) -> list[str]:
    """The words on each sheet, in the order in which they were drawn, close set."""
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made(page), capture_output=True, check=True)
    return [close_set(one) for one in read.stdout.decode().removesuffix(END_OF_SHEET).split(END_OF_SHEET)]


def paper_faults(page: Page, *, most_sheets: int | None = None) -> list[str]:
    """Everything that keeps a page from being printed as it is."""
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET["width"], "height": SHEET["height"]})
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    found = page.evaluate(PROBES)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="null")
    if before is not None:
        page.set_viewport_size(before)
    printed = sheets(page)
    said = [f"paper: {fault}" for fault in found["faults"]]
    said += [f"paper: sheet {number} is empty" for number, text in enumerate(printed, start=1) if not text]
    if most_sheets is not None and len(printed) > most_sheets:
        said.append(f"paper: {len(printed)} sheets instead of {most_sheets}")
    return said + _lost_and_split(found["texts"], printed)


def _lost_and_split(texts: list[tuple[str, int]], printed: list[str]) -> list[str]:
    """Words that the file does not have, and questions that stand on more than one sheet."""
    whole = "".join(printed)
    ends = list(accumulate(len(sheet) for sheet in printed))
    said: list[str] = []
    on: dict[int, dict[int, str]] = {}
    at = 0
    for text, block in texts:
        words = close_set(text)
        place = whole.find(words, at)
        if place < 0:
            said.append(f"paper: not on any sheet: {text.strip()[:80]!r}")
            continue
        at = place + len(words)
        for sign in (place, at - 1):
            on.setdefault(block, {}).setdefault(bisect_right(ends, sign), text.strip())
    for block, pages in on.items():
        if block >= 0 and len(pages) > 1:
            said.append(f"paper: one question on {len(pages)} sheets: {[one[:60] for one in pages.values()]}")
    return said
