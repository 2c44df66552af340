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

CLEAN = '"""Numbers."""\n\nimport os\nfrom math import pi, tau\n\nprint(os.name, pi, tau)\n'
DIRTY = "import sys,os\nx = {  'a':1 }\nprint( x )\n"
QUOTED = '"""Numbers."""\n\nprint(\'a\')\n'
WIDE = f'x = "{"a" * 90}"\n'
#: A student's own settings of the tools, which the commands have to leave aside.
SETTINGS = {
    "pyproject.toml": (
        "[tool.black]\nskip-string-normalization = true\nskip-magic-trailing-comma = true\n"
        "[tool.isort]\nforce_single_line = true\nforced_separate = ['os']\n"
    ),
    "setup.cfg": "[flake8]\nignore = E,W,F\n",
}


def verdict_at_home(command: str, text: str, folder: Path) -> bool:
    """Return whether ``command`` accepts a file with ``text`` (exit code 0)."""
    for name, content in SETTINGS.items():
        (folder / name).write_text(content)
    file = folder / "numbers_tool.py"
    file.write_text(text)
    tool, *flags = shlex.split(command)
    words = [sys.executable, "-I", "-m", tool, *flags, file.name]
    return subprocess.run(words, cwd=folder, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "text", [CLEAN, DIRTY, QUOTED, WIDE], ids=["clean", "dirty", "quoted", "wide"]
)
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
    command = check.command(chosen, (source.path, *SETTINGS))
    assert verdict_at_home(command, text, tmp_path) is (not found.findings)


@pytest.mark.parametrize("check_id", ["formatting", "style"])
def test_a_file_without_statements_is_looked_at(check_id: str, tmp_path: Path) -> None:
    check = CATALOG[check_id]
    for text in ('"""Numbers."""', '"""Numbers."""\n', "# Numbers.", "", "  \n"):
        found = check.inspect(SourceFile("numbers_tool.py", text.encode()), check.options(), ())
        assert found.state is (State.OK if found.findings else State.NOT_APPLICABLE)
        assert check.command is not None
        command = check.command(check.options(), tuple(SETTINGS))
        assert verdict_at_home(command, text, tmp_path) is (not found.findings)
