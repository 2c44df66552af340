"""The gate: decide whether a file can be measured before any check sees it.

The order is: cheap limits, the parser, the size of the tree, the compiler, so that each step is
protected by the steps before it. No code of the file is executed. Hostile text can still cost the
parser much time or memory, so the gate runs in the killable child.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from grader.domain.inspection import Finding, Inspection, State
from grader.domain.source import SourceFile, decode, is_document
from grader.engine.newer_python import needs_newer_python
from grader.engine.notebook import NotANotebook, code_of

#: Part of the key of stored facts. Raise it whenever the gate decides or reports otherwise.
GATE_VERSION = 12
#: Byte order marks of UTF-16, for a helpful message.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# All limits are chosen by hand: far beyond what people write, e.g. a file of 2,000 lines passes,
# and low enough that no tool of the checks needs more than seconds for a hostile file within them.
MAX_BYTES = 200_000
MAX_LINES = 5_500
#: Characters of a line: of its code, and with the text of its strings and comments, e.g. the table
#: that a test expects.
MAX_COLUMNS = 2_000
MAX_TEXT_COLUMNS = 30_000
#: Consecutive lines that end with a backslash.
MAX_CONTINUED = 50
#: Consecutive spaces and tabs within a line.
MAX_BLANKS = 250
#: Nesting depth of brackets.
MAX_BRACKETS = 30
#: Depth of the syntax tree, and its number of nodes.
MAX_DEPTH = 150
MAX_NODES = 60_000

#: CPython's tokenizer gives up at this nesting, with a message that does not help a student.
_PARSER_BRACKETS = 200
#: Recursion limit: enough for a tree of MAX_DEPTH, and low enough for the C stack of parser and
#: compiler.
_RECURSION = 2_000

#: An encoding declaration (PEP 263), e.g. ``# -*- coding: latin-1 -*-``; not ``x = "coding: a"``.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
#: A line that is empty or a comment: only then may the declaration be on the second line.
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
#: Accepted names of encodings in a declaration (those with ``-unix`` and the like are of Emacs).
_UTF8_NAMES = frozenset({"utf-8", "utf8", "utf-8-sig", "utf-8-unix", "utf-8-dos", "utf-8-mac"})
_ASCII_NAMES = frozenset({"ascii", "us-ascii"})
#: A control character that no editor writes, e.g. NUL or ESC; not tab, newline or form feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
#: More blanks in a row than MAX_BLANKS.
_BLANKS = re.compile(rf"[ \t\f]{{{MAX_BLANKS + 1},}}")
#: More continued lines in a row than MAX_CONTINUED.
_CONTINUED = re.compile(rf"(?:\\\n[^\n]*?){{{MAX_CONTINUED}}}\\\n")
#: Strings and comments, so that brackets inside them do not count, and the brackets themselves.
#: e.g. of ``f("(")  # [`` it matches ``(``, ``"("``, ``)`` and ``# [``.
_LEXEMES = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\[\s\S])*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\[\s\S])*"?'
    r"|'(?:[^'\\\n]|\\[\s\S])*'?"
    r"|\#[^\n]*"
    r"|[(\[{]|[)\]}]"
)


class _Unreadable(Exception):
    """Raised for a file that is rejected; becomes an inspection with one finding."""

    def __init__(self, reason: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message
        self.line, self.column = line, column


def gate(path: str, data: bytes) -> SourceFile | Inspection:
    """Return the source file if this interpreter can compile it within the limits; never run it.

    Otherwise return an inspection that says why not: ``unreadable`` with one finding (codes:
    ``unreadable.GUIDANCE``). The limits are the ``MAX_…`` constants of this module; control
    characters and encodings other than UTF-8 and ASCII are refused too. A document (not Python) is
    only checked for its size in bytes, its encoding (UTF-8) and control characters. The code of a
    notebook is extracted first: the limits are for that code, which is the data of the source file.

    If only a newer Python can read the file (see :func:`needs_newer_python`), it is ``failed`` with
    the reason ``grammar``. It is ``failed`` with ``error`` if the file compiles, but not its text
    with the directives for tools disabled (:func:`grader.domain.source.neutralise`), which the
    checks read.
    """
    try:
        if is_document(path):
            _refuse_control(_decoded(_checked_size(data), ascii_only=False))
            return SourceFile(path, data)
        data = code_of(path, data)
        text = _decoded(data, ascii_only=_declares_ascii(_checked_size(data)))
        _refuse_control(text)
        _refuse_sizes(text)
        depth, at = _bracket_depth(text)
        nested = _Unreadable(
            "too_deep", f"brackets are nested {depth} deep", *_line_and_column(text, at)
        )
        if depth > _PARSER_BRACKETS:
            raise nested
        source = SourceFile(path, data)
        with _without_warnings(), _recursion_limit():
            failed = _compile_or_explain(source, text)
        if failed is not None:
            return failed
        # After the parser, whose message about a bracket that is never closed is better.
        if depth > MAX_BRACKETS:
            raise nested
    except NotANotebook as reason:
        return _inspection(_Unreadable("not_a_notebook", str(reason)))
    except _Unreadable as refusal:
        return _inspection(refusal)
    return source


def _inspection(refusal: _Unreadable) -> Inspection:
    """Return ``refusal`` as an unreadable inspection with one finding."""
    code = "syntax-error" if refusal.reason == "syntax" else refusal.reason.replace("_", "-")
    finding = Finding(
        code=code,
        line=max(1, refusal.line),
        column=max(1, refusal.column),
        message=refusal.message[:300],
    )
    return Inspection(state=State.UNREADABLE, reason=refusal.reason, findings=(finding,))


def _checked_size(data: bytes) -> bytes:
    """Return ``data``; raise if it has more than MAX_BYTES bytes."""
    if len(data) > MAX_BYTES:
        raise _Unreadable("too_large", f"the file has {len(data):,} bytes; {MAX_BYTES:,} are read")
    return data


def _decoded(data: bytes, *, ascii_only: bool) -> str:
    """Return the text of ``data`` with every line end as ``\\n``; raise if it cannot be decoded."""
    try:
        text = data.decode("ascii") if ascii_only else decode(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        expected = "the ASCII that its first lines declare" if ascii_only else "UTF-8"
        message = f"the byte 0x{data[error.start]:02x} is not {expected}"
        if data.startswith(_UTF_16):
            message = "the file is saved as UTF-16 (“Unicode” in Windows); UTF-8 is needed"
        raise _Unreadable("encoding", message, line, column) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _declares_ascii(data: bytes) -> bool:
    """Return whether ``data`` declares ASCII as its encoding in the first two lines.

    Raise if it declares anything but ASCII or UTF-8, or another encoding than its byte order mark.
    """
    bom = data.startswith(b"\xef\xbb\xbf")
    first, _, rest = data[3 * bom :].partition(b"\n")
    second = rest.partition(b"\n")[0] if _BLANK.match(first.rstrip(b"\r")) else b""
    for number, line in enumerate((first, second), start=1):
        match = _COOKIE.match(line)
        if match:
            name = match[1].decode("ascii", "replace").lower().replace("_", "-")
            if name not in _UTF8_NAMES | _ASCII_NAMES:
                message = f"the encoding {name!r} is declared; UTF-8 is needed"
                raise _Unreadable("encoding", message, number)
            if bom and name not in {"utf-8", "utf8"}:
                message = f"the file begins as UTF-8 with a mark, but declares {name!r}"
                raise _Unreadable("encoding", message, number)
            return name in _ASCII_NAMES
    return False


def _refuse_control(text: str) -> None:
    """Raise if ``text`` has a control character."""
    control = _CONTROL.search(text)
    if control:
        name = f"the control character 0x{ord(control[0]):02x}"
        raise _Unreadable(
            "control_characters", f"{name} stands here", *_line_and_column(text, control.start())
        )


def _refuse_sizes(text: str) -> None:
    """Raise if ``text`` has too many lines, characters in a line, blanks or continued lines."""
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        raise _Unreadable("too_large", f"the file has {lines:,} lines; {MAX_LINES:,} are read")
    _refuse_long_lines(text, MAX_TEXT_COLUMNS, "characters")
    if any(len(line) > MAX_COLUMNS for line in text.split("\n")):
        code = _LEXEMES.sub(_without_text, text)
        _refuse_long_lines(code, MAX_COLUMNS, "characters outside strings and comments")
    # Patterns of pycodestyle take quadratic time in a run of blanks.
    blanks = _BLANKS.search(text)
    if blanks:
        message = f"{len(blanks[0]):,} blanks stand in a row; {MAX_BLANKS} are read"
        raise _Unreadable("too_large", message, *_line_and_column(text, blanks.start()))
    continued = _CONTINUED.search(text) if text.count("\\\n") > MAX_CONTINUED else None
    if continued:
        message = f"more than {MAX_CONTINUED} lines in a row are continued by a backslash"
        raise _Unreadable("too_deep", message, *_line_and_column(text, continued.start()))


def _refuse_long_lines(text: str, most: int, what: str) -> None:
    """Raise if a line of ``text`` has more than ``most`` characters; ``what`` names them."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > most:
            message = f"this line has {len(line):,} {what}; {most:,} are read"
            raise _Unreadable("too_large", message, number, most + 1)


