"""Assignments, single statements and functions that say in more words what fewer say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite, last_line, no_rewrite
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    LOOPS,
    Function,
    bodies,
    is_docstring,
    is_stub,
)
from grader.analysis.syntax.unreachable import LEAVING
from grader.analysis.syntax.walk import walk
from grader.checks.plain_constructs.construct import (
    Construct,
    File,
    Place,
    deletion,
    is_constant,
    is_plain,
    is_special,
)

ADDS_LIST = "adds-a-list"
LONG_ASSIGNMENT = "long-assignment"
SELF_ASSIGNMENT = "self-assignment"
NOTHING = "no-effect"
PASS = "needless-pass"
UNREACHABLE = "unreachable"
RETURNS = "inconsistent-returns"
PARAMETER = "unused-parameter"


def adds_a_list(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``xs += [x]`` and ``xs.extend([x])``, which are ``xs.append(x)``.

    Not of a name in a file that imports numpy, unless the scope binds it to a list: an array would
    add numbers.
    """
    target, added = _added(node)
    if target is None or not (isinstance(added, ast.List) and len(added.elts) == 1):
        return
    if isinstance(node, ast.AugAssign) and place.file.has_arrays:
        if not (isinstance(target, ast.Name) and _is_bound_to_list(target.id, place)):
            return
    item = added.elts[0]
    if isinstance(item, ast.Starred):
        return

    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.replace(node, f"{layout.of(target)}.append({layout.of(item)})")]

    assert isinstance(node, ast.stmt)
    yield Construct(ADDS_LIST, node, "A list of one is added: `append` adds one item", rewrite)


