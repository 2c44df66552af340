"""Find faults in the ``except`` clauses, ``raise`` statements and ``suppress`` of a file."""

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

#: Exceptions that end the program on purpose, so that no cause is expected: ``raise Exit(1)`` in a
#: handler is no fault, ``raise ValueError("x")`` without ``from`` is one. Chosen by hand.
_ENDINGS = frozenset({"SystemExit", "KeyboardInterrupt", "Exit"})


class Fault(NamedTuple):
    """A fault in handling or raising errors: its node, the finding's code, and a message.

    The code is a constant of this module, e.g. ``BARE``, or that of a rule of flake8-bugbear, e.g.
    "B012" (see `Broken`). Risky calls that nothing guards and long ``try`` statements are found
    elsewhere.
    """

    node: ast.AST
    code: str
    message: str


def handler_faults(tries: list[Try]) -> Iterator[Fault]:
    """Yield the faults of each of `tries`: breaches of `broken_rules`, then those of each clause.

    A clause has at most one fault for what it does about the error (see `fault_of`), and one for
    each new error that it raises without ``from``.
    """
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
    """Yield a fault for each ``with`` in `nodes` that suppresses all errors, and each plain raise.

    Plain are ``raise Exception`` and ``raise BaseException``, with or without a message;
    ``raise ValueError`` and a bare ``raise`` are not. For the ``with`` see `suppressing`.
    """
    for node, _ in nodes:
        fault = suppressing(node, aliases)
        if fault is not None:
            yield fault
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(made, ast.Name) and made.id in ("Exception", "BaseException"):
                yield Fault(node, PLAIN_RAISE, f"`raise {made.id}` does not say what went wrong")


def fault_of(handler: ast.ExceptHandler, around: Try) -> Fault | None:
    """Return the fault of the clause `handler` of the ``try`` `around`, or ``None``.

    A clause for every error is no fault if it raises, exits, logs the traceback, or uses the error
    for more than ``print`` (see `deals_with_it`). Else ``except:`` is BARE; ``except Exception`` is
    SWALLOWED if it does nothing (QUIET if the ``try`` only cleans up), otherwise BLIND, but no
    fault if the ``try`` begins with an import. A clause for certain errors is at fault only if it
    does nothing, and one of them is not part of normal work as ``KeyError`` is: it is QUIET where
    that may be right, e.g. in a loop, else SWALLOWED. Errors that it raises are not judged here.
    """
    names = caught(handler.type)
    code = _broad(handler, around) if is_broad(names) else _narrow(handler, around)
    if not code:
        return None
    listed = ", ".join(names)
    if isinstance(handler.type, ast.Tuple):
        listed = f"({listed})"
    return Fault(handler, code, _MESSAGES[code].format(f"except {listed}".strip() + ":"))


#: Messages by code; the clause replaces ``{}``.
_MESSAGES = {
    BARE: "`{}` catches everything, even Ctrl-C",
    BLIND: "`{}` catches every error and hides what went wrong",
    SWALLOWED: "`{}` does nothing about the error",
    QUIET: "`{}` passes over the error in silence",
}


def _broad(handler: ast.ExceptHandler, around: Try) -> str:
    """Return the code for a clause that catches every error, or "" if it is no fault.

    No fault: it raises, exits, logs the traceback or uses the error, or it is ``except Exception``
    with some fallback around an import. Else ``except:`` is BARE; ``except Exception`` is BLIND,
    or if it does nothing SWALLOWED (QUIET if the ``try`` only cleans up).
    """
    if deals_with_it(handler):
        return ""
    if handler.type is None:
        return BARE
    if is_silent(handler):
        return QUIET if only_cleans(around.node.body) else SWALLOWED
    return "" if only_imports(around.node.body) else BLIND


def _narrow(handler: ast.ExceptHandler, around: Try) -> str:
    """Return the code for a clause that catches certain errors, or "" if it is no fault.

    Only a clause that does nothing can be at fault, and not if it lists only errors that are part
    of normal work, e.g. ``KeyError``. It is QUIET if doing nothing may be right: in a loop (the
    item is skipped), if the ``try`` ends in ``return`` or ``raise`` (what follows is the other
    case), only cleans up, or sets a variable that already had a value. Else it is SWALLOWED.
    """
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
    """Return whether the ``try`` statement `found` ends in ``return`` or ``raise`` on success.

    The code behind it then runs only after an error, e.g. behind ``try: return int(text)``.
    """
    last = (found.orelse or found.body)[-1]
    return isinstance(last, ast.Return | ast.Raise)


def _has_fallback(around: Try) -> bool:
    """Return whether every name that the body of `around` sets, at least one, had a value before.

    E.g. ``port = 80`` before ``try: port = int(text)``. Nested statements are not considered.
    """
    names = [name for item in around.node.body for name in bound_by(item)]
    return bool(names) and around.known.issuperset(names)


def suppressing(node: ast.AST, aliases: Aliases) -> Fault | None:
    """Return the fault of `node` if it is a ``with suppress(...)`` of every error, else ``None``.

    It is if ``Exception`` or ``BaseException`` is among the arguments of ``contextlib.suppress``,
    which means the same as ``except Exception: pass``; ``suppress(KeyError)`` is no fault. The code
    is QUIET if the body only cleans up, else SWALLOWED.
    """
    if not isinstance(node, ast.With):
        return None
    names = [name for item in node.items for name in suppressed(item, aliases)]
    if not is_broad(names):
        return None
    code = QUIET if only_cleans(node.body) else SWALLOWED
    return Fault(node, code, "`with suppress(Exception):` does nothing about the errors")


def raises_inside(handler: ast.ExceptHandler) -> Iterator[ast.Raise]:
    """Yield each ``raise`` in `handler` that calls an error class and has no ``from``.

    A name that begins with a capital counts as a class. E.g. ``raise ValueError("x")``; not
    ``raise ValueError``, ``raise error``, or ``SystemExit(1)`` and others that end the program. Not
    searched are functions and classes defined in `handler`, and the clauses and ``finally`` of an
    inner ``try``. The order is not that of the lines.
    """
    waiting: list[ast.stmt] = list(handler.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise) and _is_new(node):
            yield node
        if is_try(node):  # `handler_faults` is called for its own clauses too
            waiting += [*getattr(node, "body", []), *getattr(node, "orelse", [])]
        elif not isinstance(node, DEFINITIONS):
            waiting += [item for body in bodies(node) for item in body]


def _is_new(node: ast.Raise) -> bool:
    """Return whether `node` raises the result of calling a class, without ``from``.

    E.g. ``raise ValueError("x")``; not ``raise error``, ``raise make_error()``,
    ``raise ValueError``, ``raise ValueError("x") from None`` or a class of `_ENDINGS`.
    """
    if not isinstance(node.exc, ast.Call) or node.cause is not None:
        return False
    kind = last_name(node.exc.func)
    return kind[:1].isupper() and kind not in _ENDINGS
