"""The form of a rubric: which keys and values can be read, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.domain.errors import RubricProblem
from grader.domain.rubric import (
    FIXED,
    GRADUATED,
    MANUAL,
    MOST_CRITERIA,
    Criterion,
    GraduatedCap,
    Level,
    Rubric,
    Scale,
    Smallest,
)
from grader.domain.rubric.policies import Attempts, Feedback, Intake
from grader.domain.wording import meant_value, nearest, plain_message

#: Keys and 0-based indexes from the root, or from a criterion, to a value.
KeyPath = tuple[str | int, ...]
#: Marks an error about a key itself in pydantic's paths.
_KEY = "[key]"
#: Parts of pydantic's paths that are no keys of the rubric: a wrong key, and the form of a cap.
_NO_KEYS = frozenset({_KEY, FIXED, GRADUATED})
#: The parts of a rubric beside its criteria.
_PARTS: Mapping[str, type[BaseModel]] = {
    "intake": Intake,
    "feedback": Feedback,
    "attempts": Attempts,
    "smallest": Smallest,
}
#: Placeholders for values of a criterion, and of its scale, that cannot be read.
_PLACEHOLDERS = {"title": "?", "points": 0, "check": MANUAL}
_SCALE_PLACEHOLDERS = {"measure": "?"}


@dataclass(frozen=True)
class Draft:
    """A criterion of which the values at the paths ``unknown`` cannot be read.

    Those of ``criterion`` are placeholders or defaults. A path is that of a key of the criterion,
    e.g. ``("points",)``, or of its scale, e.g. ``("scale", "limit")``.
    """

    id: str
    criterion: Criterion
    unknown: frozenset[KeyPath] = frozenset()

    def knows(self, *path: str | int) -> bool:
        """Return whether the value at ``path``, of a key or absent, can be relied on."""
        return not any(path[:length] in self.unknown for length in (1, 2))

    @property
    def unknown_of_scale(self) -> frozenset[str]:
        """The keys of the scale that cannot be read."""
        return frozenset(str(path[1]) for path in self.unknown if len(path) == 2)


@dataclass(frozen=True)
class Form:
    """What is wrong with the form of a rubric: pydantic's ``errors`` on ``data``.

    ``doubtful`` are paths of values, and of mappings that may lack a key, at which a mistake is
    known already.
    """

    data: Mapping[Any, Any]
    errors: Sequence[ErrorDetails]
    doubtful: Collection[KeyPath]

    def unknown(self, *path: str | int) -> bool:
        """Return whether the value at ``path`` is missing or doubtful, or anything in it wrong."""
        value: Any = self.data
        for part in path:
            if not isinstance(value, Mapping) or part not in value:
                return True
            value = value[part]
        wrong = (path_of(error) for error in self.errors if _KEY not in error["loc"])
        return any(one[: len(path)] == path for one in (*wrong, *self.doubtful))

    def has_all(self, drafts: Sequence[Draft]) -> bool:
        """Return whether ``drafts`` are all criteria that the author meant, one at least."""
        criteria = self.data.get("criteria")
        doubts = any(path[:1] == ("criteria",) and len(path) < 3 for path in self.doubtful)
        return isinstance(criteria, Mapping) and 0 < len(drafts) == len(criteria) and not doubts

    def problems(self) -> Iterator[RubricProblem]:
        """Yield a problem for each error, but for what follows from another mistake.

        A key is not missing where an unknown key beside it was meant to be that one.
        """
        meant: set[KeyPath] = set()
        missing = []
        for error in self.errors:
            path = path_of(error)
            if path in self.doubtful:
                continue
            if error["type"] == "missing":
                if path[:-1] not in self.doubtful:
                    missing.append(path)
            elif error["type"] == "extra_forbidden":
                known = [*_keys_at(path)]
                key = nearest(str(path[-1]), known)
                meant.add((*path[:-1], key))
                listed = "" if key else f" (there are {', '.join(known)})"
                yield RubricProblem(f"unknown key{listed}", path, suggestion=key)
            else:
                yield RubricProblem(plain_message(error), path, suggestion=meant_value(error))
        for path in missing:
            if path not in meant:
                yield RubricProblem("is missing", path)

    def drafts(self) -> Iterator[Draft]:
        """Yield a draft of each criterion that is a mapping, of as many as a rubric may have."""
        criteria = self.data.get("criteria")
        if not isinstance(criteria, Mapping):
            return
        unknown: dict[object, set[KeyPath]] = {}
        wrong = (path_of(error) for error in self.errors if _KEY not in error["loc"])
        for path in (*wrong, *self.doubtful):
            if path[:1] == ("criteria",) and len(path) > 2:
                below = path[2:4] if path[2] == "scale" else path[2:3]
                unknown.setdefault(path[1], set()).add(below)
        for name, data in islice(criteria.items(), MOST_CRITERIA):
            draft = _draft(name, data, frozenset(unknown.get(name, ())))
            if draft is not None:
                yield draft


def form_of(data: Mapping[Any, Any], doubtful: Collection[KeyPath]) -> tuple[Rubric | None, Form]:
    """Return the rubric in ``data``, or ``None`` if a key or type is wrong, and the mistakes."""
    try:
        return Rubric.model_validate(data), Form(data, (), doubtful)
    except ValidationError as error:
        return None, Form(data, error.errors(include_url=False), doubtful)


def path_of(error: ErrorDetails) -> KeyPath:
    """Return the path of the key that pydantic's ``error`` is about."""
    return tuple(part for part in error["loc"] if part not in _NO_KEYS)


def _draft(name: object, data: object, unknown: frozenset[KeyPath]) -> Draft | None:
    """Return the draft of the criterion ``name``; ``None`` if not even that can be read."""
    if not isinstance(data, Mapping) or not isinstance(name, str):
        return None
    values: dict[Any, Any] = {key: one for key, one in data.items() if (key,) not in unknown}
    scale = values.get("scale")
    if isinstance(scale, Mapping):
        known = {key: one for key, one in scale.items() if ("scale", key) not in unknown}
        values["scale"] = _SCALE_PLACEHOLDERS | known
    try:
        return Draft(name, Criterion.model_validate(_PLACEHOLDERS | values), unknown)
    except ValidationError:  # e.g. keys that are no text
        return None


def _keys_at(path: KeyPath) -> Iterable[str]:
    """Return the keys that are known beside the unknown key ``path``."""
    models: dict[int, type[BaseModel]] = {1: Rubric, 3: Criterion, 4: Scale, 6: Level}
    if len(path) == 2:
        return _PARTS[str(path[0])].model_fields
    if path[2:3] == ("caps_total_at",):
        return [field.alias or name for name, field in GraduatedCap.model_fields.items()]
    model = models.get(len(path))
    return model.model_fields if model else ()
