"""Which errors an ``except`` clause catches, and whether it does nothing about them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import every_statement, is_constant_expression

#: Names that :func:`caught` returns for ``except:`` alone, and for a computed class, e.g.
#: ``except errors_of(mode):``.
EVERYTHING = ""
SOMETHING = "?"

#: Names in the result of :func:`caught` that stand for every error.
_BROAD = frozenset({EVERYTHING, "Exception", "BaseException"})
#: Errors with a common, harmless meaning (not found, not installed, at the end, asked to stop): a
#: clause that ignores them is deliberate, e.g. ``except KeyError: pass``; not
#: ``except ValueError: pass``. Chosen by hand.
_DELIBERATE = frozenset(
    {
        "AttributeError",
        "BrokenPipeError",
        "CancelledError",
        "EOFError",
        "Empty",
        "FileExistsError",
        "GeneratorExit",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "ModuleNotFoundError",
        "NotImplementedError",
        "ProcessLookupError",
        "StopAsyncIteration",
        "StopIteration",
        "SystemExit",
    }
)
#: Functions and methods that clean up. If one fails, there is mostly nothing left to clean up, e.g.
#: ``file.close()``; not ``file.flush()``. ``mkdir`` fails if the folder exists. Chosen by hand.
_CLEANING = frozenset(
    "aclose cancel cleanup close disconnect kill mkdir quit release remove rmdir rmtree shutdown"
    " stop terminate unlink".split()
)
#: Statements without effect of their own; those inside an ``if`` or a loop are judged separately.
_HOLLOW = (ast.Pass, ast.Continue, ast.If, ast.For, ast.While)
#: Words of comments that say that an error is ignored, or will be handled one day, but not why.
#: ``# ignore errors`` has no others, ``# window already closed`` has three. Chosen by hand.
_SAYING_NOTHING = frozenset(
    "a all an and any anything at bad be but can care catch continue do does doing don done err"
    " error errors ex exc except exception exceptions fail failed fails fix fixme for go handle"
    " handled handler handling happen happens here if ignore ignored ignores ignoring in it its"
    " just keep later let matter me move no noop nop not nothing now of ok okay on oops op pass"
    " please problem quiet quietly s should silence silent silently simply skip skipped skipping"
    " so something suppress swallow t that the then there this to todo up we whatever will wrong"
    " xxx".split()
)
#: A comment that is code, e.g. ``# print(error)`` and ``# raise``; not ``# the file is open``.
_CODE = re.compile(r"\s*(?:(?:raise|return|print|break)\b|[\w.]+\(.*\)\s*$|[\w.]+ = )")
#: A note for a tool, e.g. ``noqa: S110``, ``type: ignore[misc]`` and ``pragma: no cover``.
_MARKER = re.compile(
    r"(?i)\b(?:noqa(?::\s*[a-z]+\d+(?:,\s*[a-z]+\d+)*)?|nosec(?:\s+b\d+)?|type:\s*ignore"
    r"(?:\[[^]]*\])?|pragma:\s*no\s*cover|(?:pylint|pyright|ruff):\s*\S+)"
)
#: A word of letters, or two letters of a script that is written without blanks: ``窗口``.
_WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2}|[^\W\d_]+")
#: Names of the node classes of ``try`` with ``except`` and of ``try`` with ``except*``.
_TRIES = frozenset({"Try", "TryStar"})


def is_try(node: ast.AST) -> bool:
    """Return whether ``node`` is a ``try`` statement: with ``except``, ``except*`` or neither."""
    return type(node).__name__ in _TRIES


def caught(kind: ast.expr | None) -> tuple[str, ...]:
    """Return the last part of each error's name in ``kind``, the expression after ``except``.

    ``("OSError", "Empty")`` for ``(OSError, queue.Empty)``. If ``kind`` is ``None`` (a bare
    ``except:``), the one name is :data:`EVERYTHING`. :data:`SOMETHING` stands for each error that
    is not given by a name. An empty tuple gives no names.
    """
    if kind is None:
        return (EVERYTHING,)
    listed = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return tuple(last_name(one) or SOMETHING for one in listed)


def is_broad(names: Collection[str]) -> bool:
    """Return whether ``names`` have ``Exception``, ``BaseException`` or :data:`EVERYTHING`.

    ``names`` is the result of :func:`caught`.
    """
    return not _BROAD.isdisjoint(names)


def is_silent(handler: ast.ExceptHandler) -> bool:
    """Return whether no statement of ``handler``, at any depth, has an effect.

    Without effect are ``pass``, ``continue``, constants such as ``...``, a mere name, a ``print``
    of nothing or of empty constants (``print("")``, ``print(None)``), ``_ = x``, whatever is
    assigned to ``_``, and an ``if``, ``for`` or ``while`` around only those, whatever its
    condition. Everything else has an effect, e.g. ``return``, ``break``, ``x = 1`` and
    ``print("oops")``.
    """
    return all(is_hollow(statement) for statement, _ in every_statement(handler)[1:])


def is_hollow(statement: ast.AST) -> bool:
    """Return whether ``statement``, without those inside it, has no effect."""
    if isinstance(statement, ast.Assign):
        return all(last_name(target) == "_" for target in statement.targets)
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, _HOLLOW)
    if is_constant_expression(statement) or isinstance(statement.value, ast.Name):
        return True
    return _is_print(statement.value) and not _says_something(statement.value)


def _is_print(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) == "print"


def _says_something(call: ast.expr) -> bool:
    """Return whether ``call`` has a positional argument that is not an empty constant."""
    given = call.args if isinstance(call, ast.Call) else []
    return any(not (isinstance(one, ast.Constant) and not one.value) for one in given)


def is_deliberate(names: Collection[str]) -> bool:
    """Return whether all ``names`` are errors that programs commonly ignore on purpose.

    The list is chosen by hand, e.g. ``KeyError`` and ``ImportError``; not ``ValueError`` or
    ``OSError``. True for no names.
    """
    return _DELIBERATE.issuperset(names)


def only_raises_again(handler: ast.ExceptHandler) -> bool:
    """Return whether ``handler`` does nothing but raise the error that it caught.

    e.g. ``raise``, and ``raise error`` after ``as error``; not ``raise error from None``. Constants
    such as a string before it do not count.
    """
    body = [item for item in handler.body if not is_constant_expression(item)]
    only = body[0] if len(body) == 1 else None
    if not isinstance(only, ast.Raise) or only.cause is not None:
        return False
    return only.exc is None or (isinstance(only.exc, ast.Name) and only.exc.id == handler.name)


def has_reason(handler: ast.ExceptHandler, lines: Sequence[str]) -> bool:
    """Return whether a comment or a string in ``handler`` says why its error may be ignored.

    ``lines`` are those of the file. The comment is behind a statement or ``except``, or on a line
    of its own in the body, also after the last statement. At least two of its words must say
    something, so ``# window already closed`` is a reason, and ``# ignore this error`` is none, nor
    is code: ``# print(error)``.
    """
    start, end = handler.lineno, handler.end_lineno or handler.lineno
    inside = [*lines[start - 1 : end], *_comments_below(lines[end:], handler.col_offset)]
    texts = [line.partition("#")[2] for line in inside]
    return any(map(_is_reason, [*texts, *_strings_in(handler.body)]))


def _comments_below(lines: Iterable[str], column: int) -> Iterator[str]:
    """Yield the first of ``lines`` as long as they are comments indented deeper than ``column``."""
    for line in lines:
        text = line.lstrip()
        if not text.startswith("#") or len(line) - len(text) <= column:
            return
        yield line


def _strings_in(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the text of each statement of ``body`` that is only a string."""
    for item in body:
        value = item.value if isinstance(item, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _is_reason(text: str) -> bool:
    """Return whether ``text``, a comment without ``#``, says why an error may be ignored."""
    if _CODE.match(text):
        return False
    words = {word.lower() for word in _WORD.findall(_MARKER.sub("", text))}
    return len(words - _SAYING_NOTHING) >= 2


def tries_an_import(body: Sequence[ast.stmt]) -> bool:
    """Return whether ``body``, that of a ``try``, tests whether a library is installed.

    It does if the first statement is an import, and at most two follow, e.g. one that sets
    ``has_sound = True``; not if the work itself follows.
    """
    return len(body) <= 3 and isinstance(body[0], ast.Import | ast.ImportFrom)


def only_cleans(body: Collection[ast.stmt]) -> bool:
    """Return whether every statement of ``body`` is a call that cleans up, e.g. ``f.close()``.

    The last part of the function's name decides, by a list. True if ``body`` is empty.
    """
    return all(map(_cleans, body))


def _cleans(statement: ast.stmt) -> bool:
    """Return whether ``statement`` is ``file.close()`` or ``await session.close()``."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and last_name(value.func) in _CLEANING
