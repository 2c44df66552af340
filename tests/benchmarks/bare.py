"""The four tools as libraries in one warm process, called as their own command lines do."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import black
import isort
from flake8.checker import FileChecker
from flake8.main.application import Application
from flake8.style_guide import Decision
from radon.complexity import cc_visit
from radon.metrics import h_visit, mi_visit
from radon.raw import analyze

from tests.benchmarks.command_lines import FLAKE8, LINE_LENGTH


class Bare:
    """The four tools, loaded and configured; they share no work and are not isolated."""

    def __init__(self) -> None:
        self._mode = black.Mode(line_length=LINE_LENGTH)
        self._flake8 = Application()
        self._flake8.initialize(["-j1", *FLAKE8])

    def run_all(self, root: Path, files: Sequence[Path]) -> None:
        """Do the work of the seven command lines for the ``files`` of a submission in ``root``."""
        for path in files:
            black.format_file_in_place(
                path, fast=False, mode=self._mode, write_back=black.WriteBack.CHECK
            )
        self._isort(root, files)
        for path in files:
            self._flake8_one(path)
        for visit in (cc_visit, _maintainability, analyze, h_visit):
            for path in files:
                visit(path.read_text("utf-8"))

    def _isort(self, root: Path, files: Sequence[Path]) -> None:
        """Check the imports of ``files`` as isort's command line does."""
        config = isort.Config(profile="black", line_length=LINE_LENGTH, src_paths=(root,))
        # isort prints a line for every file to standard error.
        with contextlib.redirect_stderr(io.StringIO()):
            for path in files:
                isort.check_file(path, config=config)

    def _flake8_one(self, path: Path) -> int:
        """Run flake8's checks on one file; return how many findings would be reported."""
        plugins, options = self._flake8.plugins, self._flake8.options
        assert plugins is not None and options is not None and self._flake8.guide is not None
        checker = FileChecker(filename=str(path), plugins=plugins.checkers, options=options)
        _, results, _ = checker.run_checks()
        results.sort(key=lambda found: (found[0], found[1]))
        guide = self._flake8.guide.default_style_guide
        decisions = [guide.should_report_error(code) for code, *_ in results]
        return decisions.count(Decision.Selected)


def _maintainability(text: str) -> float:
    return float(mi_visit(text, multi=True))
