"""Functions that pass their values on in one box: an argument that they all write to.

``def load(box): box.rows = read(box.path)`` and ``def count(box): box.total = len(box.rows)`` are
pieces of one script: none can be understood, tested or used without the others.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from grader.analysis.syntax.disjoint_sets import Groups
from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.statements import Function
from grader.analysis.syntax.walk import walk

#: How many functions share a box at least, each of which sets how many of its attributes at least.
#: Two steps that share an object are found in good programs: one fills it, one completes it. One
#: attribute is a state, e.g. ``game.is_over = True``. Chosen by hand.
LEAST_SHARING, LEAST_WRITTEN = 3, 2


class Box(NamedTuple):
    """What a function does with the attributes of one argument, that of which it sets the most.

    ``name`` and ``type``: its name, and the last part of its annotation, or empty. ``written``: the
    attributes that it sets; ``read``: the others. Both are sorted.
    """

    name: str = ""
    type: str = ""
    written: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def box_of(function: Function, *, is_method: bool) -> Box:
    """Return what `function` does with the attributes of one argument; an empty box if it has none.

    Of a method it is its own object. A function that returns a value passes it on, and has none.
    """
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    arguments = arguments[:1] if is_method else arguments
    if not is_method and _returns_a_value(function):
        return Box()
    boxes = [_attributes(function, one) for one in arguments]
    best = max(boxes, key=lambda box: len(box.written), default=Box())
    return best if best.written or is_method else Box()


def _attributes(function: Function, argument: ast.arg) -> Box:
    """Return the attributes of `argument` that `function` sets and reads."""
    written, read = set[str](), set[str]()
    for node in walk(*function.body):
        if isinstance(node, ast.Attribute):
            name, attribute = root_of(node)
            if name == argument.arg:
                # of `box.rows.size = 3` the attribute `rows` is read
                is_set = isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
                (written if is_set else read).add(attribute)
    others = tuple(sorted(read - written))
    return Box(argument.arg, last_name(argument.annotation), tuple(sorted(written)), others)


def _returns_a_value(function: Function) -> bool:
    """Return whether `function` returns something, also in a function inside it."""
    returns = (node for node in walk(*function.body) if isinstance(node, ast.Return))
    return any(one.value is not None for one in returns)


def in_boxes(
    boxes: Mapping[tuple[str, int], Box], classes: Mapping[str, Iterable[Box]]
) -> set[tuple[str, int]]:
    """Return which `boxes`, of functions by path and line, pass values on from one to the next.

    They are pieces of one script if :data:`LEAST_SHARING` of them set :data:`LEAST_WRITTEN`
    attributes or more, and each has an attribute, or the name of the argument, in common with
    another one. A class with methods is no box, since these say what may be done with its fields:
    `classes` are those of the program, by name, with the boxes of their methods.
    """
    fields = {name for of in classes.values() for box in of for name in (*box.written, *box.read)}
    seen = [Box() if one.type in classes else _without(one, fields) for one in boxes.values()]
    groups = _groups(seen)
    writing = Counter(
        groups.first(at) for at, one in enumerate(seen) if len(one.written) >= LEAST_WRITTEN
    )
    return {place for at, place in enumerate(boxes) if writing[groups.first(at)] >= LEAST_SHARING}


def _groups(boxes: Sequence[Box]) -> Groups:
    """Return the indexes of `boxes` in groups with an attribute or a name in common."""
    groups, first = Groups(len(boxes)), dict[str, int]()
    for at, box in enumerate(boxes):
        names = (f".{attribute}" for attribute in (*box.written, *box.read))
        for name in (*names, *([box.name] if box.written else ())):
            groups.join(at, first.setdefault(name, at))
    return groups


def _without(box: Box, fields: Collection[str]) -> Box:
    """Return `box` without the attributes that are among `fields`."""
    written = tuple(name for name in box.written if name not in fields)
    read = tuple(name for name in box.read if name not in fields)
    return Box(box.name, box.type, written, read)
