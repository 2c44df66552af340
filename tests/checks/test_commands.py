"""The command lines in a report give the same verdicts as the report."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.inspection import State
from grader.domain.source import SourceFile

CLEAN = '"""Numbers."""\n\nimport os\n\nprint(os.name)\n'
DIRTY = "import sys,os\nx = {  'a':1 }\nprint( x )\n"
WIDE = f'x = "{"a" * 90}"\n'


def verdict_at_home(command: str, text: str, folder: Path) -> bool:
    """Return whether ``command`` accepts a file with ``text`` (exit code 0)."""
    file = folder / "numbers_tool.py"
    file.write_text(text)
    tool, *flags = shlex.split(command)
    words = [sys.executable, "-I", "-m", tool, *flags, str(file)]
    return subprocess.run(words, cwd=folder, capture_output=True).returncode == 0


@pytest.mark.parametrize("text", [CLEAN, DIRTY, WIDE], ids=["clean", "dirty", "wide"])
@pytest.mark.parametrize(
    ("check_id", "options"),
    [
        ("formatting", {}),
        ("formatting", {"line_length": 120, "skip_string_normalization": True}),
        ("import_order", {}),
        ("import_order", {"line_length": 100, "force_sort_within_sections": True}),
        ("style", {}),
        ("style", {"max_line_length": 120, "select": ["E", "F"], "max_complexity": 5}),
    ],
)
def test_a_printed_command_agrees_with_the_report(
    check_id: str, options: dict[str, object], text: str, tmp_path: Path
) -> None:
    check = CATALOG[check_id]
    chosen = check.options.model_validate(options)
    source = SourceFile("numbers_tool.py", text.encode())
    found = check.inspect(source, chosen, check.context(source.path, ((source.path, "0"),)))
    assert found.state is State.OK
    assert check.command is not None
    assert verdict_at_home(check.command(chosen), text, tmp_path) is (not found.findings)
