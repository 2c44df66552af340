"""Find the functions that no test can reasonably call: they need a screen, a camera or a person.

Logic inside such a program that could be called alone is not spared: a method ``score`` that only
counts points, or a long calculation that ends by showing one number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.signatures import values_given
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.stdlib_effects import Effect
from grader.analysis.syntax.walk import walk

#: Packages that need a screen: ``pygame.display.flip()``; not ``pygame.Rect(0, 0, 9, 9)``, which
#: has no effect in the table, nor ``cv2.circle``, which draws into an array.
_SCREENS = frozenset("customtkinter curses pygame streamlit tkinter turtle".split())
#: Functions that need a screen or a camera, of packages that do not as a whole.
_DEVICES = frozenset(
    "cv2.VideoCapture cv2.imshow cv2.namedWindow cv2.waitKey picamera.PiCamera"
    " speech_recognition.Microphone".split()
)
#: Methods of windows and pictures whatever the value is, in a file that imports one of `_SCREENS`:
#: ``screen.blit(image, place)``; not ``rows.insert(3)``.
_METHODS = frozenset(
    "attributes blit blits create_image create_line create_oval create_rectangle create_text"
    " geometry itemconfig mainloop pack place protocol resizable title wm_title".split()
)
_SHOWING = frozenset({Effect.DRAWS, Effect.LISTENS, Effect.ASKS, Effect.PRINTS})
#: What waits for a person: in a loop, only a person ends it.
_WAITING = frozenset({Effect.LISTENS, Effect.ASKS})
#: A function is about the screen if at least one of so many of its statements is: 2 of 8, not 2
#: of 9. Chosen by hand: handlers read a field, compute, and show the answer.
_SHARE = 4


def spared_lines(module: Module) -> frozenset[int]:
    """Return the lines of the functions in `module` that no test can reasonably call."""
    if not _concerns(module):
        return frozenset()
    functions = ((scope, scope.node) for scope in module.scopes)
    return frozenset(
        node.lineno
        for scope, node in functions
        if isinstance(node, FUNCTIONS) and _is_spared(module, scope, node)
    )


def _concerns(module: Module) -> bool:
    """Return whether `module` imports anything of a screen or a command line, or may ask."""
    packages = {dotted.partition(".")[0] for dotted in module.aliases.imported.values()}
    known = _SCREENS | {"argparse", "cv2", "picamera", "speech_recognition"}
    return not known.isdisjoint(packages) or any(
        isinstance(call.func, ast.Name) and call.func.id == "input" for call in module.calls
    )


def _is_spared(module: Module, scope: Scope, function: Function) -> bool:
    """Return whether no test can reasonably call `function`, whose statements are in `scope`."""
    calls = [call for block in scope.blocks for call in block.calls]
    if _parses_command_line(function, calls):
        return True
    gives = next(values_given(function), None) is not None
    needing = [call for call in calls if _needs_screen(module, scope, call, gives)]
    if not gives and _waits_in_a_loop(module, scope, function, calls):
        return True
    statements = sum(len(block.statements) for block in scope.blocks)
    return bool(needing) and _SHARE * len(needing) >= statements


def _parses_command_line(function: Function, calls: list[ast.Call]) -> bool:
    """Return whether `function` takes nothing and reads the words that Python was started with."""
    arguments = function.args
    if arguments.args or arguments.posonlyargs or arguments.vararg:
        return False
    return any(
        last_name(call.func) in ("parse_args", "parse_known_args") and not call.args
        for call in calls
    )


def _needs_screen(module: Module, scope: Scope, call: ast.Call, gives: bool) -> bool:
    """Return whether `call` needs a screen or a camera.

    A page of Streamlit may be shown nowhere: a function that `gives` a value can be tried out
    although it shows something there.
    """
    dotted = module.target(call.func).dotted
    if dotted in _DEVICES:
        return True
    effect = module.effect_of(call, scope)
    package = dotted.partition(".")[0]
    if package in _SCREENS:
        waits = effect in _WAITING
        return waits or (effect in _SHOWING and not (gives and package == "streamlit"))
    is_method = not dotted and isinstance(call.func, ast.Attribute)
    if not is_method or not _imports_screen(module):
        return False
    return effect in (Effect.DRAWS, Effect.LISTENS) or last_name(call.func) in _METHODS


def _imports_screen(module: Module) -> bool:
    imported = module.aliases.imported.values()
    return any(dotted.partition(".")[0] in _SCREENS for dotted in imported)


def _waits_in_a_loop(
    module: Module, scope: Scope, function: Function, calls: list[ast.Call]
) -> bool:
    """Return whether `function` asks a person again and again: a menu, the loop of a game."""
    waiting = {id(call) for call in calls if module.effect_of(call, scope) in _WAITING}
    return any(id(node) in waiting for loop in _loops(function) for node in walk(loop))


def _loops(function: Function) -> Iterator[ast.While]:
    yield from (node for node in ast.walk(function) if isinstance(node, ast.While))
