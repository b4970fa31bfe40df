"""Words in a real browser: sealed there to their readers, sent at once or not at all, and no trace of them on the device."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_answering import NOTHING_KEPT
from tests.journeys.test_offline import STEP, ready, waiting
from tests.live import Room
from tests.survey.desk import said_to

CANARY = "canary-9930 läßt grüßen مرحبا"
OTHER = "canary-5512 never sent"


def to_the_box(pupil: Pupil, room: Room) -> None:
    pupil.join(room.code)
    pupil.start()
    while pupil.at() != "your_words":
        pupil.page.click("#next")


def to_the_check(pupil: Pupil) -> None:
    while pupil.at() != "check":
        pupil.page.click("#next")


def kept_everywhere(page: Page) -> str:
    """All that the device holds: storages, databases, caches."""
    return str(
        page.evaluate(
            """async () => {
              const held = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML];
              for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) held.push(await (await cache.match(request)).text());
              }
              return held.join('\\n');
            }"""
        )
    ) + json.dumps(waiting(page))


def test_words_are_sealed_in_the_browser_to_who_was_chosen(context_of: Callable[..., BrowserContext], wishes) -> None:
    grounds, reader, deputy, inside = wishes
    room = grounds.room("shared", "after")
    page = context_of().new_page()
    sent: list[tuple[str, str]] = []
    page.on(
        "request", lambda one: one.method == "POST" and sent.append((one.url.rpartition("/")[2], one.post_data or ""))
    )
    pupil = Pupil(page)
    to_the_box(pupil, room)
    expect(page.locator("#n-your_words")).to_contain_text("A trained adult reads what you type here.")
    page.get_by_label("A safeguarding adult at my school").check()
    page.check("[name='your_words.print'][value=yes]")
    to_the_check(pupil)
    row = page.locator("#answers > div", has_text="What should your school do")
    expect(row.locator("dd").first).to_have_text("No answer")
    row.get_by_role("button").click()
    page.fill("#i-your_words", CANARY)
    to_the_check(pupil)
    chosen = ["Who should read this? A safeguarding adult at my school", CANARY, "May we print it: Yes"]
    expect(row.locator("dd").first.locator("div")).to_have_text(chosen)
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    by_path = {path: parse_qs(body) for path, body in sent if path in ("words", "answer")}
    assert set(by_path["words"]) == {"ticket", "submission", "who-reads", "sealed-words"}
    assert set(by_path["answer"]) == {"ticket", "submission", "sealed"}
    assert by_path["words"]["submission"] != by_path["answer"]["submission"], "nothing joins the two"
    envelopes = [part.partition(".")[2] for part in by_path["words"]["sealed-words"][0].split("~")]
    raw = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in envelopes]
    assert len(raw) == 3 and {(len(one) - 65 - 16) % STEP for one in raw} == {0}
    assert [said_to(one, room) for one in (reader, deputy, inside)] == [[CANARY]] * 3
    assert CANARY not in kept_everywhere(page) and len(room.rows("after")) == 1


def kept_and_reply_lost(route: Route) -> None:
    """The words reach the service; its reply does not come back."""
    route.fetch()
    route.abort()


def test_words_that_cannot_be_sent_never_wait(context_of: Callable[..., BrowserContext], wishes, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")
    grounds, reader, *_ = wishes
    room = grounds.room("shared", "after")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    assert 'name="your_words"' in page.content()
    assert 'name="your_words"' not in page.evaluate("async () => (await caches.match('/answer')).text()")
    to_the_box(pupil, room)
    page.fill("#i-your_words", "while the network was there")
    to_the_check(pupil)
    before = len(said_to(reader, room))
    context.set_offline(True)
    page.click("#send")
    expect(page.locator("#unsent")).to_be_focused()
    expect(page.locator("#unsent [data-when]:visible")).to_contain_text("What you typed was not sent")
    assert room.rows("after") == [] and waiting(page) == [], "no answers without a decision about the words"
    context.set_offline(False)
    page.route("**/quiet", lambda route: route.abort())  # as on a Wi-Fi without internet
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#unsent")).to_be_focused()
    expect(page.locator("#unsent [data-when]:visible")).to_contain_text("What you typed was not sent")
    expect(page.locator("#unsent")).to_contain_text("tell an adult you trust, or use Get help")
    assert len(said_to(reader, room)) == before, "nothing has left the device, and the page does not doubt it"
    page.unroute("**/quiet")
    page.route("**/words", kept_and_reply_lost)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#unsent [data-when]:visible")).to_contain_text(
        "We could not tell whether what you typed arrived"
    )
    assert len(said_to(reader, room)) == before + 1, "it had arrived, so the page must not call it unsent"
    assert room.rows("after") == [] and waiting(page) == []
    page.unroute("**/words")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/talk?end=a")
    page.get_by_label("No thanks").check()
    context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#unsent")).to_be_focused()
    assert waiting(page) == [], "the last page never waits on a device"
    context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks?talked")
    assert len(said_to(reader, room)) == before + 1

    to_the_box(pupil, room)
    page.fill("#i-your_words", OTHER)
    to_the_check(pupil)
    context.set_offline(True)
    page.click("#send")
    expect(page.locator("#unsent")).to_be_focused()
    assert waiting(page) == []
    page.get_by_role("button", name="Send without what I typed").click()
    expect(page.get_by_role("heading", name="Your answers are safe on this device")).to_be_focused()
    assert OTHER not in kept_everywhere(page) and len(waiting(page)) == 1
    page.get_by_role("button", name="Next person").click()
    pupil.start()
    to_the_check(pupil)
    assert page.locator("#answers").get_by_text("What should your school do").count() == 0, "no box without a network"
    context.set_offline(False)
    expect(page.locator("#waiting-here")).to_be_hidden()
    assert OTHER not in "".join(said_to(reader, room))


def change_words(pupil: Pupil, words: str) -> None:
    """From the check to the box and back, with other words in it."""
    pupil.page.locator("#answers div", has=pupil.page.get_by_text("What should your school do")).get_by_role(
        "button"
    ).click()
    pupil.page.fill("#i-your_words", words)
    pupil.next()
    assert pupil.at() == "check"


def test_words_that_went_before_are_not_forgotten_when_others_stand_there(
    context_of: Callable[..., BrowserContext], wishes, watch: Watch
) -> None:
    """Earlier words may be with an adult, or are: whatever stands in the box by now, nobody is told that nothing went."""
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")
    grounds, reader, *_ = wishes
    room = grounds.room("shared", "after")
    context = context_of(service_workers="block")
    page = context.new_page()
    page.add_init_script(NOTHING_KEPT)
    pupil = Pupil(page)
    to_the_box(pupil, room)
    page.fill("#i-your_words", "the first")
    to_the_check(pupil)
    before = len(said_to(reader, room))
    page.route("**/words", kept_and_reply_lost, times=1)
    page.click("#send")
    unsure = page.locator("#unsent [data-when=unsure]")
    expect(unsure).to_be_visible()
    change_words(pupil, "the second")
    context.set_offline(True)
    page.click("#send")
    expect(page.locator("#unsent")).to_be_focused()
    expect(unsure).to_be_visible()
    context.set_offline(False)
    page.route("**/answer", lambda route: route.abort())
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#status")).to_contain_text("What you typed has already arrived.")
    assert len(said_to(reader, room)) == before + 2
    change_words(pupil, "the third")
    context.set_offline(True)
    page.click("#send")
    expect(unsure).to_be_visible()
    context.set_offline(False)
    page.unroute("**/answer")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/talk?end=a")
    assert len(said_to(reader, room)) == before + 3 and len(room.rows("after")) == 1


def test_an_empty_box_goes_with_the_network_though_its_reader_was_chosen(
    context_of: Callable[..., BrowserContext], wishes
) -> None:
    grounds, *_ = wishes
    context = context_of(service_workers="block")
    page = context.new_page()
    pupil = Pupil(page)
    to_the_box(pupil, grounds.room("shared", "after"))
    page.get_by_label("A safeguarding adult at my school").check()
    context.set_offline(True)
    to_the_check(pupil)
    expect(page.locator("#answers")).not_to_contain_text("What should your school do")


def test_words_that_are_too_long_to_send_say_so_and_can_be_made_shorter(
    context_of: Callable[..., BrowserContext], wishes, watch: Watch
) -> None:
    watch.expect("status of 413")
    grounds, reader, *_ = wishes
    room = grounds.room("shared", "after")
    page = context_of(service_workers="block").new_page()
    pupil = Pupil(page)
    to_the_box(pupil, room)
    before, long = len(said_to(reader, room)), CANARY * 4000
    page.evaluate("(long) => { document.querySelector('#i-your_words').value = long; }", long)
    to_the_check(pupil)
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("too long to send. It is still on this page")
    expect(page.locator("#unsent")).to_be_hidden()
    assert (pupil.at(), page.input_value("#i-your_words")) == ("check", long)
    assert room.rows("after") == [] and len(said_to(reader, room)) == before
    page.evaluate("(short) => { document.querySelector('#i-your_words').value = short; }", CANARY)
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    assert len(said_to(reader, room)) == before + 1


def test_words_that_nobody_can_read_just_now_stay_on_the_page_and_go_later(
    context_of: Callable[..., BrowserContext], wishes, watch: Watch
) -> None:
    """The reader goes home between the page and Send: what comes back says so, and nothing of it is lost or stuck."""
    watch.expect("status of 422")
    grounds, reader, *_ = wishes
    room = grounds.room("shared", "after")
    page = context_of(service_workers="block").new_page()
    pupil = Pupil(page)
    to_the_box(pupil, room)
    page.fill("#i-your_words", CANARY)
    to_the_check(pupil)
    before = len(said_to(reader, room))
    policy, html = page.evaluate(
        "fetch('/answer').then(async (reply) => [reply.headers.get('Content-Security-Policy'), await reply.text()])"
    )
    blank = re.sub(r' data-words="[^"]*"', "", html)
    told = '<div class="notice care" role="alert" id="waiting" tabindex="-1"><p>What you typed was not sent</p></div>'
    blank = re.sub(r'<div class="notice" id="n-your_words">.*?</div>', "", blank, flags=re.DOTALL)
    refusal = blank.replace('<section class="step" id="intro">', f'{told}<section class="step" id="intro">')

    def gone_home(route: Route) -> None:
        mark = parse_qs(route.request.post_data or "")["submission"][0]
        if route.request.url.endswith("/words"):
            route.fulfill(status=422, body=f"Heard asks again {mark}")
        else:
            route.fulfill(
                status=422, headers={"Content-Security-Policy": policy}, content_type="text/html", body=refusal
            )

    for path in ("words", "answer"):
        page.route(f"**/{path}", gone_home)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_focused()
    assert (pupil.at(), page.input_value("#i-your_words")) == ("check", CANARY)
    expect(page.locator("#n-your_words")).to_have_count(0)  # nobody is there of whom it could still be true
    page.click("#send")
    expect(page.locator("#waiting")).to_have_count(1)
    expect(page.locator("#waiting")).to_be_focused()
    for path in ("words", "answer"):
        page.unroute(f"**/{path}")
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    assert len(said_to(reader, room)) == before + 1 and len(room.rows("after")) == 1
