"""Writing questionnaires in the browser, for somebody who has never seen the file that they become.

A draft belongs to an organisation and may be full of faults; it is saved as it is typed, judged after every save, looked at
in the very pages that respondents get, translated, compared with what was published before, proposed by one person and
published by another. What is published never changes.
"""

from survey.authoring import (
    choosing,
    drafts,
    examples,
    item_pages,
    looking,
    proposing,
    recording_pages,
    text,
    tongues,
    too_large,
    translators,
)
from survey.authoring.places import blueprint

__all__ = [
    "blueprint",
    "choosing",
    "drafts",
    "examples",
    "item_pages",
    "looking",
    "proposing",
    "recording_pages",
    "text",
    "tongues",
    "too_large",
    "translators",
]
