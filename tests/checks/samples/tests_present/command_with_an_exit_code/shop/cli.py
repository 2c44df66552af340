import typer

from shop import __version__
from shop.store import clear, load, save, total

app = typer.Typer()


def show_version(value: bool):  #! untested-function
    if value:
        typer.echo(f"shop {__version__}")
        raise typer.Exit()


@app.callback()
def options(version: bool = typer.Option(False, callback=show_version)):
    typer.echo(f"shop {version}")


@app.command()
def add(name: str):
    save(name)
    typer.echo(str(total(load())))


@app.command()
def remove(name: str):  #! untested-function
    clear(name)
