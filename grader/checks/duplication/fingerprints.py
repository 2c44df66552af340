"""Compute the fingerprint and the lines of each statement of a file, for comparison with others.

A file is split into blocks: the body of the module, of each function, class and ``__main__``
guard, and of each loop and branch inside them. Statements that good programs repeat are ignored
(see :func:`_counts`), so that they neither make a repetition nor interrupt one. Consecutive
statements with the same fingerprint count once, and so do consecutive branches of an ``elif``
chain: such code is a table, e.g. ``total += price * 2`` and then ``count += steps * 3``.
"""

from __future__ import annotations

import ast
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.shapes import DESCRIBING, Shapes, fingerprint, is_literal, shapes_of
from grader.analysis.syntax.statements import DEFINITIONS, is_constant_expression
from grader.domain.source import SourceFile

#: The fewest statements and syntax nodes of a reported run, nested ones included: e.g. three
#: statements, or four as short as ``x = y`` (3 nodes each), may match by chance; four of the size
#: of ``x += y`` (4 nodes each) are reported. Chosen by hand.
LEAST_STATEMENTS = 4
LEAST_SIZE = 16

#: Statements that compute nothing and are repeated in good programs.
_IDLE = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)


class Row(NamedTuple):
    """One compared statement, with the compared ones nested in it; see :func:`sketch_of`.

    ``at``: its number among the compared statements of the file, from 0; those nested in it follow.
    ``line``, ``end``: its first and last line, 1-based. ``statements``, ``size``: the number of
    compared statements, itself included, and of their syntax nodes (one for a table of literals).
    ``print``: its fingerprint, which is equal for statements that do the same to other variables
    and literals. Attributes, and names of imports and of called built-ins, must be the same.
    """

    at: int
    line: int
    end: int
    statements: int
    size: int
    print: str


@dataclass
class _Piece:
    """A statement that is compared, and the blocks directly inside it with their field's name.

    ``statements``, ``size`` and ``print`` are those of `Row`, set by `_fingerprint`.
    """

    statement: ast.stmt
    blocks: list[tuple[str, _Block]] = field(default_factory=list)
    statements: int = 1
    size: int = 0
    print: str = ""
    #: The fingerprint of the statement and its ``body`` alone, without e.g. ``else``.
    head: str = ""


_Block = list[_Piece]


def sketch_of(source: SourceFile) -> tuple[int, str]:
    """Return how many statements of `source` are compared, and a sketch for :func:`rows_in`.

    Not compared are definitions themselves and statements that good programs repeat, e.g. imports,
    constants and prints of variables. Neighbours with the same fingerprint count once, and so do
    such branches of an ``elif`` chain. A block is a body of statements. The sketch is JSON text
    with the rows of each block, nested ones too, that is large enough for a repeat.
    """
    roots, pieces = _taken_apart(source.tree)
    shapes = shapes_of(source)
    for piece in reversed(pieces):
        _fingerprint(piece, shapes)
    for root in roots:
        _keep_first_of_a_row(root)
    total, blocks = _rows(roots)
    return total, json.dumps([rows for rows in blocks if _enough(rows)], separators=(",", ":"))


def rows_in(sketch: str) -> list[list[Row]]:
    """Return the blocks in `sketch`, the text that :func:`sketch_of` returns, each as its rows."""
    return [[Row(*row) for row in rows] for rows in json.loads(sketch)]


def _enough(rows: Sequence[Row]) -> bool:
    """Return whether the block `rows` has enough statements and nodes to contain a repeat."""
    statements, size = sum(row.statements for row in rows), sum(row.size for row in rows)
    return statements >= LEAST_STATEMENTS and size >= LEAST_SIZE


def _taken_apart(tree: ast.Module) -> tuple[list[_Block], list[_Piece]]:
    """Return the outermost blocks of `tree`, and the pieces of all blocks, outer before inner.

    The outermost blocks are the bodies of the module, of each function and class, and of each
    ``__main__`` guard (its ``else`` is ignored); they are no part of the blocks around them.
    """
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
    """Yield the name of the field and the body of each block directly inside `statement`.

    Each ``except`` clause is a block "handlers", and each ``case`` a block "cases".
    """
    for name in ("body", "orelse", "finalbody"):
        if body := getattr(statement, name, None):
            yield name, body
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield name, part.body


def _counts(statement: ast.stmt, in_class: bool) -> bool:
    """Return whether `statement`, which is no definition, should not be repeated.

    Good programs repeat imports, constants and tables of literals, fields of classes (`in_class`:
    the statement is directly in a class), ``self.name = name``, options of a command line, and
    prints of known values: these do not count. E.g. ``rows = load(path)`` does.
    """
    if isinstance(statement, _IDLE) or is_constant_expression(statement):
        return False
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not in_class and not _is_plain(statement)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return not _describes(statement.value)
    return True


def _is_plain(statement: ast.Assign | ast.AnnAssign) -> bool:
    """Return whether `statement` is like ``x: int``, ``x = [1, 2]`` or ``self.name = name``.

    ``x = y`` and ``self.x = other.x`` are not.
    """
    value = statement.value
    if value is None or is_literal(value):
        return True
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return isinstance(value, ast.Name) and all(isinstance(item, ast.Attribute) for item in targets)


def _describes(call: ast.Call) -> bool:
    """Return whether `call` adds an option of a command line, or prints without another call.

    E.g. ``parser.add_argument("-v")`` and ``print(name, total)``; not ``print(len(names))``.
    """
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in DESCRIBING
    if not (isinstance(call.func, ast.Name) and call.func.id == "print"):
        return False
    return not any(isinstance(node, ast.Call) for item in call.args for node in ast.walk(item))


def _fingerprint(piece: _Piece, shapes: Shapes) -> None:
    """Set size, number of statements and fingerprints of `piece`.

    The pieces inside it must have theirs. Repeated neighbours are removed from its blocks first.
    """
    text, piece.size = shapes.of(piece.statement)
    whole = fingerprint(text)
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
    """Return the current value of `digest` as 8 characters; `digest` can be updated further."""
    return b64encode(digest.digest()).decode()


def _join_branches(piece: _Piece) -> None:
    """Replace the content of `piece` by that of its ``elif`` if both have the same fingerprint.

    Condition and body are compared, without further branches. E.g. ``if a: f(1)`` and
    ``elif b: f(2)`` become one; ``elif b: f(g)`` would stay.
    """
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
    """Return the number of statements below `roots`, and the rows of each block at any depth.

    Statements are numbered from 0 in the order of `roots`, each before those inside it. A block
    comes before the blocks inside it.
    """
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
    """Return the row of `piece` with the number `at`."""
    first = piece.statement.lineno
    last = piece.statement.end_lineno or first
    return Row(at, first, last, piece.statements, piece.size, piece.print)
