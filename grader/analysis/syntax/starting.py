"""Find the places where a file starts code that none of its imports names.

Such code is a text, a file, a module by a computed name, another Python process or a notebook. All
lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from grader.analysis.syntax.call_targets import Aliases, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.walk import children, walk


class Kind(StrEnum):
    """What a place starts."""

    #: A text as code: ``exec(text)``, ``python -c``.
    TEXT = "text"
    #: A file by its path: ``runpy.run_path("old.py")``.
    FILE = "file"
    #: A module by its name: ``import_module(name)``, ``python -m pytest``.
    MODULE = "module"
    #: Each module of a folder: ``pkgutil.iter_modules``.
    MODULES = "modules"
    #: A file in another Python process: ``subprocess.run([sys.executable, "old.py"])``.
    PROCESS = "process"
    #: A script of a shell, which is not followed: ``sh run.sh``, ``make``.
    SCRIPT = "script"
    #: A notebook: ``jupyter execute report.ipynb``.
    NOTEBOOK = "notebook"
    #: Nothing yet, but imports search another folder from there on: ``sys.path.append(folder)``.
    FOLDER = "folder"


class Start(NamedTuple):
    """A place that starts code, with the dotted name of the ``function`` that does.

    ``target`` is the path or module that it names, as far as it is literal: ``plugins.`` for
    ``import_module(f"plugins.{name}")``, and empty if all of it is worked out. It is ``exact`` if
    all of it is literal. ``line`` and ``column`` are 1-based.
    """

    kind: Kind
    function: str
    target: str
    exact: bool
    line: int
    column: int

    @property
    def is_opaque(self) -> bool:
        """Whether the code that it starts may be in any file of the submission.

        Not so for ``eval("1 + 1")``, which runs no statement, and ``import_module("csv")``.
        """
        if self.kind in (Kind.SCRIPT, Kind.NOTEBOOK, Kind.FOLDER):
            return False
        if self.kind is Kind.TEXT:
            return self.function not in ("eval", "marshal.loads")
        return not (self.kind is Kind.MODULE and self.exact)

    def may_run(self, path: str) -> bool:
        """Return whether the code that cannot be followed may be in the file ``path``.

        ``import_module(f"plugins.{name}")`` leads to no file outside the folder ``plugins``.
        """
        package = self.target.rpartition(".")[0] if self.kind is Kind.MODULE else ""
        return not package or f"/{package.replace('.', '/')}/" in f"/{path}"


_FUNCTIONS = {
    "exec": Kind.TEXT,
    "eval": Kind.TEXT,
    "marshal.loads": Kind.TEXT,
    "runpy.run_path": Kind.FILE,
    "importlib.util.spec_from_file_location": Kind.FILE,
    "importlib.machinery.SourceFileLoader": Kind.FILE,
    "importlib.machinery.SourcelessFileLoader": Kind.FILE,
    "importlib.machinery.ExtensionFileLoader": Kind.FILE,
    "imp.load_source": Kind.FILE,
    "zipimport.zipimporter": Kind.FILE,
    "__import__": Kind.MODULE,
    "importlib.__import__": Kind.MODULE,
    "importlib.import_module": Kind.MODULE,
    "runpy.run_module": Kind.MODULE,
    "pkgutil.iter_modules": Kind.MODULES,
    "pkgutil.walk_packages": Kind.MODULES,
    "papermill.execute_notebook": Kind.NOTEBOOK,
    "nbclient.execute": Kind.NOTEBOOK,
    "nbclient.NotebookClient": Kind.NOTEBOOK,
    "nbconvert.preprocessors.ExecutePreprocessor": Kind.NOTEBOOK,
    "sys.path.append": Kind.FOLDER,
    "sys.path.insert": Kind.FOLDER,
    "sys.path.extend": Kind.FOLDER,
    "site.addsitedir": Kind.FOLDER,
}
#: Python's ``compile`` needs three arguments: `compile(text, "name", "exec")`. With fewer it is
#: another function, e.g. `compile(pattern)` after `from re import compile`.
_COMPILE_ARGUMENTS = 3
#: Functions that start a process.
_PROCESSES = frozenset(
    "subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output"
    " subprocess.getoutput subprocess.getstatusoutput os.system os.popen os.startfile"
    " os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe"
    " os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe"
    " os.posix_spawn os.posix_spawnp pty.spawn"
    " asyncio.create_subprocess_exec asyncio.create_subprocess_shell".split()
)
#: A program that runs Python, as a word of a command: ``/usr/bin/python3.11``, ``py``, ``ipython``;
#: not ``python-course``.
_PYTHON = re.compile(r"(?:.*[/\\])?(?:i?python[\d.]*w?|pypy[\d.]*|py)(?:\.exe)?")
#: One that runs notebooks. ``jupyter lab`` only opens one, see :func:`_notebook`.
_JUPYTER = re.compile(r"(?:.*[/\\])?(?:jupyter(?:-\w+)?|papermill|runipy|nbconvert)(?:\.exe)?")
#: Either of them somewhere in a text: ``cd shop && python3 main.py``; not ``monty python.csv``.
_RUNNER = re.compile(
    r"(?:^|[\s/\\;&|])(?:i?python[\d.]*w?|pypy3?|py|jupyter(?:-\w+)?|papermill)(?:\.exe)?(?=\s|$)"
)
#: A shell, as a word of a command, and the file that it reads: ``bash``, ``run.sh``; not ``ssh``.
_SHELL = re.compile(r"(?:.*[/\\])?(?:(?:ba|da|k|z)?sh|source|cmd|pwsh|powershell)(?:\.exe)?")
_SCRIPT = re.compile(r".+\.(?:sh|bash|zsh|ksh|bat|cmd|ps1|command)", re.DOTALL)
#: Options of shells after which comes a command.
_COMMANDS = frozenset({"-c", "-lc", "/c", "/C", "-Command"})
#: Programs whose commands are in a file that nobody names.
_MAKERS = frozenset({"make", "gmake", "nmake"})
#: Options of Python that a word follows, and those with which it runs nothing.
_WITH_WORD, _HARMLESS = frozenset({"-W", "-X"}), frozenset({"-V", "--version", "-h", "--help"})
#: Options after which comes what runs; ``-`` is Python's input.
_DECIDING = frozenset({"-c", "-m", "-"})
#: How a word begins in place of a file if Python reads its input: ``python - <<EOF``; or ``-m``.
_NO_FILE = ("-", "<")
#: What separates the words of a command: ``cd shop&&python main.py``.
_BETWEEN = re.compile(r"[\s;&|()'\"]+")
#: A literal path of a file: ``data/program.txt``; not ``print(1.5)`` or ``utf-8``.
_PATH = re.compile(r"[^\n()=<>]*[^\n()=<>.]\.\w{1,8}")
#: Functions that return the file that their argument names: ``str(Path("old.py"))``.
_SAME = frozenset({"str", "fspath", "Path", "which"})
#: Functions that cut a command into words: ``shlex.split("python main.py")``.
_SPLIT = frozenset({"split"})
#: In place of a part of a text that is worked out.
_COMPUTED = "\0"

#: A word of a command; ``None`` if it is worked out.
Words = list[str | None]


def starts_in(module: Module, tree: ast.Module) -> tuple[Start, ...]:
    """Return the places of a file that start code, ordered by line; ``module`` is read of ``tree``.

    Calls of functions that the file defines itself are none.
    """
    found = [start for call in module.calls for start in _starts(call, module.aliases, tree)]
    found += (one for item in module.statements if (one := _longer_path(item)))
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def python_run_by(call: ast.Call) -> tuple[str, list[str]]:
    """Return the module or file that a command of Python in `call` runs, and the words after it.

    e.g. "shop" and ["add"] for ``subprocess.run([sys.executable, "-m", "shop", "add"])``. "" if it
    runs no Python, or what it runs is worked out.
    """
    words = list(chain.from_iterable(map(_words, _command(call))))
    runners = (at for at, word in enumerate(words) if _PYTHON.fullmatch(word or ""))
    at = next(runners, len(words))
    found = _python(words[at + 1 :], words[at]) if at < len(words) else None
    if found is None or found[1] not in words:
        return "", []
    after = words[words.index(found[1]) + 1 :]
    return found[1], [word for word in after if word is not None]


def full_name(function: ast.expr, aliases: Aliases) -> str:
    """Return the dotted name of the builtin or imported function that ``function`` refers to.

    e.g. ``importlib.import_module`` for ``load`` after ``from importlib import import_module as
    load``, and ``exec`` for ``builtins.exec``. "" for a function that the file defines and for a
    method of a value.
    """
    target = target_of(function, aliases)
    if target.module == "*" or target.dotted in aliases.own:
        return ""
    return target.dotted.removeprefix("builtins.")


def _starts(call: ast.Call, aliases: Aliases, tree: ast.Module) -> Iterator[Start]:
    """Yield what ``call`` starts, at most one place."""
    name = full_name(call.func, aliases)
    place = call.lineno, call.col_offset + 1
    if name in _PROCESSES:
        if started := _process(call, tree):
            yield Start(started[0], name, started[1], started[1] != "", *place)
        return
    kind = _FUNCTIONS.get(name)
    if name == "compile" and len(call.args) + len(call.keywords) >= _COMPILE_ARGUMENTS:
        kind = Kind.TEXT
    if kind is Kind.MODULE:
        yield Start(kind, name, *_module(call), *place)
    elif kind is not None:
        target = next(filter(_PATH.fullmatch, _strings(call)), "")
        yield Start(kind, name, target, target != "", *place)


def _longer_path(statement: ast.stmt) -> Start | None:
    """Return the start of ``sys.path += [folder]`` or ``sys.path[:0] = [folder]``, or ``None``."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        targets = [statement.target] if isinstance(statement, ast.AugAssign) else []
    for target in targets:
        node = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path":
            column = statement.col_offset + 1
            return Start(Kind.FOLDER, "sys.path", "", False, statement.lineno, column)
    return None


