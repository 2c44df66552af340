#! measure tests = 2
#! measure functions_tested = 7
from shop import __version__, cli
from typer.testing import CliRunner

runner = CliRunner()


def test_version():
    result = runner.invoke(cli.app, ["--version"])
    assert result.exit_code == 0
    assert __version__ in result.stdout


def test_add():
    result = runner.invoke(cli.app, ["add", "milk"])
    assert "4" in result.output
