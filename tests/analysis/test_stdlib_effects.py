"""The table of the effects of library functions."""

from __future__ import annotations

import builtins
import pkgutil
import sys

import pytest

from grader.analysis.syntax import stdlib_effects
from grader.analysis.syntax.stdlib_effects import MUTATORS, Effect, effect_of, effect_of_method


@pytest.mark.parametrize(
    ("dotted", "effect"),
    [
        ("print", Effect.PRINTS),
        ("input", Effect.ASKS),
        ("json.load", Effect.READS),
        ("json.dump", Effect.WRITES),
        ("warnings.warn", Effect.LOGS),
        ("sqlite3.connect", Effect.DATABASE),
        ("requests.get", Effect.NETWORK),
        ("matplotlib.pyplot.plot", Effect.CHARTS),
        ("pygame.draw.rect", Effect.DRAWS),
        ("subprocess.run", Effect.SYSTEM),
        ("time.sleep", Effect.CLOCK),
        ("math.sqrt", Effect.COMPUTES),
        # A function's own entry wins over that of its module, a submodule's over its package's.
        ("numpy.mean", Effect.COMPUTES),
        ("numpy.loadtxt", Effect.READS),
        ("numpy.random.rand", Effect.RANDOM),
        # The table has no entry for these.
        ("json.dumps", None),
        ("printer", None),
        ("mathematics.sqrt", None),
        ("", None),
    ],
)
def test_what_a_function_does(dotted: str, effect: Effect | None) -> None:
    assert effect_of(dotted) == effect


def test_methods_are_known_by_the_kind_of_their_value() -> None:
    assert effect_of_method("write", "file") is Effect.WRITES
    assert effect_of_method("write") is None
    assert effect_of_method("read_text") is Effect.READS


def test_what_changes_a_list_is_a_method_of_one() -> None:
    lists = {name for name in MUTATORS if hasattr(list, name)}
    assert lists == {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"}


#: Modules that exist only on Windows, or need a screen.
ELSEWHERE = ("os.startfile", "tkinter.", "turtle.")


def test_the_table_names_functions_that_python_has() -> None:
    for dotted in stdlib_effects._FUNCTIONS:
        top = dotted.partition(".")[0]
        if top in sys.stdlib_module_names and not dotted.startswith(ELSEWHERE):
            assert callable(pkgutil.resolve_name(dotted)), dotted
        elif top == dotted:
            assert callable(getattr(builtins, dotted)), dotted


def test_every_effect_is_that_of_something() -> None:
    known = {
        *stdlib_effects._FUNCTIONS.values(),
        *stdlib_effects._MODULES.values(),
        *(
            effect
            for table in stdlib_effects._METHODS_BY_KIND.values()
            for effect in table.values()
        ),
    }
    assert known == set(Effect)
