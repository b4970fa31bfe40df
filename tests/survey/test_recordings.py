"""Recordings of questions: given to a draft in the browser, judged by their bytes, kept with what is published."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey import recordings
from survey.authoring.trees import as_text, fingerprint
from survey.database import Database
from survey.models import AuditEntry, Draft, InstrumentVersion, Organisation, Recording, VersionRecording
from survey.publishing import instrument_of
from survey.sound_files import NoRecording, read_sound
from tests.survey.voices import box, m4a, mp3

HOME = "/staff/questionnaires/"
one_engine = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what has nothing to do with how a store works."""
HOSTILE = {
    "page.mp3": b"<!doctype html><script>alert(1)</script>",
    "tagged.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x05hello<script>alert(1)</script>",
    "../../survey/static/answer.js": b"// script",
    "film.m4a": m4a(handler=b"vide"),
    "lossless.m4a": m4a(format=b"alac"),
    "cut.m4a": m4a()[:-7],
    "nested.m4a": box(b"ftyp", b"M4A ") + box(b"moov") * 10 + b"\x00\x00\x00\x10moov" * 2000,
    "three.mp3": mp3(3),
    "broken.mp3": mp3() + b"\x00" * 9 + mp3(),
    "drawing.mp3": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "wave.mp3": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(200),
    "zip.m4a": b"PK\x03\x04" + bytes(300),
}


class Booth:
    """A draft of an organisation with two administrators and one of another, and what they do with recordings."""

    def __init__(self, database: Database, staff: Any) -> None:
        self.database, self.staff = database, staff
        with database.writing() as session:
            ours, others = Organisation(name="Ours"), Organisation(name="Others")
            session.add_all([ours, others])
            session.flush()
        self.first, self.second = (staff.client("administrator", organisation_id=ours.id) for _ in "12")
        self.stranger = staff.client("administrator", organisation_id=others.id)
        self.address = self.begin()

    def begin(self, start: str = "library:staying_safe") -> str:
        return str(self.staff.post(self.first, f"{HOME}new", start=start, title="").location)

    @property
    def page(self) -> str:
        return f"{self.address}recordings"

    def give(
        self, data: bytes, item: str, lang: str = "en", name: str = "voice.mp3", who: FlaskClient | None = None
    ) -> Any:
        sent = {"file": (io.BytesIO(data), name), "item": item}
        return self.staff.post(who or self.first, f"{self.page}?lang={lang}", **sent)

    def remove(self, item: str, lang: str = "en") -> Any:
        return self.staff.post(self.first, f"{self.page}?lang={lang}", item=item, act="remove")

    @property
    def draft(self) -> Draft:
        with self.database.reading() as session:
            return session.get_one(Draft, int(self.address.rstrip("/").split("/")[-1]))

    @property
    def keys(self) -> list[str]:
        return [item["key"] for page in self.draft.document["source"]["pages"] for item in page["items"]]

    def reword(self) -> None:
        """Other words for the first question, by the draft's text."""
        source = self.draft.document["source"]
        text = as_text(source).replace(source["pages"][0]["items"][0]["text"], "Entirely other words?")
        self.staff.post(self.first, f"{self.address}text", text=text, was=fingerprint(source))

    def kept(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Recording)) or 0

    def publish(self) -> InstrumentVersion:
        revision = str(self.draft.revision)
        assert self.staff.post(self.first, f"{self.address}propose", revision=revision).status_code == 303
        agreed = self.staff.post(self.second, f"{self.address}publish", revision=revision)
        assert "published=" in agreed.location, agreed.location
        with self.database.reading() as session:
            found = session.scalar(select(InstrumentVersion).order_by(InstrumentVersion.id.desc()))
        assert found is not None
        return found


@pytest.fixture
def booth(database: Database, staff: Any) -> Booth:
    return Booth(database, staff)


