"""Good programs that start other code, or have files that look like code, for a good reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tests.hostile.grading import Files
from tests.hostile.neighbours import PRACTISED, edited, notebook_that_shows

PRINTS = "    print(format_receipt(purchases, date.today()))\n"


def starting(line: str, imports: str = "", more: Files | None = None) -> Files:
    """Return the golden sample with a ``line`` before the receipt is printed, and ``more`` files.

    ``imports`` are lines that isort puts before ``import sys``.
    """
    changes = [(PRINTS, f"    {line}\n{PRINTS}"), ("import sys\n", f"{imports}import sys\n")]
    return {**edited("main.py", *changes), **(more or {})}


def running(command: str, more: Files | None = None) -> Files:
    """Return the golden sample with ``command`` run as a process."""
    return starting(f"subprocess.run({command}, check=True)", "import subprocess\n", more)


WORKER = '''"""Print the date in a process of its own."""

from datetime import date


def main() -> None:
    """Print the year of today, and whether its number is even."""
    year = date.today().year
    print(year, year % 2 == 0)


if __name__ == "__main__":
    main()
'''
PLUGIN = '''"""Print a greeting."""


def greet(name: str) -> None:
    """Print a greeting for a customer."""
    print(f"Hello {name}")
'''
README = """# Receipts

```python
import sys
from pathlib import Path

from main import main

for path in Path(".").glob("*.json"):
    main([str(path)])
```
"""
HELPERS = '''"""Purchases for the tests."""

from decimal import Decimal

from purchases import Purchase


def make_cakes(amount: int) -> Purchase:
    """Return a purchase of cakes."""
    return Purchase("cake", amount, Decimal("4.00"))
'''
HELPED = '''"""Tests of large purchases."""

from decimal import Decimal

from prices import compute_discount
from tests.helpers import make_cakes


def test_many_cakes_have_a_discount() -> None:
    assert compute_discount(make_cakes(20).cost) == Decimal("8.00")
'''
NAMES = "Jean-Luc\nAnna-Maria\nKarl-Heinz\n"
FILMS = "Alien(1979)\nJaws(1975)\nHeat(1995)\n"
DOCUMENTS = {"README.md": README, "requirements.txt": "pytest==8.0.0\nblack==24.1.0\n"}
READING = 'print(Path("{}").read_text(encoding="utf-8"))'


def plugins() -> Files:
    """Import the module of a package that the user's language names."""
    line = 'import_module(f"plugins.{purchases[0].name}").greet("you")'
    changed = edited(
        "main.py",
        (PRINTS, f"    {line}\n{PRINTS}"),
        ("from pathlib", "from importlib import import_module\nfrom pathlib"),
    )
    package = {"plugins/__init__.py": '"""Greetings."""\n', "plugins/tea.py": PLUGIN}
    return {**changed, **package}


def helper_of_tests() -> Files:
    """Share a function of tests in a module among them."""
    return {**PRACTISED, "tests/helpers.py": HELPERS, "tests/test_large.py": HELPED}


#: Good programs by what they start, or by the file that they have.
STARTING_NEIGHBOURS: Mapping[str, Callable[[], Files]] = {
    "git": partial(running, '["git", "rev-parse", "HEAD"]', DOCUMENTS),
    "ffmpeg for a computed file": partial(running, '["ffmpeg", "-i", arguments[0], "out.mp3"]'),
    "a shell": partial(starting, 'os.system("clear")', "import os\n"),
    "pytest": partial(running, '[sys.executable, "-m", "pytest", "tests"]', DOCUMENTS),
    "pip": partial(running, '[sys.executable, "-m", "pip", "install", "-r", "requirements.txt"]'),
    "venv": partial(running, '["python3", "-m", "venv", ".venv"]'),
    "black": partial(running, '[sys.executable, "-m", "black", "--check", "."]', DOCUMENTS),
    "the version of Python": partial(running, '[sys.executable, "--version"]'),
    "an own module": partial(running, '[sys.executable, "-m", "worker"]', {"worker.py": WORKER}),
    "an own file": partial(running, '[sys.executable, "worker.py"]', {"worker.py": WORKER}),
    "pytest beside a notebook": lambda: {
        **running('[sys.executable, "-m", "pytest"]'),
        "demo.ipynb": notebook_that_shows()["demo.ipynb"],
    },
    "a viewer of a notebook": lambda: {
        **running('["jupyter", "lab", "demo.ipynb"]'),
        "demo.ipynb": notebook_that_shows()["demo.ipynb"],
    },
    "plugins of an own package": plugins,
    "a longer path": partial(starting, 'sys.path.append("plugins")', "", DOCUMENTS),
    "a text of names": partial(starting, READING.format("names.txt"), "", {"names.txt": NAMES}),
    "a text of films": partial(starting, READING.format("films.txt"), "", {"films.txt": FILMS}),
    "a document with code": partial(starting, READING.format("README.md"), "", DOCUMENTS),
    "a helper of tests": helper_of_tests,
}
