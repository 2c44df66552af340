"""A submitted source file: decoded, tokenised and parsed once, and shared by every check.

Checks see the student's text with suppression comments neutralised by replacements of the same
length (``# fmt: off`` becomes ``# fmt! off``). Lines and columns stay as the student wrote them,
and no comment can silence a tool.
"""

from __future__ import annotations

import ast
import codecs
import hashlib
import io
import re
import tokenize
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, TypeVar, cast

from grader.domain.syntax import joined, parse, raw_tokens

Result = TypeVar("Result")

#: Folders of tests, in lower case, e.g. ``unit_tests``; not ``contest``, ``tests_of_strength`` or
#: ``test_project``, which may be all that was handed in.
_TEST_FOLDER = re.compile(r"tests?|.*_tests", re.DOTALL)
#: Names of tests without their suffix: those that pytest collects (``test_prices``,
#: ``prices_test``), ``tests`` (Django makes it, and ``unittest`` collects ``test*.py``), and the
#: plurals that courses prescribe (``churn_script_logging_and_tests``, ``list_append_tests``). Not
#: ``test``, which often evaluates a model beside ``train.py``, or is where somebody tries things.
_TEST_NAME = re.compile(r"tests?_.*|.*_tests?|tests|conftest", re.DOTALL)
_NOTEBOOK = ".ipynb"
_PYTHON = frozenset({".py", ".pyi", _NOTEBOOK})

#: Directives that isort obeys anywhere in a line, even in a string, because it reads lines.
#: e.g. the directive "skip_file"; not "isort: sorted" or "isort is a tool".
_ANYWHERE = re.compile(r"(?P<tool>isort)(?P<gap>[ \t]*):(?=[ \t]*(?:skip|split))")
#: Directives that black and isort obey in a comment, e.g. "off" after "fmt:"; not
#: "# fmt: see the manual". flake8's "noqa" is absent: flake8 has an option to ignore it.
_IN_COMMENT = re.compile(
    r"(?P<tool>fmt|yapf|isort)(?P<gap>[ \t]*):"
    r"(?=[ \t]*(?:(?:off|on)\b|skip|disable|enable|dont-add|imports-))"
)
#: The rest of a line from "#" on. It contains every comment, and sometimes part of a string.
_MAYBE_COMMENT = re.compile(r"#[^\r\n]*")
#: Words of which a text with a directive has at least one; used to skip other texts quickly.
_TOOLS = ("fmt", "yapf", "isort")
#: The first character after a tool's name and blanks, e.g. the colon of "fmt : on".
_FOLLOWING = re.compile(r"(?:fmt|yapf|isort)[ \t]*(?=([^ \t]))", re.DOTALL)
#: Stand-ins for the colon. Python uses none of these outside strings and comments, so that the
#: replacement cannot turn text that is not Python into Python. The range has more characters
#: than a file of the largest accepted size can use up.
_STAND_INS = "!?$`"
_OTHER_STAND_INS = range(0x2200, 0xD800)

#: A comment that disables a tool, e.g. ``fmt`` with ``off`` behind its colon; not
#: ``# fmt: on``, ``# isort: offset`` or ``noqa`` without ``#``.
_SUPPRESSION = re.compile(
    r"\bfmt[ \t]*:[ \t]*(?:off|skip)\b|\byapf[ \t]*:[ \t]*disable\b"
    r"|isort[ \t]*:[ \t]*(?:off\b|skip_file|skip|split)"
    r"|(?i:\bflake8[ \t]*[:=][ \t]*noqa|#[ \t]*noqa\b)"
)
#: The same inside a string: isort and flake8 search whole lines for a directive on the file, e.g.
#: isort's directive to skip a file in a docstring; not the one that switches it off, which only
#: works in a comment.
_IN_STRING = re.compile(r"isort[ \t]*:[ \t]*skip_file|(?i:#[ \t]*flake8[ \t]*[:=][ \t]*noqa)")


@dataclass(frozen=True)
class Suppression:
    """A directive that tries to disable a tool: in a comment, or for a whole file in a string.

    ``text`` is the directive. ``line`` and ``column`` are 1-based and say where it begins.
    """

    text: str
    line: int
    column: int


