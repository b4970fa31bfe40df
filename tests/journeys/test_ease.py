"""What makes it easier to read: hearing a step by a voice of the device, and how the page looks. Neither leaves a trace.

Headless Chromium has no voices, so the page is given speech of our own: it notes what is said, and ends a sentence when told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import gate
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live

SPEECH = """(() => {
  const speech = { getVoices: () => heard.voices, onvoiceschanged: null };
  const heard = { voices: [], said: [], cancels: 0, now: null };
  speech.speak = (one) => { heard.now = one; heard.said.push([one.text, one.lang]); };
  speech.cancel = () => { const { now } = heard; heard.now = null; heard.cancels += 1; now?.onerror?.({ error: 'canceled' }); };
  heard.arrive = (voices) => { heard.voices = voices; speech.onvoiceschanged?.(); };
  heard.end = () => { const { now } = heard; heard.now = null; now.onend(); };
  heard.marked = () => [...CSS.highlights.get('heard') ?? []].map(String);
  window.heard = heard;
  Object.defineProperty(window, 'speechSynthesis', { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  heard.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) heard.shift += one.value; }))
    .observe({ type: 'layout-shift', buffered: true });
})()"""
OURS = {"lang": "en_GB", "localService": True, "default": True, "name": "Ours"}
AWAY = {"lang": "en-GB", "localService": False, "default": True, "name": "Away"}
FRENCH = {"lang": "fr-FR", "localService": True, "default": False, "name": "French"}
SHOWN = ".hear:visible"


@pytest.fixture
def speaking(page: Page) -> Page:
    """A page whose device can speak, once a test has its voices arrive."""
    page.add_init_script(SPEECH)
    return page


def arrive(page: Page, *voices: dict[str, Any]) -> None:
    """The device's voices are there, some time after the page was."""
    page.wait_for_function("() => window.speechSynthesis.onvoiceschanged")
    page.evaluate("voices => window.heard.arrive(voices)", list(voices))


def said(page: Page) -> list[str]:
    return [text for text, _ in page.evaluate("window.heard.said")]


def read_all(page: Page) -> list[str]:
    """Let the voice come to the end; returns what it said."""
    page.evaluate("() => { while (window.heard.now) window.heard.end(); }")
    return said(page)


def test_without_a_voice_of_the_device_nothing_appears(speaking: Page, outings: Grounds) -> None:
    asked: list[str] = []
    speaking.on("request", lambda request: asked.append(request.url.partition("?")[0].rpartition("/")[2]))
    pupil = Pupil(speaking)
    pupil.join(outings.room("own", "before").code)
    arrive(speaking, AWAY, FRENCH)
    assert asked.index("aloud.js") > asked.index("answer.js"), "it comes after all that the first step needs"
    pupil.start()
    while pupil.at() != "check":
        expect(speaking.locator(".hear")).to_have_count(0)
        pupil.next()
    assert said(speaking) == []


def test_a_step_is_read_sentence_by_sentence_and_only_when_asked(speaking: Page, outings: Grounds) -> None:
    pupil = Pupil(speaking)
    pupil.join(outings.room("own", "before").code)
    arrive(speaking, AWAY, FRENCH, OURS)
    assert speaking.evaluate("window.heard.shift") == 0, "the button moves nothing when it comes"
    button = speaking.locator(SHOWN)
    expect(button.locator("span:visible")).to_have_text("Read aloud")
    gate.assert_passes(speaking, "introduction with a voice")
    pupil.start()
    while pupil.at() != "packed":
        pupil.choose("travelled", "bus") if pupil.at() == "travelled" else None
        pupil.next()
    assert said(speaking) == [], "nothing is read unasked"
    gate.assert_passes(speaking, "question with a voice")
    button.press("Enter")
    expect(button.locator("span:visible")).to_have_text("Stop reading")
    assert speaking.evaluate("window.heard.now.voice.name") == "Ours"
    question = speaking.locator("#t-packed").inner_text()
    assert said(speaking) == [question] == speaking.evaluate("window.heard.marked()"), "what is read is marked"
    heading = speaking.locator("#q-packed h2").bounding_box()
    labels = [label.strip() for label in speaking.locator("#q-packed .opt").all_inner_texts()]
    words = read_all(speaking)
    assert words[0] == question and [word for word in words if word in labels] == labels
    assert "Choose as many as you like." in words
    assert not [word for word in words if word.startswith(("Question", "Read", "Stop"))]
    assert speaking.locator("#q-packed h2").bounding_box() == heading
    expect(button.locator("span:visible")).to_have_text("Read aloud")
    assert speaking.evaluate("window.heard.marked()") == []


