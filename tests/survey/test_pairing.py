"""Codes and cards: read however typed, wrong signs caught, and nothing that leads from a hash back to a card."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import linking
from survey.pairing import (
    CARD_ALPHABET,
    SITTING_ALPHABET,
    check_sign,
    is_code,
    new_cards,
    new_code,
    new_pairing_key,
    pair_key,
    read_card,
    shown,
    tidy,
)
from survey.sealing import Keys, SealBroken, keyed_hash


def test_the_check_sign_agrees_with_the_reference() -> None:
    values = {"7N4QK": "W", "00000": "0", "HJ3V2": "8", "ZZZZZ": "1"}
    assert {payload: check_sign(payload) for payload in values} == values


@given(st.text(CARD_ALPHABET, min_size=6, max_size=6), st.integers(0, 6), st.sampled_from(CARD_ALPHABET))
def test_every_single_wrong_sign_is_caught(payload: str, place: int, other: str) -> None:
    card = payload + check_sign(payload)
    wrong = card[:place] + other + card[place + 1 :]
    assert (read_card(wrong) is None) == (wrong != card)


@given(st.text(CARD_ALPHABET, min_size=6, max_size=6), st.integers(0, 4), st.sampled_from([1, 2]))
def test_every_swap_is_caught(payload: str, place: int, distance: int) -> None:
    card = payload + check_sign(payload)
    signs = list(card)
    signs[place], signs[place + distance] = signs[place + distance], signs[place]
    assert (read_card("".join(signs)) is None) == ("".join(signs) != card)


def test_look_alikes_and_spaces_are_read() -> None:
    payload = "10ABCD"
    card = payload + check_sign(payload)
    for typed in (
        card.lower(),
        shown(card),
        card.replace("1", "l").replace("0", "o"),
        f" {card} ",
        card.replace("1", "I"),
    ):
        assert read_card(typed) == card


@given(st.text(CARD_ALPHABET, min_size=6, max_size=6), st.integers(0, 6), st.sampled_from(CARD_ALPHABET))
def test_web_and_analysis_read_the_same_cards(payload: str, place: int, other: str) -> None:
    """The rule stands twice, for the web may not load what `analysis.linking` needs: the two must never part."""
    assert linking.SIGNS == CARD_ALPHABET and linking.check_sign(payload) == check_sign(payload)
    card = payload + check_sign(payload)
    for typed in (card, shown(card), card.lower(), f" {card[:3]} {card[3:]}", card[:place] + other + card[place + 1 :]):
        assert linking.read_card(typed) == read_card(typed)
    assert linking.spoken_card(card) == shown(card)


def test_cards_are_different_and_kind() -> None:
    cards = new_cards(2000)
    assert len(set(cards)) == 2000
    assert all(read_card(card) == card for card in cards)
    assert not any("SEX" in card or "FAT" in card for card in cards)
    assert cards != sorted(cards), "the order of a sheet says nothing"


def test_codes_have_no_look_alikes() -> None:
    assert len(SITTING_ALPHABET) == 28
    assert not set("01OILSUZ") & set(SITTING_ALPHABET)
    assert all(is_code(new_code()) for _ in range(100))
    assert tidy(" 7n4q-k2wd ") == "7N4QK2WD"


def test_a_hash_is_bound_to_programme_setting_and_kind(keys: Keys) -> None:
    tour, other_tour = new_pairing_key(keys), new_pairing_key(keys)
    seen = {
        pair_key(keys, wrapped, setting, card=card, device=device)
        for wrapped, setting, (card, device) in product(
            (tour, other_tour), (1, 2), (("7N4QK2W", None), (None, "7N4QK2W"))
        )
    }
    assert len(seen) == 8
    assert all(key is not None and len(key) == 16 for key in seen)
    assert pair_key(keys, tour, 1, card=None, device=None) is None
    assert pair_key(keys, tour, 1, card="A", device="B") == pair_key(keys, tour, 1, card="A", device=None)


def test_what_is_sealed_opens_only_here_and_unchanged(keys: Keys) -> None:
    sealed = keys.seal("held", b"words", b"7")
    assert keys.open("held", sealed, b"7") == b"words"
    other = Keys(b"\1" * 32)
    for attempt in (
        lambda: keys.open("held", sealed, b"8"),
        lambda: keys.open("pairing", sealed, b"7"),
        lambda: other.open("held", sealed, b"7"),
        lambda: keys.open("held", sealed[:-1], b"7"),
        lambda: keys.open("held", b"", b"7"),
    ):
        with pytest.raises(SealBroken):
            attempt()


def test_parts_of_a_hash_do_not_run_into_each_other() -> None:
    assert keyed_hash(b"k", b"ab", b"c") != keyed_hash(b"k", b"a", b"bc")
