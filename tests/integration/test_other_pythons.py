"""What is measured does not depend on the Python that measures it.

The facts of golden submissions are measured by this interpreter and by every other CPython that is
found with the same packages: in folders `.venv*` of this one, which
`make test PYTHON=python3.13 VENV=.venv-3.13` makes, and as `python3.*` on the PATH. A second
process of this interpreter is always among them. Which ones were compared is printed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.golden_facts import ROOT

#: e.g. ``python3.13``; not ``python3.13-config`` or ``python3``, which is one of them.
_NAME = re.compile(r"python3\.\d+")
#: Prints whether an interpreter is a CPython for this project, and has its packages.
_PROBE = "import sys, black, pydantic_core; print(*sys.version_info[:2], sys.implementation.name)"


def candidates() -> Iterator[Path]:
    """Yield the paths of interpreters that may be of use."""
    for venv in sorted(ROOT.glob(".venv*")):
        yield venv / "bin" / "python"
    for folder in map(Path, os.get_exec_path()):
        if folder.is_dir():
            yield from sorted(each for each in folder.iterdir() if _NAME.fullmatch(each.name))


def others() -> Mapping[tuple[int, int], Path]:
    """Return one interpreter of each version but this one's that has the packages, by version."""
    found: dict[tuple[int, int], Path] = {}
    for path in candidates():
        done = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor, name = done.stdout.split()
            version = int(major), int(minor)
            if name == "cpython" and (3, 11) <= version != sys.version_info[:2]:
                found.setdefault(version, path)
    return found


def golden_facts(python: Path) -> Mapping[str, object]:
    """Return what `tests.golden_facts` prints if `python` runs it."""
    done = subprocess.run(
        [python, "-W", "error::DeprecationWarning:grader", "-m", "tests.golden_facts"],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts: Mapping[str, object] = json.loads(done.stdout)
    return facts


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_python_measures_the_same() -> None:
    pythons = {sys.version_info[:2]: Path(sys.executable), **others()}
    print("compared:", *(f"CPython {major}.{minor}" for major, minor in sorted(pythons)))
    mine, *more = (golden_facts(python) for python in pythons.values())
    assert len(mine) > 10
    again = golden_facts(Path(sys.executable))
    for facts in (again, *more):
        assert facts["tools"] == mine["tools"]
        for sample in mine:
            assert facts[sample] == mine[sample], sample
