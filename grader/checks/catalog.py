"""Every check there is. A new one is a file of its own and a line here."""

from __future__ import annotations

from types import MappingProxyType

from grader.checks import (
    complexity,
    formatting,
    function_length,
    import_order,
    maintainability,
    mend,
    modularity,
    size,
    style,
    suppressions,
)
from grader.domain.check import Catalog

_CHECKS = (
    formatting.CHECK,
    import_order.CHECK,
    style.CHECK,
    complexity.CHECK,
    maintainability.CHECK,
    size.CHECK,
    function_length.CHECK,
    modularity.CHECK,
    suppressions.CHECK,
    mend.CHECK,
)

CATALOG: Catalog = MappingProxyType({check.id: check for check in _CHECKS})
