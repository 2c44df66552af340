"""What differs between two rubrics, in words that a teacher can read aloud."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grader.domain.characters import first_few
from grader.domain.check import NAMES
from grader.domain.rubric import Criterion, Rubric

#: Most characters of a value that is shown, e.g. of a description (chosen by hand).
_WIDTH = 60


@dataclass(frozen=True)
class Change:
    """One difference between two rubrics: ``text`` in words, e.g. "Docstrings: 10 -> 15 points".

    ``criterion`` is the id of the criterion that differs; empty for the rubric as a whole.
    """

    criterion: str
    text: str


def rubric_changes(before: Rubric, after: Rubric) -> tuple[Change, ...]:
    """Return how ``after`` differs from ``before``: the rubric as a whole, then by criterion.

    Criteria come in the order of ``after``, and then those that it no longer has. Comments and
    layout of the text are no difference.
    """
    whole = _differences(_plain(before, "criteria", NAMES), _plain(after, "criteria", NAMES))
    found = [Change("", text) for text in (*whole, *_of_names(before.names, after.names))]
    if _shared(after, before) != _shared(before, after):
        found.append(Change("", "criteria: in another order"))
    for name, criterion in after.criteria.items():
        texts = _of_criterion(before.criteria.get(name), criterion)
        found += [Change(name, text) for text in texts]
    for name in [name for name in before.criteria if name not in after.criteria]:
        gone = before.criteria[name]
        text = f"{gone.title}: removed, it had {_shown(gone.points)} points"
        found.append(Change(name, text))
    return tuple(found)


def _of_names(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield which names are prescribed now, and which no longer; their order is no difference.

    e.g. "names: calcTotal, runGame are prescribed, and spared".
    """
    more = [name for name in dict.fromkeys(after) if name not in before]
    fewer = [name for name in dict.fromkeys(before) if name not in after]
    if more:
        yield f"names: {_are(more)} prescribed, and spared"
    if fewer:
        yield f"names: {_are(fewer)} no longer prescribed"


def _are(names: Sequence[str]) -> str:
    """Return the first few of ``names`` as the subject of a sentence, with its verb."""
    return f"{first_few(names)} {'is' if len(names) == 1 else 'are'}"


def _shared(one: Rubric, other: Rubric) -> list[str]:
    """Return the ids of the criteria that both have, in the order of ``one``."""
    return [name for name in one.criteria if name in other.criteria]


def _of_criterion(before: Criterion | None, after: Criterion) -> Iterator[str]:
    """Yield how the criterion ``after`` differs; ``None`` as ``before``: it is new."""
    if before is None:
        yield f"{after.title}: new, {_shown(after.points)} points"
        return
    if before.points != after.points:
        points = f"{_shown(before.points)} -> {_shown(after.points)}"
        yield f"{after.title}: {points} points"
    for text in _differences(_plain(before, "points"), _plain(after, "points")):
        yield f"{after.title}: {text}"


def _plain(model: Rubric | Criterion, *without: str) -> dict[str, Any]:
    return model.model_dump(by_alias=True, exclude={*without})


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], at: str = ""
) -> Iterator[str]:
    """Yield a sentence for each key below the path ``at`` whose values differ.

    e.g. "scale.full_at: 100 -> 90", "options.line_length: 100, before not set".
    """
    for key in dict.fromkeys([*before, *after]):
        old, new, path = before.get(key), after.get(key), f"{at}{key}"
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{path}.")
        elif old is None:
            yield f"{path}: {_shown(new)}, before not set"
        elif new is None:
            yield f"{path}: not set any more, before {_shown(old)}"
        else:
            yield from _two_values(path, old, new)


def _two_values(path: str, old: object, new: object) -> Iterator[str]:
    """Yield the change of a value; of long ones only that they changed."""
    shown, shown_new = _shown(old), _shown(new)
    if max(len(shown), len(shown_new)) > _WIDTH:
        yield f"{path}: changed"
    else:
        yield f"{path}: {shown} -> {shown_new}"


def _shown(value: object) -> str:
    """Return ``value`` as a rubric has it: ``7.5`` for 7.50, and texts in quotes."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = json.dumps(value, ensure_ascii=False, default=_number)
    return text if len(text) <= 2 * _WIDTH else f"{text[:_WIDTH]}..."


def _number(value: object) -> int | float | str:
    """Return a number inside a list or mapping as JSON can write it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
