"""The whole gate over one questionnaire: every state of it, in the looks that matter, by finger and by keyboard.

`findings` yields each fault as it is found, with the state in front, so that whoever looks for one may stop there. The page
may be a copy: `Copy` serves the real service's page with something changed on the way, which is how faults are planted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Error, Route

from tests.journeys import gate
from tests.journeys.keys import Keys
from tests.journeys.pupil import Pupil
from tests.live import Room

PHONE = {"width": 390, "height": 780}
SMALL = {"width": 320, "height": 256}
NO_CARD = "ABCDEFG"
TOO_MANY = "99"
Change = Callable[[str], str]


@dataclass(frozen=True)
class Copy:
    """The service's page, changed on its way to the browser: its document and its script."""

    html: Change = str
    script: Change = str

    def over(self, context: BrowserContext) -> None:
        """Serve the copy to this profile. The policy is taken off, as it would refuse what is planted: it has its own tests."""
        context.route("**/*", lambda route: self._serve(route))  # Playwright writes on what it is given

    def _serve(self, route: Route) -> None:
        path = route.request.url.partition("?")[0]
        document = route.request.resource_type == "document"
        if not document and not path.endswith("answer.js"):
            return route.continue_()
        with suppress(Error):  # the test went on to another page meanwhile
            reply = route.fetch(max_redirects=0)
            if not 300 <= reply.status < 400:
                changed = self.html(reply.text()) if document else self.script(reply.text())
                kept = {"content-type": reply.headers.get("content-type", "")}
                return route.fulfill(status=reply.status, headers=kept, body=changed)
            return route.fulfill(response=reply)
        return None


@dataclass
class Audit:
    """One walk through one questionnaire (`everything.yaml`)."""

    context: BrowserContext
    room: Room
    url: str

    def __post_init__(self) -> None:
        self.sent: list[str] = []
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.sent.append(f"{request.method} {request.url}"))
        self.page.on("response", self._keep)
        self.html = ""
        self.pupil = Pupil(self.page)

    def _keep(self, response: Any) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            with suppress(Error):
                self.html = response.text()

    def findings(self) -> Iterator[str]:
        """Every fault, with the state it was found in."""
        self.page.goto("/")
        yield from self._state("home")
        ticket = self.room.tickets["before", "en"]
        self.context.add_cookies([{"name": "heard", "value": f"{ticket}..00000000", "url": self.url}])
        self.page.goto("/answer")
        yield from self._state("introduction")
        yield from self._all("introduction", self._looks)
        self.page.click("#start")
        yield from self._state("card")
        self.pupil.next()
        self.pupil.slip(NO_CARD)
        yield from self._questions()
        yield from self._refused()

    def _questions(self) -> Iterator[str]:
        titles: list[str] = []
        while (at := self.pupil.at()) != "check":
            titles.append(self.page.title())
            yield from self._state(at)
            yield from self._all(at, self._keyboard)
            if at == "travelled":
                yield from self._all(at, self._looks)
                yield from self._all(at, self._keyboard_small)
            yield from self._all(at, self._stays)
            if at == "stops":
                self.page.fill("#i-stops", TOO_MANY)
                self.pupil.next()
                yield from self._state("stops with an error")
                self.page.fill("#i-stops", "9")
            self.pupil.next()
            if self.pupil.at() == at:
                yield f"{at}: Next does not lead on"
                return
        titles.append(self.page.title())
        if len(set(titles)) < len(titles):
            yield f"titles: the same one for several steps: {sorted(titles)}"
        yield from self._state("check")

    def _refused(self) -> Iterator[str]:
        self.page.click("#send")
        self.page.wait_for_selector("#summary")
        yield from self._state("check with errors")
        if not self.page.title().startswith("Error"):
            yield f"check with errors: the title does not say so: {self.page.title()!r}"
        if not self.page.evaluate("document.activeElement.closest('#summary') !== null"):
            yield "check with errors: the summary is not where reading goes on"
        self.page.click("#summary a")
        yield from self._state("card with an error")

    def _state(self, name: str) -> Iterator[str]:
        yield from (f"{name}: {fault}" for fault in gate.markup_faults(self.html))
        yield from (f"{name}: {fault}" for fault in gate.faults(self.page))

    def _all(self, name: str, look: Callable[[], Iterator[str]]) -> Iterator[str]:
        yield from (f"{name}: {fault}" for fault in look())

    def _looks(self) -> Iterator[str]:
        """The same state small, spaced out, doubled, in forced colours, dark, and with less motion."""
        self.page.set_viewport_size(SMALL)
        yield from gate.probe_faults(self.page)
        self.page.set_viewport_size(PHONE)
        try:
            gate.assert_survives_text_spacing(self.page)
        except AssertionError as fault:
            yield f"text spacing: {fault}"
            self.page.evaluate("document.adoptedStyleSheets = []")
        self.page.emulate_media(forced_colors="active")
        yield from gate.axe_faults(self.page)
        self.page.emulate_media(forced_colors="none", color_scheme="dark", reduced_motion="reduce")
        yield from gate.faults(self.page)
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")

    def _stays(self) -> Iterator[str]:
        """A choice is only a choice: it sends nothing and leads nowhere."""
        options = self.page.locator(".step:not([hidden]) .opt:visible")
        at = self.pupil.at()
        before = len(self.sent)
        for number in range(min(2, options.count())):
            options.nth(number).click()
            self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            if len(self.sent) > before or self.pupil.at() != at:
                yield f"a choice submits or moves on: {json.dumps(self.sent[before:])}"
                return

    def _keyboard(self) -> Iterator[str]:
        try:
            keys = Keys(self.page)
            keys.round_the_page()
            keys.round_the_groups(".step:not([hidden])")
        except AssertionError as fault:
            yield f"keyboard: {str(fault).splitlines()[0]}"

    def _keyboard_small(self) -> Iterator[str]:
        self.page.set_viewport_size(SMALL)
        yield from self._keyboard()
        self.page.set_viewport_size(PHONE)
