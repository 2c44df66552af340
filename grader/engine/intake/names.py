"""Names in an upload: which are safe, which collide, which belong to artifacts of tools.

A name is a path with forward slashes. The rules of structure hold for every name, because another
program may unpack the stored archive. The rules of appearance hold only for names that are kept,
because students do not choose the names inside ``node_modules``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from grader.domain.rubric.policies import Intake
from grader.engine.intake.refusals import invisible_character, refusal

#: Most bytes of a segment of a path in UTF-8 (chosen by hand). File systems allow 255, and names of
#: reports are longer than the names that they contain.
MAX_SEGMENT_BYTES = 100
#: Most bytes of a path in UTF-8 (chosen by hand; Windows allows 260 characters).
MAX_PATH_BYTES = 255

#: A drive letter of Windows, e.g. ``C:``, ``c:work``; not ``ab:c``.
_DRIVE = re.compile(r"[A-Za-z]:")
#: A device name of Windows, with any suffix, e.g. ``con``, ``NUL.py``, ``com1 .txt``; not
#: ``console.py``, ``com10``.
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)", re.IGNORECASE
)
#: Entries for the root folder itself, as bsdtar (``./``) and Dropbox (``/``) write them.
ROOTS = frozenset({"./", "/"})

#: Folder of an artifact, in lower case -> reason for the report.
_ARTIFACT_FOLDERS = {
    "__macosx": "left by macOS",
    "__pycache__": "compiled Python",
    ".git": "version control",
    ".hg": "version control",
    ".svn": "version control",
    "node_modules": "installed packages",
    "site-packages": "installed packages",
    "dist-packages": "installed packages",
    ".mypy_cache": "a tool's cache",
    ".pytest_cache": "a tool's cache",
    ".ruff_cache": "a tool's cache",
    ".import_linter_cache": "a tool's cache",
    ".hypothesis": "a tool's cache",
    ".ipynb_checkpoints": "a tool's cache",
    ".tox": "a tool's cache",
    ".nox": "a tool's cache",
    ".eggs": "installed packages",
    ".idea": "an editor's settings",
    ".vscode": "an editor's settings",
}
CONFIGURATION = "configuration of a tool: every submission is graded with the exercise's own"
#: File of an artifact, in lower case -> reason for the report.
_ARTIFACT_FILES = {
    ".ds_store": "left by macOS",
    "icon\r": "left by macOS",
    "thumbs.db": "left by Windows",
    "desktop.ini": "left by Windows",
    "tox.ini": CONFIGURATION,
    "mypy.ini": CONFIGURATION,
    "pytest.ini": CONFIGURATION,
    "radon.cfg": CONFIGURATION,
    ".flake8": CONFIGURATION,
    ".isort.cfg": CONFIGURATION,
    ".pylintrc": CONFIGURATION,
    ".coveragerc": CONFIGURATION,
    ".editorconfig": CONFIGURATION,
    ".gitignore": CONFIGURATION,
    ".gitattributes": CONFIGURATION,
    ".pre-commit-config.yaml": CONFIGURATION,
}
#: Names that ``python -m venv`` creates beside ``pyvenv.cfg``. Only these are dropped, so that a
#: script in the folder of the environment is still graded.
_ENVIRONMENT = "a virtual environment"
_ENVIRONMENT_PARTS = frozenset(
    {"bin", "scripts", "lib", "lib64", "include", "share", "etc", "man", "pyvenv.cfg"}
)


def check_structure(raw: str) -> str:
    """Return ``raw``, a name in an archive, as a path; raise if it is not a safe relative path.

    Each ``\\`` (old Windows zippers) becomes ``/``, and a leading ``./`` (bsdtar) is removed. A
    folder keeps its final slash.

    Raises:
        BadArchive: name-empty (or a segment is empty or ``.``, e.g. in ``a//b``), name-absolute
            (also with a drive, ``C:a``), name-traversal (``..``), name-control (NUL only).
    """
    name = raw.replace("\\", "/").removeprefix("./")
    segments = name.removesuffix("/").split("/")
    if "\0" in name:
        raise refusal("name-control", raw, character="U+0000")
    if (name.startswith("/") and name != "/") or _DRIVE.match(segments[0]):
        raise refusal("name-absolute", raw)
    if ".." in segments:
        raise refusal("name-traversal", raw)
    if any(segment in ("", ".") for segment in segments):
        raise refusal("name-empty", raw)
    return name


def check_appearance(name: str, limits: Intake) -> None:
    """Raise if ``name`` cannot be shown, stored or downloaded safely; ``limits`` bounds its depth.

    Raises:
        BadArchive: name-control (it has an :func:`invisible_character`), name-too-long (the path,
            or a segment of it), name-too-deep, name-reserved (Windows cannot store it).
    """
    hidden = invisible_character(name)
    if hidden:
        raise refusal("name-control", name, character=f"U+{ord(hidden):04X}")
    segments = name.removesuffix("/").split("/")
    if len(segments) - 1 > limits.max_depth:
        raise refusal("name-too-deep", name, limit=limits.max_depth)
    if len(name.encode()) > MAX_PATH_BYTES:
        raise refusal("name-too-long", name, limit=f"a path has at most {MAX_PATH_BYTES} bytes")
    if any(len(segment.encode()) > MAX_SEGMENT_BYTES for segment in segments):
        limit = f"a name has at most {MAX_SEGMENT_BYTES} bytes"
        raise refusal("name-too-long", name, limit=limit)
    if any(_reserved(segment) for segment in segments):
        raise refusal("name-reserved", name)


def _reserved(segment: str) -> bool:
    """Return whether Windows cannot store ``segment``: e.g. ``a:b``, ``a.``, ``con.py``."""
    return ":" in segment or segment[-1] in ". " or bool(_DEVICE.match(segment))


def collision_key(name: str) -> str:
    """Return a key that is equal for names which some file system does not distinguish.

    e.g. ``A.py`` and ``a.py``, composed and decomposed umlauts, or a ligature and its letters. A
    final slash does not count.
    """
    composed = unicodedata.normalize("NFC", name.removesuffix("/"))
    return unicodedata.normalize("NFKC", composed.casefold())


def find_environments(names: Iterable[str]) -> frozenset[str]:
    """Return the folders of the files in ``names`` that are called ``pyvenv.cfg``.

    Each ends in a slash; the root folder is ``""``.
    """
    return frozenset(
        name.removesuffix("pyvenv.cfg")
        for name in names
        if name == "pyvenv.cfg" or name.endswith("/pyvenv.cfg")
    )


def find_artifact(
    name: str, environment_folders: frozenset[str], limits: Intake
) -> tuple[str, str] | None:
    """Return (path, reason) of the outermost artifact that contains or is ``name``, or ``None``.

    Artifacts are what tools leave behind, and their configuration: ``a/.git/b/config`` ->
    (``a/.git/``, "version control"), ``setup.cfg``. In ``environment_folders``, those of virtual
    environments, what ``venv`` creates is one too: ``venv/lib/``, not ``venv/my.py``. Artifacts are
    searched only down to the depth that ``limits`` allows; a deeper name is refused elsewhere.
    """
    segments = name.removesuffix("/").split("/")
    for at, segment in enumerate(segments[: limits.max_depth + 1]):
        reason = _artifact_reason(segment, is_folder=at < len(segments) - 1 or name.endswith("/"))
        if not reason:
            continue
        above = "".join(folder + "/" for folder in segments[:at])
        if reason is not _ENVIRONMENT or above in environment_folders:
            outermost = f"{above}{segment}/"
            return outermost if len(outermost) <= len(name) else name, reason
    return None


@lru_cache(maxsize=8_192)
def _artifact_reason(segment: str, *, is_folder: bool) -> str:
    """Return the reason why ``segment`` is an artifact, or ``""``.

    The reason ``_ENVIRONMENT`` holds only if the segment lies in a virtual environment.
    e.g. ``x.egg-info/``, ``a.pyc``, ``._a.py``; not ``git/``, ``_a.py``.
    """
    folded = segment.lower()
    if is_folder and folded.endswith((".dist-info", ".egg-info")):
        return "installed packages"
    if not is_folder and folded.endswith((".pyc", ".pyo")):
        return "compiled Python"
    if not is_folder and folded.startswith("._"):
        return "left by macOS"
    reason = (_ARTIFACT_FOLDERS if is_folder else _ARTIFACT_FILES).get(folded, "")
    return reason or (_ENVIRONMENT if folded in _ENVIRONMENT_PARTS else "")
