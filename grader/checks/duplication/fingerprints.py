"""Compute the fingerprint and the lines of each statement of a file, for comparison with others.

A file is split into blocks: the body of the module, of each function, class and ``__main__``
guard, and of each loop and branch inside them. Statements that good programs repeat are ignored
(see :mod:`~grader.checks.duplication.compared`), so that they neither make a repetition nor
interrupt one. The branches of an ``if`` follow each other in the block around it: three branches
alike are three alike in a row. Short neighbours with the same fingerprint count once, as such code
is a table, e.g. ``register("a", a)`` and then ``register("b", b)``.
"""

from __future__ import annotations

import ast
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, groupby, repeat
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.shapes import Shapes, fingerprint, shapes_of
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, LOOPS
from grader.checks.duplication.compared import hands_on, is_compared, is_test
from grader.domain.source import SourceFile

#: The fewest statements and syntax nodes of a reported run, nested ones included: two statements,
#: or three as short as ``x += y`` (4 nodes each), may match by chance; ``y = pad.y()``, ``y += 25``
#: and ``pad.move(y)`` (14 nodes) are reported. Chosen by hand: of 14 that are so short, one was
#: wrong in programs of students.
LEAST_STATEMENTS = 3
LEAST_SIZE = 13
#: The same for all statements of a function, which match by chance less often than a part of them.
LEAST_WHOLE = 10
#: Nodes that a loop counts for in addition, since it matches by chance less often than others: a
#: loop with an ``if`` and a ``total += price`` inside has 12, and is reported. Chosen by hand.
_LOOP = 4
#: The fewest loops or branches in a row that are reported though each has but two statements, and
#: the fewest nodes of the inner one, or of what it returns. E.g. three times
#: ``elif size > 2: price = weight * 3``; not ``elif size > 2: return "L"``. Chosen by hand.
_LEAST_IN_A_ROW = 3
_LEAST_INSIDE, _LEAST_RETURNED = 4, 6

#: Hexadecimal digits of the digest of a file: two files of a submission hardly ever share them.
_DIGITS = 16
#: The marks of an ``elif`` and of the first row of an ``else``.
ELIF, ELSE = "elif", "else"
#: A variable in the text of a shape: a local one (``$0``), an import that is only passed on
#: (``=shop.RATE``), or an attribute of ``self`` (``.total:1 self``). The latter is none where it is
#: called: ``Call1 .total:1 self``.
_VARIABLE = re.compile(r"\$\d+|(?<= )=\S+|(Call\d+ )?\.\w+:1 self\b")


#: The most rows of a function of which one call may differ in a copy. Chosen by hand.
MOST_ROWS = 20
#: Characters of a fingerprint that matters only together with those of a whole function.
_LOOSE = 4
#: What a call calls in the text of a shape: ``Call2 .load:1`` or ``Call1 show``.
_CALL = re.compile(r"Call\d+ \S+")
#: Statements that may do nothing but call a function.
_CALLING = (ast.AnnAssign, ast.Assign, ast.Expr, ast.Return)


class Row(NamedTuple):
    """One compared statement, without the statements inside it, whose rows follow.

    ``line``, ``end``: its first and last line, 1-based; a compound statement ends before its body.
    ``depth``: in how many statements it is, 0 in the outermost block; an ``elif`` is as deep as its
    ``if``. ``size``: the number of its syntax nodes (one for a table of literals, `_LOOP` more
    for a loop). ``print``: its fingerprint, which is equal for statements that do the same to other
    variables and literals. Attributes, and names of imports and of called built-ins, must be the
    same. ``mark`` is "elif" for one, and "else", "handlers", "cases" and so on for the first row of
    such a block. ``weight`` is 0 if it only gives the result of another function a name, else 1.
    ``loose`` is the fingerprint without the name of what it calls, "" if it calls nothing first of
    all. ``calls``: how many calls in a row it stands for.
    """

    line: int
    end: int
    depth: int
    size: int
    print: str
    mark: str
    weight: int
    loose: str
    calls: int


