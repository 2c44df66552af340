"""A list of tasks, as commands of a console.

The framework shows the docstring as help, and what it was told of each argument beside it.
"""

import click


@click.command()
@click.argument("title")
@click.option("--urgent", help="Put the task on top.")
def add_task(title, urgent):
    """Put a task on the list."""
    print(title, urgent)


def save_task(title, urgent):
    """Keep a task."""  #! undescribed-arguments: `title` and `urgent`
    print(title, urgent)
