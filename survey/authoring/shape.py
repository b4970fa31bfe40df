"""Whether a tree from somebody's file or text has the shape that the editing pages work on: pages of items, lists of answers.

Everything finer the questionnaire's own rules say, beside the place that it concerns.
"""

from __future__ import annotations

from survey.authoring.trees import Plain, Tree

_LISTS = ("options", "parts", "absences", "waves")
_FIELDS = ("condition", "measure", "versions", "words_explained")


def is_whole(source: Tree) -> bool:
    """Whether there are pages of items whose fields are lists and named fields where they have to be."""
    pages = source.get("pages")
    return (
        isinstance(pages, list)
        and bool(pages)
        and all(isinstance(page, dict) and _is_page(page) for page in pages)
        and all(source.get(name) is None or isinstance(source[name], list) for name in ("intro", "scales", "waves"))
        and all(isinstance(scale, dict) for scale in source.get("scales") or [])
    )


def _is_page(page: Tree) -> bool:
    items = page.get("items")
    return isinstance(items, list) and bool(items) and all(isinstance(one, dict) and _is_item(one) for one in items)


def _is_item(item: Tree) -> bool:
    lists = all(item.get(name) is None or isinstance(item[name], list) for name in _LISTS)
    named = all(item.get(name) is None or isinstance(item[name], dict) for name in _FIELDS)
    entries: list[Plain] = [one for name in ("options", "parts") for one in item.get(name) or []] if lists else []
    return lists and named and all(isinstance(one, dict) for one in entries)


def is_translation(told: Tree) -> bool:
    """Whether its words stand in named fields, as those of the questionnaire do, and its facts are words."""
    named = all(isinstance(told.get(name) or {}, dict) for name in ("pages", "items"))
    facts = all(isinstance(told.get(name) or "", str) for name in ("language", "name", "direction", "checked", "title"))
    items = told.get("items") or {}
    intro = told.get("intro") or []
    return (
        named
        and facts
        and all(isinstance(one, dict) for one in items.values())
        and isinstance(intro, list)
        and all(isinstance(one, str) or one is None for one in intro)
    )