def test_whatever_ends_the_step_ends_the_reading_and_typed_words_are_never_read(
    speaking: Page, outings: Grounds, dull: str
) -> None:
    pupil, still = Pupil(speaking), "() => window.heard.now === null"
    pupil.join(outings.room("own", "before").code)
    arrive(speaking, OURS)
    button = speaking.locator(SHOWN)
    button.click()
    button.click()
    assert speaking.evaluate(still), "the same button stops it"
    pupil.start()
    for end in (pupil.next, pupil.back, lambda: speaking.click("#help-link")):
        button.click()
        assert not speaking.evaluate(still)
        end()
        assert speaking.evaluate(still)
        expect(speaking.locator(".hear span:visible")).to_have_text("Read aloud")
    pupil.back()
    pupil.choose("travelled", "bicycle")
    while pupil.at() != "check":
        if pupil.at() == "stops":
            pupil.type("stops", "47")
            speaking.evaluate("window.heard.said = []")
            button.click()
            assert not [words for words in read_all(speaking) if "47" in words]
        pupil.next()
    speaking.evaluate("window.heard.said = []")
    button.click()
    heard = " ".join(read_all(speaking))
    assert "Check your answers" in heard
    assert "47" not in heard and "bicycle" not in heard.lower(), "what was chosen is not said aloud in the room"
    button.click()
    speaking.evaluate("() => { window.heard.cancels = 0; window.stop = () => 0; }")
    left: list[int] = []
    speaking.expose_function("left", lambda: left.append(1))
    speaking.evaluate(
        "() => { const { cancel } = speechSynthesis; speechSynthesis.cancel = () => { cancel(); window.left(); }; }"
    )
    speaking.click("#leave-link")
    speaking.wait_for_url(dull)
    assert left, "leaving is silent at once"


def test_what_is_closed_is_read_once_somebody_opens_it(speaking: Page) -> None:
    speaking.goto("/help")
    arrive(speaking, OURS)
    button = speaking.locator(SHOWN)
    button.click()
    words = read_all(speaking)
    assert "If you are 12 or older" in words and "Samaritans" not in words
    speaking.locator("summary", has_text="If you are 12 or older").click()
    speaking.evaluate("window.heard.said = []")
    button.click()
    words = read_all(speaking)
    assert "Samaritans" in words and "How it looks" not in words


def test_an_english_sentence_is_read_by_an_english_voice(
    context_of: Callable[..., BrowserContext], live: Live, tours: Grounds
) -> None:
    """The interface has nothing for Somali: every sentence of it is borrowed, and most of the questions too."""
    room = tours.room("own")
    room.open("before", "so")
    context = context_of()
    context.add_cookies([{"name": "heard", "value": f"{room.tickets['before', 'so']}..00000000", "url": live.url}])
    page = context.new_page()
    page.add_init_script(SPEECH)
    page.goto("/answer")
    arrive(page, OURS)
    expect(page.locator(".hear")).to_have_count(0)
    page.evaluate("voices => window.heard.arrive(voices)", [OURS, {**OURS, "lang": "so-SO"}])
    page.locator(SHOWN).click()
    assert {lang for _, lang in (read_all(page), page.evaluate("window.heard.said"))[1]} == {"en_GB"}
    Pupil(page).start()
    assert page.locator(".count:visible").get_attribute("lang") == "en", "what script writes is marked as well"


GROUNDS_CHOSEN = ("ground-light", "ground-cream", "ground-dark", "ground-strong")


def choose(page: Page, name: str) -> None:
    """Choose in the panel, by its words."""
    field = name.partition("-")[0]
    page.select_option(f"#{field}", label=page.locator(f"#{name}").inner_text())


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 640}}])
def test_the_panel_changes_what_is_asked_and_the_gate_still_passes(
    context_of: Callable[..., BrowserContext], outings: Grounds, look: dict[str, Any]
) -> None:
    page = context_of(**look).new_page()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    page.focus(".ease summary")
    page.keyboard.press("Enter")
    expect(page.locator("#size")).to_be_visible()
    seen = set()
    for ground in GROUNDS_CHOSEN:
        choose(page, ground)
        gate.assert_passes(page, ground)
        seen.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(seen) == len(GROUNDS_CHOSEN)
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    was = page.evaluate(size)
    page.focus("#size")
    page.keyboard.press("End")
    assert page.evaluate(size) == pytest.approx(1.5 * was)
    choose(page, "room-2")
    choose(page, "pictures-2")
    gate.assert_passes(page, "large and wide")
    gate.assert_survives_text_spacing(page)
    pupil.start()
    pupil.next()
    while pupil.at() != "check":
        assert page.locator(".opt svg:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), pupil.at()
        pupil.next()


def test_the_next_person_finds_the_page_as_it_was(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    """After sending, after a reload, after Back, and when somebody has walked away."""
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil, size = Pupil(page), "getComputedStyle(document.documentElement).fontSize"
    pupil.join(outings.room("shared", "before").code)
    usual = page.evaluate(size)

    def enlarge() -> None:
        page.locator(".ease details").evaluate("panel => { panel.open = true; }")
        choose(page, "size-3")
        assert page.evaluate(size) != usual

    enlarge()
    page.reload()
    assert page.evaluate(size) == usual
    enlarge()
    pupil.start()
    page.clock.run_for(181_000)
    page.clock.run_for(21_000)
    assert pupil.at() == "intro" and page.evaluate(size) == usual
    enlarge()
    pupil.start()
    pupil.walk({})
    pupil.send()
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    assert page.evaluate(size) == usual
    page.go_back()
    assert page.evaluate(size) == usual
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_the_panel_needs_no_script(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    page = context_of(java_script_enabled=False).new_page()
    Pupil(page, script=False).join(outings.room("own", "before").code)
    page.click(".ease summary")
    was = page.locator("#start").bounding_box()
    choose(page, "size-3")
    now = page.locator("#start").bounding_box()
    assert was is not None and now is not None and now["height"] > was["height"]
    expect(page.locator(".hear")).to_have_count(0)