def test_a_recording_goes_with_the_draft_into_the_version_and_stays_there(booth: Booth) -> None:
    """Given, heard by its authors only, published by two, heard by everybody; a later version does not take it away."""
    key = booth.keys[0]
    assert booth.give(mp3(), key).status_code == 303
    page = booth.first.get(booth.page).text
    heard = page.partition(f'id="r-{key}"')[2].partition('src="')[2].partition('"')[0]
    name = heard.rpartition("/")[2]
    assert '<audio controls preload="none"' in page and "autoplay" not in page
    reply = booth.first.get(heard)
    assert (reply.data, reply.mimetype, reply.headers["Cache-Control"]) == (mp3(), "audio/mpeg", "no-store")
    assert booth.stranger.get(heard).status_code == booth.stranger.get(booth.page).status_code == 404
    nobody = booth.staff.app.test_client()
    assert nobody.get(f"/recordings/{name}").status_code == 404, "a draft's recording is nobody else's"
    assert f'src="{heard}"' in booth.first.get(f"{booth.address}preview?lang=en&wording=audio").text
    version = booth.publish()
    assert instrument_of(version).item(key).versions[-1].sound == name
    reply = nobody.get(f"/recordings/{name}")
    assert (reply.data, reply.mimetype) == (mp3(), "audio/mpeg")
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    part = nobody.get(f"/recordings/{name}", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.data) == (206, mp3()[:2]), "an iPhone plays nothing that does not come in parts"
    assert f'src="/recordings/{name}"' in booth.first.get(f"{HOME}{version.id}/preview?lang=en&wording=audio").text
    booth.address = booth.begin(f"version:{version.id}")
    booth.reword()
    assert "The words have changed since" in booth.first.get(booth.page).text, "what was published says other words"
    assert booth.give(mp3(fill=1), key).status_code == 303 and booth.kept() == 2
    booth.publish()
    assert nobody.get(f"/recordings/{name}").data == mp3(), "the older version keeps its own"
    with booth.database.reading() as session:
        assert len(session.scalars(select(VersionRecording)).all()) == 2


def test_what_no_questionnaire_names_is_gone(booth: Booth) -> None:
    one, other = booth.keys[:2]
    booth.give(mp3(), one)
    booth.give(mp3(), other)
    assert booth.kept() == 1, "the same recording is kept once"
    booth.remove(one)
    assert booth.kept() == 1 and "Removed" in booth.first.get(f"{booth.page}?done={one}").text
    booth.give(m4a(), other)
    assert booth.kept() == 1, "another one takes its place"
    assert booth.staff.post(booth.first, f"{booth.address}throw-away").status_code == 303
    assert booth.kept() == 0
    with booth.database.reading() as session:
        acts = set(session.scalars(select(AuditEntry.action)))
    assert {"draft.recording_given", "draft.recording_removed"} <= acts


@one_engine
def test_what_is_no_sound_is_refused_whatever_it_is_called(booth: Booth) -> None:
    key = booth.keys[0]
    for name, data in HOSTILE.items():
        reply = booth.give(data, key, name=name)
        assert reply.status_code == 422 and "Save the recording as MP3" in reply.text, name
        assert "alert(1)" not in reply.text and booth.kept() == 0, name
    assert "recorded" not in booth.draft.document and booth.draft.revision == 1


