"""Find the arguments and results of functions that have no useful type hint.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.signatures import (
    Definition,
    definitions,
    does_nothing,
    has_value,
    outermost_functions,
    plain_arguments,
    returns_and_yields,
    starred_arguments,
)
from grader.analysis.syntax.statements import Function

#: Methods that always return ``None``, so that they need no hint for their result; any other, e.g.
#: ``__post_init__``, does.
_RETURN_NOTHING = frozenset({"__init__", "__init_subclass__"})
#: Hints that every value fits; ``list[Any]`` is none of them.
_FITS_ALL = frozenset({"Any", "object"})
#: Functions that inspect their argument: a function that calls one may take anything.
#: e.g. accepts `def show(x: object): if isinstance(x, str): ...`; not `x: object` with `print(x)`.
_TYPE_TESTS = frozenset({"isinstance", "issubclass", "type", "callable", "hasattr"})
#: Functions whose own result is ``Any``, since it depends on what a file or an object holds: lets
#: go `def load_model(file: BinaryIO) -> Any: return pickle.load(file)`; not `-> Any` above
#: `return cursor.fetchall()`, which is a list.
_GIVE_ANYTHING = frozenset({"eval", "getattr", "literal_eval", "load", "loads", "safe_load"})
#: Two words in a row in a string hint: "a list of names" is no type, "list[str]" is one.
_REMARK = re.compile(r"\w\s+\w")
#: Returned expressions that show that ``-> None`` is wrong, e.g. `return [x]` and `return total`.
#: A call is not among them: `return print(x)` returns ``None``. A name or an item may be ``None``
#: too, but then the function does not say so. Chosen by hand.
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
    """The type hints of one function. A place is an argument or the result, as a message names it.

    Each place is of one kind. ``hinted``: the number of places with a useful hint. ``unhinted``:
    places without a hint, or with one that is no type: a number, ``...``, a remark in words.
    ``vague``: places hinted as ``Any`` or ``object`` without need; methods such as ``__eq__``, and
    arguments whose type the function inspects, need it. ``wrong``: what comes back of a function
    whose result is hinted as ``None``, "a value" or an iterator, and "" if nothing does. No places
    are ``self`` and ``cls``, ``*args`` and ``**kwargs`` hinted as ``Any`` or ``object``, and the
    result of ``__init__`` and ``__init_subclass__``.
    """

    definition: Definition
    hinted: int
    unhinted: tuple[str, ...]
    #: Places hinted as ``Any`` or ``object`` without need (see ``_may_fit_all``).
    vague: tuple[str, ...]
    #: In words what comes back although the hint is ``-> None``; "" if the hint is not wrong.
    wrong: str

    @property
    def missing(self) -> int:
        """The number of places without a useful hint: unhinted, vague and wrong ones."""
        return len(self.unhinted) + len(self.vague) + bool(self.wrong)

    @property
    def percent(self) -> int:
        """The percentage of its places that have a useful hint, rounded down; it has a place."""
        return 100 * self.hinted // (self.hinted + self.missing)

    @property
    def has_none(self) -> bool:
        """Whether no place has a hint that is a type, not even a vague or a wrong one."""
        return not (self.hinted or self.vague or self.wrong)


def hints_in(tree: ast.Module) -> list[Hints]:
    """Return the ``Hints`` of each function and method of `tree`, well hinted or not, by line.

    Left out are functions inside functions, overloads, those with an empty body (only a docstring,
    ``...``, ``pass``, ``return``, ``raise NotImplementedError`` or the like), and those without a
    place for a hint, e.g. ``def __init__(self):``.
    """
    found = [
        _hints(item, item.node)
        for item in definitions(tree)
        if not isinstance(item.node, ast.ClassDef) and _is_judged(item)
    ]
    return [item for item in found if item.hinted + item.missing]


def hinted_percent(tree: ast.Module, found: Iterable[Hints]) -> dict[int, int]:
    """Return for each function of `tree`, by the line of its ``def``, the percentage of its hints.

    `found` are those of `hints_in`. A function inside another has the percentage of the outermost
    one, which is the one that others call. Any function that `found` lacks has 100, e.g.
    ``def __init__(self):``, since nothing in it needs a hint.
    """
    percents = {item.definition.node.lineno: item.percent for item in found}
    return {line: percents.get(of, 100) for line, of in outermost_functions(tree).items()}


def _is_judged(definition: Definition) -> bool:
    """Return whether `definition` is no overload and has a body that does something."""
    return "overload" not in definition.decorators and not does_nothing(definition.node)


def _hints(definition: Definition, function: Function) -> Hints:
    """Return the hints of `function`, which is the node of `definition`."""
    places = list(_places(definition, function))
    unhinted = tuple(label for _, label, hint in places if _is_missing(hint))
    vague = {label: name for name, label, hint in places if _fits_all(hint)}
    if vague:
        accepted = _may_fit_all(definition, set(vague.values()))
        vague = {label: name for label, name in vague.items() if name not in accepted}
    wrong = _given_in_spite(function)
    hinted = len(places) - len(unhinted) - len(vague) - bool(wrong)
    return Hints(definition, hinted, unhinted, tuple(vague), wrong)


def _places(
    definition: Definition, function: Function
) -> Iterator[tuple[str, str, ast.expr | None]]:
    """Yield the name, the label in messages, and the hint of each place of `function`.

    The result comes last, with an empty name. ``self``, ``cls``, the result of ``__init__``, and
    ``*args`` or ``**kwargs`` hinted as ``Any`` or ``object`` are no places: such arguments are
    usually passed on, whatever they are.
    """
    for argument in plain_arguments(definition):
        yield argument.arg, f"`{argument.arg}`", argument.annotation
    for argument in starred_arguments(function):
        if not _fits_all(argument.annotation):
            yield argument.arg, f"`{argument.arg}`", argument.annotation
    if function.name not in _RETURN_NOTHING:
        yield "", "its result", function.returns


def _given_in_spite(function: Function) -> str:
    """Return in words what `function` gives although its hint is ``-> None``; "" if that is true.

    ``return f()`` is no contradiction, since ``f()`` may be ``None`` (see ``_NEVER_NONE``). A
    function with ``yield`` gives an iterator, also below ``@contextmanager``.
    """
    hint = function.returns
    if not isinstance(hint, ast.Constant) or hint.value not in (None, "None"):
        return ""
    if function.name in _RETURN_NOTHING:
        return ""
    given = list(returns_and_yields(function))
    if not all(isinstance(one, ast.Return) for one in given):
        return "an iterator, since it yields,"
    values = (one.value for one in given if has_value(one))
    return "a value" if any(isinstance(value, _NEVER_NONE) for value in values) else ""


def _is_missing(annotation: ast.expr | None) -> bool:
    """Return whether `annotation` is no type: absent, a number, ``...``, or a remark in words."""
    if annotation is None:
        return True
    if not isinstance(annotation, ast.Constant) or annotation.value is None:
        return False
    text = annotation.value
    if not isinstance(text, str) or not any(map(str.isalpha, text)):
        return True
    return "Literal" not in text and _REMARK.search(text) is not None


def _fits_all(annotation: ast.expr | None) -> bool:
    """Return whether `annotation` is ``Any`` or ``object``: also ``typing.Any`` and ``"Any"``.

    ``list[Any]`` is not.
    """
    if isinstance(annotation, ast.Constant):
        text = str(annotation.value).strip().rpartition(".")[2]
        return text in _FITS_ALL and not _is_missing(annotation)
    name = getattr(annotation, "attr", None) or getattr(annotation, "id", None)
    return name in _FITS_ALL


def _may_fit_all(definition: Definition, names: set[str]) -> set[str]:
    """Return the names that may rightly be hinted as ``Any`` or ``object``.

    `names` are the vaguely hinted places of the function, "" for its result. All of them may in a
    special method such as ``__eq__``, and in ``__getattr__`` of a module; else the result if it is
    what one of ``_GIVE_ANYTHING`` gave, and every variable whose type the function inspects, also
    one that is not in `names`.
    """
    node = definition.node
    if definition.is_dunder_method or node.name == "__getattr__":
        return names
    inspected = {each.id for each in _inspected(node) if isinstance(each, ast.Name)}
    return inspected | ({""} if _gives_anything(node) else set())


def _gives_anything(node: ast.AST) -> bool:
    """Return whether the function `node` returns what one of ``_GIVE_ANYTHING`` gave.

    The value may have a name: ``model = pickle.load(file)``, and then ``return model``.
    """
    named: set[str] = set()
    returned: list[ast.expr | None] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return):
            returned.append(inner.value)
        elif isinstance(inner, ast.Assign) and _is_unknown(inner.value):
            named.update(each.id for each in inner.targets if isinstance(each, ast.Name))
    return any(_is_unknown(one) or getattr(one, "id", None) in named for one in returned)


def _is_unknown(value: ast.expr | None) -> bool:
    """Return whether `value` is a call of one of ``_GIVE_ANYTHING``, e.g. ``json.load(file)``."""
    return isinstance(value, ast.Call) and base_name(value) in _GIVE_ANYTHING


def _inspected(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions inside `node` that ``match`` or one of ``_TYPE_TESTS`` inspects."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Match):
            yield inner.subject
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            if inner.func.id in _TYPE_TESTS and inner.args:
                yield inner.args[0]