_Body = Sequence[ast.stmt]
#: The most frequent kinds of statements without a body.
_SIMPLE = frozenset({ast.Assign, ast.AugAssign, ast.Expr, ast.Return})


@dataclass(slots=True)
class _Piece:
    """A statement that is compared, or an ``else``, whose first statement is ``first``.

    ``own`` is 1, or 0 for an ``else``, which is itself no statement. ``chained``: it is an ``elif``
    or ``else``. ``bodies`` are those directly inside it with their field's name, ``blocks`` their
    pieces. ``statements`` and ``size`` are the numbers of compared statements, itself included, and
    of their nodes; ``own_size`` that of its own nodes. ``head`` is the fingerprint of the statement
    without its bodies, ``print`` of all. `_fingerprint` sets them.
    """

    first: ast.stmt
    bodies: list[tuple[str, _Body]]
    own: int = 1
    chained: bool = False
    blocks: list[_Block] = field(default_factory=list)
    statements: int = 0
    size: int = 0
    own_size: int = 0
    head: str = ""
    print: str = ""
    text: str = ""
    #: The last line of the table that it stands for, if any, and how many calls are in it.
    end: int = 0
    calls: int = 1


_Block = list[_Piece]


class Part(NamedTuple):
    """The rows of an outermost block of a file, and whether it is the body of a function."""

    is_function: bool
    rows: list[Row]


class Sketch(NamedTuple):
    """What is compared of a file: its ``digest``, and each outermost block.

    ``digest`` is equal for files with equal bytes. Blocks too small for a repeat are left out.
    """

    digest: str
    blocks: list[Part]


def sketch_of(source: SourceFile) -> tuple[int, str]:
    """Return how many statements of `source` are compared, and a sketch for :func:`read_sketch`.

    Not compared are definitions themselves and statements that good programs repeat, e.g. imports,
    constants and prints of variables. Short neighbours with the same fingerprint count once. A
    block is a body of statements. The sketch is JSON text.
    """
    roots, pieces = _taken_apart(source.tree)
    shapes = shapes_of(source)
    for piece in reversed(pieces):
        _fingerprint(piece, shapes)
    for _, root in roots:
        _keep_first_of_a_row(root)
    filled = [one for one in roots if one[1]]
    filled.sort(key=lambda one: one[1][0].first.lineno)
    total = sum(piece.statements for _, root in filled for piece in root)
    parts = (Part(one, _rows(root, one)) for one, root in filled if _may_be_enough(root))
    blocks = list(filter(_enough, parts))
    sketch = Sketch(source.sha256[:_DIGITS], blocks)
    return total, json.dumps(sketch, separators=(",", ":"))


def read_sketch(text: str) -> Sketch:
    """Return the sketch in `text`, which :func:`sketch_of` returns."""
    digest, blocks = json.loads(text)
    return Sketch(digest, [Part(one, [Row(*row) for row in rows]) for one, rows in blocks])


def _may_be_enough(root: _Block) -> bool:
    """Return whether `root` has as many statements as a repeat, calls in a row counted one by one.

    Measured over the files of 81 students: 0.37 -> 0.35 s, as most functions have fewer.
    """
    return sum(piece.statements + piece.calls - 1 for piece in root) >= LEAST_STATEMENTS


def _enough(part: Part) -> bool:
    """Return whether `part` has enough statements and nodes to contain a repeat."""
    statements = sum(row.calls for row in part.rows)
    size = sum(row.calls * row.size for row in part.rows)
    return statements >= LEAST_STATEMENTS and size >= LEAST_WHOLE


