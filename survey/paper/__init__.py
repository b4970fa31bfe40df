"""Paper: the questionnaire as a sheet to tick by hand, and its answers typed in.

`printing` makes the sheet, as a page to print and as a PDF; `piles` begins batches of filled sheets and brings them to their
end; `typing` takes one sheet at a time, in two turns; `settling` holds the turns against each other. What a sheet's
numbers mean is decided in `questionnaires.digits`, what becomes of a batch in `survey.batches`.
"""

from __future__ import annotations

from survey.paper import piles, printing, settling, typing
from survey.paper.places import blueprint

__all__ = ["blueprint", "piles", "printing", "settling", "typing"]
