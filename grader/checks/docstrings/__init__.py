"""Check that every module, public class and public function has a useful docstring."""

from __future__ import annotations

from grader.analysis.fixes.own_line import with_own_lines
from grader.analysis.syntax.signatures import listed, outermost_functions
from grader.analysis.syntax.statements import is_docstring
from grader.checks.docstrings.documented import Documented, wanted_of
from grader.checks.docstrings.fixes import docstring_fix
from grader.checks.docstrings.measures import DOCUMENTED, MEASURES
from grader.checks.docstrings.substance import same_words, why_it_says_nothing
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.source import SourceFile

_PEP257 = "https://peps.python.org/pep-0257/"

GUIDANCE = Guidance(
    explanation=(
        "A docstring is the text in triple quotes right below the first line of a function, class"
        " or file. Editors and `help()` show it, so that others can use what you wrote without"
        " reading how it works. This one has none yet."
    ),
    how_to_fix=(
        "Write one sentence that tells what it does or what it is for, as you would tell a friend:"
        ' `"""Return the largest even number, or None if there is none."""`'
    ),
    url=f"{_PEP257}#what-is-a-docstring",
)

_TRIVIAL = Guidance(
    explanation=(
        "There is a docstring here, but whoever has read the name learns nothing new from it. It"
        " counts as missing."
    ),
    how_to_fix=(
        "Add what the name cannot hold: what goes in, what comes out, in which unit, and what"
        " happens with empty or odd input."
    ),
    url=f"{_PEP257}#one-line-docstrings",
)

_ARGUMENTS = Guidance(
    explanation=(
        "The docstring tells what the function does, but not what these arguments are. A caller"
        " has to guess what to pass."
    ),
    how_to_fix=(
        "Mention each argument by its name, within the sentence or in a line of its own below it:"
        " what it means, and which values are allowed."
    ),
    url="https://google.github.io/styleguide/pyguide.html#383-functions-and-methods",
)

_RETURN = Guidance(
    explanation=(
        "The function gives a value back, and its docstring does not say which. This is advice: a"
        " reader who looks for the result would be glad of it."
    ),
    how_to_fix="Add a few words, such as `Return the number of lines written.`",
    url="https://google.github.io/styleguide/pyguide.html#383-functions-and-methods",
)

#: Most definitions of different names that may share a docstring: e.g. ``add`` and ``radd`` may;
#: that of a third one counts as trivial. Chosen by hand.
_MOST_COPIES = 2


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with counts and findings about the docstrings of `source`.

    The module and its public definitions need one; for exceptions see `wanted_of`. They, their
    useful docstrings, their arguments, and what useful docstrings leave out are counted. A
    docstring has one finding if it is missing, says nothing, or has the same words as those of two
    other names before it. A useful one has up to two: for all arguments that it leaves out, and for
    a result that it leaves out. By function there is 0 if it needs a docstring and has no useful
    one, else 1; a function inside another has the value of the outer one. If nothing needs a
    docstring, the result is ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    wanted = list(wanted_of(source))
    if not wanted:
        return NOTHING_TO_SAY
    judged = list(zip(wanted, _faults(wanted), strict=True))
    useful = [item for item, fault in judged if not fault]
    findings = [
        *(_miss(item, fault) for item, fault in judged if fault),
        *(_undescribed(item) for item in useful if item.unnamed),
        *(_unclear(item) for item in useful if item.hides_its_result),
    ]
    ordered = sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))
    shown = with_own_lines(source, ordered, docstring_fix(source))
    return Inspection(
        facts=Facts(counts=_counts(wanted, useful)),
        findings=shown,
        by_function={DOCUMENTED: _documented(source, judged)},
    )


def _documented(source: SourceFile, judged: list[tuple[Documented, str]]) -> dict[int, int]:
    """Return for each function of `source`, by line, 0 if it lacks a useful docstring, else 1.

    `judged` are the items that need one, each with its fault or "". A function inside another has
    the value of the outermost one, since its statements are what that docstring is about.
    """
    faulty = {item.definition.node.lineno for item, fault in judged if fault and item.definition}
    outermost = outermost_functions(source.tree)
    return {line: int(outer not in faulty) for line, outer in outermost.items()}


