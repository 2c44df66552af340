"""What a framework demands outside functions is no fault; a script beside it is one."""

from __future__ import annotations

import textwrap
from fractions import Fraction

import pytest

from grader.analysis.syntax.framework_code import demanded_outside
from grader.analysis.syntax.import_time import runs_outside
from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import judge
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.in_process import InProcess


def source(text: str) -> SourceFile:
    return SourceFile("app.py", textwrap.dedent(text).encode())


def blamed(text: str) -> list[int]:
    """The lines of `text` with statements outside functions that no framework demands."""
    file = source(text)
    demanded = demanded_outside(file)
    return [item.lineno for item in file.tree.body if runs_outside(item, demanded)]


FLASK = """\
import os

from flask import Flask
from flask_cors import CORS
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from shop.blueprints import orders
import config

app = Flask(__name__, template_folder="templates")
app.config.from_object(config)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
app.secret_key = os.getenv("SECRET_KEY")
db = SQLAlchemy(app)
login_manager = LoginManager()
login_manager.init_app(app)
login_manager.login_view = "orders.login"
CORS(app)
app.register_blueprint(orders, url_prefix="/orders")
with app.app_context():
    db.create_all()


@app.route("/")
def index():
    return "Prices"


if __name__ == "__main__":
    app.run(debug=True)
"""
FASTAPI = """\
import logging

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy import create_engine
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker
from shop.observing import observe
from shop.routers import users
from shop.settings import settings

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

engine = create_engine(settings.url, connect_args={"check_same_thread": False})
session_of = scoped_session(sessionmaker(bind=engine))
Base = declarative_base()
Base.metadata.create_all(bind=engine)

app = FastAPI(title="Shop")
router = APIRouter(prefix="/prices")
templates = Jinja2Templates(directory="templates")
app.mount("/static", StaticFiles(directory="static"), name="static")
if settings.origins:
    app.add_middleware(CORSMiddleware, allow_origins=[str(one) for one in settings.origins])
app.add_middleware(CORSMiddleware, allow_origins=settings.origins)
app.include_router(users.router)
for router in (users.router, users.admin):
    app.include_router(router)
observe(app)
"""
STREAMLIT = """\
import time

import pandas as pd
import streamlit as st
from shop import prices
from shop.prices import load, total

st.set_page_config(page_title="Prices")
st.title("Prices")
if "seen" not in st.session_state:
    st.session_state.seen = 0
st.session_state.seen += 1
path = st.sidebar.text_input("File").strip()
rows = load(path)
prices.show(rows)
left, right = st.columns(2)
with left:
    st.dataframe(rows)
right.metric("Total", f"{total(rows):.2f}")
if st.button("Again"):
    st.rerun()
for row in rows:
    st.write(row)
"""
DJANGO = """\
import os
from decouple import config
from django.contrib import admin
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from shop.models import Order

SECRET_KEY = config("SECRET_KEY")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
urlpatterns = [path("admin/", admin.site.urls), path("shop/", include("shop.urls"))]
urlpatterns += [path("again/", admin.site.urls)]
admin.site.register(Order)
admin.site.site_header = "Shop"
"""
CELERY = """\
from celery import Celery
from celery.schedules import crontab

app = Celery("shop", broker="redis://localhost")
app.conf.update(task_serializer="json")
app.conf.beat_schedule = {"daily": {"task": "shop.count", "schedule": crontab(hour=7)}}
app.autodiscover_tasks()
"""
DASH = """\
from dash import Dash, dcc, html
from shop.charts import chart

app = Dash(__name__)
server = app.server
app.layout = html.Div([html.H1("Prices"), dcc.Graph(id="prices", figure=chart())])
"""
CLICK = """\
import click
import typer

shop = typer.Typer()


@click.group()
def cli():
    pass


@click.command()
def add():
    print("added")


cli.add_command(add)
"""
DISCORD = """\
import os

import discord
from discord.ext import commands
from dotenv import load_dotenv

load_dotenv()
TOKEN = os.getenv("DISCORD_TOKEN")
intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(command_prefix="!", intents=intents)


@bot.command()
async def price(ctx):
    await ctx.send("3 euros")


bot.run(TOKEN)
"""
AIRFLOW = """\
from airflow import DAG
from airflow.decorators import dag
from airflow.operators.python import PythonOperator
from shop.prices import load, store

with DAG("prices", schedule="@daily") as daily:
    first = PythonOperator(task_id="load", python_callable=load)
    second = PythonOperator(task_id="store", python_callable=store)


@dag(schedule="@weekly")
def weekly():
    load()


weekly()
"""
OPERATORS = """\
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.empty import EmptyOperator
from operators import LoadOperator, StageOperator

default_args = {"owner": "shop", "start_date": datetime(2024, 1, 1)}
daily = DAG("prices", default_args=default_args)


@task
def extract():
    return open("prices.csv").read()


start = EmptyOperator(task_id="start", dag=daily)
stage = StageOperator(task_id="stage", table="prices", dag=daily)
loads = [LoadOperator(task_id="first", dag=daily), LoadOperator(task_id="second", dag=daily)]
for table in ["prices", "orders"]:
    load = LoadOperator(task_id=table, dag=daily)
    stage >> load
start >> stage >> loads
prices = extract()
prices >> [start, stage]
extract() >> EmptyOperator(task_id="end")
"""
GRADIO = """\
import gradio as gr
from shop.prices import answer

with gr.Blocks() as demo:
    gr.Markdown("# Shop")
    with gr.Row():
        name = gr.Textbox(label="Name")
    button = gr.Button("Go")
    button.click(fn=answer, inputs=name, outputs=name)

demo.launch()
"""
PGZERO = """\
import pgzrun
from pgzero.actor import Actor

WIDTH = 300
alien = Actor("alien")
alien.pos = 100, 56


def draw():
    alien.draw()


pgzrun.go()
"""
MCP = """\
from mcp.server.fastmcp import FastMCP

server = FastMCP("shop")


@server.tool()
def price(name):
    return len(name)
"""
SPHINX = """\
import os
import sys

sys.path.insert(0, os.path.abspath(".."))
project = "Shop"
extensions = ["sphinx.ext.autodoc"]
html_theme = "furo"
"""
TESTS = """\
import sys
from unittest.mock import MagicMock

import pytest
from click.testing import CliRunner

sys.path.append("..")
numpy = pytest.importorskip("numpy")
pytestmark = pytest.mark.slow
pytest_plugins = ["shop.fixtures"]
runner = CliRunner()
mock = MagicMock()
mock.return_value = 3
mock.get.side_effect = None


def test_price():
    assert mock() == 3
"""
LAMBDA = """\
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
handler = logging.StreamHandler()
handler.setFormatter(logging.Formatter("%(message)s"))
logger.addHandler(handler)
client = boto3.client("s3")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def lambda_handler(event, context):
    return client.get_object(Bucket="a", Key=event["key"])
"""
AZURE = """\
import logging

from azureml.core.model import Model

logging.basicConfig(level=logging.INFO)


def init():
    global model
    model = Model.get_model_path("prices")


def run(text):
    return text in model
"""
PROGRAMS = {
    "flask": FLASK,
    "streamlit": STREAMLIT,
    "django": DJANGO,
    "celery": CELERY,
    "dash": DASH,
    "click": CLICK,
    "discord": DISCORD,
    "airflow": AIRFLOW,
    "operators of one's own": OPERATORS,
    "gradio": GRADIO,
    "pygame zero": PGZERO,
    "mcp": MCP,
    "sphinx": SPHINX,
    "tests": TESTS,
    "aws lambda": LAMBDA,
    "azure ml": AZURE,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_framework_demands_is_no_fault(name: str) -> None:
    assert blamed(PROGRAMS[name]) == []


def test_what_computes_is_a_fault_also_inside_the_set_up() -> None:
    lines = FASTAPI.splitlines()
    assert [lines[at - 1].strip() for at in blamed(FASTAPI)] == ["if settings.origins:"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_without_the_import_it_is_a_script(name: str) -> None:
    lines = PROGRAMS[name].splitlines(keepends=True)
    alone = "".join(line for line in lines if not line.startswith(("import ", "from ")))
    assert blamed(alone)


#: Statements that no framework demands, below the set-up of an application.
SCRIPT = """
prices = [float(line) for line in open("prices.txt")]
total = sum(prices)
total = total * 1.21
for price in prices:
    print(price)
app.run()
print(total)
app.config["TOTAL"] = sum(prices)
app.config["TAX"] = total * tax
app.config["ALL"] = [price * 2 for price in prices]
app.config["READ"] = show(read(total))
"""


@pytest.mark.parametrize("name", ["flask", "celery", "dash"])
def test_a_script_beside_an_application_is_a_fault(name: str) -> None:
    text = PROGRAMS[name]
    first = text.count("\n") + 2
    found = blamed(text + SCRIPT)
    loop = first + 4
    assert found == [at for at in range(first, first + 11) if at != loop]


@pytest.mark.parametrize(
    "line",
    [
        "total = sum(prices)",
        "rows = load_rows(task_id)",
        "read(path) >> stage",
        "total >> 3 * amount",
        "for row in sorted(rows):\n    load = LoadOperator(task_id=row)",
        "for row in rows:\n    print(row)",
        "default_args = {'owner': read(path)[0] * 2, 'tax': total * 3}",
    ],
)
def test_computing_beside_tasks_of_airflow_is_a_fault(line: str) -> None:
    first = OPERATORS.count("\n") + 1
    assert blamed(f"{OPERATORS}{line}\n") == [first]


@pytest.mark.parametrize(
    "line",
    [
        "total = sum(load(path))",
        "rows = pd.read_csv(path)",
        "rows = rows.sort_values('price')",
        "for row in rows.itertuples():\n    st.write(row)",
        "if total(rows) > 3:\n    rows = rows[:3] * 2",
        "print(rows)",
        "time.sleep(3)",
        "rows = load(path) * 2",
        "while rows:\n    st.write(rows.pop())",
    ],
)
def test_computing_on_a_page_is_a_fault(line: str) -> None:
    assert blamed(f"{STREAMLIT}{line}\n") == [STREAMLIT.count("\n") + 1]


def test_a_script_that_only_imports_streamlit_is_no_page() -> None:
    text = (
        "import streamlit as st\nfrom shop import load\n\nrows = load()\nload()\nprint(rows, st)\n"
    )
    assert blamed(text) == [4, 5, 6]


def test_below_a_guard_nothing_is_demanded() -> None:
    shown = "".join(f"    st.write({at})\n" for at in range(9))
    text = f'import streamlit as st\n\nst.title("a")\n\nif __name__ == "__main__":\n{shown}'
    assert blamed(text) == [5]


def test_a_query_is_no_set_up() -> None:
    text = "import sqlalchemy\n\nengine = sqlalchemy.create_engine(URL)\nengine.execute('drop')\n"
    assert blamed(text) == [4]


def test_a_log_entry_is_no_set_up_of_logging() -> None:
    text = "import logging\n\nlogger = logging.getLogger('a')\nlogger.info('start')\n"
    assert blamed(text) == [4]


def test_a_project_without_extensions_is_no_file_of_sphinx() -> None:
    text = "import sys\n\nproject = 'Game'\nhtml_theme = 'dark'\nsys.path.insert(0, '..')\n"
    assert blamed(text) == [3, 4, 5]


def test_logging_is_prepared_where_a_program_starts() -> None:
    text = "import logging\n\nlogging.basicConfig(level=1)\n"
    assert blamed(text) == [3]
    assert blamed(f'{text}\n\nif __name__ == "__main__":\n    main()\n') == []


RUBRIC = read_rubric(
    "exercise: shares\ncourse: shares\ntitle: Shares\ntotal: 30\ncriteria:\n"
    "  functions:\n    title: Functions\n    points: 10\n    check: modularity\n"
    "    scale: {measure: share_in_used_functions, full_at: 100, zero_at: 0}\n"
    "  start:\n    title: Start\n    points: 10\n    check: modularity\n"
    "    scale: {measure: clean_starts, full_at: 100, zero_at: 0}\n"
    "  words:\n    title: Words\n    points: 10\n    check: docstrings\n"
    "    scale: {measure: rate_undocumented, full_at: 0, zero_at: 100}\n"
)


def values(text: str) -> list[Fraction | None]:
    """The share in functions, that of clean starts and that of missing docstrings, of `text`."""
    compiled = CompiledRubric.of(RUBRIC, CATALOG)
    engine = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
    facts = engine.measure(Submission((source(text),)), RUBRIC)
    return [row.value for row in judge(compiled, facts).rows]


ROUTES = """

@app.get("/total")
def total():
    rows = open("prices.txt").read().split()
    prices = [float(row) for row in rows]
    return str(sum(prices))
"""


def test_a_flask_application_is_all_functions_and_starts_nothing() -> None:
    assert values(FLASK + ROUTES)[:2] == [100, 100]


def test_what_is_demanded_is_code_in_which_there_may_be_faults() -> None:
    # A file and a function without docstrings, and three different statements: of these, one in
    # the function; two that are equal up to names and constants are one.
    app = "from flask import Flask\n\napp = Flask('a')\napp.debug = open_to_all(3)\n"
    page = "\n\n@app.get('/')\ndef index():\n    return prices[0]\n"
    assert values(app + page)[2] == 40
    assert values(f"{app}app.testing = open_to_all(4)\n{page}")[2] == 40


def test_a_flask_application_with_a_script_outside_functions_is_none() -> None:
    script = "".join(f"print(open('{at}.txt').read() + str({at}))\n" for at in range(40))
    share, clean, _ = values(f"{FLASK}{ROUTES}{script}")
    assert share is not None and share < 10 and clean == 0
