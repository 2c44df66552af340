"""What an ``except`` clause does with the error that it catches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from enum import IntEnum

from grader.analysis.syntax.call_targets import Aliases, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.except_clauses import is_hollow, only_raises_again
from grader.analysis.syntax.names import words_of
from grader.analysis.syntax.statements import every_statement
from grader.analysis.syntax.stdlib_effects import Effect, effect_of
from grader.analysis.syntax.walk import expressions

#: Functions that record or print the traceback, e.g. ``logging.exception(...)``.
_WITH_TRACEBACK = frozenset(
    "capture_exception exc_info exception format_exc format_exception format_tb print_exc"
    " print_exception print_tb".split()
)
#: Arguments of logging functions that add the traceback, e.g. ``logger.error(..., exc_info=True)``.
_TRACEBACK_ARGUMENTS = frozenset({"exc_info", "exception"})
#: Functions that end the program, e.g. ``sys.exit(1)``; not ``app.stop()``. ``fail`` ends a test.
_LEAVING = frozenset({"_exit", "abort", "die", "exit", "fail", "quit"})
#: Effects of functions that show or log text, e.g. ``click.echo`` and ``messagebox.showerror``.
_SHOWING = frozenset({Effect.PRINTS, Effect.LOGS, Effect.DRAWS})
#: Methods of loggers, some of them also of message boxes and of Streamlit, e.g. ``log.error(...)``.
_LOG_METHODS = frozenset(
    "about critical debug error fatal info information log success warn warning".split()
)
#: First words of functions that show or log a text, e.g. ``self.show_message(...)``,
#: ``print_error(...)`` and ``message.reply_text(...)``; not ``handle_error`` or ``on_error``.
#: Chosen by hand.
_TELLING = frozenset(
    "alert display echo flash log popup print reply show showerror showinfo showwarning toast"
    " write writelines".split()
)
#: Whole names of such functions, e.g. ``bot.send_message(...)``; not ``socket.send(...)``.
_TELLING_NAMES = frozenset({"answer", "notify", "send_message", "set_text", "write_log"})
#: Last words of objects that show a text: a method that gets the error shows it, and so does an
#: assignment of their text, e.g. ``status_label.config(text=...)``, ``self.console.rule(...)``. Not
#: ``errors.append(...)``, whose error the caller may read. Chosen by hand.
_SCREENS = frozenset(
    "console ctx display label lbl log logger logging messagebox popup screen status statusbar"
    " terminal textbox toast var widget".split()
)
#: Objects that send what is written to the other side of a connection, which has to handle it.
_CONNECTIONS = frozenset("connection response sock socket wfile writer".split())
#: Attributes and keys that are the text of a widget, e.g. ``label["text"] = ...``.
_TEXTS = frozenset({"text"})
#: Answers of a web server that tell of an error, e.g. ``return page, 500``.
_ERROR_ANSWERS = range(400, 600)


class ErrorUse(IntEnum):
    """What a clause does with its error, from nothing to handling it.

    ``UNUSED``: the error is not used. ``SHOWN``: the user sees its text. ``LOGGED``: a log has its
    text, without the traceback. After these three the program goes on as if nothing had happened.
    ``HANDLED``: the clause raises, ends the program, logs the traceback, or passes the error on.
    """

    UNUSED = 0
    SHOWN = 1
    LOGGED = 2
    HANDLED = 3


def use_of_error(handler: ast.ExceptHandler, aliases: Aliases) -> ErrorUse:
    """Return what ``handler`` does with the error, in a file where names refer to ``aliases``.

    Handled it is if a statement at any depth raises, ends the program, returns a positive integer
    (``return 1``, an exit status), logs or prints the traceback, or uses the variable of ``as`` in
    another way than to show it, e.g. ``return str(error)`` and ``queue.put(error)``. An answer of
    a web server such as ``return page, 500`` handles an error that was shown or logged before it.
    A name that is assigned in the clause stands for the error as well: ``text = str(error)``.
    Ignored are ``_ = error`` and the variable in the head of an ``if``, ``for`` or ``while``.
    """
    statements = [node for node, _ in every_statement(handler)[1:]]
    if any(_handles(one) or _stops(one, aliases) for one in statements):
        return ErrorUse.HANDLED
    using, stored = _follow(statements, handler.name)
    uses = [_use_in(one, aliases) for one in using]
    answered = bool(uses) and any(map(_answers_with_an_error, statements))
    return ErrorUse.HANDLED if stored or answered else max(uses, default=ErrorUse.UNUSED)


def _follow(statements: Iterable[ast.AST], name: str | None) -> tuple[list[ast.AST], set[str]]:
    """Return those of ``statements`` that use the error ``name``, and the variables that keep it.

    A variable that is assigned from it stands for it in later statements, and those that none of
    them uses keep it, for the code behind the clause.
    """
    names = {name} if name else set()
    using, stored = list[ast.AST](), set[str]()
    for statement in statements:
        used = set() if is_hollow(statement) else _names_in(statement) & names
        if used and (targets := _variables(statement)):
            names |= targets
            stored |= targets
        elif used:
            using.append(statement)
            stored -= used
    return using, stored


def raises_or_leaves(handler: ast.ExceptHandler) -> bool:
    """Return whether ``handler`` raises, or logs the traceback and ends the program.

    Only these are right after ``except:``, which catches Ctrl-C too.
    """
    statements = [node for node, _ in every_statement(handler)[1:]]
    if any(isinstance(one, ast.Raise) for one in statements):
        return True
    parts = [node for one in statements for node in expressions(one)]
    return any(map(_adds_traceback, parts)) and any(map(_leaves, parts))


def rolls_back(handler: ast.ExceptHandler) -> bool:
    """Return whether ``handler`` undoes a transaction: ``connection.rollback()``."""
    return any(
        isinstance(node, ast.Call) and last_name(node.func) == "rollback"
        for statement in handler.body
        for node in expressions(statement)
    )


def useless_clauses(found: ast.AST) -> Iterator[ast.ExceptHandler]:
    """Yield each clause of the ``try`` statement ``found`` that could be left out.

    It only raises its error again, and so does each clause after it: ``except OSError: raise`` as
    the last one, but not before ``except Exception: ...``, which would catch the error instead.
    """
    for handler in reversed(getattr(found, "handlers", [])):
        if not only_raises_again(handler):
            return
        yield handler


def _handles(statement: ast.AST) -> bool:
    """Return whether ``statement`` raises, leaves, adds a traceback or returns an exit status."""
    if isinstance(statement, ast.Raise) or _is_exit_status(statement):
        return True
    return any(_adds_traceback(node) or _leaves(node) for node in expressions(statement))


def _adds_traceback(node: ast.AST) -> bool:
    """Return whether ``node`` records or prints a traceback, or is ``exc_info=True``."""
    if isinstance(node, ast.keyword):
        asked = not (isinstance(node.value, ast.Constant) and not node.value.value)
        return node.arg in _TRACEBACK_ARGUMENTS and asked
    return isinstance(node, ast.Call) and last_name(node.func) in _WITH_TRACEBACK


def _leaves(node: ast.AST) -> bool:
    """Return whether ``node`` is a call that ends the program, e.g. ``parser.error(message)``."""
    if not isinstance(node, ast.Call):
        return False
    name = last_name(node.func)
    if name == "error":  # of `argparse`; a logger's does not end the program
        return "parser" in _last_word(getattr(node.func, "value", None))
    return name in _LEAVING


def _stops(statement: ast.AST, aliases: Aliases) -> bool:
    """Return whether ``statement`` is ``st.stop()``, which ends the run of a Streamlit page."""
    call = _call_of(statement)
    return call is not None and target_of(call.func, aliases).dotted == "streamlit.stop"


def _is_exit_status(statement: ast.AST) -> bool:
    """Return whether ``statement`` returns a positive integer: an exit status, e.g. of ``main``."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value > 0


