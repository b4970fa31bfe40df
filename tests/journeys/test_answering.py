"""From code to thanks in a real browser, with script and without, and what was stored read back as answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.instrument import DONT_KNOW, LEFT_BLANK, NOT_ASKED
from survey.pairing import new_cards, shown
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds

ALL = {"travelled": "bus", "bus_full": "full", "packed": ("lunch", "book"), "stops": "12", "liked": "good"}
REFUSED = r"the server responded with a status of 4\d\d"


def test_with_script_a_step_at_a_time(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.shown.lower())
    assert pupil.at() == "intro"
    pupil.start()
    seen = []
    for key in ALL:
        seen.append(pupil.at())
        assert pupil.focused() == key, "focus moves to the new question's heading"
        answer = ALL[key]
        pupil.type(key, "12") if key == "stops" else pupil.choose(
            key, *([answer] if isinstance(answer, str) else answer)
        )
        pupil.next()
    assert seen == list(ALL)
    assert (pupil.at(), pupil.focused()) == ("check", "check")
    assert [text.strip() for text in page.locator("#answers dd:nth-of-type(1)").all_inner_texts()] == [
        "By bus",
        "Yes",
        "Lunch\nA book",
        "12 stops",
        "Good",
    ]
    page.get_by_role("button", name=re.compile("Change.*How was the way here")).click()
    assert pupil.at() == "liked"
    pupil.choose("liked", "okay")
    pupil.next()
    assert pupil.at() == "check", "a changed answer leads straight back to the check"
    pupil.send()
    expect(page.locator("h1")).to_have_text(re.compile("Thank you"))
    ((head, answers),) = room.stored()
    assert answers == {
        "travelled": "bus",
        "bus_full": "full",
        "packed": ("lunch", "book"),
        "stops": 12,
        "liked": "okay",
    }
    assert (head.mode, head.language) == ("own", "en")


def test_back_loses_nothing(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    for step in ("liked", "stops", "packed"):
        pupil.back()
        assert (pupil.at(), pupil.focused()) == (step, step)
    for step in ("bus_full", "travelled", "intro"):
        page.go_back()
        assert pupil.at() == step, "the browser's Back goes a step, too"
    for step in ("travelled", "bus_full"):
        page.go_forward()
        assert pupil.at() == step
    assert pupil.option("travelled", "bus").is_checked()
    page.set_viewport_size({"width": 780, "height": 390})
    while pupil.at() != "check":
        pupil.next()
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {**ALL, "stops": 12}


def test_a_number_that_cannot_be_taken_is_named_on_its_question_and_not_on_send(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    while pupil.at() != "stops":
        pupil.next()
    for typed in ("lots", "2 or 3", "-1", "61"):
        pupil.type("stops", typed)
        pupil.next()
        assert pupil.at() == "stops", typed
        expect(page.locator("#i-stops")).to_have_accessible_description(
            "Type a number from 0 to 60, or leave it empty."
        )
        expect(page.locator("#i-stops")).to_be_focused()
    pupil.type("stops", " 60")
    expect(page.locator("#q-stops .error")).to_have_count(0)
    pupil.next()
    assert pupil.at() == "liked"
    pupil.next()
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers["stops"] == 60


def test_a_conditional_question_comes_and_goes(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    expect(page.locator("#q-travelled .count")).to_have_text("Question 1")  # no total while it is not sure
    pupil.choose("travelled", "bus")
    pupil.next()
    assert pupil.at() == "bus_full"
    expect(page.locator("#q-bus_full .count")).to_have_text("Question 2 of 5")
    pupil.choose("bus_full", "empty")
    pupil.back()
    pupil.choose("travelled", "foot")
    pupil.next()
    assert pupil.at() == "packed"
    expect(page.locator("#q-packed .count")).to_have_text("Question 2 of 4")
    pupil.choose("packed", "coat", "nothing")
    assert not pupil.option("packed", "coat").is_checked(), "an answer that stands alone takes the others away"
    pupil.next()
    page.locator('#q-stops input[value="dont_know"]').check()
    pupil.next()
    pupil.next()
    assert "bus" not in page.locator("#answers").inner_text().lower()
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {
        "travelled": "foot",
        "bus_full": NOT_ASKED,
        "packed": ("nothing",),
        "stops": DONT_KNOW,
        "liked": LEFT_BLANK,
    }


def test_without_script_one_page_and_one_submit(
    context_of: Callable[..., BrowserContext], watch: Watch, outings: Grounds
) -> None:
    watch.expect(REFUSED)
    room = outings.room("shared", "before")
    (card,) = new_cards(1)
    page = context_of(java_script_enabled=False).new_page()
    pupil = Pupil(page, script=False)
    page.goto("/")
    page.fill("#code", "not a code")
    page.click("#join .button")
    expect(page.locator("#code")).to_have_value("not a code")
    expect(page.locator("#code-error")).to_be_visible()
    pupil.join(room.shown)
    pupil.start(shown(card))
    for key in ALL:
        expect(page.locator(f"#q-{key}")).to_be_visible()
    expect(page.locator("#q-bus_full .only")).to_contain_text("By bus")
    pupil.choose("travelled", "bus")
    pupil.choose("bus_full", "full")
    pupil.choose("packed", "lunch", "nothing")
    pupil.type("stops", "ninety")
    pupil.choose("liked", "good")
    page.click("#send")
    assert page.title().startswith("Error:")
    links = page.locator("#summary a")
    assert [link.get_attribute("href") for link in links.all()] == ["#i-packed", "#i-stops"]
    links.nth(1).click()
    expect(page.locator("#i-stops")).to_be_in_viewport()
    expect(page.locator("#i-stops")).to_have_value("ninety")
    expect(page.locator("#i-card")).to_have_value(re.compile(card[:4]))
    for key, value in (("travelled", "bus"), ("bus_full", "full"), ("packed", "lunch"), ("liked", "good")):
        assert pupil.option(key, value).is_checked(), "a refused form comes back as it was filled in"
    assert room.rows() == []
    pupil.choose("packed", "nothing")
    pupil.type("stops", "9")
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {"travelled": "bus", "bus_full": "full", "packed": ("lunch",), "stops": 9, "liked": "good"}
    assert room.rows()[0].pair_key is not None


def test_errors_with_script_lead_to_the_question(page: Page, watch: Watch, outings: Grounds) -> None:
    watch.expect(REFUSED)
    room = outings.room("shared", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.slip("ABCDEFG")
    pupil.walk(ALL)
    page.click("#send")
    page.wait_for_selector("#summary")
    assert page.evaluate("document.activeElement.id") == "summary", "focus goes to the error summary"
    assert page.title().startswith("Error:")
    assert pupil.at() == "check"
    page.click("#summary a")
    assert pupil.at() == "card"
    expect(page.locator("#i-card")).to_have_value("ABCDEFG")
    assert "e-card" in str(page.locator("#i-card").get_attribute("aria-describedby"))
    expect(page.locator("#e-card")).to_contain_text("not the code of a card")
    page.fill("#i-card", "")
    pupil.next()
    assert pupil.at() == "check"
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {**ALL, "stops": 12}


def test_nothing_chosen_is_sent_for_somebody(page: Page, tours: Grounds) -> None:
    room = tours.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    assert page.locator("#answer input:checked").count() == 0
    pupil.start()
    while pupil.at() != "check":
        pupil.next()
    pupil.send()
    ((_, answers),) = room.stored()
    asked = {item.key for item in room.instrument.items_in("before")}
    assert {answers[key] for key in asked} == {LEFT_BLANK}


def test_choosing_moves_nobody_on(page: Page, outings: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(outings.room("own", "before").code)
    pupil.start()
    for value in ("bus", "bicycle", "foot", "dont_know"):
        pupil.choose("travelled", value)
        assert pupil.at() == "travelled"


def test_no_thanks_is_counted_and_looks_the_same(page: Page, outings: Grounds) -> None:
    room = outings.room("shared", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    sizes = [page.locator(where).bounding_box() for where in ("#start", "#decline button")]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert (round(sizes[0]["width"]), round(sizes[0]["height"])) == (
        round(sizes[1]["width"]),
        round(sizes[1]["height"]),
    )
    page.click("#decline button")
    page.wait_for_url("**/activity")
    pupil.start()
    while pupil.at() != "check":
        pupil.next()
    page.click("#send")
    page.wait_for_url("**/finished")
    expect(page.locator("main")).not_to_contain_text("arrived")
    assert (room.rows(), room.declines()) == ([], 1)


@pytest.mark.parametrize("fragment", ["{code}", "{code}.{card}", "{card}.{code}"])
def test_a_qr_carries_code_and_card_in_the_fragment(page: Page, outings: Grounds, fragment: str) -> None:
    room = outings.room("shared", "before")
    (card,) = new_cards(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/#" + fragment.format(code=room.code, card=shown(card)))
    page.wait_for_url("**/answer*")
    pupil = Pupil(page)
    if "card" in fragment:
        expect(page.locator("#i-card")).to_have_value(re.compile(card[:4]))
    assert not any(room.code in url or card in url for url in asked), "neither code nor card is in an address"
    assert room.code not in page.url
    assert card not in page.url
    pupil.start()
    pupil.walk({})
    pupil.send()
    assert [row.pair_key is not None for row in room.rows()] == ["card" in fragment]


def test_a_card_alone_waits_for_the_code(page: Page, outings: Grounds) -> None:
    room = outings.room("shared", "before")
    (card,) = new_cards(1)
    page.goto(f"/#{shown(card)}")
    expect(page.locator("#card-read")).to_contain_text("card has been read")
    assert page.url.endswith("/")
    page.keyboard.type(room.code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer*")
    expect(page.locator("#i-card")).to_have_value(re.compile(card[:4]))


def test_one_card_joins_before_and_after(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    room = outings.room("shared", "before")
    (card,) = new_cards(1)
    for wave in ("before", "after"):
        if wave == "after":
            room.close("before")
            room.open("after")
        pupil = Pupil(context_of().new_page())
        pupil.join(room.code)
        pupil.start(shown(card).lower())
        pupil.walk(ALL)
        pupil.send()
    (before,), (after,) = room.rows("before"), room.rows("after")
    assert before.pair_key is not None
    assert before.pair_key == after.pair_key


def test_own_devices_pair_themselves(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    room = outings.room("own", "before")
    devices = [context_of().new_page() for _ in range(2)]
    for wave in ("before", "after"):
        if wave == "after":
            room.close("before")
            room.open("after")
        for page in devices:
            pupil = Pupil(page)
            pupil.join(room.code)
            pupil.start()
            pupil.walk(ALL)
            pupil.send()
    before = {row.pair_key for row in room.rows("before")}
    after = {row.pair_key for row in room.rows("after")}
    assert None not in before
    assert len(before) == 2
    assert before == after


def test_shared_devices_are_never_paired(page: Page, outings: Grounds) -> None:
    room = outings.room("shared", "before")
    pupil = Pupil(page)
    for _ in range(2):
        pupil.join(room.code)
        pupil.start()
        pupil.walk(ALL)
        pupil.send()
        page.get_by_role("link", name="Next person").wait_for()
    assert [row.pair_key for row in room.rows()] == [None, None]


def test_closing_asks_first(page: Page, outings: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(outings.room("own", "before").code)
    pupil.start()
    pupil.choose("travelled", "foot")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    assert not page.is_closed()
    assert pupil.option("travelled", "foot").is_checked()


def test_pressing_send_twice_stores_once(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    page.dblclick("#send")
    page.wait_for_url("**/thanks")
    assert len(room.rows()) == 1


def test_pressing_send_twice_without_script_stores_once(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    room = outings.room("own", "before")
    page = context_of(java_script_enabled=False).new_page()
    pupil = Pupil(page, script=False)
    pupil.join(room.code)
    pupil.choose("travelled", "foot")
    page.dblclick("#send")
    page.wait_for_url("**/thanks")
    page.wait_for_load_state()
    assert len(room.rows()) == 1


def test_each_start_has_a_submission_of_its_own(page: Page, outings: Grounds) -> None:
    room = outings.room("shared", "before")
    pupil = Pupil(page)
    used = set()
    for _ in range(3):
        pupil.join(room.code)
        ids = page.evaluate("[...document.querySelectorAll('[name=submission]')].map(field => field.value)")
        assert re.fullmatch(r"[0-9a-f]{32}", ids[0])
        assert len(set(ids)) == 1
        used.add(ids[0])
    page.reload()
    used.add(page.input_value("#answer [name=submission]"))
    assert len(used) == 4


NOTHING_KEPT = "Object.defineProperty(window, 'indexedDB', { value: undefined })"
"""As on a full disk or in a private window: what cannot be sent stays on the page."""


def test_the_network_goes_at_send_and_the_answers_wait_sealed(page: Page, watch: Watch, outings: Grounds) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    page.context.set_offline(True)
    page.click("#send")
    expect(page.get_by_role("heading", name="Your answers are safe on this device")).to_be_focused()
    page.context.set_offline(False)
    page.wait_for_url("**/thanks")  # by itself
    ((_, answers),) = room.stored()
    assert answers == {**ALL, "stops": 12}


def test_the_network_goes_at_send_where_nothing_can_be_kept(page: Page, watch: Watch, outings: Grounds) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page.add_init_script(NOTHING_KEPT)
    bodies: list[str] = []
    page.on("request", lambda sent: sent.url.endswith("/answer") and bodies.append(sent.post_data or ""))
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    page.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("still on this page")
    assert pupil.at() == "check"
    expect(page.locator("#answers")).to_contain_text("By bus")
    page.context.set_offline(False)
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {**ALL, "stops": 12}
    forms = [set(parse_qs(body)) for body in bodies if body]
    assert forms == [{"ticket", "submission", "sealed"}] * 2, "sealed all the same"


def test_a_busy_service_is_asked_again(page: Page, watch: Watch, outings: Grounds) -> None:
    watch.expect(r"status of 503", r"reply: 503")
    page.add_init_script(NOTHING_KEPT)
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    page.route("**/answer", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}, body="busy"))
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("still on this page")
    page.unroute("**/answer")
    pupil.send()
    assert len(room.rows()) == 1


def test_a_sitting_that_closed_meanwhile_still_takes_them(page: Page, outings: Grounds) -> None:
    room = outings.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(ALL)
    room.close("before")
    pupil.send()
    (row,) = room.rows()
    assert row.is_late
