"""The gate: which files it accepts, and the finding for those that it rejects."""

from __future__ import annotations

import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.inspection import Finding, Inspection, State
from grader.domain.source import SourceFile
from grader.domain.unreadable import DOCUMENT_GUIDANCE, GUIDANCE, READABLE, unreadable_guidance
from grader.engine.gate import MAX_BYTES, gate
from grader.engine.measuring.sample import SAMPLE


def refused(data: bytes) -> tuple[str, Finding]:
    outcome = gate("a.py", data)
    assert isinstance(outcome, Inspection), "it was let through"
    assert outcome.state is State.UNREADABLE
    (finding,) = outcome.findings
    assert finding.code in GUIDANCE
    return outcome.reason, finding


def passes(data: bytes) -> bool:
    return isinstance(gate("a.py", data), SourceFile)


READABLE_FILES = {
    "empty": b"",
    "plain": b"x = 1\n",
    "no newline at the end": b"x = 1",
    "windows newlines": b"if x:\r\n    y = 1\r\n",
    "old mac newlines": b"if x:\r    y = 1\r",
    "form feed": b"x = 1\n\x0c\ny = 2\n",
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "byte order mark and cookie": b"\xef\xbb\xbf# coding: utf-8\nx = 1\n",
    "utf-8 cookie": b"#!/usr/bin/python\n# -*- coding: UTF_8 -*-\nx = '\xc3\xa4'\n",
    "ascii cookie": b"# vim: set fileencoding=us-ascii :\nx = 1\n",
    "cookie on the third line": b"\n\n# coding: rot13\n",
    "cookie below code": b"x = 1\n# coding: rot13\n",
    "brackets in strings": b'"""' + b"(" * 500 + b'"""\nx = "((((" # ' + b"[" * 500 + b"\n",
    "as deep as allowed": b"x = " + b"[" * 30 + b"]" * 30 + b"\n",
    "as many blanks as allowed": b"x" + b" " * 250 + b"= 1" + b"\t" * 250 + b"\n",
    "long chain of elif": b"if a: pass\n" + b"elif a: pass\n" * 120,
    "fifty continued lines": b"x = 1" + b" + 1\\\n" * 50 + b"+ 1\n",
    "power": b"x = 9 ** 9 ** 9\n",
    "invalid escape": b"x = '\\p'\n",
    "a dictionary of 2,000 lines": b"x = {\n" + b"    'a': 1,\n" * 2_000 + b"}\n",
    "as long as allowed": b"x = 1\n" * 5_499,
    "the warm-up sample": SAMPLE,
}


