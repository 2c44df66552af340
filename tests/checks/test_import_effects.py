"""The check ``import_effects``."""

from __future__ import annotations

import pytest

from grader.checks.import_effects import CHECK, context
from grader.domain.inspection import Inspection, State
from grader.domain.source import SourceFile


def look(text: str, path: str = "code.py") -> Inspection:
    return CHECK.inspect(SourceFile(path, text.encode()), CHECK.options(), context(path, ()))


def effects(text: str, path: str = "code.py") -> int:
    return look(text, path).facts.counts["effects"]


def codes(text: str) -> list[str]:
    return [each.code for each in look(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nfrom sys import argv\n",
        '"""Doc."""\nLIMIT = 3\nNAMES = ["a"]\n__all__ = ["f"]\n__all__ += ["g"]\n',
        "__all__ = []\n__all__.extend(['a'])\n__all__.append('b')\n",
        "PATTERN = re.compile('x')\nlog = logging.getLogger(__name__)\n",
        "HERE = Path(__file__).parent\nX = os.path.join('a', 'b')\n",
        "T = TypeVar('T')\nPoint = namedtuple('Point', 'x y')\nColor = Enum('Color', 'RED')\n",
        "SQUARES = [x * x for x in range(9)]\nHOME = os.environ.get('HOME')\n",
        "SEND = lambda text: print(text)\nVALUE = compute(3)\n",
        "@dataclass(frozen=True)\nclass A:\n    x: int = field(default=1)\n    def m(self):\n"
        "        print(open(1))\n",
        "@app.route('/')\ndef f(a=1, b=list()):\n    print(input())\n",
        "app = Flask('x')\napp.register_blueprint(users)\napp.before_request(f)\n",
        "parser = ArgumentParser()\nparser.add_argument('x')\n",
        "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
        "try:\n    import numpy\nexcept ImportError as e:\n    raise SystemExit('none') from e\n",
        "try:\n    import numpy\nexcept ImportError:\n    print('install it')\n    sys.exit(1)\n",
        "if TYPE_CHECKING:\n    import os\n    run()\n",
        "if typing.TYPE_CHECKING:\n    from a import b\nelse:\n    b = None\n",
        "if sys.version_info < (3, 11):\n    raise RuntimeError('old')\n",
        "logging.getLogger('x').addHandler(logging.NullHandler())\nwarnings.warn('old')\n",
        "def f():\n    yield open('x')\n\nLINES = f()\n",
        "def timed(g):\n    def inner():\n        print(1)\n    return inner\n\na = timed(b)\n",
        "total = 0\ntotal += 1\nx = total\ndel x\n",
        'def main():\n    print(1)\n\nif __name__ == "__main__":\n    main()\n',
        'if "__main__" == __name__:\n    for x in input():\n        print(x)\n',
    ],
)
def test_what_only_defines_is_free(text: str) -> None:
    found = look(text)
    assert (found.facts.counts["effects"], found.findings) == (0, ())
    assert found.facts.counts["files_with_effects"] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("print(1)\n", ["prints-on-import"]),
        ("x = int(input())\n", ["asks-on-import"]),
        ("x: int = int(input())\n", ["asks-on-import"]),
        ("data = open('x').read()\n", ["reads-on-import"]),
        ("DATA = Path('x').read_text()\n", ["reads-on-import"]),
        ("page = requests.get('x')\n", ["reads-on-import"]),
        ("with open('x') as f:\n    data = f.readlines()\n", ["reads-on-import"]),
        ("for line in open('x'):\n    pass\n", ["reads-on-import"]),
        ("for x in y:\n    z = x\n", ["runs-on-import"]),
        ("while x:\n    print(1)\n    y = 1\n", ["runs-on-import", "prints-on-import"]),
        ("with lock:\n    x = 1\n", ["runs-on-import"]),
        ("if x:\n    run()\nelse:\n    print(1)\n", ["runs-on-import", "prints-on-import"]),
        ("if input():\n    x = 1\n", ["asks-on-import"]),
        ("match x:\n    case 1:\n        run()\n", ["runs-on-import"]),
        ("try:\n    run()\nexcept ImportError:\n    raise\n", ["runs-on-import"] * 2),
        ("sys.path.insert(0, 'x')\n", ["runs-on-import"]),
        ("import os\nos.environ['A'] = 'b'\n", ["runs-on-import"]),
        ("import sys\nsys.path += ['x']\ndel sys.modules['x']\n", ["runs-on-import"] * 2),
        ("os.makedirs('x')\nok = os.system('ls')\n", ["runs-on-import"] * 2),
        (
            "sys.stdout.write('x')\nx = sys.stdin.readline()\n",
            ["prints-on-import", "asks-on-import"],
        ),
        ("plt.show()\n", ["runs-on-import"]),
        ("raise SystemExit\nassert x\n", ["runs-on-import"] * 2),
        ("def main():\n    return 1\nmain()\n", ["runs-on-import"]),
        ("class A:\n    print(1)\n    x = input()\n", ["prints-on-import", "asks-on-import"]),
        ('if __name__ == "__main__":\n    main()\nelse:\n    run()\n', ["runs-on-import"]),
        ("root = tk.Tk()\nroot.mainloop()\n", ["runs-on-import"]),
        ("pen = Turtle()\npen.setheading(90)\n", ["runs-on-import"]),
    ],
)
def test_what_happens_on_import(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    assert effects(text) == len(expected)


MAIN = "def main():\n    say()\n\ndef say():\n    print(1)\n\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        # Assigning the result to a name does not make a call a definition.
        (MAIN + "_ = main()\n", 1),
        (MAIN + "DONE = [main() for x in range(3)]\n", 1),
        ("_ = print(1)\n", 1),
        ("_ = list(map(print, [1, 2]))\n", 1),
        # Nor does an expression around the call.
        ("[print(x) for x in y]\n", 1),
        ("x and run()\nrun() if x else None\n(y := run())\n", 3),
        ("f'{run()}'\n", 1),
        # Statements inside a block count one by one.
        ("for _ in [1]:\n" + "    print(1)\n" * 5, 6),
        ("if True:\n" + "    print(1)\n" * 5, 5),
        ("class Script:\n" + "    print(1)\n" * 5, 5),
        ("try:\n" + "    print(1)\n" * 5 + "finally:\n    pass\n", 5),
        # Calls in places that are easy to overlook.
        ("def f(x=print(1), *, y=input()):\n    pass\n", 1),
        ('if __name__ == "__main__" or True:\n    print(1)\n', 1),
        ('if __name__ != "__main__":\n    print(1)\n', 1),
        ("try:\n    import nothing\nexcept ImportError:\n" + "    print(1)\n" * 5, 5),
        ("if sys.version_info > (3,):\n    print(1)\n", 1),
        ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n    print(1)\n", 1),
    ],
)
def test_tricks_do_not_hide_an_effect(text: str, count: int) -> None:
    assert effects(text) == count


