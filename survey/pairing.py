"""Pairing before with after, without names: a printed card's code, or the pupil's own device in the same sitting.

A card is six random signs of Crockford's alphabet and a check sign over GF(32), which catches every single wrong sign and
every swap of neighbours. No list of cards exists: a card is random, the pupil keeps it, and what is stored is a hash under a
key that dies when the programme closes. The hash is bound to the setting, so two schools' cards never meet.
"""

from __future__ import annotations

import secrets

from survey.sealing import Keys, keyed_hash

SITTING_ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXY"
CARD_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CARD_LENGTH = 7
CODE_LENGTH = 8
FIELD_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, which makes the 32 signs a field."""

_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_AVOIDED = (
    "ASS",
    "CRAP",
    "DAMN",
    "DEAD",
    "DYKE",
    "FAG",
    "FAT",
    "GAY",
    "HATE",
    "JEW",
    "KYS",
    "NAZ",
    "PAK",
    "PED",
    "RAPE",
    "SEX",
    "SPAZ",
    "TWAT",
    "WANK",
)


def tidy(typed: str) -> str:
    """What was typed, without spaces, hyphens and case."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def new_code() -> str:
    """A sitting's code: 8 signs, 38.5 bits."""
    return "".join(secrets.choice(SITTING_ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether a tidied text has the form of a sitting's code."""
    return len(text) == CODE_LENGTH and all(sign in SITTING_ALPHABET for sign in text)


def check_sign(payload: str) -> str:
    """The last sign of a card: c = 2·(c xor s) over GF(32), sign by sign."""
    check = 0
    for sign in payload:
        check = (check ^ CARD_ALPHABET.index(sign)) << 1
        if check & 32:
            check ^= FIELD_POLYNOMIAL
    return CARD_ALPHABET[check]


def read_card(typed: str) -> str | None:
    """The card that was typed, look-alikes mended; None when it is not a card."""
    card = tidy(typed).translate(_LOOK_ALIKES)
    if len(card) != CARD_LENGTH or any(sign not in CARD_ALPHABET for sign in card):
        return None
    return card if check_sign(card[:-1]) == card[-1] else None


def new_cards(count: int) -> list[str]:
    """Different random cards, none of which spells something unkind."""
    cards: set[str] = set()
    while len(cards) < count:
        payload = "".join(secrets.choice(CARD_ALPHABET) for _ in range(CARD_LENGTH - 1))
        card = payload + check_sign(payload)
        if not any(word in card.replace("0", "O").replace("1", "I") for word in _AVOIDED):
            cards.add(card)
    return sorted(cards, key=lambda _card: secrets.randbits(64))


def shown(text: str) -> str:
    """A code or card as printed, in two groups: 7N4Q-K2W."""
    return f"{text[:4]}-{text[4:]}"


def new_pairing_key(keys: Keys) -> bytes:
    """A programme's pairing key, wrapped for the store."""
    return keys.seal("pairing", secrets.token_bytes(32))


def pair_key(keys: Keys, wrapped: bytes, setting_id: int, *, card: str | None, device: str | None) -> bytes | None:
    """The hash that joins a pupil's two waves; None where there is neither card nor device.

    A card goes before a device: it was drawn by the pupil, while a device may have been handed on.
    """
    if not card and not device:
        return None
    secret = keys.open("pairing", wrapped)
    kind, token = ("card", card) if card else ("device", device)
    return keyed_hash(secret, kind.encode(), str(setting_id).encode(), (token or "").encode())[:16]
