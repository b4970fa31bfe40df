"""Questions of other tools that are answered in words.

Heard has a box for words too, but serves it only while somebody is there to read it; so such a question comes in with
that said. One that asks who somebody is does not come in: no name is asked, and a worker who knows the child needs none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from questionnaires.drafting import Draft

NO_COMMENT = "ask for words in a question of its own: Heard has a box for that, shown while somebody is there to read"
_WHO = re.compile(
    r"\b(?:your|full|first|last|family|sur|middle|child'?s|young person'?s|pupil'?s|student'?s|respondent'?s) ?names?\b"
    r"|^\W*names?\W*$|\be-?mail\b|\b(?:phone|telephone|mobile) (?:number|no\b)|\byour (?:home )?address\b|\bpost ?code\b"
    r"|\bdate of birth\b|\b(?:instagram|snapchat|tiktok|user ?name)\b|\b(?:pupil|nhs|case) (?:number|id)\b",
    re.IGNORECASE,
)


def box_kept(draft: Draft, where: str, words: Mapping[str, str]) -> bool:
    """Whether this question can come in as a box for words; what is to be said of it is said."""
    asked = (words.get("en") or next(iter(words.values()), ""))[:400].replace("’", "'")
    if _WHO.search(asked):
        draft.remark(
            where, "asks_who", "it asks who somebody is", "nothing: Heard asks nobody’s name, number or address"
        )
        return False
    wrong = "a box for words: until readers are named and on duty, children are asked everything else without it"
    remedy = "name a reader and a deputy before it is used, or give answers to choose from"
    draft.remark(where, "text_box", wrong, remedy, "assumed")
    return True
