"""Reading a rubric: validates plain data and lists each mistake with its path and a suggestion."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from grader.domain.characters import first_few
from grader.domain.check import NAMES, AnyCheck, Catalog, Options
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.rubric import MANUAL, GraduatedCap, Rubric, Smallest, probe_of
from grader.domain.rubric.contradictions import contradictions
from grader.domain.rubric.form import Draft, Form, KeyPath, form_of, path_of
from grader.domain.rubric.scales import example_scale, scale_problems
from grader.domain.wording import meant_value, nearest, plain_message

#: A relative path of a Python file without "." and ".." segments, e.g. "tools/numbers.py"; not
#: "/numbers.py", "../numbers.py" or "notes.txt".
_STARTER_PATH = re.compile(r"(?:(?!\.{1,2}/)[^/\\\x00-\x1f]+/)*[^/\\\x00-\x1f]+\.pyi?")


def read_rubric(data: object, catalog: Catalog) -> Rubric:
    """Return the rubric that ``data`` (dicts, lists and scalars) describes.

    Raises:
        BadRubric: ``data`` has mistakes; each is listed with its path, without a line.
    """
    rubric, problems = examine(data, catalog)
    if rubric is None or problems:
        raise BadRubric(problems)
    return rubric


def examine(
    data: object, catalog: Catalog, doubtful: Collection[KeyPath] = ()
) -> tuple[Rubric | None, list[RubricProblem]]:
    """Return the rubric in ``data``, and the mistakes of its form, names, scales and sums.

    With a mistake the rubric is ``None`` or useless. What is right by its form is examined even if
    other parts are not, but for sums and comparisons of which a part is wrong. ``doubtful`` are the
    paths of values, and of mappings that may lack a key, of which a mistake is known already.
    """
    if not isinstance(data, Mapping):
        known = () in doubtful
        return None, [RubricProblem("a rubric is a mapping of keys to values")] * (not known)
    rubric, form = form_of(data, doubtful)
    drafts = [*form.drafts()]
    problems = [
        *form.problems(),
        *_total_problems(form, drafts),
        *_smallest_problems(form),
        *(problem for draft in drafts for problem in _draft_problems(draft, catalog)),
        *contradictions(_chosen_options(drafts, catalog)),
        *_starter_problems(form),
    ]
    return rubric, [problem for problem in problems if problem.path not in doubtful]


def is_starter_path(path: object) -> bool:
    """Return whether ``path`` is one that a Python file of a submission could have."""
    return isinstance(path, str) and _STARTER_PATH.fullmatch(path) is not None


def _total_problems(form: Form, drafts: list[Draft]) -> Iterator[RubricProblem]:
    """Yield a problem if the points of all criteria are known, and are not the total."""
    is_known = form.has_all(drafts) and all(draft.knows("points") for draft in drafts)
    if not is_known or form.unknown("total"):
        return
    added = sum((draft.criterion.points for draft in drafts), Decimal())
    total = Decimal(str(form.data["total"]))
    if added != total:
        yield RubricProblem(f"is {total}, but the criteria add up to {added}", ("total",))


def _smallest_problems(form: Form) -> Iterator[RubricProblem]:
    """Yield a problem if the cap of too small programs is not below the total."""
    if form.unknown("total") or form.unknown("smallest") or form.data["smallest"] is None:
        return
    cap = Smallest.model_validate(form.data["smallest"]).caps_total_at
    total = Decimal(str(form.data["total"]))
    if cap >= total:
        message = f"limits nothing unless it is less than the total of {total}"
        yield RubricProblem(message, ("smallest", "caps_total_at"))


def _starter_problems(form: Form) -> Iterator[RubricProblem]:
    """Yield a problem for each path of a starter file that no submission could have."""
    starter = form.data.get("starter")
    for path in starter if isinstance(starter, Mapping) else ():
        if not is_starter_path(path):
            example = "numbers.py or tools/numbers.py"
            message = f"is no path of a Python file, such as {example}"
            yield RubricProblem(message, ("starter", path))


def _draft_problems(draft: Draft, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the problems of the known values of a criterion."""
    for problem in (*_cap_problems(draft), *_check_problems(draft, catalog)):
        yield replace(problem, path=("criteria", draft.id, *problem.path))


