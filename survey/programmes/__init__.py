"""Programmes: what is evaluated, its schools, its opening and closing, and who may do what in it.

`making` sets a programme up and takes it from draft to open to closed, `schools` says who takes part, `people` gives and
ends roles, `agreeing` sets the changes worth having, `aside` decides on answers that were put aside, `following` makes
the follow-up of a programme.
Design, timing and questionnaire versions are fixed from the opening on (CARE E1).
"""

from __future__ import annotations

from survey.programmes import agreeing, aside, following, making, people, schools
from survey.programmes.places import blueprint

__all__ = ["agreeing", "aside", "blueprint", "following", "making", "people", "schools"]
