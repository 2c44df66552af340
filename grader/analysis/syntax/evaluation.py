"""What a statement evaluates when it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.walk import EVALUATED, children, walk

_LATER = frozenset({ast.Lambda})


def worked_out(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield what ``statement`` itself evaluates, not the statements inside it.

    A lambda is yielded without its body, which runs when it is called.
    """
    own = [
        each for each in children(statement, EVALUATED) if isinstance(each, ast.expr | ast.withitem)
    ]
    return walk(*own, fields=EVALUATED, stop_at=_LATER)
