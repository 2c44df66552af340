"""Which files are the program: its entries, what they import, and what is left over."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from grader.analysis.project.program import parts_of
from grader.analysis.project.settings import with_named_code
from grader.analysis.project.summary import FileSummary, summary_of, summary_of_lines
from grader.domain.program import Role
from grader.domain.source import SourceFile, is_document

PRICES = "def total(prices):\n    return sum(prices)\n"
MAIN = "from prices import total\n\nif __name__ == '__main__':\n    print(total([1, 2]))\n"
TESTS = "from prices import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
DRAFT = "import csv\n\nfor row in csv.reader(open('prices.csv')):\n    print(row)\n"
POETRY = '[tool.poetry.scripts]\nshop = "shop.cli:main"\n'
PEP_621 = '[project]\nname = "shop"\n\n[project.scripts]\nshop = "shop.cli:main"\n'
SETUP = """import setuptools

setuptools.setup(entry_points={"console_scripts": ["shop = shop.cli:main"]})
"""
OLD_MAIN = "def main():\n    print(3 * 3)\n\n\nif __name__ == '__main__':\n    main()\n"
FLASK_APP = "from flask import Flask\nfrom prices import total\n\n\napp = Flask(__name__)\n"
SETUP_CFG = """[metadata]
name = shop

[options.entry_points]
console_scripts =
    shop = shop.cli:main
