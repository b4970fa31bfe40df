"""The gate every page state passes: axe-core, our own probes, and HTML that a strict parser takes.

axe is given by `evaluate`, because the policy rightly refuses an injected script. What axe cannot decide ("incomplete") must
stand on the list below with the reason, or it fails like a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Response, expect

from questionnaires.words_patterns import SENSES, reading_grade
from survey.languages import direction
from tests.markup import markup_faults

__all__ = [
    "Documents",
    "assert_passes",
    "assert_speaks",
    "assert_survives_large_system_text",
    "assert_survives_text_spacing",
    "faults",
    "markup_faults",
    "note_listeners",
    "probe_faults",
]

HERE = Path(__file__).parent
AXE = (HERE / "axe" / "axe.min.js").read_text(encoding="utf-8")
PROBES = (HERE / "probes.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
UNDECIDED = (
    # A wide table scrolls sideways, and axe looks at what is cut off too; the tokens' contrasts are computed in test_look.
    ("color-contrast", "elmPartiallyObscured", ".scroll *"),
    # The poster's heading stands in a grid with its picture; black on white whatever the theme, computed in test_look.
    ("color-contrast", "elmPartiallyObscured", ".poster h1"),
    # In forced colours the system chooses both colours, and axe reads the ones that we gave.
    ("color-contrast", "equalRatio", ".button"),
    # A sign that is no letter, or one digit: axe does not say whether it is text. Their colours are the tokens' too.
    ("color-contrast", "nonBmp", "*"),
    ("color-contrast", "shortTextContent", "*"),
    # What lies under something else just then, such as the row at the top, is looked at where it lies free.
    ("color-contrast", "bgOverlap", "main *"),
    # A label that holds a drawing and words; the probe asks for the words.
    ("label-content-name-mismatch", "", ".opt input"),
    # A frame's page is a page of its own, and passes as one.
    ("frame-tested", "", "iframe"),
    # A radio inside its label: the label is the target, and the probe measures it.
    ("target-size", "", ".opt input"),
)
"""What axe may leave undecided: the rule, the reason that axe gives (empty: any), and which parts of a page."""
EXPERIMENTAL = ("css-orientation-lock", "label-content-name-mismatch")
HARDEST_GRADE = 10.0
"""School grade of a question by Flesch and Kincaid, about 15 years of age. A guess by counting: the library's hardest has 8.4."""
LISTENERS = """(() => {
  const add = EventTarget.prototype.addEventListener;
  window.heardListens = [];
  EventTarget.prototype.addEventListener = function (type, ...more) {
    window.heardListens.push([this, type]);
    return add.call(this, type, ...more);
  };
})()"""
ASKED = """() => [...document.querySelectorAll('fieldset.step, #intro p')].filter(e => e.checkVisibility() && !e.closest('.ease'))
  .map(e => [e.querySelector('legend [id^=t-]') ?? '', e.innerText, (e.querySelector('[id^=t-]') ?? e).closest('[lang]').lang])
  .map(([asked, words, lang]) => [asked.textContent ?? '', words, lang])"""
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 800}
LIGHT = {"viewport": PHONE, "color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}
LOOKS: dict[str, dict[str, Any]] = {
    "phone": LIGHT,
    "dark": {**LIGHT, "color_scheme": "dark"},
    "forced colours": {**LIGHT, "forced_colors": "active"},
    "less motion": {**LIGHT, "reduced_motion": "reduce", "viewport": DESK},
}
"""What one browser can look like from one moment to the next: each state is reached once and looked at in all of them."""
LARGE = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
NEUTRAL = re.compile(r"abuse|exploit|\bcse\b|groom|\bsex|violen|victim", re.IGNORECASE)
TEXT_SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    " p { margin-bottom: 2em !important }"
)
DOUBLED_TEXT = "html { font-size: 200% !important }"
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(e => {
  const s = getComputedStyle(e);
  const hides = v => v === 'hidden' || v === 'clip';
  if (e.closest('.away, svg, .scroll') || !e.checkVisibility()) return false;
  return (hides(s.overflowY) && e.scrollHeight > e.clientHeight + 1) || (hides(s.overflowX) && e.scrollWidth > e.clientWidth + 1);
}).map(e => e.outerHTML.slice(0, 120))"""


RUN = """async ([tags, rules, allowed]) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete'],
    rules: Object.fromEntries(rules.map(rule => [rule, {enabled: true}]))});
  const reasons = node => [...node.any, ...node.all, ...node.none].map(check => check.data?.messageKey ?? '');
  const stands = (rule, node) => allowed.some(([of, reason, part]) => of === rule
    && (!reason || reasons(node).every(one => one === reason)) && document.querySelector(node.target[0])?.matches(part));
  for (const one of found.incomplete) one.nodes = one.nodes.filter(node => !stands(one.id, node));
  return {violations: found.violations, incomplete: found.incomplete.filter(one => one.nodes.length)};
}"""


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds, and what it leaves undecided without our leave."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, once a document
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(RUN, [TAGS, EXPERIMENTAL, UNDECIDED])
    said = [_line("axe", one) for one in found["violations"]]
    return said + [_line("axe cannot tell", one) for one in found["incomplete"]]


def _line(who: str, one: dict[str, Any]) -> str:
    where = "; ".join(f"{node['html'][:120]} ({node.get('failureSummary', '')[:160]})" for node in one["nodes"][:3])
    return f"{who}: {one['id']} ({len(one['nodes'])}): {where}"


SHOW_ALL = """() => {
  const away = [...document.querySelectorAll('#answer .step[hidden]')];
  for (const step of away) step.hidden = false;
  window.heardShowsAgain = () => { for (const step of away) step.hidden = true; };
}"""


def axe_faults_of_all_steps(page: Page) -> list[str]:
    """What axe-core finds where all steps are shown one below another, as they are without script and on paper."""
    page.evaluate(SHOW_ALL)
    found = axe_faults(page)
    page.evaluate("() => window.heardShowsAgain()")
    return found


def probe_faults(page: Page) -> list[str]:
    """What our probes find."""
    return [f"probe: {fault}" for fault in page.evaluate(PROBES)]


def note_listeners(context: BrowserContext) -> None:
    """Note from the start what listens to what, so that the probe sees a control that is made of script alone."""
    context.add_init_script(LISTENERS)


def word_faults(page: Page) -> list[str]:
    """What a child is asked names things by their words, and is no harder than a child can read."""
    said = []
    for question, words, lang in page.evaluate(ASKED):
        if not lang.startswith("en"):
            continue
        if match := SENSES.search(words):
            said.append(f"words: {match.group()!r} needs eyes or ears: {words[:80]!r}")
        if question and (grade := reading_grade(question)) > HARDEST_GRADE:
            said.append(f"words: reading grade {grade:.0f}: {question!r}")
    return said


def faults(page: Page, *, axe: bool = True) -> list[str]:
    """Everything that keeps a page state from passing; `axe` is left out where the page passed as a whole."""
    said = [*(axe_faults(page) if axe else ()), *probe_faults(page), *word_faults(page)]
    title = page.title()
    if NEUTRAL.search(title) and "/staff" not in page.url:
        said.append(f"title: {title!r} is not neutral")
    return said


class Documents:
    """The documents that a page is made of, as they were sent: first the one that stands there, then whatever comes."""

    def __init__(self, page: Page) -> None:
        self._came: list[Response] = []
        self._first = page.request.get(page.url).text() if page.url.startswith("http") else ""
        page.on("response", lambda reply: self._came.append(reply) if reply.request.is_navigation_request() else None)

    def faults(self) -> list[str]:
        """What is wrong with the markup of those that came since the last time."""
        came, self._came = self._came, []
        texts = [self._first, *(_text(reply) for reply in came if not 300 <= reply.status < 400)]
        self._first = ""
        return [f"markup: {fault}" for text in texts if text for fault in markup_faults(text)]


def _text(reply: Response) -> str:
    """What came; of a page that has gone meanwhile the browser holds nothing any more."""
    try:
        return reply.text()
    except Error:
        return ""


def wear(page: Page, look: str) -> None:
    """Let the browser look so from now on."""
    media = {**LOOKS[look]}
    page.set_viewport_size(media.pop("viewport"))
    page.emulate_media(**media)


def assert_passes(page: Page, state: str = "") -> None:
    """A page state passes the gate."""
    found = faults(page)
    assert found == [], f"{page.url} {state}: {found}"


@contextmanager
def restyled(page: Page, css: str) -> Iterator[None]:
    """The page under a reader's own rules, and then as it was."""
    # A constructed sheet is the reader's, not the page's: the policy rightly refuses an inline style.
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", css
    )
    yield
    page.evaluate("document.adoptedStyleSheets = []")


def assert_speaks(page: Page, language: str, state: str = "") -> None:
    """The page itself is in this language, and runs as it is written: what is not shown in it was not looked at in it."""
    expect(page.locator(f"html[lang='{language}'][dir={direction(language)}]"), f"{page.url} {state}").to_be_attached()


def assert_survives_text_spacing(page: Page) -> None:
    """Nothing is cut off when a reader sets their own spacing (1.4.12) or doubles the text (1.4.4)."""
    for css in (TEXT_SPACING, DOUBLED_TEXT):
        with restyled(page, css):
            assert page.evaluate(CLIPPED) == [], css
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways under {css}"


def assert_survives_large_system_text(page: Page) -> None:
    """Whoever has the words of the whole device twice as large has them so here too, and nothing is cut off (1.4.4)."""
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    was = page.evaluate(size)
    device = page.context.new_cdp_session(page)
    device.send("Emulation.setEmulatedOSTextScale", {"scale": 2})
    assert page.evaluate(size) == 2 * was
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways in large text"
    device.detach()
