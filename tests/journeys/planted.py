"""The 36 faults of our research (and how a page comes by them), each to be found by the gate, by what it is meant to be found by.

A fault changes the document, its one stylesheet or its script, as careless work would have. `told` is a pattern that the
finding must match: a fault that is only found by accident, through something else that broke, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.journeys.audit import Change, Copy


@dataclass(frozen=True)
class Planted:
    """One fault, with the copy that has it and what must be said of it."""

    copy: Copy
    told: str
    options: tuple[tuple[str, Any], ...] = ()


def swap(old: str, new: str, *, count: int = 0) -> Change:
    """Put something in the place of something; pages that do not have it stay as they are."""
    return lambda text: re.sub(old, new, text, count=count, flags=re.DOTALL)


def style(css: str) -> Copy:
    """A careless line at the end of the stylesheet."""
    return Copy(html=lambda html: html.replace("</style>", f"{css}</style>"))


def html(old: str, new: str, *, count: int = 0) -> Copy:
    """A careless edit of a template."""
    return Copy(html=swap(old, new, count=count))


def script(code: str) -> Copy:
    """A careless line at the end of the script."""
    return Copy(script=lambda text: f"{text}\n{code}")


def both(one: Copy, other: Copy) -> Copy:
    """Two edits that make one fault."""
    return Copy(html=lambda text: other.html(one.html(text)), script=lambda text: other.script(one.script(text)))


def into_intro(markup: str) -> Copy:
    """Something more on the first page of the questionnaire."""
    return html(r'(<div class="pair unprinted">)', lambda found: markup + found[1])  # type: ignore[arg-type]


def in_step(key: str, edit: Callable[[str], str]) -> Copy:
    """An edit of one question only."""
    pattern = re.compile(rf'<fieldset class="step" id="q-{key}".*?</fieldset>', re.DOTALL)
    return Copy(html=lambda text: pattern.sub(lambda found: edit(found[0]), text))


WORDS = re.compile(r"<span>[^<]*</span>(?=</label>)")
LABEL = re.compile(r'<label class="opt">.*?</label>', re.DOTALL)
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
NO_GROUP = in_step("travelled", lambda text: re.sub(r"(</?)(?:fieldset|legend)\b", r"\1div", text))
SENTENCE = "Twoje odpowiedzi są tylko dla nas i nie są pokazane w szkole."
HARD = (
    "To what extent would you characterise the institutional provision of pastoral support as commensurate with "
    "your individual requirements?"
)
DRAG = """
const knob = document.querySelector('.knob');
knob?.addEventListener('pointerdown', (event) => knob.setPointerCapture(event.pointerId));
knob?.addEventListener('pointermove', (event) => { if (event.buttons) knob.dataset.value = event.clientX; });
"""
PLANTED: dict[str, Planted] = {
    "no fieldset/legend": Planted(NO_GROUP, "no fieldset with a legend"),
    "smiley image with alt='', no words": Planted(
        in_step("liked", lambda text: WORDS.sub("", SVG.sub('<img src="/static/icon.svg" alt="">', text))),
        "no words in the label",
    ),
    "emoji-only labels": Planted(
        in_step("liked", lambda text: WORDS.sub("<span>😀</span>", SVG.sub("", text))), "no words in the label"
    ),
    "clickable divs as radios": Planted(
        both(
            in_step("travelled", lambda text: LABEL.sub('<div class="opt"><span>By bus</span></div>', text)),
            script(
                "document.querySelectorAll('div.opt').forEach(e => e.addEventListener('click', () => e.classList.add('on')));"
            ),
        ),
        "acts like a control",
    ),
    "18 px targets, 2 px gaps": Planted(
        style(
            ".opt{min-block-size:0!important;block-size:18px;padding:0!important;margin:2px 0;font-size:12px;line-height:1}"
            ".opt input{inline-size:14px;block-size:14px}"
        ),
        r"target \d+x18",
    ),
    "focus outline removed": Planted(
        style(":focus-visible{outline:none!important;box-shadow:none!important}"), "no ring at"
    ),
    "sticky footer hides focus": Planted(
        style("#next{position:fixed;inset:auto 0 0 0;block-size:45%;margin:0}"), "covered:"
    ),
    "colour-only traffic lights": Planted(
        both(
            in_step("liked", lambda text: WORDS.sub('<span class="dot"></span>', SVG.sub("", text))),
            style(
                ".dot{inline-size:2rem;block-size:2rem;border-radius:50%;background:#0a0}.opt+.opt .dot{background:#a00}"
            ),
        ),
        "no words in the label",
    ),
    "text contrast 2.8:1": Planted(style("#intro p{color:#979797}"), "color-contrast"),
    "radio border 1.3:1": Planted(
        style(".opt input[type=radio]{appearance:none;border:2px solid #e0e0e0;border-radius:50%;background:#fff}"),
        r"edge 1\.3:1",
    ),
    "error not linked to field": Planted(
        both(
            html(r'(aria-describedby="[^"]*?) ?e-(?:card|stops)"', r'\1"'),
            Copy(script=swap(r"told\.setAttribute\('aria-describedby', [^;]+;", "")),
        ),
        "error not linked",
    ),
    "same title everywhere": Planted(
        script("Object.defineProperty(document, 'title', { get: () => 'Questions – Heard', set() {} });"),
        "titles: the same",
    ),
    "no lang": Planted(html(r'<html lang="en"', "<html", count=1), "no lang"),
    "Polish passage unmarked": Planted(into_intro(f"<p>{SENTENCE}</p>"), "pl passage in en"),
    "600 px fixed layout": Planted(style("main{min-inline-size:600px}"), "px wide in a window of"),
    "text-spacing clips": Planted(
        style(".opt span{block-size:1.5em;overflow:hidden}#intro p{block-size:6em;overflow:hidden}"), "text spacing"
    ),
    "zoom disabled": Planted(html("initial-scale=1", "initial-scale=1, user-scalable=no"), "zoom is disabled"),
    "submits on change": Planted(
        script(
            "document.querySelector('#answer')?.addEventListener('change', () => document.querySelector('#next').click());"
        ),
        "submits or moves on",
    ),
    "placeholder as label": Planted(html(r'(id="i-card"[^>]*)', r'\1 placeholder="Code"'), "placeholder"),
    "status text without role": Planted(
        html(r'<p role="status" id="status">', '<p id="status">'), "status text without a role"
    ),
    "60 s meta refresh": Planted(
        html("<title>", '<meta http-equiv="refresh" content="60"><title>'), "meta refresh|meta-refresh"
    ),
    "positive tabindex": Planted(html('id="next"', 'id="next" tabindex="3"'), "positive tabindex"),
    "drag-only slider": Planted(
        both(
            in_step(
                "liked",
                lambda text: text.replace("</legend>", '</legend><div class="track"><div class="knob"></div></div>'),
            ),
            both(
                style(".track{block-size:12px;background:#556}.knob{inline-size:48px;block-size:48px;background:#224}"),
                script(DRAG),
            ),
        ),
        "by dragging",
    ),
    "range preset to middle": Planted(
        in_step(
            "liked",
            lambda text: text.replace(
                "</legend>", '</legend><input type="range" name="feel" aria-labelledby="t-liked" min="0" max="10">'
            ),
        ),
        "answered before anybody chose",
    ),
    "orientation lock": Planted(style("@media (orientation:landscape){html{transform:rotate(90deg)}}"), "orientation"),
    "tap the green face on the right": Planted(
        in_step(
            "liked",
            lambda text: text.replace("How was the way here?", "Tap the green face on the right if it was good."),
        ),
        "needs eyes or ears",
    ),
    "animation ignores reduced motion": Planted(
        style("@keyframes beat{50%{opacity:.9}}#start{animation:beat 1s infinite}"), "something moves"
    ),
    "aria-label differs from text": Planted(
        html('id="next"', 'id="next" aria-label="Forward"'), "aria-label differs|label-content-name"
    ),
    "aria-hidden on a button": Planted(html('id="send"', 'id="send" aria-hidden="true"'), "aria-hidden"),
    "heading level skipped": Planted(
        in_step("travelled", lambda text: re.sub(r"(</?)h2\b", r"\1h4", text)), "heading level skipped|heading-order"
    ),
    "answer pre-selected": Planted(
        in_step("travelled", lambda text: text.replace('value="bus"', 'value="bus" checked')),
        "answered before anybody chose",
    ),
    "duplicate ids break a label": Planted(into_intro('<p id="i-card">Have you got a card?</p>'), "stands 2 times"),
    "paste blocked in code field": Planted(
        script("document.querySelector('#code')?.addEventListener('paste', event => event.preventDefault());"),
        "paste is blocked",
    ),
    "reading age 16 question": Planted(
        in_step("liked", lambda text: text.replace("How was the way here?", HARD)), "reading grade"
    ),
    "role=img SVG without a name": Planted(
        in_step("liked", lambda text: text.replace('aria-hidden="true" focusable="false"', 'role="img"', 1)),
        "a drawing without a name|svg-img-alt",
    ),
    "table without header cells": Planted(
        into_intro(
            "<table><caption>Buses</caption><tr><td>Monday</td><td>7</td></tr><tr><td>Friday</td><td>9</td></tr></table>"
        ),
        "table without header cells",
    ),
}
