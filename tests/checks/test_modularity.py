"""The check ``modularity``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from grader.analysis.project.import_graph import cycles
from grader.analysis.syntax.imports import imports_in
from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.modularity import CHECK, context
from grader.domain.inspection import Facts, Finding, State
from grader.domain.source import SourceFile

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
        "share_in_functions": ["outside-function"],
        "share_in_used_functions": ["outside-function"],
        "clean_starts": ["outside-function", "no-main-guard"],
        "modules": [],
        "working_statements": [],
        "statements_outside": ["outside-function"],
        "functions": [],
        "longest_script": ["outside-function"],
        "import_cycles": [],
        "modules_main_reaches": [],
        "unreached_modules": [],
        "star_imports": [],
        "fan_out": [],
    }


def test_words_of_each_code() -> None:
    codes = ("outside-function", "no-main-guard", "import-cycle", "unreached-module", "star-import")
    more = ("code-in-text", "unused-definition", "main-starts-little", "other")
    assert len({CHECK.guidance_for(code) for code in (*codes, *more)}) == 9


def test_nothing_to_judge(inspect: Any) -> None:
    assert inspect("modularity", '"""Doc."""\n').state is State.NOT_APPLICABLE


WORK = "def work(size=1):\n    return size + 1\n"
#: A use of `work` of whatever module is imported.
CALL = '\n\nprint(getattr(tools, "work")())\n'


def whole(files: Mapping[str, str]) -> tuple[Facts, dict[str, list[Finding]]]:
    """Return the facts of a submission of ``files``, and the findings by path."""
    sources = [SourceFile(path, text.encode()) for path, text in sorted(files.items())]
    outline = tuple((source.path, source.sha256) for source in sources)
    found = {}
    for source in sources:
        one = CHECK.inspect(source, CHECK.options(), context(source.path, outline))
        if one.state is State.OK:
            found[source.path] = one
    assert CHECK.combine is not None
    together = CHECK.combine(found, CHECK.options())
    assert set(together) == set(found)
    codes = {path: list(one.findings) for path, one in together.items()}
    return Facts.merge(one.facts for one in together.values()), codes


def values(files: Mapping[str, str]) -> dict[str, object]:
    facts, _ = whole(files)
    names = ("import_cycles", "modules_main_reaches", "unreached_modules", "star_imports")
    return {each.id: each.value(facts, None) for each in CHECK.measures if each.id in names}


def reaches(files: Mapping[str, str]) -> tuple[int, int]:
    """Return how many modules main.py reaches by imports, and how many it does not."""
    counts = whole(files)[0].counts
    return counts["modules_main_reaches"], counts["unreached_modules"]


def found(files: Mapping[str, str], code: str) -> list[tuple[str, int]]:
    """Return (path, line) of each finding with ``code``."""
    return [
        (path, one.line)
        for path, all_ in whole(files)[1].items()
        for one in all_
        if one.code == code
    ]


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("import tools", "tools.py"),
        ("import tools as t", "tools.py"),
        ("from tools import work", "tools.py"),
        ("from tools import *", "tools.py"),
        ("from . import tools", "tools.py"),
        ("from .tools import work", "tools.py"),
        ("import lib.tools", "lib/tools.py"),
        ("from lib import tools", "lib/tools.py"),
        ("from lib.tools import work", "lib/tools.py"),
        ("from lib import work", "lib/__init__.py"),
        ("from tools import work", "src/tools.py"),
        ("from src.tools import work", "src/tools.py"),
        ("import numbers", "numbers.py"),
        ("def main():\n    import tools", "tools.py"),
        ("try:\n    import tools\nexcept ImportError:\n    tools = None", "tools.py"),
        ('if __name__ == "__main__":\n    import tools', "tools.py"),
    ],
)
def test_main_reaches_what_an_import_names(statement: str, path: str) -> None:
    for top in ("", "hw1/"):
        files = {f"{top}main.py": statement + CALL, f"{top}{path}": WORK}
        assert reaches(files) == (1, 0)
    assert reaches(
        {f"hw1/{path}": WORK, "hw1/main.py": statement + CALL, "hw1/__init__.py": ""}
    ) == (
        1 if path != "numbers.py" else 0,
        0 if path != "numbers.py" else 1,
    )


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("import tool", "tools.py"),
        ("x = 1  # import tools", "tools.py"),
        ("from .. import tools", "tools.py"),
        ("from .lib import tools", "tools.py"),
        ("import random", "lib/random.py"),
        ("if TYPE_CHECKING:\n    import tools", "tools.py"),
        ("if typing.TYPE_CHECKING:\n    import tools", "tools.py"),
        ("if False:\n    import tools", "tools.py"),
        ('x = "import tools"', "tools.py"),
    ],
)
def test_what_main_does_not_reach(statement: str, path: str) -> None:
    files = {"main.py": statement + CALL, path: WORK}
    assert reaches(files) == (0, 1)
    assert found(files, "unreached-module") == [(path, 1)]


def test_packages_run_before_their_modules_and_their_names_start_at_the_top() -> None:
    files = {
        "main.py": "from app.core import work\n" + CALL,
        "app/__init__.py": "from .setup_logging import work\n",
        "app/setup_logging.py": WORK,
        "app/core.py": "import logging\nfrom . import helpers\n" + WORK,
        "app/helpers.py": "from app.deep.below import work as more\n" + WORK,
        "app/logging.py": WORK,
        "app/deep/__init__.py": "",
        "app/deep/below.py": "from ..other import work as other\n" + WORK,
        "app/other.py": WORK,
    }
    assert reaches(files) == (5, 1)
    assert found(files, "unreached-module") == [("app/logging.py", 1)]
    assert values(files)["import_cycles"] == 0


def test_a_package_module_of_a_librarys_name_is_not_the_library() -> None:
    files = {
        "main.py": "from shop import tasks\n",
        "shop/__init__.py": "",
        "shop/celery.py": "from celery import Celery\nfrom shop.tasks import work\nX = 1\n",
        "shop/tasks.py": "from celery import shared_task\n" + WORK,
    }
    assert values(files)["import_cycles"] == 0


def test_the_nearest_module_of_a_name_is_meant() -> None:
    files = {
        "a/main.py": "import tools\n",
        "a/tools.py": WORK,
        "b/start.py": "import tools\n",
        "b/tools.py": "import start\n" + WORK,
    }
    assert found(files, "import-cycle") == [("b/start.py", 1), ("b/tools.py", 1)]


def test_tests_and_files_that_tools_run_need_no_reaching() -> None:
    files = {
        "main.py": "import tools\n" + CALL,
        "tools.py": WORK,
        "test_tools.py": "from tools import work\n",
        "tests/conftest.py": "X = 1\n",
        "setup.py": "X = 1\n",
        "empty.py": "# nothing yet\n",
    }
    assert reaches(files) == (1, 0)


def test_without_a_main_nothing_is_unreached() -> None:
    assert reaches({"a.py": WORK, "b.py": WORK}) == (0, 0)


def test_a_left_over_script_is_unreached() -> None:
    files = {"main.py": "import tools\n", "tools.py": WORK, "old.py": "print(1)\n"}
    assert found(files, "unreached-module") == [("old.py", 1)]


def test_imports_below_another_modules_guard_reach_nothing() -> None:
    files = {
        "main.py": "import tools\n" + CALL,
        "tools.py": WORK + '\n\nif __name__ == "__main__":\n    import demo\n',
        "demo.py": WORK,
    }
    assert reaches(files) == (1, 1)


def test_reaching_stubs_empty_modules_and_constants_is_no_merit() -> None:
    stubs = {f"m{at}.py": "def f():\n    pass\n" for at in range(5)}
    files = {"main.py": "".join(f"import m{at}\n" for at in range(5)) + "import c\n", **stubs}
    assert reaches({**files, "c.py": "LIMIT = 1\n"}) == (0, 0)


def test_more_modules_take_no_merit_from_others() -> None:
    files = {"main.py": "import a\n" + CALL, "a.py": "import b\n" + WORK, "b.py": WORK}
    assert reaches(files) == (2, 0)
    assert reaches({**files, "b.py": "import c\n" + WORK, "c.py": WORK}) == (3, 0)


def test_modules_that_import_each_other() -> None:
    files = {
        "a.py": "import os\nimport b\n" + WORK,
        "b.py": "from c import work as c\n" + WORK,
        "c.py": "import d\nimport a\n" + WORK,
        "d.py": WORK,
    }
    assert values(files)["import_cycles"] == 3
    _, findings = whole(files)
    assert found(files, "import-cycle") == [("a.py", 2), ("b.py", 1), ("c.py", 2)]
    assert "`c` imports `a`" in findings["c.py"][0].message
    (cycle,) = (each for each in CHECK.measures if each.id == "import_cycles")
    codes = [each.code for each in findings["a.py"] if cycle.evidence(each, None)]
    assert codes == ["import-cycle"]


@pytest.mark.parametrize(
    "back",
    [
        "def f():\n    import a\n    return a\n",
        "if TYPE_CHECKING:\n    import a\n",
        'if __name__ == "__main__":\n    import a\n',
        "import b\n",
    ],
)
def test_what_closes_no_cycle(back: str) -> None:
    assert values({"a.py": "import b\n" + WORK, "b.py": back})["import_cycles"] == 0


def test_stars_are_counted_unless_a_package_shows_its_parts() -> None:
    files = {
        "main.py": "from math import *\nfrom lib import *\nfrom lib import part\n",
        "lib/__init__.py": "from .part import *\nfrom os import *\n",
        "lib/part.py": WORK,
    }
    assert values(files)["star_imports"] == 3
    assert found(files, "star-import") == [("lib/__init__.py", 2), ("main.py", 1), ("main.py", 2)]


def test_the_module_that_leans_on_most_others() -> None:
    parts = {f"lib/m{at}.py": WORK for at in range(6)}
    files = {
        **parts,
        "main.py": "import os, sys\nfrom lib import m0, m1\nfrom lib.m1 import work\n",
        "lib/__init__.py": "".join(f"from . import m{at}\n" for at in range(6)),
        "tests/test_all.py": "".join(f"from lib import m{at}\n" for at in range(6)),
    }
    assert whole(files)[0].maxima["fan_out"] == 2
    (fan_out,) = (each for each in CHECK.measures if each.id == "fan_out")
    assert fan_out.value(Facts(), None) is None


def test_a_chain_of_thousands_of_modules_needs_no_recursion() -> None:
    ring = {at: [(at + 1) % 20_000] for at in range(20_000)}
    edges = {str(at): [str(to) for to in targets] for at, targets in ring.items()}
    assert [len(one) for one in cycles(edges)] == [20_000]
    edges["19999"] = []
    assert list(cycles(edges)) == []


def test_imports_are_found_in_a_deep_tree() -> None:
    chain = "if x == 0:\n    pass\n" + "".join(
        f"elif x == {at}:\n    pass\n" for at in range(1, 5_000)
    )
    with room_for_recursion():
        tree = SourceFile("main.py", f"{chain}else:\n    import tools\n".encode()).tree
        assert [one.module for one in imports_in(tree)] == ["tools"]


def test_stub_files_are_no_modules_of_their_own() -> None:
    files = {"main.py": "import a\n" + CALL, "a.py": WORK, "a.pyi": "def work() -> int: ...\n"}
    assert reaches(files) == (1, 0)


SUMS = """def add_up(prices):
    total = 0
    for price in prices:
        total += price
    return total


