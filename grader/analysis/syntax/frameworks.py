"""The table of frameworks: how one starts a file that nothing imports, and what it calls there.

Each contract needs its evidence, such as an import of the framework. A file that only looks like
one (a game with its own ``init`` and ``run``) has none. What a framework wants outside functions is
in :mod:`grader.analysis.syntax.framework_objects`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
    "quart.Quart": "a Quart application",
    "sanic.Sanic": "a Sanic application",
    "discord.Client": "a Discord bot",
    "discord.Bot": "a Discord bot",
    "discord.ext.commands.Bot": "a Discord bot",
    "telebot.TeleBot": "a Telegram bot",
    "aiogram.Dispatcher": "a Telegram bot",
    "airflow.DAG": "an Airflow DAG",
    "airflow.models.DAG": "an Airflow DAG",
}
#: Base classes by package: a framework finds their subclasses in its folders, by reading settings,
#: or on its command line, e.g. ``class Prices(scrapy.Spider):``; not if the file has a class
#: ``Spider`` of its own.
_BASES = {
    "airflow": ("an Airflow plugin", frozenset({"AirflowPlugin"})),
    "kedro": (
        "a Kedro dataset",
        frozenset(
            "AbstractDataSet AbstractDataset AbstractVersionedDataSet"
            " AbstractVersionedDataset".split()
        ),
    ),
    "locust": ("a Locust test", frozenset({"FastHttpUser", "HttpUser", "User"})),
    "luigi": ("a Luigi task", frozenset({"ExternalTask", "Task", "WrapperTask"})),
    "scrapy": (
        "a Scrapy spider",
        frozenset({"CSVFeedSpider", "CrawlSpider", "SitemapSpider", "Spider", "XMLFeedSpider"}),
    ),
}
#: Functions that Kedro calls by their names in a file that imports it.
_PIPELINES = frozenset({"create_pipeline", "register_pipelines"})
#: Packages of Discord bots, which call ``setup(bot)`` of an extension.
_DISCORD = frozenset({"discord", "disnake", "nextcord"})
#: Methods that a framework calls on objects of any class, without a base class that would tell so:
#: ``process_item`` in a pipeline of Scrapy; not ``fit`` of a model, which the program calls.
_METHODS = {
    "django": "process_exception process_request process_response process_view".split(),
    "falcon": "on_delete on_get on_patch on_post on_put process_request process_response".split(),
    "scrapy": "close_spider from_crawler open_spider process_exception process_item process_request"
    " process_response process_spider_exception process_spider_input process_spider_output"
    " process_start process_start_requests".split(),
}
#: Frameworks whose ``settings.py`` starts the program.
_SETTINGS = {"kedro": "Kedro", "scrapy": "Scrapy"}
#: Frameworks whose settings name the code to call as text: ``"shop.pipelines.Clean"`` in settings,
#: ``bot.load_extension("cogs.music")``.
_NAMING = frozenset({"celery", "discord", "disnake", "django", "nextcord", "scrapy"})
#: Folders of Airflow, which finds imports in each of them: ``from operators import Load`` in
#: ``dags/daily.py`` for ``plugins/operators/__init__.py``.
AIRFLOW_FOLDERS = ("dags", "plugins")
#: The packages of Pygame Zero, which calls these functions, and those with names like
#: ``on_mouse_down``.
_GAMES = frozenset({"pgzero", "pgzrun"})
_GAME_LOOP = frozenset({"draw", "update"})
#: Decorators of functions that a framework calls once, as the program starts or ends, by the
#: package that the file has to import: ``@app.on_event("startup")``; not ``@app.get("/prices")``.
_AT_START = {
    "fastapi": frozenset({"on_event"}),
    "flask": frozenset({"before_first_request"}),
    "quart": frozenset({"after_serving", "before_serving"}),
    "starlette": frozenset({"on_event"}),
}
#: Packages whose applications are given a function of their own to start and end with:
#: ``FastAPI(lifespan=prepare)``.
_WITH_LIFESPAN = frozenset({"fastapi", "fastmcp", "mcp", "starlette"})
#: Names of application factories that servers look for, e.g. ``def create_app():``. The file has to
#: import one of the frameworks.
FACTORIES = frozenset({"create_app", "make_app"})
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
    calls, as its imports resolve them. ``classes``: those of the base classes of each class at its
    top level.
    """

    packages: frozenset[str]
    functions: Mapping[str, tuple[str, ...]]
    called: Collection[str]
    classes: Mapping[str, tuple[str, ...]]


