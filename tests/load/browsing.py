"""What a real browser fetches, shifts and takes its time over: the same measures for the figures and for the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

OBSERVED = """() => {
  window.observed = {largest: 0, what: '', shifts: [], taps: []};
  const named = (element) => (element ? `${element.localName} in ${element.closest('[id]')?.id ?? 'body'}` : 'gone');
  const watch = (type, act, more) => new PerformanceObserver((list) => list.getEntries().forEach(act))
    .observe({type, buffered: true, ...more});
  watch('largest-contentful-paint', (entry) => Object.assign(observed, {largest: entry.startTime, what: named(entry.element)}));
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) observed.shifts.push(entry.value); });
  const tap = (entry) => observed.taps.push([entry.name, entry.duration, entry.processingEnd - entry.processingStart]);
  watch('event', tap, {durationThreshold: 16});
}"""

FIRST = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const begun = performance.getEntriesByType('resource').filter((one) => one.startTime < page.loadEventStart);
  return [page, ...begun].map((one) => one.transferSize);
}"""
SETTLED = 1200
"""Milliseconds after which nothing that a page fetches by itself is still to come; shifts right after a tap do not count."""


@dataclass
class Line:
    """A network's and a device's weakness, as the browser pretends it."""

    delay: float = 0
    """Milliseconds before each reply."""
    down: float = -1
    """Bytes a second; -1 for no limit."""
    up: float = -1
    slower: float = 1
    """How many times slower the processor is."""

    def over(self, cdp: CDPSession) -> None:
        """Put it in place for a page."""
        conditions = {"offline": False, "latency": self.delay, "downloadThroughput": self.down}
        cdp.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": self.up})
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": self.slower})


@dataclass
class Fetched:
    """The requests of a page in their order: address, kind, and bytes over the wire with headers."""

    order: list[str] = field(default_factory=list)
    what: dict[str, tuple[str, str]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def listen(self, cdp: CDPSession) -> None:
        """Note everything from now on."""
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", self._asked)
        cdp.on("Network.loadingFinished", self._came)

    def _asked(self, said: dict[str, Any]) -> None:
        if said["request"]["url"].startswith("data:"):
            return
        if said["requestId"] not in self.what:
            self.order.append(said["requestId"])
        self.what[said["requestId"]] = (said["request"]["url"], said.get("type", ""))

    def _came(self, said: dict[str, Any]) -> None:
        self.bytes[said["requestId"]] = int(said["encodedDataLength"])

    def total(self) -> int:
        """Bytes over the wire, with headers."""
        return sum(self.bytes.values())

    def addresses(self) -> list[str]:
        """What was asked for, in order."""
        return [self.what[one][0] for one in self.order]


@dataclass
class Visit:
    """One cold visit to the questions: a page and all that it fetched."""

    page: Page
    cdp: CDPSession
    fetched: Fetched

    def first_load(self) -> tuple[int, int]:
        """How many requests had begun when the page was loaded, and their bytes over the wire with headers."""
        begun = self.page.evaluate(FIRST)
        return len(begun), sum(begun)

    def observed(self) -> dict[str, Any]:
        """What the page's observers have seen so far."""
        seen: dict[str, Any] = self.page.evaluate("() => window.observed")
        return seen


def visit(context: BrowserContext, code: str, line: Line | None = None, *, look: str = "") -> Visit:
    """Come in by the code and open the questions on a cold browser; the weak line begins with the questions."""
    context.request.post("/join", form={"code": code}, max_redirects=0)
    page = context.new_page()
    page.add_init_script(f"({OBSERVED})()")
    cdp = context.new_cdp_session(page)
    fetched = Fetched()
    fetched.listen(cdp)
    if line is not None:
        line.over(cdp)
    page.goto(f"/answer?look={look}" if look else "/answer", wait_until="load", timeout=60_000)
    page.wait_for_function("() => observed.largest > 0", timeout=60_000)
    return Visit(page, cdp, fetched)


def walk(page: Page, pause: int = 0) -> None:
    """From the first screen to the check as a finger does it: answer, Next, now and then Back; with pauses, if they matter."""
    page.click("#start")
    if page.locator("#way-out").is_visible():
        page.click("#way-out .pair a:first-child")
    for number in range(200):
        shown = page.locator(".step:visible")
        if shown.get_attribute("id") == "check":
            return
        label = shown.locator("label:has(input[type=radio]), label:has(input[type=checkbox])").first
        if label.count():
            label.click()
            page.wait_for_timeout(pause)
        page.click("#next")
        page.wait_for_timeout(pause)
        if number % 5 == 4 and page.locator("#check").is_hidden():
            page.click("#back")
            page.click("#next")
    raise AssertionError("the check never came")
