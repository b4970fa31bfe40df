"""PDFs are made of our own pages only, in a process that can be ended, and not at all where Pango is missing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey import pdf

HTML = '<!doctype html><html lang="en"><title>Sheet</title><style>p { color: #000 }</style>'


def text_of(made: bytes) -> str:
    """The words of a PDF, as Poppler reads them."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.usefixtures("pango")
def test_a_page_becomes_a_pdf_with_its_words() -> None:
    made = pdf.made(HTML + "<p>Ydych chi’n gwybod? &lt;b&gt; 100% {{ 7*7 }}")
    assert "Ydych chi’n gwybod? <b> 100% {{ 7*7 }}" in text_of(made)


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize(
    "asking",
    [
        '<img src="http://127.0.0.1:9/x">',
        '<img src="file:///etc/passwd">',
        '<img src="/static/../pdf.py">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<style>@import url("//example.org/a.css");</style>',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_a_page_that_asks_for_what_is_not_ours_gets_no_pdf(asking: str) -> None:
    with pytest.raises(pdf.NoPDF, match="not ours"):
        pdf.made(HTML + asking)


@pytest.mark.usefixtures("pango")
def test_our_own_drawings_may_stand_on_a_page() -> None:
    assert pdf.made(HTML + '<img alt="" src="/static/icon.svg?v=0123456789ab">')


@pytest.mark.usefixtures("pango")
def test_the_program_learns_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    run = subprocess.run

    def watched(*given: object, env: dict[str, str], **more: object) -> object:
        seen.update(env)
        return run(*given, env=env, **more)  # type: ignore[call-overload]

    monkeypatch.setenv("HEARD_DATABASE", "postgresql://secret")
    monkeypatch.setattr(subprocess, "run", watched)
    pdf.made(HTML)
    assert "HEARD_DATABASE" not in seen and "PATH" in seen


@pytest.mark.usefixtures("pango")
def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    with pytest.raises(pdf.NoPDF, match="longer"):
        pdf.made(HTML)


@pytest.mark.proof
@pytest.mark.usefixtures("pango")
def test_a_page_that_fills_the_memory_ends_its_own_process_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = tmp_path / "pdf.py"
    source = Path(pdf.__file__).read_text(encoding="utf-8")
    small.write_text(source.replace("1536 * 1024 * 1024", "200 * 1024 * 1024"), encoding="utf-8")
    monkeypatch.setattr(pdf, "__file__", str(small))
    with pytest.raises(pdf.NoPDF):
        pdf.made(HTML + "<p>word " * 60_000)


def test_where_weasyprint_is_missing_the_program_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nshift 3\nexec {sys.executable} -S -I "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    with pytest.raises(pdf.NoPDF, match="not installed"):
        pdf.made(HTML)


def test_only_a_few_wait_for_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is being made and two wait; whoever comes then is told at once, and the threads are free for answers."""
    let_go, making = threading.Event(), threading.Semaphore(0)

    def slow(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        making.release()
        assert let_go.wait(30)
        return subprocess.CompletedProcess([], 0, b"%PDF made", b"")

    monkeypatch.setattr(subprocess, "run", slow)
    with ThreadPoolExecutor(3) as pool:
        three = [pool.submit(pdf.made, HTML) for _ in range(3)]
        making.acquire()
        while pdf._places._value:
            time.sleep(0.001)
        with pytest.raises(pdf.NoPDF, match="try again in a minute"):
            pdf.made(HTML)
        let_go.set()
        assert [one.result() for one in three] == [b"%PDF made"] * 3
    assert pdf.made(HTML) == b"%PDF made", "there is room again"


@pytest.mark.parametrize("missing", ["find_spec", "find_library"])
def test_where_a_part_is_missing_nothing_is_offered(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(pdf, missing, lambda _name: None)
    pdf.available.cache_clear()
    assert not pdf.available()
    pdf.available.cache_clear()
