"""One tablet, many pupils: the code is typed once, each has a card, and nothing of anybody meets the next one."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from survey.clock import now
from survey.pairing import new_cards
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds

pytestmark = pytest.mark.back_cache
ALL = {"travelled": "bus", "bus_full": "full", "packed": ("lunch", "book"), "stops": "47", "liked": "good"}
MARKED = "[...document.querySelectorAll('[checked], input[value=\"47\"]')].length"


def hand_on(page: Page) -> None:
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    assert Pupil(page).at() == "intro"
    assert page.locator("input:checked").count() == 0
    assert page.locator("#i-card").input_value() == ""


def test_a_code_typed_once_serves_the_whole_sitting_and_cards_tell_pupils_apart(
    page: Page, outings: Grounds, watch: Watch
) -> None:
    watch.expect(r"status of 409")  # closed at the end
    room, cards = outings.room("shared", "before"), new_cards(3)
    pupil = Pupil(page)
    pupil.join(room.code)
    for card in cards:
        pupil.start(card)
        pupil.walk(ALL)
        pupil.send()
        hand_on(page)
    page.click("#decline button")
    page.wait_for_url("**/activity")
    pupil.start()
    pupil.walk({})
    page.click("#send")
    page.wait_for_url("**/finished")
    hand_on(page)
    room.close("before")
    room.open("after")
    page.reload()  # nobody types the code again
    for card in reversed(cards):
        pupil.start(card)
        pupil.walk(ALL)
        pupil.send()
        hand_on(page)
    pairs = [{row.pair_key for row in room.rows(wave)} for wave in ("before", "after")]
    assert pairs[0] == pairs[1] and None not in pairs[0] and len(pairs[0]) == len(cards)
    assert room.declines() == 1
    room.close("after")
    page.reload()
    expect(page.locator(".error")).to_contain_text("These questions are closed now")


def test_who_walks_away_from_a_page_that_came_back_leaves_nothing_in_it(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect(r"the server responded with a status of 4\d\d")
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    page.on("dialog", lambda dialog: dialog.accept())
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    for script in (True, False):  # refused on the page itself, or given back by the service before its script was there
        pupil.start()
        pupil.slip("ABCDEFG")
        pupil.walk(ALL)
        if script:
            page.click("#send")
        else:
            page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('#answer'))")
        page.wait_for_selector("#summary")
        expect(page.locator("input:checked")).to_have_count(5)
        assert (page.evaluate(MARKED) > 0) == (not script), "the page that is given back repeats what was typed"
        page.clock.run_for(181_000)
        expect(page.locator("#idle")).to_be_visible()
        page.clock.run_for(21_000)
        expect(page.locator("#intro")).to_be_visible()
        expect(page.locator("#summary, .error, [aria-invalid], input:checked")).to_have_count(0)
        assert page.evaluate(MARKED) == 0
        assert "ABCDEFG" not in page.content() and page.input_value("#i-card") == ""


def test_who_walks_away_from_the_ordinary_questions_leaves_the_others_to_the_next_person(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    page.click("#decline button")
    page.wait_for_url("**/activity")
    pupil.start()
    page.clock.run_for(181_000)
    with page.expect_navigation(url="**/answer"):
        page.clock.run_for(21_000)
    assert pupil.at() == "intro"


HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
COVERED = "!!document.elementFromPoint(innerWidth / 2, 5).closest('dialog')"


def test_who_was_away_is_asked_before_anything_goes(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    """Four minutes with a helpline's page, or a tablet that slept: the page is covered and asks. After a quarter of an hour
    it is another person. Clocks stand while a device sleeps, so the time of day decides."""
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start()
    pupil.choose("travelled", "bus")
    dialog, still = page.locator("#idle"), page.get_by_role("button", name="I’m still here")
    page.evaluate(HIDE, True)
    page.clock.run_for(300_000)
    page.evaluate(HIDE, False)
    expect(dialog).to_be_visible()
    assert page.evaluate(COVERED), "whoever comes sees nothing of it"
    still.click()
    expect(dialog).to_be_hidden()
    assert pupil.option("travelled", "bus").is_checked()
    page.clock.set_system_time(now() + timedelta(minutes=5 + 2))
    page.mouse.click(5, 400)
    expect(dialog).to_be_hidden()
    page.clock.set_system_time(now() + timedelta(minutes=5 + 2 + 12))
    page.focus("#next")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    still.click()
    assert pupil.at() == "travelled" and pupil.option("travelled", "bus").is_checked(), "what woke it was no answer"
    page.clock.set_system_time(now() + timedelta(minutes=5 + 2 + 12 + 16))
    page.mouse.click(5, 400)
    assert pupil.at() == "intro"
    assert page.locator("input:checked").count() == 0
    pupil.start()
    pupil.choose("travelled", "bus")
    page.evaluate(HIDE, True)
    page.clock.run_for(901_000)
    assert pupil.at() == "intro", "nobody came back"


def test_who_wakes_a_tablet_that_slept_sees_nothing_of_it_and_may_begin_anew(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    """It is covered from the moment at which nobody sees it; whoever is back soon goes on where they were."""
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start()
    pupil.choose("travelled", "bus")
    page.focus("#next")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    page.evaluate(HIDE, True)
    expect(dialog).to_be_visible()
    assert page.evaluate(COVERED)
    page.evaluate(HIDE, False)
    expect(dialog).to_be_hidden()
    expect(page.locator("#next")).to_be_focused()
    assert pupil.option("travelled", "bus").is_checked()
    page.evaluate(HIDE, True)
    page.clock.set_system_time(now() + timedelta(minutes=5))
    page.evaluate(HIDE, False)
    expect(dialog).to_contain_text("Somebody else may have been here before you.")
    dialog.get_by_role("button", name="Next person").click()
    expect(dialog).to_be_hidden()
    assert pupil.at() == "intro" and page.locator("input:checked").count() == 0


def test_the_way_out_stands_in_what_asks_in_an_old_browser_too(
    context_of: Callable[..., BrowserContext], outings: Grounds, dull: str
) -> None:
    """No iPad before 15.4 knows a dialog: to it this is any element, with two attributes and a style of ours."""
    page = context_of(service_workers="block").new_page()
    page.add_init_script("delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close")
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    expect(page.locator("#idle")).to_be_hidden()
    for leave in (False, True):
        pupil.start()
        pupil.choose("travelled", "bus")
        page.clock.run_for(181_000)
        expect(page.get_by_role("button", name="I’m still here")).to_be_focused()
        assert page.evaluate(COVERED)
        if leave:
            page.locator("#idle").get_by_role("link", name="Leave this page").click()
            page.wait_for_url(dull)
            page.go_back()
            assert page.locator("#answer, input:checked").count() == 0
        else:
            page.clock.run_for(21_000)
            assert pupil.at() == "intro" and page.locator("#idle").is_hidden()


def test_an_idle_page_is_wiped_without_https_too(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    page = context_of(service_workers="block").new_page()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.clock.install()
    pupil, room = Pupil(page), outings.room("shared", "before")
    pupil.join(room.code)
    pupil.start()
    pupil.choose("travelled", "bus")
    page.clock.run_for(181_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.clock.run_for(21_000)
    assert pupil.at() == "intro" and page.locator("input:checked").count() == 0
    pupil.start()
    pupil.walk(ALL)
    pupil.send()
    assert len(room.stored()) == 1


def test_nothing_that_one_pupil_chose_meets_the_next(context_of: Callable[..., BrowserContext], tours: Grounds) -> None:
    """Whoever walks away: neither their language, nor easy read, nor the size of their words stays; "No thanks" counts."""
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil, room = Pupil(page), tours.room("shared")
    room.open("before", "en", "cy")
    pupil.join(room.code)

    def walks_away() -> None:
        page.clock.run_for(181_000)
        expect(page.locator("#idle")).to_be_visible()
        page.clock.run_for(21_000)
        expect(page.locator("#idle")).to_be_hidden()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.url.endswith("/answer") and page.locator("[name=look]").input_value() == "standard"
        assert pupil.at() == "intro"

    page.get_by_role("link", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    walks_away()
    page.locator(".tongues a[href*=easy_read]").click()
    page.wait_for_url("**/answer?look=easy_read")
    pupil.start()
    walks_away()
    page.locator(".ease summary").click()
    page.select_option("#size", "Biggest")
    walks_away()
    assert page.locator("#size").input_value() == ""
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert room.declines() == 1


def _with_recordings(page: Page) -> None:
    """The same page, with a recording (a quarter of a minute of nothing) beside its first two questions."""
    silence = io.BytesIO()
    with wave.open(silence, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128]) * 8000 * 15)

    def spoken(route: Route) -> None:
        reply = route.fetch()
        html = reply.text()
        for key in ("travelled", "packed"):
            recording = f'<audio controls preload="none" src="/recordings/{key}.wav" aria-labelledby="t-{key}"></audio>'
            html = re.sub(rf'(id="q-{key}".*?</legend>)', rf"\1{recording}", html, count=1, flags=re.DOTALL)
        route.fulfill(response=reply, body=html)

    page.route("**/answer", spoken)
    page.route("**/recordings/*", lambda route: route.fulfill(body=silence.getvalue(), content_type="audio/wav"))


def test_a_recording_is_never_heard_with_another_question_or_by_the_next_person(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    _with_recordings(page)
    page.goto("/answer")

    def plays(key: str) -> None:
        page.evaluate("(key) => document.querySelector(`#q-${key} audio`).play()", key)
        assert heard() == [key]

    def heard() -> list[str]:
        found = (
            "[...document.querySelectorAll('audio')].filter((one) => !one.paused).map((one) => one.closest('.step').id)"
        )
        return [step.removeprefix("q-") for step in page.evaluate(found)]

    pupil.start()
    plays("travelled")
    pupil.next()
    assert heard() == [] and page.evaluate("document.querySelector('audio').currentTime") == 0
    pupil.back()
    plays("travelled")
    plays("packed")
    page.clock.run_for(181_000)
    page.clock.run_for(21_000)
    assert pupil.at() == "intro" and heard() == []


def test_a_mistyped_card_is_put_right_at_its_own_step(page: Page, outings: Grounds) -> None:
    """Sent, it would go openly and come back; without a network it would cost the answers their pair."""
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    swapped = next(card[:n] + card[n + 1] + card[n] + card[n + 2 :] for n in range(6) if card[n] != card[n + 1])
    other = "Z" if card[3] != "Z" else "Y"
    pupil = Pupil(page)
    pupil.join(room.code)
    page.click("#start")
    for typed, said in (
        (swapped, "not the code of a card"),
        (card[:3] + other + card[4:], "not the code of a card"),
        (card[:6], "not the code of a card"),
        (room.code, "the code from the board"),
    ):
        page.fill("#i-card", typed)
        expect(page.locator(".error")).to_have_count(0)
        pupil.next()
        assert pupil.at() == "card"
        expect(page.locator("#i-card")).to_be_focused()
        expect(page.locator("#i-card")).to_have_accessible_description(re.compile(said))
    page.fill("#i-card", f" {card[:4].lower()}-{card[4:]}".replace("0", "o").replace("1", "l"))
    pupil.next()
    pupil.walk(ALL)
    pupil.send()
    assert room.rows()[0].pair_key is not None
