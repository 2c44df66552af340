#! measure functions_tested = 7
import shop.cli
from click.testing import CliRunner


def run(*words):
    return CliRunner().invoke(shop.cli.app, list(words))


def test_version():
    assert run("--version").output == "shop 0.1"


def test_add():
    assert run("add", "milk").output == "4"
