"""Find texts that need a name: files and addresses, and other texts that the code repeats.

The lists of names and the numbers of lines are chosen by hand.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.walk import EVALUATED, children
from grader.domain.source import SourceFile

#: A text that is the name of a file or an address, e.g. ``prices.json``, ``data/prices.csv`` and
#: ``https://shop.example/prices``; not ``Prices of the day.``, and not ``index.html``, which a web
#: framework is asked for by name.
_PLACE = re.compile(
    r"""[\w./~\\:-]*[\w-]\.
        (?:bin|cfg|csv|dat|db|env|gif|h5|ini|jpe?g|joblib|json|log|md|mp3|parquet|pdf|pickle|pkl
        |png|pt|pth|sqlite3?|toml|ttf|tsv|txt|wav|xlsx?|xml|ya?ml)
        |\w+://[^\s{}]{4,}""",
    re.VERBOSE | re.IGNORECASE,
)
#: A format of dates: ``%Y-%m-%d``; not ``%s rows``.
_DATE_FORMAT = re.compile(r"%[YmdHyB][^%]{0,3}%[YmdHyBM]")
#: Lines that have the same file, address or format from which it is worth a name: one to write the
#: file, one to read it.
_MIN_LINES = 2
#: The same for any other text: ``"pending"``, or a question to the user.
_MIN_LINES_OF_ANY = 3
#: What is done with a text that stands for a state, e.g. ``"pending"``: two lines are enough,
#: because a slip in one of them is no error but a state that never comes.
_STATE = frozenset({"compared", "set"})
_ROLES: Mapping[type[ast.AST], str] = {
    ast.Compare: "compared",
    ast.Assign: "set",
    ast.AnnAssign: "set",
    ast.Return: "set",
}
#: Letters from which another text counts: ``"pending"``; not ``"id"``, ``"r"`` and ``"---"``.
_MIN_LETTERS = 4
#: Texts between quotes, to find out quickly that a file repeats none.
_QUOTED = re.compile(r"""(["'])([^"'\n]{4,})\1""")
#: Functions that are given the name of an entry, a column, an attribute or a page, or a piece of
#: text to look for: ``row.get("price")``, ``url_for("index")``; not ``status.append("pending")``.
_WITH_NAMES = frozenset(
    "Column ForeignKey add_argument add_column alias col decode drop drop_column encode endswith"
    " get get_value getattr getenv groupby hasattr join pop replace set setattr setdefault"
    " sort_values split startswith strip url_for withColumn withColumnRenamed".split()
)
#: Texts that are settings of Python, such as modes and encodings.
_OPTIONS = frozenset({"ascii", "latin-1", "replace", "utf-8", "utf-8-sig", "utf8", "__main__"})


@dataclass(frozen=True)
class RepeatedText:
    """A text that several lines have.

    ``node`` is an occurrence in the first of these lines, ``times`` their number.
    """

    node: ast.Constant
    times: int

    @property
    def shown(self) -> str:
        """The beginning of the text, in one line."""
        text = " ".join(str(self.node.value).split())
        return text if len(text) <= 40 else f"{text[:37]}..."


def repeated_texts(source: SourceFile) -> list[RepeatedText]:
    """Return a ``RepeatedText`` for each text that needs a name because `source` repeats it.

    The name of a file, an address or the format of a date does if two lines have it, and so does a
    text that one line compares and another one sets; any other text if three lines have it. Left
    out are texts that have a name at the top of the file (``PATH = "prices.json"``) or as an
    argument (``f(how="left")``), keys and names of columns (``row["price"]``), data (``["a",
    "b"]``) and docstrings. The result has no particular order.
    """
    quoted = Counter(match[2] for match in _QUOTED.finditer(source.text))
    if not any(_is_repeated(text, times, True) for text, times in quoted.items()):
        return []
    found: dict[str, dict[int, ast.Constant]] = {}
    roles: dict[str, set[str]] = {}
    for node, role in _texts(source.tree):
        assert isinstance(node.value, str)
        found.setdefault(node.value, {}).setdefault(node.lineno, node)
        roles.setdefault(node.value, set()).add(role)
    return [
        RepeatedText(lines[min(lines)], len(lines))
        for text, lines in found.items()
        if text not in _OPTIONS and _is_repeated(text, len(lines), roles[text] >= _STATE)
    ]


