"""Check that importing a file defines things and has no other effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader.analysis.syntax.framework_code import demanded_outside
from grader.analysis.syntax.import_time import GUARD_ROOM
from grader.analysis.syntax.statements import DEFINITIONS, has_statements
from grader.checks.import_effects.effects import Effect, Module, effects_of, guarded
from grader.checks.import_effects.known_calls import ASKS, PRINTS, READS, RUNS, effectful_functions
from grader.domain.check import Check, Context, FileDigests, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, rate_measure
from grader.domain.source import SourceFile

_URL = "https://docs.python.org/3/library/__main__.html"

GUIDANCE = Guidance(
    explanation=(
        "Whoever imports a file wants what it defines. What it does besides happens to them too,"
        " in every test and in every other program that uses one of its functions."
    ),
    how_to_fix='Put it into a function, and call that below `if __name__ == "__main__":`.',
    url=_URL,
)

_RUNS = Guidance(
    explanation=(
        "This runs as soon as somebody imports the file, at a moment that nobody chose. One"
        " function of the file cannot be used or tested without it."
    ),
    how_to_fix=(
        'Move it into a function such as `main()`, and call that below `if __name__ == "__main__":`'
        " at the end of the file."
    ),
    url=_URL,
)

_PRINTS = Guidance(
    explanation=(
        "This prints while the file is being imported, so that its lines turn up in the middle of"
        " whatever another program or a test has to say."
    ),
    how_to_fix=(
        'Move the printing into a function and call it below `if __name__ == "__main__":`. If you'
        " printed to see a value for yourself, delete the line."
    ),
    url=_URL,
)

_ASKS = Guidance(
    explanation=(
        "This asks a question while the file is being imported. A test that imports the file waits"
        " for an answer that never comes."
    ),
    how_to_fix=(
        'Ask below `if __name__ == "__main__":` (or in a function that is called there), and pass'
        " the answer to your functions as an argument."
    ),
    url=_URL,
)

_READS = Guidance(
    explanation=(
        "This reaches for a file or the network while the file is being imported. Where the file or"
        " the network is missing, not even the import works."
    ),
    how_to_fix=(
        "Move it into a function that takes the path or address, and returns what it read if it"
        ' reads; call that from `main()`, below `if __name__ == "__main__":`.'
    ),
    url="https://docs.python.org/3/tutorial/inputoutput.html#reading-and-writing-files",
)

#: The context of files that are run and never imported.
_RUN: Context = ("starts",)
#: Files that Python or a tool runs by name.
_RUN_BY_NAME = frozenset({"__main__.py", "setup.py"})


def context(path: str, files: FileDigests) -> Context:
    """Return ``("starts",)`` if Python or a tool runs `path` by its name, else ``()``.

    It does so with ``__main__.py`` and ``setup.py``, in any folder. These are run and never
    imported, so they need no ``__main__`` guard. `files` is unused.
    """
    return _RUN if PurePosixPath(path).name in _RUN_BY_NAME else ()


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with a finding for each statement of `source` with an effect on import.

    E.g. ``print(1)``, ``main()``, ``rows = open(path)``, or a loop and the statements in it; not
    ``LIMIT = compute()``, nor what a framework demands outside functions. They are counted, and so
    are those that print or ask. If `context` says that the file is run by its name, its first
    `GUARD_ROOM` effects are neither reported nor counted: as many as other files may have below
    ``if __name__ == "__main__":``, the guard. Effects below the guard have no findings; how many
    there are beyond `GUARD_ROOM` is a count of its own. Without statements the result is
    ``NOTHING_TO_SAY``. `options` is unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    module = _module(source)
    effects = list(effects_of(source.tree.body, module))
    if context == _RUN:
        effects = effects[GUARD_ROOM:]
    below_guard = list(effects_of(list(guarded(source.tree.body)), module))
    counts = {
        "modules": 1,
        "effects": len(effects),
        "files_with_effects": int(bool(effects)),
        "prints": sum(each.code in (PRINTS, ASKS) for each in effects),
        "effects_below_guard": max(0, len(below_guard) - GUARD_ROOM),
    }
    return Inspection(facts=Facts(counts=counts), findings=tuple(map(_finding, effects)))


def _module(source: SourceFile) -> Module:
    """Return the names of `source` that decide which statements are effects."""
    imported: set[str] = set()
    defined: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported.update(each.asname or each.name.split(".")[0] for each in node.names)
        else:
            defined.update(_defined_by(node))
    effectful = effectful_functions(source.tree)
    demanded = demanded_outside(source)
    return Module(imported, defined - imported, effectful, source.kind == "main", demanded)


def _defined_by(node: ast.stmt) -> Iterator[str]:
    """Yield the names that `node` defines or sets, e.g. ``app`` of ``app = Flask()``.

    Not the names in a tuple, e.g. of ``a, b = pair``.
    """
    if isinstance(node, DEFINITIONS):
        yield node.name
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    yield from (each.id for each in targets if isinstance(each, ast.Name))


def _finding(effect: Effect) -> Finding:
    """Return the finding at the statement of `effect`."""
    return Finding(
        code=effect.code,
        line=getattr(effect.node, "lineno", 1),
        column=getattr(effect.node, "col_offset", 0) + 1,
        message=f"{effect.message} when this file is imported",
    )


LESSON = Lesson(
    practice="Let an import define things and do nothing else",
    before={
        "weather.py": (
            'lines = open("weather.txt").read().splitlines()\n'
            "\n"
            "\n"
            "def warmest(degrees):\n"
            "    return max(degrees)\n"
            "\n"
            "\n"
            "print(warmest([float(line) for line in lines]))\n"
        ),
    },
    after={
        "weather.py": (
            "from pathlib import Path\n"
            "\n"
            "\n"
            "def warmest(degrees):\n"
            "    return max(degrees)\n"
            "\n"
            "\n"
            "def main():\n"
            '    lines = Path("weather.txt").read_text().splitlines()\n'
            "    print(warmest([float(line) for line in lines]))\n"
            "\n"
            "\n"
            'if __name__ == "__main__":\n'
            "    main()\n"
        ),
    },
    reading=(_URL,),
)

CHECK = Check(
    id="import_effects",
    version=5,
    title="Nothing happens on import",
    synonyms=("side_effects", "effects_on_import", "main_guard"),
    guidance=GUIDANCE,
    guidance_by_code={RUNS: _RUNS, PRINTS: _PRINTS, ASKS: _ASKS, READS: _READS},
    lesson=LESSON,
    context=context,
    measures=(
        count_measure(
            "effects",
            "Effects of an import",
            "statements",
            formula="number of statements, at every depth, that do more on import than make a"
            " value",
            codes=(RUNS, PRINTS, ASKS, READS),
        ),
        rate_measure(
            "effects_rate",
            "Effects of an import, as a share",
            counts=("effects",),
            what="statements, at every depth, that do more on import than make a value,",
            codes=(RUNS, PRINTS, ASKS, READS),
        ),
        count_measure(
            "files_with_effects",
            "Files that do something on import",
            "files",
            formula="number of files with a statement that does more on import than make a value",
            codes=(RUNS, PRINTS, ASKS, READS),
        ),
        count_measure(
            "prints",
            "Prints and questions on import",
            "statements",
            formula="number of statements that print or ask on import (advice; `effects` has them"
            " too)",
            codes=(PRINTS, ASKS),
        ),
        count_measure(
            "effects_below_guard",
            "Effects below the guard that belong into functions",
            "statements",
            formula=f"number of effects of one file's guard beyond {GUARD_ROOM}, added up (advice)",
            codes=(),
        ),
    ),
    shares={
        "effects": "effects_rate",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