def _strings(node: ast.AST) -> Iterator[str]:
    """Yield every string in ``node`` that is no part of a longer one: not ``"a" + ".txt"``."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        is_sum = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Mod)
        if not (is_sum or isinstance(inner, ast.JoinedStr)):
            waiting += children(inner)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _module(call: ast.Call) -> tuple[str, bool]:
    """Return the literal beginning of the module that ``call`` imports, and whether it is all.

    ``"o" + "s"`` is not literal: nobody writes that without a reason.
    """
    names = [*call.args, *(one.value for one in call.keywords if one.arg in ("name", "mod_name"))]
    text = _text(names[0]) if names else _COMPUTED
    return text.partition(_COMPUTED)[0], bool(names) and isinstance(names[0], ast.Constant)


def _text(node: ast.expr) -> str:
    """Return the text of ``node``, with one sign for each part that is worked out.

    ``sys.executable`` is ``python``.
    """
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.FormattedValue):
        return _text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.Attribute) and node.attr == "executable":
        return "python"
    return _COMPUTED


def _words(node: ast.expr) -> Words:
    """Return the words of a command: those of a list, or of a text for a shell."""
    if isinstance(node, ast.List | ast.Tuple):
        return list(chain.from_iterable(map(_item, node.elts)))
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.List):
        return _words(node.left) + _words(node.right)
    if _calls(node, _SPLIT):  # e.g. shlex.split("python main.py")
        return _words(_first(node))
    return [_word(part) for part in _BETWEEN.split(_text(node)) if part]


def _calls(node: ast.expr, names: Collection[str]) -> bool:
    """Return whether ``node`` is a call with an argument of a function called one of ``names``."""
    return isinstance(node, ast.Call) and bool(node.args) and last_name(node.func) in names


def _first(call: ast.expr) -> ast.expr:
    """Return the first argument of ``call``, for which :func:`_calls` is true."""
    assert isinstance(call, ast.Call)
    return call.args[0]


def _item(node: ast.expr) -> Words:
    """Return the words of one item of a list: one, unless it is a command for a shell."""
    if isinstance(node, ast.Starred):
        return _words(node.value)
    if _calls(node, _SAME):
        return _item(_first(node))
    text = _text(node)
    return _words(node) if _RUNNER.search(text) else [_word(text)]


def _word(text: str) -> str | None:
    return None if _COMPUTED in text else text


def _process(call: ast.Call, tree: ast.Module) -> tuple[Kind, str] | None:
    """Return what of Python the process of ``call`` runs, and its path, module or "".

    A script of a shell, which may run Python as well, is found too. ``None`` if it runs something
    else. Where the command is worked out, it may be Python if the file ``tree`` names Python
    anywhere.
    """
    words = list(chain.from_iterable(map(_words, _command(call))))
    for at, word in enumerate(words):
        if _PYTHON.fullmatch(word or ""):
            return _python(words[at + 1 :], word)
        if _JUPYTER.fullmatch(word or ""):
            return _notebook(words[at:])
    if script := _script(words):
        return Kind.SCRIPT, script
    is_computed = words[:1] == [None] and _names_a_runner(tree)
    return (Kind.PROCESS, "") if is_computed else None


def _command(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of ``call`` that may be the command."""
    return [*call.args, *(one.value for one in call.keywords if one.arg == "args")]


