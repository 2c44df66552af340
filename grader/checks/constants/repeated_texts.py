"""Find names of files and addresses of the web that the code of one file repeats."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile

#: A text that is the name of a file or an address, e.g. ``prices.json``, ``data/prices.csv`` and
#: ``https://shop.example/prices``; not ``Prices of the day.``, and not ``index.html``, which a web
#: framework is asked for by name. Chosen by hand.
_PLACE = re.compile(
    r"""[\w./~\\:-]*[\w-]\.
        (?:bin|cfg|csv|dat|db|env|gif|h5|ini|jpe?g|joblib|json|log|md|mp3|parquet|pdf|pickle|pkl
        |png|pt|pth|sqlite3?|toml|ttf|tsv|txt|wav|xlsx?|xml|ya?ml)
        |\w+://[^\s{}]{4,}""",
    re.VERBOSE | re.IGNORECASE,
)
#: The same between quotes, to find out quickly that a file has none twice.
_QUOTED = re.compile(rf"""["'](?:{_PLACE.pattern})["']""", re.VERBOSE | re.IGNORECASE)
#: Lines that have the same text from which it is worth a name: one to write the file, one to read
#: it. Chosen by hand.
_MIN_LINES = 2


@dataclass(frozen=True)
class RepeatedText:
    """The name of a file or an address that several lines have.

    ``node`` is an occurrence in the first of these lines, ``times`` their number.
    """

    node: ast.Constant
    times: int


def repeated_texts(source: SourceFile) -> list[RepeatedText]:
    """Return a ``RepeatedText`` for each name of a file or address in two lines of `source`.

    Those bound to a name at the top of the file do not count, e.g. ``PATH = "prices.json"``, nor
    do those that follow each other in one table. The result has no particular order.
    """
    quoted = Counter(match[0][1:-1] for match in _QUOTED.finditer(source.text))
    if not any(times >= _MIN_LINES for times in quoted.values()):
        return []
    found: dict[str, dict[int, ast.Constant]] = {}
    for node in _texts(source.tree):
        assert isinstance(node.value, str)
        if _PLACE.fullmatch(node.value):
            found.setdefault(node.value, {}).setdefault(node.lineno, node)
    repeated = (lines for lines in found.values() if len(lines) >= _MIN_LINES)
    return [RepeatedText(lines[min(lines)], len(lines)) for lines in repeated]


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the texts in the code of `tree`, without its assignments outside definitions."""
    body = [each for each in tree.body if not isinstance(each, ast.Assign | ast.AnnAssign)]
    for node in walk(*body, stop_at={ast.List, ast.Tuple, ast.Set, ast.Dict}):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
