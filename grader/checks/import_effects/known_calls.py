"""Calls that are known to print, ask, or access files, the network or the system.

All names were chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, Function, bodies
from grader.analysis.syntax.walk import worked_out

RUNS, PRINTS, ASKS, READS = (
    "runs-on-import",
    "prints-on-import",
    "asks-on-import",
    "reads-on-import",
)
#: Codes that a function passes on to its callers, e.g. with ``input()`` in it; not ``RUNS``, e.g.
#: with ``sys.exit()`` in it.
_INHERITED = (PRINTS, ASKS, READS)

#: Functions that are known by their bare name, e.g. ``print`` but not ``console.print``.
_BARE = {"print": PRINTS, "pprint": PRINTS, "input": ASKS, "getpass": ASKS, "open": READS} | {
    name: RUNS for name in ("exec", "exit", "quit", "breakpoint", "sleep")
}
#: Functions and methods that are known by the last part of a dotted name, on any object.
#: e.g. `pandas.read_csv(path)` and `Path(name).read_text()`; not `json.load(file)`.
_METHODS = dict.fromkeys(
    "open read_text read_bytes write_text write_bytes read_csv read_excel read_json read_table"
    " to_csv urlopen urlretrieve loadtxt genfromtxt listdir scandir iterdir imread".split(),
    READS,
)
#: Modules nearly all of whose functions access the system, e.g. `requests.get(url)`.
#: Their classes do not: `requests.Session()`.
_MODULES = {"requests": READS, "httpx": READS, "subprocess": RUNS, "plt": RUNS, "turtle": RUNS}
#: Functions that are known by their module and name, e.g. `os.remove(path)`; not `os.getcwd()`.
_DOTTED = {"sys.exit": RUNS, "time.sleep": RUNS, "os.walk": READS} | {
    f"os.{name}": RUNS
    for name in (
        "abort chdir kill makedirs mkdir popen putenv remove removedirs rename replace rmdir"
        " startfile symlink system umask unlink"
    ).split()
}
#: Attributes of ``sys``, and their methods that print or ask, e.g. `sys.stdout.write(text)`; not
#: `sys.stdout.flush()`.
_STREAMS = {"stdout": PRINTS, "stderr": PRINTS, "stdin": ASKS}
_TRANSFERS = frozenset("read readline readlines write writelines".split())


def known_effect(nodes: Iterable[ast.AST], effectful: Mapping[str, str]) -> tuple[str, str]:
    """Return the finding code and the name of the first call among `nodes` with a known effect.

    Two "" if there is none. The name is that for a message, e.g. ``os.remove``. Nodes inside
    `nodes` are not searched. ``map(print, rows)`` counts as a call of ``print``. `effectful` has
    the codes of functions of the module itself, by name; they come before the known names.
    """
    for node in nodes:
        if isinstance(node, ast.Call):
            function = _called_function(node)
            code = _code_of(function, effectful)
            if code:
                return code, _display_name(function)
    return "", ""


def _display_name(function: ast.expr) -> str:
    """Return the name of `function` for a message: ``os.remove``, or ``write`` if it is longer."""
    if isinstance(function, ast.Attribute):
        owner = function.value.id + "." if isinstance(function.value, ast.Name) else ""
        return owner + function.attr
    return str(getattr(function, "id", ""))


def _called_function(call: ast.Call) -> ast.expr:
    """Return the function that `call` calls: ``print`` for ``map(print, numbers)``."""
    mapped = isinstance(call.func, ast.Name) and call.func.id == "map" and bool(call.args)
    return call.args[0] if mapped else call.func


def _code_of(function: ast.expr, effectful: Mapping[str, str]) -> str:
    """Return the finding code of a call of `function`, or "" if no effect is known.

    A name in `effectful` has the code given there, before any function known by its name.
    """
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
    """Return the code of each top-level function of `tree` that prints, asks or reads, by name.

    To read is to access files or the network. A function has the code of one of its known calls, of
    the first one unless it is inside a block; if that is ``RUNS``, e.g. of ``sys.exit()``, the
    function has no code of its own. A function that calls others with a code, directly or through
    further ones, has the code of one of them or its own. Functions without any code are left out,
    and so are generators, since calling them runs nothing.
    """
    callers: dict[str, list[str]] = {}
    waiting: list[tuple[str, str]] = []
    for function in tree.body:
        if isinstance(function, FUNCTIONS):
            calls = _calls_of(function)
            code, _ = known_effect(calls, {})
            waiting += [(function.name, code)] if code in _INHERITED else []
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
    """Return the calls that run when `function` is called; none if it is a generator."""
    nodes = list(_own_code(function))
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes):
        return []
    return [node for node in nodes if isinstance(node, ast.Call)]


def _own_code(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes that a call of `function` may evaluate, without nested definitions.

    The order is not that of the lines: the last nested statement comes first.
    """
    waiting: list[ast.stmt] = list(reversed(function.body))
    while waiting:
        statement = waiting.pop()
        if not isinstance(statement, DEFINITIONS):
            yield from worked_out(statement)
            waiting.extend(each for body in bodies(statement) for each in body)
