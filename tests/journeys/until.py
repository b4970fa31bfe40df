"""Waiting for what a page only says in a promise: the browser tests' own waiting takes a promise itself for a yes."""

from __future__ import annotations

import time

from playwright.sync_api import Page

LONGEST = 20.0
STEP = 100.0


def until(page: Page, asked: str) -> None:
    """Wait until a function of the page, which may be asynchronous, says yes."""
    last = time.monotonic() + LONGEST
    while not page.evaluate(asked):
        assert time.monotonic() < last, f"never: {asked}"
        page.wait_for_timeout(STEP)
