"""Tricks that dress a bad script up as a good program.

A trick turns the text of one script into the files of a submission that still does what the script
did. Most of the structure is for show: all work stays in one function, in pieces that share all
variables, or in a place where no check looks. ``neighbours.py`` has good programs that use the same
constructs for a good reason.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import product

import black
import isort

from tests.hostile.grading import Files, golden

Trick = Callable[[str], Files]

#: A script of about 30 statements that do something, and one of about 110.
SCRIPTS = {
    "script": golden("chapter-practices/script")["receipt.py"],
    "monolith": golden("numbers-refactor/monolith")["numbers.py"],
}
GUARD = 'if __name__ == "__main__":\n    '


@cache
def formatted_text(text: str) -> str:
    """Return ``text`` as isort and then Black write it."""
    mode = black.Mode(line_length=88)
    return black.format_str(isort.code(text, profile="black", line_length=88), mode=mode)


def formatted(files: Files) -> Files:
    """Return ``files`` as Black and isort write them."""
    return {
        path: formatted_text(text) if path.endswith(".py") else text for path, text in files.items()
    }


def as_body(script: str, levels: int = 1) -> str:
    """Return ``script`` as the body of a function that is nested ``levels`` deep.

    What a text in triple quotes says stays the same. Variables of the script become variables of
    the function, so functions of the script need ``nonlocal`` for them.
    """
    texts = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
    fixed = {at for one in texts for at in range(one.lineno + 1, (one.end_lineno or 0) + 1)}
    lines = script.replace("global ", "nonlocal ").splitlines()
    return "".join(
        (line if number in fixed or not line else "    " * levels + line) + "\n"
        for number, line in enumerate(lines, start=1)
    )


# A whole script behind one definition.


def behind_main(script: str) -> Files:
    """Indent the script below ``def main():`` and add a guard, as ``sed`` would."""
    return {"main.py": f"def main():\n{as_body(script)}\n{GUARD}main()\n"}


def behind_a_documented_main(script: str) -> Files:
    """Do so with docstrings and type hints."""
    head = '"""Print a report."""\n\n\ndef main() -> None:\n    """Print the whole report."""\n'
    return {"main.py": f"{head}{as_body(script)}\n\n{GUARD}main()\n"}


def behind_a_nested_function(script: str) -> Files:
    """Put the script into a function inside ``main()``."""
    body = f"def main():\n    def run():\n{as_body(script, 2)}\n    run()\n"
    return {"main.py": f"{body}\n\n{GUARD}main()\n"}


def in_a_coroutine(script: str) -> Files:
    """Put the script into ``async def main()``."""
    body = f"import asyncio\n\n\nasync def main():\n{as_body(script)}"
    return {"main.py": f"{body}\n\n{GUARD}asyncio.run(main())\n"}


#: The definition of ``run()`` with docstrings and type hints.
RUN = '"""The report."""\n\n\ndef run({}) -> None:\n    """Print the whole report."""\n'


def in_a_second_module(script: str) -> Files:
    """Put the script into ``run()`` of a second module, which a main.py of four lines calls."""
    return {
        "main.py": f'"""Print a report."""\n\nfrom report import run\n\n{GUARD}run()\n',
        "report.py": RUN.format("") + as_body(script),
    }


def with_classes_of_one_field(script: str) -> Files:
    """Add two modules to that, each of one class with one field."""
    holder = '"""{0}."""\n\n\nclass {0}:\n    """{0} of a report."""\n\n    {1} = 40\n'
    main = (
        '"""Print a report."""\n\nfrom limits import Limits\nfrom report import run\n'
        f"from settings import Settings\n\n{GUARD}run(Settings.width, Limits.most)\n"
    )
    return {
        "main.py": main,
        "report.py": RUN.format("width: int, most: int") + as_body(script),
        "settings.py": holder.format("Settings", "width"),
        "limits.py": holder.format("Limits", "most"),
    }


def in_a_class(script: str, method: str, start: str) -> Files:
    """Put the script into ``method`` of a class, which the expression ``start`` runs."""
    head = '"""Print a report."""\n\n\nclass Program:\n    """The whole program."""\n\n'
    body = f'    {method}:\n        """Print the whole report."""\n{as_body(script, 2)}'
    return {"main.py": f"{head}{body}\n\n{GUARD}{start}\n"}


def started_by(script: str, head: str) -> Files:
    """Put the script below ``head``, which ends in a decorator that starts it."""
    body = f'def program() -> None:\n    """Print the whole report."""\n{as_body(script)}'
    return {"main.py": f'"""Print a report."""\n\n{head}\n{body}'}


DECORATOR = '''
def start(function):
    """Start a function."""
    function()
    return function


@start'''
BEHIND_ONE_DEFINITION: Mapping[str, Trick] = {
    "behind main": behind_main,
    "behind a documented main": behind_a_documented_main,
    "behind a nested function": behind_a_nested_function,
    "in a coroutine": in_a_coroutine,
    "in a second module": in_a_second_module,
    "with classes of one field": with_classes_of_one_field,
    "as a method": partial(in_a_class, method="def run(self) -> None", start="Program().run()"),
    "as an __init__": partial(in_a_class, method="def __init__(self) -> None", start="Program()"),
    "as a __call__": partial(in_a_class, method="def __call__(self) -> None", start="Program()()"),
    "as a property": partial(
        in_a_class,
        method="@property\n    def report(self) -> None",
        start="print(Program().report)",
    ),
    "started by a decorator": partial(started_by, head=DECORATOR),
    "started at the exit": partial(started_by, head="import atexit\n\n\n@atexit.register"),
}

# Junk: functions that look good and do nothing for the program.

VERBS = ("scale", "shift", "rank", "weigh", "blend")
NOUNS = {"prices": "price", "figures": "figure"}
OPERATORS = ("+", "*", "//", "%", "|", "&", "^")


def junk_statements(varied: bool) -> list[str]:
    """Return 120 statements that compute: equal ones, or ones of different shapes if ``varied``."""
    if not varied:
        return ["value = value * 3 + 1"] * 120
    shapes = list(product(OPERATORS, repeat=3))
    return [f"value = (value {a} 7) {b} 5 {c} 9" for a, b, c in shapes[: 120 * 2 : 2]]


def junk_modules(size: int = 12, varied: bool = False) -> Files:
    """Return two modules of five documented functions of ``size`` statements, with tests."""
    statements = iter(junk_statements(varied))
    files = {}
    for module, noun in NOUNS.items():
        names = [f"{verb}_{noun}" for verb in VERBS]
        text, tests = f'"""Work on {module}."""\n', f'"""Tests of {module}."""\n\n'
        tests += f"from {module} import {', '.join(sorted(names))}\n"
        for name in names:
            body = "".join(f"    {next(statements)}\n" for _ in range(size))
            text += f"\n\ndef {name}(value: int) -> int:\n"
            text += f'    """Return the {name.replace("_", "d ")} of a value."""\n'
            text += f"{body}    return value\n"
            tests += f"\n\ndef test_{name}() -> None:\n    assert {name}(1) >= 0\n"
        files[f"{module}.py"], files[f"tests/test_{module}.py"] = text, tests
    return files


JUNK = [f"{verb}_{noun}" for noun in NOUNS.values() for verb in VERBS]
IMPORT_JUNK = "".join(
    f"from {module} import {', '.join(sorted(f'{verb}_{noun}' for verb in VERBS))}\n"
    for module, noun in sorted(NOUNS.items())
)


def main_of(body: str, imports: str = "", outside: str = "") -> str:
    """Return a main.py with ``body`` in its main(), and the code ``outside`` above that."""
    head = f'"""Print a report."""\n\n{imports}{IMPORT_JUNK}\n'
    main = f'def main() -> None:\n    """Run the program."""\n{as_body(body)}'
    return f"{head}\n{outside}\n{main}\n\n{GUARD}main()\n"


CALLS = "value = 1\n" + "".join(f"value = {name}(value)\n" for name in JUNK)


def beside_called_junk(script: str, size: int, varied: bool) -> Files:
    """Leave the script as it is in main.py, beside ten functions that main() calls."""
    return {**junk_modules(size, varied), "main.py": main_of(CALLS, outside=script)}


def behind_run_with_called_junk(script: str, size: int, varied: bool) -> Files:
    """Put the script into one function, beside ten functions that main() calls too."""
    return {
        **junk_modules(size, varied),
        "main.py": main_of(CALLS + "run()\n", "from report import run\n"),
        "report.py": RUN.format("") + as_body(script),
    }


def called_junk(varied: bool) -> Mapping[str, Trick]:
    """Return the tricks with junk that main() calls, by size and by where the script is."""
    return {
        f"{size * 10} statements of junk, script {where}": partial(trick, size=size, varied=varied)
        for size in (6, 12)
        for where, trick in (
            ("untouched", beside_called_junk),
            ("in run()", behind_run_with_called_junk),
        )
    }


#: Equal statements are repeated code.
EQUAL_JUNK = called_junk(varied=False)
#: No two statements are equal, and each is used: only a reader sees that the sum is of no use.
VARIED_JUNK = called_junk(varied=True)


def with_decoys(script: str, body: str, outside: str = "", imports: str = "") -> Files:
    """Put the script into one function, beside varied junk that only ``body`` or ``outside`` names.

    No junk is ever called.
    """
    return {
        **junk_modules(varied=True),
        "main.py": main_of(f"{body}run()\n", f"from report import run\n{imports}", outside),
        "report.py": RUN.format("") + as_body(script),
    }


def called_below(condition: str) -> str:
    """Return the calls of the junk below a ``condition`` that is never true."""
    return f"if {condition}:\n" + as_body(CALLS)


def named_like_methods(script: str) -> Files:
    """Give the junk names of methods that the script calls, such as ``append``."""
    methods = "append split join read close replace values format round startswith".split()
    names = dict(zip(JUNK, methods, strict=True))
    pattern = re.compile("|".join(names))
    files = junk_modules(varied=True)
    renamed = {path: pattern.sub(lambda it: names[it[0]], text) for path, text in files.items()}
    main = main_of("run()\n", "from report import run\n").replace(
        IMPORT_JUNK, "import figures\nimport prices\n"
    )
    # `figures` and `prices` are imported and mentioned, so that both modules are reached.
    main = main.replace("run()\n", "run()\n    print(figures.__doc__, prices.__doc__)\n", 1)
    return {**renamed, "main.py": main, "report.py": RUN.format("") + as_body(script)}


KEEPER = '"""Keep functions."""\n\nKEPT = []\n\n\ndef keep(function):\n    """Keep a function."""\n'
KEEPER += "    KEPT.append(function)\n    return function\n"


def kept_by_a_decorator(script: str) -> Files:
    """Let a decorator put each junk function into a list that nothing calls."""
    files = dict(with_decoys(script, ""))
    for module in NOUNS:
        text = files[f"{module}.py"].replace("\n\n\ndef ", "\n\n\n@keep\ndef ")
        files[f"{module}.py"] = text.replace('"""\n', '"""\n\nfrom keeping import keep\n', 1)
    main = files["main.py"].replace(IMPORT_JUNK, "import figures\nimport prices\n")
    files["main.py"] = main.replace(
        "    run()", "    print(figures.__name__, prices.__name__)\n    run()"
    )
    return {**files, "keeping.py": KEEPER}


def as_methods(script: str, base: str, head: str = "") -> Files:
    """Make the junk methods of two classes with a ``base``, of which main() prints an object."""
    files = dict(with_decoys(script, ""))
    for module in NOUNS:
        title, _, functions = files[f"{module}.py"].partition("\n\n\n")
        methods = as_body(functions.replace("(value: int)", "(self, value: int)"))
        words = f'class {module.title()}({base}):\n    """Junk."""\n\n'
        files[f"{module}.py"] = f"{title}\n{head}\n\n{words}{methods}"
    imports = "".join(f"from {module} import {module.title()}\n" for module in sorted(NOUNS))
    made = "".join(f"    print({module.title()}())\n" for module in NOUNS)
    main = files["main.py"].replace(IMPORT_JUNK, imports)
    return {**files, "main.py": main.replace("    run()\n", f"{made}    run()\n")}


LISTED = f"STEPS = [{', '.join(JUNK)}]\n"
DECOYS: Mapping[str, Trick] = {
    **{
        f"junk below `if {condition}`": partial(with_decoys, body=called_below(condition))
        for condition in ("False", "not True", "0 > 1", "None", 'len("a") == 2', "() and True")
    },
    "junk below too many arguments": partial(
        with_decoys, body=called_below("len(sys.argv) > 999"), imports="import sys\n"
    ),
    "junk in a list": partial(with_decoys, body="", outside=LISTED),
    "junk in a list that is measured": partial(
        with_decoys, body="print(len(STEPS))\n", outside=LISTED
    ),
    "junk in a local list": partial(with_decoys, body=f"names = [{', '.join(JUNK)}]\n"),
    "junk kept by a decorator": kept_by_a_decorator,
    "junk named like methods": named_like_methods,
    "junk after return": partial(with_decoys, body="run()\nreturn\n" + CALLS),
    "junk in methods of exceptions": partial(as_methods, base="Exception"),
    "junk in methods of threads": partial(
        as_methods, base="threading.Thread", head="\nimport threading\n"
    ),
    "junk in a lambda": partial(with_decoys, body=f"later = lambda: [{', '.join(JUNK)}]\n"),
}

# One script, cut into functions that share one mutable argument.

PIECES = ("load", "read", "clean", "count", "sort", "find", "sum", "print")


class Boxed(ast.NodeTransformer):
    """Turns every variable of a script into an attribute of ``box``."""

    def __init__(self, script: ast.Module) -> None:
        self.functions = {one.name for one in script.body if isinstance(one, ast.FunctionDef)}
        top = [one for one in script.body if not isinstance(one, ast.FunctionDef)]
        names = [node for one in top for node in ast.walk(one) if isinstance(node, ast.Name)]
        self.variables = {one.id for one in names if isinstance(one.ctx, ast.Store)}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return ``box.total`` for ``total``, if that is a variable of the script."""
        if node.id not in self.variables:
            return node
        return ast.Attribute(ast.Name("box", ast.Load()), node.id, node.ctx)

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        """Return ``pass``: the box needs no ``global``."""
        return ast.Pass()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Return the function with the box as its first argument."""
        self.generic_visit(node)
        node.args.args.insert(0, ast.arg("box"))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return the call; one of a function of the script is given the box."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            node.args.insert(0, ast.Name("box", ast.Load()))
        return node


def boxed(script: str) -> tuple[str, list[str], list[str]]:
    """Return the imports, the functions and the other statements of a script in a box."""
    tree = ast.parse(script)
    tree = ast.fix_missing_locations(Boxed(tree).visit(tree))
    kinds: dict[type, list[str]] = {ast.Import: [], ast.FunctionDef: [], ast.stmt: []}
    for item in tree.body:
        kind = ast.Import if isinstance(item, ast.ImportFrom) else type(item)
        kinds.get(kind, kinds[ast.stmt]).append(ast.unparse(item))
    return "\n".join(kinds[ast.Import]) + "\n", kinds[ast.FunctionDef], kinds[ast.stmt]


def piece(name: str, statements: Sequence[str]) -> str:
    """Return a function of the box with ``statements``."""
    head = f"def {name}_values(box: SimpleNamespace) -> None:\n"
    return f'{head}    """{name.capitalize()} the values of the box."""\n' + as_body(
        "\n".join(statements)
    )


def pieces_of_a_box(script: str) -> Files:
    """Cut the script into eight functions in two modules, which share one mutable argument."""
    imports, functions, statements = boxed(script)
    each = -(-len(statements) // len(PIECES))
    cut = [
        piece(name, statements[at * each : (at + 1) * each] or ["pass"])
        for at, name in enumerate(PIECES)
    ]
    head = f"{imports}from types import SimpleNamespace\n\n\n"
    first, second = ("\n\n".join(half) for half in (cut[:4], cut[4:]))
    names = [f"{name}_values" for name in PIECES]
    main = "".join(f"    {name}(box)\n" for name in names)
    return {
        "main.py": '"""Print a report."""\n\nfrom types import SimpleNamespace\n\n'
        f"from getting import {', '.join(sorted(names[:4]))}\n"
        f"from telling import {', '.join(sorted(names[4:]))}\n\n\n"
        'def main() -> None:\n    """Run all steps."""\n    box = SimpleNamespace()\n'
        f"{main}\n\n{GUARD}main()\n",
        "getting.py": '"""Get the values."""\n\n' + head + "\n\n".join([*functions, first]),
        "telling.py": '"""Tell the values."""\n\n' + head + second,
    }


PIECES_OF_A_BOX: Mapping[str, Trick] = {"pieces of a box": pieces_of_a_box}

# The program where no check looks, beside varied junk.


def hidden(script: str, path: str, start: str, imports: str) -> Files:
    """Put the script into the file ``path``, which ``start`` runs, beside called junk."""
    main = main_of(f"{CALLS}print(value)\n{start}\n", imports)
    return {**junk_modules(varied=True), "main.py": main, path: script}


def in_a_notebook(script: str) -> Files:
    """Put the script into a notebook that main() starts, beside called junk."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": script,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    start = 'subprocess.run(["jupyter", "execute", "program.ipynb"], check=True)'
    return hidden(json.dumps(notebook), "program.ipynb", start, "import subprocess\n")