def _is_repeated(text: str, lines: int, is_state: bool) -> bool:
    """Return whether `text` needs a name if this number of `lines` has it.

    `is_state`: one line compares it, and another one sets it.
    """
    if lines < _MIN_LINES:
        return False
    if _PLACE.fullmatch(text) or _DATE_FORMAT.search(text):
        return True
    says_something = sum(map(str.isalpha, text)) >= _MIN_LETTERS
    return says_something and (is_state or lines >= _MIN_LINES_OF_ANY)


def _texts(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the texts in the code of `tree` that have no name and are no data, with their role.

    The role is "compared" (``status == "open"``), "set" (``status = "open"``, ``return "open"``),
    or "" for any other.
    """
    waiting: list[tuple[ast.AST, str]] = [
        (each, "") for each in tree.body if not isinstance(each, ast.Assign | ast.AnnAssign)
    ]
    while waiting:
        node, role = waiting.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node, role
        else:
            inside = _ROLES.get(type(node), "")
            waiting += [(each, inside) for each in _inside(node)]


def _inside(node: ast.AST) -> Sequence[ast.AST]:
    """Return the parts of `node` whose texts count."""
    choose = _PARTS.get(type(node))
    return choose(node) if choose else children(node, EVALUATED)


def _of_data(node: ast.List | ast.Tuple | ast.Set | ast.Dict) -> Sequence[ast.AST]:
    return [each for each in children(node, EVALUATED) if not isinstance(each, ast.Constant)]


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Sequence[ast.AST]:
    """Return all but the decorators, e.g. ``@click.option("--name")``."""
    return [*node.args.defaults, *node.body]


def _of_keyword(node: ast.keyword) -> Sequence[ast.AST]:
    return _no_plain_texts([node.value])


def _of_statement(node: ast.Expr) -> Sequence[ast.AST]:
    """Return nothing for a docstring."""
    return [] if _is_text(node.value) else [node.value]


def _of_comparison(node: ast.Compare) -> Sequence[ast.AST]:
    """Return both sides; of ``"price" in row`` the right one, as it asks for an entry's name."""
    asks = isinstance(node.ops[0], ast.In | ast.NotIn)
    return node.comparators if asks else [node.left, *node.comparators]


def _of_sum(node: ast.BinOp) -> Sequence[ast.AST]:
    """Return both sides, without pieces of a longer text: ``"Total: " + total``."""
    sides = [node.left, node.right]
    return _no_plain_texts(sides) if isinstance(node.op, ast.Add) else sides


def _of_call(node: ast.Call) -> Sequence[ast.AST]:
    """Return the function and its arguments; not the name of an entry: ``row.get("price")``."""
    has_names = last_name(node.func) in _WITH_NAMES
    given = list(filter(_is_place, node.args)) if has_names else node.args
    return [node.func, *given, *node.keywords]


def _no_plain_texts(nodes: Sequence[ast.expr]) -> list[ast.AST]:
    """Return those of `nodes` that are no text, or that name a file or an address."""
    return [node for node in nodes if _is_place(node) or not _is_text(node)]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_place(node: ast.expr) -> bool:
    """Return whether `node` is the name of a file or an address."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, str) and _PLACE.fullmatch(value) is not None


def _nothing(node: ast.AST) -> Sequence[ast.AST]:
    """Return nothing of `node`: its texts are parts of a longer one, or what is expected."""
    return ()


#: Which parts of each kind of node are searched; of other kinds all are.
_PARTS: Mapping[type[ast.AST], Callable[[Any], Sequence[ast.AST]]] = {
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict), _of_data),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), _of_function),
    **dict.fromkeys((ast.JoinedStr, ast.Name, ast.Assert, ast.Slice), _nothing),
    ast.ClassDef: lambda node: node.body,
    ast.Subscript: lambda node: [node.value],
    ast.keyword: _of_keyword,
    ast.Expr: _of_statement,
    ast.Compare: _of_comparison,
    ast.BinOp: _of_sum,
    ast.Call: _of_call,
}