def print_total(prices):
    print(add_up(prices))
"""
SCRIPT = "prices = [1, 2]\nprint(sum(prices))\nprint(len(prices))\nprint(max(prices))\n"
STARTING = """from sums import print_total


def main():
    print_total([1, 2])


if __name__ == "__main__":
    main()
"""


def share(files: Mapping[str, str], limit: int = 1) -> float:
    """Return the share of a program's statements that are in functions, in percent."""
    (one,) = (each for each in CHECK.measures if each.id == "share_in_functions")
    value = one.value(whole(files)[0], limit)
    assert value is not None
    return float(value)


def test_the_share_of_a_program_in_functions_it_uses() -> None:
    assert share({"main.py": STARTING, "sums.py": SUMS}) == 100
    assert share({"script.py": SCRIPT}) == 0
    assert share({"script.py": SUMS + SCRIPT + "print_total(prices)\n"}) == 100 * 3 / 8
    assert share({"main.py": STARTING, "sums.py": SUMS, "old.py": SCRIPT}) == 50
    assert share({"main.py": STARTING, "sums.py": SUMS}, limit=8) == 50


def test_how_much_of_a_program_there_is() -> None:
    (one,) = (each for each in CHECK.measures if each.id == "working_statements")
    many = {"sums.py": SUMS, "old.py": SCRIPT, "test_sums.py": SCRIPT, "c.py": "LIMIT = 3\n"}
    assert one.value(whole(many)[0], None) == 7
    assert one.value(whole({"a.py": f"exec({SCRIPT!r})\n"})[0], None) == 1


