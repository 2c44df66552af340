"""What one file contributes to the question which files are the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile

from pydantic import BaseModel, ConfigDict

from grader.analysis.project.declared import declared_in, entry_points
from grader.analysis.project.functions import FunctionCode, demanded_in, functions_of
from grader.analysis.project.usage import Work, work_in
from grader.analysis.syntax.code_in_strings import CodeInText, code_in_text, is_code
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.dotted_texts import named_in_texts
from grader.analysis.syntax.frameworks import Contract, Shape, contract_of
from grader.analysis.syntax.import_time import is_guard, runs_outside
from grader.analysis.syntax.imports import LATER, NOW, STAR, Import, imports_in
from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.scripts import is_script
from grader.analysis.syntax.starting import Kind, Start, starts_in
from grader.analysis.syntax.statements import FUNCTIONS, every_statement_of, has_statements, is_stub
from grader.domain.source import SourceFile, is_document

#: The most that is read of a file that cannot be parsed: characters, characters of one line, and
#: different imports. Far more than programs have, e.g. 200,000 characters are some 5,000 lines. A
#: hostile file must not cost seconds. Chosen by hand.
_MOST_TEXT, _LONGEST_LINE, _MOST_IMPORTS = 200_000, 1_000, 1_000
#: The most characters of a table of literals that is recognised. Chosen by hand.
_MOST_DATA = 1_000_000
#: The most lines of one import in brackets, e.g. ``from shop import (`` with a name in each line.
#: Chosen by hand.
_MOST_LINES = 100
#: An import statement, as far as it can be read line by line: at the beginning of a line or behind
#: ``;`` or ``:``. e.g. ``from shop.prices import PRICE, TAX``, ``try: import shop``; not
#: ``import_prices()``.
_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*"
    r"(?:from[ \t]+(?P<dots>\.*)(?P<module>(?:\w[\w.]*)?)[ \t]+import\b(?P<names>[^#;]*)"
    r"|import[ \t]+(?P<modules>\w[\w., \t]*))"
)
#: The name of a guard and its value, in any lines of a file: ``__name__`` and ``__main__``.
_GUARD_NAMES = ("__name__", "__main__")
#: A line at the top level that does something when the file runs, e.g. ``print(total)`` and
#: ``for row in rows:``; not ``import csv``, ``LIMIT = 3``, ``def f():``, ``else:`` or ``)``.
_RUNS = re.compile(
    r"(?!(?:from|import|def|class|async|else|elif|except|finally|pass|return)\b)"
    r"(?![A-Z_][A-Z0-9_]*[ \t]*[:=])[A-Za-z_]"
)
#: A test function or method at the beginning of a line, e.g. ``def test_total():``; not
#: ``def latest():``.
_TEST = re.compile(r"[ \t]*(?:async[ \t]+)?def[ \t]+test")
#: The head of a function at the top level, e.g. ``def create_app(name, debug=False):``; not a
#: method, which is indented.
_FUNCTION = re.compile(r"(?:async[ \t]+)?def[ \t]+(?P<name>\w+)[ \t]*\((?P<parameters>[^)#]*)")
#: The head of a class at the top level with base classes, e.g. ``class Prices(scrapy.Spider):``;
#: not ``class Prices:``.
_CLASS = re.compile(r"class[ \t]+(?P<name>\w+)[ \t]*\((?P<bases>[^)#]*)")
#: A call at the top level, e.g. ``app = Flask(__name__)`` and ``st.title("Prices")``; not
#: ``    run()``, which is indented.
_CALL = re.compile(
    r"(?:\w+[ \t]*(?::[ \t]*[\w.]+[ \t]*)?=[ \t]*)?(?P<called>[A-Za-z_][\w.]*)[ \t]*\("
)
#: Packages of which a ``setup.py`` imports one.
_PACKAGING = frozenset({"setuptools", "distutils"})
#: Functions that list the names of a module or class, which is their first argument.
_LOOKING = frozenset({"getmembers", "vars", "dir"})


class FileSummary(BaseModel):
    """One file as it belongs to the program.

    ``imports``: every import. ``guarded``: it has a guard ``if __name__ == "__main__":``. ``runs``:
    it does something as it is imported. ``is_script``: what it does then shows that somebody runs
    it, e.g. ``main()``. ``contract``: the contract of a framework that it fulfils. ``texts``: an
    import for each text like ``"shop.pipelines.Clean"``. ``declares``: the functions that it would
    declare as entry points if it were a ``pyproject.toml`` or ``setup.py``, e.g. ``shop.cli:run``.
    ``publishes``: it would declare a package that others install. ``tests``: it has a test that
    asserts something. ``starts``: the places that start code which no import names.
    ``looks_into``: the modules of which it looks for names as it runs, ``""`` for its own.
    ``is_code``: it is a program also if its name does not say so. ``in_texts``: programs in its
    strings. ``is_broken``: it cannot be parsed. ``trivial``: it has no statement, or only literals
    bound to names. ``is_table``: the latter, but more than is read. ``lines``: its lines that are
    not blank. ``work``: its definitions and the names that it uses. ``functions``: the statements
    of each function, and those outside. ``demanded``: how many different statements a framework
    demands outside. Nothing here depends on the name of the file, so that files of equal bytes have
    equal summaries.
    """

    model_config = ConfigDict(frozen=True)

    imports: tuple[Import, ...] = ()
    guarded: bool = False
    runs: bool = False
    is_script: bool = False
    contract: Contract = Contract()
    texts: tuple[Import, ...] = ()
    declares: tuple[str, ...] = ()
    publishes: bool = False
    tests: bool = False
    starts: tuple[Start, ...] = ()
    looks_into: tuple[str, ...] = ()
    is_code: bool = False
    in_texts: tuple[CodeInText, ...] = ()
    is_broken: bool = False
    trivial: bool = False
    is_table: bool = False
    lines: int = 0
    work: Work = Work()
    functions: tuple[FunctionCode, ...] = ()
    demanded: int = 0

    @property
    def packages(self) -> frozenset[str]:
        """The first parts of the modules that it imports without leading dots."""
        return _packages(self.imports)

    @property
    def is_opaque(self) -> bool:
        """Whether it starts code that may be in any file of the submission."""
        return any(start.is_opaque for start in self.running)

    @property
    def executes(self) -> bool:
        """Whether it runs texts as code: ``exec(text)``."""
        return _executes(self.starts)

    @property
    def running(self) -> tuple[Start, ...]:
        """The starts without each ``compile`` of which nothing in the file can run the result."""
        functions = {start.function for start in self.starts}
        runs = not functions.isdisjoint({"exec", "eval"})
        return tuple(one for one in self.starts if runs or one.function != "compile")


def summary_of(source: SourceFile) -> FileSummary:
    """Return the summary of `source`, which the gate has let pass."""
    if is_document(source.path):
        declared = declared_in(source)
        return FileSummary(declares=declared.functions, publishes=declared.publishes)
    module, tree = module_of(source), source.tree
    imports = imports_in(tree)
    starts = starts_in(module, tree)
    functions = functions_of(source, texts=_executes(starts))
    return FileSummary(
        imports=(*imports, *_imports_of(starts)),
        guarded=_has_guard(tree),
        runs=any(map(runs_outside, tree.body)),
        is_script=is_script(module),
        contract=contract_in(source),
        texts=tuple(islice(named_in_texts(source), _MOST_IMPORTS)),
        declares=entry_points(source.lines),
        publishes=not _PACKAGING.isdisjoint(_packages(imports)),
        tests=_has_test(source),
        starts=starts,
        looks_into=tuple(sorted({name for call in module.calls for name in _looks_into(call)})),
        is_code=is_code(source),
        in_texts=code_in_text(source),
        trivial=not has_statements(source) or all(map(_is_data, tree.body)),
        lines=sum(not line.isspace() for line in source.lines),
        work=work_in(source),
        functions=functions,
        demanded=demanded_in(source),
    )


def _executes(starts: Iterable[Start]) -> bool:
    """Return whether `starts` run texts as code: ``exec(text)``.

    ``eval("1 + 1")`` runs no statement, ``eval(compile(text, "", "exec"))`` does.
    """
    functions = {start.function for start in starts if start.kind is Kind.TEXT}
    return (
        bool(functions - {"eval", "compile", "marshal.loads"}) or {"eval", "compile"} <= functions
    )


def _imports_of(starts: Iterable[Start]) -> Iterator[Import]:
    """Yield an import for each module that `starts` name: ``python -m shop.cli``."""
    for start in starts:
        if start.kind is Kind.MODULE and start.exact and not start.target.startswith("."):
            module = start.target
            yield Import(0, module, "", "", start.line, start.column, LATER)


def contract_in(source: SourceFile) -> Contract:
    """Return the contract of a framework that `source` fulfils."""
    return contract_of(_shape_of(module_of(source), source.tree, imports_in(source.tree)))


def _shape_of(module: Module, tree: ast.Module, imports: Iterable[Import]) -> Shape:
    """Return the shape of the file that `module` and `tree` are readings of."""
    functions = (item for item in tree.body if isinstance(item, FUNCTIONS))
    return Shape(
        packages=_packages(imports),
        functions={
            item.name: tuple(argument.arg for argument in item.args.args) for item in functions
        },
        called={module.target(call.func).dotted for block in module.top for call in block.calls},
        classes={
            item.name: tuple(map(module.base, item.bases))
            for item in tree.body
            if isinstance(item, ast.ClassDef)
        },
    )


def summary_of_lines(text: str, *, is_too_large: bool = False) -> FileSummary:
    """Return the summary of a file that cannot be read, from the lines of its `text`.

    Imports, tests and contracts are found where they begin a line, a guard wherever its two names
    are. So a file keeps its place in the program when a syntax error is put into it.
    """
    lines = [line[:_LONGEST_LINE] for line in text[:_MOST_TEXT].splitlines()]
    found = {(one.level, one.module, one.name): one for one in _imports_by_line(lines)}
    imports = tuple(found.values())[:_MOST_IMPORTS]
    shape = _shape_of_lines(imports, lines)
    return FileSummary(
        imports=imports,
        guarded=all(name in text for name in _GUARD_NAMES),
        runs=any(map(_RUNS.match, lines)),
        contract=contract_of(shape),
        declares=entry_points(lines),
        publishes=not _PACKAGING.isdisjoint(_packages(imports)),
        tests=any(map(_TEST.match, lines)),
        is_broken=True,
        is_table=is_too_large and _holds_data(text),
        lines=sum(bool(line.strip()) for line in text.splitlines()),
    )


def _holds_data(text: str) -> bool:
    """Return whether `text`, of a file that is too large to be read, only binds literals to names.

    e.g. a list of 20,000 words in one line.
    """
    if len(text) > _MOST_DATA:
        return False
    try:
        return all(map(_is_data, ast.parse(text).body))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _packages(imports: Iterable[Import]) -> frozenset[str]:
    """Return the first parts of the modules that `imports` name without leading dots."""
    return frozenset(one.module.partition(".")[0] for one in imports if not one.level)


def _shape_of_lines(imports: Iterable[Import], lines: Iterable[str]) -> Shape:
    """Return the shape of a file that cannot be parsed, from its `imports` and `lines`."""
    bound = {one.bound: f"{one.module}.{one.name}".strip(".") for one in imports}
    functions, called, classes = {}, set(), {}
    for line in lines:
        if head := _FUNCTION.match(line):
            functions[head["name"]] = _parameters(head["parameters"])
        elif call := _CALL.match(line):
            called.add(_dotted(call["called"], bound))
        elif head := _CLASS.match(line):
            bases = (base.partition("[")[0] for base in head["bases"].split(","))
            classes[head["name"]] = tuple(_dotted(base, bound) for base in bases)
    return Shape(_packages(imports), functions, called, classes)


def _parameters(text: str) -> tuple[str, ...]:
    """Return the names of the parameters in `text`: ``a`` and ``b`` of ``a: int, b=3``."""
    names = (part.split(":")[0].split("=")[0].strip() for part in text.split(","))
    return tuple(filter(None, names))


def _dotted(name: str, bound: Mapping[str, str]) -> str:
    """Return the dotted name that `name` of a line refers to, where `bound` says what its root is.

    e.g. ``scrapy.Spider`` for ``Spider`` after ``from scrapy import Spider``.
    """
    first, dot, rest = name.strip().partition(".")
    return bound.get(first, first) + dot + rest


def _has_guard(tree: ast.Module) -> bool:
    """Return whether the top level of `tree` has a guard with more than ``pass`` below it."""
    return any(
        isinstance(item, ast.If) and is_guard(item) and not is_stub(item.body) for item in tree.body
    )


def _has_test(source: SourceFile) -> bool:
    """Return whether `source` has a function ``test…`` that asserts; not one that only prints."""
    every = (one for one, _ in every_statement_of(source) if isinstance(one, FUNCTIONS))
    tests = (one for one in every if one.name.startswith("test"))
    return any(_asserts(node) for one in tests for node in ast.walk(one))


def _asserts(node: ast.AST) -> bool:
    """Return whether `node` is an ``assert``, or calls e.g. ``self.assertEqual`` or ``raises``."""
    if isinstance(node, ast.Assert):
        return True
    function = getattr(node, "func", None)
    name = getattr(function, "attr", "") or getattr(function, "id", "")
    return name.startswith("assert") or name == "raises"


def _looks_into(call: ast.Call) -> Iterator[str]:
    """Yield the name of the module of which `call` looks for names; "" for that of the file itself.

    e.g. ``commands`` for ``inspect.getmembers(commands)`` and "" for ``globals()``.
    """
    name = last_name(call.func)
    if name == "globals":
        yield ""
    elif name in _LOOKING and call.args:
        first = call.args[0]
        # e.g. `sys.modules[__name__]` is the file's own
        yield "" if isinstance(first, ast.Subscript) else last_name(first)


def _is_data(statement: ast.stmt) -> bool:
    """Return whether `statement` only binds a literal, or is a constant: a table, a docstring."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        try:
            ast.literal_eval(statement.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return True
    return False


def _imports_by_line(lines: Sequence[str]) -> Iterator[Import]:
    """Yield the imports in `lines`, as if each ran when the file is imported."""
    for number, line in enumerate(lines, start=1):
        for match in _IMPORT.finditer(line):
            if match["modules"] is not None:
                for name, alias in _listed(match["modules"]):
                    yield Import(0, name, "", alias or name.partition(".")[0], number, 1, NOW)
            else:
                level, module = len(match["dots"]), match["module"]
                names = _names(match, lines[number : number + _MOST_LINES])
                for name, alias in _listed(names) or [(STAR, "")]:
                    yield Import(level, module, name, alias or name, number, 1, NOW)


def _names(match: re.Match[str], following: Sequence[str]) -> str:
    """Return the names of an import that `match` found, which may go on in `following` lines."""
    names = match["names"]
    if "(" not in names or ")" in names:
        return names
    more = takewhile(lambda line: ")" not in line, following)
    return names + " ".join(more)


def _listed(names: str) -> list[tuple[str, str]]:
    """Return (name, alias or "") of each part between commas, e.g. of ``(a as b, c)``."""
    parts = (part.split() for part in names.strip(" ()\\\t\n").split(","))
    return [
        (words[0], words[2] if words[1:2] == ["as"] and words[2:] else "")
        for words in parts
        if words
    ]