def _python(words: Words, program: str | None) -> tuple[Kind, str] | None:
    """Return what Python runs with the arguments ``words``; ``None`` for ``--version``.

    ``os.execv`` is given the ``program`` twice.
    """
    waiting: deque[str | None] = deque([*words, None, None])
    while waiting[0] == program or _is_option(waiting[0]):
        if waiting[0] in _HARMLESS:
            return None
        waiting.rotate(-2 if waiting[0] in _WITH_WORD else -1)
    option, target = waiting[0], waiting[1]
    if option == "-c":
        return Kind.TEXT, ""
    if option == "-m" and target:
        return Kind.MODULE, target
    return Kind.PROCESS, "" if option is None or option.startswith(_NO_FILE) else option


def _script(words: Words) -> str:
    """Return the script that a shell runs, or ``make``; "" if the command is neither.

    ``git add run.sh`` runs none.
    """
    texts = [word or "" for word in words]
    if texts and (texts[0] in _MAKERS or _SCRIPT.fullmatch(texts[0])):
        return texts[0]
    shells = (at for at, text in enumerate(texts) if _SHELL.fullmatch(text))
    return _after_shell(texts[next(shells, len(texts)) + 1 :])


def _after_shell(texts: Sequence[str]) -> str:
    """Return the script that a shell runs with the arguments ``texts``; "" for ``-c ls``."""
    if _COMMANDS.isdisjoint(texts):
        return next((text for text in texts if not text.startswith("-")), "")
    return next(filter(_SCRIPT.fullmatch, texts), "")


def _is_option(word: str | None) -> bool:
    """Return whether ``word`` is an option after which others may follow: ``-u``, not ``-m``."""
    return word is not None and word.startswith("-") and word not in _DECIDING


def _notebook(words: Words) -> tuple[Kind, str] | None:
    """Return the notebook that a command runs, "" if that is worked out, or ``None``.

    ``jupyter lab`` and ``jupyter nbconvert report.ipynb`` without ``--execute`` run none.
    """
    text = " ".join(word or "" for word in words)
    if not re.search(r"papermill|runipy|\bexecute\b|jupyter[ -]run\b", text):
        return None
    found = (word for word in words if word and word.endswith(".ipynb"))
    return Kind.NOTEBOOK, next(found, "")


def _names_a_runner(tree: ast.Module) -> bool:
    """Return whether ``tree`` names Python or Jupyter: ``sys.executable``, ``"python3 a.txt"``."""
    for node in walk(tree, stop_at=()):
        if isinstance(node, ast.Attribute) and node.attr == "executable":
            return True
        if isinstance(node, ast.Constant) and _RUNNER.search(str(node.value)):
            return True
    return False
