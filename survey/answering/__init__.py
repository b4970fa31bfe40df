"""A young person's way through: a code, one page of questions, a thank-you. And out at any moment.

`entering` takes the code, `asking` shows the questions, `taking` stores what is sent, `wording` keeps what is typed for those
who read it, `linked` is what differs where a worker sees the answers, `talking` is the last page, on which everybody may ask
for somebody to talk with, `hearing` plays a question that was read aloud, `ending` says thanks, shows help and lets go,
`offline` is for when there is no network.
"""

from __future__ import annotations

from survey.answering import asking, ending, entering, hearing, linked, offline, taking, talking, wording
from survey.answering.places import blueprint

__all__ = ["asking", "blueprint", "ending", "entering", "hearing", "linked", "offline", "taking", "talking", "wording"]
