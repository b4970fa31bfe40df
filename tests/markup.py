"""What a strict parser and a few rules find in a page as it was sent, in the manner of html-validate but without a browser.

Each rule takes the parsed page and yields a sentence for each fault. What needs layout, colours or script is probed in a
real browser (tests/journeys/gate.py); what stands here is quick enough for every page of the whole application.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import html5lib

CONTROLS = ("input", "select", "textarea")
INTERACTIVE = {"a", "button", "select", "textarea", "summary", "input", "label", "audio", "video", "iframe"}
INSIDE_LABEL = {"input", "select", "textarea"}
POINTS = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage")
ONE_POINT = ("for", "list", "form", "headers", "aria-activedescendant")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
ROLES = {
    "alert", "alertdialog", "dialog", "group", "img", "list", "listitem", "log", "navigation", "none", "note",
    "presentation", "region", "search", "status", "radiogroup", "progressbar",
    # A table that stacks on a phone keeps its parts by their roles, as `display` would take them away.
    "table", "rowgroup", "row", "columnheader", "rowheader", "cell",
}  # fmt: skip
AUTOFILL = {
    "off", "on", "name", "email", "username", "current-password", "new-password", "one-time-code", "tel", "organization",
    "webauthn", "url", "bday-year",
}  # fmt: skip
HELD = {
    "ul": {"li", "template"},
    "ol": {"li", "template"},
    "dl": {"dt", "dd", "div", "template"},
    "select": {"option", "optgroup"},
}
SUBMITS = ("submit", "button", "reset", "image", "hidden")


class Page:
    """A parsed page with what the rules ask of it."""

    def __init__(self, html: str) -> None:
        self.html = html
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.errors = [f"parse: {code} at {place} {more}" for place, code, more in parser.errors]
        self.all = [element for element in self.root.iter() if isinstance(element.tag, str)]
        self.parents = {child: parent for parent in self.all for child in parent}
        self.ids = Counter(str(element.get("id")) for element in self.all if element.get("id") is not None)

    def each(self, *tags: str) -> Iterator[Element]:
        """The elements of these names, in order."""
        return (element for element in self.all if element.tag in tags)

    def above(self, element: Element) -> Iterator[Element]:
        """What an element stands in, from the inside out."""
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent

    def waits(self, element: Element) -> bool:
        """It stands in a template: script takes it out when it is wanted."""
        return any(parent.tag == "template" for parent in self.above(element))


def words_of(element: Element) -> str:
    """What is read of an element: its text and the alternatives of its pictures, not what is hidden from readers."""
    if element.get("aria-hidden") == "true" or element.tag in ("script", "style"):
        return ""
    if element.get("aria-label"):
        return str(element.get("aria-label"))
    said = [element.text or "", element.get("alt") or ""]
    for child in element:
        said += [words_of(child) if isinstance(child.tag, str) else "", child.tail or ""]
    return " ".join(" ".join(said).split())


def seen(element: Element) -> str:
    """An element as a fault shows it."""
    attributes = "".join(f' {name}="{value[:40]}"' for name, value in list(element.attrib.items())[:5])
    return f"<{element.tag}{attributes}> {words_of(element)[:40]}".strip()


def _document(page: Page) -> Iterator[str]:
    root = page.root
    if not LANGUAGE.fullmatch(root.get("lang") or "") or root.get("dir") not in ("ltr", "rtl"):
        yield f"no lang or dir that is one: {root.get('lang')!r} {root.get('dir')!r}"
    titles = [words_of(title) for title in page.each("title")]
    if len(titles) != 1 or not titles[0].removesuffix("– Heard").strip():
        yield f"no title: {titles}"
    if not page.html.lstrip().lower().startswith("<!doctype html>"):
        yield "no doctype"
    for meta in page.each("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            yield "meta refresh: the page moves on by itself"
        if meta.get("name") == "viewport" and re.search(
            r"user-scalable\s*=\s*(no|0)|maximum-scale", meta.get("content") or ""
        ):
            yield f"zoom is disabled: {meta.get('content')}"
    if not any(meta.get("name") == "viewport" for meta in page.each("meta")):
        yield "no viewport"
    for tag in ("main", "body"):
        if sum(not page.waits(one) for one in page.each(tag)) != 1:
            yield f"not one <{tag}>"


def _languages(page: Page) -> Iterator[str]:
    for element in page.all:
        if (lang := element.get("lang")) is not None and not LANGUAGE.fullmatch(lang):
            yield f"lang {lang!r} is none: {seen(element)}"
        if element.get("dir") not in (None, "ltr", "rtl", "auto"):
            yield f"dir {element.get('dir')!r} is none: {seen(element)}"


def _ids(page: Page) -> Iterator[str]:
    for name, count in page.ids.items():
        if count > 1:
            yield f"id {name!r} stands {count} times"
        if not name or re.search(r"\s", name):
            yield f"id {name!r} is none"


def _points(page: Page) -> Iterator[str]:
    for element in page.all:
        for name in POINTS:
            if element.get(name) is None:
                continue
            wanted = str(element.get(name)).split()
            missing = [one for one in wanted if one not in page.ids]
            if missing or not wanted:
                yield f"{name} points at {missing or 'nothing'}: {seen(element)}"
        for name in ONE_POINT:
            if (one := element.get(name)) is not None and element.tag != "meta" and one not in page.ids:
                yield f"{name} points at {one!r}, which is not there: {seen(element)}"
        href = element.get("href") or ""
        if element.tag == "a" and len(href) > 1 and href.startswith("#") and href[1:] not in page.ids:
            yield f"href points at {href!r}, which is not there: {seen(element)}"


def _nesting(page: Page) -> Iterator[str]:
    for element in page.all:
        inside = {str(parent.tag) for parent in page.above(element)}
        if element.tag in INTERACTIVE and element.get("type") != "hidden":
            around = inside & {"a", "button", "summary"}
            around |= {"label"} & inside if element.tag not in INSIDE_LABEL else set()
            if around:
                yield f"<{element.tag}> inside <{'>, <'.join(sorted(around))}>: {seen(element)}"
        if element.tag in HELD:
            strange = {str(child.tag) for child in element if isinstance(child.tag, str)} - HELD[str(element.tag)]
            if strange:
                yield f"<{element.tag}> holds {sorted(strange)}: {seen(element)}"
        if element.tag == "li" and page.parents[element].tag not in ("ul", "ol", "template"):
            yield f"<li> outside a list: {seen(element)}"
        if element.tag in ("dt", "dd") and page.parents[element].tag not in ("dl", "div"):
            yield f"<{element.tag}> outside a list: {seen(element)}"
        if element.tag in ("legend", "caption", "summary") and page.parents[element][0] is not element:
            yield f"<{element.tag}> is not the first of what it names: {seen(element)}"


def _headings(page: Page) -> Iterator[str]:
    heads = [one for one in page.each("h1", "h2", "h3", "h4", "h5", "h6") if not page.waits(one)]
    first = [one for one in heads if one.tag == "h1"]
    if len(first) != 1:
        yield f"{len(first)} h1"
    level = 0
    for head in heads:
        now = int(str(head.tag)[1])
        # A heading before the h1 names what comes first, as the summary of faults does.
        if level and now > level + 1:
            yield f"heading level skipped, from h{level} to h{now}: {seen(head)}"
        level = now
    yield from (f"empty heading: {seen(head)}" for head in heads if not words_of(head))


def _fields(page: Page) -> Iterator[str]:
    labels = {label.get("for"): label for label in page.each("label") if label.get("for")}
    for field in page.each(*CONTROLS):
        if field.get("type") in SUBMITS:
            continue
        label = labels.get(field.get("id")) if field.get("id") else None
        around = next((one for one in page.above(field) if one.tag == "label"), None)
        named = " ".join(words_of(one) for one in (label, around) if one is not None)
        if not named.strip() and not field.get("aria-labelledby") and not field.get("aria-label"):
            yield f"no label: {seen(field)}"
        if field.get("placeholder"):
            yield f"placeholder as a label: {seen(field)}"
        if field.get("type") == "range":
            yield f"a slider: {seen(field)}"
        if field.get("onpaste"):
            yield f"paste may be blocked: {seen(field)}"
        yield from _autofill(page, field)


def _groups(page: Page) -> Iterator[str]:
    for group in page.each("fieldset"):
        if not len(group) or group[0].tag != "legend" or not words_of(group[0]):
            yield f"fieldset without a legend: {seen(group)}"
    several = Counter((one.get("name"), one.get("form")) for one in page.each("input") if one.get("type") == "radio")
    for field in page.each("input"):
        grouped = any(one.tag == "fieldset" or one.get("role") in ("group", "radiogroup") for one in page.above(field))
        if field.get("type") == "radio" and several[field.get("name"), field.get("form")] > 1 and not grouped:
            yield f"no fieldset with a legend: {seen(field)}"


def _autofill(page: Page, field: Element) -> Iterator[str]:
    """Staff fields name what they want; a young person's form remembers nothing."""
    given = (field.get("autocomplete") or "").split()
    if [one for one in given if one not in AUTOFILL and not one.startswith("section-")]:
        yield f"autocomplete {given} is none: {seen(field)}"
    form = next((one for one in page.above(field) if one.tag == "form"), None)
    off = "off" in given or (form is not None and form.get("autocomplete") == "off")
    young = any("young" in (body.get("class") or "").split() for body in page.each("body"))
    if young and field.get("type") not in ("radio", "checkbox") and not off:
        yield f"the device may remember it: {seen(field)}"
    if not young and field.get("type") in ("email", "password") and not given:
        yield f"no autocomplete: {seen(field)}"


