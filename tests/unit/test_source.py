"""Source files: decoding, neutralising, suppressions and names."""

from __future__ import annotations

import ast
from hashlib import sha256

import black
import isort
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.domain.source import (
    SourceFile,
    Submission,
    Suppression,
    decode,
    is_document,
    is_test_path,
    kind_of_name,
    neutralise,
    restore,
)

SPELLINGS = [
    *("# fmt: off", "# fmt:off", "# fmt: on", "# fmt:skip", "x = 1  # fmt: skip # why"),
    *("# noqa; fmt: skip", "#\xa0fmt: off", "# fmt :  off", "# yapf: disable", "# yapf: enable"),
    *("# isort: off", "# isort:skip", "# isort: skip_file", "# isort:skip_file", "# isort: on"),
    *("import b  # isort: split", "# isort: dont-add-imports", "# isort:imports-stdlib"),
    *("# xisort:skip_file", "# isort: skip_fileX", '"""isort: skip_file"""', "isort:skip_file"),
]
PIECES = st.sampled_from(
    [*SPELLINGS, "fmt", "yapf", "isort", "fmt fmt", ":", "!", "?", "$", "`", " ", "\t", "off", "on"]
    + ["skip", "#", "\n", "\r\n", "\r", '"', "'", '"""', "x = {fmt: one}", "∀", "def f():", "é"]
)
TEXT = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


def source(text: str, path: str = "a.py") -> SourceFile:
    return SourceFile(path, text.encode())