def _check_problems(draft: Draft, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the problems of the check of ``draft``, its options and its scale.

    Their paths begin below the criterion.
    """
    criterion = draft.criterion
    gradable = {check.id: check for check in catalog.values() if check.gradable}
    if not draft.knows("check"):
        return
    if criterion.check == MANUAL:
        for key in ("options", "scale"):
            if getattr(criterion, key):
                yield RubricProblem(f"a manual criterion has no {key}", (key,))
    elif criterion.check not in gradable:
        yield _unknown_check(criterion.check, gradable)
    else:
        check = gradable[criterion.check]
        yield from _option_problems(criterion.options, check)
        yield from _measure_problems(draft, check, catalog)


def _unknown_check(name: str, gradable: Catalog) -> RubricProblem:
    """Return the problem of a check that is not among ``gradable``."""
    synonyms = {word: check.id for check in gradable.values() for word in check.synonyms}
    known = nearest(name, [*gradable, MANUAL], synonyms)
    listed = "" if known else f" (there are {', '.join([*gradable, MANUAL])})"
    return RubricProblem(f"no check {name!r}{listed}", ("check",), suggestion=known)


def _cap_problems(draft: Draft) -> Iterator[RubricProblem]:
    """Yield the problems of the cap of ``draft``; their paths begin below the criterion."""
    cap, points = draft.criterion.caps_total_at, draft.criterion.points
    if cap is None:
        return
    if not points and draft.knows("points"):
        yield RubricProblem("a criterion without points can never lift its cap", ("caps_total_at",))
    if isinstance(cap, GraduatedCap) and cap.highest <= cap.lowest:
        yield RubricProblem(
            f"the cap rises from `from` to `to`, so `to` should be more than {cap.lowest}",
            ("caps_total_at", "to"),
        )


def _measure_problems(draft: Draft, check: AnyCheck, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the problems of the scale of ``draft`` and of the measure that it names."""
    scale = draft.criterion.scale
    if not draft.knows("scale", "measure"):
        return
    if scale is None:
        share = next(iter(check.shares.values()), check.measures[0].id)
        usual = check.measure(share) or check.measures[0]
        yield RubricProblem(f"a scale is needed, such as {example_scale(usual)}", ("scale",))
        return
    measure = check.measure(scale.measure)
    if measure is None:
        yield _unknown_measure(scale.measure, check, catalog)
        return
    points = draft.criterion.points if draft.knows("points") else None
    for problem in scale_problems(scale, points, measure, draft.unknown_of_scale):
        yield replace(problem, path=("scale", *problem.path))


def _unknown_measure(name: str, check: AnyCheck, catalog: Catalog) -> RubricProblem:
    """Return the problem of a measure that ``check`` lacks; other checks may have it."""
    names = [each.id for each in check.measures]
    others = [one.id for one in catalog.values() if one.gradable and one.measure(name)]
    elsewhere = f"; for that, see {first_few(others)}" if others else ""
    return RubricProblem(
        f"no measure {name!r} in {check.id} (it has {', '.join(names)}{elsewhere})",
        ("scale", "measure"),
        suggestion=nearest(name, names),
    )


def _option_problems(options: Mapping[str, Any], check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield a problem for each of ``options`` that ``check`` does not have or accept."""
    if check.spares_names and NAMES in options:
        yield RubricProblem("is a key of the whole rubric, beside `criteria`", ("options", NAMES))
        return
    try:
        check.options.model_validate(dict(options))
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            path = ("options", *path_of(error))
            if error["type"] == "extra_forbidden":
                known = check.own_options
                hint = nearest(str(path[-1]), known)
                has = f"such option (it has {', '.join(known)})" if known else "options"
                message = f"{check.id} has no {has}"
                yield RubricProblem(message, path, suggestion=hint)
            else:
                yield RubricProblem(plain_message(error), path, suggestion=meant_value(error))


def _chosen_options(drafts: list[Draft], catalog: Catalog) -> Mapping[str, tuple[str, Options]]:
    """Return (check id, options with defaults) by criterion id, without invalid criteria."""
    chosen = {}
    for draft in drafts:
        with suppress(KeyError, ValidationError):
            if draft.knows("check") and draft.knows("options"):
                options = probe_of(draft.criterion, catalog).options
                chosen[draft.id] = (draft.criterion.check, options)
    return chosen
