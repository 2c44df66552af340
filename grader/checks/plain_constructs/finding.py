"""Apply every rule to every statement and expression of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, bodies
from grader.analysis.syntax.unreachable import LEAVING
from grader.analysis.syntax.walk import expressions
from grader.checks.plain_constructs import branches, loops, statements, taste
from grader.checks.plain_constructs.comparisons import length_for_empty
from grader.checks.plain_constructs.construct import Construct, File, Place, Rule
from grader.checks.plain_constructs.expressions import EXPRESSION_RULES
from grader.domain.source import SourceFile

#: The rules of each kind of statement.
_STATEMENT_RULES: Mapping[type[ast.AST], Sequence[Rule]] = {
    ast.If: (*branches.IF_RULES, *taste.IF_RULES, length_for_empty),
    ast.For: loops.FOR_RULES,
    ast.While: (*loops.WHILE_RULES, length_for_empty),
    ast.Assign: (statements.long_assignment,),
    ast.AugAssign: (statements.adds_a_list,),
    ast.Expr: (statements.adds_a_list, statements.no_effect),
    ast.Pass: (statements.needless_pass,),
    **dict.fromkeys(LEAVING, (statements.unreachable,)),
    **dict.fromkeys(FUNCTIONS, statements.FUNCTION_RULES),
}


def constructs_in(source: SourceFile) -> Iterator[Construct]:
    """Yield every construct of ``source`` that could be said more plainly, in no fixed order."""
    file = File(source)
    for place in _places(file):
        statement = place.block[place.index]
        for rule in _STATEMENT_RULES.get(type(statement), ()):
            yield from rule(statement, place)
        for node in expressions(statement):
            for rule in EXPRESSION_RULES.get(type(node), ()):
                yield from rule(node, place)


def _places(file: File) -> Iterator[Place]:
    """Yield the place of every statement of ``file``."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(file.tree, file.tree)]
    while waiting:
        parent, scope = waiting.pop()
        for block in bodies(parent):
            for index, statement in enumerate(block):
                yield Place(file, block, index, parent, scope)
                inner = statement if isinstance(statement, DEFINITIONS) else scope
                waiting.append((statement, inner))