def _answers_with_an_error(statement: ast.AST) -> bool:
    """Return whether ``statement`` returns an HTTP status from 400 to 599, e.g. ``page, 500``."""
    return isinstance(statement, ast.Return) and any(
        isinstance(node, ast.Constant) and type(node.value) is int and node.value in _ERROR_ANSWERS
        for node in expressions(statement)
    )


def _names_in(statement: ast.AST) -> set[str]:
    return {node.id for node in expressions(statement) if isinstance(node, ast.Name)}


def _variables(statement: ast.AST) -> set[str]:
    """Return the plain variables that ``statement`` assigns; none if it assigns anything else."""
    targets: Iterable[ast.expr] = ()
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = (statement.target,)
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return names if len(names) == len(list(targets)) else set()


def _use_in(statement: ast.AST, aliases: Aliases) -> ErrorUse:
    """Return how ``statement``, which contains the error, uses it."""
    if isinstance(statement, ast.Assign):
        shows = all(map(_is_text_of_widget, statement.targets))
        return ErrorUse.SHOWN if shows else ErrorUse.HANDLED
    call = _call_of(statement)
    return ErrorUse.HANDLED if call is None else _use_in_call(call, aliases)


def _call_of(statement: ast.AST) -> ast.Call | None:
    """Return the call that ``statement`` consists of: ``f(x)``, ``await f(x)``, ``return f(x)``."""
    value = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def _use_in_call(call: ast.Call, aliases: Aliases) -> ErrorUse:
    """Return how ``call``, one of whose arguments contains the error, uses it.

    A function that is handed over uses it: ``root.after(0, lambda: label.config(text=error))``.
    """
    call = _handed_over(call) or call
    target = target_of(call.func, aliases)
    effect = effect_of(target.dotted) if target.dotted not in aliases.own else None
    name, receiver = last_name(call.func), getattr(call.func, "value", None)
    if effect is Effect.LOGS or (name in _LOG_METHODS and "log" in _last_word(receiver)):
        return ErrorUse.LOGGED
    shows = effect in _SHOWING or _tells(name, receiver) or _inserts_at_end(call)
    return ErrorUse.SHOWN if shows else ErrorUse.HANDLED