def _taken_apart(tree: ast.Module) -> tuple[list[tuple[bool, _Block]], list[_Piece]]:
    """Return the outermost blocks of `tree`, and the pieces of all blocks, outer before inner.

    The outermost blocks are the bodies of the module, of each function and class, and of each
    ``__main__`` guard (its ``else`` is ignored); they are no part of the blocks around them. Those
    that test are empty. Each comes with whether it is a function's.
    """
    roots: list[tuple[bool, _Block]] = [(False, [])]
    pieces: list[_Piece] = []
    waiting: list[tuple[_Body, _Block, ast.AST | None]] = [(tree.body, roots[0][1], tree)]
    while waiting:
        body, block, owner = waiting.pop()
        tests = owner is not None and is_test(body)
        for statement in body:
            if isinstance(statement, DEFINITIONS) or is_guard(statement):
                roots.append((isinstance(statement, FUNCTIONS), []))
                waiting.append((getattr(statement, "body", []), roots[-1][1], statement))
            elif not tests and is_compared(statement, isinstance(owner, ast.ClassDef)):
                for piece in _pieces_of(statement):
                    block.append(piece)
                    pieces.append(piece)
                    for _, inner in piece.bodies:
                        piece.blocks.append([])
                        waiting.append((inner, piece.blocks[-1], None))
    return roots, pieces


def _pieces_of(statement: ast.stmt) -> Iterable[_Piece]:
    """Return the piece of `statement`, or those of the branches of an ``if``.

    ``else: if x: ...`` is an ``elif``.
    """
    if type(statement) in _SIMPLE:
        return (_Piece(statement, []),)
    if isinstance(statement, ast.If):
        return _branches(statement)
    return (_Piece(statement, list(_inside(statement))),)


def _branches(statement: ast.If) -> Iterator[_Piece]:
    """Yield the piece of each branch of `statement`."""
    rest: _Body = [statement]
    chained = False
    while len(rest) == 1 and isinstance(branch := rest[0], ast.If):
        yield _Piece(branch, [("body", branch.body)], chained=chained)
        chained, rest = True, branch.orelse
    if rest:
        yield _Piece(rest[0], [(ELSE, rest)], own=0, chained=True)


def _inside(statement: ast.stmt) -> Iterator[tuple[str, _Body]]:
    """Yield the name of the field and the body of each block directly inside `statement`, in order.

    Each ``except`` clause is a block "handlers", and each ``case`` a block "cases".
    """
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        found = getattr(statement, name, None)
        if found and name in ("handlers", "cases"):
            for part in found:
                yield name, part.body
        elif found:
            yield name, found


def _fingerprint(piece: _Piece, shapes: Shapes) -> None:
    """Set size, number of statements and fingerprint of `piece`.

    The pieces inside it must have theirs. Repeated neighbours are removed from its blocks first.
    """
    text, piece.own_size = shapes.of(piece.first) if piece.own else ("", 0)
    piece.own_size += _LOOP * isinstance(piece.first, LOOPS) * piece.own
    piece.statements, piece.size = piece.own, piece.own_size
    whole = fingerprint(_renamed(text))
    piece.head = _written(whole)
    piece.text = text
    for (name, _), block in zip(piece.bodies, piece.blocks, strict=True):
        _keep_first_of_a_row(block)
        if block:
            whole.update(f"|{name}".encode())
        for inner in block:
            piece.statements += inner.statements
            piece.size += inner.size
            whole.update(inner.print.encode())
    piece.print = _written(whole) if piece.bodies else piece.head


def _written(digest: blake2b) -> str:
    """Return the current value of `digest` as 8 characters; `digest` can be updated further."""
    return b64encode(digest.digest()).decode()


def _renamed(text: str) -> str:
    """Return `text`, a shape, with its variables numbered in the order of their first use.

    So ``self.total += RATE`` and ``weight += factor`` are alike. Most shapes have only local
    variables, which have their numbers already.
    """
    if " =" not in text and ":1 self" not in text:
        return text
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return found[0] if found[1] else known.setdefault(found[0], f"${len(known)}")

    return _VARIABLE.sub(number, text)


