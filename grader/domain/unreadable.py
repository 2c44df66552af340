"""Guidance for a file that cannot be read, by the code of its finding.

The gate of the engine decides which files are unreadable. A finding's code corresponds to the
inspection's ``reason``: ``syntax-error`` to ``syntax``, ``too-large`` to ``too_large``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.domain.check import Guidance
from grader.domain.source import is_document

#: The check id of such a finding.
READABLE = "readable"
#: How a student turns a notebook into a script.
AS_A_SCRIPT = "as a script (in Jupyter: File, Save and Export Notebook As, Executable Script)"

_TUTORIAL = "https://docs.python.org/3/tutorial"

#: Guidance for the one finding of an unreadable file, by the finding's code.
GUIDANCE: Mapping[str, Guidance] = {
    "syntax-error": Guidance(
        "Python cannot read this file, so none of it can run and nothing in it can be measured.",
        "Look at the line that is named and the one above it: a bracket or a quote that was never "
        "closed, a missing colon, or a wrong indentation is the usual cause. "
        "`python -m py_compile FILE` shows the same error on your own machine.",
        f"{_TUTORIAL}/errors.html#syntax-errors",
    ),
    "encoding": Guidance(
        "The file is not saved as UTF-8, so its characters cannot be told for certain.",
        "Save it again with the encoding UTF-8 and remove any `# coding:` line: UTF-8 is what "
        "Python expects.",
        "https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations",
    ),
    "control-characters": Guidance(
        "The file holds invisible control characters. They never belong into source code, and "
        "they can make it look different from what it does.",
        "Delete the character at the place that is named, or write it as an escape such as "
        "`\\x1b` inside a string.",
        "https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences",
    ),
    "not-a-notebook": Guidance(
        "The file is called a notebook and cannot be opened as one, so nothing in it can be"
        " measured.",
        "Open it in Jupyter, save it again, and hand in what was saved. Better still, hand in a"
        " script.",
        "https://nbformat.readthedocs.io/en/latest/format_description.html",
    ),
    "too-large": Guidance(
        "The file is larger than any hand-written module should be, so it is not graded.",
        "Split it into modules by purpose, and keep data in a data file instead of in code.",
        f"{_TUTORIAL}/modules.html",
    ),
    "too-deep": Guidance(
        "The code is nested or chained so deeply that tools, and people, can no longer follow it.",
        "Give names to the inner parts, turn a long chain of `elif` into a dictionary, and move "
        "inner blocks into functions.",
        f"{_TUTORIAL}/controlflow.html#defining-functions",
    ),
}


_ENCODING_URL = "https://docs.python.org/3/howto/unicode.html"

#: Guidance for an unreadable document, by the finding's code; other codes are as for Python.
DOCUMENT_GUIDANCE: Mapping[str, Guidance] = {
    "encoding": Guidance(
        "The file is not saved as UTF-8, so its characters cannot be told for certain.",
        "Open it in an editor and save it again with the encoding UTF-8.",
        _ENCODING_URL,
    ),
    "control-characters": Guidance(
        "The file holds invisible control characters, which never belong into a text.",
        "Delete the character at the place that is named.",
        _ENCODING_URL,
    ),
    "too-large": Guidance(
        "The file is larger than any text of this kind that people write, so it is not read.",
        "Keep what the exercise asks for, and take the rest out.",
        _ENCODING_URL,
    ),
}


def unreadable_guidance(code: str, path: str) -> Guidance:
    """Return the guidance for the finding ``code`` of the unreadable file ``path``.

    For some codes, documents have a guidance of their own (by ``path``); for others they share that
    of Python files. An unknown code gets the guidance on syntax errors.
    """
    known = DOCUMENT_GUIDANCE.get(code) if is_document(path) else None
    return known or GUIDANCE.get(code, GUIDANCE["syntax-error"])


def cannot_be_read(paths: Iterable[str]) -> str:
    """Return "cannot be read as Python", or "cannot be read" if one of ``paths`` is a document."""
    return "cannot be read" if any(map(is_document, paths)) else "cannot be read as Python"
