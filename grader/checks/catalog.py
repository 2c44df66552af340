"""Every check there is. A new one is a file of its own and a line here."""

from __future__ import annotations

from types import MappingProxyType

from grader.checks import (
    answers,
    code_lines,
    complexity,
    constants,
    dependencies,
    docstrings,
    duplication,
    exceptions,
    formatting,
    function_length,
)
from grader.checks import globals as globals_
from grader.checks import (
    hidden_characters,
    import_effects,
    import_order,
    maintainability,
    mend,
    modularity,
    naming,
    signals,
    single_purpose,
    size,
    style,
    suppressions,
    tests_present,
    type_hints,
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
    import_effects.CHECK,
    single_purpose.CHECK,
    naming.CHECK,
    constants.CHECK,
    globals_.CHECK,
    duplication.CHECK,
    docstrings.CHECK,
    type_hints.CHECK,
    exceptions.CHECK,
    tests_present.CHECK,
    dependencies.CHECK,
    answers.CHECK,
    suppressions.CHECK,
    hidden_characters.CHECK,
    signals.CHECK,
    mend.CHECK,
    code_lines.CHECK,
)

CATALOG: Catalog = MappingProxyType({check.id: check for check in _CHECKS})
