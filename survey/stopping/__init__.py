"""The stop switch (CARE B6): anybody in charge of safeguarding can make a school or a programme stand still at once.

Stopping takes one person and one press; going on takes two people, one who asks and another who agrees. Each act says why
and stands in the record of acts, and whoever runs the programmes is told.
"""

from __future__ import annotations

from survey.stopping import switch
from survey.stopping.places import blueprint

__all__ = ["blueprint", "switch"]
