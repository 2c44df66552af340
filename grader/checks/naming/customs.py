"""Tell which reports of pep8-naming are about names that everybody writes so, or about classes."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable

from grader.analysis.syntax.dotted_names import base_name, last_name
from grader.analysis.syntax.names import Scope, decorators
from grader.analysis.syntax.statements import FUNCTIONS
from grader.analysis.tools.pep8_naming import CaseViolation
from grader.checks.naming.letters import is_formula

#: The finding code of a variable that holds a class, which is advice.
CLASS_NAME = "class-name"
#: Codes of pep8-naming for functions, arguments and variables of functions.
_FUNCTION, _ARGUMENT, _VARIABLE = "N802", "N803", "N806"
#: The code of a method whose first argument is not `self`, and decorators that make `cls` of it.
_FIRST = "N805"
_CLASS_METHODS = frozenset({"declared_attr", "root_validator", "validator"})

#: Packages that compute with arrays. Their guides call features ``X``, and matrices by capitals.
_NUMERIC = frozenset("""
    catboost cv2 cupy imblearn jax keras lightgbm matplotlib numpy pandas polars pyspark scipy
    seaborn shap sklearn statsmodels sympy tensorflow torch xarray xgboost
    """.split())
#: A capital alone or before words in lower case: ``X``, ``X_train``, ``W_hidden``; not ``X_MAX``.
_MATRIX = re.compile(r"_?(?P<letter>[A-Z])(?P<rest>_[a-z0-9_]+)?")
#: What is after ``X_`` where a data set is split, e.g. ``X_train``; not ``X_position``.
_SPLITS = frozenset("_dev _test _te _tr _train _val _valid _validation".split())
#: Modules that their own guides import by a capital: ``import xml.etree.ElementTree as ET``.
_IMPORTED = frozenset(
    {
        ("ElementTree", "ET"),
        ("backend", "K"),
        ("functional", "F"),
        ("functions", "F"),
        ("transforms", "T"),
        ("types", "T"),
    }
)
#: Methods that a base class from elsewhere prescribes, if the class has a base: of http.server, of
#: visitors, unittest, logging, Qt and SAX. e.g. ``do_GET``, ``visit_Name``, ``keyPressEvent``; not
#: ``doGet``, and not ``runGame``.
_PRESCRIBED = re.compile(
    r"do_[A-Z]+|(?:visit|leave|depart)_[A-Z]\w*|[a-z]+[a-zA-Z]*Event|eventFilter"
    r"|add(?:Success|Failure|Error|Skip|ExpectedFailure|UnexpectedSuccess|SubTest)|runTest"
    r"|(?:start|stop)Test(?:Run)?|_makeResult|shortDescription|countTestCases|assert[A-Z]\w*"
    r"|format(?:Time|Exception|Stack|Message)|handleError|makeRecord"
    r"|(?:start|end)(?:Element|Document)"
    r"|(?:row|column)Count|headerData|(?:minimumS|s)izeHint|connection(?:Made|Lost)|dataReceived"
)

#: A word of the name of a test that has the case of Python, or is one letter: ``test_None_id``,
#: ``test_player_X_wins``; not ``test_noneId``.
_CONSTANT = re.compile(r"(?<=_)(?:None|True|False|NaN|[A-Z])(?=_|$)")

#: Functions that make a class or a type, by their last name: ``namedtuple("Point", "x y")``.
_CLASS_MAKERS = frozenset("""
    Enum IntEnum NamedTuple StrEnum TypedDict automap_base create_model declarative_base
    formset_factory get_user_model import_string inlineformset_factory make_class make_dataclass
    modelform_factory modelformset_factory namedtuple new_class sessionmaker type with_metaclass
    """.split())
#: Functions that make a variable of types, e.g. ``T = TypeVar("T")``: a capital is its right name.
_TYPE_MAKERS = frozenset({"NewType", "ParamSpec", "TypeVar", "TypeVarTuple"})
_BUILTIN_TYPES = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type)
)
#: A name like that of a class: ``Store``, ``_Span`` and ``C``; not ``STORE`` and ``myStore``.
_CAP_WORDS = re.compile(r"_*[A-Z](?:[A-Za-z0-9]*[a-z][A-Za-z0-9]*)?")
#: Values that may be a class, where the name is used like one.
_UNKNOWN = (ast.Attribute, ast.Call, ast.Name, ast.Subscript)


class Customs:
    """Judges the reports of pep8-naming about one file.

    ``nodes`` are those that :func:`grader.analysis.syntax.names.scoped` yields for it, and
    ``names`` all names that it binds.
    """

    def __init__(self, nodes: Iterable[tuple[ast.AST, Scope]], names: Collection[str]) -> None:
        self._names = names
        packages = {name for node, _ in nodes for name in _packages(node)}
        #: Whether the file imports a package that computes with arrays.
        self.is_numeric = not _NUMERIC.isdisjoint(packages)

    def code_of(self, violation: CaseViolation) -> str:
        """Return the code for a finding about `violation`: its own, ``CLASS_NAME``, or "" for none.

        There is none for a name that is customary, e.g. ``X_train``, or that a base class
        prescribes, e.g. ``do_GET``.
        """
        if violation.code in (_ARGUMENT, _VARIABLE) and self._is_matrix(violation):
            return ""
        if violation.code == _VARIABLE:
            return _code_of_variable(violation)
        return "" if _is_customary(violation) else violation.code

    def _is_matrix(self, violation: CaseViolation) -> bool:
        """Return whether the name is that of a matrix or of a quantity of a formula.

        Evidence are a package that computes with arrays; a part of a data set (``X_train``); a
        ``y`` with the same ending (``X_new`` beside ``y_new``); and for one letter a formula around
        it (``F = m * a``). ``X = 1`` in any other function has none.
        """
        match = _MATRIX.fullmatch(violation.name)
        if match is None:
            return False
        if self.is_numeric:
            return True
        rest = match["rest"] or ""
        if match["letter"] in "XY" and (rest in _SPLITS or f"y{rest}" in self._names):
            return True
        function = violation.node if violation.code == _ARGUMENT else violation.scope
        return not rest and isinstance(function, FUNCTIONS) and is_formula(function)


def _packages(node: ast.AST) -> list[str]:
    """Return the packages that `node` imports: ``["sklearn"]`` for ``import sklearn.svm``."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [(node.module or "").partition(".")[0]]
    return []


