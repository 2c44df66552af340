"""Trees and tokens are the same on every interpreter. Expected values are those of Python 3.11."""

from __future__ import annotations

import ast
import tokenize

import pytest

from grader.domain.source import SourceFile
from grader.domain.syntax import joined, parse, raw_tokens

#: A text -> its string tokens. None of them is read differently by Python 3.11 and newer ones.
STRINGS = {
    'x = f"{a} {b!r:>{c}}" + "d"\n': ['f"{a} {b!r:>{c}}"', '"d"'],
    "x = f'''\n {a}\n{b(1,\n2)}''' f'{c}'\n": ["f'''\n {a}\n{b(1,\n2)}'''", "f'{c}'"],
    "x = f'{f\"{a}\"}' rf'\\d{a}' F'{{}}'\n": ["f'{f\"{a}\"}'", "rf'\\d{a}'", "F'{{}}'"],
    "x = 'é' + f'ü{a:é}'; y = f''\n": ["'é'", "f'ü{a:é}'", "f''"],
    'half"f"\n': ['"f"'],
    "x = 'f\"{a}\"'\n": ["'f\"{a}\"'"],
}


@pytest.mark.parametrize("text", STRINGS)
def test_an_f_string_is_one_token_in_its_place(text: str) -> None:
    found = [*joined(raw_tokens(text), text)]
    strings = [token for token in found if token.type == tokenize.STRING]
    assert [token.string for token in strings] == STRINGS[text]
    rows = text.split("\n")
    for token in strings:
        (top, left), (bottom, right) = token.start, token.end
        lines = rows[top - 1 : bottom]
        assert token.line == "".join(f"{line}\n" for line in lines)
        lines[-1] = lines[-1][:right]
        assert "\n".join(lines)[left:] == token.string
    kinds = {tokenize.tok_name[token.type] for token in found}
    assert kinds <= {"NAME", "OP", "STRING", "NEWLINE", "ENDMARKER"}


def test_tokens_are_computed_once_and_raw_ones_stay() -> None:
    source = SourceFile("a.py", b'x = f"{a}"\n')
    assert source.tokens is source.tokens
    assert [*source.raw_tokens] == [*raw_tokens(source.text)]
    plain = SourceFile("a.py", b"x = 1\n")
    assert plain.tokens == plain.raw_tokens


def test_an_error_of_the_tokenizer_passes_through() -> None:
    with pytest.raises((tokenize.TokenError, SyntaxError)):
        list(joined(raw_tokens('x = (f"{a}"\n'), 'x = (f"{a}"\n'))


def places(text: str) -> list[tuple[str, int, int]]:
    """Return (kind or name, line, column) of each expression of the one assigned in `text`."""
    statement = parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    return [
        (node.id if isinstance(node, ast.Name) else type(node).__name__, node.lineno, at)
        for node in ast.walk(statement.value)
        if (at := getattr(node, "col_offset", None)) is not None and isinstance(node, ast.expr)
    ]


def test_parts_of_an_f_string_have_its_place_and_expressions_their_own() -> None:
    assert places("x = 'a' f'''b\n{c:>{d}}'''\n") == [
        ("JoinedStr", 1, 4),
        ("Constant", 1, 4),
        ("FormattedValue", 1, 4),
        ("c", 2, 1),
        ("JoinedStr", 1, 4),
        ("Constant", 1, 4),
        ("FormattedValue", 1, 4),
        ("d", 2, 5),
    ]


def test_an_f_string_within_another_has_a_place_of_its_own() -> None:
    found = places('x = f\'a{f"b{c}" + "d"}\'\n')
    assert found == [
        ("JoinedStr", 1, 4),
        ("Constant", 1, 4),
        ("FormattedValue", 1, 4),
        ("BinOp", 1, 8),
        ("JoinedStr", 1, 8),
        ("Constant", 1, 18),
        ("Constant", 1, 8),
        ("FormattedValue", 1, 8),
        ("c", 1, 12),
    ]


def test_a_lambda_and_a_deep_tree_are_walked() -> None:
    deep = "x = " + " + ".join(["f'{a}'"] * 900) + "\n"
    assert ("FormattedValue", 1, 4) in places(deep)
    assert ("FormattedValue", 1, 14) in places("x = [lambda: {f'{a}': 1}]\n")
