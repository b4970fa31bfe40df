"""What everybody sees, as far as rules can judge it: contrast from the tokens, markup that the security policy and every
language allow, words that Heard never uses, a macro for every kind of question, and pages small enough for one round trip.

Each rule is tried on something that breaks it as well, so that a rule which has gone blind is noticed.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from questionnaires.files import library, load_library
from questionnaires.instrument import Instrument, Kind
from questionnaires.kinds import PICTURES
from survey.assets import STATIC, stylesheet
from survey.helplines import for_older, helplines, is_gentle
from survey.sheet_notes import LinkedNote
from survey.sheets import CardField, Sheet, Typed, make_pages, words

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
CSS = (STATIC / "heard.css").read_text(encoding="utf-8")
DRAWINGS = (STATIC / "drawings.svg").read_text(encoding="utf-8")
ALL_TEMPLATES = sorted(TEMPLATES.rglob("*.html"))

MOST_PAGE_BYTES = 14 * 1024
MOST_SCRIPT_BYTES = {
    "answer.js": 10368,
    "device.js": 4096,
    "idle.js": 1024,
    "sw.js": 3264,
    "words.js": 1856,
    "aloud.js": 2560,
    "alert.js": 2048,
    "talk.js": 2560,
    "stood.js": 1024,
}
MOST_STYLE_BYTES = 4800


# Contrast, from the one block of tokens


def tokens(css: str) -> dict[str, dict[str, str]]:
    """The light and the dark theme, and each ground that can be chosen; dark inherits what it does not say."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", css)
    light, dark = (colours(block) for block in blocks[:2])
    themes = {"light": light, "dark": {**light, **dark}}
    for chosen, block in re.findall(r"(:root:has\(#ground-[^{]*)\{([^}]*)\}", css):
        for ground in re.findall(r"#ground-(\w+)", chosen):
            themes[f"chosen {ground}"] = {**themes.get(f"chosen {ground}", {}), **colours(block)}
    return themes


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """The ratio that WCAG 2.2 defines."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("paper", "card", "tint")
TEXT_PAIRS = [(text, ground) for text in ("ink", "quiet", "accent", "good", "care") for ground in GROUNDS]
TEXT_PAIRS += [("on-accent", "accent"), ("card", "good")]


def low_contrast(css: str) -> list[str]:
    """Every pair of colours that people could not tell apart well enough."""
    found = []
    for theme, named in tokens(css).items():
        for text, ground in [*TEXT_PAIRS, ("line", "paper"), ("line", "card")]:
            if (ratio := contrast(named[text], named[ground])) < 4.5:
                found.append(f"{theme}: {text} on {ground} {ratio:.1f}")
        for ground in GROUNDS:
            # The ring has two colours: one of them stands out on every ground.
            if max(contrast(named[ring], named[ground]) for ring in ("focus", "ink")) < 3:
                found.append(f"{theme}: focus on {ground}")
    return found


def test_the_ratio_is_wcags() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_every_pair_of_colours_can_be_told_apart() -> None:
    assert low_contrast(CSS) == []


def test_a_chosen_ground_brings_all_its_colours_along() -> None:
    """Under a dark system a chosen light ground must leave nothing of the dark one, and the other way round."""
    themes = tokens(CSS)
    grounds = [theme.removeprefix("chosen ") for theme in themes if theme not in ("light", "dark")]
    assert grounds == ["light", "cream", "dark", "strong"]
    assert len({frozenset(named) for named in themes.values()}) == 1
    offered = (TEMPLATES / "answering" / "_ease.html").read_text(encoding="utf-8")
    chosen = {"size-2", "size-3", "room-2", "pictures-2", *(f"ground-{name}" for name in grounds)}
    assert {*re.findall(r'"((?:size|room|ground|pictures)-[a-z0-9]+)"', offered)} == chosen
    assert {*re.findall(r"has\(#([\w-]+):checked", CSS)} == chosen
    assert low_contrast(CSS.replace("--ink: #FFEB3B", "--ink: #555555")) != []


def test_a_pale_border_would_be_noticed() -> None:
    assert low_contrast(CSS.replace("--line: #687184", "--line: #9AA1AE"))


# The stylesheet


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|float|clear)\s*:"
    r"|text-align:\s*(?:left|right)"
)


def physical(css: str) -> list[str]:
    """Declarations that would not turn round with the language (conditions of media queries aside)."""
    return PHYSICAL.findall(re.sub(r"/\*.*?\*/|@media[^{]*\{", "", css, flags=re.DOTALL))


def test_the_style_turns_round_with_the_language() -> None:
    assert physical(CSS) == []
    assert physical("p { margin-left: 1rem }") and physical("p { text-align: right }") and physical("p{left:0}")


def test_nothing_moves() -> None:
    assert not re.search(r"animation|transition|@keyframes", CSS)


def test_no_ring_is_taken_away_from_a_control() -> None:
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS):
        if re.search(r"outline:\s*(?:0|none)", body):
            assert set(re.split(r",\s*", re.sub(r":focus-visible", "", selector).strip())) <= {"h1", "h2", "h3", "main"}


HAS = re.compile(r":has\((?:[^()]|\([^()]*\))*\)")


def half_lost(css: str) -> list[str]:
    """Rules of which one selector needs :has() and another does not: a browser without it drops them for both."""
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    parts = {
        rule.strip(): re.sub(r"\([^()]*\)", "", HAS.sub("#HAS", rule)).split(",") for rule in rules if "@" not in rule
    }
    return [rule for rule, each in parts.items() if len({"#HAS" in one for one in each}) > 1]


def test_a_browser_without_has_loses_only_what_needs_it_and_is_offered_no_choice_that_does_nothing() -> None:
    assert half_lost("#check, main:has(> .kept, > .step:not(#intro, [hidden])) > form { display: none; }")
    assert half_lost(CSS) == []
    chosen = set(re.findall(r"#((?:size|room|ground|pictures)-\w+):checked", CSS))
    assert {f"#{one}:checked" for one in chosen} <= set(re.findall(r"#[\w-]+:checked", "".join(HAS.findall(CSS))))
    assert CSS.index(".ease details { display: none; }") < CSS.index(
        "@supports selector(:has(a)) { .ease details { display: block; } }"
    )


def test_nothing_is_fetched_by_the_style() -> None:
    assert "url(" not in CSS and "@import" not in CSS and "@font-face" not in CSS


# The templates


BANNED_MARKUP = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a positive tabindex": re.compile(r"tabindex=\"?[1-9]"),
    "an autofocus": re.compile(r"\sautofocus"),
    "a required mark": re.compile(r"\srequired(?=[\s>])"),
    "an unescaped value": re.compile(r"\|\s*safe\b"),
}
BANNED_WORDS = re.compile(
    r"\b(?:significant\w*|proven|performance|users?|risky behaviours?|attention.seeking|anonym\w*|secret\w*"
    r"|confidential\w*|nobody can find out|(?:put|puts|putting) (?:themselves|yourself) (?:at|in)(?: \w+)? (?:risk|danger)"
    r"|survivors?|victims?|nearly there|well done|great job|oops)\b",
    re.IGNORECASE,
)
TELLING_TITLE = re.compile(r"abuse|exploit|grooming|sexual|\bCSE\b|safeguard|violence", re.IGNORECASE)


def visible(template: str) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)


def markup_faults(template: str) -> list[str]:
    """What the security policy forbids, and what keeps people out."""
    return [what for what, pattern in BANNED_MARKUP.items() if pattern.search(visible(template))]


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_nothing_that_is_banned(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    # Typing sheets in is a field after a field: there the page comes back with the next one ready, script or not.
    typing = ["an autofocus"] if path == TEMPLATES / "paper" / "type.html" else []
    assert markup_faults(source) == typing
    assert BANNED_WORDS.findall(visible(source)) == []
    for title in re.findall(r"block title %\}(.*?)\{% endblock", source, flags=re.DOTALL):
        assert not TELLING_TITLE.search(title)


def test_banned_things_would_be_noticed() -> None:
    assert markup_faults('<p style="x">') and markup_faults('<a onclick="x">') and markup_faults("<script>x</script>")
    assert markup_faults("{{ x|safe }}") and not markup_faults("{{ form.on }}")
    assert BANNED_WORDS.search("a significant change") and BANNED_WORDS.search("they put themselves at risk")


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_that_people_read_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


def untranslated(template: str) -> list[str]:
    """Runs of letters between tags that do not go through `_()`."""
    bare = re.sub(r"<style>.*?</style>|block body_class %\}.*?\{% endblock", "", visible(template), flags=re.DOTALL)
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", bare, flags=re.DOTALL)
    bare = re.sub(r"<[^>]*>", " ", bare)
    return [run for run in re.findall(r"[^\W\d_]{2,}", bare) if run not in {"Heard", "nbsp"}]


def test_a_bare_word_would_be_noticed() -> None:
    assert untranslated("<p>Hello {{ _('there') }}</p>") == ["Hello"]


# The questionnaire


@cache
def environment() -> Environment:
    """Jinja as the service sets it up, without the service; templates are compiled once."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    made.trim_blocks = made.lstrip_blocks = True

    def speak(text: str, **parameters: object) -> str:
        return text % parameters if parameters else text

    made.globals.update(_=speak, words=words, asset=lambda name: f"/static/{name}?v=0123456789ab")
    made.globals.update(lang="en", dir="ltr", along="", stylesheet=stylesheet(), staff=None)
    return made


