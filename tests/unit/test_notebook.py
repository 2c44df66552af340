"""Notebooks as Python: cells joined, IPython commands commented out, lines mapped to cells."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.domain.facts import FileFacts
from grader.engine.notebook import NotANotebook, cells_of, code_of, read_notebook


def notebook(*cells: str, **more: object) -> bytes:
    """Return a notebook with code ``cells``; one that begins with ``#md`` is a Markdown cell."""
    made = [
        {
            "cell_type": "markdown" if text.startswith("#md") else "code",
            "source": text.splitlines(keepends=True),
            "outputs": [],
        }
        for text in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def code(*cells: str) -> str:
    return read_notebook(notebook(*cells)).code


def test_cells_are_joined_in_their_order_and_text_is_left_out() -> None:
    assert code("import os", "#md # Title", "x = 1\ny = 2", "", "print(x)") == (
        "import os\n\n\nx = 1\ny = 2\n\n\nprint(x)\n"
    )


def test_a_source_may_be_one_string_with_any_line_ends() -> None:
    data = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1\r\ny = 2\r"}]}).encode()
    assert read_notebook(data).code == "x = 1\ny = 2\n"


def test_a_notebook_without_code_has_none() -> None:
    assert code() == code("#md only words") == code("", "\n  \n") == ""


def test_the_separator_satisfies_black_and_flake8() -> None:
    text = code("import os", "def f():\n    return os.name", "x = f()", "# done\nprint(x)")
    for tool in (["black", "--check", "-q"], ["flake8", "--isolated"]):
        run = subprocess.run([sys.executable, "-m", *tool, "-"], input=text.encode(), check=False)
        assert run.returncode == 0


def test_every_line_is_mapped_to_its_cell() -> None:
    data = notebook("#md title", "\n\nimport os\n", "x = 1\n\ny = 2\n\n\n", "z = 3")
    lines = read_notebook(data).code.split("\n")
    facts = FileFacts(path="a.ipynb", sha256="", cells=cells_of("a.ipynb", data))
    found = {
        text: facts.place(number) for number, text in enumerate(lines, start=1) if text.strip()
    }
    assert found == {"import os": (2, 3), "x = 1": (3, 1), "y = 2": (3, 3), "z = 3": (4, 1)}


def test_a_file_that_is_no_notebook_has_no_cells() -> None:
    assert code_of("a.py", b"{") == b"{" and cells_of("a.py", b"{") == ()
    assert FileFacts(path="a.py", sha256="").place(7) == (None, 7)
    assert cells_of("a.ipynb", b"{") == ()


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install \\\n  black\nx = 1", "# !pip install \\\n#   black\nx = 1"),
        ("?len\nlen?\nstr.join??", "# ?len\n# len?\n# str.join??"),
        ("files = !ls *.csv", "files = None  # !ls *.csv"),
        ("took = %timeit -o f()", "took = None  # %timeit -o f()"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%%bash\nls (\n\necho '", "# %%bash\n# ls (\n#\n# echo '"),
        ("if x:\n    !ls", "if x:\n    pass  # !ls"),
        ("x = (5\n     %y)", "x = (5\n     %y)"),
        ('t = """it\'s\n!not a magic\n"""\n!ls', 't = """it\'s\n!not a magic\n"""\n# !ls'),
        ("x = '(' # [\n!ls", "x = '(' # [\n# !ls"),
        ("x = 7 % 3\nassert x != 2", "x = 7 % 3\nassert x != 2"),
        ("x = 1   \n   \ny = 2", "x = 1   \n   \ny = 2"),
        ("x = 7 \\\n%y", "x = 7 \\\n%y"),
        ("x = 'a\\\n!b'\n!ls", "x = 'a\\\n!b'\n# !ls"),
        ("x = 'a\\\\'\n!ls", "x = 'a\\\\'\n# !ls"),
        ("x = '''\\'''\n!b'''\n!ls", "x = '''\\'''\n!b'''\n# !ls"),
        ("x = 1  # no \\\n!ls", "x = 1  # no \\\n# !ls"),
    ],
)
def test_magics_are_commented_out_line_for_line(cell: str, python: str) -> None:
    assert code(cell) == python + "\n"
    if "y)" not in cell:
        ast.parse(python)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1\n",
        b"\xff\xfe{}",
        b"{}",
        b"[]",
        b"null",
        b'{"worksheets": [{"cells": []}], "nbformat": 3}',
        b'{"cells": {}}',
        b'{"cells": ["x = 1"]}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": [1]}]}',
        b'{"cells": ' + b"[" * 200_000,
        b'{"nbformat": ' + b"9" * 10_000 + b"}",
    ],
)
def test_other_files_are_no_notebooks(data: bytes) -> None:
    with pytest.raises(NotANotebook):
        read_notebook(data)


def test_a_lone_surrogate_is_rejected_by_the_gate() -> None:
    data = notebook("x = 1").replace(b"x = 1", b"x = '\\ud800'")
    with pytest.raises(UnicodeDecodeError):
        code_of("a.ipynb", data).decode()


@example(["=", "\n\n\n="])
@given(st.lists(st.text(alphabet="ab =%!?()'\"#\\\n\t"), max_size=4))
def test_every_line_of_code_keeps_its_line_in_the_cell(cells: list[str]) -> None:
    data = notebook(*cells)
    found = read_notebook(data)
    facts = FileFacts(path="a.ipynb", sha256="", cells=found.cells)
    for number, line in enumerate(found.code.split("\n"), start=1):
        if line.strip() and "#" not in line and "None" not in line:
            cell, inside = facts.place(number)
            assert cell is not None
            assert cells[cell - 1].split("\n")[inside - 1] == line


#: Python with text that would be a magic command at the start of a statement.
PLAIN = st.lists(
    st.sampled_from(["x = 7 %a", "\\\n%a", "(\n%a)", "'b\\\n!c'", "'''\n!d\n'''"])
    | st.sampled_from(["\n", " ", "\ny = 8", "# \\\n", "'", "\\'", '"', "\\\\", "f(", ")"]),
    max_size=8,
).map("".join)


def is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


@example("x = 7 \\\n%a")
@example("'''\\'''\n!d\n'''")
@given(PLAIN.filter(is_python))
def test_python_is_unchanged(text: str) -> None:
    assert code(text).strip() == text.strip()
