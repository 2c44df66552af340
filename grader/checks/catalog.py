"""The catalog: every check of this package, found by its file.

A check is a module or a package of ``grader.checks`` with a constant ``CHECK``. A new one needs no
line here. Checks are ordered by id.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import MappingProxyType

from grader import checks
from grader.domain.check import AnyCheck, Catalog


def _discover() -> Iterator[AnyCheck]:
    """Yield the ``CHECK`` of each module or package beside this one, in the order of names."""
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        if module.name != __name__:
            yield importlib.import_module(module.name).CHECK


#: Every check by its id.
CATALOG: Catalog = MappingProxyType({check.id: check for check in _discover()})
