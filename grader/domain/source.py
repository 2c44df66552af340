"""A submitted source file, decoded, tokenised and parsed once and shared by every check.

The text that checks see is the student's text with suppression comments neutralised by
same-length replacements (``# fmt: off`` becomes ``# fmt! off``), so that lines and columns stay
where the student wrote them and no comment can silence a tool.
"""

from __future__ import annotations

import ast
import codecs
import hashlib
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({"tests", "test"})
_NOTEBOOK = ".ipynb"
_PYTHON = frozenset({".py", ".pyi", _NOTEBOOK})

#: What isort obeys in any line that holds it, in a comment or not, since it reads lines.
_ANYWHERE = re.compile(r"(?P<tool>isort)(?P<gap>[ \t]*):(?=[ \t]*(?:skip|split))")
#: What black and isort obey in a comment. flake8's ``noqa`` needs no rewriting, because flake8
#: itself can be told to disregard it.
_IN_COMMENT = re.compile(
    r"(?P<tool>fmt|yapf|isort)(?P<gap>[ \t]*):"
    r"(?=[ \t]*(?:(?:off|on)\b|skip|disable|enable|dont-add|imports-))"
)
#: The rest of a line from a ``#``: every comment, and nothing of a line that cannot hold one.
_MAYBE_COMMENT = re.compile(r"#[^\r\n]*")
_TOOLS = ("fmt", "yapf", "isort")
#: What follows the name of such a tool at once, gaps aside.
_FOLLOWING = re.compile(r"(?:fmt|yapf|isort)[ \t]*(?=([^ \t]))", re.DOTALL)
#: Python knows none of these outside strings and comments, so that where isort would obey code
#: itself, text that is no Python cannot become Python. The others outnumber every readable text.
_STAND_INS = "!?$`"
_OTHER_STAND_INS = range(0x2200, 0xD800)

_SUPPRESSION = re.compile(
    r"\bfmt[ \t]*:[ \t]*(?:off|skip)\b|\byapf[ \t]*:[ \t]*disable\b"
    r"|isort[ \t]*:[ \t]*(?:off\b|skip_file|skip|split)"
    r"|(?i:\bflake8[ \t]*[:=][ \t]*noqa|#[ \t]*noqa\b)"
)
_IN_STRING = re.compile(r"isort[ \t]*:[ \t]*skip_file|(?i:#[ \t]*flake8[ \t]*[:=][ \t]*noqa)")
#: Tokens of text inside quotes, by name, as they differ between versions of Python.
_STRINGS = frozenset({"STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"})


@dataclass(frozen=True)
class Suppression:
    """A comment (or docstring line) that asks a tool to look away. Places are 1-based."""

    text: str
    line: int
    column: int


@lru_cache(maxsize=4_096)
def kind_of_name(path: str) -> str:
    """What its name alone tells a tool; files of the same bytes and kind are inspected alike.

    ``init``, ``stub``, ``main``, ``test``, ``test_init`` (a package of tests: flake8 spares every
    ``__init__.py`` one of its complaints), ``document``, ``notebook`` or ``plain``.
    """
    pure = PurePosixPath(path)
    if is_document(path):
        return "document"
    if is_notebook(path):
        return "notebook"
    if pure.suffix == ".pyi":
        return "stub"
    if is_test_path(path):
        return "test_init" if pure.name == "__init__.py" else "test"
    return {"__init__.py": "init", "main.py": "main"}.get(pure.name, "plain")


@lru_cache(maxsize=4_096)
def is_python(path: str) -> bool:
    """Whether a file of this name is Python: a script, a module, a stub or a notebook."""
    return PurePosixPath(path).suffix.lower() in _PYTHON


@lru_cache(maxsize=4_096)
def is_notebook(path: str) -> bool:
    """Whether a file of this name is a notebook, of which the cells with code are Python."""
    return PurePosixPath(path).suffix.lower() == _NOTEBOOK


@lru_cache(maxsize=4_096)
def is_document(path: str) -> bool:
    """Whether a file of this name is text that belongs to a program and is no Python.

    That is ``pyproject.toml``, a ``requirements*.txt`` or a file of Markdown, in any folder.
    """
    name = PurePosixPath(path).name.lower()
    if name.startswith("requirements") and name.endswith(".txt"):
        return True
    return name == "pyproject.toml" or name.endswith(".md")


@lru_cache(maxsize=4_096)
def is_test_path(path: str) -> bool:
    """Whether a path is a test by the conventions of pytest and unittest."""
    pure = PurePosixPath(path)
    named = pure.stem.startswith("test_") or pure.stem.endswith("_test") or pure.stem == "conftest"
    return named or any(part in _TEST_FOLDERS for part in pure.parts[:-1])


def decode(data: bytes) -> str:
    """Text of a source file: UTF-8, with or without a byte order mark, newlines as they stand.

    Raises:
        UnicodeDecodeError: the bytes are not UTF-8.
    """
    return data.decode("utf-8-sig")


