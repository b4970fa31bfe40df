"""The pages beside and after the questions: they look as the child chose, are read aloud, and clear themselves.

What was chosen is in no address, no body that is sent and no store; the next person on a shared device finds none of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_ease import OURS, SHOWN, SPEECH, arrive, choose, read_all
from tests.journeys.test_offline import ready
from tests.journeys.test_words import to_the_check
from tests.live import Grounds
from tests.survey.desk import OnDuty

Wishes = tuple[Grounds, OnDuty, OnDuty, OnDuty]
pytestmark = pytest.mark.back_cache
WORN = """() => [getComputedStyle(document.documentElement).fontSize, getComputedStyle(document.body).backgroundColor,
  [...document.querySelectorAll('.ease option[id]:checked')].map((one) => one.id).join(' '), window.name]"""
LARGE = ["24px", "rgb(251, 240, 217)", "size-3 ground-cream", ""]
USUAL = ["16px", "rgb(251, 250, 246)", "", ""]
SHIFT = """() => new Promise((seen) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => seen(window.heard.shift))));
})"""
KEPT = "() => [localStorage.length, sessionStorage.length, document.cookie, location.search, location.hash]"


def enlarge(page: Page) -> None:
    """Choose large letters on a cream ground."""
    page.locator(".ease details").evaluate("panel => { panel.open = true; }")
    choose(page, "size-3")
    choose(page, "ground-cream")
    assert worn(page)[:3] == LARGE[:3]


def worn(page: Page) -> list[str]:
    """How the page looks, what its panel says, and whether anything is still on its way."""
    found: list[str] = page.evaluate(WORN)
    return found


def test_the_look_goes_along_to_the_last_pages_and_no_further(
    context_of: Callable[..., BrowserContext], wishes: Wishes
) -> None:
    page = context_of().new_page()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(f"{one.url} {one.post_data or ''}"))
    pupil = Pupil(page)
    pupil.join(wishes[0].room("shared", "after").code)
    enlarge(page)
    page.get_by_role("link", name="Pictures and short sentences").click()
    page.wait_for_url("**/answer?look=easy_read")
    assert worn(page) == LARGE, "other words"
    pupil.start()
    to_the_check(pupil)
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    assert worn(page) == LARGE, "the last page"
    page.get_by_label("No thanks").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/thanks?talked")
    assert worn(page) == LARGE, "thanks"
    page.get_by_role("link", name="More ways to get help").click()
    page.wait_for_url("**/help")
    assert worn(page)[:3] == LARGE[:3], "help"
    page.go_back(wait_until="load")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert worn(page) == LARGE, "back from help"
    assert page.evaluate(KEPT) == [0, 0, "", "?talked", ""]
    assert not [one for one in sent if "size-3" in one or "cream" in one]
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    assert worn(page) == USUAL, "the next person"
    page.go_back(wait_until="load")
    expect(page.locator("html")).to_be_visible()
    assert worn(page) == USUAL, "the next person, looking back"


def test_who_would_rather_not_and_whose_card_is_wrong_keep_their_look(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("status of 422")
    page = context_of().new_page()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    enlarge(page)
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert worn(page) == LARGE
    pupil.start()
    pupil.walk({})
    page.click("#send")
    page.wait_for_url("**/finished")
    assert worn(page) == LARGE
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    enlarge(page)
    pupil.start("")
    pupil.slip("ABCDEFG")
    pupil.walk({})
    page.click("#send")
    expect(page.locator("#summary")).to_be_focused()
    assert worn(page) == LARGE
    page.evaluate("() => { window.name = 'size-3'; }")  # a page that could not be loaded left it behind
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/answer")
    assert worn(page) == USUAL, "whoever types the address may be somebody else"


def test_who_waits_without_a_network_keeps_the_look_until_the_next_person(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    ready(page)
    enlarge(page)
    pupil.start()
    pupil.walk({})
    context.set_offline(True)
    page.click("#send")
    expect(page.locator(".kept h1")).to_be_focused()
    assert worn(page) == LARGE
    page.get_by_role("button", name="Next person").click()
    assert worn(page) == USUAL


def test_help_clears_itself_on_a_shared_device_and_nowhere_else(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    Pupil(page).join(outings.room("shared", "before").code)
    page.goto("/thanks?talked")
    enlarge(page)
    page.get_by_role("link", name="More ways to get help").click()
    page.wait_for_url("**/help")
    page.wait_for_load_state("networkidle")
    page.clock.run_for(181_000)
    expect(page.get_by_role("button", name="I’m still here")).to_be_focused()
    gate.assert_passes(page, "help, idle")
    page.get_by_role("button", name="I’m still here").click()
    page.clock.run_for(179_000)
    expect(page.locator("#idle")).to_be_hidden()
    assert worn(page)[:3] == LARGE[:3], "who is still there loses nothing"
    page.clock.run_for(2_000)
    expect(page.locator("#idle")).to_be_visible()
    with page.expect_navigation(url="**/answer"):
        page.clock.run_for(21_000)
    assert worn(page) == USUAL
    page.goto("/help/card")
    page.wait_for_load_state("networkidle")
    page.clock.run_for(181_000)
    expect(page.get_by_role("button", name="I’m still here")).to_be_focused()
    gate.assert_passes(page, "card, idle")
    with page.expect_navigation(url="**/quiet"):  # opened from the questions, in a tab of its own, it closes
        page.clock.run_for(21_000)
    elsewhere = context_of(service_workers="block").new_page()
    elsewhere.goto("/help")
    expect(elsewhere.locator("#idle")).to_have_count(0)
    Pupil(elsewhere).join(outings.room("own", "before").code)
    elsewhere.goto("/help")
    expect(elsewhere.locator("#idle")).to_have_count(0)


def test_the_last_pages_are_read_aloud_when_asked_and_typed_words_never(
    context_of: Callable[..., BrowserContext], wishes: Wishes
) -> None:
    page = context_of().new_page()
    page.add_init_script(SPEECH)
    Pupil(page).join(wishes[0].room("own", "after").code)
    found = {}
    for path in ("/talk?end=a", "/thanks?talked", "/help"):
        page.goto(path)
        arrive(page, OURS)
        button = page.locator(SHOWN)
        expect(button).to_have_count(1)
        assert page.evaluate(SHIFT) == 0, "nothing moves"
        assert page.evaluate("window.heard.said") == [], "nothing is read unasked"
        gate.assert_passes(page, f"{path}, with a voice")
        if path.startswith("/talk"):
            page.fill("#child", "zebedee-4471")
            page.get_by_label("Yes, about me").check()
        button.click()
        heading = page.locator("h1").first.inner_text()
        assert page.evaluate("window.heard.marked()") == [heading], "what is read is marked"
        found[path] = read_all(page)
        expect(button.locator("span:visible")).to_have_text("Read aloud")
        button.click()
        page.evaluate("() => { window.heard.cancels = 0; dispatchEvent(new PageTransitionEvent('pagehide')); }")
        assert page.evaluate("[window.heard.cancels, window.heard.now]") == [1, None], "leaving is silent"
    enlarge(page)
    page.click("#help-link")
    page.wait_for_url("**/help")
    assert worn(page)[:3] == LARGE[:3]
    page.evaluate(SHIFT)
    page.evaluate("() => { window.heard.shift = 0; }")  # on a slow device the page may stand before it is enlarged
    arrive(page, OURS)
    expect(page.locator(SHOWN)).to_have_count(1)
    assert page.evaluate(SHIFT) == 0, "the button moves nothing in large letters either"
    talk, thanks, helped = found.values()
    assert talk[0] == "One last page" and "Would you like someone to talk with you?" in talk
    assert not [words for words in talk if "zebedee" in words or "problem" in words or "20 seconds" in words]
    assert "Your answers have arrived." in thanks
    assert any(words.startswith("If someone is in danger") for words in helped) and len(helped) > 20
