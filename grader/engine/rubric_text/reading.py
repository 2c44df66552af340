"""Read the text of a rubric: strict YAML, then the rubric language, then its starter files."""

from __future__ import annotations

import hashlib
from typing import Any

from grader.domain.check import Catalog
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.domain.rubric.reading import read_rubric
from grader.engine.gate import gate
from grader.engine.rubric_text.strict_yaml import decode_text, read_tree


def rubric_digest(text: str) -> str:
    """Return the hexadecimal SHA-256 of ``text`` in UTF-8; it identifies a version of a rubric."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_rubric_text(text: str | bytes, catalog: Catalog) -> Rubric:
    """Parse ``text`` (bytes: in UTF-8) into a rubric on the checks of ``catalog``.

    Raises:
        BadRubric: the text has mistakes, or a starter file cannot be read as Python. Of YAML only
            the first mistake is listed. A problem has a line and column, 1-based: of the mistake
            of YAML, or else of its key or the nearest enclosing one. Only a text that is too long
            has none.
    """
    tree = read_tree(decode_text(text))
    try:
        rubric = read_rubric(tree.data, catalog)
        _check_starter(rubric)
        return rubric
    except BadRubric as error:
        raise BadRubric([tree.located(problem) for problem in error.problems]) from None


def read_plain(text: str | bytes) -> Any:
    """Return the data of ``text``, which is strict YAML: no anchors, tags or repeated keys.

    It consists of dicts, lists, strings, numbers (``Decimal`` if written with a fraction or an
    exponent, else ``int``), bools and ``None``, which is also the data of an empty text.

    Raises:
        BadRubric: ``text`` is not strict YAML, is not UTF-8 or has over :data:`MAX_BYTES` bytes.
    """
    return read_tree(decode_text(text)).data


def _check_starter(rubric: Rubric) -> None:
    """Raise BadRubric if the gate rejects a starter file, with the rejected line of that file."""
    problems = []
    for path, text in rubric.starter.items():
        result = gate(path, text.encode("utf-8"))
        if isinstance(result, Inspection):
            lines = [f"{found.message} (line {found.line} of it)" for found in result.findings]
            # Without a finding, only the interpreter of this service is too old.
            reason = lines[0] if lines else f"this Python is too old for it ({result.reason})"
            problems.append(RubricProblem(f"cannot be read as Python: {reason}", ("starter", path)))
    if problems:
        raise BadRubric(problems)
