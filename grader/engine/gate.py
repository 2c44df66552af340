"""The gate: is this file Python that can be measured at all, or a document that can be read?

Cheap caps come first, then the parser, then the size of the tree, then the compiler, so that no
step meets what the one before it keeps out. It runs nothing of what it reads. Hostile text can
still cost the parser its time or memory: that is why the gate works in the killable child.
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
from grader.engine.notebook import NotANotebook, code_of

#: Rises with every change of what the gate lets through or says.
GATE_VERSION = 3
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

MAX_BYTES = 200_000
MAX_LINES = 5_500
MAX_COLUMNS = 2_000
MAX_CONTINUED = 50
MAX_BLANKS = 250
MAX_BRACKETS = 30
MAX_DEPTH = 150
MAX_NODES = 60_000

#: CPython's own tokenizer gives up there, with a worse message.
_PARSER_BRACKETS = 200
#: Deep enough for a tree of MAX_DEPTH, shallow enough for the C stack in parser and compiler.
_RECURSION = 2_000

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_UTF8_NAMES = frozenset({"utf-8", "utf8", "utf-8-sig", "utf-8-unix", "utf-8-dos", "utf-8-mac"})
_ASCII_NAMES = frozenset({"ascii", "us-ascii"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile(rf"[ \t\f]{{{MAX_BLANKS + 1},}}")
_CONTINUED = re.compile(rf"(?:\\\n[^\n]*?){{{MAX_CONTINUED}}}\\\n")
_LEXEMES = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\[\s\S])*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\[\s\S])*"?'
    r"|'(?:[^'\\\n]|\\[\s\S])*'?"
    r"|\#[^\n]*"
    r"|[(\[{]|[)\]}]"
)


class _Unreadable(Exception):
    """Why a file is not let through."""

    def __init__(self, reason: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message
        self.line, self.column = line, column


def gate(path: str, data: bytes, python: str = "3.11") -> SourceFile | Inspection:
    """The source file, parsed and known to compile, or why it cannot be measured.

    Of a document only the size, the encoding and the characters are looked at.

    ``python`` is the version that the exercise is written for. A file that does not compile is
    ``unreadable`` with one finding (codes: ``unreadable.GUIDANCE``); where only our own
    interpreter is too old for it, it is ``failed`` with the reason ``grammar``.
    """
    try:
        if is_document(path):
            _refuse_control(_decoded(_small(data), ascii_only=False))
            return SourceFile(path, data)
        data = code_of(path, data)
        text = _decoded(data, ascii_only=_refuse_cookie(_small(data)))
        _refuse_control(text)
        _refuse_sizes(text)
        depth, at = _bracket_depth(text)
        nested = _Unreadable("too_deep", f"brackets are nested {depth} deep", *_place(text, at))
        if depth > _PARSER_BRACKETS:
            raise nested
        source = SourceFile(path, data)
        with _quiet(), _shallow():
            ours = _parsed(source, text, python)
        if ours is not None:
            return ours
        # Only now: a bracket that was never closed nests as well, and deserves its own message.
        if depth > MAX_BRACKETS:
            raise nested
    except NotANotebook as reason:
        return _inspection(_Unreadable("not_a_notebook", str(reason)))
    except _Unreadable as refusal:
        return _inspection(refusal)
    return source


def _inspection(refusal: _Unreadable) -> Inspection:
    code = "syntax-error" if refusal.reason == "syntax" else refusal.reason.replace("_", "-")
    finding = Finding(
        code=code,
        line=max(1, refusal.line),
        column=max(1, refusal.column),
        message=refusal.message[:300],
    )
    return Inspection(state=State.UNREADABLE, reason=refusal.reason, findings=(finding,))


def _small(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise _Unreadable("too_large", f"the file has {len(data):,} bytes; {MAX_BYTES:,} are read")
    return data


def _decoded(data: bytes, *, ascii_only: bool) -> str:
    """The text with every newline as ``\\n``."""
    try:
        text = data.decode("ascii") if ascii_only else decode(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        told = "the ASCII that its first lines declare" if ascii_only else "UTF-8"
        message = f"the byte 0x{data[error.start]:02x} is not {told}"
        if data.startswith(_UTF_16):
            message = "the file is saved as UTF-16 (“Unicode” in Windows); UTF-8 is needed"
        raise _Unreadable("encoding", message, line, column) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_cookie(data: bytes) -> bool:
    """Refuses every encoding but UTF-8 and ASCII; true for a declared ASCII."""
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
    control = _CONTROL.search(text)
    if control:
        name = f"the control character 0x{ord(control[0]):02x}"
        raise _Unreadable(
            "control_characters", f"{name} stands here", *_place(text, control.start())
        )


def _refuse_sizes(text: str) -> None:
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        raise _Unreadable("too_large", f"the file has {lines:,} lines; {MAX_LINES:,} are read")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_COLUMNS:
            message = f"this line has {len(line):,} characters; {MAX_COLUMNS:,} are read"
            raise _Unreadable("too_large", message, number, MAX_COLUMNS + 1)
    # pycodestyle's patterns look at every blank once for each blank before it.
    blanks = _BLANKS.search(text)
    if blanks:
        message = f"{len(blanks[0]):,} blanks stand in a row; {MAX_BLANKS} are read"
        raise _Unreadable("too_large", message, *_place(text, blanks.start()))
    continued = _CONTINUED.search(text) if text.count("\\\n") > MAX_CONTINUED else None
    if continued:
        message = f"more than {MAX_CONTINUED} lines in a row are continued by a backslash"
        raise _Unreadable("too_deep", message, *_place(text, continued.start()))


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _bracket_depth(text: str) -> tuple[int, int]:
    """How deep brackets nest, and where, those in strings and comments aside."""
    deepest = depth = place = 0
    for match in _LEXEMES.finditer(text):
        lexeme = match[0]
        if lexeme in "([{":
            depth += 1
            if depth > deepest:
                deepest, place = depth, match.start()
        elif lexeme in ")]}":
            depth = max(0, depth - 1)
    return deepest, place


@contextmanager
def _quiet() -> Iterator[None]:
    """No SyntaxWarning of a student's text reaches our own output."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _shallow() -> Iterator[None]:
    """The recursion limit at which CPython still refuses a deep tree in time."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(_RECURSION, _frames() + 500))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _frames() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def _parsed(source: SourceFile, text: str, python: str) -> Inspection | None:
    """Parses and compiles; an inspection only where the fault is ours."""
    try:
        tree = source.tree
        _refuse_tree(tree)
        compile(tree, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError) as error:
        return _not_python(error, text, python)
    except (RecursionError, MemoryError):
        raise _Unreadable("too_deep", "the code is too deeply nested to be read") from None
    return None


def _refuse_tree(tree: ast.Module) -> None:
    """Refuses a tree that is too deep or too large for what comes after."""
    level: list[ast.AST] = [tree]
    depth = nodes = 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            line = next((node.lineno for node in level if hasattr(node, "lineno")), 1)
            raise _too_big(depth, line)
        level = [child for node in level for child in _children(node)]


def _too_big(depth: int, line: int) -> _Unreadable:
    if depth > MAX_DEPTH:
        message = f"code is nested or chained more than {MAX_DEPTH} deep"
        return _Unreadable("too_deep", message, line)
    return _Unreadable("too_large", "the file holds more code than is read")


def _children(node: ast.AST) -> list[ast.AST]:
    """Nodes below, but for those without fields (``Load``, ``Add``), which are shared marks."""
    found: list[ast.AST] = []
    for value in vars(node).values():
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def _not_python(error: Exception, text: str, python: str) -> Inspection:
    """Whose fault it is that the text does not compile: raises where it is the student's."""
    try:
        ast.parse(text)
    except SyntaxError as original:
        error = original
        if _newer_grammar(text, python):
            return Inspection(state=State.FAILED, reason="grammar")
    except (ValueError, OverflowError) as original:
        error = original
    else:
        theirs = _compile_error(text)
        if theirs is None:
            # Only the text with its directives neutralised is no Python: that is our doing.
            return Inspection(state=State.FAILED, reason="error")
        error = theirs
    raise _refusal(error)


def _compile_error(text: str) -> Exception | None:
    """The compiler's complaint about a text that parses; ``None`` where it has none."""
    try:
        compile(text, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError) as error:
        return error
    return None


def _refusal(error: Exception) -> _Unreadable:
    if isinstance(error, SyntaxError):
        message, line, column = error.msg, error.lineno or 1, error.offset or 1
        return _Unreadable("syntax", f"Python cannot read this: {message}", line, column)
    return _Unreadable("syntax", f"Python cannot read this: {error}")


def _newer_grammar(text: str, python: str) -> bool:
    """Whether the exercise's Python is newer than ours, and black reads the text for it."""
    wanted = tuple(int(part) for part in python.split("."))
    if wanted <= sys.version_info[:2]:
        return False
    from black import get_features_used
    from black.mode import VERSION_TO_FEATURES, TargetVersion
    from black.parsing import lib2to3_parse

    newest = max(TargetVersion, key=lambda version: version.value)
    target = getattr(TargetVersion, f"PY{wanted[0]}{wanted[1]}", newest)
    try:
        node = lib2to3_parse(text if text.endswith("\n") else text + "\n", {target})
    except Exception:
        return False
    return get_features_used(node) <= VERSION_TO_FEATURES[target]
