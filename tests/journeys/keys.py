"""A keyboard that looks where it has come: every stop shows a ring, is in sight, and nothing lies over it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 60

# Where the focus is, whether a ring shows there, and whether it is really on top at its own place.
STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  // Of a large box for words the browser brings into sight the line that is written on.
  const bottom = e.matches('textarea') ? box.top + 1.5 * parseFloat(style.fontSize) : box.bottom;
  const x = box.left + box.width / 2, y = (box.top + bottom) / 2;
  const top = document.elementFromPoint(x, y);
  const label = e.closest('label');
  return {
    id: e.id, name: e.name ?? '', value: e.value ?? '', type: e.type ?? '', away: !!e.closest('.away'),
    what: `${e.tagName.toLowerCase()} ${e.id || e.name || ''} ${e.value || e.textContent.trim().slice(0, 30)}`,
    ring: e.matches(':focus-visible') && ((parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none')
      || style.boxShadow !== 'none'),
    inside: box.top >= 0 && box.left >= -1 && bottom <= innerHeight + 1 && box.right <= innerWidth + 1,
    onTop: !!top && (e.contains(top) || top.contains(e) || !!label?.contains(top)),
  };
}"""

GROUPS = "part => [...new Set([...document.querySelectorAll(`${part} [type=radio]`)].map(radio => radio.name))]"


class Keys:
    """A keyboard that looks at each stop."""

    def __init__(self, page: Page) -> None:
        self.page, self.stops = page, 0

    def press(self, key: str) -> dict[str, Any] | None:
        """Press a key and look where one has come."""
        self.page.keyboard.press(key)
        stop: dict[str, Any] | None = self.page.evaluate(STOP)
        if stop is None:
            return None
        self.stops += 1
        assert stop["ring"], f"no ring at {stop['what']}"
        assert stop["inside"], f"out of sight: {stop['what']}"
        assert stop["onTop"], f"covered: {stop['what']}"
        return stop

    def tab_to(self, selector: str) -> None:
        """Tab until the element has the focus."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")  # a heading may just be given the focus
        for _ in range(MOST_STOPS):
            if self.page.evaluate("s => !!document.activeElement?.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by Tab")

    def enter(self) -> None:
        """Press Enter on what has the focus."""
        self.page.keyboard.press("Enter")

    def arrows(self) -> list[str]:
        """Walk once round the radio group that has the focus, as Tab alone visits one radio of it; returns its values."""
        first = self.page.evaluate(STOP)
        size = self.page.evaluate("name => document.getElementsByName(name).length", first["name"])
        seen = []
        for _ in range(size):
            stop = self.press("ArrowDown")
            assert stop is not None and stop["name"] == first["name"], f"the arrows lead out of {first['name']}"
            seen.append(stop["value"])
        assert len(set(seen)) == size, f"the arrows do not reach every answer of {first['name']}: {seen}"
        return seen

    def round_the_groups(self, within: str) -> None:
        """Choose in each group of radios within a part of the page, and walk round it by the arrows."""
        names = self.page.evaluate(GROUPS, within)
        for name in names:
            self.tab_to(f'{within} [name="{name}"]')
            self.page.keyboard.press("Space")
            self.arrows()

    def round_the_page(self) -> list[str]:
        """Tab from the top until the page is left; returns the stops, and refuses a trap and an order against the page's."""
        self.page.evaluate(
            "async () => { await new Promise(requestAnimationFrame); document.activeElement?.blur();"
            " getSelection().removeAllRanges(); scrollTo(0, 0); }"
        )
        met: list[str] = []
        places: list[int] = []
        for _ in range(MOST_STOPS):
            stop = self.press("Tab")
            if stop is None or (met and stop["what"] == met[0]):
                break
            assert not met or stop["what"] != met[-1] or stop["type"] == "checkbox", f"stuck at {met[-1]}"
            met.append(stop["what"])
            places.append(
                self.page.evaluate("() => [...document.querySelectorAll('*')].indexOf(document.activeElement)")
            )
        assert len(met) < MOST_STOPS, f"a trap: {met[-4:]}"
        start = places.index(min(places)) if places else 0
        assert places[start:] + places[:start] == sorted(places), f"the focus jumps against the page's order: {met}"
        return met
