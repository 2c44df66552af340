"""Laws of rates: faults of a program in percent of its statements that are used and unrepeated."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.leftovers import settle_parts
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import judge
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text
from tests.in_process import InProcess

#: Each makes a unit of a program of its own: no other unit reads the attribute of this name.
WORDS = """apple apricot banana cherry coconut date elder fig grape guava kiwi lemon lime lychee
    mango melon nectarine olive orange papaya peach pear plum pomelo quince raisin raspberry
    strawberry tamarind tomato walnut almond bean carrot celery chard chive cress fennel garlic
    leek lettuce onion parsley pepper potato pumpkin radish""".split()
#: Imports with names in the wrong order, in the right order themselves.
IMPORTS = ["csv import writer, reader", "json import loads, dumps", "math import floor, ceil"]
IMPORTS += [
    "shutil import move, copy",
    "string import digits, capwords",
    "textwrap import wrap, fill",
]

CLEAN = """def read_{word}(item):
    size = len(item.{word})
    return next(size) * 2
"""
CALL = "    read_{word}(item)\n"


class Fault(NamedTuple):
    """How a program has one fault of a measure: in a unit of 3 statements, or of a multiple of 3.

    ``unit`` is a function, ``call`` the line of ``main`` that calls it, ``outside`` a line outside
    functions, ``faults`` what one unit adds to the faults, ``repeated`` how many of its statements
    repeat others.
    """

    check: str
    measure: str
    unit: str = CLEAN
    call: str = CALL
    outside: str = ""
    units: int = 1
    faults: int = 1
    repeated: int = 0

    def per_statement(self, clean: int, faulty: int) -> Fraction:
        """Return the faults of a program of so many units, for each statement that counts."""
        statements = 3 * (clean + faulty * self.units) - faulty * self.repeated
        return Fraction(faulty * self.faults, statements)


#: 5 statements, and a copy of them under another name.
LONG = """def {verb}_{word}(item):
    {name} = len(item.{word})
    for part in item.parts:
        {name} += part.{word} * 2
        item.store(part.{word}, {name} + 1)
    return next({name}) * 2
"""
TWICE = LONG.replace("{verb}", "read").replace("{name}", "size")
TWICE += "\n\n" + LONG.replace("{verb}", "load").replace("{name}", "total")

FAULTS = (
    Fault("naming", "unclear_rate", CLEAN.replace("size", "my_list")),
    Fault("naming", "case_rate", CLEAN.replace("size", "Size")),
    Fault("constants", "not_upper_rate", outside="{word}_limit = 3\n"),
    Fault(
        "exceptions",
        "careless_rate",
        "def read_{word}(item):\n"
        "    try:\n        return next(item.{word}) * 2\n    except:\n        return None\n",
    ),
    Fault("import_effects", "effects_rate", call="", outside="read_{word}(None)\n"),
    Fault("style", "violations_rate", CLEAN.replace("{word})", "{word} );")),
    Fault("formatting", "lines_rate", CLEAN.replace(" * 2", "*2")),
    Fault("import_order", "lines_rate"),
    Fault(
        "duplication",
        "repeated_rate",
        TWICE,
        call=CALL + "    load_{word}(item)\n",
        units=4,
        faults=5,
        repeated=5,
    ),
)


def program(fault: Fault, clean: int, faulty: int, more: str = "") -> str:
    """Return a program of `clean` units without faults and `faulty` ones, with the text `more`.

    A clean unit has 3 statements: two in a function, and its call in ``main``.
    """
    names, imports = WORDS[: clean + faulty], ["import sys\n"]
    assert len(names) == clean + faulty
    if fault.check == "import_order":
        imports += [f"from {line}\n" for line in IMPORTS[:faulty]]
    bad = names[:faulty]
    units = [fault.unit.format(word=word) for word in bad]
    units += [CLEAN.format(word=word) for word in names[faulty:]]
    calls = [fault.call.format(word=word) for word in bad]
    calls += [CALL.format(word=word) for word in names[faulty:]]
    outside = "".join(fault.outside.format(word=word) for word in bad)
    guard = 'if __name__ == "__main__":\n    main(sys.argv[1])'
    parts = ["".join(imports), *units, more, "def main(item):\n" + "".join(calls), outside, guard]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
RUBRIC = """
exercise: rates
course: tests
title: One rate
python: "3.11"
total: 10
criteria:
  rate:
    title: A rate
    points: 10
    check: {check}
    scale: {{measure: {measure}, full_at: 0, zero_at: 100}}
