"""A page of ours as a PDF, made in a process of its own.

WeasyPrint needs Pango from the system and as much memory as the page asks for, so it never runs inside a web process: this
very file is started as a program that reads HTML, writes a PDF and ends. It has a limit of time and of memory, none of
this process's settings or secrets, and may load nothing but our own drawings: a page that asks for anything else, from
the network or from the disk, gets no PDF. Where WeasyPrint or Pango is missing, `available` says so and no page offers one.

>>> from survey import pdf                                          # doctest: +SKIP
>>> pdf.made("<!doctype html><title>Sheet</title><p>Hello").startswith(b"%PDF")
True
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SECONDS = 60
MOST_MEMORY = 1536 * 1024 * 1024
"""Bytes of address space, of which a sheet of ten pages touches about a tenth."""
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
"""What WeasyPrint needs from the system."""
DRAWINGS = Path(__file__).parent / "static"
OURS = "https://ours.invalid"
DRAWING = re.compile(r"/static/([a-z]+\.svg)(?:\?v=[0-9a-f]+)?")
BUSY = "other PDFs are being made: try again in a minute"
PASSED_ON = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
"""What the program may know of this process's surroundings: where fonts and libraries are, no more."""

_turn = threading.Lock()
_places = threading.BoundedSemaphore(3)
"""One page is being made and two wait; more than that would keep the threads that take answers waiting too."""


class NoPDF(Exception):
    """This page could not be made into a PDF; the message says why, without a word of the page."""


@cache
def available() -> bool:
    """Whether PDFs can be made here. Nothing is loaded for that: pages ask before they show a button."""
    return find_spec("weasyprint") is not None and all(find_library(name) for name in LIBRARIES)


def made(html: str) -> bytes:
    """A whole HTML page, with its stylesheet in it, as a PDF.

    One at a time in each web process: staff wait for each other for a moment rather than fill the memory, and only a few wait.

    Raises
    ------
    NoPDF
        Where WeasyPrint or Pango is missing, the page wants something that is not ours, or a limit is reached.
    """
    if not _places.acquire(blocking=False):
        raise NoPDF(BUSY)
    try:
        return _made(html)
    finally:
        _places.release()


def _made(html: str) -> bytes:
    surroundings = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if not _turn.acquire(timeout=SECONDS):
        raise NoPDF(BUSY)
    try:
        done = subprocess.run(  # noqa: S603  (our own file, no shell)
            [sys.executable, "-I", "-W", "ignore", __file__],
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS,
            env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoPDF(f"it took longer than {SECONDS} seconds") from None
    finally:
        _turn.release()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NoPDF(done.stderr.decode(errors="replace").strip()[-200:] or f"the program ended with {done.returncode}")
    return done.stdout


def drawing(address: str) -> bytes:
    """One of our own drawings by its address on the page.

    Raises
    ------
    ValueError
        For any other address.
    """
    path = address.removeprefix(OURS)
    named = DRAWING.fullmatch(path) if path != address else None
    if named is None:
        raise ValueError("the page asks for something that is not ours")
    return (DRAWINGS / named[1]).read_bytes()


def _program() -> None:
    """Read HTML, write a PDF; end with a line on what is missing where that cannot be done."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse
    except (ImportError, OSError):  # cffi says OSError where a library of the system is missing
        raise SystemExit("WeasyPrint or Pango is not installed (README, PDF)") from None

    def fetch(address: str) -> object:
        """Opens nothing: hands over drawings that lie beside this file."""
        try:
            return URLFetcherResponse(address, drawing(address), {"Content-Type": "image/svg+xml"})
        except ValueError as fault:
            raise FatalURLFetchingError(str(fault)) from None

    html = sys.stdin.buffer.read().decode()
    try:
        page = HTML(string=html, base_url=f"{OURS}/", url_fetcher=fetch)
        sys.stdout.buffer.write(page.write_pdf(pdf_tags=True))
    except FatalURLFetchingError as fault:
        raise SystemExit(str(fault)) from None
    except MemoryError:
        raise SystemExit("the page is too large") from None
    except Exception as fault:  # its message could hold words of the page
        raise SystemExit(f"it could not be set ({type(fault).__name__})") from None


if __name__ == "__main__":
    _program()
