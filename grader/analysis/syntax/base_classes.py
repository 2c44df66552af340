"""Which methods of a class may be called by its base classes, in the code of a library."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module

#: The methods that classes of a package call on objects of their subclasses; ``do_*`` stands for
#: every name that begins so. Methods like ``__len__`` are called anyway. A package that is not here
#: may call any method.
_CALLED: Mapping[str, tuple[str, ...]] = {
    package: tuple(names.split())
    for package, names in {
        # Nothing: `class PriceError(Exception):`, `class Price(NamedTuple):`, `class Shop(ABC):`
        "abc builtins decimal fractions numbers pathlib typing typing_extensions": "",
        "argparse": "_* add_* convert_* error exit format_* parse_* print_*",
        "ast": "generic_visit visit*",
        "collections": "add discard insert",
        "cmd": "complete* default do_* emptyline help_* onecmd post* pre*",
        "enum": "_*",
        "html": "handle_* unknown_decl",
        "http": "address_string do_* end_headers finish handle* log_* send_* setup translate_path",
        "json": "decode default encode iterencode object_hook raw_decode",
        "logging": "_* acquire close createLock emit filter flush format* handle* process",
        "multiprocessing": "run",
        "pygame": "draw update",
        "socketserver": "finish* get_request handle* process_* server_* service_* setup shutdown_*"
        " verify_request",
        "threading": "run",
        "tkinter": "apply body buttonbox destroy report_callback_exception validate",
    }.items()
    for package in package.split()
}
#: Metaclasses that call no method by its name; one of the submission's own may.
_METACLASSES = frozenset({"ABCMeta", "EnumMeta", "EnumType", "type"})
_BUILTINS = frozenset(dir(builtins))


def may_be_called(name: str, around: ast.ClassDef, module: Module) -> bool:
    """Return whether a base class of `around`, a class in `module`, may call its method `name`.

    Base classes in the same file are followed to theirs. True e.g. for ``run`` of a ``Thread``, for
    ``do_add`` of a ``cmd.Cmd`` and for every method where a base class is not known; false for
    ``show`` of an ``Exception``.
    """
    seen, waiting = set[str](), [around]
    while waiting:
        one = waiting.pop()
        if any(last_name(keyword.value) not in _METACLASSES for keyword in one.keywords):
            return True
        for base in map(module.base, one.bases):
            own = module.classes.get(base)
            if own is None and _calls(base, name):
                return True
            if own is not None and base not in seen:
                seen.add(base)
                waiting.append(own)
    return False


def _calls(base: str, name: str) -> bool:
    """Return whether the class with the dotted name `base` may call a method `name`."""
    package = "builtins" if base in _BUILTINS else base.partition(".")[0]
    known = _CALLED.get(package)
    if known is None:
        return True
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in known)