def page(instrument: Instrument, **changes: Any) -> str:
    """The whole questionnaire, as a pupil with a card gets it on a shared device."""
    sheet = {
        "title": instrument.title,
        "intro": instrument.intro,
        "pages": make_pages(instrument, instrument.waves[-1], Typed()),
        "card": CardField(),
        **changes,
    }
    template = environment().get_template("answering/questionnaire.html")
    ages = instrument.ages
    helped = {"helplines": helplines(ages), "for_older": for_older(ages), "young": is_gentle(ages)}
    return template.render(sheet=Sheet(**sheet), ticket="t" * 22, submission="s" * 32, **helped)


SHIPPED = [load_library(key) for key in sorted(library())]


@cache
def shipped(key: str) -> str:
    """The page of a questionnaire of ours, made once for all that is asked of it."""
    return page(load_library(key))


def test_every_kind_of_question_has_its_macro() -> None:
    macros = environment().get_template("answering/_items.html").make_module({}).KINDS  # type: ignore[attr-defined]
    assert set(macros) == set(get_args(Kind))


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.key)
def test_the_questionnaire_holds_what_every_child_is_owed(instrument: Instrument) -> None:
    html = shipped(instrument.key)
    assert " checked" not in html  # nothing is chosen for anybody
    for item in instrument.items_in(instrument.waves[-1]):
        shown = 0 if item.kind == "text" else 1  # no box without a reader
        assert len(re.findall(rf'<(?:fieldset|div) class="step" id="q-{item.key}"', html)) == shown
        assert html.count(f'id="i-{item.key}"') == (item.answering != "nothing")
    assert html.index('href="/help"') < html.index('href="/leave"') < html.index("<main")
    for promise in ("After you press Send we cannot take your answers out.", "No thanks", "Send my answers"):
        assert promise in html
    assert html.count("<fieldset") == html.count("<legend>") == html.count("</fieldset>")
    assert len(re.findall(r'\sid="([^"]+)"', html)) == len(set(re.findall(r'\sid="([^"]+)"', html)))


