"""Every page that links lead to, of staff and of the young, with the demonstration's data in a real browser: the whole gate
on a phone in the light and on a wide screen in the dark.

The browser asks the application in this very process, so that what the crawl of markup finds is what is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Request, Route, ViewportSize

from survey import cookies
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.survey.test_every_page import demonstration, followed

__all__ = ["demonstration"]

pytestmark = pytest.mark.proof
ORIGIN = "http://localhost"
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "phone": ({"width": 390, "height": 844}, "light"),
    "dark": ({"width": 1280, "height": 900}, "dark"),
}
NOT_PASSED_ON = {"host", "content-length", "connection"}


def answered_by(app: Flask, token: str, code: str) -> Callable[[Route, Request], None]:
    """The application of this process as a server, for somebody who is signed in and has joined a session."""
    client = app.test_client()
    client.set_cookie(cookies.STAFF, token)
    client.post("/join", data={"code": code})

    def answer(route: Route, request: Request) -> None:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON}
        path = request.url.removeprefix(ORIGIN)
        with client.open(path, method=request.method, data=request.post_data_buffer, headers=headers) as reply:
            route.fulfill(status=reply.status_code, headers=dict(reply.headers), body=reply.data)

    return answer


def test_every_page_passes_the_gate(
    context_of: Callable[..., BrowserContext], watch: Watch, demonstration: tuple[Flask, str, str]
) -> None:
    """Each page is opened once, on a phone, and looked at again on a wide screen in the dark."""
    watch.expect("status of 404")
    paths, _, _ = followed(*demonstration)
    page = context_of(base_url=ORIGIN, service_workers="block").new_page()
    page.route(f"{ORIGIN}/**", answered_by(*demonstration))
    found: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        page.goto(path)
        for look, (size, scheme) in LOOKS.items():
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if faults := gate.faults(page):
                found[path, look] = faults
    print(f"{len(paths)} pages, in {len(LOOKS)} looks")
    assert found == {}
