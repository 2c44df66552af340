"""Command lines that give the same verdicts on a student's own machine."""

from __future__ import annotations

import re
import shlex

from grader.domain.report import Report
from grader.domain.source import is_notebook, is_python

#: Past so many files, or with a name that a shell could stumble over, ``.`` is kinder.
_MOST_FILES = 6
_LONGEST = 60
_WORDS = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")


def command_lines(report: Report) -> tuple[str, ...]:
    """Each command with the files that were graded, to run in the folder that was handed in.

    Files are named one by one where they are few, because tools that are given a folder leave
    some files out, each by its own rule.
    """
    python = [file for file in report.files if is_python(file.path) and not is_notebook(file.path)]
    return tuple(
        dict.fromkeys(
            f"{one.command} {_files([file.path for file in python if one.check in file.checks])}"
            for one in report.commands
        )
    )


def _files(paths: list[str]) -> str:
    quoted = [shlex.quote(f"./{path}" if path.startswith("-") else path) for path in paths]
    # A backslash may be a sign that stands for a character that does not print.
    plain = all(path.isascii() and path.isprintable() and "\\" not in path for path in paths)
    if not plain or not 0 < len(paths) <= _MOST_FILES or max(map(len, quoted)) > _LONGEST:
        return "."
    return " ".join(quoted)


def folded(command: str, width: int) -> list[str]:
    """A command over several lines of at most ``width`` columns, as a POSIX shell reads it."""
    lines: list[str] = []
    for word in _WORDS.findall(command):
        if lines and len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}" if lines else word)
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]
