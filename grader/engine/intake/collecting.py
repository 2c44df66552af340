"""What is graded of the files that were found, what is left out and why, within which limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.domain.rubric.policies import Intake
from grader.domain.source import (
    Dropped,
    SourceFile,
    Submission,
    is_document,
    is_notebook,
    is_python,
)
from grader.domain.unreadable import AS_A_SCRIPT
from grader.engine.intake.leftovers import Leftover, folders_named, is_importable, leftover_folder
from grader.engine.intake.names import CONFIGURATION, check_appearance, collision_key
from grader.engine.intake.refusals import refusal, shown, size

#: Things left out for one reason that are listed one by one; more are only counted.
MOST_LISTED = 100

_OFFICE_MARK = "[Content_Types].xml"
#: How the names of archives end that students put into a zip.
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz")


def why_not_graded(name: str) -> str:
    """What a student is told of a file that is left out."""
    pure = PurePosixPath(name)
    if pure.name.lower() == "pyproject.toml":
        return CONFIGURATION
    if pure.suffix.lower() == ".ipynb":
        return "a notebook: scripts (.py) are asked for"
    if pure.suffix.lower() == ".pyw":
        return "a .pyw file: name it .py to have it graded"
    return "not Python"


@dataclass
class Collection:
    """Gathers files one by one, and refuses as soon as a rule or a limit is broken.

    Contents are read last, when every name and every stated size has passed.
    """

    limits: Intake
    _files: dict[str, tuple[str, int, Callable[[], Iterable[bytes]]]] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)
    _left_out: dict[str, str] = field(default_factory=dict)
    _junk: dict[str, str] = field(default_factory=dict)
    _leftovers: dict[str, list[Leftover]] = field(default_factory=dict)
    _total: int = 0

    def is_code(self, name: str) -> bool:
        """Whether a file of this name is Python that is graded."""
        accepted = self.limits.notebooks == "accepted"
        return is_python(name) and (accepted or not is_notebook(name))

    def keeps(self, name: str) -> bool:
        """Whether a file of this name is read: some check may be about it."""
        return self.is_code(name) or is_document(name)

    def junk(self, path: str, reason: str) -> None:
        """Note a leftover of a tool; it counts towards no limit."""
        self._junk.setdefault(path, reason)

    def leftover(
        self, above: str, name: str, stated: int, pieces: Callable[[], Iterable[bytes]]
    ) -> None:
        """Note a file below a leftover; it is kept only if a file that is kept imports it."""
        if is_importable(name, above):
            folder = leftover_folder(above)
            self._leftovers.setdefault(folder, []).append(Leftover(folder, name, stated, pieces))

    def left_out(self, name: str, reason: str) -> None:
        """Note a thing that is not graded, for a reason of its own."""
        check_appearance(name, self.limits)
        self._left_out[name] = reason
        self._count()

    def folder(self, name: str) -> None:
        """A folder; naming it again is fine."""
        check_appearance(name, self.limits)
        self._folders[collision_key(name)] = name
        self._count()

    def file(self, name: str, stated: int, pieces: Callable[[], Iterable[bytes]]) -> None:
        """A file of ``stated`` bytes; ``pieces`` gives its content and refuses a false one.

        Raises:
            BadArchive: duplicate-name.
            TooLarge: file-too-large, total-too-large, too-many-entries.
        """
        check_appearance(name, self.limits)
        key = collision_key(name)
        if key in self._files:
            raise refusal("duplicate-name", name)
        self._files[key] = (name, stated, pieces)
        self._count()
        self._total += stated
        if self.keeps(name) and stated > self.limits.max_file:
            raise refusal("file-too-large", name, limit=size(self.limits.max_file))
        if self._total > self.limits.max_total:
            raise refusal("total-too-large", name, limit=size(self.limits.max_total))

    def _count(self) -> None:
        if len(self._files) + len(self._folders) + len(self._left_out) > self.limits.max_entries:
            raise refusal("too-many-entries", limit=self.limits.max_entries)

    def submission(self, archive_sha256: str = "") -> Submission:
        """Everything gathered, contents read.

        Raises:
            BadArchive: name-conflict, no-python-files, and whatever reading finds.
        """
        self._check_conflicts()
        if not any(self.is_code(name) for name, _, _ in self._files.values()):
            raise refusal("no-python-files", found=self._found_instead())
        graded = []
        for name, _, pieces in self._files.values():
            if self.keeps(name):
                graded.append(SourceFile(name, b"".join(pieces())))
                continue
            for _ in pieces():
                pass  # Nothing of it is kept, but a damaged or lying archive is refused as a whole.
            self._left_out[name] = why_not_graded(name)
        self._add_imported(graded)
        graded.sort(key=lambda source: source.path)
        return Submission(tuple(graded), self._dropped(), archive_sha256)

    def _add_imported(self, graded: list[SourceFile]) -> None:
        """Keep the leftovers that files import, and those that these import in their turn."""
        new = graded
        while new and self._leftovers:
            texts = (source.data for source in new if is_python(source.path))
            named = sorted(folders_named(texts, self._leftovers))
            found = [one for folder in named for one in self._leftovers.pop(folder)]
            for one in found:
                self.file(one.name, one.stated, one.pieces)
            new = [SourceFile(one.name, b"".join(one.pieces())) for one in found]
            graded += new

    def _check_conflicts(self) -> None:
        for key, name in self._folders.items():
            if key in self._files:
                raise refusal("name-conflict", name)
        for key, (name, _, _) in self._files.items():
            segments = key.split("/")
            parents = ("/".join(segments[:end]) for end in range(1, len(segments)))
            if any(parent in self._files for parent in parents):
                raise refusal("name-conflict", name)

    def _found_instead(self) -> str:
        names = [name for name, _, _ in self._files.values()]
        if _OFFICE_MARK in names:
            return " It is an Office document."
        if any(name.lower().endswith(".ipynb") for name in names):
            return f" It has a notebook: export that {AS_A_SCRIPT}."
        archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
        if archives:
            return f" It has an archive inside, {shown(archives[0])}: unpack that first."
        return ""

    def _dropped(self) -> tuple[Dropped, ...]:
        """What was left out, by path; of one reason the first hundred, and how many more."""
        rows = [Dropped(shown(path), why) for path, why in (self._left_out | self._junk).items()]
        rows.sort(key=lambda row: row.path)
        by_reason: dict[str, list[Dropped]] = {}
        for row in rows:
            by_reason.setdefault(row.reason, []).append(row)
        listed = [row for same in by_reason.values() for row in same[:MOST_LISTED]]
        listed.sort(key=lambda row: row.path)
        more = ((len(same) - MOST_LISTED, reason) for reason, same in by_reason.items())
        listed += [Dropped("…", f"{count} more: {reason}") for count, reason in more if count > 0]
        return tuple(listed)
