"""Code where no check looks: what is kept aside, what counts as hidden, and what does not."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest

from grader.engine.intake import read_path, read_upload
from grader.engine.intake.aside import MAX_ASIDE
from tests.hostile.grading import CHAPTER, Files, report_on
from tests.hostile.neighbours import PRACTISED, edited
from tests.hostile.starting_neighbours import PRINTS

PROGRAM = "".join(f"print({number} * len(open('a').read()))\n" for number in range(20))
ONE = PROGRAM.splitlines()[0] + "\n"
LARGE = PROGRAM + f"x = [{'1, ' * 90_000}]\n"
ENCODED = b64encode(PROGRAM.encode()).decode()


def with_line(line: str, more: Files) -> Files:
    """Return the golden sample with a ``line`` of its main(), and ``more`` files."""
    head = '"""Print the receipt for a file of purchases."""\n'
    imports = "import importlib.machinery\nimport os\nimport runpy\nimport subprocess\n"
    return {**edited("main.py", (PRINTS, f"    {line}\n{PRINTS}"), (head, head + imports)), **more}


def hidden(files: Files) -> list[str]:
    """Return the messages of the signals on hidden code."""
    return [one.message for one in report_on(files, CHAPTER).signals if "hidden-p" in one.code]


@pytest.mark.parametrize(
    ("line", "path", "text"),
    [
        ("import shop", "shop.pyc", "compiled"),
        ("import shop", "shop.cpython-311-x86_64-linux-gnu.so", "compiled"),
        ("exec(open('a.txt').read(), {})", "a.txt", LARGE),
        ("exec(b64decode(open('a.txt').read()), {})", "a.txt", ENCODED),
        ("runpy.run_path('a.pyc')", "a.pyc", "compiled"),
    ],
)
def test_what_cannot_be_read_limits_the_total(line: str, path: str, text: str) -> None:
    files = with_line(line, {path: text})
    (message,) = hidden(files)
    assert f"`{path}`" in message and "cannot be read" in message
    total = report_on(files, CHAPTER).total
    assert total.points is not None and total.points <= 60 and path in total.limited


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("exec(open(name).read(), {})", {"a.txt": PROGRAM}),
        ("subprocess.run([sys.executable, name])", {"a.txt": PROGRAM}),
        ("importlib.machinery.SourceFileLoader('a', 'a.' + 'txt')", {"a.txt": PROGRAM}),
        ("print(open('a.txt').read())", {"a.txt": PROGRAM}),
        ("exec(open('a.txt').read())", {"a.txt": "# a line\n" * 30_000 + PROGRAM}),
        ("sys.path += ['node_modules']; import a", {"node_modules/a.py": PROGRAM}),
        ("from node_modules import a", {"node_modules/a.py": PROGRAM}),
        ("sys.path.append('a.zip'); import a", {"a.zip": PROGRAM}),
        ("runpy.run_path('bin/run')", {"bin/run": PROGRAM}),
        ("runpy.run_path(Path('.idea') / 'a.xml')", {".idea/a.xml": PROGRAM}),
        ("import tests.help", {"tests/last.py": PROGRAM, "tests/help.py": "import tests.last\n"}),
        ("import test_prices", {"test_prices.py": PROGRAM}),
        ("import price_tests", {"price_tests.py": PROGRAM}),
        ("import tests", {"tests.py": f"def run():\n    {ONE}"}),
        ("import tests.helpers", {"tests/helpers.py": f"def run():\n    {ONE}"}),
        ("import tests.test_all", {"tests/test_all.py": f"def test_all():\n    {ONE}"}),
        ("import words; exec(words.TEXT)", {"words.py": f"TEXT = {PROGRAM!r}\n"}),
    ],
)
def test_what_the_program_may_run_is_shown(line: str, more: Files) -> None:
    (message,) = hidden(with_line(line, more))
    assert f"`{next(iter(more))}`" in message


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("print(eval(name))", {"a.txt": PROGRAM}),
        ("subprocess.run([sys.executable, 'b.py', 'a.csv'])", {"a.csv": "1,2\n" * 90_000}),
        ("sys.path.append('lib')", {"node_modules/purchases.py": PROGRAM}),
        ("sys.path.append('lib'); import requests", {"node_modules/requests.py": PROGRAM}),
        ("import requests", {"venv/pyvenv.cfg": "", "venv/lib/requests.py": PROGRAM}),
        ("print(name)", {"purchases.pyc": "compiled"}),
        ("exec(open('a.txt').read())", {"a.txt": "LIMIT = 3\nNAMES = ['a']\n"}),
        ("print(name)", {"a.txt": PROGRAM, "program": PROGRAM, "it.ipynb": "{}"}),
        ("print('program')", {"tests/test_all.py": PROGRAM}),
        (
            "import tests.test_all",
            {"tests/test_all.py": f"def test_all():\n    {ONE}\n    assert main"},
        ),
        ("from speed_test import run", {"speed_test.py": f"def run():\n    {ONE}"}),
        ("from test_model import run", {"test_model.py": f"def run():\n    {ONE}"}),
        ("from f_tests import run", {"f_tests.py": f"LIMIT = 3\n\n\ndef run():\n    {ONE}"}),
        ("import tests", {"tests.py": f"def test_it():\n    assert {ONE}"}),
        ("subprocess.run(['git', 'add', name])", {"a.txt": PROGRAM}),
        ("exec('black', {})", {"venv/pyvenv.cfg": "", "venv/bin/black": PROGRAM}),
        (
            "exec(open('a.txt').read())",
            {"a.txt": "A = 1", "venv/lib/pkg/a.txt": PROGRAM, "venv/pyvenv.cfg": ""},
        ),
        (
            "print(name)",
            {
                "tests/tool/__main__.py": "from tests.tool.it import run\n\nrun()\n" + PROGRAM,
                "tests/tool/it.py": f"def run():\n    {ONE}",
            },
        ),
        ("print('run')", {"run": PROGRAM, "bin/print": PROGRAM}),
    ],
)
def test_what_the_program_does_not_run_is_not_hidden(line: str, more: Files) -> None:
    assert hidden(with_line(line, more)) == []


def test_a_small_helper_among_the_tests_costs_nothing() -> None:
    more = {"tests/helpers.py": '"""Help."""\n\n\ndef run() -> int:\n    return len(open("a"))\n'}
    files = with_line("import tests.helpers", more)
    assert hidden(files) and not report_on(files, CHAPTER).total.limited


SITE = "venv/lib/python3.11/site-packages"
#: What pip wrote of PyYAML and NumPy; a path is quoted if it holds a comma.
RECORD = (
    "yaml/__init__.py,sha256=a,12311\nyaml/nodes.py,sha256=b,1440\nyaml-6.0.dist-info/RECORD,,\n"
    '"numpy/a,b.py",,\nnumpy/__init__.py,sha256=c,1\ncv2/cv2.abi3.so,,\r\ntyping_extensions.py,,\n'
)
VENV = {
    "venv/pyvenv.cfg": "home = /usr/bin\n",
    f"{SITE}/yaml-6.0.dist-info/RECORD": RECORD,
    f"{SITE}/yaml/__init__.py": PROGRAM,
    f"{SITE}/yaml/__pycache__/nodes.cpython-311.pyc": "compiled",
    f"{SITE}/numpy/__init__.py": PROGRAM,
    f"{SITE}/cv2/cv2.abi3.so": "compiled",
    f"{SITE}/typing_extensions.py": PROGRAM,
    f"{SITE}/_virtualenv.py": PROGRAM,
}


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("import program", {f"{SITE}/program.py": PROGRAM}),
        ("from program.work import run", {f"{SITE}/program/work.py": PROGRAM}),
        ("from yaml.program import run", {f"{SITE}/yaml/program.py": PROGRAM}),
        ("import program", {f"{SITE}/program.cpython-311-x86_64-linux-gnu.so": "compiled"}),
        ("import program", {f"{SITE}/program.py": LARGE}),
        ("importlib.import_module('program')", {f"{SITE}/program.py": PROGRAM}),
    ],
)
def test_what_no_installer_put_into_an_environment_is_hidden(line: str, more: Files) -> None:
    (path,) = more
    files = with_line(line, {**VENV, **more})
    report = report_on(files, CHAPTER)
    (signal,) = (one for one in report.signals if one.code == "hidden-program")
    assert f"`{path}`" in signal.message and signal.path == "main.py"
    assert line in files["main.py"].splitlines()[(signal.line or 0) - 1]
    total = report.total
    assert total.points is not None and total.points <= 60 and path in total.limited


@pytest.mark.parametrize("folder", ["env/Lib", "node_modules/a/lib", ".venv/lib/python3.13"])
def test_what_hides_behind_a_module_of_an_environment_is_found(folder: str) -> None:
    site = f"{folder}/site-packages"
    files = with_line(
        "import program",
        {
            f"{site}/pip-24.0.dist-info/RECORD": "pip/__init__.py,,\n",
            f"{site}/program.py": "from core import run\n\nrun()\n",
            f"{site}/core.py": PROGRAM,
        },
    )
    assert f"{site}/core.py" in report_on(files, CHAPTER).total.limited


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("import yaml, numpy, cv2, typing_extensions", {}),
        ("import yaml.nodes", {f"{SITE}/yaml/gen/made_at_run_time.py": PROGRAM}),
        ("import purchases", {f"{SITE}/purchases.py": PROGRAM}),
        ("import csv", {f"{SITE}/csv.py": PROGRAM}),
        ("print('program')", {f"{SITE}/program.py": PROGRAM}),
        ("import it", {f"{SITE}/it.py": PROGRAM, f"{SITE}/it-1.0.egg-info": "Name: it\n"}),
        (
            "import it",
            {
                f"{SITE}/it.py": PROGRAM,
                f"{SITE}/it-1.0-py3.8.egg-info/PKG-INFO": "Name: it\n",
                f"{SITE}/it-1.0-py3.8.egg-info/installed-files.txt": "../it.py\nPKG-INFO\n",
            },
        ),
        ("import it", {f"{SITE}/it.py": PROGRAM, f"{SITE}/big-1.dist-info/RECORD": "a\n" * 10**6}),
    ],
)
def test_what_an_installer_put_into_an_environment_is_not_hidden(line: str, more: Files) -> None:
    assert hidden(with_line(line, {**VENV, **more})) == []


def test_in_an_environment_without_distributions_nothing_was_installed() -> None:
    (message,) = hidden(with_line("import it", {f"{SITE}/it.py": PROGRAM}))
    assert f"`{SITE}/it.py`" in message


def test_leftovers_of_half_the_size_are_a_signal_and_those_of_twice_a_limit() -> None:
    for copies, is_limited in ((1, False), (9, True)):
        draft = "".join(PROGRAM.replace("len", f"f{copy}") for copy in range(copies))
        report = report_on({**PRACTISED, "old.py": draft, "older.py": "print(1 + 2)\n"}, CHAPTER)
        (signal,) = (one for one in report.signals if one.code == "large-leftovers")
        assert signal.path == "old.py" and "older.py" in signal.message
        assert bool(report.total.limited) is is_limited
        if is_limited:
            assert report.next_step is not None and report.next_step.path == "old.py"
            assert report.next_step.gains == pytest.approx(40)


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def aside(files: Files) -> list[str]:
    return [file.path for file in read_upload(zipped(files)).aside]


def test_files_are_kept_aside_only_if_the_code_may_run_them() -> None:
    texts = {"a.txt": PROGRAM, "b.txt": PROGRAM, "c.png": PROGRAM, "README.md": "(it)"}
    assert aside({"main.py": "print(1)\n", **texts}) == []
    assert aside({"main.py": "open('a.txt')\n", **texts}) == ["a.txt"]
    assert aside({"main.py": "exec(x)\n", **texts}) == ["a.txt", "b.txt"]
    packages = {f"node_modules/a/{name}": PROGRAM for name in ("a.py", "b.txt")}
    assert aside({"main.py": "import a\n", **packages}) == []
    assert aside({"main.py": "import a, sys\nsys.path += []\n", **packages}) == [
        "node_modules/a/a.py"
    ]


def test_what_is_named_is_kept_aside_before_a_flood() -> None:
    flood = {f"{number}.txt": PROGRAM for number in range(MAX_ASIDE + 50)}
    kept = aside({"main.py": "exec(open('z.txt').read())\n", **flood, "z.txt": PROGRAM})
    assert len(kept) == MAX_ASIDE and "z.txt" in kept


def test_modules_of_an_environment_are_kept_aside_only_if_the_code_names_one() -> None:
    added = {**VENV, f"{SITE}/program.py": PROGRAM, f"{SITE}/core.py": PROGRAM}
    assert aside({"main.py": "import yaml\n", **added}) == [
        f"{SITE}/yaml/__pycache__/nodes.cpython-311.pyc"
    ]
    kept = aside({"main.py": "import program\n", **added})
    assert kept == [f"{SITE}/{name}.py" for name in ("_virtualenv", "core", "program")]
    flood = {f"{SITE}/a{number}.py": PROGRAM for number in range(MAX_ASIDE + 50)}
    assert f"{SITE}/program.py" in aside({"main.py": "import program\n", **added, **flood})


def test_a_folder_keeps_aside_what_a_zip_does(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, sys\nexec(open('a.txt').read())\nsys.path += []\n",
        "a.txt": PROGRAM,
        "large.txt": LARGE,
        "node_modules/a.py": PROGRAM,
        "a.pyc": "compiled",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    folder, archive = read_path(tmp_path), read_upload(zipped(files))
    assert [(one.path, one.data) for one in folder.aside] == [
        (one.path, one.data) for one in archive.aside
    ]
    assert {one.path for one in archive.aside} == set(files) - {"main.py"}
    assert folder.digest == archive.digest != read_upload(zipped({**files, "a.txt": "(1)"})).digest
