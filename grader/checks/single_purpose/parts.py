"""Find the parts of a long function that have a comment as their heading."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import every_statement, without_docstring, works
from grader.analysis.syntax.walk import walk

#: Fewest statements that do work in a function that is searched for parts. Shorter ones are one
#: thing in steps: `# Read the rows`, `# Drop the header`. Chosen by hand: of 14 functions of
#: students with 25 and :data:`SEVERAL_PARTS` 13 do several things, and of the 900 longest of six
#: well-kept libraries only four have both, all of more than 40 statements.
LONG = 25
#: Fewest statements that do work in a part, and fewest parts that are reported.
_PART = 3
SEVERAL_PARTS = 3


def headed_parts(scope: Scope, lines: Sequence[str]) -> list[int]:
    """Return the lines of the comments that head parts of the function of ``scope``.

    ``lines`` are those of its file. A part begins at a statement with a comment above it, and ends
    before the next comment in the same block. It counts if at least :data:`_PART` of its statements
    do work and it sets a variable that no other part of the block uses: it could be a function of
    its own, and the comment its name. The block with the most parts is taken.
    """
    found = [list(_parts_of(block.statements, lines)) for block in scope.blocks]
    return max(found, key=len, default=[])


def _parts_of(statements: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[int]:
    """Yield the line of the comment above each part of the block ``statements`` that counts."""
    parts = _split(without_docstring(statements), lines)
    if len(parts) <= SEVERAL_PARTS:
        return
    shared = Counter(name for part in parts for name in {one.id for one in _names(part)})
    for part in parts[1:]:
        own = any(shared[one.id] == 1 for one in _names(part) if isinstance(one.ctx, ast.Store))
        if own and _work(part) >= _PART:
            yield part[0].lineno - 1


def _split(statements: Sequence[ast.stmt], lines: Sequence[str]) -> list[list[ast.stmt]]:
    """Return ``statements`` by part; the first is what comes before the first comment."""
    parts: list[list[ast.stmt]] = [[]]
    for statement in statements:
        if _is_headed(statement, lines):
            parts.append([])
        parts[-1].append(statement)
    return parts


def _is_headed(statement: ast.stmt, lines: Sequence[str]) -> bool:
    """Return whether the line above ``statement`` is a comment and nothing else."""
    above = lines[statement.lineno - 2] if statement.lineno > 1 else ""
    return above.lstrip().startswith("#")


def _names(part: Sequence[ast.stmt]) -> list[ast.Name]:
    """Return the names in ``part``."""
    return [node for node in walk(*part) if isinstance(node, ast.Name)]


def _work(part: Sequence[ast.stmt]) -> int:
    """Return how many statements of ``part``, and of those inside them, do work."""
    every = (node for statement in part for node, _ in every_statement(statement))
    return sum(works(node) for node in every if isinstance(node, ast.stmt))
