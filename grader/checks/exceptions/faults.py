"""What is wrong with the way a program handles and raises errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.analysis.syntax.call_targets import Aliases
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.except_clauses import (
    caught,
    deals_with_it,
    is_broad,
    is_deliberate,
    is_silent,
    is_try,
    only_cleans,
    only_imports,
)
from grader.analysis.syntax.statements import DEFINITIONS, bodies
from grader.checks.exceptions.bugbear import broken_rules
from grader.checks.exceptions.risky_calls import Nodes, suppressed
from grader.checks.exceptions.try_blocks import Try, bound_by

BARE, BLIND = "bare-except", "blind-except"
SWALLOWED, QUIET = "swallowed-error", "quiet-handler"
PLAIN_RAISE = "raises-plain-exception"
NO_CAUSE = "raise-without-from"

#: Errors that end the program on purpose.
_ENDINGS = frozenset({"SystemExit", "KeyboardInterrupt", "Exit"})


class Fault(NamedTuple):
    """What is wrong with a clause: where, which kind, and what to say."""

    node: ast.AST
    code: str
    message: str


def handler_faults(tries: list[Try]) -> Iterator[Fault]:
    """What is wrong with the clauses of every ``try``."""
    for one in tries:
        yield from (Fault(*broken) for broken in broken_rules(one.node))
        for handler in one.node.handlers:
            fault = fault_of(handler, one)
            if fault is not None:
                yield fault
            for raised in raises_inside(handler):
                name = last_name(raised.exc.func) if isinstance(raised.exc, ast.Call) else ""
                yield Fault(raised, NO_CAUSE, f"`raise {name}(...)` does not say `from` what")


def other_faults(nodes: Nodes, aliases: Aliases) -> Iterator[Fault]:
    """What is wrong with errors outside the clauses."""
    for node, _ in nodes:
        fault = suppressing(node, aliases)
        if fault is not None:
            yield fault
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(made, ast.Name) and made.id in ("Exception", "BaseException"):
                yield Fault(node, PLAIN_RAISE, f"`raise {made.id}` does not say what went wrong")


def fault_of(handler: ast.ExceptHandler, around: Try) -> Fault | None:
    """What is wrong with one clause, the worst only."""
    names = caught(handler.type)
    code = _broad(handler, around) if is_broad(names) else _narrow(handler, around)
    if not code:
        return None
    listed = ", ".join(names)
    if isinstance(handler.type, ast.Tuple):
        listed = f"({listed})"
    return Fault(handler, code, _MESSAGES[code].format(f"except {listed}".strip() + ":"))


_MESSAGES = {
    BARE: "`{}` catches everything, even Ctrl-C",
    BLIND: "`{}` catches every error and hides what went wrong",
    SWALLOWED: "`{}` does nothing about the error",
    QUIET: "`{}` passes over the error in silence",
}


def _broad(handler: ast.ExceptHandler, around: Try) -> str:
    if deals_with_it(handler):
        return ""
    if handler.type is None:
        return BARE
    if is_silent(handler):
        return QUIET if only_cleans(around.node.body) else SWALLOWED
    return "" if only_imports(around.node.body) else BLIND


def _narrow(handler: ast.ExceptHandler, around: Try) -> str:
    if not is_silent(handler) or is_deliberate(caught(handler.type)):
        return ""
    if (
        around.in_loop
        or _goes_another_way(around.node)
        or only_cleans(around.node.body)
        or _has_fallback(around)
    ):
        return QUIET
    return SWALLOWED


def _goes_another_way(found: Any) -> bool:
    """Whether the function ends where the ``try`` works, so that what follows is the other way."""
    last = (found.orelse or found.body)[-1]
    return isinstance(last, ast.Return | ast.Raise)


def _has_fallback(around: Try) -> bool:
    """Whether the names that the body sets have a value already: ``port = 80`` and then ``try``."""
    names = [name for item in around.node.body for name in bound_by(item)]
    return bool(names) and around.known.issuperset(names)


def suppressing(node: ast.AST, aliases: Aliases) -> Fault | None:
    """``with suppress(Exception):`` is ``except Exception: pass`` in other words."""
    if not isinstance(node, ast.With):
        return None
    names = [name for item in node.items for name in suppressed(item, aliases)]
    if not is_broad(names):
        return None
    code = QUIET if only_cleans(node.body) else SWALLOWED
    return Fault(node, code, "`with suppress(Exception):` does nothing about the errors")


def raises_inside(handler: ast.ExceptHandler) -> Iterator[ast.Raise]:
    """Errors that a clause raises anew without saying ``from`` which one they come."""
    waiting: list[ast.stmt] = list(handler.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise) and _is_new(node):
            yield node
        if is_try(node):  # its own clauses are looked at on their own
            waiting += [*getattr(node, "body", []), *getattr(node, "orelse", [])]
        elif not isinstance(node, DEFINITIONS):
            waiting += [item for body in bodies(node) for item in body]


def _is_new(node: ast.Raise) -> bool:
    """Whether an error of another class is made on the spot, and nothing said of its cause."""
    if not isinstance(node.exc, ast.Call) or node.cause is not None:
        return False
    kind = last_name(node.exc.func)
    return kind[:1].isupper() and kind not in _ENDINGS
