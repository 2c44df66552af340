"""Which calls are risky, which errors come of them, and what they are about."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.call_targets import Aliases, Target
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.walk import expressions

#: The errors that a risky call raises: to catch one of them is care.
Errors = tuple[str, ...]

FILE: Errors = ("OSError",)
VALUE: Errors = ("ValueError",)
EITHER: Errors = ("OSError", "ValueError")
_PATH_READERS = frozenset({"read_text", "read_bytes"})
_LOOKUPS = (ast.In, ast.NotIn)
_NUMBERS = frozenset({"int", "float"})
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
_RISKS = {
    f"{module}.{name}": errors
    for errors, modules in _FUNCTIONS_OF_MODULES.items()
    for module, names in modules.items()
    for name in names.split()
}


def path_of(call: ast.Call) -> ast.expr | None:
    """The file that is read: whoever asks first whether it is there takes care too."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PATH_READERS:
        return call.func.value
    return call.args[0] if call.args else None


def errors_of(call: ast.Call, target: Target, aliases: Aliases) -> tuple[Errors, str]:
    """The errors that come of a call, none where it is safe, and how to show the call."""
    if target.dotted in _RISKS:
        return _RISKS[target.dotted], f"{ast.unparse(call.func)}(...)"
    if target.dotted == "open" and "open" not in aliases.own:
        return (() if _writes(call) or _is_itself(call) else FILE), "open(...)"
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PATH_READERS:
        return FILE, f"{call.func.attr}()"
    return _errors_of_value(call, target)


def _errors_of_value(call: ast.Call, target: Target) -> tuple[Errors, str]:
    """Those of a call that may be given text of the wrong form."""
    if target.dotted == "json.loads" and call.args and _reads(call.args[0]):
        return VALUE, "json.loads(...)"
    if converted(call, target) is not None:
        return VALUE, _shown_conversion(call)
    return (), ""


def _shown_conversion(call: ast.Call) -> str:
    name = last_name(call.func)
    return f"map({last_name(call.args[0])}, ...)" if name == "map" else f"{name}(...)"


def converted(call: ast.Call, target: Target) -> ast.expr | None:
    """What ``int(x)``, ``float(x)`` or ``map(int, x)`` makes numbers of."""
    if target.dotted in _NUMBERS and call.args:
        return call.args[0]
    if target.dotted == "map" and len(call.args) == 2 and last_name(call.args[0]) in _NUMBERS:
        return call.args[1]
    return None


def _writes(call: ast.Call) -> bool:
    """Whether a file is opened to be written: what fails then is rarely the user's doing."""
    modes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant) and not {"w", "a", "x"}.isdisjoint(str(mode.value))
        for mode in modes
    )


def _is_itself(call: ast.Call) -> bool:
    """Whether a program reads its own text."""
    return bool(call.args) and last_name(call.args[0]) == "__file__"


def _reads(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in _PATH_READERS | {"read"}


def is_typed(value: ast.expr) -> bool:
    """Whether this is what somebody typed: ``input()`` or ``sys.argv``, cut or stripped or not."""
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Call):
        if isinstance(value, ast.Call):
            if isinstance(value.func, ast.Name):
                return value.func.id == "input"
            value = value.func
        if isinstance(value, ast.Attribute) and value.attr == "argv":
            return last_name(value.value) == "sys"
        value = value.value if isinstance(value, ast.Subscript | ast.Attribute) else value
    return False


def asked_about(test: ast.expr) -> Iterator[str]:
    """Names that a condition calls something on or with, or looks up in something."""
    for node in (test, *expressions(test)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call):
            asked = [
                *node.args,
                *([node.func.value] if isinstance(node.func, ast.Attribute) else []),
            ]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], _LOOKUPS):
            asked = [node.left]
        yield from (one.id for one in asked if isinstance(one, ast.Name))


def catches(names: tuple[str, ...], error: str) -> bool:
    """Whether one of the names of ``except`` clauses may catch an error of Python's own.

    A name that is none of Python's own errors gets the benefit of the doubt.
    """
    return any(_may_catch(name, error) for name in names)


def _may_catch(name: str, error: str) -> bool:
    one, other = _BUILT_IN.get(name), _BUILT_IN[error]
    return one is None or issubclass(one, other) or issubclass(other, one)


def _all_below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if one.__module__ == "builtins":
            yield one
            waiting.extend(one.__subclasses__())


_BUILT_IN = {kind.__name__: kind for kind in _all_below(BaseException)} | {
    "IOError": OSError,
    "EnvironmentError": OSError,
    "JSONDecodeError": ValueError,
}
