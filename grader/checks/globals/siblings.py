"""Tell names that come from the submission's other modules."""

from __future__ import annotations

from collections.abc import Collection

from grader.analysis.syntax.module import Module


def is_of_sibling(name: str, module: Module, siblings: Collection[str]) -> bool:
    """Return whether ``module`` imports ``name`` from one of ``siblings``, other modules' names.

    e.g. ``questions`` after ``from data import questions`` beside a file ``data.py``; not the
    module itself after ``import data``.
    """
    return is_in_sibling(module.aliases.imported.get(name, ""), siblings)


def is_in_sibling(dotted: str, siblings: Collection[str]) -> bool:
    """Return whether ``dotted`` is a name in one of ``siblings``: ``app.snake.Snake``."""
    owner = dotted.rpartition(".")[0].rpartition(".")[2]
    return owner in siblings
