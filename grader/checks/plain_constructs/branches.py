"""Branches that say in more words what fewer say: ``if``, ``elif`` and ``else``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite, last_line
from grader.checks.plain_constructs.construct import (
    Construct,
    Place,
    bound_in,
    is_boolean,
    is_constant,
    is_name,
    is_plain,
    names_in,
    negated,
    same,
    same_block,
)

BOOLEAN = "boolean-branches"
EMPTY_BRANCH = "empty-branch"
ALIKE_START = "alike-start"
ALIKE_END = "alike-end"
SAME_BRANCHES = "same-branches"
SAME_CONDITION = "same-condition"
OPPOSITE = "opposite-elif"


def boolean_branches(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``if c: return True else: return False`` and ``if c: x = True else: x = False``.

    The second ``return`` may also stand after the ``if``.
    """
    assert isinstance(node, ast.If)
    second = _other_way(node, place)
    if second is None or "bool" in place.file.bound or not _same_target(node.body[0], second):
        return
    value, other = _result(node.body[0]), _result(second)
    is_straight = is_constant(value, True) and is_constant(other, False)
    if not is_straight and not (is_constant(value, False) and is_constant(other, True)):
        return

    def rewrite(layout: Layout) -> list[Edit]:
        text = _as_boolean(node.test, layout) if is_straight else _turned(node.test, layout)
        start = layout.of(node.body[0])[: -len(layout.of(value))] if value else ""
        line = f"{layout.indentation(node)}{start}{text}"
        return [layout.replace_lines(node.lineno, last_line(second), [line])]

    message = "The condition is `True` or `False` by itself: no `if` is needed to say so"
    yield Construct(BOOLEAN, node, message, rewrite)


def _other_way(node: ast.If, place: Place) -> ast.stmt | None:
    """Return the one statement that runs in place of the only one in ``node``.

    It is in the ``else``, or a ``return`` after ``node``. ``None`` if there are more, or if
    ``node`` is an ``elif``.
    """
    if len(node.body) != 1 or is_elif(node, place):
        return None
    if node.orelse:
        return node.orelse[0] if len(node.orelse) == 1 else None
    following = place.after[0] if place.after else None
    return following if isinstance(following, ast.Return) else None


def _turned(test: ast.expr, layout: Layout) -> str:
    """Return the text of the value that is ``True`` where ``test`` is false."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _as_boolean(test.operand, layout)
    return negated(test, layout.of)


def _as_boolean(test: ast.expr, layout: Layout) -> str:
    """Return the text of ``test``, in ``bool(...)`` unless its value is ``True`` or ``False``."""
    return layout.of(test) if is_boolean(test) else f"bool({layout.of(test)})"


def _result(statement: ast.stmt) -> ast.expr | None:
    """Return the value that ``statement`` returns or assigns to one name, else ``None``."""
    if isinstance(statement, ast.Return):
        return statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return statement.value
    return None


def _same_target(one: ast.stmt, other: ast.stmt) -> bool:
    """Return whether both statements return, or both assign to the same."""
    if isinstance(one, ast.Assign) and isinstance(other, ast.Assign):
        return same(one.targets[0], other.targets[0])
    return isinstance(one, ast.Return) and isinstance(other, ast.Return)


def is_elif(node: ast.If, place: Place) -> bool:
    """Return whether ``node`` is an ``elif`` of another ``if``."""
    return id(node) in place.file.elifs


def _chain(node: ast.If, place: Place) -> list[ast.If]:
    """Return ``node`` and its ``elif`` clauses."""
    found = [node]
    while len(found[-1].orelse) == 1:
        following = found[-1].orelse[0]
        if not (isinstance(following, ast.If) and is_elif(following, place)):
            break
        found.append(following)
    return found


def empty_branch(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``if c: pass else: ...``, which is ``if not c: ...``, and a useless ``else: pass``."""
    assert isinstance(node, ast.If)
    if not node.orelse:
        return
    if _is_pass(node.orelse):
        message = "This `else` does nothing"
        yield Construct(EMPTY_BRANCH, node.orelse[0], message, _drop_else(node))
    elif _is_pass(node.body) and not continues(node, place):
        message = "This branch does nothing: turn the condition round"
        yield Construct(EMPTY_BRANCH, node, message, _only_else(node))


