"""Sessions: one supervised occasion at a school, run step by step, with what is printed for it.

`stages` says where a sitting stands, `acts` what can be done to it, `running` shows and does it, `making` sets it up,
`printing` makes the papers and `devices` shows what waits on one. Nothing here reads an answer; the one number shown of
them moves in steps.
"""

from __future__ import annotations

from survey.sittings import devices, making, printing, running
from survey.sittings.places import blueprint

__all__ = ["blueprint", "devices", "making", "printing", "running"]
