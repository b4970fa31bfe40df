"""What a newcomer finds: figures as others published them, a simulated tour whose truth is known, sessions to try at once.

Each is marked on every page as what it is. The truth of the tour stands in `tour.yaml`, the printed figures with their
source in `published.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey.database import Database
from survey.demonstration.published import load_published
from survey.demonstration.simulation import read_truth
from survey.demonstration.tour import load_tour
from survey.demonstration.trial import load_trial, load_words
from survey.models import Organisation
from survey.sealing import Keys


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was loaded: the open codes with what they lead to, and the organisations to give roles in."""

    codes: tuple[tuple[str, str], ...]
    organisation_ids: tuple[int, ...]
    words_programme_id: int


def load(database: Database, keys: Keys) -> Demonstration:
    """Load all demonstration data into a store that has none yet."""
    published = load_published(database)
    with database.writing() as session:
        organisation = Organisation(name=read_truth()["organisation"])
        session.add(organisation)
        session.flush()
        ours = organisation.id
    load_tour(database, keys, ours)
    words_programme_id, words_code = load_words(database, keys, ours)
    return Demonstration((*load_trial(database, keys, ours), words_code), (ours, published), words_programme_id)
