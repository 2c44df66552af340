"""Find the statements that a framework demands outside functions.

They make an object of a framework (``app = Flask(__name__)``), set it up
(``app.register_blueprint(shop)``, ``app.config["DEBUG"] = True``), or are part of a Streamlit page.
They only name values and call one function: what computes something is not demanded, wherever it
stands. Frameworks are known by the imports of the file (:mod:`grader.analysis.syntax.frameworks`).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.framework_objects import (
    STREAMLIT,
    is_command,
    is_dag,
    is_made_outside,
    is_read_by_framework,
    is_set_up_outside,
    is_sphinx,
    is_started_outside,
    is_task,
    is_used_inside,
    prepares,
    prepares_alone,
)
from grader.analysis.syntax.frameworks import FACTORIES
from grader.analysis.syntax.import_time import is_guard, makes_a_value
from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.startup_code import called_at_start
from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile

#: Methods that start an application: below a guard or by a server; not as the file is imported.
_STARTING = frozenset(
    "infinity_polling launch polling run run_polling run_server serve start start_polling"
    " worker_main".split()
)
#: Methods that set up a database, also on an object of another file: ``Base.metadata.create_all``.
_SETTING_UP = frozenset({"create_all", "init_app"})
#: Expressions that compute, e.g. ``[price * 2 for price in prices]``.
_COMPUTING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.NamedExpr)
#: Built-in functions that only turn one value into another: ``int(os.environ["PORT"])``.
_CONVERTING = frozenset("bool dict float frozenset int list set str tuple".split())
#: Other built-in functions compute, ask or print: ``sum(prices)``.
_BUILTINS = frozenset(dir(builtins)) - _CONVERTING
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
#: Methods by which a module sets up its own logging: ``logger.setLevel(logging.INFO)``; not
#: ``logger.info("start")``.
_OF_LOGGING = frozenset({"addFilter", "addHandler", "setFormatter", "setLevel"})
#: Changes of the path on which tests and Sphinx find the code.
_PATH_CHANGES = frozenset({"sys.path.append", "sys.path.insert"})
_TESTING = frozenset({"pytest", "unittest"})


def demanded_outside(source: SourceFile) -> Collection[ast.stmt]:
    """Return the statements of `source` that a framework demands outside functions and classes.

    Found at the first call and then kept. Of a statement with blocks, e.g. ``with st.sidebar:``,
    only its head is meant: what is inside counts for itself.
    """
    return source.once(_find)


def _find(source: SourceFile) -> Collection[ast.stmt]:
    module = module_of(source)
    is_known = any(map(_concerns, module.aliases.imported.values()))
    if not is_known and not is_sphinx(module.bindings):
        return frozenset()
    return frozenset(_Finder.of(module).demanded())


def _concerns(dotted: str) -> bool:
    """Return whether an import of `dotted` may be one of a framework: most files have none."""
    package = dotted.partition(".")[0]
    is_known = is_set_up_outside(dotted) or is_made_outside(f"{package}.Any")
    return is_known or package in (STREAMLIT, "dotenv", "logging", "pgzrun", "warnings", "marimo")


@dataclass(frozen=True)
class _Finder:
    """Finds the demanded statements of one file.

    ``objects`` are the names of objects of a framework. The file itself has to start those of
    ``started``: bots, and functions that are an Airflow DAG. ``tasks`` are its functions that are
    tasks of Airflow. ``widgets`` are names for parts of a Streamlit page; the file is one if
    ``is_page``. ``starts``: it starts a program, so that it may prepare logging.
    """

    module: Module
    objects: Collection[str]
    started: Collection[str]
    tasks: Collection[str]
    widgets: Collection[str]
    is_page: bool
    starts: bool

    @staticmethod
    def of(module: Module) -> _Finder:
        """Return the finder for `module`, with the names of its objects."""
        objects, widgets = set(_decorated(module, is_command)), set[str]()
        started, tasks = set(_decorated(module, is_dag)), set(_decorated(module, is_task))
        for value, target in chain.from_iterable(map(_bindings, _outside(module))):
            dotted = _made(value, module, tasks)
            if dotted and not is_used_inside(dotted):
                objects |= _names(target)
                started |= _names(target) if is_started_outside(dotted) else set()
            elif _is_streamlit(value, module):
                widgets |= _names(target)
        starts = any(map(is_guard, _outside(module))) or bool(objects or called_at_start(module))
        is_page = _is_page(module)
        return _Finder(module, objects, started, tasks, widgets, is_page, starts)

    def demanded(self) -> Iterator[ast.stmt]:
        """Yield the demanded statements; none below a guard, where a function can be called."""
        for statement in _outside(self.module, in_guard=False):
            if self._is_set_up(statement) or (self.is_page and self._is_of_page(statement)):
                yield statement

    def _is_set_up(self, statement: ast.stmt) -> bool:
        """Return whether `statement` makes an object of a framework or sets one up."""
        if isinstance(statement, ast.With):
            return all(self._opens(item.context_expr) for item in statement.items)
        if isinstance(statement, ast.For):
            return not self._computes(statement.iter) and all(map(self._is_set_up, statement.body))
        if isinstance(statement, ast.Expr):
            return self._is_order(statement.value) or self._sets_up(statement.value)
        if not isinstance(statement, _ASSIGNMENTS):
            return False
        pairs = list(_bindings(statement))
        return bool(pairs) and all(self._names_or_sets(*pair) for pair in pairs)

    def _names_or_sets(self, value: ast.expr, target: ast.expr) -> bool:
        """Return whether ``target = value`` names objects of a framework, or sets a part of one.

        e.g. ``urlpatterns = [path("shop/", shop)]``, ``server = app.server``, ``app.debug = True``
        and ``admin.site.site_header = "Shop"``.
        """
        if self._computes(value):
            return False
        made = any(map(self._makes, walk(value))) or self._is_read(target)
        of_logging = _is_of_logging(value, self.module)
        return made or of_logging or self._is_object(target) or self._is_object(value)

    def _is_read(self, target: ast.expr) -> bool:
        """Return whether a framework looks for `target` in the file, or it is a part of one.

        e.g. ``default_args``, by which a DAG of Airflow is set up.
        """
        if isinstance(target, ast.Attribute):
            return is_set_up_outside(self.module.target(target).dotted)
        name = getattr(target, "id", "")
        return is_read_by_framework(name, _packages(self.module), self.module.bindings)

    def _opens(self, value: ast.expr) -> bool:
        """Return whether ``with value:`` makes or enters an object: ``app.app_context()``."""
        if not isinstance(value, ast.Call):
            return False
        return self._makes(value) or self._is_object(value.func)

    def _is_order(self, value: ast.expr) -> bool:
        """Return whether `value` puts tasks of Airflow in order: ``extract() >> [load, check]``."""
        if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.RShift | ast.LShift):
            return False
        parts = [one for side in (value.left, value.right) for one in _members(side)]
        return _imports_airflow(self.module) and all(map(self._is_part_of_order, parts))

    def _is_part_of_order(self, value: ast.expr) -> bool:
        return isinstance(value, ast.Name) or self._is_order(value) or self._makes(value)

    def _makes(self, value: ast.AST) -> bool:
        return bool(_made(value, self.module, self.tasks))

    def _sets_up(self, call: ast.expr) -> bool:
        """Return whether `call`, a statement of its own, sets up an object or the whole program.

        e.g. ``app.include_router(users)``, ``CORS(app)`` and ``admin.site.register(Order)``; not
        ``app.run()``.
        """
        if not isinstance(call, ast.Call) or self._computes(call):
            return False
        if self._makes(call):
            return True
        root, name = root_of(call.func)[0], last_name(call.func)
        if root in self.started and (name in _STARTING or root == name):
            return True
        return name not in _STARTING and (self._prepares(call) or self._is_about_object(call))

    def _is_about_object(self, call: ast.Call) -> bool:
        """Return whether `call` calls a part of an object, or is given one: ``CORS(app)``."""
        given = (*call.args, *(keyword.value for keyword in call.keywords))
        sets_up = last_name(call.func) in _SETTING_UP or self._is_object(call.func)
        return sets_up or any(map(self._is_whole_object, given))

    def _prepares(self, call: ast.Call) -> bool:
        """Return whether `call` prepares the program, or registers something with a framework.

        e.g. ``logging.basicConfig()`` where a program starts, ``admin.site.register(Order)``, and
        ``load_dotenv()`` anywhere: a module that reads the environment needs it.
        """
        dotted, name = self.module.target(call.func).dotted, last_name(call.func)
        if prepares(dotted):
            return self.starts or prepares_alone(dotted)
        if dotted in _PATH_CHANGES:
            tests = not _TESTING.isdisjoint(_packages(self.module))
            return tests or is_sphinx(self.module.bindings)
        if name in _OF_LOGGING:
            bound = self.module.bindings.get(root_of(call.func)[0], ())
            return any(each.value and _is_of_logging(each.value, self.module) for each in bound)
        return name.startswith("register") and is_set_up_outside(dotted)

    def _is_whole_object(self, value: ast.expr) -> bool:
        return isinstance(value, ast.Name) and value.id in self.objects

    def _is_object(self, value: ast.expr) -> bool:
        """Return whether `value` is an object of a framework or a part of one: ``app.config``."""
        return not isinstance(value, ast.Name) and root_of(value)[0] in self.objects

    def _is_of_page(self, statement: ast.stmt) -> bool:
        """Return whether `statement` is part of a Streamlit page.

        It shows or asks something, calls a function of the program by its name, or is a block whose
        head does no more: ``st.title("Prices")``, ``rows = load(path)``, ``if st.button("Go"):``.
        """
        if isinstance(statement, ast.Expr):
            return self._shows(statement.value) or self._calls_own(statement.value)
        if isinstance(statement, _ASSIGNMENTS):
            return all(self._keeps(*pair) for pair in _bindings(statement))
        if isinstance(statement, ast.If):
            return self._only_asks(statement.test)
        if isinstance(statement, ast.For):
            return self._only_asks(statement.iter)
        if isinstance(statement, ast.With):
            return all(self._shows(item.context_expr) for item in statement.items)
        return False

    def _shows(self, value: ast.expr) -> bool:
        """Return whether `value` is Streamlit's, e.g. ``st.slider("Price")`` or ``column``."""
        if _is_streamlit(value, self.module):
            return True
        return root_of(value.func if isinstance(value, ast.Call) else value)[0] in self.widgets

    def _calls_own(self, value: ast.expr) -> bool:
        """Return whether `value` only calls a function of the program: ``load(path)``.

        It may also be one of an imported module, ``prices.load(path)``, but none that is known to
        do something itself: ``time.sleep(3)``.
        """
        if not isinstance(value, ast.Call) or self._computes(value):
            return False
        function, aliases = value.func, self.module.aliases
        if isinstance(function, ast.Name):
            return function.id in aliases.own or function.id in aliases.imported
        owner = function.value if isinstance(function, ast.Attribute) else None
        is_imported = isinstance(owner, ast.Name) and owner.id in aliases.imported
        return is_imported and self.module.effect_of(value, self.module.scopes[0]) is None

    def _keeps(self, value: ast.expr, target: ast.expr) -> bool:
        """Return whether `value` is shown or kept for the page: ``st.session_state.page = 3``."""
        if isinstance(target, ast.Name | ast.Tuple):
            return self._shows(value) or self._calls_own(value)
        return _is_streamlit(target, self.module) and not self._computes(value)

    def _only_asks(self, value: ast.expr) -> bool:
        """Return whether `value`, the head of a block, calls nothing but Streamlit and own code."""
        calls = [node for node in walk(value) if isinstance(node, ast.Call)]
        return all(self._shows(call) or self._calls_own(call) for call in calls)

    def _computes(self, value: ast.expr) -> bool:
        """Return whether `value` does more than name values and call one function.

        Calls that only make a value, and those of frameworks, may be more: ``app.layout =
        html.Div([html.H1("Prices")])``. True e.g. for ``sum(prices)``, ``price * 2`` and
        ``show(read(path))``.
        """
        calls = 0
        for node in walk(value):
            if isinstance(node, _COMPUTING) or _is_arithmetic(node):
                return True
            if isinstance(node, ast.Call) and not self._is_simple(node):
                if getattr(node.func, "id", "") in _BUILTINS:
                    return True
                calls += 1
        return calls > 1

    def _is_simple(self, call: ast.Call) -> bool:
        """Return whether `call` makes a value, reads the environment, or is one of a framework."""
        dotted = self.module.target(call.func).dotted
        if makes_a_value(call.func) or dotted in _CONVERTING or dotted in self.tasks:
            return True
        known = is_set_up_outside(dotted) or is_made_outside(dotted)
        return known or dotted.startswith(("os.path.", "os.environ."))