def _inline(page: Page) -> Iterator[str]:
    for element in page.all:
        if element.get("style") is not None:
            yield f"style attribute: {seen(element)}"
        yield from (f"inline script: {element.tag} {name}" for name in element.attrib if str(name).startswith("on"))
        if element.tag == "script" and not element.get("src"):
            yield f"inline script: {(element.text or '')[:60]}"
        if (element.get("href") or "").lower().startswith(("javascript:", "data:text")):
            yield f"inline script: {seen(element)}"
    if len(list(page.each("style"))) > 1:
        yield "more than the one style"


def _names(page: Page) -> Iterator[str]:
    for element in page.each("a", "button", "summary", "th", "label", "legend", "caption", "option", "figcaption"):
        if element.tag == "a" and element.get("href") is None and element.get("id") is None:
            yield f"a link to nowhere: {seen(element)}"
        if element.tag == "th" and page.parents[element].tag == "tr" and page.parents[element][0] is element:
            continue  # the corner of a table may be empty
        nothing_yet = element.tag == "option" and element.get("value") == ""
        named = words_of(element) or element.get("aria-labelledby") or nothing_yet
        if not named and element.get("hidden") is None:
            yield f"empty <{element.tag}>: {seen(element)}"
        if element.get("target") == "_blank" and "noopener" not in (element.get("rel") or ""):
            yield f"a new page that can reach back: {seen(element)}"
    yield from (f"no alt: {seen(image)}" for image in page.each("img") if image.get("alt") is None)
    yield from (f"no title: {seen(frame)}" for frame in page.each("iframe") if not frame.get("title"))
    for picture in page.each("svg", "{http://www.w3.org/2000/svg}svg"):
        named = picture.get("aria-label") or picture.get("aria-labelledby") or any(words_of(one) for one in picture)
        if not named and not any(one.get("aria-hidden") == "true" for one in (picture, *page.above(picture))):
            yield f"a drawing without a name that is not hidden: {seen(picture)}"
    navs = [(nav.get("aria-label") or nav.get("aria-labelledby")) for nav in page.each("nav") if not page.waits(nav)]
    if len(navs) > 1 and len(set(navs)) < len(navs):
        yield f"two navigations of one name: {navs}"


