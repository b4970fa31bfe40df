"""May this organisation ask these questions on a screen?

The words of most measures are somebody's, and "we have a licence" is often a licence for paper. So an organisation that
brings the words of a measure brings its permission too, as a file: who holds it, its reference, whether it covers
screens, until when, and for exactly which text (by its SHA-256), with the item that stands in each position. `columns`
answers with those items, or refuses with every reason and what to do about it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from questionnaires import tree
from questionnaires.datafiles import numbered, read_data
from questionnaires.faults import Fault, InstrumentFaults, fault, listed, shown
from questionnaires.instrument import Instrument
from questionnaires.published import Coding, Published
from questionnaires.reader import Reader

_NEEDED = "measure holder reference electronic expires sha256 columns"
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Permission:
    """What an organisation may do with a measure. `electronic` is `yes`, `no` or, where nobody has said, `not_stated`;
    `columns` says which item of its text stands in each position."""

    measure: str
    holder: str
    reference: str
    electronic: str
    expires: date
    sha256: str
    columns: Mapping[int, str]


def read_permission(source: Path | str | bytes, name: str | None = None) -> Permission:
    """The permission of a file. Raises InstrumentFaults with every fault."""
    return read_data(source, name or ("permission.yaml" if isinstance(source, bytes) else str(source)), _permission)


def _permission(reader: Reader, root: tree.Mapping) -> Permission:
    get = reader.fields(root, (), _NEEDED).fields.get
    electronic = reader.some_words(get("electronic"), ("electronic",)) or "not_stated"
    if electronic not in ("yes", "no", "not_stated"):
        wrong = f"{shown(electronic)} is neither yes nor no"
        reader.note(root.lines["electronic"], ("electronic",), "not_a_choice", wrong, "write yes, no or not_stated")
    digest = reader.words(get("sha256"), ("sha256",))
    if "sha256" in root.fields and not _SHA.fullmatch(digest):
        wrong = f"{shown(digest)} is no SHA-256"
        reader.note(root.lines["sha256"], ("sha256",), "not_a_digest", wrong, "write its 64 small letters and digits")
    return Permission(
        measure=reader.words(get("measure"), ("measure",)),
        holder=reader.words(get("holder"), ("holder",)),
        reference=reader.words(get("reference"), ("reference",)),
        electronic=electronic,
        expires=_date(reader, root),
        sha256=digest,
        columns=dict(numbered(reader, get("columns"), ("columns",), reader.words)),
    )


def _date(reader: Reader, root: tree.Mapping) -> date:
    words = reader.words(root.fields.get("expires"), ("expires",))
    try:
        return date.fromisoformat(words)
    except ValueError:
        if "expires" in root.fields:
            wrong = f"{shown(words)} is no date"
            reader.note(root.lines["expires"], ("expires",), "not_a_date", wrong, "write it as 2027-03-31")
        return date.min


def columns(
    published: Published,
    wording: Instrument,
    data: bytes,
    permission: Permission | None,
    today: date,
    coding: str | None = None,
) -> Mapping[int, str]:
    """The item in each position of a measure, if this text may be asked on a screen today.

    `wording` is the text as an instrument, `data` the bytes of its file. Raises InstrumentFaults with every reason
    against it.
    """
    if permission is None:
        raise InstrumentFaults([_missing(published)])
    rules = (_allowed(published, permission, data, today), _complete(published, permission), _risk(published, wording))
    found = [one for rule in rules for one in rule]
    found += _fitting(published, permission, wording, coding)
    if found:
        raise InstrumentFaults(found)
    return permission.columns


def _missing(published: Published) -> Fault:
    licence = published.licence
    wrong = f"no permission for {published.title}, whose words are {licence.owner}'s"
    if licence.wording == "ships":
        wrong = f"nobody has said which item stands in which position of {published.title}"
    return fault(("measure",), "no_permission", wrong, f"write a file with {listed(_NEEDED.split())}")


def _allowed(published: Published, permission: Permission, data: bytes, today: date) -> Iterator[Fault]:
    licence = published.licence
    if permission.measure != published.key:
        wrong = f"the permission is for {shown(permission.measure)}"
        yield fault(("measure",), "another_measure", wrong, f"bring one for {published.key}")
    if licence.electronic == "permission" and permission.electronic != "yes":
        wrong = f"no licence for screens is stated ({licence.terms})"
        remedy = f"ask the owner ({licence.owner}) for electronic use in writing, then write `electronic: yes` and its reference"
        yield fault(("electronic",), "no_electronic_licence", wrong, remedy)
    if permission.expires < today:
        wrong = f"the permission ended on {permission.expires.isoformat()}"
        yield fault(("expires",), "permission_expired", wrong, "renew it with the owner")
    if hashlib.sha256(data).hexdigest() != permission.sha256:
        remedy = "use the text that the permission was given for, or have the new one permitted"
        yield fault(("sha256",), "wording_changed", "the text is not the one that was permitted", remedy)


def _complete(published: Published, permission: Permission) -> Iterator[Fault]:
    positions = set(range(1, published.items + 1))
    missing, strange = sorted(positions - set(permission.columns)), sorted(set(permission.columns) - positions)
    if published.licence.whole and missing:
        wrong = f"{len(missing)} of {published.items} positions are not asked"
        yield fault(("columns",), "only_a_part", wrong, "ask the whole measure: its owner allows no part on its own")
    if strange or len(set(permission.columns.values())) != len(permission.columns):
        wrong = "a position that does not exist, or an item in two positions"
        yield fault(("columns",), "bad_position", wrong, f"name an item for each position, 1 to {published.items}")
    if published.unconfirmed:
        wrong = f"{listed(published.unconfirmed)} was not read in a source"
        yield fault(("measure",), "not_confirmed", wrong, "read it in your own copy and confirm it with your name")


def _risk(published: Published, wording: Instrument) -> Iterator[Fault]:
    if published.risk and wording.mode == "private":
        wrong = (
            f"position {listed(map(str, published.risk))} may say that a life is in danger, and nobody would know whose"
        )
        yield fault(("measure",), "risk_in_private", wrong, "ask it in linked mode, with a worker on duty")


def _fitting(published: Published, permission: Permission, wording: Instrument, coding: str | None) -> Iterator[Fault]:
    """The text's items against the key: by code, because places and directions of answers differ from form to form."""
    try:
        used = published.coding(coding)
    except ValueError as reason:
        yield fault(("measure",), "coding_not_stated", str(reason), "name the coding")
        return
    items = {item.key: item for item in wording.items}
    scored = _scored(published, used)
    for position, key in sorted(permission.columns.items()):
        item = items.get(key)
        if item is None:
            wrong = f"{shown(key)} is no item of the text"
            yield fault(("columns", str(position)), "unknown_item", wrong, "use the keys of its items")
            continue
        held = (
            (item.minimum, item.maximum) if item.kind == "number" else _codes(sorted(one.code for one in item.options))
        )
        if position in scored and held != scored[position]:
            wrong = f"the codes of {shown(key)} do not run from {scored[position][0]} to {scored[position][1]}"
            yield fault(
                ("columns", str(position)), "codes_do_not_fit", wrong, "give each answer the code that its label has"
            )


def _scored(published: Published, coding: Coding) -> dict[int, tuple[int, int]]:
    """Every position that some score depends on, with the ends of its codes."""
    ends: dict[int, tuple[int, int]] = {}
    for scale in published.scales:
        settling = (scale.unless.item,) if scale.unless else ()
        ends |= dict.fromkeys((*scale.items, *settling), scale.codes or (coding.low, coding.high))
    return ends


def _codes(codes: list[int]) -> tuple[int, int] | None:
    """The ends of codes without a gap."""
    return (codes[0], codes[-1]) if codes and codes == list(range(codes[0], codes[-1] + 1)) else None