def test_decode_takes_utf8_with_and_without_a_mark() -> None:
    assert decode("é = 1\r\n".encode()) == "é = 1\r\n"
    assert decode(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"
    with pytest.raises(UnicodeDecodeError):
        decode("é".encode("latin-1"))


def test_mark_is_told_and_left_out_of_the_text() -> None:
    marked = SourceFile("a.py", b"\xef\xbb\xbfx = 1\n")
    assert marked.has_bom and not source("x = 1\n").has_bom
    assert marked.text == marked.original == "x = 1\n"
    assert marked.sha256 == sha256(marked.data).hexdigest()


def test_newlines_stand_in_raw_text_and_are_one_kind_in_text() -> None:
    mixed = source("a = 1\r\nb = 2\rc = 3\n")
    assert mixed.raw_text == mixed.original == "a = 1\r\nb = 2\rc = 3\n"
    assert mixed.text == "a = 1\nb = 2\nc = 3\n"
    assert mixed.lines == ("a = 1\n", "b = 2\n", "c = 3\n")
    assert [node.lineno for node in mixed.tree.body] == [1, 2, 3]


def test_only_python_newlines_end_a_line() -> None:
    assert source("x = '\x0b\x0c\x85\u2028'\ny = 2").lines == (
        "x = '\x0b\x0c\x85\u2028'\n",
        "y = 2",
    )


def test_derived_forms_are_made_once() -> None:
    one = source("x = 1\n")
    assert one.tree is one.tree and one.tokens is one.tokens and one.text is one.text


@given(TEXT)
@example(
    "".join(f"# fmt{sign} off\n" for sign in ":!?$`" + "".join(map(chr, range(0x2200, 0x2300))))
)
@example("# fmt fmt!isort: skip")
def test_restore_undoes_neutralise_and_nothing_moves(text: str) -> None:
    neutral, stand_in = neutralise(text)
    assert restore(neutral, stand_in) == text
    assert len(neutral) == len(text)
    changed = [(old, new) for old, new in zip(text, neutral, strict=True) if old != new]
    assert all(pair == (":", stand_in) for pair in changed)
    assert bool(stand_in) == bool(changed)


@given(TEXT)
def test_neutral_text_has_nothing_left_to_neutralise(text: str) -> None:
    neutral, _ = neutralise(text)
    assert neutralise(neutral) == (neutral, "")


@pytest.mark.parametrize("line", SPELLINGS)
def test_every_spelling_that_a_tool_obeys_is_neutralised(line: str) -> None:
    neutral, stand_in = neutralise(f"import a\n{line}\n")
    assert stand_in and stand_in in neutral


@pytest.mark.parametrize("comment", [line[line.index("#") :] for line in SPELLINGS if "#" in line])
def test_tools_obey_no_comment_in_neutral_text(comment: str) -> None:
    text = f"{comment}\nimport sys  {comment}\nimport os\n\nx   =   1  {comment}\n"
    neutral, _ = neutralise(text)
    assert "x = 1" in black.format_str(neutral, mode=black.Mode())
    assert not isort.check_code(neutral, show_diff=False)


@pytest.mark.parametrize(
    "line", ['"""isort: skip_file"""', '"""xisort:skip_file"""', "isort:skip_file"]
)
def test_isort_obeys_no_other_line_of_neutral_text(line: str) -> None:
    assert not isort.check_code(neutralise(f"{line}\nimport sys\nimport os\n")[0])


@pytest.mark.parametrize(
    "code",
    [
        "def f(fmt: on, yapf: disable): ...\n",
        "x = {fmt: one, isort: online}\n",
        "part = data[fmt:offset]\n",
        "f = lambda fmt: skip(fmt)  # the lambda's fmt\n",
        "fmt: Only = 1\n",
        "# the fmt: one of 'text', 'json'; offset of fmt: offset\n",
        "import isort\nisort.skip = 1  # isort is a tool\n",
    ],
)
def test_code_and_prose_that_silence_nothing_stand(code: str) -> None:
    assert neutralise(code) == (code, "")
    assert source(code).suppressions == ()


@pytest.mark.parametrize(
    "code", ["isort: skip: x\n", "x[isort:skip:a:b]\n", "if isort: skip = 1:\n"]
)
def test_what_is_no_python_does_not_become_python(code: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(code)
    with pytest.raises(SyntaxError):
        ast.parse(neutralise(code)[0])


@given(st.lists(st.sampled_from([line for line in SPELLINGS if line.startswith("#")]), min_size=1))
def test_comments_leave_the_tree_as_it_was(comments: list[str]) -> None:
    text = "".join(f"x = {at}  {comment}\n" for at, comment in enumerate(comments))
    assert ast.dump(source(text).tree, include_attributes=True) == ast.dump(
        ast.parse(text), include_attributes=True
    )


def test_suppressions_are_found_at_their_places() -> None:
    text = (
        '"""Words.\n\n  isort: skip_file\n"""\n'
        "import b  # isort:skip\n"
        "# fmt: off\n"
        "x = 1  # keep: NOQA : F401\n"
        "y = 2  # why # NoQa:E501\n"
        "# flake8: noqa\n"
        "# yapf: disable\n"
        "z = '# fmt: off'\n"
        "w = 'noqa'  # all is fine\n"
    )
    assert source(text).suppressions == (
        Suppression("isort: skip_file", 3, 3),
        Suppression("isort:skip", 5, 13),
        Suppression("fmt: off", 6, 3),
        Suppression("# NoQa", 8, 14),
        Suppression("flake8: noqa", 9, 3),
        Suppression("yapf: disable", 10, 3),
    )


def test_suppressions_count_lines_however_they_end() -> None:
    text = "x = 1\r\ny = 2\r# fmt: skip\r\n"
    assert source(text).suppressions == (Suppression("fmt: skip", 3, 3),)


def test_file_wide_noqa_in_a_docstring_is_a_suppression() -> None:
    assert source('"""A\n# flake8: noqa\n"""\n').suppressions == (
        Suppression("# flake8: noqa", 2, 1),
    )


def test_suppressions_keep_the_text_as_the_student_wrote_it() -> None:
    assert source("# xisort:skip_file\n").suppressions[0].text == "isort:skip_file"
    assert source("x = 1\n").suppressions == ()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.py", "plain"),
        ("main.py", "main"),
        ("pkg/main.py", "main"),
        ("pkg/__init__.py", "init"),
        ("a.pyi", "stub"),
        ("tests/a.pyi", "stub"),
        ("test_a.py", "test"),
        ("a_test.py", "test"),
        ("conftest.py", "test"),
        ("tests.py", "test"),
        ("shop/tests.py", "test"),
        ("tests_a.py", "test"),
        ("a_tests.py", "test"),
        ("logging_and_tests.py", "test"),
        ("test.py", "plain"),
        ("test1.py", "plain"),
        ("contests.py", "plain"),
        ("mytests.py", "plain"),
        ("testsuite.py", "plain"),
        ("conftests.py", "plain"),
        ("tests/helper.py", "test"),
        ("src/test/deep/a.py", "test"),
        ("tests/__init__.py", "test_init"),
        ("latest.py", "plain"),
        ("contest/a.py", "plain"),
        ("testing.py", "plain"),
        ("tests/README.md", "document"),
        ("pkg/PyProject.toml", "document"),
        ("requirements-dev.txt", "document"),
        ("setup.cfg", "document"),
        ("app/Pipfile", "document"),
        ("environment-dev.yml", "document"),
        ("Answers.txt", "document"),
        ("radon.cfg", "plain"),
        ("notes.txt", "plain"),
        ("setup.toml", "plain"),
    ],
)
def test_kind_is_read_off_the_name(path: str, kind: str) -> None:
    assert kind_of_name(path) == SourceFile(path, b"").kind == kind
    assert is_document(path) == (kind == "document")
    assert is_test_path(path) == (kind.startswith("test") or path.startswith("tests/"))


def test_digest_depends_on_paths_and_bytes_and_on_no_order() -> None:
    one, two = SourceFile("a.py", b"1"), SourceFile("b.py", b"2")
    digest = Submission((one, two)).digest
    assert digest == Submission((two, one), archive_sha256="x").digest
    assert digest != Submission((one,)).digest
    assert digest != Submission((SourceFile("a.py", b"2"), SourceFile("b.py", b"1"))).digest
    assert Submission((one, two)).outline == (("a.py", one.sha256), ("b.py", two.sha256))


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("top/a.py", "top/b/c.py"), "top/"),
        (("top/in/a.py", "top/in/b.py"), "top/"),
        (("top/a.py",), "top/"),
        (("top/a.py", "b.py"), ""),
        (("top/a.py", "topper/b.py"), ""),
        (("a.py",), ""),
        (("top", "top/a.py"), ""),
        ((), ""),
    ],
)
def test_the_folder_around_all_files(paths: tuple[str, ...], expected: str) -> None:
    assert Submission(tuple(source("", path) for path in paths)).top_folder == expected
