"""Command lines that give a student the same results on their own machine."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.domain.report import Report
from grader.domain.source import is_notebook, is_python

#: With more files, or a longer name (in characters), a command names the folder ``.`` instead of
#: files, to stay readable. Chosen by hand.
_MAX_FILES = 6
_MAX_NAME = 60
#: Folders that Black and isort skip below ``.``, e.g. what ``python -m build`` leaves. Their own
#: lists have more, which intake drops.
_SKIPPED = frozenset({"build", "dist", "_build", "buck-out", "venv", ".venv", ".direnv"})
#: A file that is empty, which Black needs as a file of settings, is not called so on Windows.
_EMPTY_FILE = "/dev/null"
#: A shell word with its quotes, e.g. ``'a b.py'`` and ``--line-length``; not the space between.
_WORDS = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")


def command_lines(report: Report) -> tuple[str, ...]:
    """Return the commands of ``report``, to run in the submitted folder, without repetition.

    A command is that of a check, with the Python files (no notebooks) that the check reads. A few
    files are named one by one, quoted for a shell, because tools skip some files of a folder, each
    by its own rule. For no files, over :data:`_MAX_FILES`, or one whose name has over
    :data:`_MAX_NAME` characters, a backslash, or any that is not printable ASCII, it names the
    folder, ``.``, and the files that the tool is known to skip below it.
    """
    python = [file for file in report.files if is_python(file.path) and not is_notebook(file.path)]
    given = (
        (one.command, [file.path for file in python if one.check in file.checks])
        for one in report.commands
    )
    return tuple(dict.fromkeys(f"{command} {_files(command, paths)}" for command, paths in given))


def on_windows(commands: Sequence[str]) -> str:
    """Return the sentence on what differs on Windows in ``commands``; "" if nothing does."""
    differs = any(_EMPTY_FILE in command for command in commands)
    return f"On Windows, write NUL instead of {_EMPTY_FILE}." if differs else ""


def _files(command: str, paths: list[str]) -> str:
    """Return ``paths`` as shell words for ``command``, or ``.`` for none, many or unusual ones.

    E.g. ``main.py 'a b.py'``; not ``ä.py``, which gives ``.``. After ``.`` come patterns for what
    the tool skips below it, e.g. ``build/lib/*.py``, unless they are many or unusual themselves.
    """
    if 0 < len(paths) <= _MAX_FILES and all(map(_is_plain, paths)):
        return " ".join(map(_word, paths))
    skipped = [PurePosixPath(path) for path in paths if _is_skipped(command, path)]
    folders = {str(path.parent) for path in skipped}
    if len(folders) > _MAX_FILES or not all(map(_is_word, folders)):
        return "."
    return " ".join([".", *sorted({f"{path.parent}/*{path.suffix}" for path in skipped})])


def _word(path: str) -> str:
    """Return ``path`` quoted for a shell, and not to be taken for an option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _is_plain(path: str) -> bool:
    """Return whether ``path`` is short and looks the same in a shell as in the upload."""
    # A backslash may come from sanitize, which writes an invisible character as an escape.
    looks_the_same = path.isascii() and path.isprintable() and "\\" not in path
    return looks_the_same and len(shlex.quote(path)) <= _MAX_NAME


def _is_word(path: str) -> bool:
    """Return whether ``path`` is one word for every shell, without quotes."""
    return _is_plain(path) and shlex.quote(path) == path and not path.startswith("-")


def _is_skipped(command: str, path: str) -> bool:
    """Return whether the tool of ``command`` skips the Python file ``path`` below ``.``."""
    if command.startswith("flake8 "):
        return path.endswith(".pyi")
    return not _SKIPPED.isdisjoint(path.split("/")[:-1])


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
