"""Which function a test reaches through a client: a route by its path, a command by its name.

``client.get("/items/3")`` calls ``@app.get("/items/{number}")`` of FastAPI or
``@app.route("/items/<int:number>")`` of Flask, and ``runner.invoke(app, ["add", "3"])`` calls
``@app.command("add")`` of Click and Typer. The names are chosen by hand from these four.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import product

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
#: How many words of a command line may name a command: that of a group, and its own.
_MOST_WORDS = 2
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
        given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "args")]
        for words in given:
            yield from (f"{_COMMAND} {word}" for word in _words(words))


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
        words = [_text(item) for item in value.elts[:_MOST_WORDS]]
    else:
        words = _text(value).split()[:_MOST_WORDS]
    return [word for word in words if word and not word.startswith("-")]


def _text(value: ast.expr) -> str:
    """Return the text `value`, with "{}" for each value in an f-string; "" for anything else."""
    if isinstance(value, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values
        )
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return ""
