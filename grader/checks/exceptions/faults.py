"""Find faults in the ``except`` clauses, ``raise`` statements and ``suppress`` of a file."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from grader.analysis.syntax.call_targets import Aliases
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.error_uses import (
    ErrorUse,
    raises_or_leaves,
    use_of_error,
    useless_clauses,
)
from grader.analysis.syntax.except_clauses import (
    caught,
    has_reason,
    is_broad,
    is_deliberate,
    is_silent,
    is_try,
    only_cleans,
    tries_an_import,
)
from grader.analysis.syntax.statements import DEFINITIONS, bodies
from grader.checks.exceptions.bugbear import broken_rules, needed_errors
from grader.checks.exceptions.risky_calls import Nodes, suppressed
from grader.checks.exceptions.try_blocks import Try, bound_by

BARE, BLIND = "bare-except", "blind-except"
SWALLOWED, QUIET = "swallowed-error", "quiet-handler"
WIDE, USELESS = "wide-except", "useless-except"
PLAIN_RAISE = "raises-plain-exception"
NO_CAUSE = "raise-without-from"

#: A clause for at least so many kinds of errors, around more than so many statements, catches
#: nearly everything: ``except (OSError, ValueError, KeyError, TypeError): return 0`` around five
#: lines; not around ``return float(rows[0]["price"])`` alone, and not with three kinds. Chosen by
#: hand.
_MANY_KINDS, _FEW_STATEMENTS = 4, 3
#: Exceptions that end the program, or are an answer to a user, who sees no cause: ``raise Exit(1)``
#: and ``raise HTTPException(404)`` in a handler are no fault, ``raise ValueError("x")`` without
#: ``from`` is one. Chosen by hand.
_ENDINGS = frozenset(
    "Abort BadParameter ClickException Exit HTTPException Http404 KeyboardInterrupt SystemExit"
    " UsageError".split()
)


class Fault(NamedTuple):
    """A fault in handling or raising errors: its node, the finding's code, and a message.

    The code is a constant of this module, e.g. ``BARE``, or that of a rule of flake8-bugbear, e.g.
    "B012" (see `Broken`). Risky calls that nothing guards and long ``try`` statements are found
    elsewhere.
    """

    node: ast.AST
    code: str
    message: str


def handler_faults(tries: list[Try], aliases: Aliases, lines: Sequence[str]) -> Iterator[Fault]:
    """Yield the faults of each of `tries`: breaches of `broken_rules`, then those of each clause.

    A clause has at most one fault for what it does about the error (see `fault_of`), and one for
    each new error that it raises without ``from``. `lines` are those of the file, whose names refer
    to `aliases`.
    """
    for one in tries:
        yield from (Fault(*broken) for broken in broken_rules(one.node))
        useless = {id(clause) for clause in useless_clauses(one.node)}
        for handler in one.node.handlers:
            code = USELESS if id(handler) in useless else _code_of(handler, one, aliases, lines)
            if code:
                yield Fault(handler, code, _message(code, handler, one, aliases))
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


#: Messages by code; ``{clause}`` is the clause, ``{does}`` what it does with the error.
_MESSAGES = {
    BARE: "`{clause}` catches everything, even Ctrl-C",
    BLIND: "`{clause}` catches every error and {does}",
    SWALLOWED: "`{clause}` does nothing about the error",
    QUIET: "`{clause}` passes over the error in silence",
    WIDE: "`{clause}` catches {kinds} kinds of errors around {size} statements, and hides them",
    USELESS: "`{clause}` only raises the error again, as if it were not there",
}
#: What a clause does with every error that it catches.
_DOES = {
    ErrorUse.UNUSED: "hides what went wrong",
    ErrorUse.SHOWN: "only shows its text: where it came from is lost",
    ErrorUse.LOGGED: "only logs its text: where it came from is lost",
}


def _message(code: str, handler: ast.ExceptHandler, around: Try, aliases: Aliases) -> str:
    """Return the message of the finding `code` about the clause `handler`."""
    names = caught(handler.type)
    listed = f"({', '.join(names)})" if isinstance(handler.type, ast.Tuple) else names[0]
    return _MESSAGES[code].format(
        clause=f"except {listed}".strip() + ":",
        does=_DOES.get(use_of_error(handler, aliases), ""),
        kinds=len(names),
        size=around.size,
    )


def _code_of(
    handler: ast.ExceptHandler, around: Try, aliases: Aliases, lines: Sequence[str]
) -> str:
    """Return the code of the fault of the clause `handler` of the ``try`` `around`, or ""."""
    names = caught(handler.type)
    if is_broad(names):
        return _broad(handler, around, aliases)
    if is_silent(handler) and not is_deliberate(names):
        return QUIET if _may_be_silent(around) or has_reason(handler, lines) else SWALLOWED
    return WIDE if _is_wide(handler, names, around, aliases) else ""


def _broad(handler: ast.ExceptHandler, around: Try, aliases: Aliases) -> str:
    """Return the code for a clause that catches every error, or "" if it is no fault.

    ``except:`` is BARE, unless it raises, or logs the traceback and ends the program. For
    ``except Exception`` see `use_of_error`: it is no fault if it handles the error. If it does
    nothing, it is SWALLOWED (QUIET if the ``try`` only cleans up), otherwise BLIND. No fault are
    some fallback around an import, and a log entry in the main loop of a server or of a cleanup.
    """
    if handler.type is None:
        return "" if raises_or_leaves(handler) else BARE
    use = use_of_error(handler, aliases)
    if use is ErrorUse.HANDLED:
        return ""
    if is_silent(handler):
        return QUIET if only_cleans(around.node.body) else SWALLOWED
    logs = use is ErrorUse.LOGGED and (around.in_endless_loop or only_cleans(around.node.body))
    return "" if logs or tries_an_import(around.node.body) else BLIND


def _may_be_silent(around: Try) -> bool:
    """Return whether doing nothing about a certain error may be right, in a clause of `around`.

    It may in a loop (the item is skipped), if the ``try`` ends in ``return`` or ``raise`` (what
    follows is the other case), only cleans up, or sets a variable that already had a value.
    """
    return (
        around.in_loop
        or _goes_another_way(around.node)
        or only_cleans(around.node.body)
        or _has_fallback(around)
    )


def _is_wide(
    handler: ast.ExceptHandler, names: Collection[str], around: Try, aliases: Aliases
) -> bool:
    """Return whether `handler` catches many kinds of errors, `names`, and uses none of them.

    An error that includes another of `names` counts once: ``OSError, FileNotFoundError`` is one.
    """
    return (
        around.size > _FEW_STATEMENTS
        and len(names) >= _MANY_KINDS
        and len(needed_errors(list(names))) >= _MANY_KINDS
        and use_of_error(handler, aliases) is ErrorUse.UNUSED
    )


def _goes_another_way(found: Any) -> bool:
    """Return whether the ``try`` statement `found` is left on success, or only by an error.

    On success it is if it ends in ``return``, ``raise`` or ``assert False``: the code behind it
    then runs only after an error, e.g. behind ``try: return int(text)``. Only an error ends the
    loop of ``try: while True: yield socket.receive()``.
    """
    last = (found.orelse or found.body)[-1]
    if isinstance(last, ast.Assert | ast.While):
        truth = isinstance(last, ast.While)
        return isinstance(last.test, ast.Constant) and bool(last.test.value) is truth
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