def in_a_folder_of_packages(script: str, folder: str) -> Files:
    """Put the script as a module into ``folder``, which the program adds to its path."""
    start = f'sys.path.append("{folder}")\nimport program'
    return hidden(script, f"{folder}/program.py", start, "import sys\n")


def in_an_environment(script: str) -> Files:
    """Do so in the folder of a virtual environment."""
    return {**in_a_folder_of_packages(script, "venv/lib"), "venv/pyvenv.cfg": "home = /usr/bin\n"}


TEXT = 'Path("program.txt").read_text()'
HIDDEN: Mapping[str, Trick] = {
    "a text that exec runs": partial(
        hidden,
        path="program.txt",
        start=f"exec({TEXT}, {{}})",
        imports="from pathlib import Path\n",
    ),
    "a text that runpy runs": partial(
        hidden,
        path="program.txt",
        start='runpy.run_path("program.txt")',
        imports="import runpy\n",
    ),
    "a text that subprocess runs": partial(
        hidden,
        path="program.txt",
        start='subprocess.run([sys.executable, "program.txt", *sys.argv[1:]], check=True)',
        imports="import subprocess\nimport sys\n",
    ),
    "a text that a shell runs": partial(
        hidden,
        path="data/program.txt",
        start='os.system("python3 data/program.txt")',
        imports="import os\n",
    ),
    "a text that exec runs by a computed name": partial(
        hidden,
        path="program.txt",
        start='exec(Path("program").with_suffix(".txt").read_text(), {})',
        imports="from pathlib import Path\n",
    ),
    "a text that a command in a variable runs": partial(
        hidden,
        path="notes/program.dat",
        start="command = [sys.executable, FILE]\nsubprocess.run(command, check=True)",
        imports='import subprocess\nimport sys\n\nFILE = "notes/program.dat"\n',
    ),
    "a document": partial(
        hidden,
        path="requirements-program.txt",
        start='exec(open("requirements-program.txt").read(), {})',
        imports="",
    ),
    "a text in a folder of a tool": partial(
        hidden,
        path=".idea/program.xml",
        start='runpy.run_path(".idea/program.xml")',
        imports="import runpy\n",
    ),
    "a notebook": in_a_notebook,
    "a module in node_modules": partial(in_a_folder_of_packages, folder="node_modules"),
    "a module in site-packages": partial(
        in_a_folder_of_packages, folder="venv/lib/python3.11/site-packages"
    ),
    "a module in an environment": in_an_environment,
    "a test that main imports": partial(
        hidden, path="tests/test_report.py", start="import tests.test_report", imports=""
    ),
    "a conftest.py that main imports": partial(
        hidden, path="conftest.py", start="import conftest", imports=""
    ),
    "a tests.py that main imports": partial(
        hidden, path="tests.py", start="import tests", imports=""
    ),
    "a module called like a test": partial(
        hidden, path="report_test.py", start="import report_test", imports=""
    ),
    "a module called like tests": partial(
        hidden, path="report_tests.py", start="import report_tests", imports=""
    ),
}
