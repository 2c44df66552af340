"""Functions that pass their values on in one box: an argument that they all write to.

``def load(box): box.rows = read(box.path)`` and ``def count(box): box.total = len(box.rows)`` are
pieces of one script: none can be understood, tested or used without the others.
"""

from __future__ import annotations

import ast
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
    if not arguments:
        return Box()
    written: dict[str, set[str]] = {one.arg: set() for one in arguments}
    read: dict[str, set[str]] = {one.arg: set() for one in arguments}
    for node in walk(*function.body):
        if isinstance(node, ast.Return) and node.value is not None and not is_method:
            return Box()
        if isinstance(node, ast.Attribute):
            name, attribute = root_of(node)
            if name in written:
                is_set = node.attr == attribute and isinstance(node.ctx, ast.Store)
                (written if is_set else read)[name].add(attribute)
    one = max(arguments, key=lambda one: len(written[one.arg]))
    sets = written[one.arg]
    if not (sets or is_method):
        return Box()
    others = read[one.arg] - sets
    return Box(one.arg, last_name(one.annotation), tuple(sorted(sets)), tuple(sorted(others)))


def in_boxes(boxes: Sequence[Box], classes: Mapping[str, Iterable[Box]]) -> set[int]:
    """Return the indexes of those `boxes`, of functions, that pass values on from one to the next.

    They are pieces of one script if :data:`LEAST_SHARING` of them set :data:`LEAST_WRITTEN`
    attributes or more, and each has an attribute, or the name of the argument, in common with
    another one. A class with methods is no box, since these say what may be done with its fields:
    `classes` are those of the program, by name, with the boxes of their methods.
    """
    fields = {name for of in classes.values() for box in of for name in (*box.written, *box.read)}
    seen = [Box() if box.type in classes else _without(box, fields) for box in boxes]
    groups, first = Groups(len(seen)), dict[str, int]()
    for at, box in enumerate(seen):
        names = (f".{attribute}" for attribute in (*box.written, *box.read))
        for name in (*names, *([box.name] if box.written else ())):
            groups.join(at, first.setdefault(name, at))
    writing: dict[int, int] = {}
    for at, box in enumerate(seen):
        group = groups.first(at)
        writing[group] = writing.get(group, 0) + (len(box.written) >= LEAST_WRITTEN)
    return {at for at in range(len(seen)) if writing[groups.first(at)] >= LEAST_SHARING}


def _without(box: Box, fields: Collection[str]) -> Box:
    """Return `box` without the attributes that are among `fields`."""
    written = tuple(name for name in box.written if name not in fields)
    read = tuple(name for name in box.read if name not in fields)
    return Box(box.name, box.type, written, read)
