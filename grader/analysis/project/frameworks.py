"""Contracts: how a framework starts a file that nothing in the submission imports.

Each contract needs its evidence, such as an import of the framework. A file that only looks like
one (a game with its own ``init`` and ``run``) has none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

#: Application classes by dotted name, e.g. ``app = Flask(__name__)`` at the top of a module; not a
#: class ``Flask`` of the file's own.
_APPLICATIONS = {
    "flask.Flask": "a Flask application",
    "fastapi.FastAPI": "a FastAPI application",
    "starlette.applications.Starlette": "a Starlette application",
    "celery.Celery": "a Celery application",
    "typer.Typer": "a Typer application",
    "dash.Dash": "a Dash application",
    "aiogram.Dispatcher": "a Telegram bot",
    "airflow.DAG": "an Airflow DAG",
    "airflow.models.DAG": "an Airflow DAG",
}
#: Names of application factories that servers look for, e.g. ``def create_app():``. The file has to
#: import one of the frameworks.
_FACTORIES = frozenset({"create_app", "make_app"})
_WEB = frozenset({"flask", "quart", "fastapi"})
#: The parameters of a function that AWS Lambda calls, and its usual names.
_LAMBDA = ("event", "context")
_HANDLERS = frozenset({"handler", "lambda_handler"})
#: Files and folders that Django finds by name, if a file of the submission imports Django.
DJANGO_FOLDERS = frozenset({"migrations", "commands", "templatetags"})
DJANGO = frozenset(
    f"{name}.py"
    for name in "admin apps asgi manage models settings signals urls views wsgi".split()
)


class Shape(NamedTuple):
    """What the contracts ask of a module.

    ``packages``: the first parts of what it imports. ``functions``: the names of the parameters of
    each function at its top level. ``called``: the dotted names of functions that its top level
    calls, as its imports resolve them.
    """

    packages: frozenset[str]
    functions: Mapping[str, tuple[str, ...]]
    called: Collection[str]


def is_django(path: str) -> bool:
    """Return whether `path` has a name by which Django finds files, e.g. ``shop/models.py``."""
    *folders, name = path.split("/")
    return name in DJANGO or not DJANGO_FOLDERS.isdisjoint(folders)


def contract_of(shape: Shape) -> str:
    """Return which contract of a framework a module of `shape` fulfils, in words; "" for none.

    e.g. "a Flask application" for a file with ``app = Flask(__name__)`` at its top level.
    """
    return next((found for contract in _CONTRACTS if (found := contract(shape))), "")


def _application(shape: Shape) -> str:
    """Return e.g. "a Flask application" if the top level creates one, or defines a factory."""
    found = next((_APPLICATIONS[name] for name in shape.called if name in _APPLICATIONS), "")
    if not found and _WEB & shape.packages and _FACTORIES & set(shape.functions):
        return "an application factory"
    return found


def _streamlit(shape: Shape) -> str:
    """Return "a Streamlit page" if the top level calls Streamlit or ``main()``, else ""."""
    if "streamlit" not in shape.packages:
        return ""
    is_page = any(name == "main" or name.startswith("streamlit.") for name in shape.called)
    return "a Streamlit page" if is_page else ""


def _lambda_handler(shape: Shape) -> str:
    """Return "an AWS Lambda handler" for e.g. ``def lambda_handler(event, context):``, else ""."""
    found = any(shape.functions.get(name) == _LAMBDA for name in _HANDLERS)
    return "an AWS Lambda handler" if found else ""


def _azure(shape: Shape) -> str:
    """Return "an Azure ML scoring script" for ``init`` and ``run`` with an import of Azure ML."""
    imported = any(package.startswith("azureml") for package in shape.packages)
    has_both = {"init", "run"} <= set(shape.functions)
    return "an Azure ML scoring script" if imported and has_both else ""


def _alembic(shape: Shape) -> str:
    """Return "an Alembic migration" for ``upgrade`` and ``downgrade`` with an import of Alembic."""
    has_both = {"upgrade", "downgrade"} <= set(shape.functions)
    return "an Alembic migration" if "alembic" in shape.packages and has_both else ""


_CONTRACTS: tuple[Callable[[Shape], str], ...] = (
    _application,
    _streamlit,
    _lambda_handler,
    _azure,
    _alembic,
)
