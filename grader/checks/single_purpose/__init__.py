"""Find functions that do more than one thing (advice, unless a rubric gives points for it)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import Function, is_stub, works
from grader.checks.single_purpose.counted import Jobs
from grader.checks.single_purpose.mixing import mixed_jobs
from grader.checks.single_purpose.parts import LONG, SEVERAL_PARTS, headed_parts
from grader.checks.single_purpose.tasks import SEVERAL, count_tasks
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, share_of_statements_measure
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "This function does more than one thing. One that does a single thing can be named, tested"
        " and used again without the rest."
    ),
    how_to_fix=(
        "Say in one sentence what it does. Wherever you say `and`, there is a second function that"
        " wants to come out."
    ),
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

_MIXED = Guidance(
    explanation=(
        "This function does several jobs. One of them has a result, e.g. a number, a cleaned table"
        " or a trained model. Nobody can test that job without the others, or use the result for"
        " anything else."
    ),
    how_to_fix=(
        "Let one function compute and `return` the result. Let the function that calls it do the"
        " asking, the reading, the printing and the saving."
    ),
    url="https://docs.python.org/3/howto/functional.html",
)

_PHASES = Guidance(
    explanation=(
        "This function does several tasks one after the other. Each has variables of its own: they"
        " could as well be functions of their own."
    ),
    how_to_fix=(
        "Make a function of each task, with a name that says what it does, and call them in turn."
        " A comment above a task is often its name."
    ),
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

_NAMED = Guidance(
    explanation=(
        "The name says it: this function does one thing and another thing. Whoever needs only one"
        " of them cannot use it."
    ),
    how_to_fix="Make two functions, and a third one that calls both if you need them together.",
    url="https://peps.python.org/pep-0008/#function-and-variable-names",
)

_TOO_LONG = Guidance(
    explanation=(
        "No single thing takes so many statements. A function of this length does several, also"
        " where they lead from one to the next: reading, computing, showing."
    ),
    how_to_fix=(
        "Make each step a function with a name of its own. What is left calls them in turn, and"
        " reads like a table of contents."
    ),
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

#: Codes of findings, which are also the names of their counts.
_MIXES, _SEVERAL, _AND = "mixes-io-and-computing", "several-phases", "and-in-name"
#: The code of a finding that only the share counts.
_LONG = "long-for-one-purpose"

#: By function, 0 if it has one of these findings, otherwise how many of its statements do work; 1
#: if none does. (Facts of version 3 have 1 for all without a finding.)
_FOCUSED = "focused"
#: The most statements that do work for which a single purpose is believed. Above it only as many of
#: them are good: of a `main` of 110 that reads, computes and shows, 36 %; all of one that builds a
#: parser of 38 arguments. Twice what a function should have is 30; chosen by hand, more generous.
_ROOM = 40

#: The most lines that a finding lists one by one.
_LISTED = 4

#: Verbs that, on both sides of ``and``, show two tasks: `load_and_print`; not `get_name_and_age`,
#: where "age" is none. Chosen by hand.
_VERBS = frozenset(
    "add analyse analyze append apply ask build calculate check clean close collect compute convert"
    " count crawl create delete display download draw dump evaluate export extract fetch filter"
    " find fit format generate get handle insert load log make merge notify open parse plot predict"
    " prepare preprocess print process read remove render report return save scale score scrape"
    " send show sort split start store sum summarise summarize test train transform update upload"
    " validate verify write".split()
)
#: Verbs that begin the name of one task, e.g. `validate_and_parse_date`: to check a value is a part
#: of using it. Chosen by hand.
_BEFOREHAND = frozenset("check validate verify".split())
#: Names with two verbs for a single task, e.g. an atomic operation. Chosen by hand.
_ONE_THING = frozenset({"compare_and_set", "get_and_set", "test_and_set"})


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with findings for functions that seem to do more than one thing.

    A function, method or nested function has one finding for each of these: it mixes computing with
    input or output or does several jobs (see :func:`mixed_jobs`), does three unrelated tasks or
    more (see :func:`count_tasks`) or has as many parts with a comment as heading (see
    :func:`headed_parts`), has two tasks in its name, e.g. `load_and_print`. ``main`` has only that
    of several jobs. The findings of each kind, and the functions with any, are counted. A function
    without any has a finding if more than :data:`_ROOM` statements do work. By function there
    is that number, and 0 for one with another finding. If there is no function, or only stubs
    (``pass`` and constants), the result is ``NOTHING_TO_SAY``. ``options`` and ``context`` are
    unused.
    """
    module = module_of(source)
    functions = [one for one in module.functions if not is_stub(one.body)]
    if not functions:
        return NOTHING_TO_SAY
    work = {one: _work(scope) for one, scope in module.functions.items()}
    lines = source.text.split("\n") if max(work.values()) >= LONG else []
    found = {one: [*_findings(one, module, lines, work[one])] for one in functions}
    counts = _count_by_code([*chain.from_iterable(found.values())])
    counts["unfocused"] = sum(map(bool, found.values()))
    focused = {one: 0 if found.get(one) else max(1, number) for one, number in work.items()}
    return Inspection(
        facts=Facts(counts=counts),
        findings=tuple(_with_long(found, focused)),
        by_function={_FOCUSED: {one.lineno: number for one, number in focused.items()}},
    )


