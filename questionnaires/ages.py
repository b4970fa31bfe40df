"""What suits which age: the bands in which young people are asked, and how much each can be asked.

The numbers are those of studies of how children answer, read for this service: under 11 three drawn points and one
recent, concrete idea; four or five points in words from 11; published measures as they were published from 14. They
are defaults to begin with and warnings where a questionnaire goes beyond them, never faults: a child is not an average.
Core questions stand in the same words in every band, so that ages can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """Ages `low` to `high`. `points` is how many steps an answer usually has there and `most_points` how many it may
    have, `most_items` how many questions fit into one sitting, `faces` whether drawn faces stand beside the words."""

    low: int
    high: int
    points: int
    most_points: int
    most_items: int
    faces: bool = False

    @property
    def name(self) -> str:
        return f"{self.low}-{self.high}"


BANDS = (
    Band(8, 10, points=3, most_points=4, most_items=16, faces=True),
    Band(11, 13, points=4, most_points=5, most_items=30),
    Band(14, 17, points=5, most_points=7, most_items=40),
    Band(18, 25, points=5, most_points=7, most_items=40),
)


def bands_of(ages: tuple[int, int]) -> tuple[Band, ...]:
    """The bands that these ages touch, the youngest first; whoever is younger or older belongs to the nearest."""
    low, high = ages
    touched = tuple(band for band in BANDS if band.low <= high and low <= band.high)
    return touched or ((BANDS[0],) if high < BANDS[0].low else (BANDS[-1],))


def strictest(ages: tuple[int, int]) -> Band:
    """The band that the youngest of them need."""
    return bands_of(ages)[0]
