"""Stored rows out of the store, as few large buffers: the engine joins the bytes, Python never sees a row.

A million rows fetched one by one cost several seconds of making and dropping objects; joined by the engine they arrive as
three strings of bytes in the same order (whichever it is), and NumPy looks at them in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

Codes = NDArray[np.uint8]

KEY_BYTES = 16
FEW_OPENINGS = 24
"""Up to so many openings are found by their index, as for a school's page. For more SQLite reads the table through: its
index would lead to a million rows that lie elsewhere, one by one (4.0 s of CPU against 0.1 s)."""

DIGITS = (10, 4)
JOINED = {
    "sqlite": (
        "SELECT CAST(group_concat(printf('%010d%04d', opening_id, length(codes)), '') AS BLOB), "
        "CAST(group_concat(CAST(codes AS TEXT), '') AS BLOB), "
        "CAST(group_concat(CAST(coalesce(pair_key, zeroblob(16)) AS TEXT), '') AS BLOB) FROM responses"
    ),
    "postgresql": (
        "SELECT string_agg(convert_to(lpad(opening_id::text, 10, '0') || lpad(length(codes)::text, 4, '0'), 'UTF8'), ''), "
        "string_agg(codes, ''), string_agg(coalesce(pair_key, decode(repeat('00', 16), 'hex')), '') FROM responses"
    ),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the store: each one's opening, where its codes lie in the buffer and how long they are, its pair key."""

    openings: NDArray[np.int64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    codes: Codes
    keys: Codes

    def table(self, chosen: NDArray[np.intp], length: int) -> Codes:
        """The codes of the chosen rows, one a line; each has to be of this length."""
        if (self.lengths[chosen] != length).any():
            raise ValueError(f"a stored row is not {length} bytes long, as its questionnaire has it")
        if len(chosen) == len(self.lengths):
            return self.codes.reshape(-1, length)
        lines: Codes = self.codes[self.starts[chosen][:, np.newaxis] + np.arange(length)]
        return lines


def fetch(session: Session, programme_id: int, openings: Sequence[int], *, late: bool) -> Rows:
    """The rows of a programme, or of a few openings; in no order."""
    engine = session.get_bind().dialect.name
    few = len(openings) <= FEW_OPENINGS
    whole = "+programme_id" if engine == "sqlite" else "programme_id"  # the sign keeps SQLite from its index
    where = "opening_id IN :openings" if few else f"{whole} = :programme"
    query = text(f"{JOINED[engine]} WHERE {where}{'' if late else ' AND NOT is_late'}")
    if few:
        query = query.bindparams(bindparam("openings", list(openings), expanding=True))
        heads, codes, keys = session.execute(query).one()
    else:
        heads, codes, keys = session.execute(query, {"programme": programme_id}).one()
    numbers = np.frombuffer(heads or b"", dtype=np.uint8).reshape(-1, sum(DIGITS)).astype(np.int64) - ord("0")
    lengths = _number(numbers[:, DIGITS[0] :])
    return Rows(
        openings=_number(numbers[:, : DIGITS[0]]),
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        codes=np.frombuffer(codes or b"", dtype=np.uint8),
        keys=np.frombuffer(keys or b"", dtype=np.uint8).reshape(-1, KEY_BYTES),
    )


def _number(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = digits @ 10 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int64)
    return numbers
