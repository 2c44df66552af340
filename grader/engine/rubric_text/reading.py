"""Read the text of a rubric: strict YAML, then the rubric language, then its starter files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.domain.check import Catalog
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.domain.rubric.reading import examine, is_starter_path
from grader.engine.gate import gate
from grader.engine.rubric_text.strict_yaml import Tree, decode_text, read_tree


def read_rubric_text(text: str | bytes, catalog: Catalog) -> Rubric:
    """Parse ``text`` (bytes: in UTF-8) into a rubric on the checks of ``catalog``.

    Raises:
        BadRubric: the text has mistakes, or a starter file cannot be read as Python. They are
            listed in the order of their places. Of a text with a mistake of YAML's syntax, only
            what was read before that is examined, and only as YAML. A problem has a line and
            column, 1-based: of the mistake of YAML, or else of its key or the nearest enclosing
            one. Only a text that is too long has none.
    """
    tree = read_tree(decode_text(text))
    if not tree.complete:
        raise BadRubric(tree.problems)
    rubric, problems = examine(tree.data, catalog, tree.doubtful)
    found = [*problems, *_unreadable_starter(tree)]
    located = [*tree.problems, *(tree.located(problem) for problem in found)]
    if rubric is None or located:
        raise BadRubric(sorted(located, key=lambda problem: (problem.line, problem.column)))
    return rubric


def read_plain(text: str | bytes) -> Any:
    """Return the data of ``text``, which is strict YAML: no anchors, tags or repeated keys.

    It consists of dicts, lists, strings, numbers (``Decimal`` if written with a fraction or an
    exponent, else ``int``), bools and ``None``, which is also the data of an empty text.

    Raises:
        BadRubric: ``text`` is not strict YAML, is not UTF-8 or has over :data:`MAX_BYTES` bytes.
    """
    tree = read_tree(decode_text(text))
    if tree.problems:
        raise BadRubric(tree.problems)
    return tree.data


def _unreadable_starter(tree: Tree) -> Iterator[RubricProblem]:
    """Yield a problem for each starter file that the gate rejects, with the line of that file."""
    starter = tree.data.get("starter") if isinstance(tree.data, dict) else None
    for path, text in starter.items() if isinstance(starter, dict) else ():
        if not (isinstance(text, str) and text and is_starter_path(path)):
            continue
        result = gate(path, text.encode("utf-8"))
        if isinstance(result, Inspection):
            lines = [f"{found.message} (line {found.line} of it)" for found in result.findings]
            # Without a finding, only the interpreter of this service is too old.
            reason = lines[0] if lines else f"this Python is too old for it ({result.reason})"
            yield RubricProblem(f"cannot be read as Python: {reason}", ("starter", path))
