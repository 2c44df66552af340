"""Which function a test reaches through a client: a route by its path, a command by its name.

``client.get("/items/3")`` calls ``@app.get("/items/{number}")`` of FastAPI or
``@app.route("/items/<int:number>")`` of Flask, and ``runner.invoke(app, ["add", "3"])`` calls
``@app.command("add")`` of Click and Typer. The names are chosen by hand from these four.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.starting import python_run_by
from grader.analysis.syntax.walk import walk

#: What makes a client, as tests mention it: of FastAPI, httpx, Flask, Click and Typer. Without one,
#: ``prices.get("/items")`` is a call of a dictionary.
MAKERS = frozenset(
    {"TestClient", "AsyncClient", ".test_client", ".test_cli_runner", "CliRunner", ".TestClient"}
)
#: Methods of HTTP: those of a client, and decorators of a route.
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
#: The decorator of a route for any method, as in Flask.
_ANY_METHOD = "route"
#: The decorator of a command, and the first word of what this module calls a request of one.
_COMMAND = "command"
#: The decorator of what runs before each command, as in Typer.
_CALLBACK = "callback"
#: What this module calls a request of any command, e.g. with ``["--version"]``.
ANY_COMMAND = f"{_COMMAND} *"
#: The first words of what this module calls a run of the program, and its command line.
_RUN, _WORDS = "run", "words"
#: Functions that run a program in a process of its own, or a module in this one.
_PROCESSES = frozenset(
    "Popen call check_call check_output getoutput getstatusoutput popen run run_module run_path"
    " system".split()
)
#: The most words of a command line that are kept. Chosen by hand.
_MOST_RUN_WORDS = 20
#: How many words of a command line may name a command: that of a group, and its own.
MOST_WORDS = 2
#: A part of a path that stands for any text: ``<int:number>``, ``{number}``.
_VARIABLE = re.compile(r"^(?:<.*>|.*\{.*\}.*)$")
#: What is written in its place.
_ANYTHING = "*"
#: Longer paths are in no program of a student, and would take long to compare. Chosen by hand.
_MOST_PARTS = 6


def requests_in(call: ast.Call) -> Iterator[str]:
    """Yield what `call` asks of an application, if it is a call of a client.

    e.g. "get /items/3" for ``client.get("/items/3?all=1")``, and "command add" for
    ``runner.invoke(app, ["add"])``; nothing for ``requests.get("https://example.org")``.
    """
    name = getattr(call.func, "attr", "")
    if name in _METHODS and call.args:
        path = _text(call.args[0])
        if path.startswith("/"):
            yield f"{name} {path.partition('?')[0]}"
    elif name == "invoke" and call.args:
        yield ANY_COMMAND
        given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "args")]
        for words in given:
            yield from (f"{_COMMAND} {word}" for word in _words(words))


def runs_in(call: ast.Call) -> Iterator[str]:
    """Yield what `call` runs in another Python, "run shop.cli" or "run main.py", and its words.

    e.g. "run shop" and "words add milk" for ``subprocess.run([sys.executable, "-m", "shop", "add",
    "milk"])``. A list of texts has words whatever is called: ``main(["add", "milk"])``.
    """
    target, words = _started_by(call)
    if target:
        yield f"{_RUN} {target.rpartition('/')[2]}"
        yield from _of_words(words)
        return
    lists = [value.elts for value in call.args if isinstance(value, ast.List | ast.Tuple)]
    if isinstance(call.func, ast.Name):  # e.g. a helper: `run("add", "milk")`
        lists.append(call.args)
    for items in lists:
        yield from _of_words(word for item in items for word in _text(item).split())


def _started_by(call: ast.Call) -> tuple[str, Sequence[str]]:
    """Return the module or file that `call` runs in another Python, and its words; "" for none."""
    if called_name(call) not in _PROCESSES:
        return "", ()
    target, words = python_run_by(call)
    scripts = (_text(node) for node in walk(call) if _text(node).endswith(".py"))
    return target or next(scripts, ""), words  # e.g. `str(ROOT / "main.py")`


def _of_words(words: Iterable[str]) -> Iterator[str]:
    """Yield what a run with the `words` of a command line is called, without its options."""
    plain = [word for word in words if not word.startswith("-")]
    if plain:
        yield f"{_WORDS} {' '.join(plain[:_MOST_RUN_WORDS])}"


def is_command(served: str) -> bool:
    """Return whether `served` is a certain command, not ``ANY_COMMAND``."""
    return served.startswith(f"{_COMMAND} ") and served != ANY_COMMAND


def run_by(called: str) -> str:
    """Return the module or file that a call `called` of :func:`runs_in` runs; "" for others."""
    return called.removeprefix(f"{_RUN} ") if called.startswith(f"{_RUN} ") else ""


def words_of(called: str) -> list[str]:
    """Return the words of a command line in a call `called` of :func:`runs_in`."""
    return called.split()[1:] if called.startswith(f"{_WORDS} ") else []


def command_of(word: str) -> str:
    """Return the request of the command `word`, as :func:`requests_in` writes it."""
    return f"{_COMMAND} {word}"


def is_request(called: str) -> bool:
    """Return whether `called`, the name of a call, is one of :func:`requests_in`."""
    return " " in called


def served_by(name: str, decorators: Sequence[ast.expr]) -> tuple[str, ...]:
    """Return what the function `name` with these `decorators` serves, as requests are written.

    e.g. "route /items/*" for Flask's ``@app.route("/items/<int:number>")``, and "command add-item"
    for ``@app.command()`` above ``def add_item():``.
    """
    calls = (one for one in decorators if isinstance(one, ast.Call))
    return tuple(served for call in calls for served in _served(name, call))


def _served(name: str, decorator: ast.Call) -> Iterator[str]:
    """Yield what a function `name` serves because of the `decorator`."""
    kind = getattr(decorator.func, "attr", "")
    first = _text(decorator.args[0]) if decorator.args else ""
    if kind == _COMMAND:
        yield f"{_COMMAND} {first or name.replace('_', '-')}"
    elif kind == _CALLBACK:
        yield ANY_COMMAND
    elif (kind in _METHODS or kind == _ANY_METHOD) and first.startswith("/"):
        parts = (_VARIABLE.sub(_ANYTHING, part) for part in first.strip("/").split("/"))
        yield f"{kind} /{'/'.join(parts)}"


def served_for(request: str) -> Iterator[str]:
    """Yield all that a function may serve, as `served_by` writes it, to be reached by `request`.

    e.g. "get /items/3", "get /items/*" and "route /items/3" for "get /items/3". A path may begin
    with the prefix of a blueprint or router: "get /api/items/3" also yields "get /items/3", but no
    part of it that is nothing but variables.
    """
    method, _, path = request.partition(" ")
    if method == _COMMAND:
        yield request
        return
    asked = path.strip("/").split("/")
    for length in range(1, len(asked) + 1 if len(asked) <= _MOST_PARTS else 1):
        choices = ((part, _ANYTHING) if part else (part,) for part in asked[-length:])
        for parts in product(*choices):
            if length == len(asked) or set(parts) != {_ANYTHING}:
                pattern = "/".join(parts)
                yield f"{method} /{pattern}"
                yield f"{_ANY_METHOD} /{pattern}"


def _words(value: ast.expr) -> list[str]:
    """Return the words of the command line `value` that may name a command."""
    if isinstance(value, ast.List | ast.Tuple):
        words = [_text(item) for item in value.elts[:MOST_WORDS]]
    else:
        words = _text(value).split()[:MOST_WORDS]
    return [word for word in words if word and not word.startswith("-")]


def _text(value: ast.AST) -> str:
    """Return the text `value`, with "{}" for each value in an f-string; "" for anything else."""
    if isinstance(value, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values
        )
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return ""
