"""Sources that try to hang, crash, exhaust or deceive a tool, made by short recipes from a size.

Sizes lie on both sides of the gate's limits, and include the largest that it accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

#: A function from a size to the text of a program.
Recipe = Callable[[int], str]


def _chain(head: str, link: str, tail: str = "a\n", per_line: int = 100) -> Recipe:
    """Return a recipe for one bracketed expression of many links, ``per_line`` of them a line."""

    def make(count: int) -> str:
        lines = [link * min(per_line, count - at) for at in range(0, count, per_line)]
        return head + "(" + "\n".join(lines) + tail.rstrip("\n") + ")\n"

    return make


def _one_line(head: str, link: str, tail: str) -> Recipe:
    return lambda count: head + link * count + tail + "\n"


def _nest(opening: str, middle: str, closing: str) -> Recipe:
    return lambda count: "x = " + opening * count + middle + closing * count + "\n"


def _lines(head: str, line: str, tail: str = "") -> Recipe:
    """Return a recipe for many lines; ``{}`` in a line becomes its number."""
    return lambda count: head + "".join(line.format(at) for at in range(count)) + tail


def _blocks(opening: str, after: str = "") -> Recipe:
    """Return a recipe for nested blocks, each with a last line of its own."""

    def make(count: int) -> str:
        down = [" " * at + opening + "\n" for at in range(count)]
        up = [" " * at + after + "\n" for at in reversed(range(count))] if after else []
        return "".join([*down, " " * count + "pass\n", *up])

    return make


def _many_nested(opening: str, middle: str, closing: str, depth: int) -> Recipe:
    """Return a recipe for many lines, each nested to the same depth."""
    one = "x = " + opening * depth + middle + closing * depth + "\n"
    return lambda count: one * count


#: Chains without brackets: each link one level of the tree.
_CHAINS: Mapping[str, Recipe] = {
    "plus": _chain("x = ", "1 + "),
    "minus": _chain("x = ", "1 - "),
    "power": _chain("x = ", "a ** "),
    "not": _chain("x = ", "not "),
    "unary minus": _chain("x = ", "-"),
    "invert": _chain("x = ", "~"),
    "lambda": _chain("x = ", "lambda: "),
    "lambda with a default": _chain("x = ", "lambda a=1: "),
    "conditional": _chain("x = ", "1 if a else "),
    "string sum": _chain("x = ", "'a' + "),
    "format sum": _chain("x = ", "f'{a}' + "),
    "await": lambda n: "async def f():\n    return (" + "await " * n + "a)\n",
    "attributes": lambda n: "x = (a\n" + ".b\n" * n + ")\n",
    "calls": lambda n: "x = (a\n" + "()\n" * n + ")\n",
    "calls of methods": lambda n: "x = (a\n" + ".b(1)\n" * n + ")\n",
    "subscripts in a row": lambda n: "x = (a\n" + "[0]\n" * n + ")\n",
    "slices in a row": lambda n: "x = (a\n" + "[0:1, ::2]\n" * n + ")\n",
    "elif": lambda n: "if a:\n    b\n" + "elif a:\n    b\n" * n,
    "else in else": lambda n: "".join(
        " " * at + "if a:\n" + " " * at + " b\n" + " " * at + "else:\n" for at in range(n)
    )
    + " " * n
    + "pass\n",
    "chained assignment": lambda n: "a = " + "\\\n".join(["a = "] * n) + "1\n",
    "walrus": lambda n: "x = " + "(a := " * n + "1" + ")" * n + "\n",
    "decorators": lambda n: "@a\n" * n + "def f():\n    pass\n",
    "comparisons": lambda n: "x = (a\n" + "< a\n" * n + ")\n",
    "and": lambda n: "x = (a\n" + "and a\n" * n + ")\n",
    "and or": lambda n: "x = (a\n" + "and a or b\n" * n + ")\n",
    "star arguments": lambda n: "f(\n" + "*a,\n" * n + ")\n",
}
_CHAIN_SIZES = (140, 400)

_NESTS: Mapping[str, Recipe] = {
    "round": _nest("(", "", ")"),
    "square": _nest("[", "", "]"),
    "curly": _nest("{", "", "}"),
    "dictionary": _nest("{1:", "1", "}"),
    "call": _nest("f(", "", ")"),
    "call with arguments": _nest("f(a, b, ", "c", ")"),
    "keyword": _nest("f(a=", "1", ")"),
    "subscript": _nest("a[", "0", "]"),
    "comprehension": _nest("[", "a", " for a in b]"),
    "generator": _nest("sum(", "a", " for a in b)"),
    "lambda": _nest("(lambda: ", "1", ")"),
    "conditional": _nest("(a if ", "b", " else c)"),
    "list of calls": _nest("[f(", "", ")]"),
    "set": _nest("{*", "a", "}"),
    "slice": _nest("a[:", "0", "]"),
    "never closed": lambda n: "x = " + "(" * n + "\n",
    "in strings": lambda n: "x = '" + "(" * n + "'\n",
}
_NEST_SIZES = (30, 90, 250)

_BLOCKS: Mapping[str, Recipe] = {
    "if": _blocks("if a:"),
    "for": _blocks("for a in b:"),
    "while": _blocks("while a:"),
    "with": _blocks("with a:"),
    "def": _blocks("def f():"),
    "class": _blocks("class A:"),
    "try": _blocks("try:", "finally: pass"),
    "async": _blocks("async def f():"),
    "match": lambda n: "".join(
        "  " * at + "match a:\n" + "  " * at + " case b:\n" for at in range(n)
    )
    + "  " * n
    + "pass\n",
}
_BLOCK_SIZES = (18, 99)

#: Wide rather than deep: work that grows faster than the text.
_WIDE: Mapping[str, tuple[Recipe, tuple[int, ...]]] = {
    "list over lines": (_lines("x = [\n", "    {},\n", "]\n"), (1_000, 200_000)),
    "dictionary over lines": (_lines("x = {\n", "    'a{}': 1,\n", "}\n"), (500, 20_000)),
    "dictionaries in one": (_lines("x = {\n", "'a': {{1: [1]}},\n", "}\n"), (100,)),
    "calls over lines": (_lines("f(\n", "    g({}),\n", ")\n"), (100,)),
    "strings side by side": (_lines("x = (\n", "    'a{}'\n", ")\n"), (100,)),
    "formats side by side": (_lines("x = (\n", "    f'a{{a}}'\n", ")\n"), (100,)),
    "docstring": (_lines('"""\n', "a\n", '"""\n'), (900, 5_400)),
    "docstring of backslashes": (_lines('"""\n', "\\\\\n", '"""\n'), (100,)),
    "string of quotes": (_lines('x = r"""\n', '""\\"\n', '"""\n'), (100,)),
    "names of an import": (_lines("from m import (\n", "a{},\n", ")\n"), (700, 40_000)),
    "names on one line": (_one_line("from m import a", ", a", ""), (600, 20_000)),
    "imports": (_lines("", "import a{}\n"), (200, 40_000)),
    "imports from": (_lines("", "from a{0} import b{0}\n"), (100,)),
    "imports between code": (_lines("", "import a{}\nx = 1\n"), (100,)),
    "a dotted import": (_one_line("import a", ".a", ""), (950, 30_000, 50_000)),
    "arguments": (_one_line("f(a", " ,a", ")"), (600, 30_000)),
    "parameters": (_lines("def f(\n", "    a{},\n", "): pass\n"), (100,)),
    "bases": (_lines("class A(\n", "    a{},\n", "): pass\n"), (100,)),
    "functions": (_lines("", "def f(): pass\n"), (400, 20_000)),
    "classes": (_lines("", "class A: pass\n"), (100,)),
    "methods": (_lines("class A:\n", "    def a{}(self): pass\n"), (100,)),
    "try": (_lines("", "try: a\nexcept: pass\n"), (100,)),
    "handlers": (_lines("try: a\n", "except a{}: pass\n"), (4_000,)),
    "cases": (_lines("match a:\n", "    case {}: pass\n"), (100,)),
    "targets of with": (_lines("with (\n", "    a as b{},\n", "): pass\n"), (100,)),
    "globals": (_lines("def f():\n", "    global a{}\n"), (100,)),
    "returns": (_lines("def f():\n", "    return a\n"), (100,)),
    "one function": (_lines("def f():\n", "    a{} = f(a)\n"), (4_000,)),
    "the same again": (_lines("", "x = f(a, b, c)\n"), (5_000,)),
    "prints": (_lines("", "print(a)\n"), (100,)),
    "statements on a line": (_one_line("a", ";a", ""), (300, 100_000)),
    "assertions": (_lines("def test_a():\n", "    assert a == {}\n"), (100,)),
    "blank lines": (lambda n: "\n" * n, (5_400, 1_000_000)),
    "blanks before code": (lambda n: "\n" * n + "x = 1\n", (5_400,)),
    "lines": (_lines("", "x = {}\n"), (5_400, 200_000)),
    "comments": (_lines("", "# {}\n"), (5_400, 100_000)),
    "comments in brackets": (_lines("x = [\n", "1, # {}\n", "]\n"), (100,)),
    "trailing commas": (_many_nested("[", "1,", ",]", 20), (100,)),
    "nested lines of squares": (_many_nested("[", "", "]", 30), (20, 800)),
    "nested lines of curls": (_many_nested("{1:", "1", "}", 30), (10, 250)),
    "nested lines of calls": (_many_nested("f(a, b, ", "c", ")", 30), (8, 140)),
    "nested lines of mixed": (_many_nested("f([{1: ", "c", "}])", 10), (12,)),
    "continued lines": (lambda n: "x = 1" + " + 1\\\n" * n + "\n", (49, 10_000)),
    "only continued": (lambda n: "\\\n" * n + "x = 1\n", (50, 10_000)),
    "continued now and then": (lambda n: ("x = 1" + "\\\n" * 45 + "\n") * n, (110,)),
    "spaces before an equals": (lambda n: "x" + " " * n + "= 1\n", (250, 1_900, 20_000)),
    "spaces on many lines": (lambda n: ("x" + " " * 1_900 + "= 1\n") * n, (100,)),
    "tabs in front": (lambda n: "if a:\n" + "\t" * n + "x = 1\n", (250, 80_000)),
    "tabs on many lines": (lambda n: "if a:\n" + ("\t" * 1_900 + "x = 1\n") * n, (100,)),
    "spaces at ends": (lambda n: ("x = 1" + " " * 1_900 + "\n") * n, (100,)),
    "spaces in a comment": (lambda n: ("#" + " " * 1_900 + "a\n") * n, (100,)),
    "operators without spaces": (lambda n: ("x=" + "1+" * 60 + "1\n") * n, (15,)),
    "lines of colons": (lambda n: ("x = {" + "1:2," * 450 + "}\n") * n, (2,)),
    "a long string": (lambda n: "x = '" + "a" * n + "'\n", (1_900, 1_000_000)),
    "a long name": (lambda n: "a" * n + " = 1\n", (1_900, 1_000_000)),
    "a long number": (lambda n: "x = " + "9" * n + "\n", (1_900, 5_000, 1_000_000)),
    "a long comment": (lambda n: "#" + "a" * n + "\n", (1_900, 1_000_000)),
    "a long list": (lambda n: "x = [" + "1," * n + "]\n", (900, 500_000)),
    "format fields": (lambda n: "x = f'" + "{a}" * n + "'\n", (600, 100_000)),
    "formats in formats": (lambda n: "x = " + "f'{" * n + "1" + "}'" * n + "\n", (3, 50)),
    "format widths": (lambda n: "x = f'" + "{a:{b}}" * n + "'\n", (200,)),
    "escapes": (lambda n: "x = '" + "\\x41" * n + "'\n", (100,)),
    "names of characters": (lambda n: "x = '" + "\\N{BULLET}" * n + "'\n", (180,)),
    "wrong escapes": (lambda n: ("x = '" + "\\p" * 900 + "'\n") * n, (5,)),
    "many words": (lambda n: "x = '" + "ab " * 600 + "'\n" + "y = x.split()\n" * n, (60,)),
    "underscores": (lambda n: "x = " + "1_" * n + "1\n", (100,)),
    "annotations": (_lines("", "a{0}: 'list[{0}]' = 1\n"), (100,)),
    "annotation in text": (lambda n: "a: '" + "list[" * n + "]" * n + "' = 1\n", (38, 300)),
    "noqa": (_lines("", "x = 1  # noqa: E{}\n"), (5_000,)),
    "noqa with many codes": (lambda n: "x = 1  # noqa: " + "E501, " * n + "\n", (320,)),
    "noqa of no form": (lambda n: "x = 1  # noqa" + " :" * n + "\n", (100,)),
    "fmt": (_lines("", "# fmt: off\nx  =  {}\n# fmt: on\n"), (100,)),
    "fmt skip": (_lines("", "x  =  {}  # fmt: skip\n"), (100,)),
    "isort skip": (_lines("", "import a{}  # isort:skip\n"), (100,)),
    "isort split": (_lines("", "import a{}  # isort: split\n"), (100,)),
    "type comments": (_lines("", "x = 1  # type: ignore[{}]\n"), (100,)),
    "names that collide": (lambda n: "def f():\n" + "    a = a\n" * n, (100,)),
    "dunder all": (_lines("__all__ = [\n", "    'a{}',\n", "]\n"), (100,)),
    "overloads": (_lines("", "def f(a): return a\n"), (100,)),
    "constants to fold": (lambda n: "x = 'a' * 10 ** 9\n" * n, (60,)),
    "powers to fold": (lambda n: "x = 9 ** 9 ** 9\n" * n, (60,)),
    "shifts to fold": (lambda n: "x = 1 << 10 ** 9\n" * n, (60,)),
    "tuples to fold": (lambda n: "x = (1,) * 10 ** 9\n" * n, (60,)),
    "formats to fold": (lambda n: "x = '%1000000000d' % 1\n" * n, (60,)),
    "texts that are programs": (_lines("", "exec('import os; x = {}')\n"), (100,)),
    "a text that is a program": (lambda n: "x = '''\n" + "def f(): pass\n" * n + "'''\n", (100,)),
    "deep text": (lambda n: "exec('x = " + "(" * n + ")" * n + "')\n", (100,)),
    "deep sum in text": (lambda n: 'x = """\n' + "x = 1" + " + 1" * 450 + '\n"""\n' * n, (1,)),
}


def attacks() -> dict[str, bytes]:
    """Return description with size -> source, for every attack."""
    return dict(_made())


def _made() -> Iterator[tuple[str, bytes]]:
    for kind, recipes, sizes in (
        ("chain", _CHAINS, _CHAIN_SIZES),
        ("nest", _NESTS, _NEST_SIZES),
        ("blocks", _BLOCKS, _BLOCK_SIZES),
    ):
        for name, recipe in recipes.items():
            for size in sizes:
                yield f"{kind} of {name}, {size}", recipe(size).encode()
    for name, (recipe, own_sizes) in _WIDE.items():
        for size in own_sizes:
            yield f"{name}, {size}", recipe(size).encode()
