"""Honest layouts of a good program: libraries, console scripts, handlers that a framework calls.

A layout turns the files of a golden sample into the same program, as a professional might lay it
out for another way of running it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from tests.hostile.grading import Files, golden

Layout = Callable[[Files], Files]

#: Golden samples that earn 100, by the name of the rubric.
SAMPLES = {
    "practices": golden("chapter-practices/practised"),
    "refactor": golden("numbers-refactor/modules"),
}
OLD_SCRIPTS = {
    "practices": golden("chapter-practices/script"),
    "refactor": golden("numbers-refactor/monolith"),
}
GUARD = 'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'
RUN = (
    'def run() -> None:\n    """Run the program on the arguments of the command line."""\n'
    "    sys.exit(main(sys.argv[1:]))\n"
)


def code_of(files: Files) -> Files:
    """Return the modules of ``files`` without main.py and tests."""
    return {
        path: text for path, text in files.items() if path != "main.py" and "tests/" not in path
    }


def tests_of(files: Files) -> Files:
    """Return the tests among ``files``."""
    return {path: text for path, text in files.items() if "tests/" in path}


def renamed(files: Files, name: str) -> Files:
    """Return ``files`` with main.py under another ``name``."""
    return {name if path == "main.py" else path: text for path, text in files.items()}


def imported_from(text: str, modules: Files, package: str) -> str:
    """Return ``text`` with imports of ``modules`` as those of a ``package``, e.g. ``shop.prices``.

    Lines of imports keep the order of isort.
    """
    names = "|".join(path.removesuffix(".py") for path in modules)
    return re.sub(rf"^from ({names}) import", rf"from {package}.\1 import", text, flags=re.M)


def in_package(files: Files, package: str, folder: str = "") -> Files:
    """Return ``files`` with the modules in ``package``, below ``folder``, and tests beside it."""
    modules = {path: text for path, text in files.items() if path not in tests_of(files)}
    inside = {
        f"{folder}{package}/{path}": imported_from(text, modules, package)
        for path, text in modules.items()
    }
    tests = {path: imported_from(text, modules, package) for path, text in tests_of(files).items()}
    return {f"{folder}{package}/__init__.py": f'"""{package.title()}."""\n', **inside, **tests}


PROJECT = '[project]\nname = "report"\nversion = "1.0"\n\n[project.scripts]\nreport = "{}:run"\n'
POETRY = (
    '[tool.poetry]\nname = "report"\nversion = "1.0"\n\n[tool.poetry.scripts]\nreport = "{}:run"\n'
)


def console_script(files: Files, declaration: str, in_src: bool) -> Files:
    """Start run() of cli.py by a console script, without a guard, flat or in ``src/shop``."""
    started = renamed({**files, "main.py": files["main.py"].replace(GUARD, RUN)}, "cli.py")
    if not in_src:
        return {**started, "pyproject.toml": declaration.format("cli")}
    placed = in_package(started, "shop", "src/")
    return {**placed, "pyproject.toml": declaration.format("shop.cli")}


#: Tests of the library that numbers-refactor is about, whose golden sample has none.
NUMBER_TESTS = '''"""Tests of the functions on numbers."""

from loading import parse_numbers
from reporting import format_report
from special_numbers import find_perfect_numbers, find_primes
from statistics_tools import count_per_bin, summarise


def test_special_numbers_are_found():
    assert find_primes([7, 8, 3]) == [3, 7]
    assert find_perfect_numbers([28, 6, 5]) == [6, 28]


def test_numbers_are_parsed():
    assert parse_numbers("1, 2.5 oops") == ([1, 2.5], ["oops"])


def test_a_report_names_the_count():
    summary, bins = summarise([1, 2]), count_per_bin([1, 2])
    report = format_report(summary, primes=[2], perfect=[], bins=bins, skipped=[])
    assert report.startswith("Report on 2 numbers")
'''


def library(files: Files) -> Files:
    """Return the modules and tests, without anything that starts."""
    return {**code_of(files), **(tests_of(files) or {"tests/test_numbers.py": NUMBER_TESTS})}


def library_in_a_package(files: Files) -> Files:
    """Put the library into a package."""
    return in_package(library(files), "shop")


def library_with_exports(files: Files) -> Files:
    """Export the functions of the package in its ``__init__.py``, listed in ``__all__``."""
    placed = dict(library_in_a_package(files))
    public = {}
    for path in code_of(files):
        found = re.findall(r"^(?:def|class) (\w+)", files[path], flags=re.M)
        public[path.removesuffix(".py")] = sorted(found)
    lines = [
        f"from shop.{module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
        for module, names in sorted(public.items())
    ]
    every = sorted((name for names in public.values() for name in names), key=str.swapcase)
    exported = "__all__ = [\n" + "".join(f'    "{name}",\n' for name in every) + "]"
    head = '"""All that a shop needs."""\n\n'
    placed["shop/__init__.py"] = head + "\n".join(lines) + "\n\n" + exported + "\n"
    return placed


LAMBDA = '''"""Answer requests for a receipt."""

from datetime import date
from pathlib import Path

from purchases import PurchaseError, load_purchases
from receipts import format_receipt


def lambda_handler(event: dict[str, str], context: object) -> dict[str, object]:
    """Return the answer to a request for the receipt of a file."""
    try:
        purchases = load_purchases(Path(event["path"]))
    except PurchaseError as error:
        return {"statusCode": 400, "body": str(error)}
    return {"statusCode": 200, "body": format_receipt(purchases, date.today())}
'''


def practised_with(path: str, text: str, **others: str) -> Layout:
    """Return a layout of ``practised`` with the file ``path`` in place of main.py, and others."""
    return lambda files: {**code_of(files), **tests_of(files), path: text, **others}


HOOKS = '''"""A plugin of pytest that prints a receipt after the tests."""

from datetime import date
from pathlib import Path

import pytest

from purchases import load_purchases
from receipts import format_receipt


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the file of purchases."""
    parser.addoption("--purchases", type=Path, help="the file of purchases")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the receipt below the results of the tests."""
    path = terminalreporter.config.getoption("--purchases")
    if path is not None:
        receipt = format_receipt(load_purchases(path), date.today())
        terminalreporter.write_line(receipt)
'''
PLUGIN = '[project]\nname = "receipts"\nversion = "1"\n\n[project.entry-points.pytest11]\n'

GETATTR_MAIN = '''"""Run a command on a file of purchases."""

import sys
from pathlib import Path

import commands
from purchases import PurchaseError, load_purchases


def main(arguments: list[str]) -> int:
    """Run the command that is named first and return the exit code of the program."""
    name, path = arguments
    try:
        purchases = load_purchases(Path(path))
    except PurchaseError as error:
        print(error)
        return 1
    command = getattr(commands, f"run_{name}")
    command(purchases)
    return 0


'''
GETATTR_COMMANDS = '''"""The commands of the program, which it finds by their names."""

from datetime import date

from prices import add_vat, sum_purchases
from purchases import Purchase
from receipts import format_receipt


def run_receipt(purchases: list[Purchase]) -> None:
    """Print the whole receipt."""
    print(format_receipt(purchases, date.today()))


def run_total(purchases: list[Purchase]) -> None:
    """Print what all purchases cost, with tax."""
    print(add_vat(sum_purchases(purchases)))
'''

FLASK = '''"""A web application that shows a receipt."""

from datetime import date
from pathlib import Path

from flask import Flask

from purchases import load_purchases
from receipts import format_receipt


def create_app(folder: Path = Path("purchases")) -> Flask:
    """Return the application for the files of purchases in a folder."""
    app = Flask(__name__)

    @app.get("/receipts/<name>")
    def show_receipt(name: str) -> str:
        """Return the receipt of one file."""
        purchases = load_purchases(folder / f"{name}.json")
        return format_receipt(purchases, date.today())

    return app
'''
STREAMLIT = '''"""A page that shows a receipt."""

from datetime import date
from pathlib import Path

import streamlit as st

from purchases import PurchaseError, load_purchases
from receipts import format_receipt


def main() -> None:
    """Ask for a file and show its receipt."""
    st.title("Receipt")
    path = st.text_input("The file of purchases")
    try:
        purchases = load_purchases(Path(path))
    except PurchaseError as error:
        st.error(str(error))
    else:
        st.text(format_receipt(purchases, date.today()))


main()
'''
DJANGO = {
    "manage.py": '''"""Run commands of Django."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command that the command line names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