def _aria(page: Page) -> Iterator[str]:
    for element in page.all:
        if (role := element.get("role")) is not None and role not in ROLES:
            yield f"role {role!r}: a real element does that: {seen(element)}"
        if (index := element.get("tabindex")) is not None and index not in ("0", "-1"):
            yield f"positive tabindex: {seen(element)}"
        if element.get("aria-hidden") == "true":
            inside = [one for one in element.iter() if one.tag in INTERACTIVE - {"label"} or one.get("tabindex") == "0"]
            yield from (f"aria-hidden, yet it can be reached: {seen(one)}" for one in inside)
        if (label := element.get("aria-label")) is not None and element.tag in ("a", "button", "label"):
            shown = " ".join("".join(map(str, element.itertext())).split()).lower()
            if not label.strip() or (shown and shown not in label.lower()):
                yield f"aria-label differs from the words: {seen(element)} {shown[:40]!r}"
        if element.get("draggable") == "true":
            yield f"something to drag: {seen(element)}"
        empty = element.tag in ("p", "output") and not len(element) and not (element.text or "").strip()
        spoken = any(
            one.get("role") in ("status", "alert", "log") or one.get("aria-live")
            for one in (element, *page.above(element))
        )
        if empty and element.get("id") and not spoken:
            yield f"status text without a role: {seen(element)}"


def _tables(page: Page) -> Iterator[str]:
    for table in page.each("table"):
        heads = list(table.iter("th"))
        if not heads:
            yield f"table without header cells: {seen(table)}"
        yield from (
            f"header cell of no direction: {seen(head)}"
            for head in heads
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup")
        )
        if table.find("caption") is None and not table.get("aria-labelledby") and not table.get("aria-label"):
            yield f"table without a caption: {seen(table)}"


def _errors(page: Page) -> Iterator[str]:
    """A fault that is told beside a field is said with that field as well."""
    described = {one for element in page.all for one in (element.get("aria-describedby") or "").split()}
    for element in page.all:
        told = "error" in (element.get("class") or "").split() and element.get("hidden") is None
        if told and not page.waits(element) and element.get("id") not in described:
            yield f"error not linked to a field: {seen(element)}"


RULES: tuple[Callable[[Page], Iterator[str]], ...] = (
    _document, _languages, _ids, _points, _nesting, _headings, _fields, _groups, _inline, _names, _aria, _tables, _errors,
)  # fmt: skip


def markup_faults(html: str) -> list[str]:
    """Everything that is wrong with a page as it was sent."""
    page = Page(html)
    return [*page.errors, *(fault for rule in RULES for fault in rule(page))]