def _with_long(
    found: Mapping[Function, Sequence[Finding]], focused: Mapping[Function, int]
) -> Iterator[Finding]:
    """Yield the findings ``found`` and, of functions without any, those that are too long.

    ``focused`` has the number of statements of the latter that do work.
    """
    for function, findings in found.items():
        yield from findings
        if focused[function] > _ROOM:
            yield _too_long(function, focused[function])


def _work(scope: Scope) -> int:
    """Return how many statements of the function of `scope` do work, nested functions aside."""
    return sum(works(each) for block in scope.blocks for each in block.statements)


def _count_by_code(findings: Sequence[Finding]) -> dict[str, int]:
    """Return the number of ``findings`` of each of the three codes, also where it is 0."""
    return {code: sum(one.code == code for one in findings) for code in (_MIXES, _SEVERAL, _AND)}


def _findings(
    function: Function, module: Module, lines: Sequence[str], work: int
) -> Iterator[Finding]:
    """Yield at most one finding of each code for ``function``; for ``main`` only that it mixes.

    ``lines`` are those of its file, and ``work`` is the number of its statements that do work.
    """
    if jobs := mixed_jobs(function, module, work):
        yield _finding(function, _MIXES, _sentence(jobs))
    if function.name.strip("_") == "main":
        return
    tasks = count_tasks(function)
    if tasks >= SEVERAL:
        yield _finding(function, _SEVERAL, f"does {tasks} tasks that share no variables")
    elif work >= LONG:
        parts = headed_parts(module.functions[function], lines)
        if len(parts) >= SEVERAL_PARTS:
            what = f"has {len(parts)} parts with a comment as heading ({_on_lines(parts)})"
            yield _finding(function, _SEVERAL, what)
    if _names_two_things(function.name):
        yield _finding(function, _AND, "has two tasks in its name")


def _sentence(jobs: Jobs) -> str:
    """Return what the function does by ``jobs``, e.g. "asks (line 2) and computes (line 3)"."""
    ordered = sorted(jobs.items(), key=lambda item: (min(item[1]), item[0]))
    parts = [f"{job} ({_on_lines(lines)})" for job, lines in ordered]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _on_lines(lines: Sequence[int]) -> str:
    """Return where ``lines`` are: "line 4", "lines 4, 7 and 9", or "lines 4 to 90" if many."""
    each = sorted(set(lines))
    if len(each) == 1:
        return f"line {each[0]}"
    if len(each) > _LISTED:
        return f"lines {each[0]} to {each[-1]}"
    return f"lines {', '.join(map(str, each[:-1]))} and {each[-1]}"


