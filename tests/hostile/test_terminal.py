"""The command line escapes control characters in everything that it quotes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import main
from grader.cli.output import print_text
from grader.domain.characters import is_hidden
from tests.hostile_texts import NAMES

BY = ("--rubric", "numbers-refactor")


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    shown = result.stdout + result.stderr
    assert {one for one in shown if is_hidden(one)} <= {"\n"}
    return result


def test_a_missing_path_is_quoted_with_its_control_characters_escaped() -> None:
    for name in NAMES:
        if "\0" not in name and len(name.encode("utf-8", "replace")) < 200:
            assert run("check", f"./{name}", *BY).exit_code == 2
            assert run("check", __file__, "--rubric", f"./{name}").exit_code == 2


def test_a_refused_name_of_an_archive_is_quoted_escaped(tmp_path: Path) -> None:
    for at, name in enumerate(one for one in NAMES if not one.isprintable() and "\0" not in one):
        archive = tmp_path / f"{at}.zip"
        with zipfile.ZipFile(archive, "w") as whole:
            whole.writestr(name.encode("utf-8", "replace").decode(), "x = 1\n")
        result = run("check", archive, *BY)
        assert (result.exit_code, "[name-" in result.stderr) == (2, True), result.stderr


def test_a_file_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "caf\udce9\x1b[31m.py").write_text("x = 1\n")
    result = run("check", tmp_path / "folder", *BY)
    assert (result.exit_code, "[name-control]" in result.stderr) == (2, True)


def test_a_mistake_in_a_rubric_is_quoted(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    for name in (one for one in NAMES if len(one) < 90):
        quoted = "".join(f"\\U{ord(one):08x}" for one in name if not "\ud800" <= one <= "\udfff")
        file.write_text(f'"{quoted}": 1\ncriteria: {{a: {{check: "{quoted}"}}}}\n')
        result = run("rubric", "lint", file)
        assert (result.exit_code, "unknown key" in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_printed_text_is_visible(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_text(f"The file {name} is there.\n\tIndeed.")
    printed = capsys.readouterr().out
    assert {one for one in printed if is_hidden(one)} <= {"\n", "\t"}
    assert printed.startswith("The file ") and printed.endswith(" is there.\n\tIndeed.\n")
    io.BytesIO().write(printed.encode("utf-8"))
