"""Which errors the code in the body of a ``try`` can raise, and how its file names them.

For the risky calls of :mod:`raising_calls` the errors are those of its table. For others they
follow from the table of effects: what reads or writes a file raises ``OSError``, what talks to a
server or a database the error of its package. A few functions and methods raise errors of their
own.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from grader.analysis.syntax.call_targets import Aliases, Target, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.except_clauses import is_try
from grader.analysis.syntax.raising_calls import FILE, VALUE, Errors, errors_of
from grader.analysis.syntax.stdlib_effects import Effect, effect_of
from grader.analysis.syntax.walk import walk

#: Errors of functions by their dotted name, e.g. ``json.loads("x")``. Empty: raises nothing that a
#: program should catch, although it reads or writes, e.g. ``os.walk("no")``. Chosen by hand.
_FUNCTIONS: dict[str, Errors] = {
    name: errors
    for names, errors in (
        ("json.loads time.strptime uuid.UUID ipaddress.ip_address", VALUE),
        ("datetime.datetime.strptime datetime.datetime.fromisoformat", VALUE),
        ("datetime.date.fromisoformat datetime.date datetime.datetime", VALUE),
        ("importlib.import_module", ("ImportError",)),
        ("decimal.Decimal", ("decimal.InvalidOperation",)),
        ("statistics.mean statistics.median statistics.mode", ("statistics.StatisticsError",)),
        ("statistics.stdev statistics.variance", ("statistics.StatisticsError",)),
        ("pickle.load", ("pickle.UnpicklingError", "EOFError")),
        ("yaml.load yaml.safe_load", ("yaml.YAMLError",)),
        ("tomllib.load tomllib.loads", ("tomllib.TOMLDecodeError",)),
        ("zipfile.ZipFile", ("OSError", "zipfile.BadZipFile")),
        ("tarfile.open", ("OSError", "tarfile.TarError")),
        (
            "subprocess.run subprocess.check_call subprocess.check_output",
            ("OSError", "subprocess.SubprocessError"),
        ),
        ("xml.etree.ElementTree.parse", ("OSError", "xml.etree.ElementTree.ParseError")),
        ("xml.etree.ElementTree.fromstring", ("xml.etree.ElementTree.ParseError",)),
        ("glob.glob glob.iglob os.walk json.dump pickle.dump yaml.dump cv2.imread cv2.imwrite", ()),
    )
    for name in names.split()
}
#: Methods that are known by their name, on objects of any class, e.g. ``path.mkdir()``. ``replace``
#: and ``remove`` are left out, because a text or a list may have them too.
_METHODS: dict[str, Errors] = {
    name: errors
    for names, errors in (
        ("iterdir mkdir open read_bytes read_text rmdir stat touch unlink", FILE),
        ("write_bytes write_text", FILE),
        ("decode fromisoformat index strptime", VALUE),
    )
    for name in names.split()
}
#: The error of each package that talks to servers or databases. Chosen by hand.
_OF_PACKAGES = {
    "requests": "requests.RequestException",
    "httpx": "httpx.HTTPError",
    "aiohttp": "aiohttp.ClientError",
    "sqlite3": "sqlite3.Error",
    "psycopg": "psycopg.Error",
    "psycopg2": "psycopg2.Error",
    "pymysql": "pymysql.Error",
    "mysql": "mysql.connector.Error",
    "pymongo": "pymongo.errors.PyMongoError",
    "redis": "redis.RedisError",
    "sqlalchemy": "sqlalchemy.exc.SQLAlchemyError",
}
#: Methods of clients of the web and of databases: they raise the error of the package among these
#: that the file imports, e.g. ``answer.raise_for_status()`` after ``import requests``.
_CLIENTS = ("requests", "httpx", "aiohttp")
_DATABASES = ("sqlite3", "psycopg", "psycopg2", "pymysql", "mysql", "sqlalchemy")
_METHODS_OF_PACKAGES = {
    "raise_for_status": _CLIENTS,
    **dict.fromkeys(("commit", "execute", "executemany", "executescript"), _DATABASES),
}
#: Methods that texts, lists and dictionaries have, and that raise nothing to catch.
_HARMLESS = frozenset(
    "append capitalize count endswith extend format get isdigit items join keys lower lstrip"
    " replace rstrip setdefault sort split splitlines startswith strip title update upper"
    " values".split()
)
#: A built-in base class of errors that a file cannot name, e.g. after ``from requests import get``.
_BASES = {
    "json.JSONDecodeError": "ValueError",
    "requests.RequestException": "OSError",
    "tomllib.TOMLDecodeError": "ValueError",
}


_IMPORTS = (ast.Import, ast.ImportFrom)


def errors_raised(
    body: Iterable[ast.stmt], aliases: Aliases, functions: Mapping[str, ast.AST]
) -> Errors | None:
    """Return the names of the errors that ``body``, that of a ``try``, is known to raise.

    They are in the order of the text, without repetition, and as its file names them: e.g.
    ``("req.RequestException", "ValueError", "KeyError")`` for ``req.get(url).json()["rate"]`` after
    ``import requests as req``. The errors of a function in ``functions``, those of the file by
    name, that ``body`` calls are included, unless it has a ``try``. An error that another one
    includes is left out. Return ``None`` if one of the errors has no name in the file, and no
    errors if they are only those of items, imports and ``raise``, and an unknown call may raise
    others: for ``rows[0]``, not for ``send(rows[0])``. ``ZeroDivisionError`` is only returned if
    nothing else is known, and ``pathlib`` not used.
    """
    nodes = list(_nodes_of(body, functions))
    found = dict.fromkeys(_known(nodes, aliases))
    named = [_named(error, aliases) for error in _needed(found)]
    return None if None in named else tuple(dict.fromkeys(filter(None, named)))


def _known(nodes: Sequence[ast.AST], aliases: Aliases) -> list[str]:
    """Return the errors that ``nodes`` raise, none if those that matter are perhaps unknown."""
    found = {node: _errors_of(node, aliases) for node in nodes}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    if not any(map(found.get, calls)) and any(_is_unknown(call, aliases) for call in calls):
        return []
    return list(chain.from_iterable(found.values())) or _division(nodes, aliases)


def _division(nodes: Iterable[ast.AST], aliases: Aliases) -> list[str]:
    """Return the error of dividing by 0 if one of ``nodes`` may, and is no path: ``folder / x``."""
    may = any(map(_divides, nodes)) and "pathlib" not in _packages(aliases)
    return ["ZeroDivisionError"] if may else []


def _is_unknown(call: ast.Call, aliases: Aliases) -> bool:
    """Return whether ``call``, whose errors are not known, may raise some that matter.

    Not so classes, built-in functions, methods that texts, lists and dictionaries have, and methods
    of an item: ``frame["Price"].mean()``.
    """
    if last_name(call.func)[:1].isupper():
        return False
    dotted = target_of(call.func, aliases).dotted
    if dotted:
        is_builtin = hasattr(builtins, dotted) and dotted not in aliases.own
        return not is_builtin and effect_of(dotted) is not Effect.COMPUTES
    is_of_item = any(isinstance(node, ast.Subscript) for node in walk(call.func))
    return not is_of_item and last_name(call.func) not in _HARMLESS


def _needed(errors: Collection[str]) -> list[str]:
    """Return ``errors`` without those that another one of them includes."""
    return [one for one in errors if not any(_includes(two, one) for two in errors if two != one)]


def _nodes_of(body: Iterable[ast.stmt], functions: Mapping[str, ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of ``body`` in the order of the text, each function's at its first call."""
    seen = set[str]()
    waiting = [*_in_order(body)][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        called = functions.get(name)
        if called is not None and name not in seen:
            seen.add(name)
            inside = [node for node in _in_order([called]) if not isinstance(node, _IMPORTS)]
            if not any(map(is_try, inside)):
                waiting += inside[::-1]


def _in_order(body: Iterable[ast.AST]) -> list[ast.AST]:
    """Return the nodes of ``body`` that have a place, sorted by it, inner ones first.

    e.g. ``get(url)``, ``get(url).json()`` and ``get(url).json()["rate"]``.
    """
    return sorted((node for node in walk(*body) if hasattr(node, "lineno")), key=_place)


def _place(node: Any) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _errors_of(node: ast.AST, aliases: Aliases) -> Errors:
    """Return the errors that ``node`` itself may raise, by their full names."""
    if isinstance(node, ast.Call):
        return _errors_of_call(node, target_of(node.func, aliases), aliases)
    if isinstance(node, ast.Subscript):
        return _errors_of_item(node)
    if isinstance(node, _IMPORTS):
        return () if _is_of_python(node) else ("ImportError",)
    if isinstance(node, ast.Raise) and node.exc is not None:
        name = last_name(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        return (name,) if _is_error(name) or name in aliases.own else ()
    return ()


def _is_of_python(node: ast.Import | ast.ImportFrom) -> bool:
    """Return whether ``node`` imports only modules of the standard library."""
    names = [one.name for one in node.names]
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
    return sys.stdlib_module_names.issuperset(name.partition(".")[0] for name in names)


def _errors_of_call(call: ast.Call, target: Target, aliases: Aliases) -> Errors:
    """Return the errors of ``call``: by its own entry, by its package, or by its effect."""
    dotted = target.dotted
    if not dotted:
        return _errors_of_method(call, aliases)
    if dotted in _FUNCTIONS:
        return _FUNCTIONS[dotted]
    if dotted in aliases.own:
        return ()
    effect, package = effect_of(dotted), _OF_PACKAGES.get(dotted.partition(".")[0])
    if package and effect in _OF_SERVERS:
        return (package,)
    risky, _ = errors_of(call, target, aliases)
    return risky or (FILE if effect in _OF_FILES else ())


#: Effects of functions that raise ``OSError``: e.g. ``os.listdir`` and ``socket.socket``.
_OF_FILES = frozenset({Effect.READS, Effect.WRITES, Effect.NETWORK})
#: Effects of functions that raise the error of their package.
_OF_SERVERS = frozenset({Effect.NETWORK, Effect.DATABASE})


def _errors_of_method(call: ast.Call, aliases: Aliases) -> Errors:
    """Return the errors of the method ``call`` of an object whose class is unknown."""
    name, packages = last_name(call.func), _packages(aliases)
    if name == "json":  # e.g. `requests.get(url).json()`
        return () if packages.isdisjoint(_CLIENTS) else VALUE
    known = _METHODS_OF_PACKAGES.get(name, ())
    if known is _DATABASES and not _is_cursor(call.func):
        return ()
    found = next((_OF_PACKAGES[package] for package in known if package in packages), "")
    return (found,) if found else _METHODS.get(name, ())


def _is_cursor(method: ast.expr) -> bool:
    """Return whether ``method`` is that of a variable, or of ``connection.cursor()``.

    e.g. ``cursor.execute``; not ``client.table("prices").insert(row).execute``.
    """
    owner = method.value if isinstance(method, ast.Attribute) else method
    return not isinstance(owner, ast.Call) or last_name(owner.func) == "cursor"


def _packages(aliases: Aliases) -> set[str]:
    """Return the packages that the file imports."""
    return {name.partition(".")[0] for name in aliases.imported.values()}


def _errors_of_item(item: ast.Subscript) -> Errors:
    """Return the error of reading or deleting ``item``: ``row["price"]``, ``parts[0]``."""
    key = item.slice.operand if isinstance(item.slice, ast.UnaryOp) else item.slice
    if isinstance(item.ctx, ast.Store) or not isinstance(key, ast.Constant):
        return ()
    return {str: ("KeyError",), int: ("IndexError",)}.get(type(key.value), ())


def _divides(node: ast.AST) -> bool:
    """Return whether ``node`` divides by something that may be 0: ``a / b``, not ``a / 2``."""
    if not isinstance(node, ast.BinOp) or isinstance(node.right, ast.Constant):
        return False
    return isinstance(node.op, ast.Div | ast.FloorDiv)


def _is_error(name: str) -> bool:
    """Return whether ``name`` is a built-in error that tells something: not ``Exception``."""
    kind = getattr(builtins, name, None)
    is_error = isinstance(kind, type) and issubclass(kind, Exception)
    return is_error and kind is not Exception


def _includes(wide: str, narrow: str) -> bool:
    """Return whether the built-in error ``wide`` is a base class of ``narrow``."""
    one, other = (getattr(builtins, _BASES.get(name, name), None) for name in (wide, narrow))
    if wide in _BASES or not isinstance(one, type) or not isinstance(other, type):
        return False
    return issubclass(other, one)


def _named(error: str, aliases: Aliases) -> str | None:
    """Return how the file names ``error``, or a base class of it; ``None`` if it cannot."""
    if "." not in error:
        return error
    beginnings = sorted(aliases.imported.items(), key=lambda item: len(item[1]), reverse=True)
    for local, dotted in beginnings:
        if error == dotted or error.startswith(f"{dotted}."):
            return local + error[len(dotted) :]
    return _BASES.get(error)
