"""Tell values that make a name state from values that make a constant.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.framework_objects import is_made_outside
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.stdlib_effects import Effect, effect_of, kind_of
from grader.analysis.syntax.walk import children, walk
from grader.checks.globals.changes import is_container, maker_of
from grader.checks.globals.siblings import is_in_sibling

#: Calls whose value counts as a constant, by the last part of their name; so do calls of classes,
#: known by their CapWords. e.g. `pattern = re.compile("x")` and `app = Flask("x")` in a script are
#: constants, `total = compute()` is state. An import by a call is none either.
_MAKERS = frozenset(
    "__import__ bytes compile convert convert_alpha date datetime dict dirname frozenset getLogger"
    " get_logger getenv getcwd import_module join list namedtuple object partial range resolve set"
    " timedelta tuple".split()
)
#: Modules of pygame that load what never changes: pictures, sounds and fonts.
_ASSETS = ("pygame.font.", "pygame.image.", "pygame.mixer.", "pygame.transform.")
#: Kinds of values that functions draw on, read from or write to: a window, a camera, a file. Not
#: "client": a session of `requests` is made once for all, as its manual says.
_HANDLES = frozenset(
    "browser camera canvas chart clock connection file group socket surface window".split()
)
#: Methods of a handle that make another one: ``cursor = connection.cursor()``.
_FROM_HANDLES = frozenset(
    "accept add_subplot create_image create_line create_oval create_rectangle create_text cursor"
    " makefile subplots".split()
)
#: Effects that may give another value at each start.
_BY_START = frozenset({Effect.CLOCK, Effect.RANDOM})
#: Functions of `time`, `random` and the like that do not: `random.seed(3)`, `uuid.uuid5(...)`,
#: `time.strptime("2024", "%Y")`, and generators, which are made to be kept.
_SAME_AT_EACH_START = frozenset(
    "default_rng mktime seed sleep strptime uuid3 uuid5 waitKey".split()
)
#: Effects by which data come in from outside the program.
_COMES_IN = frozenset({Effect.READS, Effect.NETWORK, Effect.DATABASE})
#: Ends of the names of classes whose objects hold what never changes: `settings = Settings()`.
_FIXED_CLASSES = ("Config", "Logger", "Settings")


@dataclass(frozen=True)
class Values:
    """Judges the values that the top of `module` binds to names.

    `siblings` are the names of the submission's other modules.
    """

    module: Module
    siblings: Collection[str]

    def asks(self, value: ast.expr | None) -> bool:
        """Return whether `value` has a call of ``input``."""
        return any(maker_of(call) == "input" for call in _calls(value))

    def is_by_start(self, value: ast.expr | None) -> bool:
        """Return whether `value` comes from the clock or from chance: ``date.today()``."""
        return any(
            self._effect(call) in _BY_START
            and maker_of(call) not in _SAME_AT_EACH_START
            and not maker_of(call)[:1].isupper()
            for call in _calls(value)
        )

    def is_handle(self, value: ast.expr | None) -> bool:
        """Return whether `value` is a window, a camera, a connection, a file and the like.

        e.g. ``pygame.display.set_mode(SIZE)``, ``Tk()`` and ``connection.cursor()``; not
        ``sqlalchemy.create_engine(URL)``, which its makers want outside functions.
        """
        if isinstance(value, ast.List | ast.Tuple):
            return any(self._names_handle(each) for each in value.elts)
        if not isinstance(value, ast.Call):
            return False
        if any(kind_of(name) in _HANDLES and not is_made_outside(name) for name in self._of(value)):
            return True
        function = value.func
        if not isinstance(function, ast.Attribute) or function.attr not in _FROM_HANDLES:
            return False
        return self._names_handle(function.value)

    def _names_handle(self, node: ast.expr) -> bool:
        """Return whether `node` is the name of a handle: ``connection``."""
        bound = self.module.bindings.get(getattr(node, "id", ""), ())
        values = [each.value for each in bound if isinstance(each.value, ast.Call)]
        return any(kind_of(name) in _HANDLES for value in values for name in self._of(value))

    def is_empty(self, value: ast.expr | None) -> bool:
        """Return whether `value` is there to be filled or replaced later: ``[]``, ``None``."""
        if isinstance(value, ast.Call):
            is_bare = not value.args and not value.keywords
            return is_bare and is_container(value, self.module)
        if isinstance(value, ast.Constant):
            return value.value is None
        return isinstance(value, ast.List | ast.Dict) and not children(value)

    def is_read(self, value: ast.expr | None) -> bool:
        """Return whether `value` is read from a file, a database or the network.

        A call of a function of the module counts if that function reads itself. Not in a web
        application, which has to read once for all of its routes.
        """
        if self._is_application:
            return False
        return any(
            self._effect(call) in _COMES_IN or self._reads(maker_of(call)) for call in _calls(value)
        )

    def is_computed(self, value: ast.expr | None) -> bool:
        """Return whether `value` has a call whose result is no constant (see ``_MAKERS``)."""
        return any(
            maker_of(call) not in _MAKERS
            and not maker_of(call)[:1].isupper()
            and not self.module.target(call.func).dotted.startswith(_ASSETS)
            for call in _calls(value)
        )

    def is_own_object(self, value: ast.expr | None) -> bool:
        """Return whether `value` is an object of a class of the submission: ``Player("Ann")``.

        A client of a service counts as well: ``pymongo.MongoClient(URL)``. Left out are classes of
        a framework (``class Options(BaseModel)``), and those named as ``Settings``.
        """
        if not isinstance(value, ast.Call) or not maker_of(value)[:1].isupper():
            return False
        dotted = self.module.target(value.func).dotted
        if dotted.endswith(_FIXED_CLASSES):
            return False
        if dotted.endswith("Client"):
            return not is_made_outside(dotted)
        own = self.module.classes.get(dotted)
        if own is None:
            return is_in_sibling(dotted, self.siblings)
        return all(self._may_vary(self.module.base(base)) for base in own.bases)

    def _may_vary(self, base: str) -> bool:
        """Return whether `base` is a class of the submission, or of a library that draws."""
        is_own = base in self.module.classes or is_in_sibling(base, self.siblings)
        return is_own or effect_of(base) is Effect.DRAWS

    def _effect(self, call: ast.Call) -> Effect | None:
        return self.module.effect_of(call, self._top)

    @property
    def _top(self) -> Scope:
        return self.module.scopes[0]

    def _of(self, call: ast.Call) -> Iterator[str]:
        """Yield the dotted names that the function of `call` may have: ``tkinter.Tk``.

        There are several after ``from tkinter import *`` and ``from turtle import *``.
        """
        dotted = self.module.target(call.func).dotted
        yield dotted
        if "." not in dotted and dotted not in self.module.aliases.own:
            yield from (f"{package}.{dotted}" for package in self._starred)

    @cached_property
    def _starred(self) -> Collection[str]:
        """The modules of which the file imports everything: ``from tkinter import *``."""
        found = (node for node in self.module.imports if isinstance(node, ast.ImportFrom))
        return [node.module or "" for node in found if any(one.name == "*" for one in node.names)]

    @cached_property
    def _is_application(self) -> bool:
        """Whether the top makes an object of a framework: ``app = Flask(__name__)``."""
        values = (each.value for bound in self.module.bindings.values() for each in bound)
        return any(
            is_made_outside(self.module.target(value.func).dotted)
            for value in values
            if isinstance(value, ast.Call)
        )

    def _reads(self, name: str) -> bool:
        """Return whether `name` is a function of the module that reads from outside itself."""
        return name in self._readers

    @cached_property
    def _readers(self) -> Collection[str]:
        """The names of the functions at the top of the module that read from outside."""
        return {
            function.name
            for function, scope in self.module.functions.items()
            if scope.parent is self._top
            and any(
                self.module.effect_of(call, scope) in _COMES_IN
                for block in scope.blocks
                for call in block.calls
            )
        }


def _calls(value: ast.expr | None) -> Iterator[ast.Call]:
    """Yield the calls in `value` that are made at once, and not those in a lambda."""
    if value is not None:
        for node in walk(value, stop_at={ast.Lambda}):
            if isinstance(node, ast.Call):
                yield node
