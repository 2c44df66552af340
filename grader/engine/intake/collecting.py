"""Collect the files of an upload into a submission, drop what is not graded, enforce limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
from grader.engine.intake.artifacts import (
    ArtifactFile,
    artifact_folder_name,
    imported_folders,
    is_importable,
)
from grader.engine.intake.aside import Aside, kept_aside
from grader.engine.intake.candidate import Candidate
from grader.engine.intake.names import CONFIGURATION, check_appearance, collision_key
from grader.engine.intake.refusals import refusal, shown, size

#: Most dropped files that a report lists for one reason; the others are counted (chosen by hand).
MAX_LISTED = 100

#: The reason for the report why a link is not graded.
LINK = "a symbolic link: never followed; hand in the file itself"
#: The file that every .docx, .xlsx and .pptx contains.
_OFFICE_MARK = "[Content_Types].xml"
#: Suffixes of archives that students put into a zip, e.g. ``work.rar``.
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz")


def why_not_graded(name: str) -> str:
    """Return the reason, for the report, why the file ``name`` is not graded.

    It is judged by the name alone, of a file that is known not to be graded. Notebooks, ``.pyw``
    files, ``pyproject.toml`` and ``setup.cfg`` have reasons of their own; any other file is "not
    Python".
    """
    pure = PurePosixPath(name)
    if pure.name.lower() in ("pyproject.toml", "setup.cfg"):
        return CONFIGURATION
    if pure.suffix.lower() == ".ipynb":
        return "a notebook: scripts (.py) are asked for"
    if pure.suffix.lower() == ".pyw":
        return "a .pyw file: name it .py to have it graded"
    return "not Python"


@dataclass
class Collection:
    """Collects the files of one upload and builds the submission. ``limits`` are the rubric's.

    Methods that add or drop a file raise as soon as it breaks a rule or a limit. Artifacts, which
    are files that tools left, are held to the rules and limits only if graded code imports them,
    and only by :meth:`submission`. It alone reads contents, when every other name and stated size
    has been checked.
    """

    limits: Intake
    #: Whether files that are not graded are read too, which verifies an archive.
    verifies: bool = True
    _stored: list[Candidate] = field(default_factory=list)
    _files: dict[str, tuple[str, int, Callable[[], Iterable[bytes]]]] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)
    _dropped_files: dict[str, str] = field(default_factory=dict)
    _links: set[str] = field(default_factory=set)
    _notes: list[str] = field(default_factory=list)
    _artifacts: dict[str, str] = field(default_factory=dict)
    _artifact_files: dict[str, list[ArtifactFile]] = field(default_factory=dict)
    _total_bytes: int = 0

    def is_code(self, name: str) -> bool:
        """Return whether a file with this ``name`` is Python that is graded.

        A notebook counts as such only if the rubric accepts notebooks.
        """
        accepted = self.limits.notebooks == "accepted"
        return is_python(name) and (accepted or not is_notebook(name))

    def is_kept(self, name: str) -> bool:
        """Return whether a file with this ``name`` is kept: code that is graded, or a document."""
        return self.is_code(name) or is_document(name)

    def drop_artifact(self, path: str, reason: str) -> None:
        """Record that ``path`` is dropped as an artifact of a tool; it counts towards no limit.

        If it was recorded before, the first ``reason`` stays.
        """
        self._artifacts.setdefault(path, reason)

    def add_artifact_file(
        self, above: str, name: str, stated: int, pieces: Callable[[], Iterable[bytes]]
    ) -> None:
        """Record the file ``name`` in the artifact folder ``above``, e.g. ``__pycache__/``.

        It is graded, read and counted only if a graded file imports from a folder whose last
        segment is that of ``above``, which ends with a slash. Otherwise it may be kept aside, see
        :func:`kept_aside`. ``name`` is its whole path, ``stated`` its size in bytes, and ``pieces``
        yields its content. The folder is reported only if :meth:`drop_artifact` is called too.
        """
        self._stored.append(Candidate(name, stated, pieces, is_artifact=True))
        if is_importable(name, above):
            folder = artifact_folder_name(above)
            self._artifact_files.setdefault(folder, []).append(
                ArtifactFile(folder, name, stated, pieces)
            )

    def drop(self, name: str, reason: str) -> None:
        """Record that ``name`` is dropped for ``reason``, e.g. a symbolic link.

        It counts towards the number of entries. Of two records of one name, the later one stays.

        Raises:
            BadArchive: a code of :func:`check_appearance`.
            TooLarge: too-many-entries.
        """
        check_appearance(name, self.limits)
        self._dropped_files[name] = reason
        self._check_entry_count()

    def note(self, what: str) -> None:
        """Report ``what`` was left out that has no name, e.g. bytes in front of an archive."""
        self._notes.append(what)

    def add_link(self, name: str, stated: int, pieces: Callable[[], Iterable[bytes]]) -> None:
        """Add the symbolic link ``name`` of an archive, which is dropped; as :meth:`add_file`.

        ``pieces`` yields the path that it leads to. That is read only to verify the archive. No
        other name may lead through the link, which :meth:`submission` checks.
        """
        self.add_file(name, stated, pieces)
        self._links.add(collision_key(name))

    def add_folder(self, name: str) -> None:
        """Add the folder ``name``; adding it twice is allowed, and it then counts once.

        That a file has the same name is noticed only by :meth:`submission`.

        Raises:
            BadArchive: a code of :func:`check_appearance`.
            TooLarge: too-many-entries.
        """
        check_appearance(name, self.limits)
        self._folders[collision_key(name)] = name
        self._check_entry_count()

    def add_file(
        self,
        name: str,
        stated: int,
        pieces: Callable[[], Iterable[bytes]],
        *,
        is_counted: bool = True,
    ) -> None:
        """Add the file ``name`` of ``stated`` bytes; ``pieces`` yields its content and verifies it.

        The content is not read yet. Files that are not kept count towards the limits too, except
        that of one file; the bytes only of those with ``is_counted``.

        Raises:
            BadArchive: duplicate-name, if a file was added whose name some file system does not
                distinguish from this one; or a code of :func:`check_appearance`.
            TooLarge: file-too-large, total-too-large, too-many-entries.
        """
        check_appearance(name, self.limits)
        key = collision_key(name)
        if key in self._files:
            raise refusal("duplicate-name", name)
        self._files[key] = (name, stated, pieces)
        self._check_entry_count()
        self._total_bytes += stated * is_counted
        if self.is_kept(name) and stated > self.limits.max_file:
            raise refusal("file-too-large", name, limit=size(self.limits.max_file))
        if self._total_bytes > self.limits.max_total:
            raise refusal("total-too-large", name, limit=size(self.limits.max_total))

    def _check_entry_count(self) -> None:
        """Raise TooLarge if there are more files, folders and dropped entries than allowed."""
        if (
            len(self._files) + len(self._folders) + len(self._dropped_files)
            > self.limits.max_entries
        ):
            raise refusal("too-many-entries", limit=self.limits.max_entries)

    def submission(self, archive_sha256: str = "") -> Submission:
        """Read the contents and return the submission. To be called once.

        It has the code, the documents, the artifacts that code imports, also indirectly, what is
        kept aside, and ``archive_sha256``, the hexadecimal hash of an archive. The other files are
        dropped, with reasons; they are read too, to verify them, except artifacts.

        Raises:
            BadArchive: name-conflict (a path is a file and a folder); symlink (a path leads through
                one); no-python-files (artifacts, documents and links are none); what ``pieces``
                raises, e.g. on damaged content; or as :meth:`add_file` (TooLarge too) about an
                imported artifact.
        """
        self._check_conflicts()
        names = (name for key, (name, _, _) in self._files.items() if key not in self._links)
        if not any(map(self.is_code, names)):
            raise refusal("no-python-files", found=self._hint_for_no_python())
        graded = list(self._read_kept())
        self._add_imported(graded)
        graded.sort(key=lambda source: source.path)
        aside = self._aside(graded)
        of_tools = {one.name for one in self._stored} - aside.added
        return Submission(
            files=tuple(graded),
            dropped=self._dropped(),
            archive_sha256=archive_sha256,
            aside=aside.files,
            of_tools=frozenset(one.path for one in aside.files if one.path in of_tools),
        )

    def _read_kept(self) -> Iterator[SourceFile]:
        """Yield the files that are kept, and record the others as dropped."""
        for key, (name, _, pieces) in self._files.items():
            if key not in self._links and self.is_kept(name):
                yield SourceFile(name, b"".join(pieces()))
            else:
                reason = LINK if key in self._links else why_not_graded(name)
                self._drop_unread(name, reason, pieces)

    def _drop_unread(self, name: str, reason: str, pieces: Callable[[], Iterable[bytes]]) -> None:
        """Record that the file ``name`` is not graded; read it if that verifies an archive."""
        for _ in pieces() if self.verifies else ():
            pass  # One damaged file refuses the whole archive.
        self._dropped_files[name] = reason

    def _aside(self, graded: Iterable[SourceFile]) -> Aside:
        """Return the files that the code among ``graded`` may run, see :func:`kept_aside`."""
        code = [file for file in graded if self.is_code(file.path)]
        known = {file.path for file in code}
        return kept_aside(code, (one for one in self._candidates() if one.name not in known))

    def _candidates(self) -> Iterator[Candidate]:
        """Yield the files that may be a part of the program, though no check reads them."""
        for key, (name, stated, pieces) in self._files.items():
            if key not in self._links and not self.is_code(name):
                yield Candidate(name, stated, pieces)
        yield from self._stored

    def _add_imported(self, graded: list[SourceFile]) -> None:
        """Add to ``graded`` the artifacts that graded files import, directly or indirectly."""
        new = graded
        while new and self._artifact_files:
            texts = (source.data for source in new if is_python(source.path))
            imported = sorted(imported_folders(texts, self._artifact_files))
            found = [one for folder in imported for one in self._artifact_files.pop(folder)]
            for one in found:
                self.add_file(one.name, one.stated, one.pieces)
            new = [SourceFile(one.name, b"".join(one.pieces())) for one in found]
            graded += new

    def _check_conflicts(self) -> None:
        """Raise BadArchive if a path is both a file and a folder, or leads through a link."""
        for key, name in self._folders.items():
            if key in self._files:
                raise refusal(self._conflict(key), name)
        for key, (name, _, _) in self._files.items():
            segments = key.split("/")
            parents = ("/".join(segments[:end]) for end in range(1, len(segments)))
            blocking = next((parent for parent in parents if parent in self._files), None)
            if blocking is not None:
                raise refusal(self._conflict(blocking), name)

    def _conflict(self, key: str) -> str:
        """Return the code of a path that leads through the file with this ``key``."""
        return "symlink" if key in self._links else "name-conflict"

    def _hint_for_no_python(self) -> str:
        """Return a sentence on what the upload contains instead of Python, or ``""``."""
        names = [name for name, _, _ in self._files.values()]
        if _OFFICE_MARK in names:
            return " It is an Office document."
        if any(self.is_code(self._files[key][0]) for key in self._links):
            return " It has links to scripts: put the scripts themselves into it."
        if any(name.lower().endswith(".ipynb") for name in names):
            return f" It has a notebook: export that {AS_A_SCRIPT}."
        archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
        if archives:
            return f" It has an archive inside, {shown(archives[0])}: unpack that first."
        return ""

    def _dropped(self) -> tuple[Dropped, ...]:
        """Return the dropped files by path, at most MAX_LISTED a reason, then the counts."""
        rows = [
            Dropped(shown(path), why)
            for path, why in (self._dropped_files | self._artifacts).items()
        ]
        rows.sort(key=lambda row: row.path)
        by_reason: dict[str, list[Dropped]] = {}
        for row in rows:
            by_reason.setdefault(row.reason, []).append(row)
        listed = [row for same in by_reason.values() for row in same[:MAX_LISTED]]
        listed.sort(key=lambda row: row.path)
        listed += [Dropped("…", note) for note in self._notes]
        more = ((len(same) - MAX_LISTED, reason) for reason, same in by_reason.items())
        listed += [Dropped("…", f"{count} more: {reason}") for count, reason in more if count > 0]
        return tuple(listed)