def test_the_way_out_promises_nothing_of_what_a_worker_was_told() -> None:
    note = LinkedNote("Who sees it.", "Told at once.", "Told with Send.")
    linked = page(load_library("support_to_25"), interruption=True, linked=note)
    assert "stays told" in linked and "nothing is sent" not in linked
    assert "an answer that is on its way to them still goes there" in linked, (
        "chosen a moment before, it goes all the same"
    )
    assert "nothing is sent" in page(load_library("staying_safe"), interruption=True)


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.key)
def test_the_questionnaire_with_its_style_arrives_in_one_round_trip(instrument: Instrument) -> None:
    assert len(gzip.compress(shipped(instrument.key).encode())) <= MOST_PAGE_BYTES


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.key)
def test_the_questionnaire_is_sound_html(instrument: Instrument) -> None:
    html5lib.HTMLParser(strict=True).parse(shipped(instrument.key))


def test_html_that_is_not_sound_would_be_caught() -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(shipped("staying_safe").replace("</fieldset>", "", 1))


def test_ordinary_questions_are_not_sent_anywhere_and_cannot_be_declined_again() -> None:
    html = page(load_library("ordinary_activity"), activity=True, card=None)
    assert 'action="/activity"' in html and "/decline" not in html and "/answer" not in html.replace("/answer.js", "")


