"""Check that functions take arguments and return values instead of sharing module variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.startup_code import called_at_start
from grader.analysis.syntax.statements import FUNCTIONS, is_stub
from grader.checks.globals.changes import Key
from grader.checks.globals.state import uses_of
from grader.domain.check import Check, Context, FileDigests, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, share_of_statements_measure
from grader.domain.source import SourceFile

#: Codes of findings about functions that rely on state of a module.
_RELIES = ("changes-global", "reads-global")
#: Whether each function relies on no state of a module (1) or does (0), by function.
_WITHOUT = "without_globals"

_URL = "https://docs.python.org/3/faq/programming.html"

GUIDANCE = Guidance(
    explanation=(
        "A function that gets what it needs as arguments and hands back what it made can be"
        " understood, tested and used again all by itself."
    ),
    how_to_fix="Give the function a parameter for what it needs, and `return` what it makes.",
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

_STATEMENT = Guidance(
    explanation=(
        "`global` lets a function change a variable that belongs to the whole file. From then on"
        " any line may depend on when that function ran last."
    ),
    how_to_fix=(
        "Delete the `global` line. Pass the old value in as an argument, `return` the new one, and"
        " write `total = add(total, price)` where you call it."
    ),
    url=_URL,
)

_CHANGES = Guidance(
    explanation=(
        "This function changes something outside itself, and its call does not show it. Call it"
        " twice, or in a test, and the second result depends on the first."
    ),
    how_to_fix=(
        "Let the function build its result in a variable of its own and `return` it; whoever calls"
        " it decides where to keep it. If it has to change a list, take the list as an argument."
    ),
    url=_URL,
)

_READS = Guidance(
    explanation=(
        "This function depends on a variable of the file that is no constant: it changes, or it was"
        " only made as the program started. The function's first line does not say so, and it"
        " cannot be tried out with another value."
    ),
    how_to_fix=(
        "Add a parameter of that name to the function and pass the value in where you call it."
        " If the value never changes, set it once and name it in UPPER_CASE."
    ),
    url=_URL,
)


def context(path: str, files: FileDigests) -> Context:
    """Return the names of the modules in ``files`` other than ``path``, sorted, each once.

    The name is that of the file alone, e.g. ``settings`` for ``app/settings.py``, and ``__init__``
    for a package. :func:`inspect` needs them, because a variable of such a module is shared as
    well: `settings.debug = True`.
    """
    # measured: 94 -> 56 ms for 81 submissions, compared with `PurePosixPath`
    names = {other.rpartition("/")[2] for other, _ in files if other != path}
    return tuple(sorted({name.rpartition(".")[0] or name for name in names}))


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the functions of ``source`` that read or change state of a module.

    State is a variable of a module, or an attribute of one, that may vary while the program runs
    or from start to start, e.g. input of the user, a date of today, a window or data from a file;
    reading a constant is no finding. What a framework has a function prepare at the start for the
    other functions is none either. Each function has one finding for
    each state that it changes, and for each that it only reads. Each name in a `global` statement
    has one as well. Counted are all functions, those that read or change state, those that change
    it, and the names in `global` statements. Methods, nested functions, and lambdas assigned to a
    name outside functions and classes count as functions; those with an empty body do not. By
    function there is whether it neither reads nor changes state. Without functions the result is
    ``NOTHING_TO_SAY``. ``context`` has the names of the submission's other modules; ``options`` is
    unused.
    """
    module = module_of(source)
    functions = _functions(module)
    if not functions:
        return NOTHING_TO_SAY
    changes, reads = uses_of(module, context)
    relying = changes.keys() | reads.keys()
    declared = _declared(module)
    counts = {
        "functions": len(functions),
        "functions_using_globals": len(functions.keys() & relying),
        "functions_changing_globals": len(functions.keys() & changes.keys()),
        "global_statements": len(declared),
    }
    findings = [_statement(*each) for each in declared]
    for owner, name in functions.items():
        findings += _findings(name, changes.get(owner, {}), reads.get(owner, {}))
    findings.sort(key=lambda each: (each.line, each.column, each.code, each.message))
    without = {one.lineno: int(scope not in relying) for one, scope in module.functions.items()}
    return Inspection(
        facts=Facts(counts=counts), findings=tuple(findings), by_function={_WITHOUT: without}
    )


