"""Submissions made of real files, from the standard library and from installed packages.

The choice is the same wherever the same versions are installed. Only files that every tool can
read unchanged are taken, so that each pipeline does all of its work on each of them.
"""

from __future__ import annotations

import hashlib
import io
import random
import sysconfig
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.analysis.syntax.statements import has_statements
from grader.domain.source import SourceFile, Submission, is_test_path
from grader.engine.gate import gate

FEWEST_FILES, MOST_FILES = 2, 6
FEWEST_LINES, MOST_LINES = 80, 400
LARGE_LINES = 5_000
_SEED = 20_240_229
#: A file is not used if its length differs from its share of the submission's lines by more than
#: this part of the share. Chosen by hand.
_SLACK = 0.35
_LONGEST_OF_LARGE = 900
#: The number of files to choose from for each submission, so that some have the right length.
#: Chosen by hand.
_POOL_OF_ONE = 16


@dataclass(frozen=True)
class Case:
    """One submission: (path, content) of its files."""

    name: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def lines(self) -> int:
        """The number of lines of all files."""
        return sum(data.count(b"\n") for _, data in self.files)

    def submission(self) -> Submission:
        """Return a new submission, of which nothing has been computed yet."""
        return Submission(tuple(SourceFile(path, data) for path, data in sorted(self.files)))

    def fresh(self, number: int) -> Case:
        """Return the same submission with a comment line, unique to ``number``, atop each file."""
        mark = f"# Submission {number:08}.\n".encode()
        return Case(self.name, tuple((path, mark + data) for path, data in self.files))

    def zipped(self) -> bytes:
        """Return the zip archive that a student would upload."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in self.files:
                archive.writestr(path, data)
        return packed.getvalue()

    def write(self, folder: Path) -> list[Path]:
        """Write the files into the new folder ``folder``; return their paths."""
        folder.mkdir(parents=True)
        written = []
        for path, data in self.files:
            (folder / path).write_bytes(data)
            written.append(folder / path)
        return written


def cases(count: int) -> list[Case]:
    """Return ``count`` submissions of 2 to 6 files with 80 to 400 lines in all; no file twice."""
    chance = random.Random(_SEED)
    pool = list(_usable(_POOL_OF_ONE * (count + MOST_FILES)))
    return [_case(f"submission-{number:02}", pool, chance) for number in range(count)]


def large_case() -> Case:
    """Return one submission of about 5,000 lines."""
    chosen: list[SourceFile] = []
    lines = 0
    for file in _usable(LARGE_LINES, low=300, high=_LONGEST_OF_LARGE):
        chosen.append(file)
        lines += len(file.lines)
        if lines >= LARGE_LINES:
            break
    return Case("large", _named(chosen))


def _case(name: str, pool: list[SourceFile], chance: random.Random) -> Case:
    """Remove files of about equal length from ``pool`` and return them as a submission.

    Their number, and about how many lines they have together, is drawn from ``chance``.
    """
    while True:
        count = chance.randint(FEWEST_FILES, MOST_FILES)
        share = chance.randint(FEWEST_LINES, MOST_LINES) / count
        near = [one for one in pool if abs(len(one.lines) - share) <= share * _SLACK][:count]
        lines = sum(len(one.lines) for one in near)
        if len(near) == count and FEWEST_LINES <= lines <= MOST_LINES:
            for one in near:
                pool.remove(one)
            return Case(name, _named(near))


def _named(files: Sequence[SourceFile]) -> tuple[tuple[str, bytes], ...]:
    """Return (name, content) of ``files``; a name that is taken already gets a number."""
    found: dict[str, bytes] = {}
    for number, file in enumerate(files):
        stem = file.path.removesuffix(".py")
        found[file.path if file.path not in found else f"{stem}_{number}.py"] = file.data
    return tuple(found.items())


def _usable(count: int, low: int = 15, high: int = 200) -> Iterator[SourceFile]:
    """Yield up to ``count`` plain files of ``low`` to ``high`` lines."""
    found = 0
    for path in _python_files():
        if found == count:
            return
        data = path.read_bytes()
        if low <= data.count(b"\n") <= high and _is_plain(path.name, data):
            found += 1
            yield SourceFile(path.name, data)


def _is_plain(name: str, data: bytes) -> bool:
    """Return whether all tools read the file in the same way, also with a line added on top.

    E.g. not a file with ``#!``, another encoding, ``\\r`` or a suppression.
    """
    awkward = data.startswith((b"#!", b"\xef\xbb\xbf")) or b"coding" in data[:200]
    if awkward or b"\r" in data or b"\f" in data or not data.endswith(b"\n"):
        return False
    source = gate(name, data)
    if not isinstance(source, SourceFile):
        return False
    return not source.stand_in and not source.suppressions and has_statements(source)


def _python_files() -> Iterator[Path]:
    """Yield the files in the order of a hash that does not depend on the folder of installation."""
    places = {name: Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")}
    found = {
        hashlib.sha256(f"{place}/{path.relative_to(root)}".encode()).digest(): path
        for place, root in places.items()
        for path in root.rglob("*.py")
        if _is_code(path.relative_to(root), place)
    }
    for _, path in sorted(found.items()):
        yield path


def _is_code(path: Path, place: str) -> bool:
    """Return whether ``path`` is neither a test, an ``__init__.py`` nor a package in ``stdlib``."""
    strangers = place == "stdlib" and "site-packages" in path.parts
    return path.name != "__init__.py" and not is_test_path(path.as_posix()) and not strangers
