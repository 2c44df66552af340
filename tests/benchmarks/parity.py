"""Compares the engine's verdicts with the output of the command lines about the same files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.domain.facts import SubmissionFacts

#: Counts of (tool, file, line, column, code); the last three are empty for Black and isort.
Verdicts = Counter[tuple[str, ...]]

#: The lines with verdicts, e.g. ``would reformat /x/a.py``, ``ERROR: /x/a.py Imports are
#: incorrectly sorted``, ``/x/a.py:1:2: E501 line too long``; not a summary such as ``All done!``.
_BLACK = re.compile(r"^would reformat (.*)$", re.MULTILINE)
_ISORT = re.compile(r"^ERROR: (.*) Imports are incorrectly", re.MULTILINE)
_FLAKE8 = re.compile(r"^(.*?):(\d+):(\d+): ([A-Z]+\d+) ", re.MULTILINE)
#: The uses of a star import: the check has one finding for the import, and counts these.
_STAR_USE = "F405"
_CHECKS = {"formatting": "black", "import_order": "isort", "style": "flake8"}


def mismatches(said: Mapping[str, str], facts: SubmissionFacts) -> list[str]:
    """Return a text for each verdict that one side has more often than the other.

    ``said`` is the output of the command lines, by name.
    """
    theirs, ours = _of_command_lines(said), _of_facts(facts)
    return [
        *(f"only the command line: {verdict}" for verdict in (theirs - ours).elements()),
        *(f"only ours: {verdict}" for verdict in (ours - theirs).elements()),
    ]


def _of_command_lines(said: Mapping[str, str]) -> Verdicts:
    """Return the verdicts in the output of the command lines."""
    found: Verdicts = Counter(_files("black", _BLACK.findall(said["black"])))
    found.update(_files("isort", _ISORT.findall(said["isort"])))
    for path, *place_and_code in _FLAKE8.findall(said["flake8"]):
        place = ["", ""] if place_and_code[-1] == _STAR_USE else place_and_code[:2]
        found["flake8", Path(path).name, *place, place_and_code[-1]] += 1
    return found


def _files(tool: str, paths: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return ((tool, Path(path).name, "", "", "") for path in paths)


def _of_facts(facts: SubmissionFacts) -> Verdicts:
    """Return the verdicts in ``facts``, from the checks that run the same tools."""
    found: Verdicts = Counter()
    for file in facts.files:
        for key, inspection in file.inspections.items():
            tool = _CHECKS.get(key.partition("{")[0])
            uses = inspection.facts.counts.get("uses_of_star_imports", 0)
            found["flake8", file.path, "", "", _STAR_USE] += uses
            for finding in inspection.findings if tool else ():
                assert tool is not None
                place = (str(finding.line), str(finding.column), finding.code)
                found[tool, file.path, *(place if tool == "flake8" else ("", "", ""))] += 1
    return found
