"""What is not answers crosses a poor network as they do, and arrives once: typed words, the last page, "No thanks", and an answer
of which the worker is told at once.

Here each form goes as a browser sends it without script, and again as somebody presses again; words also go as script seals
them. What script sends again by itself is tried in a real browser (`tests/journeys/test_poor_forms.py`).
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from questionnaires.files import load_library
from survey.models import Alert, Message, Response
from survey.talks import NOTHING, Asked
from tests.live import Grounds, Live, Room
from tests.proof.cutting import CuttingProxy
from tests.proof.poor_line import THIRD_GENERATION, PoorLine
from tests.proof.test_alerts import open_cases
from tests.proof.test_network import again, once
from tests.seals import seal
from tests.survey.casework import TELLING, Service, make_service
from tests.survey.desk import OnDuty, said_to, slips_for, with_readers

EACH, AT_ONCE = 30, 30
SLIP = re.compile(r'name="slip" value="([0-9a-f]{32})"')
BOX = re.compile(r'data-readers="([^"]+)" data-bound="([^"]+)"')


@dataclass
class House:
    """A running service: a session that asks for words, with readers on duty, and cases whose worker sees the answers."""

    live: Live
    room: Room
    reader: OnDuty
    service: Service
    cases: list[str]

    def form(self, **fields: str) -> bytes:
        """A form of the session."""
        return urlencode({"ticket": self.room.tickets["after", "en"], **fields}).encode()

    def assert_kept(self, words: list[str], asked: Counter[Asked], declines: int, forms: int, cases: int) -> None:
        """So much is kept, each of it once, and nothing else."""
        assert Counter(said_to(self.reader, self.room)) == Counter(words)
        assert slips_for(self.reader, self.room) == asked
        assert (self.room.declines("after"), len(self.room.rows("after"))) == (declines, forms)
        with self.live.database.reading() as session:
            alerts = Counter(session.scalars(select(Alert.case_id)))
            letters = Counter(session.scalars(select(Message.subject).where(Message.kind == "alert_new")))
            linked = session.scalars(select(Response.case_id).where(Response.case_id.is_not(None))).all()
        assert (len(alerts), set(alerts.values())) == (EACH, {1})
        assert (len(letters), set(letters.values())) == (EACH, {2}), "the worker and the deputy, once"
        assert (len(linked), len(set(linked))) == (cases, cases)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A service of its own."""
    live = Live(tmp_path / "service")
    grounds = Grounds(live, load_library("picture_views"), "wishes")
    reader, *_ = with_readers(grounds)
    service = make_service(live.database)
    cases = open_cases(live.database, service, EACH)
    live.start()
    yield House(live, grounds.room("own", "after"), reader, service, cases)
    live.kill()
    live.database.dispose()


class Walk:
    """Somebody on their way over a line, who presses again until something comes back, and goes where they are led."""

    def __init__(self, port: int, code: str = "") -> None:
        self.port, self.cookie = port, ""
        if code:
            self.post("/join", urlencode({"code": code}).encode(), "/answer?joined")

    def get(self, path: str) -> str:
        """A page of ours, by way of where it leads."""
        reply = again(self.port, "GET", path, cookie=self.cookie)
        if reply.status == 303:
            self.cookie = reply.cookie
            return self.get(reply.leads)
        assert reply.status == 200, (path, reply.status)
        return reply.said

    def post(self, path: str, body: bytes, leads: str) -> None:
        """Send a form until it is thanked for."""
        reply = again(self.port, "POST", path, body, self.cookie)
        assert (reply.status, reply.leads) == (303, leads), (path, reply.status)
        self.cookie = reply.cookie

    def end(self, house: House, path: str, end: str, **asked: str) -> None:
        """The last page, which everybody sends, and thanks."""
        found = SLIP.search(self.get(path))
        assert found is not None, "the last page"
        leads = {"a": "/thanks?talked", "b": "/finished?talked"}[end]
        self.post("/talk", house.form(end=end, slip=found[1], **asked), leads)
        assert "Thank you" in self.get(leads)


