"""A command that is called on import has no guard."""
#! measure effects = 2

import click


@click.command()
def add():
    print("added")


add()  #! prints-on-import
print("done")  #! prints-on-import
