"""Functions that pass their values on in one argument: pieces of a script, and what is none."""

from __future__ import annotations

import pytest

from tests.analysis.test_counting import MAIN, counted, program

PIECES = {
    "load": "box.rows = read(box.path)\n    box.count = len(box.rows)",
    "total": "box.total = sum(box.rows)\n    box.mean = box.total / box.count",
    "tell": "box.text = f'{box.mean}'\n    box.line = box.text.upper()",
}


def pieces(hint: str = "", **changed: str) -> str:
    """A program that calls all pieces, with the type `hint` of the box and `changed` bodies."""
    bodies = {**PIECES, **changed}
    functions = (f"def {name}(box{hint}):\n    {body}\n\n\n" for name, body in bodies.items())
    calls = "".join(f"    {name}(box)\n" for name in bodies)
    return f"{''.join(functions)}def main(box):\n{calls}\n\n{MAIN}"


def weights(text: str) -> list[int]:
    found = counted(text)
    return [found[name] for name in PIECES]


@pytest.mark.parametrize("hint", ["", ": SimpleNamespace", ": dict[str, Any]"])
def test_pieces_of_a_box_count_half(hint: str) -> None:
    assert weights(pieces(hint)) == [1, 1, 1]
    (file,) = program({"main.py": pieces(hint)}).files
    assert [(one.why, one.name, one.statements) for one in file.part.uncounted] == [
        ("boxed", name, 1) for name in PIECES
    ]


def test_a_dataclass_without_methods_is_a_box() -> None:
    text = "class Box:\n    rows: list[int]\n    total: int = 0\n\n\n"
    assert weights(text + pieces(": Box")) == [1, 1, 1]


@pytest.mark.parametrize("hint", ["", ": Box"])
def test_a_class_with_methods_is_no_box(hint: str) -> None:
    fields = "rows count total mean text line path".split()
    sets = "".join(f"        self.{name} = None\n" for name in fields)
    text = f"class Box:\n    def __init__(self):\n{sets}\n"
    assert weights(f"{text}\n{pieces(hint)}") == [1, 1, 1]
    method = "    def is_full(self):\n        return len(self.rows) > 9\n\n\n"
    assert weights(f"{text}{method}{pieces(hint)}") == [2, 2, 2]


@pytest.mark.parametrize(
    "body",
    [
        "print(box.text)\n    print(box.line[0])",  # only reads
        "box.append(1)\n    box[0] = load(box)",  # a list that the caller gives
        "print(box)\n    box.text = str(box)",  # one attribute
        "box.set_text('a')\n    box.set_line('b' + box.text)",  # axes of matplotlib
    ],
)
def test_two_functions_and_one_that_sets_little_are_no_pieces(body: str) -> None:
    assert weights(pieces(tell=body))[:2] == [2, 2]


def test_a_function_that_returns_passes_its_values_on() -> None:
    returns = {name: f"{body}\n    return box" for name, body in PIECES.items()}
    assert weights(pieces(**returns)) == [2, 2, 2]


def test_functions_that_set_other_things_are_no_pieces() -> None:
    text = pieces()
    for name, other in (("total", "shop"), ("tell", "page")):
        start, end = text.index(f"def {name}(box"), text.index("\n\n\n", text.index(f"def {name}"))
        piece = text[start:end].replace("box", other)
        for attribute in ("rows", "count", "mean"):
            piece = piece.replace(f"{other}.{attribute}", f"{other}.{other}_{attribute}")
        text = text[:start] + piece + text[end:]
    assert weights(text) == [2, 2, 2]
