"""Fixtures for the tests of checks: inspect a text, compute a measure, a corpus of real files."""

from __future__ import annotations

import hashlib
import site
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.analysis.syntax.statements import has_statements
from grader.checks.catalog import CATALOG
from grader.domain.check import Context
from grader.domain.inspection import Facts, Inspection
from grader.domain.source import SourceFile
from grader.domain.syntax import joined, raw_tokens

#: Folders that contain sample programs, not tests, even if a file is called ``test_*.py``.
collect_ignore = ["samples"]

Inspect = Callable[..., Inspection]
MeasureOf = Callable[..., object]

#: (smallest size in bytes, size in bytes that is too large, how many real files to take). What one
#: row lacks is added to the next: CPython's standard library is smaller in some installations.
SIZES = ((120, 1_000, 910), (1_000, 2_000, 30), (2_000, 6_000, 60), (25_000, 45_000, 2))
#: The most files called ``__init__.py``. A folder can have only one, so a tool that needs the files
#: in folders must be run once for each.
MOST_INITS = 12


def inspect(
    check: str,
    text: str | bytes,
    *,
    path: str = "code.py",
    context: Context = (),
    **options: object,
) -> Inspection:
    """Return the inspection of ``text`` by the check with the id ``check``."""
    data = text if isinstance(text, bytes) else text.encode()
    chosen = CATALOG[check].options.model_validate(options)
    return CATALOG[check].inspect(SourceFile(path, data), chosen, context)


def measure(check: str, measure_id: str, facts: Facts, limit: int | None = None) -> object:
    """Return the value of the measure ``measure_id`` of ``check`` for ``facts``."""
    found = CATALOG[check].measure(measure_id)
    assert found is not None, measure_id
    return found.value(facts, limit)


@pytest.fixture(name="inspect")
def inspect_fixture() -> Inspect:
    """Return :func:`inspect`."""
    return inspect


@pytest.fixture(name="measure")
def measure_fixture() -> MeasureOf:
    """Return :func:`measure`."""
    return measure


@pytest.fixture
def joining_radon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let radon's line counts read an f-string as one token, as it does before Python 3.12.

    From 3.12 on it takes the parts of f-strings for code, so its counts depend on the interpreter.
    """
    monkeypatch.setattr("radon.raw._generate", lambda code: [*joined(raw_tokens(code), code)])


def why_refused(data: bytes) -> str:
    """Return why the gate would reject ``data``, or an empty string if it would not."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        compile(data, "corpus", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"does not compile: {type(error).__name__}"
    if any("coding" in line and "utf" not in line.lower() for line in text.splitlines()[:2]):
        return "declares an encoding other than UTF-8"
    return ""


class Corpus:
    """Real files that every check accepts: ``files``; ``refused`` maps other paths to a reason."""

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self.refused: dict[str, str] = {}
        missing, paths = 0, _python_files()
        for low, high, wanted in SIZES:
            missing += wanted
            missing -= self._take(paths, low, high, missing)

    def _take(self, paths: Sequence[Path], low: int, high: int, wanted: int) -> int:
        """Add up to ``wanted`` files of at least ``low`` and less than ``high`` bytes of ``paths``.

        Return how many were added.
        """
        taken = 0
        for path in paths:
            if taken == wanted:
                break
            if path.name == "__init__.py" and self._inits() >= MOST_INITS:
                continue
            if low <= path.stat().st_size < high:
                taken += self._add(path)
        return taken

    def _inits(self) -> int:
        return sum(file.path == "__init__.py" for file in self.files)

    def _add(self, path: Path) -> bool:
        """Add the file at ``path``, or the reason why not; return whether it was added."""
        source = SourceFile(path.name, path.read_bytes())
        reason = why_refused(source.data)
        if not reason and not has_statements(source):
            reason = "no statements: nothing to judge"
        if reason:
            self.refused[str(path)] = reason
        else:
            self.files.append(source)
        return not reason


_FOLDERS = [Path(sysconfig.get_path("stdlib")), *map(Path, site.getsitepackages())]


def _python_files() -> list[Path]:
    """Return the Python files of the standard library and installed packages, ordered by hash.

    The hash is that of the path inside its folder, so that the order is the same wherever the
    folders are.
    """
    found = {path: folder for folder in _FOLDERS for path in folder.rglob("*.py")}
    hashes = {
        path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest()
        for path, folder in found.items()
    }
    return sorted(filter(Path.is_file, found), key=hashes.__getitem__)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Return the corpus, read once for all tests."""
    return Corpus()
