"""Find the functions that a framework calls once, before it calls any other function of the file.

What they make has to be shared with the functions that are called later, for the framework passes
nothing on: e.g. the model that ``init`` of an Azure ML scoring script loads for ``run``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.frameworks import (
    has_lifespan,
    is_decorated_to_start,
    is_scored_by_azure,
)
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope


def called_at_start(module: Module) -> Collection[Scope]:
    """Return the functions of `module` that a framework calls once, as the program starts or ends.

    e.g. ``lifespan`` with ``app = FastAPI(lifespan=lifespan)``, a function with
    ``@app.on_event("startup")`` in a file that imports FastAPI, and ``init`` beside ``run`` in one
    that imports Azure ML. A game's own ``init`` is none.
    """
    packages = {dotted.partition(".")[0] for dotted in module.aliases.imported.values()}
    names = {function.name for function in module.functions}
    known = set(_lifespans(module)) if has_lifespan(packages) else set[str]()
    if is_scored_by_azure(packages, names):
        known.add("init")
    return {
        scope
        for function, scope in module.functions.items()
        if function.name in known
        or any(
            is_decorated_to_start(called_name(each), packages) for each in function.decorator_list
        )
    }


def _lifespans(module: Module) -> list[str]:
    """Return the names that calls of `module` have as ``lifespan=``."""
    given = (keyword for call in module.calls for keyword in call.keywords)
    return [
        each.value.id
        for each in given
        if each.arg == "lifespan" and isinstance(each.value, ast.Name)
    ]
