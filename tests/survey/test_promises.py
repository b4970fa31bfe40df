"""No sentence of the interface promises more than is kept: those in Python as those in templates, in every language.

Templates are read in `test_look.py`, questionnaires by `questionnaires.wording`. What children read is also made in Python (the
promise beside a box, helplines, messages) and translated in the catalogues: all of it stands there, and all of it is read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from questionnaires.wording import PROMISES
from survey.languages import SOURCE, TRANSLATIONS, catalogues
from tests.survey.test_look import BANNED_WORDS

MEANT = {
    SOURCE: ("wants you to keep secrets", "promise no secrecy", "Victims and survivors"),
    "ar": ("Your password, with which", "you should not have to keep it to yourself"),
    "cy": ("wants you to keep secrets", "promise no secrecy"),
    "pl": ("wants you to keep secrets", "promise no secrecy", "neither you nor your deputy did anything"),
    "ro": ("wants you to keep secrets", "promise no secrecy"),
    "uk": ("wants you to keep secrets", "promise no secrecy"),
    "ur": (
        *("wants you to keep secrets", "promise no secrecy", "passphrase", "end of its 95% range"),
        "nobody may be able to tell from the screen",
    ),
}
"""English sentences, by a part of them, in which a word that is banned is no promise: what somebody else asks of a child, what
adults must not promise, staff's own passwords, and an Urdu end that looks like an Arabic secret."""
BANNED = {SOURCE: re.compile(f"{BANNED_WORDS.pattern}|{PROMISES['private'].pattern}", re.IGNORECASE)}


def sentences(code: str) -> Iterator[tuple[str, str]]:
    """Every sentence of a language beside the English one, bare of the signs that are written over and between letters."""
    # The English ones stand in every catalogue; which of them it is does not matter.
    file = TRANSLATIONS / ("cy" if code == SOURCE else code) / "messages.po"
    with file.open("rb") as opened:
        for message in read_po(opened, locale=file.parent.name):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            for words in ids if code == SOURCE else said:
                bare = "".join(sign for sign in words if unicodedata.category(sign) != "Mn" or code not in ("ar", "ur"))
                yield " ".join(ids), bare.replace("ـ", "")


@pytest.mark.parametrize("code", sorted(catalogues()))
def test_no_sentence_promises_more_than_is_kept(code: str) -> None:
    banned = BANNED.get(code, PROMISES["private"])
    found = {english: match.group() for english, words in sentences(code) if (match := banned.search(words))}
    told = {english: word for english, word in found.items() if not any(one in english for one in MEANT[code])}
    assert told == {}
    idle = [one for one in MEANT[code] if not any(one in english for english in found)]
    assert idle == [], "nothing is to be allowed there any more"


@pytest.mark.parametrize(
    ("code", "promise"),
    [
        ("en", "Your answers are anonymous."),
        ("cy", "Mae dy atebion yn ddienw."),
        ("ar", "إجاباتك سرّية."),
        ("pl", "Twoje odpowiedzi są anonimowe."),
        ("ro", "Răspunsurile tale sunt confidențiale."),
        ("uk", "Твої відповіді анонімні."),
        ("ur", "آپ کے جواب گمنام ہیں۔"),
    ],
)
def test_a_promise_would_be_noticed_in_every_language(monkeypatch: pytest.MonkeyPatch, code: str, promise: str) -> None:
    told = [*sentences(code), ("A new sentence.", promise)]
    monkeypatch.setattr("tests.survey.test_promises.sentences", lambda _: iter(told))
    with pytest.raises(AssertionError, match="A new sentence"):
        test_no_sentence_promises_more_than_is_kept(code)
