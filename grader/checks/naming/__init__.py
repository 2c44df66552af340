"""Check that names have the case of PEP 8, and that they say what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from grader.analysis.fixes.own_line import with_own_lines
from grader.analysis.syntax.names import Binding, Kind, bindings, scoped
from grader.analysis.tools.pep8_naming import ALLOWED, CaseViolation, case_violations
from grader.checks.naming.customs import CLASS_NAME, Customs
from grader.checks.naming.fixes import name_case_fix
from grader.checks.naming.guidance import GUIDANCE_BY_CODE
from grader.checks.naming.letters import Letters
from grader.checks.naming.numbered import grouped
from grader.checks.naming.rules import NO_VERB, NUMBERED, SINGLE, VAGUE, unclear_names, without_verb
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, count_measure, rate_measure
from grader.domain.source import SourceFile, is_test_path
from grader.domain.wording import Described

GUIDANCE = Guidance(
    explanation=(
        "Python programmers read a name's case before they read the name: `lower_case` is a"
        " variable or a function, `CapWords` a class, `UPPER_CASE` a constant. Another case sends"
        " them the wrong way."
    ),
    how_to_fix=(
        "Write functions, arguments and variables as `total_price`, classes as `ShoppingCart`, and"
        " rename every use with your editor's rename command."
    ),
    url="https://peps.python.org/pep-0008/#naming-conventions",
)

#: A name or a pattern, e.g. "visit_*" and "setUp"; not "a-b". At most 80 characters, by hand.
Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_*?][A-Za-z0-9_*?]*$", max_length=80),
    Described("should be a name, which may have * and ?, such as visit_*"),
]


class NamingOptions(Options):
    """The options of the check. ``ignore_names``: names whose case is accepted.

    They may be patterns with ``*`` and ``?``, e.g. ``visit_*``. Such a name can still be unclear.
    ``names`` are those that the rubric prescribes: with them nothing is wrong.
    """

    ignore_names: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    names: tuple[str, ...] = ()

    @property
    def any_case(self) -> tuple[str, ...]:
        """The names and patterns that may have any case."""
        return (*self.ignore_names, *self.names)


def inspect(source: SourceFile, options: NamingOptions, context: Context) -> Inspection:
    """Return an inspection with findings for wrong case, unclear names, functions without a verb.

    Each report of pep8-naming (N818 and customary names aside) is a finding; that a variable holds
    a class is advice, and not counted. An unclear name, or one without a verb, has one finding in
    each scope. A name may have findings of several kinds. The three kinds are counted, and so are
    all places that bind a name. In test files only the case is checked. Names in
    ``options.ignore_names`` may have any case, but can still be unclear; those in ``options.names``
    have no finding. Findings are sorted by place, some with a corrected line. A file that binds no
    name (imports without ``as`` aside) gives ``NOTHING_TO_SAY``. `context` is unused.
    """
    found = list(scoped(source.tree))
    bound = bindings(source.tree, found)
    if not bound:
        return NOTHING_TO_SAY
    customs = Customs(found, {each.name for each in bound})
    reports = [(each, customs.code_of(each)) for each in case_violations(found, options.any_case)]
    case = [_case_finding(each, code) for each, code in reports if code]
    groups = {} if is_test_path(source.path) else grouped(_without(bound, options.names))
    letters = Letters(groups, is_numeric=customs.is_numeric)
    unclear = [_finding(each, code) for each, code in unclear_names(groups, letters)]
    advice = [_finding(each, NO_VERB) for each in without_verb(groups)]
    counts = {
        "names": len(bound),
        "case_violations": sum(each.code != CLASS_NAME for each in case),
        "unclear_names": len(unclear),
        "functions_without_verb": len(advice),
    }
    findings = sorted((*case, *unclear, *advice), key=lambda each: (each.line, each.column))
    shown = with_own_lines(source, findings, name_case_fix(source))
    return Inspection(facts=Facts(counts=counts), findings=shown)


def _without(bound: list[Binding], names: tuple[str, ...]) -> Iterator[Binding]:
    """Yield the bindings in `bound` of other names than `names`."""
    spared = frozenset(names)
    return (each for each in bound if each.name not in spared)


def _case_finding(violation: CaseViolation, code: str) -> Finding:
    """Return the finding with `code` for a complaint of pep8-naming, or the advice."""
    held = f"The variable `{violation.name}` is spelled like a class, and holds one"
    return Finding(
        code=code,
        line=violation.line,
        column=violation.column,
        message=held if code == CLASS_NAME else violation.text,
    )


#: By finding code, the end of the message, which begins with the kind and the name.
_MESSAGES = {
    VAGUE: "does not say what it stands for",
    NUMBERED: "differs from others only by a number",
    SINGLE: "is a single letter",
    NO_VERB: "does not begin with a verb",
}


#: Kinds that a message names; every other kind is called a variable.
_NAMED_KINDS = frozenset({Kind.FUNCTION, Kind.METHOD, Kind.CLASS, Kind.ARGUMENT})


def _finding(bound: Binding, code: str) -> Finding:
    """Return the finding of the kind `code` for the name that `bound` binds."""
    what = bound.kind.value if bound.kind in _NAMED_KINDS else Kind.VARIABLE.value
    return Finding(
        code=code,
        line=bound.node.lineno,
        column=bound.node.col_offset + 1,
        message=f"The {what} `{bound.name}` {_MESSAGES[code]}",
    )


def _measure(name: str, title: str, unit: str, formula: str, prefixes: tuple[str, ...]) -> Measure:
    """Return a count of names; findings whose code begins with one of `prefixes` are evidence."""
    measure = count_measure(name, title, unit, formula=formula, among="names")
    return replace(measure, evidence=lambda finding, limit: finding.code.startswith(prefixes))


def _rate(name: str, title: str, count: str, what: str, prefixes: tuple[str, ...]) -> Measure:
    """Return the rate of `count`; findings whose code begins with one of `prefixes` are evidence.

    `what` names the faults in the formula.
    """
    measure = rate_measure(name, title, counts=(count,), what=what)
    return replace(measure, evidence=lambda finding, limit: finding.code.startswith(prefixes))


MEASURES = (
    _measure(
        "case_violations",
        "Names in another case than PEP 8's",
        "names",
        "number of complaints of pep8-naming, customary names (such as X_train) and N818 left out",
        ("N8",),
    ),
    _rate(
        "case_rate",
        "Names in another case than PEP 8's, as a share",
        "case_violations",
        "complaints of pep8-naming, customary names (such as X_train) and N818 left out,",
        ("N8",),
    ),
    _measure(
        "unclear_names",
        "Names that say nothing",
        "names",
        "number of different names of each scope, tests aside, that are vague, numbered or a"
        " single letter",
        (VAGUE, NUMBERED, SINGLE),
    ),
    _rate(
        "unclear_rate",
        "Names that say nothing, as a share",
        "unclear_names",
        "different names of each scope, tests aside, that are vague, numbered or a single letter,",
        (VAGUE, NUMBERED, SINGLE),
    ),
    _measure(
        "functions_without_verb",
        "Functions not named by a verb (advice)",
        "functions",
        "number of functions and methods, tests aside, whose name begins with no known verb",
        (NO_VERB,),
    ),
)


def _command(options: NamingOptions, paths: tuple[str, ...]) -> str:
    """Return the flake8 command that reports wrong cases, with the names that `options` ignore.

    `paths` are unused.
    """
    ignored = ",".join((*ALLOWED, *options.any_case))
    given = ["flake8 --isolated --disable-noqa --select=N --extend-ignore=N818"]
    return " ".join(given + [f"--ignore-names='{ignored}'"] * bool(options.any_case))


LESSON = Lesson(
    practice="Use descriptive function names",
    before={
        "fuel.py": (
            "def calcFuel2(a, b):\n"
            "    foo = a * b\n"
            "    tmp1 = foo / 100\n"
            "    return tmp1\n"
        ),
    },
    after={
        "fuel.py": (
            "def compute_fuel(distance, consumption):\n" "    return distance * consumption / 100\n"
        ),
    },
    reading=("https://peps.python.org/pep-0008/#naming-conventions",),
)

CHECK = Check(
    id="naming",
    version=4,
    title="Names that tell",
    synonyms=("pep8_naming", "names", "descriptive_names"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code=GUIDANCE_BY_CODE,
    shares={
        "unclear_names": "unclear_rate",
        "case_violations": "case_rate",
    },
    options=NamingOptions,
    spares_names=True,
    measures=MEASURES,
    inspect=inspect,
    tools=("pep8-naming",),
    command=_command,
)
