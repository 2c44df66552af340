"""Methods of texts that a condition or a comparison names and does not call: ``if word.isdigit:``.

The method itself is always true and equals no text, so the line never does what it says. flake8
does not see it. Only methods that nothing but a text has are looked for, because another name may
be an attribute, e.g. ``book.title == "Emma"``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from grader.analysis.fixes.own_line import Line
from grader.analysis.syntax.stdlib_effects import QUESTIONS_ABOUT_TEXT, TEXT_METHODS
from grader.analysis.syntax.walk import walk
from grader.checks.style.comparisons import truth_compared
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: The code of a finding of this module.
CODE = "missing-call"
_NOTE = "; the call of"
#: A method of a text without brackets after it, e.g. ``.isdigit:``, not ``.isdigit()``. Most files
#: have none, and are not searched further.
_NAMED = re.compile(rf"\.\s*(?:{'|'.join(sorted(TEXT_METHODS))})\b(?!\s*\()")
#: By the type of a constant, the methods whose result can have been meant beside it.
_METHODS_BY_RESULT: dict[type | None, frozenset[str]] = {
    bool: QUESTIONS_ABOUT_TEXT,
    str: TEXT_METHODS,
}
#: Methods that cannot be called without an argument, so that the missing call is not known.
_WITH_ARGUMENT = frozenset({"startswith", "endswith"})


def with_missing_calls(source: SourceFile, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return `findings` of flake8 and those of missing calls in `source`, in the order of lines.

    Where flake8 complains about the comparison itself (E712), the finding stays one and also says
    that the call is missing. Left out are names that `source` defines or assigns as attributes.
    """
    if not _NAMED.search(source.text):
        return tuple(findings)
    nodes = list(walk(source.tree))
    own = {name for node in nodes for name in _names_defined(node)}
    missing = {one.lineno: one for one in _in_nodes(nodes) if one.attr not in own}
    found = [
        (
            _saying_more(one, missing.pop(one.line).attr)
            if one.code == "E712" and one.line in missing
            else one
        )
        for one in findings
    ]
    found += [_finding(one) for one in missing.values()]
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def is_missing_call(finding: Finding) -> bool:
    """Return whether `finding` is one of a missing call, or an E712 that says so."""
    return finding.code == CODE or _NOTE in finding.message


def with_calls(line: Line) -> str | None:
    """Return the text of `line` with the calls that are missing; ``None`` if it is not clear how.

    ``if word.isdigit == False:`` becomes ``if not word.isdigit():``, and ``answer.lower == "yes"``
    becomes ``answer.lower() == "yes"``. A method that needs an argument stays as it is.
    """
    nodes = list(ast.walk(line.tree))
    missing = {id(one) for one in _in_nodes(nodes) if one.attr not in _WITH_ARGUMENT}
    edits = []
    # A comparison comes before its sides.
    for node in nodes:
        if isinstance(node, ast.Compare) and id(node.left) in missing:
            condition = truth_compared(node, line)
            if condition is not None:
                missing.remove(id(node.left))
                edits.append((line.start(node), line.end(node), f"{condition}()"))
        elif id(node) in missing:
            edits.append((line.end(node), line.end(node), "()"))
    return line.with_edits(edits) if edits else None


def _finding(method: ast.Attribute) -> Finding:
    """Return the finding that the call of `method` is missing."""
    return Finding(
        code=CODE,
        line=method.lineno,
        column=method.col_offset + 1,
        message=f"The call of `{method.attr}` is missing: the method itself is always true",
    )


def _saying_more(finding: Finding, name: str) -> Finding:
    """Return `finding`, an E712, with a message that also says that the call of `name` misses."""
    return finding.model_copy(update={"message": f"{finding.message}{_NOTE} `{name}` is missing"})


def _in_nodes(nodes: list[ast.AST]) -> Iterator[ast.Attribute]:
    """Yield the methods that the conditions and comparisons among `nodes` do not call."""
    for node in nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = node.left, node.comparators[0]
            yield from _compared(left, right)
            yield from _compared(right, left)
        else:
            yield from (one for one in _conditions(node) if _is_method(one, QUESTIONS_ABOUT_TEXT))


def _compared(method: ast.expr, other: ast.expr) -> Iterator[ast.Attribute]:
    """Yield `method` if it is compared with `other` and only its result can have been meant.

    e.g. ``word.isdigit`` with ``False``, and ``answer.lower`` with ``"yes"`` or ``["y", "yes"]``;
    not ``interval.lower`` with ``3``.
    """
    values = other.elts if isinstance(other, ast.Tuple | ast.List | ast.Set) else [other]
    kinds = {type(one.value) if isinstance(one, ast.Constant) else None for one in values}
    if len(kinds) == 1 and _is_method(method, _METHODS_BY_RESULT.get(kinds.pop(), frozenset())):
        yield method


def _is_method(node: ast.expr, names: frozenset[str]) -> TypeGuard[ast.Attribute]:
    """Return whether `node` is an attribute with one of `names`, and not of the class ``str``."""
    if not isinstance(node, ast.Attribute) or node.attr not in names:
        return False
    return not (isinstance(node.value, ast.Name) and node.value.id == "str")


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the parts of conditions that `node` has: its tests, and operands of ``not``."""
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        yield node.test
    elif isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def _names_defined(node: ast.AST) -> Iterator[str]:
    """Yield the name that `node` defines or assigns, as a name or as an attribute."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.attr if isinstance(node, ast.Attribute) else node.id
