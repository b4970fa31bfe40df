"""The reading room: where trained adults read what young people wrote, and say what they did about it.

`key_pages` make and unlock a reader’s key, `waiting` lists what came, `reading` opens one remark at a time, takes the
decision and gives the record of the hand-over, `talks` holds the last pages of those who ask for somebody to talk with,
`duties` says who reads where and when, `absences` when they are away. Nothing is ever cleared in bulk, and each opening stands
in the record of acts.
"""

from __future__ import annotations

from survey.reading_room import absences, duties, key_pages, reading, talks, waiting
from survey.reading_room.places import blueprint

__all__ = ["absences", "blueprint", "duties", "key_pages", "reading", "talks", "waiting"]