@lru_cache(maxsize=4_096)
def kind_of_name(path: str) -> str:
    """Return the kind of the file ``path``, judged by its path alone.

    The first that fits of ``document``, ``notebook``, ``stub`` (``.pyi`` in lower case),
    ``test_init`` (an ``__init__.py`` among tests), ``test``, ``init`` (any other ``__init__.py``),
    ``main`` (``main.py``) and ``plain`` (the rest). Files with equal bytes and kind share stored
    facts, unless what a check may know of the other files differs between them.
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
    """Return whether ``path`` names Python: a script, a module, a stub or a notebook.

    That is by its suffix, in any case: ``.py``, ``.pyi`` or ``.ipynb``.
    """
    return PurePosixPath(path).suffix.lower() in _PYTHON


@lru_cache(maxsize=4_096)
def is_notebook(path: str) -> bool:
    """Return whether ``path`` names a Jupyter notebook: its suffix is ``.ipynb``, in any case."""
    return PurePosixPath(path).suffix.lower() == _NOTEBOOK


@lru_cache(maxsize=4_096)
def is_document(path: str) -> bool:
    """Return whether ``path`` names a document that some check reads.

    Documents are ``pyproject.toml``, ``setup.cfg``, ``Pipfile``, ``requirements*.txt``,
    ``environment*.yml`` (or ``.yaml``), ``answers*.txt`` and ``*.md``, in any folder and any case.
    """
    name = PurePosixPath(path).name.lower()
    if name.startswith(("requirements", "answers")) and name.endswith(".txt"):
        return True
    if name.startswith("environment") and name.endswith((".yml", ".yaml")):
        return True
    return name in ("pyproject.toml", "setup.cfg", "pipfile") or name.endswith(".md")


@lru_cache(maxsize=4_096)
def is_test_path(path: str) -> bool:
    """Return whether ``path`` is named as a test file, or lies among tests.

    e.g. ``test_prices.py``, ``prices_test.py``, ``tests.py``, ``prices_tests.py``, ``conftest.py``,
    and any file below a folder of tests, such as ``tests/helpers.py``; not ``latest_prices.py``,
    ``test.py`` or ``test1.py``. Upper case does not fit (``Test_a.py``); any suffix does
    (``test_data.txt``).
    """
    pure = PurePosixPath(path)
    named = _TEST_NAME.fullmatch(pure.stem) is not None
    return named or is_among_tests(path)


def is_among_tests(path: str) -> bool:
    """Return whether the file ``path`` lies below a folder of tests, e.g. ``unit_tests/a.py``."""
    return any(map(_TEST_FOLDER.fullmatch, PurePosixPath(path).parts[:-1]))


def is_conftest(path: str) -> bool:
    """Return whether pytest loads ``path`` for the tests beside and below it: a ``conftest.py``."""
    return PurePosixPath(path).name == "conftest.py"


def decode(data: bytes) -> str:
    """Return ``data`` decoded as UTF-8, without a byte order mark, newlines unchanged.

    Raises:
        UnicodeDecodeError: the bytes are not UTF-8.
    """
    return data.decode("utf-8-sig")


def neutralise(text: str) -> tuple[str, str]:
    """Return ``text`` with the directives of Black, YAPF and isort disabled, and the stand-in used.

    These are directives after a ``#`` in their line, even inside a string, and isort's that skip or
    split, which it obeys anywhere. The colon of each directive is replaced by the stand-in: one
    character that follows none of the tools' names in ``text``, so that :func:`restore` can reverse
    the replacement exactly. The stand-in is empty if nothing was replaced. Directives of flake8
    stay, because flake8 has an option to ignore them.
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
    """Return a character that follows none of the tools' names in ``text``."""
    used = set(_FOLLOWING.findall(text))
    candidates = chain(_STAND_INS, map(chr, _OTHER_STAND_INS))
    return next(one for one in candidates if one not in used)


def restore(text: str, stand_in: str) -> str:
    """Return ``text`` with the colons of its directives restored; the reverse of `neutralise`.

    ``text`` may have been reformatted since. ``stand_in`` is the one that `neutralise` returned; if
    it is empty, ``text`` is returned as it is.
    """
    if not stand_in:
        return text
    return re.sub(rf"(fmt|yapf|isort)([ \t]*){re.escape(stand_in)}", r"\1\2:", text)