def _is_customary(violation: CaseViolation) -> bool:
    """Return whether the name of a function, a class method or an import is customary."""
    node = violation.node
    if violation.code == _FUNCTION:
        return _is_known_function(violation)
    if violation.code == _FIRST and isinstance(node, FUNCTIONS):
        return not _CLASS_METHODS.isdisjoint(decorators(node))
    if isinstance(node, ast.Import | ast.ImportFrom):
        name, asname = re.findall("`([^`]+)`", violation.text)[:2]
        return (name.rpartition(".")[2], asname) in _IMPORTED
    return False


def _is_known_function(violation: CaseViolation) -> bool:
    """Return whether a base class prescribes the name of a function, or it is ``test_None_id``."""
    name = violation.name
    if name.startswith("test_") and _CONSTANT.sub("", name).islower():
        return True
    return is_prescribed_method(name, violation.scope)


def is_prescribed_method(name: str, holder: Scope) -> bool:
    """Return whether the function `name` in `holder` is a method that a base class may prescribe.

    e.g. ``keyPressEvent`` of ``class Window(QWidget)``; not of a class without a base.
    """
    if not isinstance(holder, ast.ClassDef):
        return False
    return bool(holder.bases) and _PRESCRIBED.fullmatch(name) is not None


def _code_of_variable(violation: CaseViolation) -> str:
    """Return the code for a variable of a function: "" for a type variable, advice for a class."""
    node, name = violation.node, violation.name
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) or node.value is None:
        return violation.code
    if isinstance(node.value, ast.Call) and base_name(node.value) in _TYPE_MAKERS:
        return ""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    # e.g. not `First, Second = OrderedDict, Counter`
    is_alone = all(isinstance(one, ast.Name) for one in targets)
    if is_alone and _CAP_WORDS.fullmatch(name) and _holds_class(node.value, name, violation.scope):
        return CLASS_NAME
    return violation.code


def _holds_class(value: ast.expr, name: str, scope: Scope) -> bool:
    """Return whether `value` is a class, or may be one and `scope` uses its `name` like one."""
    return _is_class(value) or (isinstance(value, _UNKNOWN) and _is_used_as_class(name, scope))


def _is_class(value: ast.expr) -> bool:
    """Return whether `value` is a class, as far as it shows.

    e.g. ``OrderedDict if ordered else Counter``, ``list[int]``, ``namedtuple("Point", "x y")``,
    ``row.__class__`` and ``getattr(shapes, "Circle")``; not ``Counter(words)`` or ``LIMIT``.
    """
    if isinstance(value, ast.IfExp):
        return _is_class(value.body) and _is_class(value.orelse)
    if isinstance(value, ast.BoolOp):
        return all(map(_is_class, value.values))
    if isinstance(value, ast.Call):
        return _makes_class(value)
    if isinstance(value, ast.Subscript):
        return _is_class(value.value)
    if isinstance(value, ast.Name | ast.Attribute):
        name = last_name(value)
        is_named_so = len(name) > 1 and _CAP_WORDS.fullmatch(name) is not None
        return is_named_so or name in _BUILTIN_TYPES or name == "__class__"
    return False


def _makes_class(call: ast.Call) -> bool:
    """Return whether `call` gives a class: of a maker, or ``getattr`` with the name of a class."""
    name = last_name(call.func)
    if name == "getattr" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        return _CAP_WORDS.fullmatch(str(call.args[1].value)) is not None
    return name in _CLASS_MAKERS


def _is_used_as_class(name: str, scope: Scope) -> bool:
    """Return whether `scope` makes objects of `name`, derives a class from it or tests for it.

    e.g. ``Model()``, ``Model.objects``, ``class Row(Model)``, ``isinstance(row, Model)`` and
    ``except Model``.
    """
    used = (one for node in ast.walk(scope) for one in _classes_in(node))
    return any(isinstance(one, ast.Name) and one.id == name for one in used)


def _classes_in(node: ast.AST) -> list[ast.expr]:
    """Return the parts of `node` that have to be classes, or functions that are called."""
    if isinstance(node, ast.Call):
        tests = node.args[1:2] if base_name(node) in ("isinstance", "issubclass") else []
        return [node.func, *tests]
    if isinstance(node, ast.ClassDef):
        return node.bases
    if isinstance(node, ast.ExceptHandler):
        return [node.type] if node.type else []
    if isinstance(node, ast.Attribute) and node.attr == "objects":
        return [node.value]
    return []
