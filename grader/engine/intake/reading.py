"""Read an upload, or a path on disk, into a submission.

Everything stays in memory: nothing of an upload is written to disk, imported, or read as
configuration. Paths stay as they are in the archive.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from grader.domain.errors import BadArchive
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission, is_python
from grader.engine.intake.collecting import LINK, Collection
from grader.engine.intake.formats import format_of, is_text
from grader.engine.intake.names import (
    ROOTS,
    check_appearance,
    check_structure,
    find_artifact,
    find_environments,
)
from grader.engine.intake.refusals import refusal, size
from grader.engine.intake.zip_directory import looks_like_zip
from grader.engine.intake.zip_members import Member, members

#: The name of a single file that came without a usable one.
_NAMELESS = "submission.py"
#: The name under which Info-ZIP stores what it read from standard input, with the mode of a pipe.
_PIPED = "-"
#: First bytes of a zip with and without entries: a ``.py`` that starts so is an archive.
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


def read_upload(data: bytes, *, filename: str = "", limits: Intake | None = None) -> Submission:
    """Return the submission in ``data``: a zip archive, or one Python file.

    ``filename`` is the sender's name for it, of which only the last segment counts. If that has a
    suffix of Python, ``data`` is one Python file (text or not, even empty) unless it begins like a
    zip. Otherwise it is a zip, or, if the name has no suffix, text that is taken as a Python file.
    The file is called ``submission.py`` if the name is unsafe or has no suffix. ``limits`` are
    those of the rubric; ``None`` means the defaults.

    Raises:
        TooLarge: ``data`` exceeds a limit on sizes or on the number of files and folders.
        BadArchive: any other refusal; ``code`` is a key of ``REFUSALS``.
    """
    limits = limits or Intake()
    if len(data) > limits.max_upload:
        raise refusal("upload-too-large", limit=size(limits.max_upload))
    if not data and not is_python(filename):
        raise refusal("empty-upload")
    if is_python(filename) and not data.startswith(_ZIP_STARTS):
        return _one_file(data, filename, limits)
    if looks_like_zip(data):
        return _read_zip(data, limits)
    if is_text(data) and not PurePosixPath(_last_segment(filename)).suffix:
        return _one_file(data, _NAMELESS, limits)
    raise refusal("not-a-zip", filename, format=format_of(data))


def read_path(path: Path, limits: Intake | None = None) -> Submission:
    """Return the submission at ``path``: a folder, or a file as :func:`read_upload` accepts it.

    Symbolic links inside a folder are dropped and never followed; ``path`` itself may be one. Files
    of a folder that are neither graded code nor documents are not read, and their bytes do not
    count. ``limits`` of ``None`` means the defaults.

    Raises:
        TooLarge, BadArchive: as :func:`read_upload`, and no-such-path, unreadable-path.
    """
    limits = limits or Intake()
    try:
        if path.is_dir():
            return _read_folder(path, limits)
        if not path.exists():
            raise refusal("no-such-path", str(path))
        if not path.is_file():
            raise refusal("unreadable-path", str(path), reason="it is not a file or a folder")
        with path.open("rb") as file:
            data = file.read(limits.max_upload + 1)
    except OSError as error:
        reason = error.strerror or "the system says no"
        raise refusal("unreadable-path", str(path), reason=reason) from None
    return read_upload(data, filename=path.name, limits=limits)


def _last_segment(filename: str) -> str:
    """Return the last segment of ``filename``, after the last ``/`` or ``\\``."""
    return filename.replace("\\", "/").rsplit("/", 1)[-1]


def _one_file(data: bytes, filename: str, limits: Intake) -> Submission:
    """Return the submission of the one Python file ``data``; an unsafe name is replaced."""
    name = _last_segment(filename)
    try:
        check_appearance(check_structure(name), limits)
    except BadArchive:
        name = _NAMELESS
    collection = Collection(limits)
    collection.add_file(name, len(data), lambda: [data])
    return collection.submission()


def _read_zip(data: bytes, limits: Intake) -> Submission:
    """Return the submission in the zip archive ``data``, whose names must all be safe."""
    everything = members(data)
    found = [member for member in everything if not _is_root(member)]
    if not found:
        raise refusal("empty-archive")
    named = [(check_structure(member.names[-1]), member) for member in found]
    environment_folders = find_environments(name for name, _ in named)
    collection = Collection(limits)
    if everything[0].offset:
        in_front = size(everything[0].offset)
        collection.note(f"{in_front} in front of the zip archive, as in one that unpacks itself")
    for name, member in named:
        raw_name = check_structure(member.names[0])
        artifact = find_artifact(name, environment_folders, limits)
        if artifact:
            _drop_artifact(collection, artifact, name, member)
        else:
            check_appearance(raw_name, limits)
            _add_member(collection, name, member)
    return collection.submission(hashlib.sha256(data).hexdigest())


def _drop_artifact(
    collection: Collection, artifact: tuple[str, str], name: str, member: Member
) -> None:
    """Drop ``member``, which is in the folder ``artifact``; keep a file in case code imports it."""
    collection.drop_artifact(*artifact)
    if not stat.S_IFMT(member.mode) or stat.S_ISREG(member.mode):
        collection.add_artifact_file(artifact[0], name, member.size, member.pieces)


def _is_root(member: Member) -> bool:
    """Return whether ``member`` is the entry of the root folder itself."""
    return not member.size and ROOTS.issuperset(member.names)


def _add_member(collection: Collection, name: str, member: Member) -> None:
    """Add ``member`` as a file, a link or a folder, by its Unix mode; refuse special files."""
    kind = stat.S_IFMT(member.mode)
    if kind == stat.S_IFIFO and name == _PIPED:
        kind = stat.S_IFREG
    if kind == stat.S_IFLNK and not name.endswith("/"):
        collection.add_link(name, member.size, member.pieces)
        return
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refusal("special-file", name)
    if not name.endswith("/") and kind != stat.S_IFDIR:
        collection.add_file(name, member.size, member.pieces)
        return
    if member.size or any(member.pieces()):
        raise refusal("folder-with-data", name)
    collection.add_folder(name)


def _read_folder(root: Path, limits: Intake) -> Submission:
    """Return the submission in the folder ``root``, with paths relative to it."""
    collection = Collection(limits, verifies=False)
    folders = [""]
    while folders:
        above = folders.pop()
        with os.scandir(root / above) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        environment = find_environments(entry.name for entry in entries)
        for entry in entries:
            folders += _add_entry(collection, above, entry, environment)
    return collection.submission()


def _add_entry(
    collection: Collection, above: str, entry: os.DirEntry[str], environment: frozenset[str]
) -> list[str]:
    """Add ``entry`` of the folder ``above``; return it in a list if it is a folder to walk next."""
    folder = entry.is_dir(follow_symlinks=False)
    own_name = entry.name + "/" * folder
    artifact = find_artifact(own_name, environment, collection.limits)
    if artifact:
        collection.drop_artifact(above + artifact[0], artifact[1])
        for path in _files_below(Path(entry.path)):
            name = (Path(above) / entry.name / path.relative_to(entry.path)).as_posix()
            pieces = _reader(str(path), collection.limits)
            collection.add_artifact_file(above + artifact[0], name, path.stat().st_size, pieces)
        return []
    name = check_structure(above + own_name)
    if folder:
        collection.add_folder(name)
        return [name]
    if not entry.is_file(follow_symlinks=False):
        collection.drop(name, LINK if entry.is_symlink() else "not a file: never read")
    elif collection.is_kept(name):
        collection.add_file(name, entry.stat().st_size, _reader(entry.path, collection.limits))
    else:
        # Not graded, so not counted in bytes, and read only where it may be a part of the program.
        pieces = _reader(entry.path, collection.limits)
        collection.add_file(name, entry.stat().st_size, pieces, is_counted=False)
    return []


def _files_below(artifact: Path) -> Iterator[Path]:
    """Yield the files in an artifact folder, or the artifact itself; links are never followed."""
    if artifact.is_symlink():  # lib64 in a virtual environment leads to lib
        return
    if artifact.is_file():
        yield artifact
    for above, folders, names in os.walk(artifact):
        folders.sort()
        paths = (Path(above, name) for name in sorted(names))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def _reader(path: str, limits: Intake) -> Callable[[], Iterable[bytes]]:
    """Return a function that reads the file ``path`` and refuses more than ``limits.max_file``."""

    def pieces() -> Iterator[bytes]:
        with open(path, "rb") as file:
            data = file.read(limits.max_file + 1)
        if len(data) > limits.max_file:  # It grew since it was listed.
            raise refusal("file-too-large", path, limit=size(limits.max_file))
        yield data

    return pieces