def _is_pass(body: Sequence[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Pass)


def continues(node: ast.If, place: Place) -> bool:
    """Return whether an ``elif`` follows ``node``, so that its condition cannot be turned round."""
    following = node.orelse[0] if len(node.orelse) == 1 else None
    return isinstance(following, ast.If) and is_elif(following, place)


def _drop_else(node: ast.If) -> Rewrite:
    return lambda layout: [layout.delete(last_line(node.body[-1]) + 1, last_line(node.orelse[-1]))]


def _only_else(node: ast.If) -> Rewrite:
    """Return the rewrite of ``node`` to its ``else`` under the opposite condition."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        inner = layout.indentation(node.orelse[0])
        body = layout.block(node.orelse, inner)
        if body is None or not layout.has_own_lines(node.body[0]):
            return None
        word = layout.text[layout.start(node) :][:4]
        head = "elif" if word == "elif" else "if"
        line = f"{layout.indentation(node)}{head} {negated(node.test, layout.of)}:"
        return [layout.replace_lines(node.lineno, last_line(node), [line, *body])]

    return rewrite


def alike_branches(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield branches of an ``if`` with ``else`` that all begin or all end with the same statement.

    What they begin with must not change what the conditions read: only an assignment to a name that
    no condition has, of a plain value, may move above the ``if``.
    """
    assert isinstance(node, ast.If)
    if is_elif(node, place):
        return
    chain = _chain(node, place)
    branches = [*(each.body for each in chain), chain[-1].orelse]
    if all(branches) and not (len(chain) > 1 and all(map(_is_short, branches))):
        yield from _alike(node, chain, branches)


def _alike(
    node: ast.If, chain: Sequence[ast.If], branches: Sequence[Sequence[ast.stmt]]
) -> Iterator[Construct]:
    """Yield what ``branches``, those of ``node`` with the clauses ``chain``, have in common."""
    first, last = branches[0][0], branches[0][-1]
    if all(same_block(branches[0], each) for each in branches[1:]):
        message = "All branches do the same: no `if` is needed"
        yield Construct(SAME_BRANCHES, node, message, _only_body(node, chain, branches[0]))
    elif not isinstance(last, ast.Pass) and all(same(last, each[-1]) for each in branches):
        message = "All branches end with this statement: write it once, below them"
        yield Construct(ALIKE_END, last, message, _move_down(node, branches))
    elif _may_move_up(first, chain) and all(same(first, each[0]) for each in branches):
        message = "All branches begin with this statement: write it once, above them"
        yield Construct(ALIKE_START, first, message, _move_up(node, branches))


def _is_short(branch: Sequence[ast.stmt]) -> bool:
    """Return whether ``branch`` is one statement; a table of such branches is often clear."""
    return len(branch) == 1


def _may_move_up(statement: ast.stmt, chain: Sequence[ast.If]) -> bool:
    """Return whether ``statement`` can be run before the conditions of ``chain``.

    ``print`` of plain values can, if the conditions are plain.
    """
    tests = [each.test for each in chain]
    if not all(map(is_plain, tests)) or bound_in(statement) & names_in(*tests):
        return False
    if isinstance(statement, ast.Assign):
        names = all(isinstance(target, ast.Name) for target in statement.targets)
        return names and is_plain(statement.value)
    return isinstance(statement, ast.Expr) and _prints_plainly(statement.value)


def _prints_plainly(value: ast.expr) -> bool:
    """Return whether ``value`` is a ``print`` of plain values."""
    if not (isinstance(value, ast.Call) and is_name(value.func, "print")):
        return False
    return all(is_plain(each) or isinstance(each, ast.JoinedStr) for each in value.args)


def _only_body(node: ast.If, chain: Sequence[ast.If], body: Sequence[ast.stmt]) -> Rewrite:
    """Return the rewrite of ``node`` to ``body``, if no condition does anything."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        lines = layout.block(body, layout.indentation(node))
        if lines is None or not all(is_plain(each.test) for each in chain):
            return None
        return [layout.replace_lines(node.lineno, last_line(node), lines)]

    return rewrite


def _move_down(node: ast.If, branches: Sequence[Sequence[ast.stmt]]) -> Rewrite:
    """Return the rewrite that moves the last statement of each of ``branches`` below ``node``.

    An ``else`` that is empty then goes; if another branch is empty then, there is no rewrite.
    """

    def rewrite(layout: Layout) -> list[Edit] | None:
        *kept, last = branches
        moved = layout.block(last[-1:], layout.indentation(node))
        if moved is None or any(len(each) == 1 for each in kept):
            return None
        edits = []
        for branch in kept:
            if not layout.has_own_lines(branch[-1]):
                return None
            edits.append(layout.delete(last_line(branch[-2]) + 1, last_line(branch[-1])))
        above = last_line(last[-2]) if len(last) > 1 else last_line(kept[-1][-1])
        edits.append(layout.replace_lines(above + 1, last_line(node), moved))
        return edits

    return rewrite


def _move_up(node: ast.If, branches: Sequence[Sequence[ast.stmt]]) -> Rewrite:
    """Return the rewrite that moves the first statement of each of ``branches`` above ``node``."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        moved = layout.block(branches[0][:1], layout.indentation(node))
        if moved is None or any(len(each) == 1 for each in branches):
            return None
        if not all(layout.has_own_lines(each[0]) for each in branches):
            return None
        deleted = [layout.delete(each[0].lineno, last_line(each[0])) for each in branches]
        return [layout.replace_lines(node.lineno, node.lineno - 1, moved), *deleted]

    return rewrite


def same_branches(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield two branches in a row with the same body, a condition twice, and an opposite one.

    ``if a: x elif b: x`` is ``if a or b: x``; the second ``if a: x elif a: y`` never runs;
    ``if a < b: x elif a >= b: y`` is ``if a < b: x else: y``.
    """
    assert isinstance(node, ast.If)
    if is_elif(node, place):
        return
    chain = _chain(node, place)
    for at in range(1, len(chain)):
        if is_plain(chain[at - 1].test) and is_plain(chain[at].test):
            yield from _pointless(chain[:at], chain[at], len(chain) == 2)


def _pointless(before: Sequence[ast.If], branch: ast.If, is_pair: bool) -> Iterator[Construct]:
    """Yield the construct that ``branch`` makes with the branches ``before`` it, if there is one.

    ``is_pair``: there are only two branches, so that the second may be the opposite of the first.
    """
    if any(same(each.test, branch.test) for each in before):
        message = "This condition was asked before: the branch never runs"
        yield Construct(SAME_CONDITION, branch, message, _drop_branch(branch))
    elif same_block(before[-1].body, branch.body):
        message = "Two branches do the same: `or` joins their conditions"
        yield Construct(SAME_BRANCHES, branch, message, _join(before[-1], branch))
    elif is_pair and not branch.orelse and _opposite(before[0], branch):
        message = "This condition is true whenever it is reached: `else` says so"
        yield Construct(OPPOSITE, branch, message, _as_else(branch))


def _opposite(one: ast.If, other: ast.If) -> bool:
    """Return whether the condition of ``other`` is just the opposite of that of ``one``."""
    text = ast.unparse
    return negated(one.test, text) == text(other.test) or negated(other.test, text) == text(
        one.test
    )


def _drop_branch(branch: ast.If) -> Rewrite:
    return lambda layout: [layout.delete(branch.lineno, last_line(branch.body[-1]))]


def _join(one: ast.If, other: ast.If) -> Rewrite:
    def rewrite(layout: Layout) -> list[Edit] | None:
        tests = [
            (
                f"({layout.of(each.test)})"
                if isinstance(each.test, ast.IfExp | ast.Lambda | ast.NamedExpr)
                else layout.of(each.test)
            )
            for each in (one, other)
        ]
        return [
            layout.replace(one.test, " or ".join(tests)),
            layout.delete(other.lineno, last_line(other.body[-1])),
        ]

    return rewrite


def _as_else(branch: ast.If) -> Rewrite:
    def rewrite(layout: Layout) -> list[Edit] | None:
        start, end = layout.start(branch), layout.end(branch.test)
        return [Edit(start, end, "else")]

    return rewrite


#: Rules for ``if``.
IF_RULES = (
    boolean_branches,
    empty_branch,
    alike_branches,
    same_branches,
)
