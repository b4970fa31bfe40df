"""The whole way by keyboard alone: every stop is seen, none is hidden, and nothing needs a pointer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from questionnaires.instrument import LEFT_BLANK
from tests.journeys.pupil import Pupil
from tests.live import Grounds

MOST_STOPS = 60

# Where the focus is, whether a ring shows there, and whether it is really on top at its own place.
STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  const label = e.closest('label');
  return {
    what: `${e.tagName.toLowerCase()} ${e.id || e.name || ''} ${e.value || e.textContent.trim().slice(0, 30)}`,
    ring: e.matches(':focus-visible') && ((parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none')
      || style.boxShadow !== 'none'),
    inside: box.top >= 0 && box.left >= -1 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1,
    onTop: !!top && (e.contains(top) || top.contains(e) || !!label?.contains(top)),
  };
}"""


class Keys:
    """A keyboard that looks at each stop."""

    def __init__(self, page: Page) -> None:
        self.page, self.stops = page, 0

    def press(self, key: str) -> None:
        """Press a key and look where one has come."""
        self.page.keyboard.press(key)
        stop = self.page.evaluate(STOP)
        if stop is None:
            return
        self.stops += 1
        assert stop["ring"], f"no ring at {stop['what']}"
        assert stop["inside"], f"out of sight: {stop['what']}"
        assert stop["onTop"], f"covered: {stop['what']}"

    def tab_to(self, selector: str) -> None:
        """Tab until the element has the focus."""
        for _ in range(MOST_STOPS):
            if self.page.evaluate("s => !!document.activeElement?.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by Tab")

    def enter(self) -> None:
        """Press Enter on what has the focus."""
        self.page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [(390, 780), (320, 256), (1280, 720)], ids=["phone", "400 per cent", "desk"])
def test_the_whole_way_by_keyboard(
    context_of: Callable[..., BrowserContext], outings: Grounds, size: tuple[int, int]
) -> None:
    room = outings.room("own", "before")
    page = context_of(viewport={"width": size[0], "height": size[1]}).new_page()
    keys, pupil = Keys(page), Pupil(page)
    page.goto("/")
    keys.tab_to("#code")
    page.keyboard.type(room.shown)
    keys.enter()
    page.wait_for_url("**/answer")
    keys.tab_to("#start")
    keys.enter()
    assert pupil.focused() == "travelled"
    keys.tab_to("#q-travelled input")
    page.keyboard.press("Space")
    for _ in range(5):  # a walk round the whole group, as Tab alone visits one radio of it
        keys.press("ArrowDown")
    assert pupil.option("travelled", "bus").is_checked()
    keys.tab_to("#next")
    keys.enter()
    keys.tab_to('#q-bus_full input[value="full"]')
    page.keyboard.press("Space")
    keys.enter()
    assert pupil.focused() == "packed", "Enter inside a question goes on, it sends nothing"
    for value in ("lunch", "book"):
        keys.tab_to(f'#q-packed input[value="{value}"]')
        page.keyboard.press("Space")
    keys.enter()
    keys.tab_to("#i-stops")
    page.keyboard.type("7")
    keys.enter()
    keys.enter()
    assert pupil.at() == "liked", "Enter on a heading does nothing"
    keys.tab_to("#next")
    keys.enter()
    assert pupil.focused() == "check"
    keys.tab_to("#answers button")
    keys.enter()
    assert pupil.at() == "travelled"
    page.go_back()
    assert pupil.focused() == "check"
    keys.tab_to("#send")
    keys.enter()
    page.wait_for_url("**/thanks")
    ((_, answers),) = room.stored()
    assert answers == {
        "travelled": "bus",
        "bus_full": "full",
        "packed": ("lunch", "book"),
        "stops": 7,
        "liked": LEFT_BLANK,
    }
    assert keys.stops > 20


def test_no_trap_and_an_order_that_follows_the_page(page: Page, tours: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(tours.room("shared", "before").code)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop is the way to the main part"
    seen = []
    for _ in range(MOST_STOPS):
        stop = page.evaluate(
            "(e => e && e !== document.body ? e.id || e.textContent.trim() : '')(document.activeElement)"
        )
        if seen and stop in ("", seen[0]):
            break
        seen.append(stop)
        page.keyboard.press("Tab")
    assert seen.index("help-link") < seen.index("leave-link") < seen.index("start")
    assert len(seen) < MOST_STOPS


def test_focus_is_never_lost_between_steps(page: Page, tours: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(tours.room("own", "before").code)
    pupil.start()
    while (at := pupil.at()) != "check":
        assert pupil.focused() == at
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        pupil.next()
    for _ in range(3):
        pupil.back()
        assert pupil.focused() == pupil.at()
    page.keyboard.press("Escape")
    assert pupil.focused() == pupil.at()
