"""A good program as plug-ins of a framework, which no import leads to."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.grading import Files
from tests.hostile.layouts import Layout, code_of, library_in_a_package, tests_of

SCRAPY = {
    "scraper/__init__.py": '"""A scraper of purchases."""\n',
    "scraper/settings.py": '''"""Settings of the scraper."""

BOT_NAME = "scraper"
SPIDER_MODULES = ["scraper.spiders"]
ITEM_PIPELINES = {"scraper.pipelines.ReceiptPipeline": 300}
''',
    "scraper/spiders/__init__.py": '"""The spiders."""\n',
    "scraper/spiders/purchases.py": '''"""A spider that finds files of purchases."""

from collections.abc import Iterator
from pathlib import Path

import scrapy

from purchases import load_purchases


class PurchasesSpider(scrapy.Spider):
    """Follows links to files of purchases."""

    name = "purchases"
    start_urls = ["https://example.org"]

    def parse(self, response: scrapy.http.Response) -> Iterator[dict[str, object]]:
        """Yield the purchases of each file that a page names."""
        for name in response.css("a::text").getall():
            yield {"name": name, "purchases": load_purchases(Path(name))}
''',
    "scraper/pipelines.py": '''"""Pipelines for what spiders find."""

from datetime import date
from pathlib import Path

from receipts import format_receipt


class ReceiptPipeline:
    """Writes the receipt of each file of purchases."""

    def process_item(self, item: dict[str, object], spider: object) -> dict[str, object]:
        """Write the receipt of one file and return its item as it is."""
        receipt = format_receipt(item["purchases"], date.today())
        Path(f"{item['name']}.txt").write_text(receipt, encoding="utf-8")
        return item
''',
}
KEDRO = {
    "shop/settings.py": '''"""Settings of the project."""

from shop.hooks import ReceiptHooks

HOOKS = (ReceiptHooks(),)
''',
    "shop/hooks.py": '''"""What happens around the pipelines."""

from kedro.framework.hooks import hook_impl


class ReceiptHooks:
    """Shows what runs."""

    @hook_impl
    def after_node_run(self, node: object) -> None:
        """Print the name of a step that has run."""
        print(node.name)
''',
    "shop/pipeline_registry.py": '''"""The pipelines of the project."""

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline


def register_pipelines() -> dict[str, Pipeline]:
    """Return all pipelines by name."""
    pipelines = find_pipelines()
    pipelines["__default__"] = sum(pipelines.values())
    return pipelines
''',
    "shop/pipelines/__init__.py": '"""The pipelines."""\n',
    "shop/pipelines/receipt/__init__.py": '"""The receipt."""\n',
    "shop/pipelines/receipt/nodes.py": '''"""The steps of the receipt."""

from datetime import date
from pathlib import Path

from shop.purchases import load_purchases
from shop.receipts import format_receipt


def make_receipt(path: str) -> str:
    """Return the receipt of a file of purchases."""
    purchases = load_purchases(Path(path))
    return format_receipt(purchases, date.today())
''',
    "shop/pipelines/receipt/pipeline.py": '''"""The pipeline of the receipt."""

from kedro.pipeline import Pipeline, node

from shop.pipelines.receipt.nodes import make_receipt


def create_pipeline() -> Pipeline:
    """Return the pipeline that makes a receipt."""
    return Pipeline([node(make_receipt, inputs="params:path", outputs="receipt")])
''',
}
AIRFLOW = {
    "dags/receipts_daily.py": '''"""Print a receipt every day."""

from datetime import datetime

from airflow import DAG
from airflow.operators.empty import EmptyOperator
from operators import ReceiptOperator

with DAG("receipts", start_date=datetime(2024, 1, 1), schedule="@daily") as daily:
    begin = EmptyOperator(task_id="begin")
    receipt = ReceiptOperator(task_id="receipt", path="purchases.json")
    begin >> receipt
''',
    "plugins/operators/__init__.py": '''"""Operators of the shop."""

from operators.receipt import ReceiptOperator

__all__ = ["ReceiptOperator"]
''',
    "plugins/operators/receipt.py": '''"""An operator that prints receipts."""

from datetime import date
from pathlib import Path

from airflow.models import BaseOperator

from purchases import load_purchases
from receipts import format_receipt


class ReceiptOperator(BaseOperator):
    """Prints the receipt of a file."""

    def __init__(self, path: str, **kwargs: object) -> None:
        """Remember the path of the file."""
        super().__init__(**kwargs)
        self.path = Path(path)

    def execute(self, context: object) -> None:
        """Print the receipt."""
        purchases = load_purchases(self.path)
        print(format_receipt(purchases, date.today()))
''',
}
DISCORD = {
    "main.py": '''"""A bot that answers with receipts."""

import os

from discord.ext import commands


class ReceiptBot(commands.Bot):
    """Loads its commands as it starts."""

    async def setup_hook(self) -> None:
        """Load every extension."""
        for name in ("cogs.receipts",):
            await self.load_extension(name)


def main() -> None:
    """Start the bot."""
    bot = ReceiptBot(command_prefix="!")
    bot.run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
''',
    "cogs/receipts.py": '''"""Commands about receipts."""

from datetime import date
from pathlib import Path

from discord.ext import commands

from purchases import load_purchases
from receipts import format_receipt


class Receipts(commands.Cog):
    """Answers with receipts."""

    @commands.command()
    async def receipt(self, context: commands.Context, name: str) -> None:
        """Send the receipt of one file."""
        purchases = load_purchases(Path(name))
        await context.send(format_receipt(purchases, date.today()))


async def setup(bot: commands.Bot) -> None:
    """Add the commands to a bot."""
    await bot.add_cog(Receipts())
''',
}


def scrapy(files: Files) -> Files:
    """Collect purchases with a spider and write receipts in a pipeline."""
    return {**code_of(files), **tests_of(files), **SCRAPY}


def kedro(files: Files) -> Files:
    """Make the receipt in a pipeline of Kedro."""
    return {**library_in_a_package(files), **KEDRO}


def airflow(files: Files) -> Files:
    """Print a receipt by an operator, with the modules in the folder of plug-ins."""
    plugins = {f"plugins/{path}": text for path, text in code_of(files).items()}
    return {**plugins, **tests_of(files), **AIRFLOW}


def discord(files: Files) -> Files:
    """Send receipts from an extension of a bot."""
    return {**code_of(files), **tests_of(files), **DISCORD}


#: Layouts of ``practised`` in which a framework finds the code.
FOUND: Mapping[str, Layout] = {
    "Scrapy": scrapy,
    "Kedro": kedro,
    "Airflow": airflow,
    "an extension of a Discord bot": discord,
}