@one_engine
def test_refusals_say_what_to_do(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    key = booth.keys[0]
    for data, words, status in (
        (b"", "Record the question once more", 422),
        (mp3(3000), "at most 300 KB", 422),
        (mp3(4760), "at most 300 KB", 413),
    ):
        reply = booth.give(data, key)
        assert (reply.status_code, booth.kept()) == (status, 0) and words in reply.text
        assert 'role="alert"' in reply.text and booth.keys[0] in reply.text
    assert "Choose a recording first" in booth.staff.post(booth.first, booth.page, item=key).text
    assert "This question is gone" in booth.give(mp3(), "no_such_key").text
    assert "Give the English recording first" in booth.give(mp3(), key, "cy").text
    assert booth.first.get(f"{booth.page}?lang=xx").status_code == 404
    monkeypatch.setattr(recordings, "MOST_OF_A_DRAFT", len(mp3()) + 1)
    assert booth.give(mp3(), key).status_code == 303
    refused = booth.give(mp3(fill=1), booth.keys[1])
    assert refused.status_code == 422 and "one channel at 64 kbit/s" in refused.text and booth.kept() == 1


@one_engine
def test_the_name_of_a_file_goes_nowhere(booth: Booth) -> None:
    assert booth.give(mp3(), booth.keys[0], name="../../etc/<b>passwd</b>.html").status_code == 303
    assert "passwd" not in booth.first.get(booth.page).text and "passwd" not in str(booth.draft.document)
    for path in ("../heard.sqlite3", "..%2f..%2fsurvey%2fapp.py", "0" * 40 + ".mp3", "a.mp3"):
        assert booth.first.get(f"/recordings/{path}").status_code == 404
        assert booth.first.get(f"{booth.page}/{path}").status_code == 404


@one_engine
def test_a_language_has_its_own_voice_and_nobody_has_to_confirm_its_words_again(booth: Booth) -> None:
    """Another voice is no other text; another text asks for another voice."""
    key, other = booth.keys[:2]
    was = re.findall(
        r'languages/cy".*?name="was" value="(\w+)"', booth.first.get(f"{booth.address}languages").text, re.S
    )[0]
    booth.staff.post(booth.first, f"{booth.address}languages/cy", person="Mair Prys", organisation="Ours", was=was)
    checked = booth.draft.document["translations"]["cy"]["checked"]
    assert checked
    booth.give(mp3(), key)
    assert booth.give(m4a(), key, "cy").status_code == 303
    told = booth.draft.document["translations"]["cy"]
    assert told["items"][key]["versions"]["audio"]["sound"].endswith(".m4a") and told["checked"] == checked
    assert "Listening is offered in this language" in booth.first.get(f"{booth.page}?lang=cy").text
    spoken = booth.first.get(f"{booth.address}preview?lang=cy&wording=audio").text
    assert told["items"][key]["versions"]["audio"]["sound"] in spoken
    booth.give(mp3(fill=1), other)
    assert "1 of the 2 questions" in booth.first.get(f"{booth.page}?lang=cy").text
    booth.give(mp3(fill=2), key)
    assert booth.draft.document["translations"]["cy"] == told, "another English voice changes nothing in Welsh"
    assert "The words have changed" not in booth.first.get(booth.page).text
    booth.reword()
    assert "The words have changed" in booth.first.get(booth.page).text
    booth.remove(key)
    assert "audio" not in str(booth.draft.document["translations"]["cy"]["items"].get(key)), (
        "it goes with the English one"
    )
    assert booth.kept() == 1


@one_engine
def test_giving_one_takes_a_proposal_back(booth: Booth) -> None:
    booth.staff.post(booth.first, f"{booth.address}propose", revision=str(booth.draft.revision))
    assert booth.draft.state == "proposed"
    booth.give(mp3(), booth.keys[0], who=booth.second)
    assert (booth.draft.state, booth.draft.proposed_by) == ("draft", None)


def test_what_a_file_says_of_who_and_where_is_left_out() -> None:
    sort, content = read_sound(mp3(notes=b"TPE1 A. Jones, Northfield School") + b"TAG" + bytes(125))
    assert (sort, content) == ("mp3", mp3())
    sort, content = read_sound(m4a())
    assert sort == "m4a" and b"Northfield" not in content and len(content) == len(m4a())
    assert read_sound(content) == ("m4a", content)


def test_damaged_files_are_refused_and_nothing_else_happens() -> None:
    """Every cut, and every byte changed, of a small file of either sort: sound or a refusal."""
    for whole in (mp3(6), m4a(b"\x21" * 8)):
        for n in range(len(whole)):
            for data in (whole[:n], whole[:n] + bytes((whole[n] ^ 0xFF,)) + whole[n + 1 :]):
                try:
                    assert len(read_sound(data)[1]) <= len(data)
                except NoRecording:
                    continue
