"""What is printed for a sitting: the address people type, QR codes as drawings that print sharp, and how many cards.

A QR holds the code in the address's fragment, which browsers never send: no log on the way learns it.
"""

from __future__ import annotations

import segno
from flask import request
from markupsafe import Markup

from survey.installation import config
from survey.pairing import new_cards, shown

MOST_CARDS = 400
SPARE = 10
"""Cards beyond the head count, in percent: some get lost or torn."""


def address() -> str:
    """The full address of this installation, as pupils reach it."""
    configured: str = config().address
    return configured or request.host_url.rstrip("/")


def spoken_address() -> str:
    """The address as somebody would type it."""
    return address().partition("://")[2]


def qr(code: str, quiet_zone: int = 4) -> Markup:
    """A drawing of the address with a code in its fragment; it has no style attributes, so the policy lets it stand."""
    drawn = segno.make_qr(
        f"{address()}/#{code}", error="m", mask=2
    )  # choosing the best of 8 masks costs five times as much
    svg = drawn.svg_inline(omitsize=True, border=quiet_zone, svgclass=None, lineclass=None)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704


def card_count(present: int) -> int:
    """How many cards to print for so many pupils."""
    return min(MOST_CARDS, present + -(-present * SPARE // 100))


def cards(present: int) -> list[tuple[str, Markup]]:
    """New cards, each as text and QR; they are drawn now, shown once and kept nowhere."""
    return [(shown(card), qr(card, quiet_zone=2)) for card in new_cards(card_count(present))]
