"""Words for a file that cannot be read.

The engine decides; these are the words beside its codes. A finding's code is the kebab-case
twin of the inspection's ``reason`` (``syntax-error`` for ``syntax``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.domain.check import Words
from grader.domain.source import is_document

#: What stands in the place of a check's id beside such a finding.
READABLE = "readable"
#: How a notebook becomes what is graded.
AS_A_SCRIPT = "as a script (in Jupyter: File, Save and Export Notebook As, Executable Script)"

_TUTORIAL = "https://docs.python.org/3/tutorial"

#: What a student reads beside the one finding of an unreadable file, by the finding's code.
WORDS: Mapping[str, Words] = {
    "syntax-error": Words(
        "Python cannot read this file, so none of it can run and nothing in it can be measured.",
        "Look at the line that is named and the one above it: a bracket or a quote that was never "
        "closed, a missing colon, or a wrong indentation is the usual cause. "
        "`python -m py_compile FILE` shows the same error on your own machine.",
        f"{_TUTORIAL}/errors.html#syntax-errors",
    ),
    "encoding": Words(
        "The file is not saved as UTF-8, so its characters cannot be told for certain.",
        "Save it again with the encoding UTF-8 and remove any `# coding:` line: UTF-8 is what "
        "Python expects.",
        "https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations",
    ),
    "control-characters": Words(
        "The file holds invisible control characters. They never belong into source code, and "
        "they can make it look different from what it does.",
        "Delete the character at the place that is named, or write it as an escape such as "
        "`\\x1b` inside a string.",
        "https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences",
    ),
    "not-a-notebook": Words(
        "The file is called a notebook and cannot be opened as one, so nothing in it can be"
        " measured.",
        "Open it in Jupyter, save it again, and hand in what was saved. Better still, hand in a"
        " script.",
        "https://nbformat.readthedocs.io/en/latest/format_description.html",
    ),
    "too-large": Words(
        "The file is larger than any hand-written module should be, so it is not graded.",
        "Split it into modules by purpose, and keep data in a data file instead of in code.",
        f"{_TUTORIAL}/modules.html",
    ),
    "too-deep": Words(
        "The code is nested or chained so deeply that tools, and people, can no longer follow it.",
        "Give names to the inner parts, turn a long chain of `elif` into a dictionary, and move "
        "inner blocks into functions.",
        f"{_TUTORIAL}/controlflow.html#defining-functions",
    ),
}


_ENCODING_URL = "https://docs.python.org/3/howto/unicode.html"

#: The same for a document.
DOCUMENT_WORDS: Mapping[str, Words] = {
    "encoding": Words(
        "The file is not saved as UTF-8, so its characters cannot be told for certain.",
        "Open it in an editor and save it again with the encoding UTF-8.",
        _ENCODING_URL,
    ),
    "control-characters": Words(
        "The file holds invisible control characters, which never belong into a text.",
        "Delete the character at the place that is named.",
        _ENCODING_URL,
    ),
    "too-large": Words(
        "The file is larger than any text of this kind that people write, so it is not read.",
        "Keep what the exercise asks for, and take the rest out.",
        _ENCODING_URL,
    ),
}


def readable_words(code: str, path: str) -> Words:
    """Words for the code of an unreadable file's finding; those of a syntax error for others."""
    known = DOCUMENT_WORDS.get(code) if is_document(path) else None
    return known or WORDS.get(code, WORDS["syntax-error"])


def cannot_be_read(paths: Iterable[str]) -> str:
    """What is said of unreadable files: of documents too not that they are no Python."""
    return "cannot be read" if any(map(is_document, paths)) else "cannot be read as Python"
