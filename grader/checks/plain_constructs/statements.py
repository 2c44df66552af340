"""Assignments, single statements and functions that say in more words what fewer say."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, last_line, no_rewrite
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    bodies,
    is_docstring,
    is_stub,
)
from grader.analysis.syntax.walk import walk
from grader.checks.plain_constructs.construct import (
    LEAVING,
    Construct,
    Place,
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
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        target: ast.expr = node.target
        added = node.value
        if not isinstance(target, ast.Name):
            return
        if place.file.has_arrays and not _is_bound_to_list(target.id, place):
            return
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "extend"):
            return
        if len(call.args) != 1 or call.keywords:
            return
        target, added = call.func.value, call.args[0]
    else:
        return
    if not (isinstance(added, ast.List) and len(added.elts) == 1):
        return
    item = added.elts[0]
    if isinstance(item, ast.Starred):
        return

    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.replace(node, f"{layout.of(target)}.append({layout.of(item)})")]

    yield Construct(ADDS_LIST, node, "A list of one is added: `append` adds one item", rewrite)


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
    if isinstance(target, ast.Name | ast.Attribute) and _reads_the_same(target, value):
        if isinstance(target, ast.Attribute) or isinstance(place.scope, ast.ClassDef):
            return  # an attribute may do something when it is set; a class takes a name in
        message = "This assigns a name to itself and changes nothing"
        rewrite = lambda layout: [layout.delete(node.lineno, last_line(node))]  # noqa: E731
        yield Construct(SELF_ASSIGNMENT, node, message, rewrite)
        return
    if not (isinstance(value, ast.BinOp) and type(value.op) in _SIGNS and is_plain(target)):
        return
    if not _reads_the_same(target, value.left) or not _is_number_or_text(value, place):
        return
    sign, right = _SIGNS[type(value.op)], value.right

    def shorten(layout: Layout) -> list[Edit]:
        start = layout.start(value.left)
        text = layout.text[layout.start(right) : layout.end(value)]
        if start != layout.start(value):  # e.g. `x = (x) + 1`
            text = layout.of(right)
        return [layout.replace(node, f"{layout.of(target)} {sign}= {text}")]

    yield Construct(LONG_ASSIGNMENT, node, f"`{sign}=` says it without the name twice", shorten)


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
    if any(isinstance(each, ast.Call | ast.Await | ast.Yield) for each in walk(value)):
        return
    if isinstance(place.parent, ast.Try | ast.With):
        return  # e.g. `try: unicode; except NameError:` asks whether it is there
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.RShift | ast.LShift | ast.BitOr):
        return  # operators that frameworks give a meaning, e.g. `first >> second`
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq) and is_plain(value):
        message = "This compares and drops the result: `=` assigns"
    elif isinstance(value, ast.Name):
        message = f"`{value.id}` alone does nothing: a call needs brackets, `{value.id}()`"
    else:
        message = "This value is computed and dropped"
    if len(place.block) > 1:
        rewrite = lambda layout: [layout.delete(node.lineno, last_line(node))]  # noqa: E731
    else:
        rewrite = no_rewrite  # type: ignore[assignment]
    yield Construct(NOTHING, node, message, rewrite)


def needless_pass(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a ``pass`` beside other statements, which does nothing."""
    assert isinstance(node, ast.Pass)
    others = [each for each in place.block if each is not node and not is_docstring(each)]
    if others:
        message = "`pass` is only needed where a block would be empty"

        def rewrite(layout: Layout) -> list[Edit]:
            return [layout.delete(node.lineno, last_line(node))]

        yield Construct(PASS, node, message, rewrite)


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
    valued = [one for one in returns if one.value is not None and not is_constant(one.value, None)]
    bare = [one for one in returns if one.value is None]
    if not valued or not (bare or _falls_through(node.body)) or _is_generator(node):
        return
    open_end = _falls_through(node.body)
    message = f"`{node.name}` returns a value in one place and nothing in another"

    def rewrite(layout: Layout) -> list[Edit] | None:
        edits = [layout.replace(each, "return None") for each in bare]
        if open_end:
            last = node.body[-1]
            if not layout.has_own_lines(last):
                return None
            line = f"{layout.indentation(node.body[0])}return None"
            edits.append(layout.replace_lines(last_line(last) + 1, last_line(last), [line]))
        return edits

    yield Construct(RETURNS, node, message, rewrite)


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
    last = body[-1]
    if any(isinstance(one, LEAVING) for one in body):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _falls_through(last.body)
    if isinstance(last, ast.While):
        is_endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return not is_endless or _has_break(last)
    if isinstance(last, ast.Try | ast.TryStar):
        return _try_falls_through(last)
    if isinstance(last, ast.Match):
        return not _has_default(last) or any(_falls_through(each.body) for each in last.cases)
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return last_name(last.value.func) not in _ENDING
    if isinstance(last, ast.Assert):
        return not is_constant(last.test, False)
    return True


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
    inner = (ast.For, ast.While, ast.AsyncFor, *DEFINITIONS)
    return any(isinstance(each, ast.Break) for each in walk(*loop.body, stop_at=inner))


def unused_parameter(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a parameter that the function never uses.

    Only of functions that the file calls and nothing else gives a form: no method, no decorator, no
    stub, not defined twice, never passed on as a value (a callback has the parameters that its
    caller gives), no ``*rest``, and not called ``_``.
    """
    assert isinstance(node, FUNCTIONS)
    if isinstance(place.scope, ast.ClassDef) or node.decorator_list or is_stub(node.body):
        return
    if node.name in place.file.passed_on or node.name not in place.file.called:
        return
    if _only_raises(node) or place.file.definitions[node.name] > 1:
        return
    used = {each.id for each in walk(*node.body) if isinstance(each, ast.Name)}
    if used & {"locals", "vars", "eval", "exec"}:
        return
    arguments = node.args
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        name = parameter.arg
        if name in used or name.startswith("_") or name in _EXPECTED:
            continue
        message = f"`{node.name}` never uses its parameter `{name}`"
        yield Construct(PARAMETER, parameter, message, no_rewrite)


#: Parameters that callers from outside pass, whatever the function does with them.
_EXPECTED = frozenset("self cls event context request args kwargs frame signum ctx".split())


def _only_raises(node: Function) -> bool:
    """Return whether the body is a ``raise``, e.g. ``NotImplementedError``, after a docstring."""
    rest = [each for each in node.body if not is_docstring(each)]
    return len(rest) == 1 and isinstance(rest[0], ast.Raise)


#: Rules by the kind of statement that they look at, besides ``if`` and loops.
FUNCTION_RULES = (inconsistent_returns, unused_parameter)