def _added(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """Return ``xs`` and what is added to it by ``xs += ys`` or ``xs.extend(ys)``."""
    if isinstance(node, ast.AugAssign):
        return (node.target, node.value) if isinstance(node.op, ast.Add) else (None, None)
    call = node.value if isinstance(node, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None, None
    if call.func.attr != "extend" or len(call.args) != 1 or call.keywords:
        return None, None
    return call.func.value, call.args[0]


def _is_bound_to_list(name: str, place: Place) -> bool:
    """Return whether an assignment in the scope binds ``name`` to a list display or ``list()``."""
    return any(
        isinstance(value, ast.List | ast.ListComp)
        or (isinstance(value, ast.Call) and place.is_builtin(value.func, "list"))
        for value in place.values_of(name)
    )


def long_assignment(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``x = x + 1``, which is ``x += 1``, and ``x = x``, which does nothing.

    For a list, ``x += y`` changes the list itself and ``x = x + y`` makes a new one: so only where
    a number or a text is added.
    """
    assert isinstance(node, ast.Assign)
    if len(node.targets) != 1:
        return
    target, value = node.targets[0], node.value
    if _reads_the_same(target, value):
        # an attribute may do something when it is set; a class takes a name in
        if isinstance(target, ast.Name) and not isinstance(place.scope, ast.ClassDef):
            message = "This assigns a name to itself and changes nothing"
            yield Construct(SELF_ASSIGNMENT, node, message, deletion(node))
    elif isinstance(value, ast.BinOp) and _is_update(target, value, place):
        sign = _SIGNS[type(value.op)]
        message = f"`{sign}=` says it without the name twice"
        yield Construct(LONG_ASSIGNMENT, node, message, _shorten(node, value, sign))


def _is_update(target: ast.expr, value: ast.BinOp, place: Place) -> bool:
    """Return whether ``value`` is ``target`` with a number or text added to it, or the like."""
    if type(value.op) not in _SIGNS or not is_plain(target):
        return False
    return _reads_the_same(target, value.left) and _is_number_or_text(value, place)


def _shorten(node: ast.Assign, value: ast.BinOp, sign: str) -> Rewrite:
    """Return the rewrite of ``node``, e.g. ``x = x + 1``, to ``x += 1``."""

    def rewrite(layout: Layout) -> list[Edit]:
        text = layout.text[layout.start(value.right) : layout.end(value)]
        if layout.start(value.left) != layout.start(value):  # e.g. `x = (x) + 1`
            text = layout.of(value.right)
        return [layout.replace(node, f"{layout.of(node.targets[0])} {sign}= {text}")]

    return rewrite


_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}


def _reads_the_same(target: ast.expr, value: ast.expr) -> bool:
    """Return whether ``value`` reads just what ``target`` assigns to."""
    return type(target) is type(value) and ast.unparse(target) == ast.unparse(value)


def _is_number_or_text(value: ast.BinOp, place: Place) -> bool:
    """Return whether ``value`` is known to be a number or a text, by what is added or by its name.

    e.g. ``x + 1``, ``text + "!"``, ``total - price`` after ``total = 0``; not ``rows + more``.
    ``x * 2`` may repeat a list, unless ``x`` is bound to a number.
    """
    right = value.right
    simple = isinstance(right, ast.JoinedStr) or (
        isinstance(right, ast.Constant) and isinstance(right.value, int | float | str)
    )
    if simple and not isinstance(value.op, ast.Mult | ast.Mod):
        return True
    if isinstance(right, ast.Call) and any(
        place.is_builtin(right.func, name)
        for name in ("len", "int", "float", "str", "abs", "round")
    ):
        return not isinstance(value.op, ast.Mult | ast.Mod)
    return isinstance(value.left, ast.Name) and _is_bound_to_number(value.left.id, place)


def _is_bound_to_number(name: str, place: Place) -> bool:
    """Return whether a statement of the scope assigns a literal number or text to ``name``."""
    return any(
        isinstance(value, ast.Constant) and isinstance(value.value, int | float | str)
        for value in place.values_of(name)
    )


#: Expressions that do nothing as a statement of their own.
_USELESS = (ast.Compare, ast.BinOp, ast.UnaryOp, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.Name)


def no_effect(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a statement that computes a value and drops it, e.g. ``x == 5``.

    Not in a notebook, whose last expression is shown, nor in a file that imports Streamlit or
    Airflow, to which such lines mean something. A value that calls something is none either.
    """
    assert isinstance(node, ast.Expr)
    value = node.value
    if not isinstance(value, _USELESS) or place.file.gives_lines_a_meaning:
        return
    # e.g. `try: unicode; except NameError:` asks whether it is there
    if isinstance(place.parent, ast.Try | ast.With) or _may_do_something(value):
        return
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        message = "This compares and drops the result: `=` assigns"
    elif isinstance(value, ast.Name):
        message = f"`{value.id}` alone does nothing: a call needs brackets, `{value.id}()`"
    else:
        message = "This value is computed and dropped"
    rewrite = deletion(node) if len(place.block) > 1 else no_rewrite
    yield Construct(NOTHING, node, message, rewrite)


#: Operators that frameworks give a meaning, e.g. ``first >> second`` in Airflow.
_GIVEN_A_MEANING = (ast.RShift, ast.LShift, ast.BitOr)


def _may_do_something(value: ast.expr) -> bool:
    """Return whether ``value`` calls or awaits something, or has an operator with a meaning."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, _GIVEN_A_MEANING):
        return True
    return any(isinstance(each, ast.Call | ast.Await | ast.Yield) for each in walk(value))


def needless_pass(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a ``pass`` beside other statements, which does nothing."""
    assert isinstance(node, ast.Pass)
    if any(each is not node and not is_docstring(each) for each in place.block):
        message = "`pass` is only needed where a block would be empty"
        yield Construct(PASS, node, message, deletion(node))


def unreachable(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield what follows a ``return``, ``raise``, ``break`` or ``continue`` in the same block.

    Not a ``yield``, which makes the function a generator even where it never runs.
    """
    after = place.after
    if not after or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in walk(*after)):
        return
    if all(isinstance(each, (*DEFINITIONS, ast.Pass)) for each in after):
        return
    word = type(node).__name__.lower()
    message = f"This never runs: `{word}` above it leaves the block"

    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.delete(last_line(node) + 1, last_line(after[-1]))]

    yield Construct(UNREACHABLE, after[0], message, rewrite)


def inconsistent_returns(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a function that returns a value in one place and falls off its end, or returns nothing.

    Its ``return None`` should be written out. Not a generator, a function whose end cannot be
    reached, or one whose annotation says that it may return ``None``.
    """
    assert isinstance(node, FUNCTIONS)
    if is_special(node) or _may_be_none(node.returns):
        return
    returns = list(_returns_of(node))
    bare = [one for one in returns if one.value is None]
    is_open = _falls_through(node.body)
    if not (bare or is_open) or not any(map(_has_value, returns)) or _is_generator(node):
        return
    message = f"`{node.name}` returns a value in one place and nothing in another"
    yield Construct(RETURNS, node, message, _return_none(node, bare, is_open))


def _has_value(statement: ast.Return) -> bool:
    """Return whether ``statement`` returns another value than ``None``."""
    return statement.value is not None and not is_constant(statement.value, None)


def _return_none(node: Function, bare: Sequence[ast.Return], is_open: bool) -> Rewrite:
    """Return the rewrite to ``return None`` in place of ``bare``, and at the end if ``is_open``."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        last = node.body[-1]
        if not layout.has_own_lines(last):
            return None
        edits = [layout.replace(each, "return None") for each in bare]
        if is_open:
            line = f"{layout.indentation(node.body[0])}return None"
            edits.append(layout.replace_lines(last_line(last) + 1, last_line(last), [line]))
        return edits

    return rewrite


def _returns_of(node: Function) -> Iterator[ast.Return]:
    """Yield the ``return`` statements of ``node``, without those of functions inside it."""
    waiting: list[ast.AST] = [node]
    while waiting:
        for body in bodies(waiting.pop()):
            for one in body:
                if isinstance(one, ast.Return):
                    yield one
                elif not isinstance(one, DEFINITIONS):
                    waiting.append(one)


def _is_generator(node: Function) -> bool:
    """Return whether ``node`` yields values, so that its ``return`` only ends it."""
    own = walk(*node.body, stop_at=(*DEFINITIONS, ast.Lambda))
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own)


def _may_be_none(annotation: ast.expr | None) -> bool:
    """Return whether ``annotation`` allows ``None``: ``str | None``, ``Optional[str]``, ``Any``."""
    if annotation is None:
        return False
    return any(
        last_name(part) in ("Optional", "Any") or is_constant(part, None)
        for part in walk(annotation)
    )


#: Functions that end the program, e.g. ``sys.exit()``.
_ENDING = frozenset({"exit", "_exit", "abort", "quit", "fail"})


def _falls_through(body: Sequence[ast.stmt]) -> bool:
    """Return whether the end of ``body`` can be reached, as far as its statements tell."""
    if any(type(one) in LEAVING for one in body):
        return False
    last = body[-1]
    reaches = _REACHES.get(type(last))
    return reaches is None or reaches(last)


def _if_falls_through(node: ast.If) -> bool:
    return not node.orelse or _falls_through(node.body) or _falls_through(node.orelse)


def _while_falls_through(node: ast.While) -> bool:
    is_endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return not is_endless or _has_break(node)


def _match_falls_through(node: ast.Match) -> bool:
    return not _has_default(node) or any(_falls_through(each.body) for each in node.cases)


def _call_falls_through(node: ast.Expr) -> bool:
    return not isinstance(node.value, ast.Call) or last_name(node.value.func) not in _ENDING


def _try_falls_through(node: ast.Try | ast.TryStar) -> bool:
    if node.finalbody and not _falls_through(node.finalbody):
        return False
    main = _falls_through(node.orelse or node.body)
    return main or any(_falls_through(each.body) for each in node.handlers)


def _has_default(node: ast.Match) -> bool:
    last = node.cases[-1]
    is_any = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    return is_any and last.guard is None


def _has_break(loop: ast.While) -> bool:
    inner = (*LOOPS, *DEFINITIONS)
    return any(isinstance(each, ast.Break) for each in walk(*loop.body, stop_at=inner))


#: By kind of statement, whether what follows it can be reached; of others it always can.
_REACHES: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.If: _if_falls_through,
    ast.With: lambda node: _falls_through(node.body),
    ast.AsyncWith: lambda node: _falls_through(node.body),
    ast.While: _while_falls_through,
    ast.Try: _try_falls_through,
    ast.TryStar: _try_falls_through,
    ast.Match: _match_falls_through,
    ast.Expr: _call_falls_through,
    ast.Assert: lambda node: not is_constant(node.test, False),
}


def unused_parameter(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a parameter that the function never uses.

    Only of functions that the file calls and nothing else gives a form: no method, no decorator, no
    stub, not defined twice, never passed on as a value (a callback has the parameters that its
    caller gives), no ``*rest``, and not called ``_``.
    """
    assert isinstance(node, FUNCTIONS)
    if isinstance(place.scope, ast.ClassDef) or not _has_own_form(node, place.file):
        return
    used = {each.id for each in walk(*node.body) if isinstance(each, ast.Name)}
    if used & {"locals", "vars", "eval", "exec"}:
        return
    arguments = node.args
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        name = parameter.arg
        if name not in used | _EXPECTED and not name.startswith("_"):
            message = f"`{node.name}` never uses its parameter `{name}`"
            yield Construct(PARAMETER, parameter, message, no_rewrite)


def _has_own_form(node: Function, file: File) -> bool:
    """Return whether only the calls in ``file`` decide which parameters ``node`` has."""
    if node.decorator_list or is_stub(node.body) or _only_raises(node):
        return False
    is_called = node.name in file.called and node.name not in file.passed_on
    return is_called and file.definitions[node.name] == 1


#: Parameters that callers from outside pass, whatever the function does with them.
_EXPECTED = frozenset("self cls event context request args kwargs frame signum ctx".split())


def _only_raises(node: Function) -> bool:
    """Return whether the body is a ``raise``, e.g. ``NotImplementedError``, after a docstring."""
    rest = [each for each in node.body if not is_docstring(each)]
    return len(rest) == 1 and isinstance(rest[0], ast.Raise)


#: Rules by the kind of statement that they look at, besides ``if`` and loops.
FUNCTION_RULES = (inconsistent_returns, unused_parameter)