class Contract(NamedTuple):
    """The contract of a framework that a module fulfils, in words; "" for none.

    ``names`` are those functions and classes of the module that the framework calls. Without any,
    the module is a whole program, and everything that is public may be called.
    """

    words: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the module is a whole program: an application, not a plugin of one."""
        return bool(self.words) and not self.names


def is_django(path: str) -> bool:
    """Return whether `path` has a name by which Django finds files, e.g. ``shop/models.py``."""
    *folders, name = path.split("/")
    return name in DJANGO or not DJANGO_FOLDERS.isdisjoint(folders)


def settings_of(path: str, packages: Collection[str]) -> str:
    """Return the framework that reads its settings from the file `path`; "" for none.

    `packages` are those that the submission imports: "Scrapy" for ``shop/settings.py`` beside a
    file with ``import scrapy``.
    """
    if path.split("/")[-1] != "settings.py":
        return ""
    return next((name for package, name in _SETTINGS.items() if package in packages), "")


def names_code(path: str, own: Collection[str], packages: Collection[str]) -> bool:
    """Return whether a framework calls what texts of the file `path` name: ``"shop.tasks"``.

    Such a file has a name of settings, or imports the framework itself. `own` are the packages that
    it imports, `packages` those of the submission.
    """
    *folders, name = path.split("/")
    known = packages if name == "settings.py" or "settings" in folders else own
    return not _NAMING.isdisjoint(known)


def methods_called(packages: Iterable[str]) -> Iterator[str]:
    """Yield the methods that frameworks among `packages` call on objects of any class."""
    for package in packages:
        yield from _METHODS.get(package, ())


def contract_of(shape: Shape) -> Contract:
    """Return which contract of a framework a module of `shape` fulfils.

    e.g. "a Flask application" for a file with ``app = Flask(__name__)`` at its top level.
    """
    words = next((found for contract in _CONTRACTS if (found := contract(shape))), "")
    if words:
        return Contract(words)
    called = list(_called_in(shape))
    return Contract(called[0][0], tuple(name for _, name in called)) if called else Contract()


def _called_in(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield each name of a module of `shape` that a framework calls, after its contract in words.

    e.g. ("a Scrapy spider", "Prices").
    """
    for name, bases in shape.classes.items():
        yield from ((words, name) for words in filter(None, map(_base_contract, bases)))
    for name, parameters in shape.functions.items():
        if words := _function_contract(name, parameters, shape.packages):
            yield words, name


def _base_contract(base: str) -> str:
    """Return the contract of a class with the base class `base`: ``scrapy.Spider``; "" for none."""
    words, known = _BASES.get(base.partition(".")[0], ("", frozenset[str]()))
    return words if base.rpartition(".")[2] in known else ""


def _function_contract(name: str, parameters: Collection[str], packages: Collection[str]) -> str:
    """Return the contract of a function of a file that imports `packages`; "" for none."""
    if name in _PIPELINES and "kedro" in packages:
        return "a Kedro pipeline"
    if name == "setup" and len(parameters) == 1 and not _DISCORD.isdisjoint(packages):
        return "a Discord extension"
    is_game = not _GAMES.isdisjoint(packages)
    in_loop = name in _GAME_LOOP or name.startswith("on_")
    return "a Pygame Zero game" if is_game and in_loop else ""


def _application(shape: Shape) -> str:
    """Return e.g. "a Flask application" if the top level creates one, or defines a factory."""
    found = next((_APPLICATIONS[name] for name in shape.called if name in _APPLICATIONS), "")
    if not found and _WEB & shape.packages and FACTORIES & set(shape.functions):
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
    is_scored = is_scored_by_azure(shape.packages, shape.functions)
    return "an Azure ML scoring script" if is_scored else ""


def is_decorated_to_start(decorator: str, packages: Collection[str]) -> bool:
    """Return whether a framework calls a function once, by the last name of its `decorator`.

    `packages` are those that the file imports: "on_event" with "fastapi".
    """
    return any(decorator in _AT_START.get(package, ()) for package in packages)


def has_lifespan(packages: Collection[str]) -> bool:
    """Return whether a call in a file that imports `packages` may have a ``lifespan=``."""
    return not _WITH_LIFESPAN.isdisjoint(packages)


def is_scored_by_azure(packages: Iterable[str], functions: Collection[str]) -> bool:
    """Return whether Azure ML calls ``init`` and ``run``, both of them `functions` of a file.

    The file has to import Azure ML, so one of `packages` begins with "azureml".
    """
    imported = any(package.startswith("azureml") for package in packages)
    return imported and {"init", "run"} <= set(functions)


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