@pytest.mark.parametrize("data", READABLE_FILES.values(), ids=READABLE_FILES)
def test_python_is_accepted(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert passes(data)


REFUSED = {
    "unclosed bracket": (b"x = 1\ny = (\n", "syntax", 2, 5),
    "missing colon": (b"def f()\n    pass\n", "syntax", 1, 8),
    "python 2": (b"x = 1\nprint 'a'\n", "syntax", 2, 1),
    "return outside a function": (b"x = 1\nreturn x\n", "syntax", 2, 1),
    "same argument twice": (b"def f(a, a): pass\n", "syntax", 1, 10),
    "tabs and spaces": (b"if x:\n\ty\n        z\n", "syntax", 3, 1),
    "unclosed brackets all over": (b"print((\n" * 45, "syntax", 45, 7),
    "octal of python 2": (b"x = 1\nx = 0777\n", "syntax", 2, 0),
    "latin-1": (b"x = 1\ny = '\xe4'\n", "encoding", 2, 6),
    "utf-16": ("x = 1\n".encode("utf-16"), "encoding", 1, 1),
    "rot13 cookie": (b"# coding: rot13\nk = 1\n", "encoding", 1, 1),
    "utf-7 cookie": (b"\n# coding: utf-7\nx = 1\n", "encoding", 2, 1),
    "latin-1 cookie": (b"# coding: latin-1\nx = '\xe4'\n", "encoding", 1, 1),
    "ascii cookie and more": (b"# coding: ascii\nx = '\xc3\xa4'\n", "encoding", 2, 6),
    "mark and another cookie": (b"\xef\xbb\xbf# coding: ascii\n", "encoding", 1, 1),
    "NUL": (b"x = 1\nx = '\0'\n", "control_characters", 2, 6),
    "escape character": (b"x = '\x1b[0m'\n", "control_characters", 1, 6),
    "vertical tab": (b"x = 1\x0b\n", "control_characters", 1, 6),
    "too many bytes": (b"#" * 80 + b"\n" + b"x = 1 # \n" * 30_000, "too_large", 1, 1),
    "too many lines": (b"x = 1\n" * 5_500, "too_large", 1, 1),
    "a line too long": (b"x = 1\nx = [" + b"1," * 1_000 + b"]\n", "too_large", 2, 2_001),
    "a text too long": (b"x = 1\nx = '" + b"a" * 30_000 + b"'\n", "too_large", 2, 30_001),
    "too much code": (
        b"[" + b"a," * 16 + b"\n" + (b"a," * 16 + b"\n") * 5_000 + b"]\n",
        "too_large",
        1,
        0,
    ),
    "51 continued lines": (b"x = 1" + b"\\\n" * 51 + b"\n", "too_deep", 1, 6),
    "251 blanks": (b"x = 1\nx" + b" " * 251 + b"= 1\n", "too_large", 2, 2),
    "31 brackets": (b"x = 1\nx = " + b"[" * 31 + b"]" * 31 + b"\n", "too_deep", 2, 35),
    "201 brackets": (b"x = " + b"(" * 201 + b")" * 201 + b"\n", "too_deep", 1, 205),
    "a sum of 3,000 terms": (b"x = (1\n" + b"+ 1\n" * 3_000 + b")\n", "too_deep", 0, 0),
    "5,000 times not": (b"x = (\n" + b"not\n" * 5_000 + b"1)\n", "too_deep", 0, 0),
    "5,000 lambdas": (b"x = (\n" + b"lambda:\n" * 5_000 + b"1)\n", "too_deep", 0, 0),
    "2,000 times elif": (b"if a: pass\n" + b"elif a: pass\n" * 2_000, "too_deep", 0, 0),
    "100 indents": (
        b"".join(b" " * depth + b"if a:\n" for depth in range(100)) + b" " * 100 + b"a\n",
        "syntax",
        101,
        0,
    ),
}


@pytest.mark.parametrize(("data", "reason", "line", "column"), REFUSED.values(), ids=REFUSED)
def test_rejections_have_a_reason_and_a_position(
    data: bytes, reason: str, line: int, column: int
) -> None:
    said, finding = refused(data)
    assert said == reason
    # 0 means that the line depends on the version of the interpreter.
    assert line in (0, finding.line)
    assert column in (0, finding.column)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_message_for_utf16_names_the_encoding(encoding: str) -> None:
    _, finding = refused("\ufeffx = 1\n".encode(encoding))
    assert "saved as UTF-16" in finding.message


def test_the_message_for_a_syntax_error_is_that_of_python() -> None:
    _, finding = refused(b"y = (\n")
    assert finding.code == "syntax-error"
    assert finding.message == "Python cannot read this: '(' was never closed"


def test_the_tree_is_shared_with_the_checks() -> None:
    source = gate("a.py", b"x = 1\n")
    assert isinstance(source, SourceFile)
    assert "tree" in vars(source)


def test_the_recursion_limit_is_restored() -> None:
    before = sys.getrecursionlimit()
    refused(b"x = (\n" + b"not\n" * 5_000 + b"1)\n")
    assert sys.getrecursionlimit() == before


#: Code of Python 3.12 and newer, which 3.11 cannot read, and the version that can.
NEWER = [
    (12, b"class Box[T]:\n    def put[*Ts](self, x: T): return x\n"),
    (12, b"type Pair = tuple[int, int]\nif 1:\n    type Row[T: int] = list[T]\n"),
    (12, b'x = f"{a["b"]} {f"{c!r:>{d}}"}"\n'),
    (13, b"class Box[T = int]: pass\n"),
    (14, b'x = t"{a}"\n'),
    (14, b"try:\n    f()\nexcept OSError, zlib.error:\n    pass\n"),
    (14, b"try:\n    f()\nexcept* (A), B:\n    pass\n"),
    (15, b"lazy import os\nlazy from a import b\n"),
    (15, b"x = [*a for a in b]\ny = {**a for a in b}\nz = {*a for a in b}\n"),
]


@pytest.mark.parametrize(("minor", "data"), NEWER)
def test_code_of_a_newer_python_is_no_fault_of_the_student(minor: int, data: bytes) -> None:
    found = gate("a.py", data)
    if sys.version_info >= (3, minor):
        assert isinstance(found, SourceFile)
    else:
        assert found == Inspection(state=State.FAILED, reason="grammar")


def test_python_2_is_no_newer_python() -> None:
    text = b"try:\n    f()\nexcept OSError, e:\n    %s\n"
    assert refused(text % b"print e")[0] == "syntax"
    # From 3.14 on this is Python, if not what was meant.
    found = gate("a.py", text % b"print(e)")
    assert isinstance(found, SourceFile) == (sys.version_info >= (3, 14))
    assert isinstance(found, SourceFile) or found.state is State.UNREADABLE


@pytest.mark.parametrize(
    "data",
    [
        b"return 1\n",
        b"x = (\n",
        b"def f(a, a): pass\n",
        b"lazy import\n",
        b"x = [*a, b for a in c]\n",
        b"try:\n    f()\nexcept A, B as e:\n    pass\n",
        b"def g[T](x): None = 1\n",
        b"class Box[T]:\n    print 'x'\n",
        b'x = f"{a["\n',
        b"def f[T]():\n    return\n  x = 1\n",
    ],
)
def test_what_no_python_can_read_is_unreadable(data: bytes) -> None:
    assert refused(data)[0] == "syntax"


def test_every_code_has_words_and_unknown_ones_fall_back() -> None:
    assert READABLE == "readable"
    assert unreadable_guidance("encoding", "a.py") is GUIDANCE["encoding"]
    assert unreadable_guidance("encoding", "answers.md") is DOCUMENT_GUIDANCE["encoding"]
    assert unreadable_guidance("new-code", "a.py") is GUIDANCE["syntax-error"]


@pytest.mark.parametrize("path", ["answers.md", "pyproject.toml", "requirements-dev.txt"])
def test_a_document_may_have_long_lines_and_is_not_parsed(path: str) -> None:
    text = "def (:\n" + "word " * 1_000 + "\n# coding: latin-1\n"
    assert isinstance(gate(path, text.encode()), SourceFile)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"caf\xe9\n", "encoding"),
        (b"fine\na\x00b\n", "control-characters"),
        (b"x" * (MAX_BYTES + 1), "too-large"),
    ],
)
def test_rejected_documents_have_a_reason(data: bytes, code: str) -> None:
    found = gate("answers.md", data)
    assert isinstance(found, Inspection)
    assert found.state is State.UNREADABLE
    assert found.findings[0].code == code
    assert code in DOCUMENT_GUIDANCE


@given(st.binary(max_size=200))
def test_never_raises(data: bytes) -> None:
    outcome = gate("a.py", data)
    assert isinstance(outcome, SourceFile) or outcome.state is State.UNREADABLE


@given(
    st.lists(st.sampled_from([*"()[]{}'\"#\\\n :=,", "'''", '"""', "if x", "f", "1", "\t"])).map(
        "".join
    )
)
def test_the_gate_agrees_with_the_compiler_within_the_limits(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "a.py", "exec", dont_inherit=True)
            compiles = True
        except (SyntaxError, ValueError):
            compiles = False
    assert passes(text.encode()) == compiles
