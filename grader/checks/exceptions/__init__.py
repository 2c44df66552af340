"""Check that errors are handled where they may happen, and that no handler hides them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from grader.analysis.fixes.except_clauses import except_clause_fix
from grader.analysis.fixes.own_line import Fix, Line, with_own_lines
from grader.analysis.syntax.call_targets import Aliases, aliases_of
from grader.analysis.syntax.statements import every_statement, has_statements
from grader.checks.exceptions import guidance
from grader.checks.exceptions.faults import (
    BARE,
    BLIND,
    NO_CAUSE,
    PLAIN_RAISE,
    QUIET,
    SWALLOWED,
    USELESS,
    WIDE,
    Fault,
    handler_faults,
    other_faults,
)
from grader.checks.exceptions.handled import (
    CARELESS,
    HANDLED,
    Places,
    parts,
    percent_handled,
    places_in,
)
from grader.checks.exceptions.reach import judge, read_sketch, sketch_of
from grader.checks.exceptions.risky_calls import Judged, read_program
from grader.checks.exceptions.try_blocks import Try, find_tries, has_to_be_short
from grader.domain.check import Check, Context, Inspections, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import (
    UsualLimit,
    count_measure,
    over_limit_measure,
    rate_measure,
    share_measure,
)
from grader.domain.source import SourceFile

_UNCARED = "unguarded-call"
_LONG_TRY = "long-try"
#: A ``try`` with more statements is reported: one of six, not one of five, e.g. one that asks for a
#: number, checks it and leaves the loop. Chosen by hand.
_REPORTED_ABOVE = 5
_BUILDERS = frozenset({"distutils", "setuptools"})


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with findings for bad error handling and for unguarded risky calls.

    Bad handling is each fault that `faults` finds in ``try``, ``raise`` and ``suppress``, and each
    ``try`` around more than 5 statements that `has_to_be_short`. A risky call, e.g. ``open(path)``,
    is unguarded if code outside functions, or ``main``, leads to it within this file, and its error
    is caught nowhere on the way. The faults are counted by code, and so are unguarded calls; a
    histogram has the sizes of ``try`` statements that have to be short. By function there is the
    part of its places that is handled with care. The sketch lets `combine` repeat the search for
    calls between files. Without statements the result is ``NOTHING_TO_SAY``. `options` and
    `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    nodes = every_statement(source.tree)
    aliases = aliases_of(node for node, _ in nodes)
    tries = find_tries(nodes)
    faults = [*handler_faults(tries, aliases, source.lines), *other_faults(nodes, aliases)]
    program = read_program(nodes, aliases, {id(fault.node) for fault in faults})
    if _builds(source, aliases):
        program.risks.clear()
    short = [one for one in tries if has_to_be_short(one.node)]
    counts = Counter(fault.code for fault in faults)
    sizes = Counter(one.size for one in short)
    places = places_in(nodes, aliases, tries, faults)
    alone = Inspection(
        facts=Facts(counts=counts, histograms={"try_sizes": sizes} if sizes else {}),
        findings=with_own_lines(source, [*map(_finding, faults), *_long(short)], _fix(source)),
        sketch=sketch_of(program, places),
    )
    return combine({"": alone}, options)[""]


def _builds(source: SourceFile, aliases: Aliases) -> bool:
    """Return whether `source` is a ``setup.py``, which reads its own README, and no user runs."""
    modules = {name.partition(".")[0] for name in aliases.imported.values()}
    return source.path.split("/")[-1] == "setup.py" and not _BUILDERS.isdisjoint(modules)


def _fix(source: SourceFile) -> Fix:
    """Return a function that fixes too broad ``except`` clauses, and no other findings."""
    broad = except_clause_fix(source)

    def fix(finding: Finding, line: Line) -> str | None:
        return broad(finding, line) if finding.code in (BARE, BLIND) else None

    return fix


def combine(inspections: Inspections, options: Options) -> Inspections:
    """Return `inspections` with the unguarded calls that the whole program, tests aside, leads to.

    Their findings and count replace those of each file alone; findings are sorted by place. Each of
    `inspections` must be a result of `inspect` with a sketch, so not ``NOTHING_TO_SAY``. `options`
    is unused.
    """
    sketches = {path: read_sketch(one.sketch) for path, one in inspections.items()}
    found = judge(sketches)
    return {
        path: _with_risks(one, sketches[path].places, found[path])
        for path, one in inspections.items()
    }


def _with_risks(one: Inspection, places: Mapping[int, Places], risks: Judged) -> Inspection:
    """Return `one` with its unguarded calls replaced by those of `risks`: findings, count, values.

    `places` are the others of its functions where something may go wrong.
    """
    kept = [finding for finding in one.findings if finding.code != _UNCARED]
    more = [
        Finding(code=_UNCARED, line=risk.line, column=risk.column, message=risk.message)
        for risk in risks.unguarded
    ]
    findings = sorted(kept + more, key=lambda item: (item.line, item.column, item.code))
    counts = one.facts.counts | {_UNCARED: len(more)}
    facts = one.facts.model_copy(update={"counts": counts})
    changes = {"facts": facts, "findings": tuple(findings)}
    handled = {HANDLED: percent_handled(places, risks)}
    return one.model_copy(update={**changes, "by_function": handled})


def _finding(fault: Fault) -> Finding:
    """Return the finding for `fault`, where its node begins."""
    line, column = getattr(fault.node, "lineno", 1), getattr(fault.node, "col_offset", 0)
    return Finding(code=fault.code, line=line, column=column + 1, message=fault.message)


def _long(tries: Iterable[Try]) -> Iterator[Finding]:
    """Yield a finding for each of `tries` with too many statements, with their number as value."""
    for one in tries:
        if one.size > _REPORTED_ABOVE:
            yield Finding(
                code=_LONG_TRY,
                line=one.node.lineno,
                column=one.node.col_offset + 1,
                message=f"`try` holds {one.size} statements",
                value=one.size,
            )


LESSON = Lesson(
    practice="Handle exceptions gracefully",
    before={
        "settings.py": (
            "import json\n"
            "\n"
            "\n"
            "def load_settings(path):\n"
            "    try:\n"
            "        return json.loads(path.read_text())\n"
            "    except:\n"
            "        pass\n"
        ),
    },
    after={
        "settings.py": (
            "import json\n"
            "\n"
            "\n"
            "def load_settings(path):\n"
            "    try:\n"
            "        return json.loads(path.read_text())\n"
            "    except FileNotFoundError:\n"
            "        return {}\n"
            "    except ValueError as error:\n"
            '        raise SystemExit(f"{path} is no JSON: {error}") from error\n'
        ),
    },
    reading=("https://docs.python.org/3/library/exceptions.html",),
)

CHECK = Check(
    id="exceptions",
    version=4,
    title="Errors handled with care",
    synonyms=("error_handling", "errors", "try_except", "bugbear", "flake8_bugbear"),
    guidance=guidance.GUIDANCE,
    lesson=LESSON,
    guidance_by_code={
        BARE: guidance.BROAD,
        BLIND: guidance.BROAD,
        SWALLOWED: guidance.SWALLOWED,
        QUIET: guidance.QUIET,
        PLAIN_RAISE: guidance.PLAIN,
        NO_CAUSE: guidance.CAUSE,
        _LONG_TRY: guidance.LONG,
        WIDE: guidance.WIDE,
        USELESS: guidance.USELESS,
        _UNCARED: guidance.UNGUARDED,
    },
    measures=(
        count_measure(
            "careless_handlers",
            "Careless handling of errors",
            "places",
            formula="bare, blind, wide, useless and swallowing handlers, and traps around `try`",
            counts=CARELESS,
            codes=CARELESS,
        ),
        rate_measure(
            "careless_rate",
            "Careless handling of errors, as a share",
            counts=CARELESS,
            what="bare, blind, wide, useless and swallowing handlers, and traps around `try`,",
            codes=CARELESS,
        ),
        share_measure(
            "share_handled",
            "Statements of functions that handle what may go wrong",
            parts,
            of="statements of functions in which something may go wrong",
            formula=(
                "100 × statements of functions, each × the part of its places that handle an error"
                " (or whose callers do) or raise one that tells what went wrong, ÷ statements of"
                " functions in which something may go wrong. The other places are careless"
                " handlers, and calls that nothing guards, which count half"
            ),
            evidence=lambda finding, limit: finding.code in (*CARELESS, _UNCARED),
        ),
        count_measure(
            "bare_handlers",
            "Handlers of everything",
            "handlers",
            formula="number of `except:`",
            counts=(BARE,),
            codes=(BARE,),
        ),
        count_measure(
            "swallowed",
            "Swallowed errors",
            "handlers",
            formula="number of handlers that do nothing about an error that matters",
            counts=(SWALLOWED,),
            codes=(SWALLOWED,),
        ),
        count_measure(
            "unguarded",
            "Risky calls without care",
            "calls",
            formula="number of calls that depend on input, files or the network, and that the"
            " program gets"
            " to with nothing that catches their error",
            counts=(_UNCARED,),
            codes=(_UNCARED,),
        ),
        over_limit_measure(
            "long_tries",
            "try_sizes",
            "Long `try` bodies",
            "`try` bodies",
            usual_limit=UsualLimit(5, "statements"),
            formula="number of `try` with `except` that hold more statements than the limit,"
            " without those that roll a transaction back",
            codes=(_LONG_TRY,),
        ),
        count_measure(
            "plain_raises",
            "Errors of no particular kind",
            "statements",
            formula="number of `raise Exception`",
            counts=(PLAIN_RAISE,),
            codes=(PLAIN_RAISE,),
        ),
        count_measure(
            "raises_without_from",
            "Errors raised without their cause (advice)",
            "statements",
            formula="number of new errors that a handler raises without `from`",
            counts=(NO_CAUSE,),
            codes=(NO_CAUSE,),
        ),
        count_measure(
            "quiet_handlers",
            "Errors passed over in silence (advice)",
            "handlers",
            formula="number of handlers that do nothing, where that may be right",
            counts=(QUIET,),
            codes=(QUIET,),
        ),
    ),
    shares={
        "careless_handlers": "careless_rate",
        "unguarded": "share_handled",
    },
    options=Options,
    inspect=inspect,
    combine=combine,
    skips_tests=True,
)
