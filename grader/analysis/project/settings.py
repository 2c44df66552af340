"""Texts by which a framework knows code: ``ITEM_PIPELINES = {"shop.pipelines.Clean": 300}``."""

from __future__ import annotations

from collections.abc import Mapping

from grader.analysis.project.summary import FileSummary
from grader.analysis.syntax.frameworks import names_code
from grader.domain.source import is_python


def with_named_code(summaries: Mapping[str, FileSummary]) -> Mapping[str, FileSummary]:
    """Return `summaries`, by path, in which settings import and use what their texts name.

    Those are settings that :func:`names_code` knows; other files stay as they are.
    """
    packages = {name for path, one in summaries.items() if is_python(path) for name in one.packages}
    return {
        path: _importing(one) if one.texts and names_code(path, one.packages, packages) else one
        for path, one in summaries.items()
    }


def _importing(file: FileSummary) -> FileSummary:
    """Return `file` with the imports of its texts, and with the texts among its mentions."""
    texts = (f"{one.module}.{one.name}" for one in file.texts)
    work = file.work._replace(mentions=(*file.work.mentions, *texts))
    return file.model_copy(update={"imports": (*file.imports, *file.texts), "work": work})
