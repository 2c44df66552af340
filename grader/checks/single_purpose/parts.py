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
    parts: list[list[ast.stmt]] = [[]]
    for statement in without_docstring(statements):
        if _is_headed(statement, lines):
            parts.append([])
        parts[-1].append(statement)
    if len(parts) <= SEVERAL_PARTS:
        return
    names = [_names(part) for part in parts]
    shared = Counter(name for mentioned, _ in names for name in mentioned)
    for part, (_, assigned) in zip(parts[1:], names[1:], strict=True):
        works_enough = sum(works(each) for each in _statements(part)) >= _PART  # type: ignore
        if works_enough and any(shared[name] == 1 for name in assigned):
            yield part[0].lineno - 1


def _is_headed(statement: ast.stmt, lines: Sequence[str]) -> bool:
    """Return whether the line above ``statement`` is a comment and nothing else."""
    above = lines[statement.lineno - 2] if statement.lineno > 1 else ""
    return above.lstrip().startswith("#")


def _names(part: Sequence[ast.stmt]) -> tuple[set[str], set[str]]:
    """Return the names that ``part`` mentions, and those of them that it assigns."""
    nodes = [node for node in walk(*part) if isinstance(node, ast.Name)]
    return {one.id for one in nodes}, {one.id for one in nodes if isinstance(one.ctx, ast.Store)}


def _statements(part: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the statements of ``part`` and those inside them."""
    for statement in part:
        yield from (node for node, _ in every_statement(statement))
