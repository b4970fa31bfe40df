"""A questionnaire as files again.

What came from a spreadsheet, from another tool or from the editing pages is written as the YAML that a person would
have written: the fields in the order of the documentation, nothing that is at its default, translations in files of
their own. Reading it again gives the same instrument.
"""

from __future__ import annotations

from typing import Any

import yaml

from questionnaires.instrument import Instrument, Item, Measure, Option, Page, Part, Scale, Text, Version
from questionnaires.texts import named_texts


def files_of(instrument: Instrument) -> dict[str, bytes]:
    """File name -> content: the questionnaire first, then its translations."""
    files = {f"{instrument.key}.yaml": _yaml(_source(instrument))}
    for language in instrument.languages[1:]:
        files[f"{instrument.key}.{language.code}.yaml"] = translation_file(instrument, language.code)
    return files


def translation_file(instrument: Instrument, code: str) -> bytes:
    """The translation file of one language."""
    language = instrument.language(code)
    head: dict[str, Any] = {
        "key": instrument.key,
        "version": instrument.version,
        "language": language.code,
        "name": language.name,
        "direction": language.direction,
        "checked": language.checked,
    }
    intro = [sentence.get(code) for sentence in instrument.intro]
    for name, words in named_texts(instrument):
        if code in words and name[0] != "intro":
            _put(head, [str(step) for step in name], words[code])
        elif code in words:
            head["intro"] = intro
    for item in instrument.items:
        for version in item.versions:
            if code in version.sounds:
                _put(head, ["items", item.key, "versions", version.name, "sound"], version.sounds[code])
    return _yaml(head)


def _put(into: dict[str, Any], path: list[str], words: str) -> None:
    for step in path[:-1]:
        into = into.setdefault(step, {})
    into[path[-1]] = words


def _yaml(plain: dict[str, Any]) -> bytes:
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=10_000).encode()


def _source(instrument: Instrument) -> dict[str, Any]:
    return {
        "key": instrument.key,
        "version": instrument.version,
        "title": _english(instrument.title),
        "ages": list(instrument.ages),
        "mode": instrument.mode,
        "sitting": instrument.sitting,
        **_given(interruption=instrument.interruption),
        "respondent": instrument.respondent,
        "waves": list(instrument.waves),
        "intro": [_english(one) for one in instrument.intro],
        "pages": [_page(page, instrument.waves) for page in instrument.pages],
        **_given(
            scales=[_scale(scale) for scale in instrument.scales],
            made_with=list(instrument.made_with),
            words_explained={one.warning: one.why for one in instrument.words_explained},
        ),
    }


def _given(**fields: Any) -> dict[str, Any]:
    """The fields that say something; a zero does, an empty list does not."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and value != [] and value != {}
    }


def _english(words: Text | None) -> str | None:
    return None if words is None else words["en"]


def _page(page: Page, waves: tuple[str, ...]) -> dict[str, Any]:
    items = [_item(item, waves) for item in page.items]
    return {"key": page.key, **_given(title=_english(page.title)), "items": items}


def _item(item: Item, waves: tuple[str, ...]) -> dict[str, Any]:
    condition = item.condition
    return {
        "key": item.key,
        "kind": item.kind,
        "text": item.text["en"],
        **_given(
            hint=_english(item.hint),
            unit=_english(item.unit),
            low=_english(item.low),
            high=_english(item.high),
            alert_up_to=item.alert_up_to,
            picture=item.picture,
            size=item.size,
            may_print=item.may_print,
            minimum=item.minimum,
            maximum=item.maximum,
            waves=None if item.waves == waves else list(item.waves),
            sensitive=item.sensitive,
            about=item.about,
            ordered=item.ordered,
            same_as=item.same_as,
            then_test=item.then_test,
            absences=list(item.absences),
            condition=None if condition is None else {"item": condition.item, "options": list(condition.options)},
            options=[_option(option) for option in item.told],
            parts=[_part(part) for part in item.parts],
            measure=None if item.measure is None else _measure(item.measure),
            versions={one.name: _version(one) for one in item.versions},
            tried_with=[
                {"children": one.children, "ages": list(one.ages), "date": one.date, "changes": one.changes}
                for one in item.tried_with
            ],
            words_explained={one.warning: one.why for one in item.words_explained},
        ),
    }


def _option(option: Option) -> dict[str, Any]:
    named = {"key": option.key, "code": option.code, "label": option.label["en"]}
    return named | _given(exclusive=option.exclusive, negative=option.negative, alert=option.alert)


def _part(part: Part) -> dict[str, Any]:
    measure = None if part.measure is None else _measure(part.measure)
    return {"key": part.key, "text": part.text["en"], **_given(measure=measure)}


def _version(version: Version) -> dict[str, Any]:
    return _given(
        text=_english(version.text),
        hint=_english(version.hint),
        low=_english(version.low),
        high=_english(version.high),
        labels={key: words["en"] for key, words in version.labels.items()},
        parts={key: words["en"] for key, words in version.parts.items()},
        picture=version.picture,
        sound=version.sound,
    )


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "agreed": list(measure.agreed),
        **_given(excluded=list(measure.excluded)),
        "dont_know": measure.dont_know,
        "family": measure.family,
        "direction": measure.direction,
        **_given(indicator=measure.indicator),
        "statement": measure.statement["en"],
        "smallest": measure.smallest,
    }


def _scale(scale: Scale) -> dict[str, Any]:
    return {
        "key": scale.key,
        "items": list(scale.items),
        "points": dict(scale.points),
        **_given(reversed=list(scale.reversed)),
        "minimum_answered": scale.minimum_answered,
    }
