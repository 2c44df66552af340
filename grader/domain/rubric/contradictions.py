"""Contradicting options: one tool reports what another tool writes, so no code satisfies both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.domain.check import Options
from grader.domain.errors import RubricProblem

#: Codes that flake8 reports for code as Black writes it.
_BESIDE_BLACK = ("W503", "E203", "E701", "E704")
#: The codes of ``_BESIDE_BLACK`` that flake8 does not report by default.
_QUIET = frozenset({"W503", "E704"})

Problems = Iterator[RubricProblem]


def contradictions(chosen: Mapping[str, tuple[str, Options]]) -> Problems:
    """Yield the contradictions in ``chosen``: (check id, options) by criterion id.

    Compares the options of the checks ``style`` (flake8) and ``import_order`` (isort) with those of
    ``formatting`` (Black); without a criterion on formatting there are none. If such criteria
    differ in their line length, each length is compared. Each problem has its path in the rubric.
    """
    blacks = [options for check, options in chosen.values() if check == "formatting"]
    against = {"style": _flake8_against_black, "import_order": _isort_against_black}
    for width in sorted({getattr(options, "line_length", 88) for options in blacks}):
        for name, (check, options) in chosen.items():
            if check in against:
                for problem in against[check](options, width):
                    path = ("criteria", name, "options", *problem.path)
                    yield RubricProblem(problem.message, path)


def _flake8_against_black(options: Options, width: int) -> Problems:
    """Yield the problems of flake8's ``options`` with Black at a line length of ``width``."""
    limit = getattr(options, "max_line_length", width)
    if limit < width:
        message = f"flake8 would blame lines of {limit + 1} to {width} characters that Black writes"
        yield RubricProblem(message, ("max_line_length",))
    select = getattr(options, "select", None)
    ignored = getattr(options, "extend_ignore", _BESIDE_BLACK)
    for code in _BESIDE_BLACK:
        if code in (select or ()) or _reported(code, select, ignored):
            key = "extend_ignore" if select is None else "select"
            yield RubricProblem(f"{code} blames what Black writes", (key,))


def _reported(code: str, select: Sequence[str] | None, ignored: Sequence[str]) -> bool:
    """Return whether flake8 reports ``code``: the longest matching prefix of both lists decides."""

    def longest(prefixes: Sequence[str]) -> int:
        return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)

    if select is None:
        return code not in _QUIET and not longest(ignored)
    return longest(select) > longest(ignored)


def _isort_against_black(options: Options, width: int) -> Problems:
    """Yield the problems of isort's ``options`` with Black at a line length of ``width``."""
    profile = getattr(options, "profile", "black")
    if profile != "black":
        yield RubricProblem(f"isort's profile {profile} undoes what Black does", ("profile",))
    length = getattr(options, "line_length", width)
    if length != width:
        yield RubricProblem(f"isort wraps at {length}, Black at {width}", ("line_length",))
