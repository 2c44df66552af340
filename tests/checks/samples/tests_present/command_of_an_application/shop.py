import typer

app = typer.Typer()


@app.command("add")
def add_item(name: str):
    print(name.upper())


@app.command()
def list_all():
    print("nothing".upper())


@app.command()
def delete(name: str):  #! untested-function
    print(name.lower())


if __name__ == "__main__":
    app()