def _keep_first_of_a_row(block: _Block) -> None:
    """Remove from `block` each short piece with the fingerprint of the piece before it.

    An ``else`` without compared statements is removed too.
    """
    kept: _Block = []
    pieces = [piece for piece in block if piece.statements]
    for _, group in groupby(pieces, key=lambda piece: piece.print):
        alike = list(group)
        if len(alike) == 1 or _are_repeated(alike):
            kept += alike
        else:
            alike[0].end = _end(alike[-1])
            if isinstance(alike[0].first, ast.Expr):
                alike[0].calls = len(alike)
            kept.append(alike[0])
    block[:] = kept


def _are_repeated(alike: Sequence[_Piece]) -> bool:
    """Return whether `alike`, two or more neighbours with one fingerprint, are no mere table.

    They are none if each has the size of a reported run, nor if they are three loops, branches or
    ``try`` that compute, e.g. ``for price in prices: total += price``.
    """
    one = alike[0]
    if one.statements >= LEAST_STATEMENTS and one.size >= LEAST_SIZE:
        return True
    in_row = isinstance(one.first, (*LOOPS, ast.Try)) or all(piece.chained for piece in alike[1:])
    return in_row and len(alike) >= _LEAST_IN_A_ROW and one.statements > 1 and _computes(one)


def _computes(piece: _Piece) -> bool:
    """Return whether the first statement inside `piece` does more than raise or return a value."""
    inner = next(block[0] for block in piece.blocks if block)
    least = _LEAST_RETURNED if isinstance(inner.first, ast.Return) else _LEAST_INSIDE
    return inner.size >= least and not isinstance(inner.first, ast.Raise)


def _rows(root: _Block, is_function: bool) -> list[Row]:
    """Return the rows of `root`, each before those inside it.

    Without ``loose`` unless the root `is_function`, and small enough for it to matter.
    """
    found: list[Row] = []
    is_small = is_function and LEAST_STATEMENTS <= _size_of(root) <= MOST_ROWS
    waiting = [(piece, 0, "") for piece in reversed(root)]
    while waiting:
        piece, depth, mark = waiting.pop()
        if piece.own:
            loose = _without_name(piece) if is_small else ""
            found.append(_row(piece, depth, ELIF if piece.chained else mark, loose))
        inside = [one for each in zip(piece.bodies, piece.blocks) for one in _marked(*each)]
        waiting += [(one, depth + 1, mark) for one, mark in reversed(inside)]
    return found


def _size_of(block: _Block) -> int:
    """Return the number of statements in `block`, nested ones included."""
    return sum(piece.statements for piece in block)


def _marked(body: tuple[str, _Body], block: _Block) -> Iterator[tuple[_Piece, str]]:
    """Yield each piece of `block`, the first with the name of its `body` unless that is "body"."""
    marks = chain(["" if body[0] == "body" else body[0]], repeat(""))
    return zip(block, marks)


def _row(piece: _Piece, depth: int, mark: str, loose: str) -> Row:
    """Return the row of `piece`, without the statements inside it."""
    line, end = piece.first.lineno, _last_line(piece)
    weight = 0 if hands_on(piece.first) else 1
    return Row(line, end, depth, piece.own_size, piece.head, mark, weight, loose, piece.calls)


def _without_name(piece: _Piece) -> str:
    """Return the fingerprint of `piece` without what its first call calls, "" without a call."""
    if not isinstance(piece.first, _CALLING) or not _CALL.search(piece.text):
        return ""
    return _written(fingerprint(_CALL.sub("Call", _renamed(piece.text), count=1)))[:_LOOSE]


def _last_line(piece: _Piece) -> int:
    """Return the last line of the statement of `piece`, without bodies that have rows."""
    line = piece.first.lineno
    if any(piece.blocks):
        return max(line, piece.bodies[0][1][0].lineno - 1)
    return max(_end(piece), piece.end)


def _end(piece: _Piece) -> int:
    """Return the last line of `piece`, with its bodies, but without those of other branches."""
    last = piece.bodies[-1][1][-1] if piece.bodies else piece.first
    return last.end_lineno or last.lineno
