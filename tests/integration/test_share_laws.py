"""Laws on shares, of whatever check: *Union*, *Padding*, and 0 <= part <= whole.

They hold for every measure with parts in the catalog, also for those of checks that are yet to be
written.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.analysis.syntax.statements import functions_in, without_docstring
from grader.checks.catalog import CATALOG
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.leftovers import settle_parts
from grader.domain.measures import Measure
from grader.domain.program import Part
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Ledger, Outcome, Row, judge
from grader.domain.source import SourceFile, Submission
from grader.domain.starter import subtract_starter
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text
from tests.in_process import InProcess

Files = Mapping[str, str]
#: The name of a check and of its measure.
Share = tuple[str, str]

ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
LIMITS = (1, 3, 8)
SHARES: dict[Share, Measure] = {
    (check.id, measure.id): measure
    for check in CATALOG.values()
    for measure in check.measures
    if measure.parts is not None
}


def rubric(limit: int) -> CompiledRubric:
    """A rubric with a criterion for every share, those that need a limit at `limit`."""
    criteria = {}
    for number, ((check, name), measure) in enumerate(SHARES.items()):
        best, worst = (100, 0) if measure.better == "higher" else (0, 100)
        scale = {"measure": name, "full_at": best, "zero_at": worst}
        limited = {"limit": limit} if measure.takes_limit else {}
        criteria[f"share-{number}"] = {
            "title": f"{check}: {name}",
            "points": 1,
            "check": check,
            "scale": {**scale, **limited},
        }
    whole = {"exercise": "laws", "course": "laws", "title": "Laws", "total": len(criteria)}
    text = json.dumps({**whole, "criteria": criteria})
    return CompiledRubric.of(read_rubric_text(text, CATALOG), CATALOG)


RUBRICS = {limit: rubric(limit) for limit in LIMITS}


#: Functions of two programs, good ones and bad ones. No three statements in a row of one program
#: are like three of the other, and no whole function is.
PRICES = (
    (
        "def NAME(amounts: list[float], rate: float) -> float:\n"
        '    """Return the amounts with tax, added up."""\n'
        "    return sum(amount * (1 + rate) for amount in amounts)\n"
    ),
    (
        "def NAME(lines):\n"
        "    found = []\n"
        "    for line in lines:\n"
        "        if line and not line.startswith('#'):\n"
        "            found.append(line.split(';')[2])\n"
        "    return found\n"
    ),
    (
        "def NAME(Price, discounts=[]):\n"
        "    global Sum\n"
        "    try:\n"
        "        Sum = Price - discounts[0] * 0.75\n"
        "    except:\n"
        "        pass\n"
        "    print(Sum, Price)\n"
    ),
    (
        "def NAME(kind, price):\n"
        '    """Return the price by kind."""\n'
        "    if kind == 'a':\n        return price * 17\n"
        "    elif kind == 'b' or price > 99:\n        return price / 3 - 4\n"
        "    while price % 7:\n        price -= 1\n"
        "    return -price ** 2\n"
    ),
    (
        "async def NAME(shop: Shop) -> str:\n"
        '    """Return the name of the shop."""\n    return (await shop.load()).name\n'
    ),
    (
        "def NAME(n: int) -> int:\n"
        '    """Return the factorial."""\n    return n * NAME(n - 1) if n > 1 else 1\n'
    ),
    (
        "def NAME(rows):\n"
        "    def cheap(row):\n        return row['price'] < 3\n\n"
        "    class Row:\n        size: int = 3\n        first = len(rows)\n\n"
        "    return list(filter(cheap, rows)), Row\n"
    ),
)
WEATHER = (
    (
        "def NAME(degrees: int) -> str:\n"
        '    """Return how warm it is."""\n'
        "    match degrees:\n        case 0:\n            return f'cold {degrees}'\n"
        "        case _:\n            return f'warm {degrees!r} {degrees + 1}'\n"
    ),
    (
        "def NAME(path, k):\n"
        "    with open(path) as file:\n"
        "        text = file.read().lower()\n"
        "    words = text.replace('.', ' ').split()\n"
        "    del words[k:]\n"
        "    assert words, path\n"
        "    return {word: words.count(word) for word in words}\n"
    ),
    (
        "def NAME(station, wind):\n"
        "    if wind is None: raise ValueError(station)\n"
        "    station.winds[wind] = station.winds.get(wind, 0) + 1\n"
        "    lambda_ = lambda: wind @ station\n"
        "    return lambda_() ^ 12\n"
    ),
    (
        "def NAME(readings: dict[str, int]) -> int:\n"
        '    """Return the highest reading."""\n'
        "    return max(readings.values()) // len(readings)\n"
    ),
    (
        "def NAME(days):\n"
        "    yield from (day.rain << 1 for day in days if day.is_dry)\n"
        "    yield 'end', days.pop(0)\n"
    ),
    "def NAME(X,y = 5):\n" "  l=X|y\n  if (l==y)!=True : l^=3\n  return  l>>y\n",
)
HEADS = {
    "prices": (
        '"""Prices of a shop."""\n\nimport os\n\nTAX = 0.2\n',
        "import csv, sys\nsum_ = 3\n",
    ),
    "weather": ('"""Weather of a town."""\n\nimport re\n', "from math import *\nColdest=-9\n"),
}
#: The last line of the function that starts, and code outside functions.
ENDS = {
    "prices": ("    print(prices_0.run())\n", "for row in open('rows'):\n    print(row)\n"),
    "weather": ("    return weather_0 or walk()\n", "while rainy():\n    wait(3 + hours)\n"),
}
POOLS = {"prices": PRICES, "weather": WEATHER}


def written(template: str, name: str) -> str:
    return template.replace("NAME", name)


def as_class(name: str, functions: Mapping[str, str]) -> str:
    """The `functions` as methods of the class `name`, and a function that returns an instance."""
    found = [f"class {name.title()}:\n    {name}_size: int = 3\n"]
    for text in functions.values():
        text = text.replace("(", "(self, ", 1)
        found.append("".join(f"    {line}".rstrip() + "\n" for line in text.splitlines()))
    return "\n".join(found)


class Program(NamedTuple):
    """The files of a program that starts, and the functions at the top level that it uses."""

    files: Files
    entry: str
    used: Mapping[str, str]


@st.composite
def programs(draw: st.DrawFn, kind: str) -> Program:
    """A program in a folder of its own: an entry, which uses some functions of its modules."""
    pool = POOLS[kind]
    modules = [f"{kind}_{end}" for end in draw(st.sampled_from(["x", "xy"]))]
    files, used, imports, calls = {}, {}, [], []
    for module in modules:
        chosen = draw(st.lists(st.sampled_from(range(len(pool))), min_size=1, unique=True))
        texts = {f"{module}_{at}": written(pool[at], f"{module}_{at}") for at in chosen}
        names = [name for name in texts if draw(st.booleans())]
        body = list(texts.values())
        if draw(st.booleans()):
            body = [as_class(module, texts)]
            imports.append(f"from {module} import {module.title()}")
            calls += [f"{module.title()}().{name}" for name in names]
        elif names:
            imports.append(f"from {module} import {', '.join(names)}")
            calls += names
            used.update({name: texts[name] for name in names})
        else:
            imports.append(f"import {module}")
        head = draw(st.sampled_from(HEADS[kind]))
        files[f"{kind}/{module}.py"] = "\n\n".join([head, *body])
    start, entry = f"{kind}_start", f"{kind}/{kind}_entry.py"
    lines = "".join(f"    {kind}_{at} = {call}\n" for at, call in enumerate(calls)) or "    pass\n"
    # A function of which nothing reads the result is not used.
    lines += f"    show_{kind}({', '.join(f'{kind}_{at}' for at in range(len(calls)))})\n"
    end, outside = ENDS[kind]
    outside *= draw(st.booleans())
    files[entry] = (
        "\n".join(imports) + f"\n\n\ndef {start}():\n{lines}{end}\n\n"
        f"{outside}if __name__ == '__main__':\n    {start}()\n"
    )
    if draw(st.booleans()):
        files[f"{kind}/__init__.py"] = ""
    return Program(files, entry, used)


def ledger(files: Files, limit: int) -> tuple[SubmissionFacts, Ledger]:
    """The facts and the ledger of `files` under the rubric of all shares."""
    sources = tuple(SourceFile(path, text.encode()) for path, text in sorted(files.items()))
    compiled = RUBRICS[limit]
    facts = settle_parts(compiled, ENGINE.measure(Submission(sources), compiled.rubric))
    return facts, judge(compiled, facts)


Parts = tuple[Fraction, Fraction]


def parts_in(facts: SubmissionFacts, row: Row, key: str, limit: int) -> Parts | None:
    """The two parts of the share of `row` by the probe `key`, from merged facts of its files."""
    files = [file for file in facts.files if file.path in row.paths]
    inspections = [file.inspection(key) for file in files]
    measured = [one.facts for one in inspections if one.state is State.OK]
    merged = Facts.merge([*measured, *(file.part.facts for file in files)])
    assert row.measure is not None and row.measure.parts is not None
    found = row.measure.parts(merged, limit if row.measure.takes_limit else None)
    if found is not None:
        part, whole = found
        assert 0 <= part <= whole and whole > 0, row.criterion.title
        # Where no file was measured, faults have no value; there are none.
        assert row.value in (None, 100 * part / whole), row.criterion.title
    return found


def shares(facts: SubmissionFacts, found: Ledger, limit: int) -> dict[Share, Parts | None]:
    """The two parts of each share in the ledger `found` of `facts`."""
    compiled = {one.id: one for one in RUBRICS[limit].criteria}
    result: dict[Share, Parts | None] = {}
    for share, row in zip(SHARES, found.rows, strict=True):
        assert row.outcome in (Outcome.SCORED, Outcome.NOT_APPLICABLE), row.why
        key = compiled[row.id].probe_key
        assert key is not None
        result[share] = parts_in(facts, row, key, limit)
    return result


def values(files: Files, limit: int) -> dict[Share, Fraction | None]:
    """The exact value of each share of the program `files`."""
    found = shares(*ledger(files, limit), limit)
    return {share: parts and parts[0] / parts[1] for share, parts in found.items()}


limits = st.sampled_from(LIMITS)


def test_there_is_a_share_to_which_the_laws_apply() -> None:
    assert ("function_length", "share_in_short_functions") in SHARES


@settings(deadline=None)
@given(programs("prices"), programs("weather"), limits)
def test_the_share_of_two_programs_lies_between_theirs(
    one: Program, other: Program, limit: int
) -> None:
    """*Union*."""
    apart = [values(program.files, limit) for program in (one, other)]
    together = values({**one.files, **other.files}, limit)
    for share, value in together.items():
        known = [found for each in apart if (found := each[share]) is not None]
        if value is None:  # what has the share is left over beside a program that has modules
            assert len(known) < len(apart), share
        else:
            assert min(known) <= value <= max(known), (share, known, value)


#: Functions that nobody uses here, and a script that has nothing to do with them.
LIBRARY = "\n\n".join(written(one, f"prices_{at}") for at, one in enumerate(PRICES[:4]))
SCRIPT = "l=open('rows').read()\nfor row in l.split():\n  print(row,l.count(row))\n"
USING = f"{written(WEATHER[3], 'highest')}\n\nprint(highest({{'a': 3}}))\n{SCRIPT}"


@pytest.mark.parametrize("script", [SCRIPT, USING])
@pytest.mark.parametrize("limit", LIMITS)
def test_the_share_of_a_library_and_a_script_lies_between_theirs(script: str, limit: int) -> None:
    """*Union*, where nothing says what the program is."""
    library, other = {"shop/prices.py": LIBRARY}, {"weather.py": script}
    apart = [values(library, limit), values(other, limit)]
    for share, value in values({**library, **other}, limit).items():
        known = [found for each in apart if (found := each[share]) is not None]
        assert (value is None) is (not known), share
        assert value is None or min(known) <= value <= max(known), (share, known, value)


# -- Padding


def inside_functions(text: str, statement: str) -> str:
    """`text` with `statement` at the beginning of each function, below its docstring."""
    lines = text.splitlines(keepends=True)
    for function in reversed(functions_in(ast.parse(text))):
        first = without_docstring(function.body)[0]
        at = min([first.lineno, *(item.lineno for item in getattr(first, "decorator_list", ()))])
        lines.insert(at - 1, " " * first.col_offset + f"{statement}\n")
    return "".join(lines)


def test_statements_are_put_inside_functions() -> None:
    text = 'def f(x):\n    """A."""\n    x\n\nclass A:\n    def g(self):\n        pass\n'
    assert inside_functions(text, "y = 3") == (
        'def f(x):\n    """A."""\n    y = 3\n    x\n\n'
        "class A:\n    def g(self):\n        y = 3\n        pass\n"
    )


TRIVIAL = ("pass", "...", "padding = 60 * 60", "padding: list[int]", "PADDING: str = f'abc'")
#: Code that nothing uses, and that would be good if it were used.
UNUSED = (
    'def padding(value: int) -> int:\n    """Return more."""\n    return value + 3\n',
    'class Padding:\n    """A class of fields."""\n\n    size: list[int]\n    name: str = "a"\n',
    'if False:\n\n    def padding(value: int) -> int:\n        """Return it."""\n'
    "        return padding(value[0])\n\n    padding(3)\n",
    'def padding(value: int) -> int:\n    """Return more."""\n'
    "    if False:\n        padding(value[1])\n    return value\n    print(value + 3)\n",
)


@st.composite
def paddings(draw: st.DrawFn, program: Program) -> Files:
    """`program` with padding: trivial statements, unused code, or a copy of used code."""
    files = dict(program.files)
    path = draw(st.sampled_from(sorted(path for path in files if files[path])))
    how = draw(st.sampled_from(["inside", "outside", "unused", "copy"]))
    if how == "inside":
        files[path] = inside_functions(files[path], draw(st.sampled_from(TRIVIAL)))
    elif how == "outside":
        files[path] += f"\n\n{draw(st.sampled_from(TRIVIAL))}\n"
    elif how == "unused":
        files[path] += f"\n\n{draw(st.sampled_from(UNUSED))}"
    elif long := [name for name, text in program.used.items() if text.count("\n") > 4]:
        # Functions of one statement are often equal by chance, and are no copies.
        name = draw(st.sampled_from(sorted(long)))
        copied = program.used[name].replace(name, f"{name}_too")
        if draw(st.booleans()):
            # The copy is used too, as functions below a guard are.
            files[program.entry] += f"    {name}_too()\n"
        # Its file may come before or after that of the original.
        new = draw(st.sampled_from(["a_copy", "z_copy"]))
        folder = program.entry.split("/")[0]
        files[f"{folder}/{new}.py"] = f'"""A copy."""\n\n{copied}'
        files[program.entry] = f"from {new} import {name}_too\n{files[program.entry]}"
    return files


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(POOLS)), limits)
def test_padding_never_improves_a_share(data: st.DataObject, kind: str, limit: int) -> None:
    """*Padding*."""
    program = data.draw(programs(kind))
    padded = data.draw(paddings(program))
    before, after = values(program.files, limit), values(padded, limit)
    for share, measure in SHARES.items():
        value, then = before[share], after[share]
        if value is None:
            continue
        assert then is not None, share
        assert then <= value if measure.better == "higher" else then >= value, (share, value, then)


# -- 0 <= part <= whole after the starter was subtracted


def known_keys(share: Share) -> tuple[Sequence[str], Sequence[str]]:
    """The names of counts and of histograms that the check of `share` gives."""
    facts, found = ledger({"main.py": "\n\n".join(written(one, "f") for one in PRICES)}, 1)
    row = dict(zip(SHARES, found.rows, strict=True))[share]
    key = next(one.probe_key for one in RUBRICS[1].criteria if one.id == row.id)
    assert key is not None
    (file,) = facts.files
    given = file.inspection(key).facts
    return sorted(given.counts), sorted(given.histograms)


KEYS = {share: known_keys(share) for share in SHARES}
numbers = st.integers(0, 12)


def facts_of(keys: tuple[Sequence[str], Sequence[str]]) -> st.SearchStrategy[Facts]:
    """Facts with random numbers under the names `keys`."""
    counts, histograms = keys
    return st.builds(
        Facts,
        counts=st.fixed_dictionaries(dict.fromkeys(counts, numbers)),
        histograms=st.fixed_dictionaries(
            dict.fromkeys(histograms, st.dictionaries(numbers, st.integers(1, 12), max_size=4))
        ),
    )


def part_of(drawn: tuple[int, int]) -> Part:
    return Part(statements=max(drawn), counted=min(drawn))


def is_share(found: Parts | None) -> bool:
    return found is None or 0 <= found[0] <= found[1]


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(SHARES)), limits)
def test_a_share_stays_one_when_the_starter_is_subtracted(
    data: st.DataObject, share: Share, limit: int
) -> None:
    compiled, measure = RUBRICS[limit], SHARES[share]
    at = list(SHARES).index(share)
    key = compiled.criteria[at].probe_key
    assert key is not None and measure.parts is not None
    files = []
    for digest in ("submitted", "starter"):
        facts = data.draw(facts_of(KEYS[share]))
        part = data.draw(st.tuples(numbers, numbers).map(part_of))
        found = measure.parts(Facts.merge([facts, part.facts]), limit)
        assume(is_share(found))  # e.g. no more functions with type hints than functions
        files.append(
            FileFacts(
                path="main.py",
                sha256=digest,
                readable=Inspection(),
                inspections={key: Inspection(facts=facts)},
                part=part,
            )
        )
    empty, _ = ledger({"main.py": ""}, limit)
    submitted, starter = (empty.model_copy(update={"files": (file,)}) for file in files)
    (left,) = subtract_starter(compiled, submitted, starter).files
    merged = Facts.merge([left.inspections[key].facts, left.part.facts])
    assert is_share(measure.parts(merged, limit))


@settings(deadline=None)
@given(programs("prices"), programs("prices"), limits)
def test_real_facts_less_those_of_a_starter_are_shares(
    program: Program, starter: Program, limit: int
) -> None:
    compiled = RUBRICS[limit]
    submitted, _ = ledger(program.files, limit)
    sources = tuple(SourceFile(path, text.encode()) for path, text in starter.files.items())
    handed_out = ENGINE.measure(Submission(sources), compiled.rubric)
    left = subtract_starter(compiled, submitted, handed_out)
    shares(left, judge(compiled, left), limit)  # asserts that each is one
