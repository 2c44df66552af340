"""Commands of Click and Typer are put together outside functions."""
#! measure effects = 0

import click
import typer

from shop import orders

app = typer.Typer()
app.add_typer(orders.app, name="orders")


@app.command()
def price(name: str):
    print(name)


@click.group()
def cli():
    print("shop")


@cli.command()
def add():
    print("added")


cli.add_command(orders.remove)


if __name__ == "__main__":
    cli()
