"""The gate every page state passes: axe-core, our own probes, and HTML that a strict parser takes.

axe is given by `evaluate`, because the policy rightly refuses an injected script. What axe cannot decide ("incomplete") must
stand on the list below with the reason, or it fails like a fault.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import html5lib
from playwright.sync_api import Page

HERE = Path(__file__).parent
AXE = (HERE / "axe" / "axe.min.js").read_text(encoding="utf-8")
PROBES = (HERE / "probes.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
UNDECIDED = {
    # Text on the sticky row or under an image cannot be computed by axe; the tokens' contrasts are computed in test_look.
    "color-contrast": "computed from the tokens",
    # A label that holds a drawing and words; the probe asks for the words.
    "label-content-name-mismatch": "probed",
    # A radio inside its label: the label is the target, and the probe measures it.
    "target-size": "probed",
}
FIELDS = ("input", "select", "textarea")
NEUTRAL = re.compile(r"abuse|exploit|\bcse\b|groom|\bsex|violen|victim", re.IGNORECASE)
TEXT_SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    " p { margin-bottom: 2em !important }"
)
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(e => {
  const s = getComputedStyle(e);
  const hides = v => v === 'hidden' || v === 'clip';
  if (e.closest('.away, svg, .scroll') || !e.checkVisibility()) return false;
  return (hides(s.overflowY) && e.scrollHeight > e.clientHeight + 1) || (hides(s.overflowX) && e.scrollWidth > e.clientWidth + 1);
}).map(e => e.outerHTML.slice(0, 120))"""


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds, and what it leaves undecided without our leave."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete']})",
        list(TAGS),
    )
    said = [_line("axe", one) for one in found["violations"]]
    return said + [_line("axe cannot tell", one) for one in found["incomplete"] if one["id"] not in UNDECIDED]


def _line(who: str, one: dict[str, Any]) -> str:
    where = "; ".join(f"{node['html'][:120]} ({node.get('failureSummary', '')[:160]})" for node in one["nodes"][:3])
    return f"{who}: {one['id']} ({len(one['nodes'])}): {where}"


def probe_faults(page: Page) -> list[str]:
    """What our probes find."""
    return [f"probe: {fault}" for fault in page.evaluate(PROBES)]


def faults(page: Page) -> list[str]:
    """Everything that keeps a page state from passing."""
    said = [*axe_faults(page), *probe_faults(page)]
    title = page.title()
    if NEUTRAL.search(title) and "/staff" not in page.url:
        said.append(f"title: {title!r} is not neutral")
    return said


def assert_passes(page: Page, state: str = "") -> None:
    """A page state passes the gate."""
    assert faults(page) == [], f"{page.url} {state}"


def assert_survives_text_spacing(page: Page) -> None:
    """Nothing is cut off when a reader sets their own spacing (1.4.12) or doubles the text (1.4.4)."""
    for css in (TEXT_SPACING, "html { font-size: 200% !important }"):
        # A constructed sheet is the reader's, not the page's: the policy rightly refuses an inline style.
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", css
        )
        assert page.evaluate(CLIPPED) == [], css
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways under {css}"
    page.evaluate("document.adoptedStyleSheets = []")


def markup_faults(html: str) -> list[str]:
    """What a strict parser and a few rules find in a page as it was sent."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html)
    said = [f"parse: {code} at {place} {more}" for place, code, more in parser.errors]
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    said += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    labelled = {label.get("for") for label in root.iter("label")}
    inside = {id(field) for label in root.iter("label") for field in label.iter() if field.tag in FIELDS}
    for field in (element for element in root.iter() if element.tag in FIELDS):
        if field.get("type") in ("hidden", "submit", "button"):
            continue
        if id(field) not in inside and field.get("id") not in labelled and not field.get("aria-labelledby"):
            said.append(f"no label: {field.attrib}")
    waiting = sum(len(list(template.iter("h1"))) for template in root.iter("template"))
    heads = len(list(root.iter("h1"))) - waiting
    if heads != 1:
        said.append(f"{heads} h1")
    titles = ["".join(title.itertext()).strip() for title in root.iter("title")]
    if not titles or not titles[0].removesuffix("– Heard").strip():
        said.append("no title")
    if not (root.get("lang") and root.get("dir")):
        said.append("no lang or dir")
    said += [f"style attribute: {e.tag} {e.attrib}" for e in root.iter() if isinstance(e.tag, str) and e.get("style")]
    said += [f"no alt: {e.attrib}" for e in root.iter("img") if e.get("alt") is None]
    handlers = [
        (e.tag, name) for e in root.iter() for name in e.attrib if isinstance(name, str) and name.startswith("on")
    ]
    return said + [f"inline script: {tag} {name}" for tag, name in handlers]
