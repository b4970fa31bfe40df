"""Texts that mean something to some machine, on a sheet of paper: on its page and in its PDF they are words and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey import pdf
from survey.app import create_app
from survey.config import Config
from survey.printed import Occasion, sheet_page, sheet_style
from tests.conftest import KEY
from tests.survey.test_hostile_words import FILE, PAYLOADS, shape, spoken, text_of
from tests.survey.test_pdf import text_of as text_of_pdf

LETTER_BY_LETTER = [one.strip() for one in PAYLOADS]
STEP = 12


@pytest.fixture
def sheets(empty_sqlite: Path, tmp_path: Path) -> Iterator[None]:
    """A request of somebody on staff; one engine will do, because no store is asked."""
    config = Config(tmp_path, f"sqlite:///{empty_sqlite}", KEY, "https://weather.example/", "", "127.0.0.1", 8000)
    with create_app(config).test_request_context("/staff/"):
        yield


def sheet(payloads: list[str], *, repeats: bool) -> str:
    """The sheet of a questionnaire that says nothing else, in a session of that name."""
    occasion = Occasion(wave=payloads[1 % len(payloads)], session=payloads[0], has_card=True, back="/staff/")
    return sheet_page(spoken(payloads, FILE), "after", "en", occasion, sheet_style(), repeats=repeats)


def turned(first: int) -> list[str]:
    return [*PAYLOADS[first:], *PAYLOADS[:first]]


@pytest.mark.proof
@pytest.mark.usefixtures("sheets")
def test_the_page_of_a_sheet_shows_them_letter_by_letter() -> None:
    structure = shape(sheet(["plain"], repeats=False))
    shown = set()
    for first in range(0, len(PAYLOADS), 12):
        html = sheet(turned(first), repeats=False)
        assert first % 36 or shape(html) == structure, PAYLOADS[first]
        shown |= {payload for payload in PAYLOADS if payload.strip() in text_of(html)}
    assert shown == set(PAYLOADS)


@pytest.mark.usefixtures("pango", "sheets")
def test_the_pdf_of_a_sheet_has_them_letter_by_letter() -> None:
    assert len(found_in_pdf(0)) >= 20


@pytest.mark.proof
@pytest.mark.usefixtures("pango", "sheets")
def test_the_pdf_of_a_sheet_has_each_letter_by_letter() -> None:
    shown = {payload for first in range(0, len(PAYLOADS), STEP) for payload in found_in_pdf(first)}
    assert shown == set(LETTER_BY_LETTER) and len(shown) > 50


def found_in_pdf(first: int) -> list[str]:
    text = _packed(text_of_pdf(pdf.made(sheet(turned(first), repeats=True))))
    return [payload for payload in LETTER_BY_LETTER if _packed(payload) in text]


def _packed(text: str) -> str:
    """Without spaces and line ends: a page breaks its lines where it likes. A PDF keeps no sign that is not seen, and
    of marks that stand on top of each other it may put the second on a line of its own."""
    seen = (sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign) != "Cf")
    return re.sub(r"(\u0301)+", r"\1", re.sub(r"\s+", "", "".join(seen)))
