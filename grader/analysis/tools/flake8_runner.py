"""Run flake8 inside this process, one file at a time, with the findings of its command line.

flake8 has no stable Python API: this module is the only one that uses its internals. Only the
plugins that ship with flake8 are loaded, whatever else is installed, and no file is read from disk.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import linecache
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import flake8
from flake8.checker import FileChecker
from flake8.main.options import register_default_options, stage1_arg_parser
from flake8.options import aggregator, config
from flake8.options.manager import OptionManager
from flake8.plugins import finder
from flake8.processor import FileProcessor
from flake8.style_guide import Decision, DecisionEngine

from grader.analysis.tools.recursion import room_for_recursion
from grader.domain.source import SourceFile

#: Distributions whose flake8 plugins are loaded. e.g. an installed flake8-bugbear is ignored.
_STOCK = frozenset({"flake8", "mccabe", "pycodestyle", "pyflakes"})


@dataclass(frozen=True)
class Violation:
    """One line of flake8's report. ``line`` and ``column`` are 1-based; ``text`` lacks the code."""

    line: int
    column: int
    code: str
    text: str


@dataclass(frozen=True)
class _Setup:
    """flake8 as configured for one set of command-line arguments."""

    plugins: finder.Checkers
    options: argparse.Namespace
    decisions: DecisionEngine


def violations(source: SourceFile, arguments: tuple[str, ...]) -> list[Violation]:
    """Return what ``flake8 --isolated --disable-noqa ARGUMENTS`` reports about `source`.

    `arguments` are further command-line options. Only the plugins that ship with flake8 are run.
    The result is in flake8's order: by line, then by column. :mod:`linecache` is cleared.
    """
    setup = _setup(arguments)
    # pyflakes and mccabe keep their options on their classes: another rubric may have changed them.
    for plugin in setup.plugins.tree:
        plugin.obj.parse_options(setup.options)
    # flake8 looks up lines by file name in linecache, and submissions share names (`main.py`).
    linecache.clearcache()
    with room_for_recursion():
        _, results, _ = _SharedChecker(source, setup).run_checks()
    selected = [
        Violation(max(line, 1), (column or 0) + 1, code, text)
        for code, line, column, text, _ in results
        if setup.decisions.decision_for(code) is Decision.Selected
    ]
    return sorted(selected, key=lambda violation: (violation.line, violation.column))


@lru_cache(maxsize=8)
def _setup(arguments: tuple[str, ...]) -> _Setup:
    """Return flake8 configured for `arguments`, as its own start-up does, without any files."""
    parser = stage1_arg_parser()
    early, rest = parser.parse_known_args(["--isolated", "--disable-noqa", "-j1", *arguments])
    settings, folder = config.load_config(config=None, extra=[], isolated=early.isolated)
    plugins = _stock_plugins()
    manager = OptionManager(
        version=flake8.__version__,
        plugin_versions=plugins.versions_str(),
        parents=[parser],
        formatter_names=list(plugins.reporters),
    )
    register_default_options(manager)
    manager.register_plugins(plugins)
    options = aggregator.aggregate_options(manager, settings, folder, rest)
    return _Setup(plugins.checkers, options, DecisionEngine(options))


@lru_cache(maxsize=1)
def _stock_plugins() -> finder.Plugins:
    """Return flake8's own plugins, loaded. Cached: the search reads all installed distributions."""
    blank = finder.PluginOptions.blank()
    found = finder.find_plugins(configparser.RawConfigParser(), blank)
    return finder.load_plugins([item for item in found if item.package in _STOCK], blank)


class _SharedProcessor(FileProcessor):  # type: ignore[misc]  # flake8 ships no types
    """flake8's file processor, reading the lines, tokens and tree of a shared ``SourceFile``."""

    def __init__(self, source: SourceFile, options: argparse.Namespace) -> None:
        super().__init__(source.path, options, lines=list(source.lines))
        self._source = source

    def build_ast(self) -> ast.AST:
        return self._source.tree

    def generate_tokens(self) -> Iterator[tokenize.TokenInfo]:
        """Yield the shared tokens, or those of flake8 if the source has none because of an error.

        flake8's line counter advances and its list of tokens grows, as with its own tokenizer.
        """
        try:
            tokens = self._source.raw_tokens
        except (SyntaxError, tokenize.TokenError):
            yield from super().generate_tokens()
            return
        for token in tokens:
            if token.start[0] > self.total_lines:
                break
            while self.line_number < token.end[0] and self.line_number < self.total_lines:
                self.next_line()
            self.tokens.append(token)
            yield token

    def noqa_line_for(self, line_number: int) -> str | None:
        return None


class _SharedChecker(FileChecker):  # type: ignore[misc]  # flake8 ships no types
    """flake8's file checker with a ``_SharedProcessor``."""

    def __init__(self, source: SourceFile, setup: _Setup) -> None:
        self._source = source
        super().__init__(filename=source.path, plugins=setup.plugins, options=setup.options)

    def _make_processor(self) -> FileProcessor:
        return _SharedProcessor(self._source, self.options)