def neutralise(text: str) -> tuple[str, str]:
    """Text in which no directive of black or isort works, and the stand-in used for its colon.

    The stand-in is a character that no such tool's name is followed by anywhere in this text, so
    that :func:`restore` gives back exactly what the student wrote. It is empty where nothing had
    to be changed.
    """
    if not any(tool in text for tool in _TOOLS):
        return text, ""
    stand_in = _stand_in(text)
    colon = rf"\g<tool>\g<gap>{stand_in}"
    neutral = _MAYBE_COMMENT.sub(
        lambda comment: _IN_COMMENT.sub(colon, comment[0]), _ANYWHERE.sub(colon, text)
    )
    return neutral, stand_in if neutral != text else ""


def _stand_in(text: str) -> str:
    taken = set(_FOLLOWING.findall(text))
    signs = chain(_STAND_INS, map(chr, _OTHER_STAND_INS))
    return next(sign for sign in signs if sign not in taken)


def restore(text: str, stand_in: str) -> str:
    """The inverse of :func:`neutralise`, for text that a formatter made from neutralised text."""
    if not stand_in:
        return text
    return re.sub(rf"(fmt|yapf|isort)([ \t]*){re.escape(stand_in)}", r"\1\2:", text)


@dataclass(frozen=True)
class SourceFile:
    """One Python file of a submission, or a document, which has text and no tree.

    What checks see of a notebook is the code of its cells, joined.
    ``path`` is the path as in the archive, with forward slashes. Everything derived is computed
    once, when first asked for; whoever builds one has made sure that it decodes and parses.
    """

    path: str
    data: bytes

    @property
    def kind(self) -> str:
        """See :func:`kind_of_name`."""
        return kind_of_name(self.path)

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def original(self) -> str:
        """What the student wrote, with newlines and directives as they stand."""
        return decode(self.data)

    @cached_property
    def _neutral(self) -> tuple[str, str]:
        return neutralise(self.original)

    @property
    def raw_text(self) -> str:
        """Neutralised text with newlines as they stand (what isort reads)."""
        return self._neutral[0]

    @property
    def stand_in(self) -> str:
        """The character to give to :func:`restore`; empty where nothing was neutralised."""
        return self._neutral[1]

    @cached_property
    def text(self) -> str:
        """Neutralised text with every newline as ``\\n`` (what the other tools read)."""
        return self.raw_text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of :attr:`text`, each with its newline."""
        return tuple(io.StringIO(self.text))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        Raises:
            SyntaxError: the text is not Python for this interpreter.
        """
        return ast.parse(self.text)

    @cached_property
    def tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The tokens of :attr:`text`.

        Raises:
            tokenize.TokenError, SyntaxError: the text cannot be tokenised.
        """
        return tuple(tokenize.generate_tokens(io.StringIO(self.text).readline))

    @property
    def has_bom(self) -> bool:
        """Whether the file begins with a UTF-8 byte order mark."""
        return self.data.startswith(codecs.BOM_UTF8)

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """Every comment that asks a tool to look away, in order."""
        if not _SUPPRESSION.search(self.original):
            return ()
        return tuple(_suppressions(self.original))


def _suppressions(original: str) -> Iterable[Suppression]:
    readline = io.StringIO(original.replace("\r\n", "\n").replace("\r", "\n")).readline
    for token in tokenize.generate_tokens(readline):
        match = _silences(token)
        if match:
            before = token.string[: match.start()]
            line = token.start[0] + before.count("\n")
            newline = before.rfind("\n")
            column = token.start[1] + match.start() if newline < 0 else match.start() - newline - 1
            yield Suppression(match[0], line, column + 1)


def _silences(token: tokenize.TokenInfo) -> re.Match[str] | None:
    if token.type == tokenize.COMMENT:
        return _SUPPRESSION.search(token.string)
    if tokenize.tok_name[token.type] in _STRINGS:
        return _IN_STRING.search(token.string)
    return None


@dataclass(frozen=True)
class Dropped:
    """A file of the archive that is not graded, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Submission:
    """What a student handed in: Python and documents sorted by path, and what was left out.

    ``archive_sha256`` is empty where there was no archive (a folder or a single file).
    """

    files: tuple[SourceFile, ...]
    dropped: tuple[Dropped, ...] = ()
    archive_sha256: str = ""

    @property
    def top_folder(self) -> str:
        """The folder, with its slash, in which all files lie; empty where there is none.

        Downloads of GitHub and zips of a whole folder have one, and patterns need not name it.
        """
        tops = {file.path.partition("/")[:2] for file in self.files}
        top, slash = tops.pop() if len(tops) == 1 else ("", "")
        return top + slash if slash else ""

    @property
    def outline(self) -> tuple[tuple[str, str], ...]:
        """Sorted (path, sha256) pairs: all that a check's context may depend on."""
        return tuple((file.path, file.sha256) for file in self.files)

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted (path, bytes), the same for a zip, a folder and any order."""
        whole = hashlib.sha256()
        for path, digest in sorted(self.outline):
            whole.update(path.encode("utf-8") + b"\0" + digest.encode() + b"\n")
        return whole.hexdigest()