def _outside(module: Module, *, in_guard: bool = True) -> Iterator[ast.stmt]:
    """Yield the statements of `module` outside functions and classes, at every depth.

    Without `in_guard`, those below ``if __name__ == "__main__":`` are left out.
    """
    for block in module.top:
        if in_guard or not block.in_guard:
            yield from block.statements


def _bindings(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the value and each target of `statement`, an assignment or a ``with … as name:``.

    Other statements have none.
    """
    if isinstance(statement, ast.Assign):
        yield from ((statement.value, target) for target in statement.targets)
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        yield statement.value, statement.target
    elif isinstance(statement, ast.With):
        for item in statement.items:
            if item.optional_vars is not None:
                yield item.context_expr, item.optional_vars


def _names(target: ast.expr) -> set[str]:
    """Return the names that `target` binds, e.g. both of ``left, right``."""
    return {node.id for node in walk(target) if isinstance(node, ast.Name)}


def _made(value: ast.AST, module: Module, tasks: Collection[str]) -> str:
    """Return the dotted name of what `value` makes for a framework, e.g. ``flask.Flask``; or "".

    `tasks` are the functions of the file whose calls make a task of Airflow.
    """
    if not isinstance(value, ast.Call):
        return ""
    dotted = module.target(value.func).dotted
    if dotted in tasks or _is_task_of_airflow(value, module):
        return f"airflow.{dotted}"
    is_known = is_made_outside(dotted) or dotted.rpartition(".")[2] in FACTORIES
    return dotted if is_known else ""


def _is_task_of_airflow(call: ast.Call, module: Module) -> bool:
    """Return whether `call` makes a task of an operator of the submission's own.

    e.g. ``LoadOperator(task_id="load", table=TABLE)`` in a file that imports Airflow.
    """
    if not makes_a_value(call.func) or not _imports_airflow(module):
        return False
    return any(keyword.arg == "task_id" for keyword in call.keywords)


def _is_page(module: Module) -> bool:
    """Return whether the top of `module` calls Streamlit: ``st.title("Prices")``."""
    called = (module.target(call.func).dotted for block in module.top for call in block.calls)
    return any(name.startswith(f"{STREAMLIT}.") for name in called)


def _packages(module: Module) -> Collection[str]:
    """Return the first parts of what `module` imports."""
    return {dotted.partition(".")[0] for dotted in module.aliases.imported.values()}


def _imports_airflow(module: Module) -> bool:
    return "airflow" in _packages(module)


def _is_of_logging(value: ast.expr, module: Module) -> bool:
    """Return whether `value` makes a part of logging: ``logging.StreamHandler()``."""
    return isinstance(value, ast.Call) and module.target(value.func).dotted.startswith("logging.")


def _members(value: ast.expr) -> list[ast.expr]:
    """Return the members of a list or tuple `value`; of another one, only itself."""
    return value.elts if isinstance(value, ast.List | ast.Tuple) else [value]


def _decorated(module: Module, is_known: Callable[[str], bool]) -> Iterator[str]:
    """Yield the functions with a decorator whose dotted name `is_known`, e.g. `is_command`."""
    for function in module.functions:
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if is_known(module.target(called).dotted):
                yield function.name


def _is_streamlit(value: ast.expr, module: Module) -> bool:
    """Return whether `value` begins with Streamlit: ``st.text_input("Name").strip()``."""
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    dotted = module.aliases.imported.get(value.id, "") if isinstance(value, ast.Name) else ""
    return dotted.partition(".")[0] == STREAMLIT


def _is_arithmetic(node: ast.AST) -> bool:
    """Return whether `node` computes from variables: ``price * 2``; not ``60 * DAYS``."""
    if not isinstance(node, ast.BinOp):
        return False
    return any(
        isinstance(part, ast.Name) and not part.id[:1].isupper() and isinstance(part.ctx, ast.Load)
        for part in walk(node)
    )
