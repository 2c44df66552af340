"""What one file tells the others of its statements: a fingerprint and the place of each.

A file is taken apart into blocks: the body of each function, of each class, of the module, and
of each loop and branch inside them. What repeats in honest code is left out as if it were not
written (see :func:`_counts`), so that it neither makes a repetition nor hides one. Of statements
of one shape in a row, or branches of one ``elif`` chain, only one is kept: they belong together
like the rows of a table.
"""

from __future__ import annotations

import ast
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import DEFINITIONS, every_statement, is_constant_expression
from grader.checks.duplication.shapes import imported_names, is_literal, shape_of

#: The fewest statements and syntax nodes of a reported run, nested ones included: e.g. three
#: equal statements, or four of the kind ``x += 1``, may match by chance. Chosen by hand.
LEAST_STATEMENTS = 4
LEAST_SIZE = 16

_IDLE = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
#: Methods that only declare, e.g. ``parser.add_argument("-v")``; ``parser.parse_args()`` counts.
_DESCRIBING = frozenset({"add_argument", "add_option", "add_parser", "set_defaults"})
#: Bytes of a fingerprint: at 48 bits a collision within one submission is very unlikely.
_BYTES = 6


class Row(NamedTuple):
    """One statement with all that is nested in it.

    Its number within its file, its first and its last line, how many statements and how many
    nodes it has, and its fingerprint.
    """

    at: int
    line: int
    end: int
    statements: int
    size: int
    print: str


@dataclass
class _Piece:
    """A statement that counts, and the blocks inside it by the name of their field."""

    statement: ast.stmt
    blocks: list[tuple[str, _Block]] = field(default_factory=list)
    statements: int = 1
    size: int = 0
    print: str = ""
    #: The fingerprint without the branches that follow.
    head: str = ""


_Block = list[_Piece]


def sketch_of(tree: ast.Module) -> tuple[int, str]:
    """How many statements of a file count, and its sketch for :func:`rows_in`."""
    roots, pieces = _taken_apart(tree)
    imported = imported_names(statement for statement, _ in every_statement(tree))
    for piece in reversed(pieces):
        _fingerprint(piece, imported)
    for root in roots:
        _keep_first_of_a_row(root)
    total, blocks = _rows(roots)
    return total, json.dumps([rows for rows in blocks if _enough(rows)], separators=(",", ":"))


def rows_in(sketch: str) -> list[list[Row]]:
    """The blocks of a sketch: all that are large enough to hold a repetition."""
    return [[Row(*row) for row in rows] for rows in json.loads(sketch)]


def _enough(rows: Sequence[Row]) -> bool:
    statements, size = sum(row.statements for row in rows), sum(row.size for row in rows)
    return statements >= LEAST_STATEMENTS and size >= LEAST_SIZE


def _taken_apart(tree: ast.Module) -> tuple[list[_Block], list[_Piece]]:
    """The outermost blocks, and every piece at any depth, the outer before the inner."""
    roots: list[_Block] = [[]]
    pieces: list[_Piece] = []
    waiting: list[tuple[Sequence[ast.stmt], _Block, bool]] = [(tree.body, roots[0], False)]
    while waiting:
        body, block, in_class = waiting.pop()
        for statement in body:
            if isinstance(statement, DEFINITIONS) or is_guard(statement):
                roots.append([])
                inner = getattr(statement, "body", [])
                waiting.append((inner, roots[-1], isinstance(statement, ast.ClassDef)))
            elif _counts(statement, in_class):
                block.append(_Piece(statement))
                pieces.append(block[-1])
                for name, inner in _inside(statement):
                    block[-1].blocks.append((name, []))
                    waiting.append((inner, block[-1].blocks[-1][1], False))
    return roots, pieces


def _inside(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The blocks directly inside a statement, by the name of the field that holds them."""
    for name in ("body", "orelse", "finalbody"):
        if body := getattr(statement, name, None):
            yield name, body
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield name, part.body


def _counts(statement: ast.stmt, in_class: bool) -> bool:
    """Whether a statement, outside definitions, does something that should be written once.

    Not so imports, constants and tables, fields of classes, parameters that ``__init__`` keeps,
    options of a command line, and printing what is known already.
    """
    if isinstance(statement, _IDLE) or is_constant_expression(statement):
        return False
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not in_class and not _is_plain(statement)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return not _describes(statement.value)
    return True


def _is_plain(statement: ast.Assign | ast.AnnAssign) -> bool:
    """A declaration, a literal under a name, or ``self.name = name``."""
    value = statement.value
    if value is None or is_literal(value):
        return True
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return isinstance(value, ast.Name) and all(isinstance(item, ast.Attribute) for item in targets)


def _describes(call: ast.Call) -> bool:
    """An option of a command line, or printing that works out nothing."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _DESCRIBING
    if not (isinstance(call.func, ast.Name) and call.func.id == "print"):
        return False
    return not any(isinstance(node, ast.Call) for item in call.args for node in ast.walk(item))


def _fingerprint(piece: _Piece, imported: Mapping[str, str]) -> None:
    """Weigh a piece and give it its fingerprint, after all pieces inside it got theirs."""
    text, piece.size = shape_of(piece.statement, imported)
    whole = blake2b(text.encode(), digest_size=_BYTES)
    for name, block in piece.blocks:
        _keep_first_of_a_row(block)
        if block:
            whole.update(f"|{name}".encode())
        for inner in block:
            piece.statements += inner.statements
            piece.size += inner.size
            whole.update(inner.print.encode())
        if name == "body":
            piece.head = _written(whole)
    piece.print = _written(whole)
    _join_branches(piece)


def _written(digest: blake2b) -> str:
    return b64encode(digest.digest()).decode()


def _join_branches(piece: _Piece) -> None:
    """Make one of an ``if`` and the ``elif`` after it where they do the same in one shape."""
    name, block = piece.blocks[-1] if piece.blocks else ("", [])
    if not isinstance(piece.statement, ast.If) or name != "orelse" or len(block) != 1:
        return
    other = block[0]
    if isinstance(other.statement, ast.If) and other.head == piece.head:
        piece.blocks, piece.statements = other.blocks, other.statements
        piece.size, piece.print = other.size, other.print


def _keep_first_of_a_row(block: _Block) -> None:
    """Remove from ``block`` each piece whose fingerprint equals that of the piece before it."""
    prints = ["", *(piece.print for piece in block)]
    block[:] = [piece for piece, before in zip(block, prints) if piece.print != before]


def _rows(roots: Sequence[_Block]) -> tuple[int, list[list[Row]]]:
    """How many statements there are, and the rows of every block, the outer before the inner."""
    found: list[list[Row]] = []
    total = 0
    waiting: list[tuple[_Block, int]] = []
    for root in roots:
        waiting.append((root, total))
        total += sum(piece.statements for piece in root)
    while waiting:
        block, at = waiting.pop()
        found.append([])
        for piece in block:
            found[-1].append(_row(piece, at))
            inside = at + 1
            for _, inner in piece.blocks:
                waiting.append((inner, inside))
                inside += sum(item.statements for item in inner)
            at += piece.statements
    return total, found


def _row(piece: _Piece, at: int) -> Row:
    first = piece.statement.lineno
    last = piece.statement.end_lineno or first
    return Row(at, first, last, piece.statements, piece.size, piece.print)