"""


def measured(fault: Fault, text: str) -> tuple[CompiledRubric, SubmissionFacts]:
    """Return a rubric of the measure of `fault`, and the facts of a submission with `text`."""
    rubric = read_rubric_text(RUBRIC.format(check=fault.check, measure=fault.measure), CATALOG)
    compiled = CompiledRubric.of(rubric, CATALOG)
    sources = (SourceFile("main.py", text.encode()),)
    return compiled, settle_parts(compiled, ENGINE.measure(Submission(sources), rubric))


def rate(fault: Fault, text: str) -> Fraction:
    """Return the value of the measure of `fault` for a submission of one file with `text`."""
    (row,) = judge(*measured(fault, text)).rows
    assert row.value is not None
    return row.value


of_every_rate = pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda one: f"{one.check}-{one.measure}"
)


@of_every_rate
@pytest.mark.parametrize(("clean", "faulty"), [(8, 0), (8, 2), (16, 2), (16, 4)])
def test_the_rate_is_faults_in_percent_of_faults_and_statements(
    fault: Fault, clean: int, faulty: int
) -> None:
    value = rate(fault, program(fault, clean, faulty))
    assert value / (100 - value) == fault.per_statement(clean, faulty)


@of_every_rate
def test_a_program_of_twice_the_size_with_twice_the_faults_has_the_same_rate(fault: Fault) -> None:
    assert rate(fault, program(fault, 16, 4)) == rate(fault, program(fault, 8, 2))


@of_every_rate
def test_one_fault_less_lowers_the_rate(fault: Fault) -> None:
    rates = [rate(fault, program(fault, 8 - faulty, faulty)) for faulty in range(5)]
    assert rates == sorted(set(rates))


@of_every_rate
def test_unused_functions_do_not_lower_the_rate(fault: Fault) -> None:
    unused = "\n\n".join(
        CLEAN.format(word=word).replace("read_", "weigh_") for word in WORDS[20:32]
    )
    before, after = program(fault, 8, 2), program(fault, 8, 2, unused)
    assert rate(fault, after) == rate(fault, before)


@of_every_rate
def test_copied_functions_do_not_lower_the_rate(fault: Fault) -> None:
    """The copies are used: a decorator may register them."""
    copies = "\n\n".join(
        "@sys.register\n" + CLEAN.format(word=word).replace("read_", "weigh_")
        for word in WORDS[2:10]
    )
    before, after = program(fault, 8, 2), program(fault, 8, 2, copies)
    (file,) = measured(fault, after)[1].files
    copied = [one.why for one in file.part.uncounted if one.name.startswith("weigh_")]
    assert copied == ["repeated"] * 8
    assert rate(fault, after) == rate(fault, before)


def test_fixing_half_of_many_faults_lowers_the_rate() -> None:
    style = next(one for one in FAULTS if one.check == "style")
    half = len(WORDS) // 2
    untidy = [f"    rows = item.{word};\n" for word in WORDS]
    mended = [line.replace(";", "") for line in untidy[:half]] + untidy[half:]
    text = "import sys\n\n\ndef main(item):\n{}    return len(rows)\n\n\nmain(sys.argv)\n"
    before, after = text.format("".join(untidy)), text.format("".join(mended))
    assert 0 < rate(style, after) < rate(style, before) < 100
    why = judge(*measured(style, before)).rows[0].why
    assert f"({len(WORDS)} beside 2 statements)" in why