def _names_two_things(name: str) -> bool:
    """Return whether ``name`` has a verb at its beginning and one after its first `_and_`.

    e.g. `load_and_print`; not `mean_and_deviation`, `get_name_and_age`, `check_and_save` or a name
    in ``_ONE_THING``.
    """
    first, joined, second = name.strip("_").lower().partition("_and_")
    verbs = first.split("_")[0] in _VERBS - _BEFOREHAND and second.split("_")[0] in _VERBS
    return bool(joined) and verbs and f"{first}_and_{second}" not in _ONE_THING


def _finding(function: Function, code: str, what: str) -> Finding:
    """Return a finding at the ``def`` of `function`; `what` follows its name in the message."""
    return Finding(
        code=code,
        line=function.lineno,
        column=function.col_offset + 1,
        message=f"`{function.name}` {what}",
    )


def _too_long(function: Function, statements: int) -> Finding:
    """Return the finding for `function`, which has more `statements` than one purpose takes."""
    what = f"has {statements} statements that do something, more than one purpose takes"
    return _finding(function, _LONG, what).model_copy(update={"value": statements})


def _credit(statements: int, limit: int | None) -> Fraction:
    """Return which part of a function of so many `statements` counts as having one purpose.

    None of one with a finding, which has 0. e.g. all of 40, and half of 80: there is no cliff.
    """
    return min(Fraction(1), Fraction(_ROOM, statements)) if statements else Fraction(0)


LESSON = Lesson(
    practice="Give your functions a clear purpose",
    before={
        "wages.py": (
            "def wage():\n"
            '    hours = float(input("Hours: "))\n'
            "    extra = max(hours - 40, 0)\n"
            "    pay = (hours - extra) * 15 + extra * 22.5\n"
            '    print("Wage:", round(pay, 2))\n'
            "    return pay\n"
        ),
    },
    after={
        "wages.py": (
            "def compute_wage(hours):\n"
            "    extra = max(hours - 40, 0)\n"
            "    return (hours - extra) * 15 + extra * 22.5\n"
            "\n"
            "\n"
            "def main():\n"
            '    hours = float(input("Hours: "))\n'
            '    print("Wage:", round(compute_wage(hours), 2))\n'
        ),
    },
    reading=("https://en.wikipedia.org/wiki/Single-responsibility_principle",),
)

CHECK = Check(
    id="single_purpose",
    version=5,
    title="Functions with one clear purpose",
    synonyms=("one_purpose", "single_responsibility", "focused_functions"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code={_MIXES: _MIXED, _SEVERAL: _PHASES, _AND: _NAMED, _LONG: _TOO_LONG},
    measures=(
        count_measure(
            "unfocused_functions",
            "Functions that do more than one thing",
            "functions",
            formula="number of functions that mix, have several phases, or say so in their name",
            counts=("unfocused",),
            codes=(_MIXES, _SEVERAL, _AND),
        ),
        count_measure(
            "mixed_functions",
            "Functions that compute and also read or print",
            "functions",
            formula="number of functions that compute and do input or output, or do three jobs",
            counts=(_MIXES,),
            codes=(_MIXES,),
        ),
        count_measure(
            "several_phases",
            "Functions of several phases",
            "functions",
            formula=f"number of functions with {SEVERAL} or more groups of 3 or more statements"
            " that share no variables, or that have a comment as heading",
            counts=(_SEVERAL,),
            codes=(_SEVERAL,),
        ),
        share_of_statements_measure(
            "share_in_focused_functions",
            "Statements in functions with one purpose",
            values=_FOCUSED,
            credit=_credit,
            formula="statements of functions that neither mix, nor have several phases, nor say so"
            f" in their name, of each at most {_ROOM}",
            evidence=lambda finding, limit: True,
        ),
    ),
    shares={
        "unfocused_functions": "share_in_focused_functions",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
