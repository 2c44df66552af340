#! measure functions_tested = 2
from shop.cli import app
from typer.testing import CliRunner


def test_add():
    result = CliRunner().invoke(app, ["add", "milk"])
    assert result.exit_code == 0
