"""Find texts that may name code by its dotted name, as settings of frameworks do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.analysis.syntax.imports import LATER, Import
from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile

#: A dotted name: ``shop.pipelines.Clean``; not ``shop``. ``prices.csv`` is one too, but leads to no
#: module.
_DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
_WHOLE, _QUOTED = re.compile(_DOTTED), re.compile(rf"""["']{_DOTTED}["']""")


def named_in_texts(source: SourceFile) -> Iterator[Import]:
    """Yield an import for each text of `source` that is a dotted name: ``"shop.pipelines.Clean"``.

    It binds ``shop.pipelines``. As no name has a dot, only the mention of the whole text leads to
    what the import binds.
    """
    if not any(map(_QUOTED.search, source.lines)):  # most files: their trees need no walk
        return
    seen = set[str]()
    for node in walk(source.tree, stop_at=()):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node.value not in seen and _WHOLE.fullmatch(node.value):
            seen.add(node.value)
            module, _, name = node.value.rpartition(".")
            yield Import(0, module, name, module, node.lineno, node.col_offset + 1, LATER)
