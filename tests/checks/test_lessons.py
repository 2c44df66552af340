"""Every check has a lesson, and its example shows what the lesson says."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.check import AnyCheck
from grader.domain.inspection import Facts, State
from grader.domain.source import SourceFile, is_python
from grader.exports.lesson import render_lesson

GRADABLE = sorted(name for name, check in CATALOG.items() if check.gradable)


def first_measure(check: AnyCheck, files: Mapping[str, str]) -> Fraction | None:
    """Return the first measure of ``check`` for a program; its limit is 3 if it takes one."""
    sources = [SourceFile(path, text.encode()) for path, text in sorted(files.items())]
    outline = tuple((source.path, source.sha256) for source in sources)
    options = check.options()
    found = {
        source.path: check.inspect(source, options, check.context(source.path, outline))
        for source in sources
    }
    if check.combine is not None:
        found |= check.combine(
            {p: one for p, one in found.items() if one.state is State.OK}, options
        )
    facts = Facts.merge(one.facts for one in found.values())
    return check.measures[0].value(facts, 3 if check.measures[0].takes_limit else None)


@pytest.mark.parametrize("name", GRADABLE)
def test_the_example_gets_better(name: str) -> None:
    check = CATALOG[name]
    assert check.lesson is not None and check.lesson.practice
    for files in (check.lesson.before, check.lesson.after):
        for path, text in files.items():
            assert check.reads(path)
            if is_python(path):
                compile(text, path, "exec")
    before, after = (first_measure(check, one) for one in (check.lesson.before, check.lesson.after))
    assert before is not None and after is not None
    assert after < before if check.measures[0].better == "lower" else after > before


@pytest.mark.parametrize("name", GRADABLE)
def test_a_lesson_reads_well_in_a_terminal(name: str) -> None:
    check = CATALOG[name]
    text = render_lesson(check)
    assert all(measure.id in text for measure in check.measures)
    assert check.reading
    assert all(len(line) <= 100 for line in text.splitlines())
    for heading in ("Why it matters", "How to mend it", "Before: ", "After: ", "Read more"):
        assert heading in text
