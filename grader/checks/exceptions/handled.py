"""Say for each function how much of what may go wrong in it is handled with care."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from grader.analysis.syntax.call_targets import Aliases
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import FUNCTIONS, works
from grader.checks.exceptions.bugbear import TRAPS
from grader.checks.exceptions.faults import BARE, BLIND, SWALLOWED, USELESS, WIDE, Fault
from grader.checks.exceptions.risky_calls import Judged, Nodes, suppressed
from grader.checks.exceptions.try_blocks import Try
from grader.domain.inspection import Facts, by_statement
from grader.domain.measures import Parts
from grader.domain.program import UNREADABLE

#: The name of the values of functions: which part of their places is handled, in percent.
HANDLED = "handled"
#: All codes of careless handling: e.g. ``except:``, not ``except KeyError: pass``, which may be
#: right.
CARELESS = (BARE, BLIND, WIDE, USELESS, SWALLOWED, *TRAPS)
#: Errors that do not tell a caller what was wrong with its call: anything may be, a method is still
#: to be written, or the program ends. Chosen by hand.
_NOT_TELLING = frozenset(
    {"Exception", "BaseException", "NotImplementedError", "SystemExit", "KeyboardInterrupt", "Exit"}
)


class Places(NamedTuple):
    """How many places of one function handle an error with care, and how many carelessly.

    ``handled``: ``except`` around a statement that works, ``with suppress(KeyError)``, and
    ``raise ValueError``. ``careless``: e.g. ``except: pass``.
    """

    handled: int
    careless: int


def places_in(
    nodes: Nodes, aliases: Aliases, tries: Iterable[Try], faults: Collection[Fault]
) -> dict[int, Places]:
    """Return the places of each function that has some, by the line of its ``def``; 0 for outside.

    `nodes` are the module and all its statements, `tries` and `faults` were found among them. A
    ``try`` with any fault is not handled with care, also one that may be right, e.g.
    ``except KeyError: pass``.
    """
    lines = _lines_of_functions(nodes)
    faulty = {id(fault.node) for fault in faults}
    careful = [one for one in _handling(nodes, aliases, tries) if faulty.isdisjoint(_ids(one))]
    handled = Counter(lines[id(node)] for node in careful)
    careless = Counter(lines[id(fault.node)] for fault in faults if fault.code in CARELESS)
    return {
        line: Places(handled[line], careless[line])
        for line in sorted(handled.keys() | careless.keys())
    }


def _ids(node: ast.AST) -> Iterator[int]:
    """Yield what identifies `node` and, if it is a ``try``, its clauses."""
    yield id(node)
    yield from map(id, getattr(node, "handlers", ()))


def _lines_of_functions(nodes: Nodes) -> dict[int, int]:
    """Return the line of the innermost ``def`` around each node and clause, by its ``id``."""
    found, inside = dict[int, int](), [0] * len(nodes)
    for at, (node, parent) in enumerate(nodes):
        outer = nodes[parent][0]
        inside[at] = outer.lineno if isinstance(outer, FUNCTIONS) else inside[parent]
        found |= dict.fromkeys(_ids(node), inside[at])
    return found


def _handling(nodes: Nodes, aliases: Aliases, tries: Iterable[Try]) -> Iterator[ast.AST]:
    """Yield each statement that handles an error, or tells the caller of one."""
    for one in tries:
        if one.node.handlers and any(map(works, one.node.body)):
            yield one.node
    for node, _ in nodes:
        is_suppressing = isinstance(node, ast.With) and any(
            suppressed(item, aliases) for item in node.items
        )
        if is_suppressing or (isinstance(node, ast.Raise) and _tells(node)):
            yield node


def _tells(node: ast.Raise) -> bool:
    """Return whether `node` raises an error that says what went wrong.

    e.g. ``raise ValueError("no price")`` and ``raise EmptyCart``; not ``raise error``, which
    passes one on, and not ``raise Exception("no price")``.
    """
    name = last_name(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
    return name[:1].isupper() and name not in _NOT_TELLING


def percent_handled(places: Mapping[int, Places], judged: Judged) -> dict[int, int]:
    """Return for the line of each function which part of its places is handled, in percent.

    Places are its `places`, the calls that its callers guard with care, and those that nothing
    guards. The last count half: the program stops and says where, which is better than to go on in
    silence, e.g. in ``except: pass``. Functions without any places are left out.
    """
    guarded = Counter(risk.within for risk in judged.guarded)
    unguarded = Counter(risk.within for risk in judged.unguarded)
    found = {}
    for line in sorted(places.keys() | guarded.keys() | unguarded.keys()):
        handled, careless = places.get(line, (0, 0))
        good = 2 * (handled + guarded[line]) + unguarded[line]
        whole = handled + careless + guarded[line] + unguarded[line]
        found[line] = 50 * good // whole
    return found


def parts(facts: Facts, limit: int | None) -> Parts | None:
    """Return the statements that are handled, and all of functions in which something may go wrong.

    `limit` is unused. ``None`` if nothing may go wrong anywhere.
    """
    histogram = facts.histograms.get(by_statement(HANDLED), {})
    good = sum(Fraction(percent * times, 100) for percent, times in histogram.items())
    whole = sum(histogram.values()) + facts.counts.get(UNREADABLE, 0)
    return (Fraction(good), Fraction(whole)) if whole else None
