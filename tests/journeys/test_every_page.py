"""Every page that links lead to, of staff and of the young, with the demonstration's data in a real browser: the whole gate
on a phone in the light and on a wide screen in the dark.

The browser asks the application in this very process, so that what the crawl of markup finds is what is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Request, Route

from survey import cookies
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.survey.test_every_page import demonstration, followed

__all__ = ["demonstration"]

pytestmark = pytest.mark.proof
ORIGIN = "http://localhost"
LOOKS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
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


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_passes_the_gate(
    context_of: Callable[..., BrowserContext], watch: Watch, demonstration: tuple[Flask, str, str], look: str
) -> None:
    watch.expect("status of 404")
    paths, _, _ = followed(*demonstration)
    context = context_of(base_url=ORIGIN, service_workers="block", **LOOKS[look])
    page = context.new_page()
    page.route(f"{ORIGIN}/**", answered_by(*demonstration))
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        if faults := gate.faults(page):
            found[path] = faults
    print(f"{look}: {len(paths)} pages")
    assert found == {}