def test_a_function_that_nothing_mentions_does_no_work() -> None:
    files = {"main.py": STARTING, "sums.py": SUMS + "\n\ndef double(n):\n    return 2 * n\n"}
    assert share(files) == 80
    assert found(files, "unused-definition") == [("sums.py", 12)]


@pytest.mark.parametrize(
    "used",
    [
        "@app.route\ndef page():\n    return render()\n",
        "def page():\n    return render()\n\n\nPAGES = {'': page}\nserve(PAGES)\n",
        "def run_all():\n    return render()\n\n\nprint(getattr(tool, f'run_{name}')())\n",
        "class Page(Base):\n    def show(self):\n        return render()\n\n\nPAGE = Page()\n",
        "def page():\n    return render()\n\n\nif __name__ == '__main__':\n    page()\n",
        "def page():\n    return render()\n\n\ntool.main(page)\n",
    ],
)
def test_what_counts_as_used(used: str) -> None:
    assert found({"a.py": used}, "unused-definition") == []


@pytest.mark.parametrize(
    "unused",
    [
        "def page():\n    return render()\n\n\nPAGES = {'': page}\n",
        "def page():\n    return render()\n\n\nif False:\n    page()\n",
        "def page():\n    return render()\n\n\nwhile not True:\n    page()\n",
        "@lru_cache(maxsize=SIZE)\ndef page():\n    return render()\n",
    ],
)
def test_what_is_only_named_is_not_used(unused: str) -> None:
    assert len(found({"a.py": unused}, "unused-definition")) == 1