''',
    "site_settings/__init__.py": '"""The site."""\n',
    "site_settings/settings.py": '''"""Settings of the site."""

DEBUG = False
ROOT_URLCONF = "site_settings.urls"
INSTALLED_APPS = ["shop"]
''',
    "site_settings/urls.py": '''"""Addresses of the site."""

from django.urls import path

from shop.views import show_receipt

urlpatterns = [path("receipts/<str:name>", show_receipt)]
''',
    "shop/apps.py": '''"""The application."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """The shop as an application of Django."""

    name = "shop"
''',
    "shop/views.py": '''"""Pages of the shop."""

from datetime import date
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from shop.purchases import load_purchases
from shop.receipts import format_receipt


def show_receipt(request: HttpRequest, name: str) -> HttpResponse:
    """Return the receipt of one file of purchases as text."""
    purchases = load_purchases(Path("purchases") / f"{name}.json")
    receipt = format_receipt(purchases, date.today())
    return HttpResponse(receipt, content_type="text/plain")
''',
}


def django(files: Files) -> Files:
    """Show a receipt on a page of Django."""
    return {**library_in_a_package(files), **DJANGO}


def four_statements(files: Files) -> Files:
    """Return a program of four statements that do something; ``files`` are not needed."""
    return {
        "main.py": '"""Print how many words a file has."""\n\nimport sys\n\n'
        "from counting import count_words\nfrom loading import load_text\n\n\n"
        'def main(path: str) -> None:\n    """Print the number of words."""\n'
        "    text = load_text(path)\n    print(count_words(text))\n\n\n"
        'if __name__ == "__main__":\n    main(sys.argv[1])\n',
        "counting.py": '"""Count the words of a text."""\n\n\ndef count_words(text: str) -> int:\n'
        '    """Return the number of words in a text."""\n    return len(text.split())\n',
        "loading.py": '"""Load texts from files."""\n\nfrom pathlib import Path\n\n\n'
        'def load_text(path: str) -> str:\n    """Return the text of a file."""\n'
        '    return Path(path).read_text(encoding="utf-8")\n',
        "tests/test_counting.py": '"""Tests of counting."""\n\nfrom counting import count_words\n'
        '\n\ndef test_words_are_counted() -> None:\n    assert count_words("to be") == 2\n',
        "tests/test_loading.py": '"""Tests of loading."""\n\nfrom pathlib import Path\n\n'
        "from loading import load_text\n\n\n"
        "def test_a_text_is_loaded(tmp_path: Path) -> None:\n"
        '    (tmp_path / "a").write_text("to be")\n'
        '    assert load_text(str(tmp_path / "a")) == "to be"\n',
    }


def as_a_package_that_runs(files: Files) -> Files:
    """Start the package by ``python -m shop``."""
    return in_package(renamed(files, "__main__.py"), "shop")


def in_one_folder(files: Files) -> Files:
    """Put everything into one folder, as "Compress" of a file manager does."""
    return {f"exercise/{path}": text for path, text in files.items()}


def old_script_left(files: Files, rubric: str) -> Files:
    """Leave the script from before beside the finished modules."""
    return {**files, **OLD_SCRIPTS[rubric]}


#: Layouts of any program that starts from a command line.
STARTED: Mapping[str, Layout] = {
    **{
        f"console script of {table}, {where}": partial(
            console_script, declaration=declaration, in_src=where == "src"
        )
        for table, declaration in (("project", PROJECT), ("poetry", POETRY))
        for where in ("flat", "src")
    },
    "run.py for main.py": partial(renamed, name="run.py"),
    "__main__.py for main.py": partial(renamed, name="__main__.py"),
    "a package that runs": as_a_package_that_runs,
    "all in one folder": in_one_folder,
}
LIBRARIES: Mapping[str, Layout] = {
    "a library": library,
    "a library in a package": library_in_a_package,
    "a library with exports": library_with_exports,
}
#: Layouts of ``practised`` only: a framework or a name that is put together starts it.
CALLED_BY_NAME: Mapping[str, Layout] = {
    "AWS Lambda": practised_with("lambda_function.py", LAMBDA),
    "hooks of pytest": practised_with(
        "receipt_plugin.py", HOOKS, **{"pyproject.toml": PLUGIN + 'receipts = "receipt_plugin"\n'}
    ),
    "hooks of pytest in conftest.py": practised_with("conftest.py", HOOKS),
    "commands by getattr": practised_with(
        "main.py", GETATTR_MAIN + GUARD, **{"commands.py": GETATTR_COMMANDS}
    ),
    "Flask factory": practised_with("app.py", FLASK),
    "Streamlit main()": practised_with("app.py", STREAMLIT),
    "Django": django,
    "a program of four statements": four_statements,
}