def _handed_over(call: ast.Call) -> ast.Call | None:
    """Return the call in the last lambda among the arguments of ``call``, ``None`` without one."""
    bodies = [given.body for given in call.args if isinstance(given, ast.Lambda)]
    return bodies[-1] if bodies and isinstance(bodies[-1], ast.Call) else None


def _tells(name: str, receiver: ast.expr | None) -> bool:
    """Return whether the function ``name`` of ``receiver`` (``None``: a plain name) shows text."""
    word = _last_word(receiver)
    if word in _CONNECTIONS:
        return False
    if receiver is not None and (name in _LOG_METHODS or word in _SCREENS):
        return True
    first = words_of(name)[:1]
    return name in _TELLING_NAMES or (bool(first) and first[0] in _TELLING)


def _last_word(receiver: ast.AST | None) -> str:
    """Return ``label`` for ``self.status_label``, ``status_label`` and ``status_label()``."""
    node = receiver.func if isinstance(receiver, ast.Call) else receiver
    return (words_of(last_name(node)) or [""])[-1]


def _inserts_at_end(call: ast.Call) -> bool:
    """Return whether ``call`` adds to a text of tkinter: ``notes.insert(tk.END, ...)``."""
    place = call.args[0] if last_name(call.func) == "insert" and call.args else None
    given = place.value if isinstance(place, ast.Constant) else last_name(place)
    return given in ("END", "end", "1.0")


def _is_text_of_widget(target: ast.expr) -> bool:
    """Return whether ``target`` is a widget's text: ``box.text``, ``label["text"]``."""
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return target.slice.value in _TEXTS
    if not isinstance(target, ast.Attribute):
        return False
    return target.attr in _TEXTS or _last_word(target.value) in _SCREENS
