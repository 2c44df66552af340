"""What the signature of a function says by its type hints, and what it leaves out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.analysis.syntax.signatures import (
    Definition,
    definitions,
    does_nothing,
    plain_arguments,
    starred_arguments,
    values_given,
)
from grader.analysis.syntax.statements import Function

#: Python itself knows what these give back.
_RETURN_NOTHING = frozenset({"__init__", "__init_subclass__"})
_FITS_ALL = frozenset({"Any", "object"})
_QUESTIONS = frozenset({"isinstance", "issubclass", "type", "callable", "hasattr"})
#: Two words beside each other: a remark where a type belongs.
_REMARK = re.compile(r"\w\s+\w")
#: What whoever says `-> None` would not give back.
_NEVER_NONE = (
    ast.BinOp,
    ast.Compare,
    ast.Constant,
    ast.Dict,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Name,
    ast.Set,
    ast.SetComp,
    ast.Subscript,
    ast.Tuple,
)


@dataclass(frozen=True)
class Hints:
    """What a function says of its arguments and of what it gives back, as a reader names them."""

    definition: Definition
    hinted: int
    unhinted: tuple[str, ...]
    #: What is hinted as ``Any`` or ``object``.
    vague: tuple[str, ...]
    #: Whether it says ``-> None`` and gives a value back.
    wrong: bool

    @property
    def missing(self) -> int:
        """How many places have no hint that helps."""
        return len(self.unhinted) + len(self.vague) + self.wrong

    @property
    def has_none(self) -> bool:
        """Whether no place has any hint, good or bad."""
        return not (self.hinted or self.vague or self.wrong)


def hints_in(tree: ast.Module) -> list[Hints]:
    """The hints of every function and method with a place for one; inner ones aside.

    Functions whose body does nothing have no say, and neither have overloads.
    """
    found = [
        _hints(item, item.node)
        for item in definitions(tree)
        if not isinstance(item.node, ast.ClassDef) and _is_judged(item)
    ]
    return [item for item in found if item.hinted + item.missing]


def _is_judged(definition: Definition) -> bool:
    return "overload" not in definition.decorators and not does_nothing(definition.node)


def _hints(definition: Definition, function: Function) -> Hints:
    places = list(_places(definition, function))
    unhinted = tuple(said for _, said, hint in places if _is_missing(hint))
    vague = {said: name for name, said, hint in places if _fits_all(hint)}
    if vague:
        may = _may_fit_all(definition, set(vague.values()))
        vague = {said: name for said, name in vague.items() if name not in may}
    wrong = _is_untrue(function)
    hinted = len(places) - len(unhinted) - len(vague) - wrong
    return Hints(definition, hinted, unhinted, tuple(vague), wrong)


def _places(
    definition: Definition, function: Function
) -> Iterator[tuple[str, str, ast.expr | None]]:
    """Where a hint belongs: a name, what a reader calls it, and the hint.

    ``*args: Any`` passes on whatever it gets, and is no such place.
    """
    for argument in plain_arguments(definition):
        yield argument.arg, f"`{argument.arg}`", argument.annotation
    for argument in starred_arguments(function):
        if not _fits_all(argument.annotation):
            yield argument.arg, f"`{argument.arg}`", argument.annotation
    if function.name not in _RETURN_NOTHING:
        yield "", "its result", function.returns


def _is_untrue(function: Function) -> bool:
    """Whether a function says ``-> None`` and gives a value back."""
    hint = function.returns
    if not isinstance(hint, ast.Constant) or hint.value not in (None, "None"):
        return False
    return function.name not in _RETURN_NOTHING and any(map(_is_value, values_given(function)))


def _is_value(given: ast.Return | ast.Yield | ast.YieldFrom) -> bool:
    """Whether a value comes back, as far as can be seen; a call may well give ``None``."""
    return not isinstance(given, ast.Return) or isinstance(given.value, _NEVER_NONE)


def _is_missing(annotation: ast.expr | None) -> bool:
    """Whether there is no hint, or one that is no type: a number, ``...``, a remark."""
    if annotation is None:
        return True
    if not isinstance(annotation, ast.Constant) or annotation.value is None:
        return False
    text = annotation.value
    if not isinstance(text, str) or not any(map(str.isalpha, text)):
        return True
    return "Literal" not in text and _REMARK.search(text) is not None


def _fits_all(annotation: ast.expr | None) -> bool:
    if isinstance(annotation, ast.Constant):
        said = str(annotation.value).strip().rpartition(".")[2]
        return said in _FITS_ALL and not _is_missing(annotation)
    named = getattr(annotation, "attr", None) or getattr(annotation, "id", None)
    return named in _FITS_ALL


def _may_fit_all(definition: Definition, names: set[str]) -> set[str]:
    """Those of the names that are asked what they are; ``__eq__`` and its like take whatever."""
    if definition.is_dunder_method:
        return names
    return {subject.id for subject in _asked(definition.node) if isinstance(subject, ast.Name)}


def _asked(node: ast.AST) -> Iterator[ast.expr]:
    """Everything whose type a function asks for before it uses it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Match):
            yield inner.subject
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            if inner.func.id in _QUESTIONS and inner.args:
                yield inner.args[0]