def _without_text(lexeme: re.Match[str]) -> str:
    """Return ``lexeme``, but of a string or comment only its line breaks."""
    text = lexeme[0]
    return "\n" * text.count("\n") if text[0] in "\"'#" else text


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return the 1-based line and column of the offset ``at`` in ``text``."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _bracket_depth(text: str) -> tuple[int, int]:
    """Return the deepest nesting of brackets outside strings and comments, and where it begins.

    The latter is the offset of the bracket that opens the deepest level for the first time.
    """
    deepest = depth = offset = 0
    for match in _LEXEMES.finditer(text):
        lexeme = match[0]
        if lexeme in "([{":
            depth += 1
            if depth > deepest:
                deepest, offset = depth, match.start()
        elif lexeme in ")]}":
            depth = max(0, depth - 1)
    return deepest, offset


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep SyntaxWarnings about the student's text out of the output of this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _recursion_limit() -> Iterator[None]:
    """Set a recursion limit at which CPython raises RecursionError before its C stack overflows."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(_RECURSION, _stack_depth() + 500))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _stack_depth() -> int:
    """Return the number of frames on the stack of this thread, its own included."""
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def _compile_or_explain(source: SourceFile, text: str) -> Inspection | None:
    """Parse and compile ``source``; return ``None`` if it is Python.

    Return a failed inspection if the service is at fault, and raise if the student is. ``text`` is
    the file as it was sent; ``source.tree`` is that of the text with directives neutralised.
    """
    try:
        tree = source.tree
        _refuse_tree(tree)
        compile(tree, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError) as error:
        return _not_python(error, text)
    except (RecursionError, MemoryError):
        raise _Unreadable("too_deep", "the code is too deeply nested to be read") from None
    return None


def _refuse_tree(tree: ast.Module) -> None:
    """Raise if ``tree`` is too deep or has too many nodes for the compiler and the checks."""
    level: list[ast.AST] = [tree]
    depth = nodes = 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            line = next((node.lineno for node in level if hasattr(node, "lineno")), 1)
            raise _too_big(depth, line)
        level = [child for node in level for child in _children(node)]


def _too_big(depth: int, line: int) -> _Unreadable:
    """Return the rejection of a tree that is too deep, or else has too many nodes."""
    if depth > MAX_DEPTH:
        message = f"code is nested or chained more than {MAX_DEPTH} deep"
        return _Unreadable("too_deep", message, line)
    return _Unreadable("too_large", "the file holds more code than is read")


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the child nodes of ``node``, without shared constants such as ``Load`` and ``Add``."""
    found: list[ast.AST] = []
    for value in vars(node).values():
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def _not_python(error: Exception, text: str) -> Inspection:
    """Explain ``error``: return a failed inspection if the service is at fault, else raise.

    The service is at fault if the text is code of a newer Python than its interpreter, or if only
    the text with neutralised directives does not compile.
    """
    try:
        ast.parse(text)
    except SyntaxError as original:
        error = original
        if needs_newer_python(text):
            return Inspection(state=State.FAILED, reason="grammar")
    except (ValueError, OverflowError) as original:
        error = original
    else:
        compile_error = _compile_error(text)
        if compile_error is None:
            # Only the text with neutralised directives does not compile.
            return Inspection(state=State.FAILED, reason="error")
        error = compile_error
    raise _refusal(error)


def _compile_error(text: str) -> Exception | None:
    """Return the error of the compiler on ``text``, which parses, or ``None``."""
    try:
        compile(text, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError) as error:
        return error
    return None


def _refusal(error: Exception) -> _Unreadable:
    """Return the rejection for an ``error`` of the parser or compiler, with its location."""
    if isinstance(error, SyntaxError):
        message, line, column = error.msg, error.lineno or 1, error.offset or 1
        return _Unreadable("syntax", f"Python cannot read this: {message}", line, column)
    return _Unreadable("syntax", f"Python cannot read this: {error}")
