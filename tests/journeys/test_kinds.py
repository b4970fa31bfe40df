"""Every kind of question in a real browser: how it is answered with script, by keyboard and without, and how it looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.instrument import LEFT_BLANK, NOT_ASKED
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds

STEPS = ("read_this", "easy", "dry", "walk", "pack", "order", "go_to", "aims")
STORED = {
    "read_this": NOT_ASKED,
    "easy": "easy",
    "dry": "step_10",
    "walk": "careful",
    "pack": ("take", "dont_know", LEFT_BLANK),
    "order": ("friends", "food", "weather"),
    "go_to": ("adult", "friend"),
    "aims": ("step_0", "step_7"),
    "more": NOT_ASKED,
    "was_dry": NOT_ASKED,
}


def part(page: Page, name: str, value: str) -> None:
    """Choose for one thing, by its label as a finger would."""
    page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()


def up(page: Page, thing: str) -> None:
    page.get_by_role("button", name=f"Up {thing}").click()


def test_every_kind_with_script(page: Page, days_out: Grounds) -> None:
    room = days_out.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    seen = []
    while (key := pupil.at()) != "check":
        seen.append(key)
        assert pupil.focused() == key
        assert page.locator(f"#q-{key} textarea").count() == 0
        match key:
            case "easy" | "dry" | "walk":
                pupil.choose(key, str(STORED[key]))
            case "go_to":
                pupil.choose(key, "nobody", "adult", "friend")
            case "pack":
                part(page, "pack.coat", "take")
                part(page, "pack.kite", "dont_know")
            case "order":
                expect(page.locator("#q-order select").first).to_be_hidden()
                expect(page.get_by_role("button", name="Up Food")).to_be_disabled()
                up(page, "Friends")
                expect(page.get_by_role("button", name="Down Friends")).to_be_focused()
                expect(page.locator("#q-order .said")).to_have_text("Friends is now in place 1.")
                expect(page.get_by_role("button", name="This is my order")).to_be_hidden()
            case "aims":
                part(page, "aims.goal_1", "step_0")
                part(page, "aims.goal_2", "step_7")
        pupil.next()
    assert tuple(seen) == STEPS, "a box for words is nowhere without a reader"
    lines = [line.strip() for line in page.locator("#answers dd:nth-of-type(1)").all_inner_texts()]
    assert lines == [
        "Easy",
        "10 Completely dry",
        "Be careful",
        "A coat: Take it\nA kite made of paper: I don’t know",
        "Friends: 1\nFood: 2\nThe weather: 3",
        "An adult in my family\nA friend",
        "My first goal: 0\nMy second goal: 7",
    ]
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == STORED


def test_an_order_is_kept_taken_away_and_forgotten(page: Page, days_out: Grounds) -> None:
    room = days_out.room("shared", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start("")
    while pupil.at() != "order":
        pupil.next()
    places = page.locator("#q-order .place")
    keep = page.get_by_role("button", name="This is my order")
    keep.press("Enter")
    expect(places).to_have_text(["1", "2", "3"])
    page.get_by_role("button", name="Down Friends").press("Space")
    expect(page.locator("#q-order .thing")).to_have_text(["Food", "The weather", "Friends"])
    pupil.choose("order", "rather_not")
    expect(places.first).to_be_hidden()
    assert page.eval_on_selector_all("#q-order select", "all => all.map(one => one.value).join('')") == ""
    up(page, "Friends")
    assert not pupil.option("order", "rather_not").is_checked(), "an order and no answer do not go together"
    pupil.choose("order", "rather_not")
    pupil.back()
    pupil.next()
    expect(page.locator("#q-order .thing")).to_have_text(["Food", "Friends", "The weather"])
    while pupil.at() != "check":
        pupil.next()
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers["order"] == "rather_not"


def test_every_kind_without_script(context_of: Callable[..., BrowserContext], watch: Watch, days_out: Grounds) -> None:
    watch.expect(r"the server responded with a status of 4\d\d")
    room = days_out.room("own", "before")
    page = context_of(java_script_enabled=False).new_page()
    pupil = Pupil(page, script=False)
    pupil.join(room.code)
    for key in STEPS:
        expect(page.locator(f"#q-{key}")).to_be_visible()
    assert gate.markup_faults(page.content()) == []
    ordinary = page.request.get("/activity").text()
    assert ordinary.count('data-key="') == len(STEPS), "as many screens as at the next desk, without the box"
    for key in ("easy", "dry", "walk"):
        pupil.choose(key, str(STORED[key]))
    pupil.choose("go_to", "adult", "friend")
    for name, value in (
        ("pack.coat", "take"),
        ("pack.kite", "dont_know"),
        ("aims.goal_1", "step_0"),
        ("aims.goal_2", "step_7"),
    ):
        part(page, name, value)
    expect(page.get_by_role("button", name="Up Food")).to_be_hidden()
    for thing, place in (("food", "2"), ("friends", "1"), ("weather", "1")):
        page.select_option(f'[name="order.{thing}"]', place)
    page.click("#send")
    assert page.locator("#summary a").get_attribute("href") == "#i-order"
    expect(page.locator("#e-order")).to_contain_text("a different place from 1 to 3")
    expect(page.locator('[name="order.food"]')).to_have_value("2")
    assert page.locator('[name="pack.kite"][value="dont_know"]').is_checked()
    page.select_option('[name="order.weather"]', "3")
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == STORED


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(["phone"], id="phone"),
        pytest.param([look for look in gate.LOOKS if look != "phone"], id="every other look", marks=pytest.mark.proof),
        pytest.param([], id="400 per cent", marks=pytest.mark.proof),
    ],
)
def test_every_kind_passes(context_of: Callable[..., BrowserContext], days_out: Grounds, looks: list[str]) -> None:
    """Also turned round: the page of a language that is read from the right, at the width of a small phone."""
    page = context_of(**({} if looks else gate.LARGE)).new_page()
    pupil, found = Pupil(page), {}
    pupil.join(days_out.room("own", "after").code)
    pupil.start()
    while (key := pupil.at()) != "check":
        if page.locator("#q-" + key + " .opt").count():
            page.locator(f"#q-{key} .opt").first.click()
        for look in looks or ("",):
            if look:
                gate.wear(page, look)
            found[f"{key} {look}"] = gate.faults(page)
        if looks == ["phone"]:
            gate.assert_survives_text_spacing(page)
            page.evaluate("document.documentElement.dir = 'rtl'")
            found[f"{key} turned round"] = gate.probe_faults(page)
            page.evaluate("document.documentElement.dir = 'ltr'")
        pupil.next()
    assert any(one.startswith("was_dry") for one in found)
    assert {key: faults for key, faults in found.items() if faults} == {}


def test_other_words_are_chosen_on_the_first_page_and_stored_with_the_answers(
    context_of: Callable[..., BrowserContext], watch: Watch, days_out: Grounds
) -> None:
    watch.expect(r"the server responded with a status of 4\d\d")
    room = days_out.room("own", "before")
    page = context_of(java_script_enabled=False).new_page()
    pupil = Pupil(page, script=False)
    pupil.join(room.code)
    looks = page.get_by_role("navigation", name="How the questions look")
    assert looks.get_by_role("link").all_inner_texts() == ["Shorter words", "Pictures and short sentences"]
    looks.get_by_role("link", name="Pictures").click()
    expect(page.locator("#t-dry")).to_have_text("Are you dry?")
    expect(page.locator("#q-walk .picture")).to_be_visible()
    expect(page.locator("#q-walk .opt").first).to_contain_text("Good")
    expect(page.locator("#t-easy")).to_have_text("How easy was the way to the park?")
    pupil.choose("walk", "stay")
    page.select_option('[name="order.food"]', "1")
    page.click("#send")
    expect(page.locator("#summary")).to_be_visible()
    expect(page.locator("#t-dry")).to_have_text("Are you dry?")
    page.select_option('[name="order.food"]', "")
    pupil.send()
    ((head, answers),) = room.stored()
    assert (head.version, answers["walk"]) == ("easy_read", "stay")
