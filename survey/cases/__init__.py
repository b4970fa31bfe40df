"""Cases: a worker's own young people in a programme of linked mode, their questions and what they answered.

`making` lists and makes cases, `running` opens questions to a young person and shows what came back, `leaving` ends a case or
takes its answers out, `looking` is where an alert is opened and decided. A worker reaches only the cases that are theirs or
that they stand in for; whoever leads safeguarding reaches the alerts of their programmes and nothing else of a case.
"""

from __future__ import annotations

from survey.cases import leaving, looking, making, running
from survey.cases.places import blueprint

__all__ = ["blueprint", "leaving", "looking", "making", "running"]
