"""Places that start code which no import names."""

from __future__ import annotations

import pytest

from grader.analysis.project.summary import summary_of
from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.starting import Kind, starts_in
from grader.domain.source import SourceFile

HEAD = (
    "import asyncio, importlib, os, runpy, shlex, shutil, site, subprocess, sys\nimport papermill\n"
)


def starts(line: str) -> list[tuple[Kind, str, bool]]:
    source = SourceFile("main.py", f"{HEAD}\n{line}\n".encode())
    found = starts_in(module_of(source), source.tree)
    return [(one.kind, one.target, one.exact) for one in found]


@pytest.mark.parametrize(
    ("line", "kind", "target"),
    [
        ("exec(text)", Kind.TEXT, ""),
        ("exec(open('data/a.txt').read())", Kind.TEXT, "data/a.txt"),
        ("exec(open('a' + '.txt').read())", Kind.TEXT, ""),
        ("compile(text, 'it', 'exec')", Kind.TEXT, ""),
        ("runpy.run_path('a.txt')", Kind.FILE, "a.txt"),
        ("runpy.run_path(f'{name}.txt')", Kind.FILE, ""),
        ("subprocess.run([sys.executable, 'a.txt'])", Kind.PROCESS, "a.txt"),
        ("subprocess.run([sys.executable, '-u', '-W', 'ignore', 'a.py'])", Kind.PROCESS, "a.py"),
        ("subprocess.run([sys.executable, path])", Kind.PROCESS, ""),
        ("subprocess.run([sys.executable, '-'], stdin=file)", Kind.PROCESS, ""),
        ("subprocess.run(shlex.split('python a.txt'))", Kind.PROCESS, "a.txt"),
        ("subprocess.run([shutil.which('python3'), 'a.txt'])", Kind.PROCESS, "a.txt"),
        ("subprocess.run(['sh', '-c', 'cd x && python3.11 a.txt'])", Kind.PROCESS, "a.txt"),
        ("command = ['python', path]\nsubprocess.run(command)", Kind.PROCESS, ""),
        ("os.system(f'{sys.executable} a.txt')", Kind.PROCESS, "a.txt"),
        ("os.execv(sys.executable, [sys.executable, 'a.txt'])", Kind.PROCESS, "a.txt"),
        ("asyncio.create_subprocess_exec('python', 'a.txt')", Kind.PROCESS, "a.txt"),
        ("subprocess.run([sys.executable, '-c', text])", Kind.TEXT, ""),
        ("subprocess.run([sys.executable, '-m', 'pytest'])", Kind.MODULE, "pytest"),
        ("subprocess.run(['jupyter', 'execute', 'a.ipynb'])", Kind.NOTEBOOK, "a.ipynb"),
        (
            "os.system('jupyter nbconvert --execute --to html a.ipynb')",
            Kind.NOTEBOOK,
            "a.ipynb",
        ),
        ("papermill.execute_notebook('a.ipynb', None)", Kind.NOTEBOOK, "a.ipynb"),
        ("os.system('python3 - <<EOF\\nprint(1)\\nEOF')", Kind.PROCESS, ""),
        ("os.system('python < a.txt')", Kind.PROCESS, ""),
        ("os.system('sh run.sh')", Kind.SCRIPT, "run.sh"),
        ("os.system('cd shop && ./run.sh || bash -e run')", Kind.SCRIPT, "run"),
        ("subprocess.run(['./run.sh', path])", Kind.SCRIPT, "./run.sh"),
        ("subprocess.run(['bash', '-c', './run.sh'])", Kind.SCRIPT, "./run.sh"),
        ("subprocess.run(['cmd', '/c', 'run.bat'])", Kind.SCRIPT, "run.bat"),
        ("os.system('make all')", Kind.SCRIPT, "make"),
        ("sys.path.append('lib')", Kind.FOLDER, ""),
        ("sys.path += ['lib']", Kind.FOLDER, ""),
        ("sys.path[:0] = ['lib']", Kind.FOLDER, ""),
        ("importlib.import_module('csv')", Kind.MODULE, "csv"),
    ],
)
def test_what_a_line_starts(line: str, kind: Kind, target: str) -> None:
    assert starts(line) == [(kind, target, target != "")]


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['git', 'log', 'python'[:0]])",
        "subprocess.run(['ffmpeg', '-i', path])",
        "subprocess.run([program, 'a.txt'])",
        "subprocess.run(['python', '--version'])",
        "os.system('open monty.python.csv')",
        "subprocess.run(['jupyter', 'lab', 'a.ipynb'])",
        "subprocess.run(['jupyter', 'nbconvert', '--to', 'html', 'a.ipynb'])",
        "subprocess.run(['git', 'add', 'run.sh'])",
        "subprocess.run(['bash', '-c', 'ls'])",
        "os.system('cls')",
        "os.system('echo make tea')",
        "print(sys.path)",
        "class It:\n    def exec(self): ...\n\n\nIt().exec('a.txt')",
        "compile(pattern)",
    ],
)
def test_what_starts_no_python(line: str) -> None:
    assert starts(line) == []


@pytest.mark.parametrize("name", ["f'plugins.{name}'", "'plugins.' + name"])
def test_a_module_of_an_own_package_is_named_by_its_beginning(name: str) -> None:
    assert starts(f"importlib.import_module({name})") == [(Kind.MODULE, "plugins.", False)]


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("rows = load()\nprint(rows)\n", True),
        ("import csv\nfor row in csv.reader(x):\n    show(row)\n", True),
        ("Alien(1979)\nJaws(1975)\n", False),
        ("Jean-Luc\nAnna-Maria\n", False),
        ("limit = a-b\nhost = c-d\n", False),
        ("[[1, 2], [3, 4]]\n", False),
        ("print(text)\n", False),
    ],
)
def test_a_text_is_code_if_only_code_looks_like_it(text: str, is_code: bool) -> None:
    assert summary_of(SourceFile("a.py", text.encode())).is_code is is_code