def test_values_carried_about_are_no_work() -> None:
    idle = "def f(a):\n    b = 1\n    c = b\n    pass\n    return a\n\n\nf(1)\n"
    assert share({"a.py": idle}) == 0
    assert share({"a.py": idle.replace("b = 1", "b = a + 1\n    b = a + 1")}) == 50


def test_a_program_in_text_is_no_program_in_functions() -> None:
    for text in (f"exec({SCRIPT!r})", f"exec({SCRIPT!r}.strip())", f"CODE = {SCRIPT!r}"):
        files = {"main.py": f"def main():\n    {text}\n\n\nmain()\n"}
        assert share(files) <= 20
        assert found(files, "code-in-text") == [("main.py", 2)]
    assert found({"main.py": f'def f():\n    """{SCRIPT}"""\n'}, "code-in-text") != []


@pytest.mark.parametrize(
    "text",
    [
        "Choose: a, b or c.\nThen press Enter; the rest follows.",
        "name;age;city\nAnna;31;Delft\n",
        ">>> area(2, 3)\n6\n>>> area(1, 1)\n1\n",
        "one\ntwo\nthree\nfour",
        "(" * 5_000 + "\n",
        "-" * 90_000 + "1\n",
    ],
)
def test_other_text_is_only_text(text: str) -> None:
    assert found({"a.py": f"TEXT = {text!r}\n"}, "code-in-text") == []


def guarded(files: Mapping[str, str]) -> int:
    return whole(files)[0].counts["guarded_main"]


@pytest.mark.parametrize(
    "main",
    [
        'if __name__ == "__main__":\n    print()\n',
        'def main():\n    pass\n\n\nif __name__ == "__main__":\n    main()\n',
        'def main():\n    print("Start")\n\n\nif __name__ == "__main__":\n    main()\n',
        'from os import getcwd\n\n\nif __name__ == "__main__":\n    getcwd()\n',
        'if __name__ == "__main__":\n' + "".join(f"    {it}\n" for it in SCRIPT.splitlines() * 3),
        f'def main():\n    exec({SCRIPT!r})\n\n\nif __name__ == "__main__":\n    main()\n',
    ],
)
def test_a_main_that_starts_little_is_none(main: str) -> None:
    files = {"main.py": main, "script.py": SCRIPT}
    assert guarded(files) == 0
    assert found(files, "main-starts-little") == [("main.py", 1)]


@pytest.mark.parametrize(
    "main",
    [
        STARTING,
        'import sums\n\n\nif __name__ == "__main__":\n    sums.print_total([1])\n',
        'from web import make\n\n\napp = make()\n\n\nif __name__ == "__main__":\n    app.run()\n',
    ],
)
def test_a_main_that_starts_the_program(main: str) -> None:
    files = {
        "main.py": main,
        "sums.py": SUMS,
        "web.py": "from sums import print_total\n\n\ndef make():\n    print_total([])\n",
    }
    assert guarded(files) == 1


def test_modules_of_trifles_are_no_split() -> None:
    trifles = {f"m{at}.py": f"def f{at}():\n    return {at}\n" for at in range(3)}
    imports = "".join(f"from m{at} import f{at}\n" for at in range(3))
    main = imports + "\n\nprint(f0(), f1(), f2())\n"
    assert reaches({"main.py": main, **trifles})[0] == 0
    double = {f"m{at}.py": f"def f{at}():\n    return 2 * {at}\n" for at in range(3)}
    assert reaches({"main.py": main, **double})[0] == 3
    assert reaches({"main.py": main, **double, "script.py": SCRIPT * 3})[0] == 0