def test_shared_devices_show_a_choice_quietly() -> None:
    assert '<body class="young quiet">' in page(load_library("staying_safe"), quiet=True)
    assert '<body class="young">' in page(load_library("staying_safe"))


# Script, faces, weights


def test_script_keeps_answers_in_the_form_only() -> None:
    script = (STATIC / "answer.js").read_text(encoding="utf-8")
    for store in ("localStorage", "sessionStorage", "indexedDB", "caches", "document.cookie", "innerHTML", "eval("):
        assert store not in script
    assert not re.search(r"\bform\.(?!getAttribute|setAttribute|addEventListener)\w+", script)  # item keys shadow these


def test_script_and_style_stay_small() -> None:
    for script, most in MOST_SCRIPT_BYTES.items():
        assert len(gzip.compress((STATIC / script).read_bytes())) <= most, script
    assert len(gzip.compress(str(stylesheet()).encode())) <= MOST_STYLE_BYTES


NEWER_THAN_2020 = re.compile(
    r"(?:\|\||&&|\?\?)=|\.(?:replaceChildren|at|replaceAll|findLast\w*|toSorted|requestSubmit|randomUUID)\(|structuredClone"
    r"|Object\.hasOwn|Promise\.any|AbortSignal\.|\bstatic \{|\(\?<[=!]|\d_\d|\.#\w"
    r"|^(?:await|(?:const|let) [^=]*= await)\b",
    re.MULTILINE,
)
"""What Chrome 80, Safari 13.1 and Firefox 74 do not know: one word of it, and a whole script says nothing at all."""


@pytest.mark.parametrize("script", [*MOST_SCRIPT_BYTES, "rank.js"])
def test_scripts_of_young_people_run_in_browsers_of_2020(script: str) -> None:
    assert NEWER_THAN_2020.findall((STATIC / script).read_text(encoding="utf-8")) == []


def test_words_of_a_newer_script_would_be_noticed() -> None:
    for newer in (
        "doubt ||= 1",
        "box.replaceChildren()",
        "list.at(-1)",
        "AbortSignal.timeout(1)",
        "const a = await b;",
    ):
        assert NEWER_THAN_2020.search(newer), newer
    assert not NEWER_THAN_2020.search("  const a = await b; if (a.at >= 2 && b?.c(1)) d ?? e")


def test_lights_differ_in_shape_and_can_be_seen_on_every_ground() -> None:
    shapes = [re.search(rf'id="light-{n}".*?<(\w+) ([^>]*)/>', DRAWINGS) for n in (1, 2, 3)]
    assert len({shape.group() for shape in shapes if shape}) == 3
    for named in tokens(CSS).values():
        for light in ("go", "wait", "stop"):
            assert min(contrast(named[light], named[ground]) for ground in ("card", "tint")) >= 3, light


def test_every_picture_that_an_item_may_name_is_drawn_in_the_colour_of_the_text() -> None:
    assert {*re.findall(r'id="([a-z]+)"', DRAWINGS)} == {*PICTURES}
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', DRAWINGS)) == {"none", "currentColor"}
    assert len(gzip.compress(DRAWINGS.encode())) < 1280


def test_faces_are_our_lines_in_the_colour_of_the_text() -> None:
    faces = {f"face-{n}-{k + 1}" for n in (3, 4, 5) for k in range(n)}
    assert set(re.findall(r'id="(face-\d-\d)"', DRAWINGS)) == faces
    assert set(re.findall(r'stroke-width="([^"]+)"', DRAWINGS)) == {"2.5"}