def tells(port: int, house: House, n: int) -> None:
    """Answers with words, then somebody to talk with."""
    walk = Walk(port, house.room.code)
    assert 'name="your_words"' in walk.get("/answer")
    walk.post("/answer", house.form(submission=secrets.token_hex(16), your_words=f"words {n}"), "/thanks")
    walk.end(house, "/thanks", "a", asks="self", child=f"child {n}")


def refuses(port: int, house: House, _n: int) -> None:
    """Say "No thanks", do something ordinary, and send the same last page."""
    walk = Walk(port, house.room.code)
    walk.post("/decline", house.form(submission=secrets.token_hex(16)), "/activity")
    assert 'id="answer"' in walk.get("/activity")
    walk.post("/activity", b"", "/finished")
    walk.end(house, "/finished", "b", asks="none")


def is_told(port: int, house: House, n: int) -> None:
    """An answer that tells when it is chosen, and then the form that it stands in."""
    submission, walk = secrets.token_hex(16), Walk(port)
    body = house.service.body(house.cases[n], submission, **TELLING)
    told = again(port, "POST", "/alert", body)
    assert (told.status, told.said) == (200, f"Heard tells {submission}")
    walk.post("/answer", body, "/thanks")
    assert "Thank you" in walk.get("/thanks")


def test_each_form_crosses_a_slow_line_with_losses_and_cuts_once(house: House) -> None:
    walks = [(walk, n) for n in range(EACH) for walk in (tells, refuses, is_told)]
    with PoorLine(house.live.port, THIRD_GENERATION) as line, ThreadPoolExecutor(AT_ONCE) as pupils:
        list(pupils.map(lambda one: one[0](line.port, house, one[1]), walks))
    assert line.cuts >= 20 and line.stalls >= 50
    asked = Counter({Asked("self", f"child {n}"): 1 for n in range(EACH)}) + Counter({NOTHING: EACH})
    house.assert_kept([f"words {n}" for n in range(EACH)], asked, declines=EACH, forms=EACH, cases=EACH)


def sealed_words(house: House, page: str, said: str) -> bytes:
    """Words as script seals them to whoever works outside the school."""
    found = BOX.search(page)
    assert found is not None
    plain = json.dumps([{"asked": "What should change?", "said": said, "may_print": ""}]).encode()
    readers = (one.split(".") for one in found[1].split())
    envelopes = [
        seal(f"{key_id}.{point}.{found[2]}{key_id}", plain) for where, key_id, point in readers if where == "outside"
    ]
    return house.form(submission=secrets.token_hex(16), **{"who-reads": "outside", "sealed-words": "~".join(envelopes)})


def test_each_forms_reply_may_be_lost_after_the_commit(house: House) -> None:
    page = Walk(house.live.port, house.room.code).get("/answer")

    def fresh() -> dict[str, str]:
        return {"submission": secrets.token_hex(16)}

    made: list[Callable[[int], tuple[str, bytes]]] = [
        lambda n: ("/answer", house.form(**fresh(), your_words=f"open {n}")),
        lambda n: ("/words", sealed_words(house, page, f"sealed {n}")),
        lambda n: ("/talk", house.form(end="a", slip=secrets.token_hex(16), asks="know", child=f"child {n}")),
        lambda _: ("/decline", house.form(**fresh())),
        lambda n: ("/alert", house.service.body(house.cases[n], **TELLING)),
    ]
    forms = [make(n) for n in range(EACH) for make in made]

    def lose(form: tuple[str, bytes]) -> None:
        while (reply := once(proxy.port, "POST", *form)) is not None:
            assert reply.status == 503, "a busy moment, and nothing was taken"

    with CuttingProxy(house.live.port) as proxy, ThreadPoolExecutor(8) as pupils:
        list(pupils.map(lose, forms))
    assert proxy.answered == len(forms), "no receipt got through, and the service had given each"
    for _ in range(2):
        with ThreadPoolExecutor(8) as pupils:
            replies = list(pupils.map(lambda form: again(house.live.port, "POST", *form), forms))
        assert {reply.status for reply in replies} == {200, 303}
    words = [f"{how} {n}" for n in range(EACH) for how in ("open", "sealed")]
    asked = Counter(Asked("know", f"child {n}") for n in range(EACH))
    house.assert_kept(words, asked, declines=EACH, forms=EACH, cases=0)
