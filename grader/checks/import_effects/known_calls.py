"""Calls that are known to print, to ask, or to reach for files, the network or the system."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.evaluation import worked_out
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, Function, bodies

RUNS, PRINTS, ASKS, READS = (
    "runs-on-import",
    "prints-on-import",
    "asks-on-import",
    "reads-on-import",
)
_FELT = (PRINTS, ASKS, READS)

#: Functions known by their bare name.
_BARE = {"print": PRINTS, "pprint": PRINTS, "input": ASKS, "getpass": ASKS, "open": READS} | {
    name: RUNS for name in ("exec", "exit", "quit", "breakpoint", "sleep")
}
#: Functions and methods known by the last part of a dotted name, whatever they are called on.
_METHODS = dict.fromkeys(
    "open read_text read_bytes write_text write_bytes read_csv read_excel read_json read_table"
    " to_csv urlopen urlretrieve loadtxt genfromtxt listdir scandir iterdir imread".split(),
    READS,
)
#: Modules that reach out of the program with nearly every call.
_MODULES = {"requests": READS, "httpx": READS, "subprocess": RUNS, "plt": RUNS, "turtle": RUNS}
_DOTTED = {"sys.exit": RUNS, "time.sleep": RUNS, "os.walk": READS} | {
    f"os.{name}": RUNS
    for name in (
        "abort chdir kill makedirs mkdir popen putenv remove removedirs rename replace rmdir"
        " startfile symlink system umask unlink"
    ).split()
}
_STREAMS = {"stdout": PRINTS, "stderr": PRINTS, "stdin": ASKS}
_TRANSFERS = frozenset("read readline readlines write writelines".split())


def known_effect(nodes: Iterable[ast.AST], effectful: Mapping[str, str]) -> tuple[str, str]:
    """The code and the name of the first call that is known to do something, or nothing."""
    for node in nodes:
        if isinstance(node, ast.Call):
            called = _called(node)
            code = _code_of(called, effectful)
            if code:
                return code, _spelled(called)
    return "", ""


def _spelled(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        of = function.value.id + "." if isinstance(function.value, ast.Name) else ""
        return of + function.attr
    return str(getattr(function, "id", ""))


def _called(call: ast.Call) -> ast.expr:
    """What a call calls: of ``map(print, numbers)``, it is ``print``."""
    mapped = isinstance(call.func, ast.Name) and call.func.id == "map" and bool(call.args)
    return call.args[0] if mapped else call.func


def _code_of(function: ast.expr, effectful: Mapping[str, str]) -> str:
    if isinstance(function, ast.Name):
        return effectful.get(function.id) or _BARE.get(function.id, "")
    if not isinstance(function, ast.Attribute):
        return ""
    root, first = root_of(function)
    if root == "sys" and function.attr in _TRANSFERS:
        return _STREAMS.get(first, "")
    known = _DOTTED.get(f"{root}.{first}") or _MODULES.get(root, "")
    if known and not function.attr[:1].isupper():
        return known
    return _METHODS.get(function.attr, "")


def effectful_functions(tree: ast.Module) -> dict[str, str]:
    """The functions at the top of a module that print, ask or reach for files when called.

    Each with the code of what it does, or of what a function does that it calls in turn.
    """
    callers: dict[str, list[str]] = {}
    waiting: list[tuple[str, str]] = []
    for function in tree.body:
        if isinstance(function, FUNCTIONS):
            calls = _calls_of(function)
            code, _ = known_effect(calls, {})
            waiting += [(function.name, code)] if code in _FELT else []
            for call in calls:
                callers.setdefault(str(getattr(call.func, "id", "")), []).append(function.name)
    found: dict[str, str] = {}
    while waiting:
        name, code = waiting.pop()
        if name not in found:
            found[name] = code
            waiting.extend((caller, code) for caller in callers.get(name, ()))
    return found


def _calls_of(function: Function) -> list[ast.Call]:
    """The calls that a call of a function makes; none where it is a generator."""
    nodes = list(_own_code(function))
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes):
        return []
    return [node for node in nodes if isinstance(node, ast.Call)]


def _own_code(function: Function) -> Iterator[ast.AST]:
    """What a function works out itself, not the functions and classes in it."""
    waiting: list[ast.stmt] = list(reversed(function.body))
    while waiting:
        statement = waiting.pop()
        if not isinstance(statement, DEFINITIONS):
            yield from worked_out(statement)
            waiting.extend(each for body in bodies(statement) for each in body)
