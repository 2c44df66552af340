"""Comparisons that flake8 complains of, as they should be."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from grader.analysis.fixes.own_line import Line

#: The text that a node should have, or ``None`` where it is fine or cannot be fixed.
Rule = Callable[[ast.AST, Line], str | None]

_TRUTHS = ast.If | ast.While | ast.Assert


def none_compared(node: ast.AST, line: Line) -> str | None:
    """``x is None`` for ``x == None``."""
    if not (isinstance(node, ast.Compare) and _is_constant(node.comparators[-1], None)):
        return None
    return _with_word(node, line, {"==": "is", "!=": "is not"})


def truth_compared(node: ast.AST, line: Line) -> str | None:
    """``x`` for ``x == True``, ``not x`` for ``x == False``, where only its truth is asked."""
    if not isinstance(node, ast.Compare) or not _is_asked(node, line.statement):
        return None
    parts = _parts(node, line)
    truth = next((one for one in (True, False) if _is_constant(node.comparators[-1], one)), None)
    if parts is None or truth is None or parts[1] not in ("==", "!="):
        return None
    left, word, _ = parts
    return left if truth is (word == "==") else f"not {left}"


def _is_asked(node: ast.expr, statement: ast.AST | None) -> bool:
    """Whether a statement asks for nothing but the truth of a node."""
    return isinstance(statement, _TRUTHS) and any(node is one for one in _asked(statement.test))


def _asked(test: ast.expr) -> Iterator[ast.expr]:
    """The parts of a condition of which nothing but their truth is asked."""
    if isinstance(test, ast.BoolOp):
        for part in test.values:
            yield from _asked(part)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _asked(test.operand)
    else:
        yield test


def not_in(node: ast.AST, line: Line) -> str | None:
    """``x not in y`` for ``not x in y``, ``x is not y`` for ``not x is y``."""
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return None
    compare = node.operand
    if not isinstance(compare, ast.Compare):
        return None
    between = line.text[line.start(node) : line.start(compare)]
    if between.strip() != "not":
        return None
    return _with_word(compare, line, {"in": "not in", "is": "is not"})


def type_compared(node: ast.AST, line: Line) -> str | None:
    """``isinstance(x, int)`` for ``type(x) == int``, ``type(x) is type(y)`` of two of them."""
    parts = _parts(node, line) if isinstance(node, ast.Compare) else None
    if parts is None or not isinstance(node, ast.Compare) or parts[1] not in ("==", "!="):
        return None
    asked, other = _typed(node.left), node.comparators[0]
    if asked is None:
        return None
    if _typed(other) is not None:
        return _with_word(node, line, {"==": "is", "!=": "is not"})
    if not isinstance(other, ast.Name | ast.Attribute):
        return None
    unlike = "not " if parts[1] == "!=" else ""
    return f"{unlike}isinstance({line.of(asked)}, {parts[2]})"


def literal_compared(node: ast.AST, line: Line) -> str | None:
    """``x == 5`` for ``x is 5``."""
    if not isinstance(node, ast.Compare):
        return None
    if not any(map(_is_literal, (node.left, *node.comparators))):
        return None
    return _with_word(node, line, {"is": "==", "is not": "!="})


def _is_literal(node: ast.expr) -> bool:
    """A number or a text; of ``None`` and the truth values there is one each."""
    return isinstance(node, ast.Constant) and not (
        node.value is ... or isinstance(node.value, bool | None)
    )


def rewritten(line: Line, rule: Rule) -> str | None:
    """The line with every node as a rule wants it, or ``None`` where it wants nothing."""
    found = [(node, rule(node, line)) for node in ast.walk(line.tree)]
    edits = [(line.start(node), line.end(node), new) for node, new in found if new is not None]
    return line.with_edits(edits) if edits else None


def _parts(compare: ast.Compare, line: Line) -> tuple[str, str, str] | None:
    """The left side with its brackets, the word between, the right side, if there is one."""
    if len(compare.ops) != 1:
        return None
    whole = line.text[line.start(compare) : line.start(compare.comparators[0])]
    fit = re.fullmatch(r"(.*?)\s*(==|!=|\bis\s+not|\bis|\bnot\s+in|\bin)\s*", whole)
    if fit is None:
        return None
    right = line.text[line.start(compare.comparators[0]) : line.end(compare)]
    return fit[1], " ".join(fit[2].split()), right


def _with_word(compare: ast.Compare, line: Line, words: dict[str, str]) -> str | None:
    parts = _parts(compare, line)
    if parts is None or parts[1] not in words:
        return None
    return f"{parts[0]} {words[parts[1]]} {parts[2]}"


def _is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _typed(node: ast.expr) -> ast.expr | None:
    """What ``type(x)`` asks the type of."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
        return node.args[0] if len(node.args) == 1 and not node.keywords else None
    return None
