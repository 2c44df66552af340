"""A command has no caller: the user starts it."""

import json

import click


@click.group()
def cli():
    """Run the shop."""


@cli.command()
@click.argument("path")
def show(path):
    with open(path) as file:  #! unguarded-call
        print(json.load(file))  #! unguarded-call


@cli.command()
@click.argument("path")
def show_safely(path):
    try:
        with open(path) as file:
            print(json.load(file))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def load(path):
    with open(path) as file:
        return file.read()
