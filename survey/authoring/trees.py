"""A draft as the tree of its file: named fields, lists and words, and nothing else.

A draft may be full of faults, so it is no instrument yet. It is kept as what would stand in its file (`source`), the
files beside it (`translations`), the answers and limits of a kind that was chosen before (`aside`, given back when that
kind is chosen again), words whose English has changed or is gone, with that English (`outdated`), for which words a
speaker was named (`confirmed`), and a mark of the words that each recording says (`recorded`). Every leaf is a text or
nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from questionnaires import tree
from questionnaires.faults import Fault, Place
from questionnaires.instrument import Instrument
from questionnaires.tree import LARGEST_FILE
from questionnaires.writing import files_of

Plain = Any
"""A text, nothing, a list of such or named fields of such."""
Tree = dict[str, Any]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_TEXTS = ("text", "hint", "unit", "low", "high")
RECORDING = ("audio", "sound")
"""How the name of a recording ends: a language may have its own, but needs none, and no speaker checks it as words."""


def plain_of(node: tree.Node) -> Plain:
    """A node of a file without its lines."""
    if isinstance(node, tree.Mapping):
        return {name: plain_of(one) for name, one in node.fields.items()}
    if isinstance(node, tree.Sequence):
        return [plain_of(one) for one in node.nodes]
    return None if node.empty else node.words


def read_source(file: str, data: bytes) -> tuple[Tree, list[Fault]]:
    """The tree in these bytes, by the bounded reader. Raises tree.Refused."""
    root, faults = tree.read_tree(file, data)
    plain: Tree = plain_of(root)
    return plain, faults


def document_of(instrument: Instrument) -> Tree:
    """A questionnaire as a draft."""
    source, *others = files_of(instrument).values()
    translations = {}
    for data in others:
        words, _ = read_source("translation", data)
        translations[words["language"]] = {name: one for name, one in words.items() if name not in ("key", "version")}
    return new_document(read_source("source", source)[0], translations)


def new_document(source: Tree, translations: Tree | None = None) -> Tree:
    """A draft with nothing aside."""
    return {"source": source, "translations": translations or {}, "aside": {}, "outdated": {}}


def source_bytes(document: Tree) -> bytes:
    """The questionnaire as bytes for the reader: JSON is YAML too. A field with nothing in it is no field: the reader
    would take `null` for a word where there has to be one."""
    return json.dumps(_filled(document["source"]), ensure_ascii=False).encode("utf-8", "replace")


def _filled(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {name: _filled(one) for name, one in value.items() if one is not None}
    return [_filled(one) for one in value] if isinstance(value, list) else value or ""


def translation_bytes(document: Tree) -> dict[str, bytes]:
    """File name -> bytes of each translation, under the key and version of the questionnaire."""
    source = document["source"]
    head = {"key": source.get("key"), "version": source.get("version")}
    return {
        f"{code}.yaml": json.dumps(head | words, ensure_ascii=False).encode("utf-8", "replace")
        for code, words in document["translations"].items()
    }


def is_too_large(document: Tree) -> bool:
    """Whether the reader would refuse it for its size."""
    sizes = (len(one) for one in (source_bytes(document), *translation_bytes(document).values()))
    return any(size > LARGEST_FILE for size in sizes)


class _Dumper(yaml.SafeDumper):
    """Long sentences in one line; what looks like a number or a yes stays as it was typed."""


def _plain_words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    # The reader takes every leaf as words, so quotes are needed only where YAML's own signs would be read.
    node = dumper.represent_scalar("tag:yaml.org,2002:str", words)
    if words in ("true", "false") or _NUMBER.fullmatch(words):
        node.tag, node.style = f"tag:yaml.org,2002:{'bool' if words in ('true', 'false') else 'int'}", ""
    return node


_Dumper.add_representer(str, _plain_words)


def as_text(source: Tree) -> str:
    """The questionnaire as the YAML that a person would write."""
    return yaml.dump(source, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def fingerprint(part: Plain) -> str:
    """A short mark of a part of a draft, by which a form knows whether the part is still as it was shown."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def words(value: Plain) -> str:
    """A leaf as words, whatever a file had there."""
    return value if isinstance(value, str) else ""


def fields(value: Plain) -> Tree:
    """Named fields, whatever a file had there."""
    return value if isinstance(value, dict) else {}


def entries(value: Plain) -> list[Any]:
    """A list, whatever a file had there."""
    return value if isinstance(value, list) else []


def pages(document: Tree) -> list[Tree]:
    """The pages of a draft."""
    return [fields(page) for page in entries(document["source"].get("pages"))]


def items(document: Tree) -> Iterator[tuple[int, int, Tree]]:
    """Every item with the places of its page and of itself."""
    for p, page in enumerate(pages(document)):
        for i, item in enumerate(entries(page.get("items"))):
            yield p, i, fields(item)


def english(source: Tree) -> dict[Place, str]:
    """Every text by the name that it has in a translation (as in `questionnaires.texts`)."""
    found: dict[Place, str] = {("title",): words(source.get("title"))}
    found |= {("intro", n): words(one) for n, one in enumerate(entries(source.get("intro")))}
    for page in map(fields, entries(source.get("pages"))):
        found["pages", words(page.get("key"))] = words(page.get("title"))
        for item in map(fields, entries(page.get("items"))):
            found |= _of_item(item, ("items", words(item.get("key"))))
    return {name: told for name, told in found.items() if told}


def _of_item(item: Tree, path: Place) -> dict[Place, str]:
    found = {(*path, name): words(item.get(name)) for name in _TEXTS}
    found[(*path, "statement")] = words(fields(item.get("measure")).get("statement"))
    for option in map(fields, entries(item.get("options"))):
        found[(*path, "options", words(option.get("key")))] = words(option.get("label"))
    for part in map(fields, entries(item.get("parts"))):
        key = words(part.get("key"))
        found[(*path, "parts", key)] = words(part.get("text"))
        found[(*path, "statements", key)] = words(fields(part.get("measure")).get("statement"))
    for name, version in fields(item.get("versions")).items():
        held = {field: one for field, one in fields(version).items() if field != "picture"}
        found |= dict(leaves((*path, "versions", name), held))
    return found


def leaves(path: Place, value: Plain) -> Iterator[tuple[Place, str]]:
    """Every text under a part of a tree, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from leaves((*path, name), one)
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from leaves((*path, n), one)