def _counts(wanted: list[Documented], useful: list[Documented]) -> dict[str, int]:
    """Return the counts of the facts; `useful` are the items of `wanted` that are documented."""
    undescribed = sum(len(item.unnamed) for item in useful)
    return {
        "wanted": len(wanted),
        "public": sum(item.definition is not None for item in wanted),
        "documented": len(useful),
        "undocumented": len(wanted) - len(useful),
        "documented_functions": sum(item.is_function for item in useful),
        "arguments": sum(len(item.arguments) for item in wanted),
        "described_arguments": sum(len(item.arguments) for item in useful) - undescribed,
        "undescribed_arguments": undescribed,
        "undescribed_returns": sum(item.hides_its_result for item in useful),
    }


def _faults(wanted: list[Documented]) -> list[str]:
    """Return, for each item of `wanted`, what is wrong with its docstring, or "" if nothing is.

    A fault is "missing" or the end of a sentence, e.g. "has fewer than 2 words".
    """
    names_with: dict[str, dict[str, str]] = {}
    faults = []
    for item in wanted:
        fault = why_it_says_nothing(item.text, item.own_name) if item.text else "missing"
        faults.append(fault or _copied(item, names_with.setdefault(same_words(item.text), {})))
    return faults


def _copied(item: Documented, names: dict[str, str]) -> str:
    """Return the fault of `item` if its docstring was used for other names too often, else "".

    `names` maps each name with this docstring so far to how messages refer to it. If there is no
    fault, the name of `item` is added to it.
    """
    if item.own_name in names or len(names) < _MOST_COPIES:
        names.setdefault(item.own_name, item.what)
        return ""
    return f"is the same as that of {next(iter(names.values())).replace('This', 'this')}"


def _miss(item: Documented, fault: str) -> Finding:
    """Return the finding for `fault`, at the docstring of `item`, or at `item` without one."""
    if fault == "missing":
        return _finding("missing-docstring", item, f"{item.what} has no docstring")
    message = f"The docstring of {item.what.replace('This', 'this')} {fault}"
    return _finding("trivial-docstring", item, message, at_text=True)


def _undescribed(item: Documented) -> Finding:
    """Return the finding that lists the arguments which the docstring of `item` leaves out."""
    quoted = [f"`{name}`" for name in item.unnamed]
    message = f"The docstring of {item.what} does not mention {listed(quoted)}"
    return _finding("undescribed-arguments", item, message, at_text=True)


def _unclear(item: Documented) -> Finding:
    """Return the finding that the docstring of `item` does not mention the returned value."""
    message = f"The docstring of {item.what} does not say what comes back"
    return _finding("undescribed-return", item, message, at_text=True)


def _finding(code: str, item: Documented, message: str, *, at_text: bool = False) -> Finding:
    """Return a finding at the docstring of `item` if `at_text`, else where `item` begins."""
    place = item.node.body[0] if at_text and is_docstring(item.node.body[0]) else item.node
    line, column = getattr(place, "lineno", 1), getattr(place, "col_offset", 0)
    return Finding(code=code, line=line, column=column + 1, message=message)


LESSON = Lesson(
    practice="Document functions with docstrings",
    before={
        "parcels.py": (
            '"""Prices of parcels."""\n'
            "\n"
            "\n"
            "def shipping_price(weight, express):\n"
            "    price = 4 + 0.5 * weight\n"
            "    return 2 * price if express else price\n"
        ),
    },
    after={
        "parcels.py": (
            '"""Prices of parcels."""\n'
            "\n"
            "\n"
            "def shipping_price(weight, express):\n"
            '    """Return the price in euro of a parcel.\n'
            "\n"
            "    The weight is in kilograms; express doubles the price.\n"
            '    """\n'
            "    price = 4 + 0.5 * weight\n"
            "    return 2 * price if express else price\n"
        ),
    },
    reading=("https://docs.python.org/3/tutorial/controlflow.html#documentation-strings",),
)

CHECK = Check(
    id="docstrings",
    version=6,
    title="Docstrings that tell what things are for",
    synonyms=("docs", "documentation", "interrogate", "pydocstyle"),
    guidance=GUIDANCE,
    guidance_by_code={
        "trivial-docstring": _TRIVIAL,
        "undescribed-arguments": _ARGUMENTS,
        "undescribed-return": _RETURN,
    },
    lesson=LESSON,
    measures=MEASURES,
    shares={
        "undocumented": "share_documented",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