def _declared(module: Module) -> list[tuple[str, ast.Global]]:
    """Return each name in a `global` statement of ``module``, with that statement.

    Those in functions that a framework calls at the start are left out.
    """
    declaring = [scope for scope in module.scopes if scope.declared]
    starters = called_at_start(module) if declaring else ()
    return [each for scope in declaring if scope not in starters for each in scope.declared.items()]


def _findings(
    function: str, changed: Mapping[Key, ast.AST], read: Mapping[Key, ast.AST]
) -> Iterator[Finding]:
    """Yield a finding for each name that ``function`` changes, or else reads."""
    for key, node in changed.items():
        yield _finding("changes-global", function, key, node)
    # e.g. `player.points += 1` changes `player.points`, and it reads `player` for that only
    owners = {(name, "") for name, _ in changed}
    for key, node in read.items():
        if key not in changed and key not in owners:
            yield _finding("reads-global", function, key, node)


def _functions(module: Module) -> dict[Scope, str]:
    """Return the functions, methods and named lambdas of ``module``, each with its name.

    Functions with an empty body are left out.
    """
    # e.g. `double = lambda x: 2 * x` at the top is a function called double; the lambda of
    # `sorted(rows, key=lambda row: row[0])` has no name and is left out
    lambdas = {
        id(item.value): item.targets[0].id
        for block in module.top
        for item in block.statements
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
    }
    found: dict[Scope, str] = {}
    for scope in module.scopes:
        if isinstance(scope.node, FUNCTIONS) and not is_stub(scope.node.body):
            found[scope] = scope.node.name
        elif isinstance(scope.node, ast.Lambda) and id(scope.node) in lambdas:
            found[scope] = lambdas[id(scope.node)]
    return found


def _finding(code: str, function: str, key: Key, node: ast.AST) -> Finding:
    """Return the finding that ``function`` changes or reads the name ``key`` at ``node``."""
    name = ".".join(part for part in key if part)
    verb = "changes" if code == "changes-global" else "reads"
    return Finding(
        code=code,
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0) + 1,
        message=f"`{function}` {verb} `{name}`, which it was not given",
    )


def _statement(name: str, node: ast.Global) -> Finding:
    """Return the finding for ``name`` in the `global` statement ``node``."""
    return Finding(
        code="global-statement",
        line=node.lineno,
        column=node.col_offset + 1,
        message=f"`global {name}` makes a function share `{name}` with the whole file",
    )


LESSON = Lesson(
    practice="Pass arguments and return values instead of using globals",
    before={
        "basket.py": (
            "total = 0\n"
            "\n"
            "\n"
            "def add(price):\n"
            "    global total\n"
            "    total = total + price\n"
            "\n"
            "\n"
            "def receipt():\n"
            '    return f"Total: {total}"\n'
        ),
    },
    after={
        "basket.py": (
            "def add(total, price):\n"
            "    return total + price\n"
            "\n"
            "\n"
            "def receipt(total):\n"
            '    return f"Total: {total}"\n'
        ),
    },
    reading=("https://docs.python.org/3/tutorial/controlflow.html#defining-functions",),
)

CHECK = Check(
    id="globals",
    version=4,
    title="Arguments and results instead of globals",
    synonyms=("global_variables", "global_state", "arguments_and_results"),
    guidance=GUIDANCE,
    guidance_by_code={
        "global-statement": _STATEMENT,
        "changes-global": _CHANGES,
        "reads-global": _READS,
    },
    lesson=LESSON,
    context=context,
    measures=(
        count_measure(
            "functions_using_globals",
            "Functions that rely on globals",
            "functions",
            formula="number of functions that read or change variables of the module that change",
            codes=_RELIES,
            among="functions",
        ),
        count_measure(
            "functions_changing_globals",
            "Functions that change globals",
            "functions",
            formula="number of functions that change variables of the module",
            codes=("changes-global",),
            among="functions",
        ),
        count_measure(
            "global_statements",
            "Names declared global",
            "names",
            formula="number of names in `global` statements",
            codes=("global-statement",),
            among="functions",
        ),
        share_of_statements_measure(
            "share_without_globals",
            "Statements in functions without globals",
            values=_WITHOUT,
            credit=lambda without, limit: without,
            formula="statements of functions that neither read nor change variables of the module"
            " that change",
            evidence=lambda finding, limit: finding.code in _RELIES,
        ),
    ),
    shares={
        "functions_using_globals": "share_without_globals",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