def test_logging_is_set_up_where_the_program_starts() -> None:
    text = "import logging\nlogging.basicConfig(level=1)\n"
    assert effects(text, "main.py") == 0
    assert effects(text, "tools.py") == 1


def test_files_that_are_never_imported_have_the_room_of_a_guard() -> None:
    assert effects("from .app import main\nmain()\n", "pkg/__main__.py") == 0
    assert effects("from setuptools import setup\nsetup(name='x')\n", "setup.py") == 0
    assert effects("print(1)\n" * 9, "__main__.py") == 4


def test_a_script_below_the_guard_is_advice() -> None:
    found = look('if __name__ == "__main__":\n' + "    print(1)\n" * 9)
    assert found.facts.counts["effects"] == 0
    assert found.facts.counts["effects_below_guard"] == 4


def test_what_a_student_reads() -> None:
    found = look("import os\n\nprint(os)\nfor x in []:\n    Name(x)\n")
    assert [(each.line, each.column, each.message) for each in found.findings] == [
        (3, 1, "`print` is called when this file is imported"),
        (4, 1, "This `for` loop runs when this file is imported"),
        (5, 5, "This call runs when this file is imported"),
    ]
    values = {measure.id: measure.value(found.facts, None) for measure in CHECK.measures}
    assert values == {
        "effects": 3,
        "effects_rate": 100,
        "files_with_effects": 1,
        "prints": 1,
        "effects_below_guard": 0,
    }
    prints = CHECK.measure("prints")
    assert prints is not None
    assert [prints.evidence(each, None) for each in found.findings] == [True, False, False]


def test_more_good_code_changes_nothing() -> None:
    more = "".join(f"\ndef g{at}():\n    return 1\n" for at in range(50))
    assert effects("print(1)\n" + more) == 1


@pytest.mark.parametrize("text", ["", "# x\n", '"""Doc."""\n'])
def test_nothing_to_judge(text: str) -> None:
    assert look(text).state is State.NOT_APPLICABLE


def test_deep_and_long_trees() -> None:
    chain = "if x == 0:\n    run()\n" + "".join(
        f"elif x == {at}:\n    run()\n" for at in range(1, 900)
    )
    sums = "X = " + " + ".join(["a"] * 1500) + " + input()\n"
    dots = "Y = a" + ".b" * 1000 + ".read_text()\n"
    assert effects(chain + sums + dots) == 902
