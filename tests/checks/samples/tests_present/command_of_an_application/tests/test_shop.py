#! measure tests = 2
from shop import app
from typer.testing import CliRunner

runner = CliRunner()


def test_add():
    result = runner.invoke(app, ["add", "milk", "delete"])
    assert result.stdout == "MILK\n"


def test_list():
    result = runner.invoke(app, "list-all --short")
    assert result.exit_code == 0
