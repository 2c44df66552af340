"""Laws of the patch, over many odd sources: it applies, compiles, and contents both tools."""

from __future__ import annotations

import ast
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.inspection import Inspection, State
from grader.domain.source import SourceFile
from tests.hostile.odd_sources import odd_sources

#: Statements in forms that isort, Black or their parsers may stumble over.
_STATEMENTS = (
    "import os . path",
    "import b . c . d as q",
    "from . . a import b",
    "from ... import a",
    "import a, b . c",
    "from c import (x,); import f",
    "from a import b; from a import c",
    "import z; x = 1",
    "x = 1; import z",
    "import a;",
    "import\ta",
    "from a import(b)",
    "from a import b, \\\n    c",
    "from a import (\n    b, # why\n    c\n)",
    "from a import *",
    "if 1: import a",
    "try:\n    import q\nexcept ImportError: q = None",
    "def g(): import b; import a",
    "def f():\n\timport b\n\timport a\n\treturn a",
    "if x:\n  \f y = 1",
    "\fx = 2",
    "\f",
    "x = 1 # \f comment",
    "\\\nx = 1",
    "'''doc\nimport x\n'''",
    'def f():\n    """Doc \\""""',
    "class A: x = 1; y = 2",
    "async def h():\n  await x",
    "f'{x!r:>{y}}'",
    "x = [\n1,\n2,\n]",
    "# fmt: off",
    "import a # isort: skip",
    "with a as b, c as d: pass",
    "del (a), (b)",
    "match x:\n    case 1: pass",
    "@a\n\n@b\ndef f(): ...",
)


def generated(count: int) -> Iterator[bytes]:
    """Yield ``count`` sources of a few statements, with newlines of all kinds; always the same."""
    choose = random.Random(15)
    for _ in range(count):
        newline = choose.choice(["\n", "\n\n", "\r\n", "\r"])
        parts = choose.choices(_STATEMENTS, k=choose.randint(1, 6))
        ends = choose.choices(["", "", "", ";", " ", "  # c", "\t"], k=len(parts))
        lines = (part.replace("\n", newline[:2].strip("\n") or "\n") for part in parts)
        text = newline.join(map(str.__add__, lines, ends))
        yield (text + choose.choice([newline, "", newline * 3])).encode()


def compiling() -> dict[str, SourceFile]:
    """Return the odd sources that the gate accepts, by a path for each."""
    found = {}
    for at, data in enumerate([*odd_sources().values(), *generated(300)]):
        source = SourceFile(f"odd_{at}.py", data)
        try:
            compile(source.text, "odd", "exec", dont_inherit=True)
            compile(data, "odd", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        found[source.path] = source
    return found


def inspect(check: str, source: SourceFile, **options: Any) -> Inspection:
    chosen = CATALOG[check]
    return chosen.inspect(source, chosen.options.model_validate(options), ())


@pytest.mark.filterwarnings("ignore")
def test_a_patch_is_safe_or_withheld(tmp_path: Path) -> None:
    patched, reasons, patch = {}, set(), []
    for path, source in compiling().items():
        found = inspect("mend", source, formatting={}, import_order={})
        for finding in found.findings:
            assert found.state is State.OK
            if finding.code != "patch":
                reasons.add((finding.code, finding.message))
                continue
            patched[path] = source
            (tmp_path / path).write_bytes(source.data)
            patch.append(f"--- a/{path}\n+++ b/{path}\n{finding.hunk}")
    assert len(patched) > 150
    assert reasons == {
        ("withheld", "what isort writes for it is not valid Python"),
        # Of lines that end in a carriage return alone, after a backslash.
        ("withheld", "Black would change what it does"),
    }
    (tmp_path / "all.patch").write_bytes("".join(patch).encode())
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "all.patch"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": "/"},
        check=True,
    )
    for path, before in patched.items():
        after = SourceFile(path, (tmp_path / path).read_bytes())
        compile(after.data, path, "exec", dont_inherit=True)
        assert not inspect("formatting", after).findings, before.data
        codes = [one.code for one in inspect("import_order", after).findings]
        assert "isort" not in codes, before.data
        assert without_imports(after) == without_imports(before), before.data


def without_imports(source: SourceFile) -> tuple[str, set[tuple[str, str]]]:
    """Return the tree of ``source`` without imports, as text, and what these import.

    Blanks in texts do not count, because Black changes those of docstrings.
    """
    tree = ast.parse(source.text)
    names: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "".join(node.value.split())
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                imports = [one for one in value if isinstance(one, ast.Import | ast.ImportFrom)]
                names |= {
                    (ast.dump(each), getattr(one, "module", ""))
                    for one in imports
                    for each in one.names
                }
                setattr(node, field, [one for one in value if one not in imports])
    return ast.dump(tree), names