@dataclass(frozen=True)
class SourceFile:
    """One Python file of a submission, or a document (which has text and no tree).

    ``path`` is the path in the archive, with forward slashes. ``data`` are the bytes of the file;
    in what checks get of a notebook, they are the joined code of its cells. Text, tree and tokens
    are computed at first use and shared by all checks. Checks only get files that the gate has
    decoded and, except documents, parsed.
    """

    path: str
    data: bytes

    @property
    def kind(self) -> str:
        """The kind of file by its path; see :func:`kind_of_name`."""
        return kind_of_name(self.path)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of ``data`` in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def original(self) -> str:
        """The text of ``data``, newlines and directives unchanged, without a byte order mark.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
        """
        return decode(self.data)

    @cached_property
    def _neutral(self) -> tuple[str, str]:
        return neutralise(self.original)

    @property
    def raw_text(self) -> str:
        """The text as :func:`neutralise` returns it, newlines unchanged (read by isort).

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
        """
        return self._neutral[0]

    @property
    def stand_in(self) -> str:
        """The stand-in for :func:`restore`; empty if :func:`neutralise` replaced nothing.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
        """
        return self._neutral[1]

    @cached_property
    def text(self) -> str:
        """:attr:`raw_text` with each newline as ``\\n`` (read by tools other than isort).

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
        """
        return self.raw_text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of :attr:`text`, each with its newline; the last one may have none.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
        """
        return tuple(io.StringIO(self.text))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of :attr:`text`; all callers share it, so it must not be changed.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
            SyntaxError: the text is not Python for this interpreter.
            ValueError: it has a null character.
            RecursionError, MemoryError: it is nested too deep for the parser.
        """
        return parse(self.text)

    @cached_property
    def raw_tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The tokens of :attr:`text` as ``tokenize`` of this interpreter yields them.

        They have comments and newlines. flake8 reads them; checks read :attr:`tokens`.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
            tokenize.TokenError, SyntaxError: the text cannot be tokenised.
        """
        return tuple(raw_tokens(self.text))

    @cached_property
    def tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The tokens of :attr:`text`, an f-string being one; the same on every interpreter.

        Raises the same as :attr:`raw_tokens`.
        """
        return tuple(joined(self.raw_tokens, self.text))

    @cached_property
    def _results(self) -> dict[Callable[[SourceFile], Any], Any]:
        return {}

    def once(self, read: Callable[[SourceFile], Result]) -> Result:
        """Return ``read(self)``, computed at the first call and kept with this file.

        ``read`` is the key, so it must be the same function at each call. By it, checks share
        results that are computed by code of theirs, e.g. the scopes of a file.
        """
        if read not in self._results:
            self._results[read] = read(self)
        return cast(Result, self._results[read])

    @property
    def has_bom(self) -> bool:
        """Whether ``data`` starts with a UTF-8 byte order mark."""
        return self.data.startswith(codecs.BOM_UTF8)

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The first directive in each comment or string that tries to disable a tool, in order.

        Tools are Black, YAPF, isort and flake8. In strings, only directives of isort and flake8 on
        the whole file count. Lines are those of :attr:`text`.

        Raises:
            UnicodeDecodeError: ``data`` is not UTF-8.
            tokenize.TokenError, SyntaxError: the text has a directive, but cannot be tokenised.
        """
        if not _SUPPRESSION.search(self.original):
            return ()
        return tuple(_suppressions(self.original))


def _suppressions(original: str) -> Iterable[Suppression]:
    """Yield the suppressions in the text ``original``, at most one for each token."""
    text = original.replace("\r\n", "\n").replace("\r", "\n")
    for token in joined(raw_tokens(text), text):
        match = _silences(token)
        if match:
            before = token.string[: match.start()]
            line = token.start[0] + before.count("\n")
            newline = before.rfind("\n")
            column = token.start[1] + match.start() if newline < 0 else match.start() - newline - 1
            yield Suppression(match[0], line, column + 1)


def _silences(token: tokenize.TokenInfo) -> re.Match[str] | None:
    """Return the match of the directive in ``token``, a comment or string, or ``None``."""
    if token.type == tokenize.COMMENT:
        return _SUPPRESSION.search(token.string)
    if token.type == tokenize.STRING:
        return _IN_STRING.search(token.string)
    return None


@dataclass(frozen=True)
class Dropped:
    """A file of the upload that is not graded, with the reason in words.

    It may also be a folder that a tool left. ``path`` is for people: a long one is cut, and hidden
    characters are escaped. With ``…`` as ``path`` it stands for further files with one reason, and
    ``reason`` has their number.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class Submission:
    """An upload after intake: its Python files and documents, sorted by path, and dropped files.

    The files are as they were sent; no gate or check has seen them. ``archive_sha256`` is the
    hexadecimal SHA-256 of the archive, empty for a folder or a single file. ``aside`` are files
    that no check reads and that may yet be a part of the program, e.g. a text that it names; one
    that cannot be read has no data. ``of_tools`` are the paths of those of them that a tool made.
    """

    files: tuple[SourceFile, ...]
    dropped: tuple[Dropped, ...] = ()
    archive_sha256: str = ""
    aside: tuple[SourceFile, ...] = ()
    of_tools: frozenset[str] = frozenset()

    @property
    def top_folder(self) -> str:
        """The outermost folder, with a slash, if all ``files`` are in it, else an empty string.

        Dropped files do not matter. Downloads from GitHub have one (``repo-main/``). Path patterns
        of a rubric may omit it.
        """
        tops = {file.path.partition("/")[:2] for file in self.files}
        top, slash = tops.pop() if len(tops) == 1 else ("", "")
        return top + slash if slash else ""

    @property
    def outline(self) -> tuple[tuple[str, str], ...]:
        """(path, hexadecimal SHA-256) of each of ``files``, in their order.

        What a check learns about the other files of a submission depends on nothing else.
        """
        return tuple((file.path, file.sha256) for file in self.files)

    @property
    def digest(self) -> str:
        """The SHA-256 over the sorted outline: equal for a zip and a folder with the same files.

        It is hexadecimal. Paths and contents matter, also of files ``aside``; other dropped files
        do not.
        """
        whole = hashlib.sha256()
        for path, digest in sorted(
            {*self.outline, *((one.path, one.sha256) for one in self.aside)}
        ):
            whole.update(path.encode("utf-8") + b"\0" + digest.encode() + b"\n")
        return whole.hexdigest()
