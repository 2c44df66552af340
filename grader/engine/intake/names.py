"""Names in an upload: which are safe, which are the same name, which are leftovers of tools.

A name is a path with forward slashes. The rules of structure hold for every name, because
another program may unpack what is stored here; the rules of appearance only for names that are
kept, because nobody chooses the names inside ``node_modules``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from grader.domain.rubric.policies import Intake
from grader.engine.intake.refusals import refusal, unseen

#: Bytes in UTF-8; file systems allow 255 for a segment, and reports add to a name.
MOST_BYTES_A_SEGMENT = 100
MOST_BYTES_A_PATH = 255

_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)", re.IGNORECASE
)
#: How bsdtar and Dropbox list the folder around everything.
ROOTS = frozenset({"./", "/"})

_JUNK_FOLDERS = {
    "__macosx": "left by macOS",
    "__pycache__": "compiled Python",
    ".git": "version control",
    ".hg": "version control",
    ".svn": "version control",
    "node_modules": "installed packages",
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
_JUNK_FILES = {
    ".ds_store": "left by macOS",
    "icon\r": "left by macOS",
    "thumbs.db": "left by Windows",
    "desktop.ini": "left by Windows",
    "setup.cfg": CONFIGURATION,
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
#: What ``python -m venv`` puts beside ``pyvenv.cfg``. Only these go, so that a script that lies
#: in the environment's own folder is still graded.
_ENVIRONMENT = "a virtual environment"
_ENVIRONMENT_PARTS = frozenset(
    {"bin", "scripts", "lib", "lib64", "include", "share", "etc", "man", "pyvenv.cfg"}
)


def check_structure(raw: str) -> str:
    """The path that a raw name means, with ``\\`` (old Windows zippers) read as ``/``.

    A folder keeps its final slash; a ``./`` in front (bsdtar) is left out.

    Raises:
        BadArchive: name-empty, name-absolute, name-traversal, name-control (NUL only).
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
    """Refuse a name that cannot be shown, stored or downloaded safely.

    Raises:
        BadArchive: name-control, name-too-long, name-too-deep, name-reserved.
    """
    hidden = unseen(name)
    if hidden:
        raise refusal("name-control", name, character=f"U+{ord(hidden):04X}")
    segments = name.removesuffix("/").split("/")
    if len(segments) - 1 > limits.max_depth:
        raise refusal("name-too-deep", name, limit=limits.max_depth)
    if len(name.encode()) > MOST_BYTES_A_PATH:
        raise refusal("name-too-long", name, limit=f"a path has at most {MOST_BYTES_A_PATH} bytes")
    if any(len(segment.encode()) > MOST_BYTES_A_SEGMENT for segment in segments):
        limit = f"a name has at most {MOST_BYTES_A_SEGMENT} bytes"
        raise refusal("name-too-long", name, limit=limit)
    if any(_reserved(segment) for segment in segments):
        raise refusal("name-reserved", name)


def _reserved(segment: str) -> bool:
    return ":" in segment or segment[-1] in ". " or bool(_DEVICE.match(segment))


def collision_key(name: str) -> str:
    """What two names share if some file system takes them for one."""
    composed = unicodedata.normalize("NFC", name.removesuffix("/"))
    return unicodedata.normalize("NFKC", composed.casefold())


def environments(names: Iterable[str]) -> frozenset[str]:
    """The folders (``""``, or ending in a slash) that are virtual environments."""
    return frozenset(
        name.removesuffix("pyvenv.cfg")
        for name in names
        if name == "pyvenv.cfg" or name.endswith("/pyvenv.cfg")
    )


def junk(name: str, environment_folders: frozenset[str], limits: Intake) -> tuple[str, str] | None:
    """The outermost file or folder that makes a path a leftover, with the reason; else ``None``.

    Below more folders than ``limits`` allows nothing is a leftover: what lies there is too deep.
    """
    segments = name.removesuffix("/").split("/")
    for at, segment in enumerate(segments[: limits.max_depth + 1]):
        reason = _junk_reason(segment, is_folder=at < len(segments) - 1 or name.endswith("/"))
        if not reason:
            continue
        above = "".join(folder + "/" for folder in segments[:at])
        if reason is not _ENVIRONMENT or above in environment_folders:
            outermost = f"{above}{segment}/"
            return outermost if len(outermost) <= len(name) else name, reason
    return None


@lru_cache(maxsize=8_192)
def _junk_reason(segment: str, *, is_folder: bool) -> str:
    """Why a segment makes a path a leftover; for some only where an environment is around it."""
    folded = segment.lower()
    if is_folder and folded.endswith((".dist-info", ".egg-info")):
        return "installed packages"
    if not is_folder and folded.endswith((".pyc", ".pyo")):
        return "compiled Python"
    if not is_folder and folded.startswith("._"):
        return "left by macOS"
    reason = (_JUNK_FOLDERS if is_folder else _JUNK_FILES).get(folded, "")
    return reason or (_ENVIRONMENT if folded in _ENVIRONMENT_PARTS else "")
