"""The table of frameworks: what one wants to be made, set up or named outside functions.

Which statements of a file do that is found in :mod:`grader.analysis.syntax.framework_code`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: Packages whose objects are made and set up outside functions, so that servers and decorators
#: find them: ``app = FastAPI()``, ``app.include_router(users)``.
_PACKAGES = frozenset(
    "aiogram airflow celery click dagster dash discord disnake django fastapi fastmcp flask gradio"
    " mcp nextcord pgzero pytest quart rest_framework sanic starlette telebot typer"
    " unittest".split()
)
#: Beginnings of the names of their extensions, e.g. ``flask_login``; not ``flasks``.
_EXTENSIONS = ("celery_", "dash_", "django_", "fastapi_", "flask_", "quart_")
#: Packages whose objects are made outside functions and then used inside: ``engine =
#: create_engine(URL)``. What is done with the objects themselves is work: ``engine.execute(text)``.
#: A client of AWS is made outside the handler, so that later calls find it.
_MADE_ONLY = frozenset({"boto3", "decouple", "passlib", "sqlalchemy", "sqlmodel"})
#: Functions of these packages that only make a value; classes do anyway.
_MAKERS = frozenset(
    "async_sessionmaker client config create_async_engine create_engine crontab declarative_base"
    " define_asset_job get_asgi_application get_wsgi_application importorskip include path re_path"
    " resource scoped_session sessionmaker url".split()
)
#: Packages whose guides start their objects at the end of the file: ``bot.run(TOKEN)``,
#: ``demo.launch()``.
_STARTED = frozenset({"discord", "disnake", "gradio", "nextcord", "telebot"})
#: Functions that prepare the whole program, before any other module is imported, by dotted name.
_PREPARING = frozenset(
    "dotenv.load_dotenv logging.basicConfig logging.config.dictConfig logging.config.fileConfig"
    " os.environ.setdefault pgzrun.go warnings.filterwarnings warnings.simplefilter".split()
)
#: Names in lower case that a framework looks for in a file that imports it. A game's own
#: ``default_args`` is none.
_READ_NAMES = {
    "airflow": frozenset({"default_args"}),
    "alembic": frozenset({"branch_labels", "depends_on", "down_revision", "revision"}),
    "django": frozenset({"app_name", "default_app_config", "urlpatterns"}),
    "marimo": frozenset({"__generated_with"}),
    "pytest": frozenset({"collect_ignore", "collect_ignore_glob", "pytest_plugins", "pytestmark"}),
}
#: Names of a ``conf.py`` for Sphinx: it has the first ones and one of the others. A game's own
#: ``conf.py`` with a ``project`` has no ``extensions`` and ``html_theme``.
_OF_SPHINX = frozenset({"extensions", "project"})
_ALSO_OF_SPHINX = frozenset(
    "copyright exclude_patterns html_static_path html_theme master_doc release"
    " templates_path".split()
)
#: Names that a module of a database has to have, all of them (PEP 249).
_OF_DATABASE = frozenset({"apilevel", "paramstyle", "threadsafety"})
#: The package of pages that run from top to bottom at every click.
STREAMLIT = "streamlit"


def is_read_by_framework(name: str, packages: Iterable[str], names: Collection[str]) -> bool:
    """Return whether a framework looks for `name` in a file, so that its spelling is no choice.

    `packages` are those that the file imports, `names` those that it binds outside functions.
    e.g. "urlpatterns" with "django"; every name with "project", "extensions" and "html_theme",
    because such a file is read by Sphinx.
    """
    if is_sphinx(names) or (name in _OF_DATABASE and _OF_DATABASE.issubset(names)):
        return True
    return any(name in _READ_NAMES.get(package, ()) for package in packages)


def is_sphinx(names: Collection[str]) -> bool:
    """Return whether a file that binds `names` outside functions is a ``conf.py`` for Sphinx."""
    return _OF_SPHINX.issubset(names) and not _ALSO_OF_SPHINX.isdisjoint(names)


def is_set_up_outside(dotted: str) -> bool:
    """Return whether `dotted` belongs to a framework whose objects are set up outside functions.

    e.g. ``flask_login.LoginManager``, after ``from flask_login import LoginManager``.
    """
    package = dotted.partition(".")[0]
    return package in _PACKAGES or package.startswith(_EXTENSIONS)


def is_made_outside(dotted: str) -> bool:
    """Return whether a call of `dotted` makes an object that a framework wants outside functions.

    e.g. ``flask.Flask``, ``discord.Intents.default`` and ``sqlalchemy.create_engine``; not
    ``flask.jsonify``.
    """
    if not (is_set_up_outside(dotted) or is_used_inside(dotted)):
        return False
    *_, owner, name = dotted.split(".") if "." in dotted else ("", "")
    return name[:1].isupper() or owner[:1].isupper() or name in _MAKERS


def is_used_inside(dotted: str) -> bool:
    """Return whether `dotted` belongs to a framework whose objects work inside functions only.

    e.g. ``sqlalchemy.create_engine``.
    """
    return dotted.partition(".")[0] in _MADE_ONLY


def is_started_outside(dotted: str) -> bool:
    """Return whether the file itself has to start an object of `dotted`: ``telebot.TeleBot``."""
    return dotted.partition(".")[0] in _STARTED


def is_command(dotted: str) -> bool:
    """Return whether the decorator `dotted` makes a function an object: ``click.group``."""
    return dotted.partition(".")[0] == "click"


def is_dag(dotted: str) -> bool:
    """Return whether the decorator `dotted` makes a function that its file has to call."""
    return dotted in ("airflow.decorators.dag", "airflow.sdk.dag")


def is_task(dotted: str) -> bool:
    """Return whether the decorator `dotted` makes a function whose call only adds a task."""
    return dotted.startswith(("airflow.decorators.task", "airflow.sdk.task"))


def prepares(dotted: str) -> bool:
    """Return whether the function `dotted` prepares the whole program: ``logging.basicConfig``."""
    return dotted in _PREPARING


def prepares_alone(dotted: str) -> bool:
    """Return whether `dotted` is demanded also where nothing else starts: ``load_dotenv()``."""
    return dotted.startswith(("dotenv.", "pgzrun."))
