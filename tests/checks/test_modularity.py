"""Modules, functions and a guarded main.py."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.modularity import CHECK, context
from grader.domain.check import State

MAIN = 'def main():\n    print("hello")\n\n\nif __name__ == "__main__":\n    main()\n'
STARTS = ("main",)


def outside(inspect: Any, text: str) -> int:
    return int(inspect("modularity", text).facts.counts["statements_outside"])


@pytest.mark.parametrize(
    "text",
    [
        "import os\nfrom sys import argv\n",
        '"""Doc."""\nLIMIT = 3\n_NAMES = ("a", "b")\n__all__ = ["f"]\n__all__ += ["g"]\n',
        "SECONDS = 60 * 60\nMINUS: int = -1\nA, B = 1, 2\nANY: int\n",
        "import re\nPATTERN = re.compile('x')\nVector = list[float]\nlogger = getLogger('x')\n",
        "class A:\n    x = 1\n    y: int = field(default=2)\n    def m(self):\n        print(1)\n",
        "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
        "if TYPE_CHECKING:\n    import os\nelse:\n    def f():\n        run()\n",
        "SQUARES = {at: at * at for at in range(9)}\nPOINT = Point(1, 2)\n",
        "KEY = lambda item: item.size()\n",
        "pass\n...\n'a string'\n",
        MAIN,
        'if "__main__" == __name__:\n    main()\n',
    ],
)
def test_what_only_defines_is_free(inspect: Any, text: str) -> None:
    found = inspect("modularity", text + "\nX = 1\n")
    assert found.facts.counts["statements_outside"] == 0 and found.findings == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("print(1)\n", 1),
        ("total = 0\n", 1),
        ("LIMIT = compute()\n", 1),
        ("for x in y:\n    print(x)\n    if x:\n        z(x)\n", 4),
        ("while True:\n    pass\n", 1),
        ("if x:\n    print(1)\nelse:\n    print(2)\n", 3),
        ("if input():\n    pass\n", 1),
        ("with open(x) as f:\n    data = f.read()\n", 2),
        ("try:\n    run()\nexcept E:\n    print(1)\n", 3),
        ("match x:\n    case 1:\n        run()\n", 2),
        ("class A:\n    print(1)\n    for x in y:\n        run(x)\n", 3),
        ("assert main()\n", 1),
        ("del x\n", 1),
        ("x.y = 1\n", 1),
        ("def f():\n    pass\nf()\n", 1),
        ('if __name__ != "__main__":\n    run()\n', 2),
        ('if __name__ == "__main__":\n    main()\nelse:\n    run()\n', 1),
    ],
)
def test_what_runs_on_import_counts_at_every_depth(inspect: Any, text: str, count: int) -> None:
    assert outside(inspect, text) == count


def test_a_script_moved_under_the_guard_counts_but_for_a_few_statements(inspect: Any) -> None:
    guard = 'if __name__ == "__main__":\n'
    assert outside(inspect, guard + "    run()\n" * 5) == 0
    assert outside(inspect, guard + "    run()\n" * 30) == 25
    assert outside(inspect, guard + "    for x in y:\n" + "        run()\n" * 29) == 25


def test_a_finding_for_each_statement(inspect: Any) -> None:
    found = inspect("modularity", "import os\n\nprint(os)\nfor x in []:\n    print(x)\n")
    assert [(each.code, each.line) for each in found.findings] == [
        ("outside-function", 3),
        ("outside-function", 4),
    ]
    assert "These 2 statements run" in found.findings[1].message
    assert found.facts.maxima["statements_outside"] == 3


def test_main_needs_a_guard_that_does_something(inspect: Any, measure: Any) -> None:
    good = inspect("modularity", MAIN, path="main.py", context=STARTS)
    assert measure("modularity", "guarded_main", good.facts) == 1 and good.findings == ()
    for text in (
        "def main():\n    run()\n\n\nmain()\n",
        'def main():\n    run()\n\n\nif __name__ == "__main__":\n    pass\n',
    ):
        bad = inspect("modularity", text, path="main.py", context=STARTS)
        assert measure("modularity", "guarded_main", bad.facts) == 0
        assert bad.findings[-1].code == "no-main-guard"
        assert bad.findings[-1].line == 5
    other = inspect("modularity", MAIN, path="tool.py")
    assert measure("modularity", "guarded_main", other.facts) == 0
    assert other.facts.counts["main_modules"] == 0


def test_the_least_deep_main_starts_the_program() -> None:
    outline = tuple((path, "") for path in ("hw/lib/main.py", "hw/main.py", "tests/main.py"))
    assert [context(path, outline) for path, _ in outline] == [(), STARTS, ()]
    assert context("tools.py", outline) == ()


@pytest.mark.parametrize(
    ("text", "path", "modules", "functions"),
    [
        ("def f():\n    return 1\n", "a.py", 1, 1),
        ("def f():\n    pass\n\n\ndef g():\n    '''Doc.'''\n    ...\n", "a.py", 0, 0),
        ("class A:\n    pass\n", "a.py", 0, 0),
        ("class A:\n    x: int\n", "a.py", 1, 0),
        ("class A:\n    def m(self):\n        return 1\n", "a.py", 1, 1),
        ("LIMIT = 1\n", "a.py", 0, 0),
        ("def test_f():\n    assert f() == 1\n", "tests/test_a.py", 0, 0),
    ],
)
def test_stubs_and_tests_are_no_merit(
    inspect: Any, measure: Any, text: str, path: str, modules: int, functions: int
) -> None:
    facts = inspect("modularity", text, path=path).facts
    assert facts.counts["modules"] == 1
    assert measure("modularity", "modules_with_functions", facts) == modules
    assert measure("modularity", "functions", facts) == functions


def test_evidence_is_the_finding_that_was_counted(inspect: Any) -> None:
    bad = inspect("modularity", "def main():\n    run()\n\n\nmain()\n", context=STARTS).findings
    counted = {
        each.id: [finding.code for finding in bad if each.evidence(finding, None)]
        for each in CHECK.measures
    }
    assert counted == {
        "modules_with_functions": [],
        "guarded_main": ["no-main-guard"],
        "statements_outside": ["outside-function"],
        "functions": [],
        "longest_script": ["outside-function"],
    }


def test_words_of_each_code() -> None:
    words = {CHECK.words_for(code) for code in ("outside-function", "no-main-guard", "other")}
    assert len(words) == 3


def test_nothing_to_judge(inspect: Any) -> None:
    assert inspect("modularity", '"""Doc."""\n').state is State.NOT_APPLICABLE
