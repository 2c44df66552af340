"""Calls that may fail on bad files or input: which errors they raise, and what they act on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.call_targets import Aliases, Target
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.walk import expressions

#: Names of the errors that a risky call may raise. Catching any of them counts as handling it.
Errors = tuple[str, ...]

FILE: Errors = ("OSError",)
VALUE: Errors = ("ValueError",)
EITHER: Errors = ("OSError", "ValueError")
#: Methods of `pathlib.Path` that read a file.
_PATH_READERS = frozenset({"read_text", "read_bytes"})
_LOOKUPS = (ast.In, ast.NotIn)
#: Conversions that raise ValueError on text that is no number, e.g. ``int("x")``; not ``str(x)``.
_NUMBERS = frozenset({"int", "float"})
#: Risky functions by module, by the errors that they raise, e.g. ``requests.get(...)``; not
#: ``json.dump(...)``. Chosen by hand.
_FUNCTIONS_OF_MODULES: dict[Errors, dict[str, str]] = {
    FILE: {
        "requests": "get post put patch delete head request",
        "httpx": "get post put patch delete head request",
        "urllib.request": "urlopen urlretrieve",
        "io": "open",
        "codecs": "open",
    },
    VALUE: {"json": "load"},
    EITHER: {
        "pandas": "read_csv read_excel read_json read_parquet read_table read_fwf",
        "numpy": "genfromtxt load loadtxt",
    },
}
#: The errors of each risky function by its dotted name.
_RISKS = {
    f"{module}.{name}": errors
    for errors, modules in _FUNCTIONS_OF_MODULES.items()
    for module, names in modules.items()
    for name in names.split()
}


def path_of(call: ast.Call) -> ast.expr | None:
    """Return the expression for the file that ``call`` reads, or ``None`` if it has none.

    It is the object of ``path.read_text()`` and ``path.read_bytes()``, otherwise the first
    positional argument, whatever ``call`` does. A program that tests this expression first, e.g. by
    ``path.exists()``, handles the error as well.
    """
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PATH_READERS:
        return call.func.value
    return call.args[0] if call.args else None


def errors_of(call: ast.Call, target: Target, aliases: Aliases) -> tuple[Errors, str]:
    """Return (names of the errors that ``call`` may raise, the call as shown in a message).

    ``target`` is the function that it refers to by ``aliases``, those of its file. Risky are, by a
    list, calls that read a file, fetch from the network or read JSON or tables, and ``int(x)`` and
    ``float(x)``; e.g. ``open(path)`` gives ``(("OSError",), "open(...)")``. The names are empty
    (and the text is of no use) if the call is not risky, e.g. ``open(path, "w")``,
    ``open(__file__)``, ``path.open()``, ``json.loads(text)`` (but ``json.loads(file.read())`` is)
    or ``len(x)``.
    """
    if target.dotted in _RISKS:
        return _RISKS[target.dotted], f"{ast.unparse(call.func)}(...)"
    if target.dotted == "open" and "open" not in aliases.own:
        return (() if _writes(call) or _is_itself(call) else FILE), "open(...)"
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PATH_READERS:
        return FILE, f"{call.func.attr}()"
    return _errors_of_value(call, target)


def _errors_of_value(call: ast.Call, target: Target) -> tuple[Errors, str]:
    """Return the same as :func:`errors_of` for calls that fail on text of the wrong form.

    e.g. ``int(text)`` and ``json.loads(file.read())``; not ``json.loads(text)``.
    """
    if target.dotted == "json.loads" and call.args and _reads(call.args[0]):
        return VALUE, "json.loads(...)"
    if converted(call, target) is not None:
        return VALUE, _shown_conversion(call)
    return (), ""


def _shown_conversion(call: ast.Call) -> str:
    """Return ``int(...)``, ``float(...)`` or ``map(int, ...)``."""
    name = last_name(call.func)
    return f"map({last_name(call.args[0])}, ...)" if name == "map" else f"{name}(...)"


def converted(call: ast.Call, target: Target) -> ast.expr | None:
    """Return the node of ``x`` if ``call`` is ``int(x)``, ``float(x)`` or ``map(int, x)``.

    ``int(x, 16)`` and ``map(float, x)`` count too. ``target`` is the function that ``call`` refers
    to. Return ``None`` for any other call, also without a positional argument.
    """
    if target.dotted in _NUMBERS and call.args:
        return call.args[0]
    if target.dotted == "map" and len(call.args) == 2 and last_name(call.args[0]) in _NUMBERS:
        return call.args[1]
    return None


def _writes(call: ast.Call) -> bool:
    """Return whether ``call`` opens a file for writing: its mode contains ``w``, ``a`` or ``x``.

    An error is then rarely the user's mistake.
    """
    modes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant) and not {"w", "a", "x"}.isdisjoint(str(mode.value))
        for mode in modes
    )


def _is_itself(call: ast.Call) -> bool:
    """Return whether the first argument is ``__file__``: a program that reads its own text."""
    return bool(call.args) and last_name(call.args[0]) == "__file__"


def _reads(value: ast.expr) -> bool:
    """Return whether ``value`` is a call of ``read``, ``read_text`` or ``read_bytes``."""
    return isinstance(value, ast.Call) and last_name(value.func) in _PATH_READERS | {"read"}


def is_typed(value: ast.expr) -> bool:
    """Return whether ``value`` is text that the user typed: from ``input()`` or ``sys.argv``.

    Methods, items and slices of it count too: ``input().strip()``, ``sys.argv[1]``. Not so a
    variable that holds it, ``int(input())``, and ``argv`` that was imported from ``sys``.
    """
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Call):
        if isinstance(value, ast.Call):
            if isinstance(value.func, ast.Name):
                return value.func.id == "input"
            value = value.func
        if isinstance(value, ast.Attribute) and value.attr == "argv":
            return last_name(value.value) == "sys"
        value = value.value if isinstance(value, ast.Subscript | ast.Attribute) else value
    return False


def name_of(value: ast.expr | None) -> str:
    """Return the text by which two expressions for one file are alike; "" for other expressions.

    It is the source of a name, an attribute, a string or an f-string: ``path``, ``self.path``,
    ``f"{name}.csv"``.
    """
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Constant):
        return repr(value.value) if isinstance(value.value, str) else ""
    return ast.unparse(value) if isinstance(value, ast.Attribute | ast.JoinedStr) else ""


def asked_about(test: ast.expr) -> Iterator[str]:
    """Yield the names (see :func:`name_of`) about which ``test``, or a part of it, asks something.

    That is each name on which a method is called, that is a positional argument of a call, or that
    stands before ``in``: ``x`` in ``x.isdigit()``, ``exists(x)``, ``x in known`` and
    ``x not in known``, and ``x.path`` in ``x.path.exists()``; nothing in ``x`` and ``x == 1``. A
    name that is asked about twice is yielded twice.
    """
    for node in (test, *expressions(test)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call):
            asked = [
                *node.args,
                *([node.func.value] if isinstance(node.func, ast.Attribute) else []),
            ]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], _LOOKUPS):
            asked = [node.left]
        yield from filter(None, map(name_of, asked))


def catches(names: tuple[str, ...], error: str) -> bool:
    """Return whether ``except`` with one of ``names`` may catch ``error``, a builtin error's name.

    It may if the name is that of ``error``, of one of its base classes, or of one of its subclasses
    (which the call may raise). ``JSONDecodeError`` counts as ``ValueError``. Any other name that is
    no builtin error, or empty, is assumed to catch everything. False for no names.

    Raises:
        KeyError: ``error`` is no builtin error, and there are names.
    """
    return any(_may_catch(name, error) for name in names)


def _may_catch(name: str, error: str) -> bool:
    """Return whether ``name`` and ``error`` are related classes, or ``name`` is unknown."""
    one, other = _BUILT_IN.get(name), _BUILT_IN[error]
    return one is None or issubclass(one, other) or issubclass(other, one)


def _all_below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    """Yield ``kind`` and all its builtin subclasses."""
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if one.__module__ == "builtins":
            yield one
            waiting.extend(one.__subclasses__())


#: Builtin error classes by name, with two old names of ``OSError`` and one of the `json` module.
_BUILT_IN = {kind.__name__: kind for kind in _all_below(BaseException)} | {
    "IOError": OSError,
    "EnvironmentError": OSError,
    "JSONDecodeError": ValueError,
}
