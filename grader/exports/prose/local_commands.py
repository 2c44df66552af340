"""Command lines that give a student the same results on their own machine."""

from __future__ import annotations

import re
import shlex

from grader.domain.report import Report
from grader.domain.source import is_notebook, is_python

#: With more files, or a longer name (in characters), a command names the folder ``.`` instead of
#: files, to stay readable. Chosen by hand.
_MAX_FILES = 6
_MAX_NAME = 60
#: A shell word with its quotes, e.g. ``'a b.py'`` and ``--line-length``; not the space between.
_WORDS = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")


def command_lines(report: Report) -> tuple[str, ...]:
    """Return the commands of ``report``, to run in the submitted folder, without repetition.

    A command is that of a check, with the Python files (no notebooks) that the check reads. A few
    files are named one by one, quoted for a shell, because tools skip some files of a folder, each
    by its own rule. For no files, over :data:`_MAX_FILES`, or one whose name has over
    :data:`_MAX_NAME` characters, a backslash, or any that is not printable ASCII, it names the
    folder: ``.``.
    """
    python = [file for file in report.files if is_python(file.path) and not is_notebook(file.path)]
    return tuple(
        dict.fromkeys(
            f"{one.command} {_files([file.path for file in python if one.check in file.checks])}"
            for one in report.commands
        )
    )


def _files(paths: list[str]) -> str:
    """Return ``paths`` quoted for a shell, or ``.`` for none, many, long or unusual ones.

    E.g. ``main.py 'a b.py'``; not ``ä.py``, which gives ``.``.
    """
    quoted = [shlex.quote(f"./{path}" if path.startswith("-") else path) for path in paths]
    # A backslash may come from sanitize, which writes an invisible character as an escape.
    plain = all(path.isascii() and path.isprintable() and "\\" not in path for path in paths)
    if not plain or not 0 < len(paths) <= _MAX_FILES or max(map(len, quoted)) > _MAX_NAME:
        return "."
    return " ".join(quoted)


def folded(command: str, width: int) -> list[str]:
    """Return ``command`` as lines of at most ``width`` characters, continued with backslashes.

    Lines after the first are indented by 4. A word that does not fit, with its indentation and
    backslash, gets a line of its own, which is too wide. Spaces outside quotes become one. Quotes
    in ``command`` must be in pairs. For an empty ``command`` there are no lines.
    """
    lines: list[str] = []
    for word in _WORDS.findall(command):
        if lines and len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}" if lines else word)
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]