"""
MENU = "import importlib, sys\nimportlib.import_module(f'menu.{sys.argv[1]}').go()\n"
FACTORY = "def create_app():\n    return 1\n"
MIGRATION = "def upgrade():\n    print(1)\n\n\ndef downgrade():\n    print(2)\n"
GAME = "def init():\n    print(1)\n\n\ndef run(data):\n    return data\n"
METHOD = "    def parse(self, response):\n        return [response]\n"
EXTENSION = "def setup(bot):\n    bot.add_cog(print(bot))\n"
CLI = "from shop.prices import total\n\n\ndef main():\n    print(total([1]))\n"


def summary(path: str, text: str) -> FileSummary:
    """The summary of a file as the engine makes it, also of one that does not parse."""
    try:
        _ = is_document(path) or ast.parse(text)
    except SyntaxError:
        return summary_of_lines(text)
    return summary_of(SourceFile(path, text.encode()))


def roles(files: Mapping[str, str]) -> dict[str, str]:
    """The role of each Python file by path."""
    summaries = {path: summary(path, text) for path, text in files.items()}
    parts = parts_of(with_named_code(summaries))
    return {path: part.role.value for path, part in parts.items()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"main.py": MAIN, "prices.py": PRICES, "draft.py": DRAFT},
            {"main.py": "entry", "prices.py": "reached", "draft.py": "leftover"},
            id="a draft beside a program",
        ),
        pytest.param(
            {
                "main.py": MAIN.replace("from prices", "from day_3.prices"),
                "prices.py": PRICES,
                "draft.py": DRAFT,
            },
            {"main.py": "entry", "prices.py": "reached", "draft.py": "leftover"},
            id="imports that name the folder around what was handed in",
        ),
        pytest.param(
            {
                "__init__.py": "from .prices import total\n",
                "prices.py": f"from course.shop.rates import RATE\n{PRICES}",
                "rates.py": "RATE = 3\n",
                "tests/test_prices.py": TESTS.replace("prices i", "course.shop i"),
                "draft.py": DRAFT,
            },
            {
                "__init__.py": "reached",
                "prices.py": "reached",
                "rates.py": "reached",
                "tests/test_prices.py": "test",
                "draft.py": "leftover",
            },
            id="a package without the two folders around it",
        ),
        pytest.param(
            {
                "main.py": MAIN
                + "\nfrom flask.views import View\nfrom flask.cli import AppGroup\n",
                "prices.py": PRICES,
                "views.py": DRAFT,
            },
            {"main.py": "entry", "prices.py": "reached", "views.py": "leftover"},
            id="a package of which one module is called like one of the program",
        ),
        pytest.param(
            {"main.py": PRICES, "tests/test_prices.py": TESTS.replace("prices i", "main i")},
            {"main.py": "reached", "tests/test_prices.py": "test"},
            id="a library whose module is called main.py",
        ),
        pytest.param(
            {"project/main.py": "", "project/prices.py": PRICES, "project/cart.py": PRICES},
            {
                "project/main.py": "member",
                "project/prices.py": "member",
                "project/cart.py": "member",
            },
            id="an empty main.py beside modules",
        ),
        pytest.param(
            {
                "shop/__init__.py": "from shop.prices import total\n",
                "shop/__init__.pyi": "from shop.prices import total\n\ntotal(1)\n",
                "shop/prices.py": PRICES,
                "unit_tests/test_prices.py": TESTS.replace("prices i", "shop i"),
                "typing_tests/check.py": f"import shop.prices\n{DRAFT}",
            },
            {
                "shop/__init__.py": "reached",
                "shop/__init__.pyi": "neutral",
                "shop/prices.py": "reached",
                "unit_tests/test_prices.py": "test",
                "typing_tests/check.py": "test",
            },
            id="stubs, and folders of tests",
        ),
        pytest.param(
            {"run.py": MAIN, "prices.py": PRICES, "old/main.py": DRAFT},
            {"run.py": "entry", "prices.py": "reached", "old/main.py": "leftover"},
            id="an abandoned main.py beside a guarded script that uses modules",
        ),
        pytest.param(
            {"area.py": f"{DRAFT}\nif __name__ == '__main__':\n    print(1)\n", "main.py": DRAFT},
            {"area.py": "entry", "main.py": "entry"},
            id="scripts that each stand alone",
        ),
        pytest.param(
            {"one.py": DRAFT, "two.py": PRICES},
            {"one.py": "member", "two.py": "member"},
            id="nothing says where it starts",
        ),
        pytest.param(
            {
                "shop/prices.py": PRICES,
                "tests/test_prices.py": TESTS.replace("prices i", "shop.prices i"),
                "shop/old.py": DRAFT,
            },
            {
                "shop/prices.py": "reached",
                "tests/test_prices.py": "test",
                "shop/old.py": "leftover",
            },
            id="a library with tests",
        ),
        pytest.param(
            {
                "tax.py": DRAFT,
                "prices.py": PRICES,
                "conftest.py": "import tax\n",
                "tests.py": TESTS,
                "old.py": DRAFT,
            },
            {
                "tax.py": "reached",
                "prices.py": "reached",
                "conftest.py": "test",
                "tests.py": "test",
                "old.py": "leftover",
            },
            id="a library whose fixtures import a module",
        ),
        pytest.param(
            {"tax.py": DRAFT, "prices.py": PRICES, "conftest.py": "import tax\n"},
            {"tax.py": "member", "prices.py": "member", "conftest.py": "test"},
            id="fixtures without a test make no program",
        ),
        pytest.param(
            {
                "__init__.py": "from .prices import total\n",
                "prices.py": PRICES,
                "tests/test_it.py": TESTS.replace("from prices", "from homework.shop"),
                "old.py": DRAFT,
            },
            {
                "__init__.py": "reached",
                "prices.py": "reached",
                "tests/test_it.py": "test",
                "old.py": "leftover",
            },
            id="tests of the package that the submission is, under its lost name",
        ),
        pytest.param(
            {
                "main.py": MAIN,
                "prices.py": PRICES,
                "price_tests.py": f"{TESTS}\nif __name__ == '__main__':\n    test_total()\n",
            },
            {"main.py": "entry", "prices.py": "reached", "price_tests.py": "test"},
            id="tests that start themselves are no program",
        ),
        pytest.param(
            {
                "prices.py": PRICES,
                "test_prices.py": "import prices\n\n\ndef test_it():\n    print(1)\n",
            },
            {"prices.py": "member", "test_prices.py": "test"},
            id="a test that asserts nothing makes no program",
        ),
        *(
            pytest.param(
                {name: text, "shop/cli.py": CLI, "shop/prices.py": PRICES, "shop/draft.py": DRAFT},
                {"shop/cli.py": "entry", "shop/prices.py": "reached", "shop/draft.py": "leftover"}
                | ({"setup.py": "neutral"} if name == "setup.py" else {}),
                id=f"a console script in {name}: {text[:14]}",
            )
            for name, text in [
                ("pyproject.toml", POETRY),
                ("pyproject.toml", PEP_621),
                ("setup.py", SETUP),
            ]
        ),
        pytest.param(
            {"pyproject.toml": PEP_621, "src/shop/cli.py": CLI, "src/shop/prices.py": PRICES},
            {"src/shop/cli.py": "entry", "src/shop/prices.py": "reached"},
            id="a src layout",
        ),
        pytest.param(
            {
                "setup.cfg": SETUP_CFG,
                "main.py": DRAFT,
                "src/shop/cli.py": CLI,
                "src/shop/prices.py": PRICES,
            },
            {
                "main.py": "leftover",
                "src/shop/cli.py": "entry",
                "src/shop/prices.py": "reached",
            },
            id="an abandoned main.py beside a script that setup.cfg declares",
        ),
        pytest.param(
            {
                "setup.py": SETUP.replace(
                    '{"console_scripts": ["shop = shop.cli:main"]}',
                    '"""\n    [console_scripts]\n    shop=shop.cli:main\n    """',
                ),
                "main.py": OLD_MAIN,
                "shop/cli.py": CLI,
                "shop/prices.py": PRICES,
            },
            {
                "setup.py": "neutral",
                "main.py": "leftover",
                "shop/cli.py": "entry",
                "shop/prices.py": "reached",
            },
            id="an abandoned main.py beside a script of a long text in setup.py",
        ),
        pytest.param(
            {
                "main.py": DRAFT,
                "shop/__main__.py": "from .cli import main\n\nmain()\n",
                "shop/cli.py": CLI.replace("shop.", "."),
                "shop/prices.py": PRICES,
            },
            {
                "main.py": "leftover",
                "shop/__main__.py": "entry",
                "shop/cli.py": "reached",
                "shop/prices.py": "reached",
            },
            id="an abandoned main.py beside python -m",
        ),
        pytest.param(
            {
                "main.py": MAIN.replace("prices i", "shop.prices i"),
                "shop/__main__.py": "from .cli import main\n\nmain()\n",
                "shop/cli.py": CLI,
                "shop/prices.py": PRICES,
            },
            {
                "main.py": "entry",
                "shop/__main__.py": "entry",
                "shop/cli.py": "reached",
                "shop/prices.py": "reached",
            },
            id="a main.py that the package needs no less",
        ),
        pytest.param(
            {
                "app.py": FLASK_APP,
                "prices.py": PRICES,
                "seed.py": MAIN,
                "scrape.py": MAIN.replace("from prices import total", "total = sum"),
                "draft.py": DRAFT,
            },
            {
                "app.py": "entry",
                "prices.py": "reached",
                "seed.py": "entry",
                "scrape.py": "leftover",
                "draft.py": "leftover",
            },
            id="scripts beside a Flask application",
        ),
        pytest.param(
            {
                "shop/__main__.py": "from shop.cli import main\n\nmain()\n",
                "shop/cli.py": CLI,
                "shop/prices.py": PRICES,
            },
            {"shop/__main__.py": "entry", "shop/cli.py": "reached", "shop/prices.py": "reached"},
            id="python -m",
        ),
        pytest.param(
            {
                "main.py": MAIN,
                "prices.py": PRICES,
                "rates.py": "RATES = {'eur': 1.0}\n",
                "__init__.py": "",
            },
            {
                "main.py": "entry",
                "prices.py": "reached",
                "rates.py": "neutral",
                "__init__.py": "neutral",
            },
            id="a table of literals and an empty file",
        ),
        pytest.param(
            {
                "main.py": MENU,
                "menu/buy.py": "import prices\n" + FACTORY,
                "menu/sell.py": FACTORY,
                "prices.py": PRICES,
                "docs/template.py": DRAFT,
            },
            {
                "main.py": "entry",
                "menu/buy.py": "member",
                "menu/sell.py": "member",
                "prices.py": "reached",
                "docs/template.py": "leftover",
            },
            id="modules of one package by a name that is worked out",
        ),
        pytest.param(
            {"main.py": "exec(open('old.py').read())\n", "old.py": DRAFT},
            {"main.py": "entry", "old.py": "member"},
            id="code that cannot be followed",
        ),
        pytest.param(
            {"main.py": "from tests.work import run\n\nrun()\n", "tests/work.py": PRICES},
            {"main.py": "entry", "tests/work.py": "reached"},
            id="a program in the folder of tests",
        ),
    ],
)
def test_the_program_and_what_is_left_over(files: dict[str, str], expected: dict[str, str]) -> None:
    assert roles(files) == expected


#: A file that fulfils a contract, and one that only looks like it.
CONTRACTS = {
    "from flask import Flask\n\napp = Flask(__name__)\n": "app = Flask(__name__)\n",
    "from fastapi import FastAPI\n\napi = FastAPI()\n": "class FastAPI:\n    pass\n\n\nFastAPI()\n",
    f"from flask import g\n\n\n{FACTORY}": FACTORY,
    "import streamlit as st\n\nst.title('Prices')\n": "import streamlit as st\n\nPAGE = st\n",
    "def handler(event, context):\n    return event\n": "def handler(price):\n    return price\n",
    f"import azureml.core\n\n\n{GAME}": GAME,
    "import typer\n\napp = typer.Typer()\n": "import typer\n\nprint(typer)\n",
    f"import alembic\n\n\n{MIGRATION}": MIGRATION,
    f"import scrapy\n\n\nclass Prices(scrapy.Spider):\n{METHOD}": (
        f"from bikes import Spider\n\n\nclass Prices(Spider):\n{METHOD}"
    ),
    f"from scrapy.spiders import CrawlSpider\n\n\nclass Prices(CrawlSpider):\n{METHOD}": (
        f"class CrawlSpider:\n    size = 3\n\n\nclass Prices(CrawlSpider):\n{METHOD}"
    ),
    f"from airflow.plugins_manager import AirflowPlugin\n\n\nclass A(AirflowPlugin):\n{METHOD}": (
        f"import airflow\n\n\nclass AirflowPlugin(airflow.Any):\n{METHOD}"
    ),
    f"from kedro.io import AbstractDataset\n\n\nclass A(AbstractDataset[int, int]):\n{METHOD}": (
        f"from kedro.io import Other\n\n\nclass A(Other[int]):\n{METHOD}"
    ),
    "import kedro\n\n\ndef create_pipeline(**kwargs):\n    return kedro.Pipeline([])\n": (
        "def create_pipeline(**kwargs):\n    return [print]\n"
    ),
    f"from locust import HttpUser\n\n\nclass Customer(HttpUser):\n{METHOD}": (
        f"from shop import HttpUser\n\n\nclass Customer(HttpUser):\n{METHOD}"
    ),
    f"import luigi\n\n\nclass Load(luigi.Task):\n{METHOD}": (
        f"import asyncio\n\n\nclass Load(asyncio.Task):\n{METHOD}"
    ),
    f"import discord\n\n\n{EXTENSION}": EXTENSION,
    f"import nextcord\n\n\n{EXTENSION}": "import discord\n\n\ndef setup():\n    print(discord)\n",
    "import pgzrun\n\n\ndef draw():\n    screen.clear()\n": (
        "import pygame\n\n\ndef draw():\n    pygame.quit()\n"
    ),
}


@pytest.mark.parametrize(("contract", "look_alike"), CONTRACTS.items())
def test_a_contract_of_a_framework_makes_an_entry(contract: str, look_alike: str) -> None:
    beside = {"main.py": MAIN, "prices.py": PRICES}
    assert roles({**beside, "web.py": contract})["web.py"] == "entry"
    assert roles({**beside, "web.py": look_alike})["web.py"] == "leftover"


SPIDER = "import scrapy\n\n\nclass Prices(scrapy.Spider):\n    name = 'prices'\n"
CLEAN = "class Clean:\n    def process_item(self, item, spider):\n        return sorted(item)\n"
SETTINGS = "# 'shop.other.Other'\nITEM_PIPELINES = {'shop.clean.Clean': 300}\n"


def test_settings_name_code_in_texts() -> None:
    scraper = {"shop/settings.py": SETTINGS, "shop/clean.py": CLEAN, "shop/other.py": DRAFT}
    assert roles({**scraper, "shop/spiders/prices.py": SPIDER}) == {
        "shop/settings.py": "entry",
        "shop/clean.py": "reached",
        "shop/other.py": "leftover",
        "shop/spiders/prices.py": "entry",
    }
    # Nothing reads the settings of no framework.
    assert roles({**scraper, "main.py": MAIN, "prices.py": PRICES})["shop/clean.py"] == "leftover"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", "MIDDLEWARE = ['shop.clean.Clean']\n"),
        ("shop/worker.py", "import celery\n\napp = celery.Celery(include=['shop.clean'])\n"),
        ("bot.py", "import discord\n\nbot = discord.Bot()\nbot.load_extension('shop.clean')\n"),
    ],
)
def test_frameworks_are_told_by_texts_what_to_call(path: str, text: str) -> None:
    files = {path: text, "shop/clean.py": CLEAN, "shop/urls.py": "import django\n"}
    assert roles(files)["shop/clean.py"] == "reached"
    without = {**files, path: text.replace("'shop.clean", "'shop_clean")}
    assert roles(without)["shop/clean.py"] == "leftover"


def test_a_file_of_a_template_is_no_leftover() -> None:
    unused = "import scrapy\n\n\nclass Wait:\n    def process_request(self):\n        scrapy.a()\n"
    files = {"spiders/prices.py": SPIDER, "middlewares.py": unused}
    assert roles(files)["middlewares.py"] == "neutral"
    assert roles({**files, "middlewares.py": CLEAN})["middlewares.py"] == "leftover"


def test_celery_finds_tasks() -> None:
    tasks = "from celery import shared_task\n\n\n@shared_task\ndef count():\n    print(open('a'))\n"
    files = {"main.py": MAIN, "prices.py": PRICES, "shop/tasks.py": tasks}
    assert roles(files)["shop/tasks.py"] == "entry"
    assert roles({**files, "shop/tasks.py": DRAFT})["shop/tasks.py"] == "leftover"


def test_what_a_framework_finds_is_beside_a_program_and_not_for_it() -> None:
    alone = "print(sum([1, 2]))\n"
    assert roles({"main.py": alone, "spiders/prices.py": SPIDER}) == {
        "main.py": "entry",
        "spiders/prices.py": "entry",
    }


def test_airflow_finds_imports_in_its_folders() -> None:
    dag = "from airflow import DAG\nfrom operators import Load\n\ndaily = DAG('a')\nLoad()\n"
    operator = "from airflow.models import BaseOperator\n\n\nclass Load(BaseOperator):\n    a = 3\n"
    files = {
        "flow/dags/daily.py": dag,
        "flow/plugins/__init__.py": "",
        "flow/plugins/operators/__init__.py": "from operators.load import Load\n",
        "flow/plugins/operators/load.py": operator,
    }
    assert roles(files)["flow/plugins/operators/load.py"] == "reached"
    moved = {path.replace("dags", "days"): text for path, text in files.items()}
    assert roles(moved)["flow/plugins/operators/load.py"] == "leftover"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_stays_one_when_its_file_breaks(contract: str) -> None:
    beside = {"main.py": MAIN, "prices.py": PRICES}
    assert roles({**beside, "web.py": f"{contract}def broken(:\n"})["web.py"] == "entry"


@pytest.mark.parametrize("guard", ["if __name__ == '__main__':", 'if "__main__" == __name__:'])
def test_a_file_keeps_its_role_when_it_breaks(guard: str) -> None:
    main = MAIN.replace("if __name__ == '__main__':", guard)
    files = {"run.py": main, "prices.py": PRICES, "test_prices.py": TESTS, "draft.py": DRAFT}
    whole = roles(files)
    assert whole["run.py"] == "entry" and whole["draft.py"] == "leftover"
    for path in files:
        assert roles({**files, path: f"{files[path]}def broken(:\n"}) == whole


@pytest.mark.parametrize(
    "main",
    [
        'import prices\n\nif (\n    __name__\n    == "__main__"\n):\n    prices.total([1])\n',
        "try:\n    import prices\nexcept ImportError:\n    prices = None\nprint(prices)\n",
        "import os; import prices\n\nprint(prices.total([os.getpid()]))\n",
        "from prices import (\n    total,\n)\n\nprint(total([1]))\n",
    ],
)
def test_no_form_of_breaking_makes_a_program_a_leftover(main: str) -> None:
    other = "import rates\n\nif __name__ == '__main__':\n    print(rates)\n"
    files = {"app.py": main, "prices.py": PRICES, "other.py": other, "rates.py": PRICES}
    whole = roles(files)
    assert (whole["app.py"], whole["prices.py"]) == ("entry", "reached")
    assert roles({**files, "app.py": f"{main}def broken(:\n"}) == whole


@pytest.mark.parametrize(
    ("line", "is_opaque"),
    [
        ("exec(open('old.py').read())", True),
        ("subprocess.run(['python3', 'old.py'])", True),
        ("subprocess.check_output([sys.executable, 'old.py'])", True),
        ("os.system('cd shop && python old.py')", True),
        ("importlib.import_module(sys.argv[1])", True),
        ("importlib.import_module('csv')", False),
        ("subprocess.run(['ls', 'python-course'])", False),
        ("os.system('open monty.python.csv')", False),
    ],
)
def test_code_that_cannot_be_followed_may_be_in_any_file(line: str, is_opaque: bool) -> None:
    main = f"import importlib, os, subprocess, sys\n\n{line}\n"
    assert roles({"main.py": main, "old.py": DRAFT})["old.py"] == (
        "member" if is_opaque else "leftover"
    )


def test_a_file_that_may_be_run_is_not_needed_and_an_imported_one_is() -> None:
    main = "import importlib, prices, sys\n\nimportlib.import_module(sys.argv[1])\n"
    files = {"main.py": main, "prices.py": PRICES, "template.py": "print(text=,)\n"}
    parts = parts_of({path: summary(path, text) for path, text in files.items()})
    assert {path: part.needed for path, part in parts.items()} == {
        "main.py": True,
        "prices.py": True,
        "template.py": False,
    }


def test_a_file_of_nothing_but_dots_and_imports_has_a_small_summary() -> None:
    assert not summary_of_lines("from " + "." * 200_000 + " x\n").imports
    many = "".join(f"import m{number}, m{number}\n" for number in range(50_000))
    assert len(summary_of_lines(many).imports) == 1_000


@pytest.mark.parametrize(
    ("path", "text", "role"),
    [
        ("tasks.py", f"from invoke import task\n\n{PRICES}", "neutral"),
        ("tasks.py", DRAFT, "leftover"),
        ("docs/conf.py", DRAFT, "neutral"),
        ("conf.py", DRAFT, "leftover"),
        (
            "shop/settings.py",
            "from pathlib import Path\n\nBASE = Path()\nprint(BASE)\n",
            "leftover",
        ),
    ],
)
def test_a_tool_runs_a_file_only_with_evidence(path: str, text: str, role: str) -> None:
    assert roles({"main.py": MAIN, "prices.py": PRICES, path: text})[path] == role


def test_the_settings_of_sphinx_are_no_part_of_a_library() -> None:
    assert roles({"prices.py": PRICES, "docs/conf.py": DRAFT}) == {
        "prices.py": "member",
        "docs/conf.py": "neutral",
    }
    assert roles({"prices.py": PRICES, "conf.py": DRAFT})["conf.py"] == "member"


def test_django_finds_its_files_by_name() -> None:
    manage = "import django\n\nif __name__ == '__main__':\n    print(django)\n"
    files = {"manage.py": manage, "site/settings.py": DRAFT, "shop/migrations/0001.py": DRAFT}
    assert set(roles(files).values()) == {"entry"}


def test_imports_are_read_from_lines_as_from_a_tree() -> None:
    text = "import a.b as c, d\nfrom .e import (\n    f,\n)\nfrom g import h as i  # k\n"
    text += "from l import *\n"
    read = {(one.level, one.module) for one in summary_of_lines(text).imports}
    parsed = summary_of(SourceFile("main.py", text.encode())).imports
    assert read == {(one.level, one.module) for one in parsed}


def test_a_table_too_large_to_be_read_is_no_part_of_the_program() -> None:
    words = f"WORDS = {['word'] * 9_000!r}\n"
    table = summary_of_lines(words, is_too_large=True)
    main = summary(
        "main.py", "from words import WORDS\n\nif __name__ == '__main__':\n    print(WORDS)\n"
    )
    part = parts_of({"main.py": main, "words.py": table})["words.py"]
    assert part.role is Role.NEUTRAL and "only holds data" in part.why
    code = summary_of_lines(f"{words}print(WORDS)\n", is_too_large=True)
    assert parts_of({"main.py": main, "words.py": code})["words.py"].role is Role.REACHED


def test_a_script_in_a_package_finds_a_package_beside_it() -> None:
    run = "from churn import model\n\nif __name__ == '__main__':\n    print(model)\n"
    files = {
        "src/__init__.py": "",
        "src/run.py": run,
        "src/churn/__init__.py": "model = 1\n",
        "src/json.py": "import json\n",
    }
    assert roles(files)["src/churn/__init__.py"] == "reached"
    assert roles(files)["src/json.py"] == "leftover"


def test_a_member_that_nothing_imports_is_not_needed() -> None:
    files = {"a.py": "import b\n", "b.py": PRICES, "c.py": "def f(:\n"}
    parts = parts_of({path: summary(path, text) for path, text in files.items()})
    assert {path: part.needed for path, part in parts.items()} == {
        "a.py": False,
        "b.py": True,
        "c.py": False,
    }
    alone = parts_of({"c.py": summary("c.py", "def f(:\n")})
    assert alone["c.py"].needed


def test_the_reasons_are_words() -> None:
    files = {"main.py": MAIN, "prices.py": PRICES, "draft.py": DRAFT}
    parts = parts_of({path: summary(path, text) for path, text in files.items()})
    assert parts["main.py"].why == "its name is main.py"
    assert parts["prices.py"].why == "main.py imports it"
    assert (parts["draft.py"].why, parts["draft.py"].lines) == ("the program does not use it", 3)
    assert not parts["draft.py"].counts and parts["prices.py"].role is Role.REACHED


def test_a_document_of_deep_keys_declares_nothing() -> None:
    """Each further part of a key costs tomllib more: 90,000 parts, as here, take many seconds."""
    deep = "[" + ".".join(["a"] * 90_000) + "]\n"
    assert summary("pyproject.toml", POETRY).declares == ("shop.cli:main",)
    assert summary("pyproject.toml", POETRY + deep).declares == ()
