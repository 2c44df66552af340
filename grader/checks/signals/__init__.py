"""Find what a teacher should look at, e.g. text that is run as code. Signals never cost points.

This check finds the signals of single files. Signals between files come from
``grader.domain.signals``; their guidance is here too, so that all of it is in one place.
"""

from __future__ import annotations

from itertools import chain

from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.starting import starts_in
from grader.analysis.syntax.statements import has_statements
from grader.checks.signals.dynamic_code import dynamic_code
from grader.checks.signals.gathering import gather
from grader.checks.signals.long_strings import suspicious_text
from grader.domain.check import Check, Context, Guidance, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Inspection
from grader.domain.source import SourceFile

_DOCS = "https://docs.python.org/3"

GUIDANCE = Guidance(
    explanation="This is unusual in an exercise. It may well be right: a person has to look.",
    how_to_fix="Open the place, and ask the student about it where it is not plain.",
    url=f"{_DOCS}/tutorial/index.html",
)

_RUN = Guidance(
    explanation=(
        "A text is run as a program here. Whatever that text holds was not graded: checks read"
        " code, not texts."
    ),
    how_to_fix="Look where the text comes from. Ask what a function or a dictionary could not do.",
    url=f"{_DOCS}/library/functions.html#exec",
)

_COMPUTED = Guidance(
    explanation="The name of the imported module is worked out, so nobody can tell what it loads.",
    how_to_fix="Look which module it is, and whether it was handed in and graded.",
    url=f"{_DOCS}/library/importlib.html#importlib.import_module",
)

_STARTED = Guidance(
    explanation="Python or a shell runs here, and no check can follow what it runs.",
    how_to_fix="Look what it runs, and whether that was handed in and graded.",
    url=f"{_DOCS}/library/subprocess.html",
)

_FOREIGN = Guidance(
    explanation="Functions of another language are called, or memory is read: nothing checks that.",
    how_to_fix="Look whether the exercise needs it at all.",
    url=f"{_DOCS}/library/ctypes.html",
)

_TEXT = Guidance(
    explanation=(
        "A text constant is very long, or reads as a program or as encoded data. Code in a text"
        " escapes every check."
    ),
    how_to_fix="Look what the text is used for: data belongs into a data file, code into a module.",
    url=f"{_DOCS}/library/pathlib.html#pathlib.Path.read_text",
)

_HIDDEN = Guidance(
    explanation="It was handed in and not graded, although program may stand in it.",
    how_to_fix="Open the archive and look whether the graded files need what lies there.",
    url=f"{_DOCS}/library/venv.html",
)

_HIDDEN_PROGRAM = Guidance(
    explanation=(
        "The program runs or names code that stands where no check looks: in a text, a notebook,"
        " a folder of tools or among the tests. If it is a tenth of the program or more, or cannot"
        " be read, it limits the total."
    ),
    how_to_fix="Open that file, and ask why it is no module of the program.",
    url=f"{_DOCS}/tutorial/modules.html",
)

_LEFTOVERS = Guidance(
    explanation=(
        "Files that the program does not use have more than half as many statements as its own"
        " code. It may be an old version, or a program that is started in a way that nobody sees."
    ),
    how_to_fix="Look whether the program needs these files.",
    url=f"{_DOCS}/tutorial/modules.html",
)

_BESIDE = Guidance(
    explanation=(
        "Much of this program is a script, outside functions, and yet it has functions. It may be"
        " half-way to modules, or its functions may only be there to be graded in its place."
    ),
    how_to_fix="Look whether the functions do a part of the work.",
    url=f"{_DOCS}/tutorial/modules.html",
)

_TWIN = Guidance(
    explanation="Two files hold the same bytes.",
    how_to_fix="Ask which of the two is used. Copies also cost points where repetition does.",
    url="https://en.wikipedia.org/wiki/Don%27t_repeat_yourself",
)

_FAR_BETTER = Guidance(
    explanation=(
        "This file has far fewer findings of style, naming and docstrings than the others: at most"
        " a tenth of what their median would lead to expect, where that is ten or more. It may be"
        " a file that was tidied first, or one that somebody else wrote."
    ),
    how_to_fix="Ask the student to explain a part of it.",
    url=f"{_DOCS}/library/statistics.html#statistics.median",
)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the signals of `source` as findings, and its number of statements.

    A signal is what a teacher should look at: code that runs text as a program, imports or starts
    what is worked out, or calls another language (see `dynamic_code`), and a
    text that is very long, a program or encoded data (see `suspicious_text`). Findings are sorted
    by place. Without statements the result is ``NOTHING_TO_SAY``. `options` and `context` are
    unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    nodes = gather(source.tree)
    texts = chain.from_iterable(map(suspicious_text, nodes.constants))
    dynamic = dynamic_code(nodes, starts_in(module_of(source), source.tree))
    found = sorted([*dynamic, *texts], key=lambda one: (one.line, one.column, one.code))
    counts = {"statements": nodes.statements}
    return Inspection(facts=Facts(counts=counts), findings=tuple(found))


CHECK = Check(
    id="signals",
    version=3,
    title="For a person to look at",
    guidance=GUIDANCE,
    guidance_by_code={
        "text-as-code": _RUN,
        "computed-import": _COMPUTED,
        "computed-start": _STARTED,
        "foreign-code": _FOREIGN,
        "code-in-text": _TEXT,
        "encoded-text": _TEXT,
        "long-text": _TEXT,
        "hidden-file": _HIDDEN,
        "hidden-program": _HIDDEN_PROGRAM,
        "large-leftovers": _LEFTOVERS,
        "script-beside-functions": _BESIDE,
        "twin-file": _TWIN,
        "far-better-file": _FAR_BETTER,
    },
    measures=(),
    options=Options,
    inspect=inspect,
    gradable=False,
    always_runs=True,
)
