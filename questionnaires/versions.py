"""A published version: the same bytes for ever.

A sitting pins one version of an instrument, and an answer is read with it years later. So a version is stored as
canonical JSON (sorted keys, no spare space, UTF-8) together with the hash of those bytes. A field at its default is
left out: when Heard learns a new field, the versions that do without it keep their hash.
"""

from __future__ import annotations

import functools
import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from questionnaires.instrument import Instrument


def canonical_json(instrument: Instrument) -> bytes:
    """The instrument as its one and only sequence of bytes."""
    plain = plain_of(instrument)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(instrument: Instrument) -> str:
    """The SHA-256 of the canonical bytes, in hex: equal only for equal instruments."""
    return hashlib.sha256(canonical_json(instrument)).hexdigest()


def from_json(stored: bytes) -> Instrument:
    """The instrument of these bytes. ValueError if they are not a stored instrument."""
    try:
        return cast(Instrument, value_of(Instrument, json.loads(stored)))
    except (KeyError, TypeError, RecursionError, UnicodeDecodeError) as reason:
        raise ValueError(f"not a stored questionnaire: {reason}") from reason


def plain_of(value: Any) -> Any:
    """A value, or a part of one, as JSON knows it."""
    if is_dataclass(value):
        named = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: plain_of(held) for field, held in named if held != _default(field)}
    if isinstance(value, tuple):
        return [plain_of(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _default(field: Field[Any]) -> Any:
    return field.default if field.default is not MISSING else MISSING


def value_of(kind: Any, plain: Any) -> Any:
    """A value of this type from its JSON, refusing anything of another shape."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _build_fields(cast(type, kind), plain)
    if origin in (Union, types.UnionType):
        return None if plain is None else value_of(next(one for one in inner if one is not type(None)), plain)
    if origin is Literal:
        return _accept(plain, plain in inner, kind)
    if origin is tuple:
        _accept(plain, isinstance(plain, list), kind)
        kinds = [inner[0]] * len(plain) if inner[-1] is Ellipsis else list(inner)
        return tuple(value_of(one, value) for one, value in zip(kinds, plain, strict=True))
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        _accept(plain, isinstance(plain, dict), kind)
        return {value_of(inner[0], key): value_of(inner[1], value) for key, value in plain.items()}
    return _accept(plain, type(plain) is kind, kind)


def _build_fields(kind: type, plain: Any) -> Any:
    _accept(plain, isinstance(plain, dict), kind)
    hints = _hints(kind)
    built = {name: value_of(hints[name], value) for name, value in plain.items() if name != "published"}
    if kind is Instrument:
        return Instrument(**built, published=True)
    return kind(**built)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _accept(plain: Any, fits: bool, kind: Any) -> Any:
    if not fits:
        raise ValueError(f"not a stored questionnaire: {plain!r:.60} is no {kind}")
    return plain
