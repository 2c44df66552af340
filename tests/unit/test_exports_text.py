from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.domain.inspection import State
from grader.domain.report import Command, FileLine, Report
from grader.exports.prose.local_commands import command_lines, folded
from grader.exports.report.text import WIDTH, render_text
from tests.unit import exports_reports as reports


def _lines(report: Report) -> list[str]:
    return render_text(report).splitlines()


@pytest.mark.parametrize("name", sorted(reports.ALL))
def test_lines_fit_a_terminal(name: str) -> None:
    assert max(cell_len(line) for line in _lines(reports.ALL[name]())) <= WIDTH


@given(st.text(min_size=1))
def test_lines_fit_and_stay_inert_whatever_a_student_writes(text: str) -> None:
    report = reports.report(
        findings=(reports.finding("F401", text, 1, message=text),),
        notes=(text,),
        files=(FileLine(path=text, checks={}),),
    )
    for line in render_text(report).split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= WIDTH


def test_an_address_stays_whole() -> None:
    address = "https://example.org/" + "x" * 70
    found = reports.finding("E501", "a.py", 1, url=address)
    assert f"      {address}" in _lines(reports.report(findings=(found,)))


def test_the_total_is_the_first_line() -> None:
    assert _lines(reports.typical())[0] == "Total: 71.5 / 100"
    assert _lines(reports.report())[0] == "Total: 100 / 100"
    withheld = _lines(reports.withheld())[0]
    assert withheld == "Total: at least 71 / 100 (the rest is withheld, not lost)"


def test_what_to_do_first_comes_before_the_criteria() -> None:
    lines = _lines(reports.typical())
    first = lines.index("Do this first: it can win 10.5 points")
    assert lines.index("Already right") < first < lines.index("Points still to win")


def test_repeats_are_one_line_with_what_they_cost() -> None:
    text = " ".join(render_text(reports.typical()).split())
    assert "27 x E501 on lines 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42 and 15 more" in text
    assert text.count("How to mend E501.") == 1
    assert text.count("https://example.org/E501") == 1


def test_colour_comes_only_when_asked_and_changes_no_word() -> None:
    for make in reports.ALL.values():
        plain, coloured = render_text(make()), render_text(make(), colour=True)
        assert "\x1b" not in plain and "\x1b[" in coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_the_commands_that_fetch_and_apply_the_patch_work(tmp_path: Path) -> None:
    report = reports.typical()
    (tmp_path / "report.json").write_text(report.to_json(), encoding="utf-8")
    (tmp_path / "main.py").write_text("import os\nx=1\ndef main():\n", encoding="utf-8")
    lines = _lines(report)
    start = next(at for at, line in enumerate(lines) if line.startswith("    python3 -c"))
    script = "\n".join(lines[start : start + 3])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, env=environment, check=True)
    mended = (tmp_path / "main.py").read_text(encoding="utf-8")
    assert mended == "import os\nx = 1\n\ndef main():\n"


def _with_files(*paths: str) -> Report:
    checks = {"style": State.OK}
    return reports.report(files=tuple(FileLine(path=path, checks=checks) for path in paths))


def test_commands_name_the_files_while_that_is_kind() -> None:
    start = "flake8 --isolated --max-line-length 88"
    assert command_lines(_with_files("a.py", "b c.py")) == (f"{start} a.py 'b c.py'",)
    assert command_lines(_with_files("--config=x.py")) == (f"{start} ./--config=x.py",)
    for paths in (["a\x1b.py"], ["a\\x1b.py"], ["é.py"], ["x" * 90], [f"{n}.py" for n in range(7)]):
        assert command_lines(_with_files(*paths)) == (f"{start} .",)


def test_a_command_for_the_folder_names_what_its_tool_skips() -> None:
    many = [f"src/a{n}.py" for n in range(7)]
    report = _with_files(*many, "build/lib/a1.py", "build/lib/a2.py", "src/a1.pyi", "dist/a b/c.py")
    tools = ("black", "flake8")
    report = report.model_copy(
        update={"commands": tuple(Command(check="style", command=f"{tool} -x") for tool in tools)}
    )
    assert command_lines(report) == ("black -x .", "flake8 -x . src/*.pyi")
    plain = report.files[:-1]
    assert command_lines(report.model_copy(update={"files": plain}))[0] == (
        "black -x . build/lib/*.py"
    )


def test_a_command_is_told_once() -> None:
    checks = {"a": State.OK, "b": State.OK}
    twice = reports.report(
        files=(FileLine(path="main.py", checks=checks),),
        commands=(Command(check="a", command="x"), Command(check="b", command="x")),
    )
    assert command_lines(twice) == ("x main.py",)


def test_a_command_names_the_python_files_that_its_check_read() -> None:
    read, unread = {"style": State.OK}, {"other": State.OK}
    files = {"a.py": read, "b.py": unread, "answers.md": read}
    told = reports.report(
        files=tuple(FileLine(path=path, checks=checks) for path, checks in files.items()),
        commands=(Command(check="style", command="x"),),
    )
    assert command_lines(told) == ("x a.py",)


def test_a_folded_command_is_the_same_to_a_shell() -> None:
    command = "printf '%s|' --select 'E,F W' \"a  b\" " + " ".join(f"file{n}.py" for n in range(20))
    lines = folded(command, 40)
    assert len(lines) > 4 and max(map(len, lines)) <= 40
    once = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    again = subprocess.run(["sh", "-c", "\n".join(lines)], capture_output=True, check=True)
    assert again.stdout == once.stdout != b""
