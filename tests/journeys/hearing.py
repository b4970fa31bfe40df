"""What a screen reader is told of a page, as lines of text: the browser's own accessibility tree, made short and the same
every time.

A line is one thing: its role, its name, what stands in it, its states, and what describes it; what it holds follows, further
in. Whatever the browser itself leaves out is left out, and so is text that the name of its own thing has said already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

SEEN_THROUGH = {"none", "generic", "paragraph", "form", "LabelText", "Legend", "DescriptionList", "MenuListPopup"}
"""Roles of which nothing is said without a name: what they hold stands in their place."""
LEFT_OUT = {"InlineTextBox", "ListMarker", "LineBreak"}
CALLED = {"StaticText": "text", "DisclosureTriangle": "summary"}
"""Where the browser has a name of its own for a role."""
NAMED_BY_WORDS = {"heading", "link", "button", "radio", "checkbox", "option", "DisclosureTriangle", "textbox", "term"}
"""Roles whose name, or value, is the words within, which are not said again."""
STATES = ("focused", "required", "invalid", "disabled", "readonly", "checked", "selected", "modal", "busy")
"""Said of what is so; nothing is said of what is not."""

Node = dict[str, Any]


def told(page: Page) -> str:
    """The page as it is now, a line for each thing. The focus comes with the frame, which is waited for."""
    page.evaluate("() => new Promise(requestAnimationFrame)")
    browser = page.context.new_cdp_session(page)
    nodes: dict[str, Node] = {node["nodeId"]: node for node in browser.send("Accessibility.getFullAXTree")["nodes"]}
    browser.detach()
    (root,) = (node for node in nodes.values() if "parentId" not in node)
    return "\n".join(line for one in _held(nodes, root) for line in _lines(nodes, one, 0, "", is_live=False))


def _lines(nodes: dict[str, Node], node: Node, depth: int, said: str, *, is_live: bool) -> Iterator[str]:
    """The line of a node and those of what it holds. `said`: words that are said; `is_live`: it lies in a live region."""
    role, name, has = _role(node), _text(node, "name"), _properties(node)
    if role in LEFT_OUT or (role == "StaticText" and name.lower() in said.lower()):
        return
    speaks = not is_live and has.get("live", "off") != "off"
    if not node["ignored"] and (speaks or name or role not in SEEN_THROUGH):
        yield f"{'  ' * depth}- {' '.join(_words(node, has, speaks=speaks))}"
        depth, is_live = depth + 1, is_live or speaks
        said = f"{name} {_text(node, 'value')}" if role in NAMED_BY_WORDS else ""
    if role == "LabelText":  # its words are the name of the control in it
        said = " ".join((said, *(_text(one, "name") for one in _within(nodes, node) if _role(one) in NAMED_BY_WORDS)))
    for one in _held(nodes, node):
        yield from _lines(nodes, one, depth, said, is_live=is_live)


def _words(node: Node, has: dict[str, Any], *, speaks: bool) -> Iterator[str]:
    role = _role(node)
    yield CALLED.get(role, role)
    if name := _text(node, "name"):
        yield _quoted(name)
    if value := _text(node, "value"):
        yield f"= {_quoted(value)}"
    if "level" in has:
        yield f"level {has['level']}"
    if "expanded" in has:
        yield "open" if has["expanded"] else "folded"
    yield from (state for state in STATES if has.get(state, False) not in (False, "false"))
    if speaks:
        yield f"live {has['live']}"
    if description := _text(node, "description"):
        yield f"described {_quoted(description)}"


def _held(nodes: dict[str, Node], node: Node) -> list[Node]:
    return [nodes[one] for one in node.get("childIds", ()) if one in nodes]


def _within(nodes: dict[str, Node], node: Node) -> Iterator[Node]:
    for one in _held(nodes, node):
        yield one
        yield from _within(nodes, one)


def _role(node: Node) -> str:
    return str(node.get("role", {}).get("value", "none"))


def _text(node: Node, part: str) -> str:
    return " ".join(str(node.get(part, {}).get("value", "")).split())


def _properties(node: Node) -> dict[str, Any]:
    return {one["name"]: one["value"].get("value") for one in node.get("properties", ())}


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
