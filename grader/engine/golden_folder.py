"""Folders of golden samples: programs, and ``expected.yaml``, which says what they should earn."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.domain.errors import BadRequest, BadRubric
from grader.domain.samples import Expected, SamplePoints
from grader.engine.rubric_text import read_plain

#: The file in a folder of samples that lists each sample with its points.
EXPECTED = "expected.yaml"
#: Folders that tools leave behind, which belong to no sample. e.g. not ``data``.
_LEFT_BEHIND = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".git", ".venv"})
#: A sample has a total (``modules: 100``), or ``total`` and ``criteria``.
_LISTED: TypeAdapter[dict[str, Expected | SamplePoints]] = TypeAdapter(
    dict[str, Expected | SamplePoints]
)


@dataclass(frozen=True)
class FolderSample:
    """A sample of a folder: ``data`` is its archive or Python file, called ``filename``."""

    name: str
    filename: str
    data: bytes
    expected: SamplePoints


def read_golden_folder(folder: Path) -> Iterator[FolderSample]:
    """Yield the samples that ``expected.yaml`` in ``folder`` lists, in its order.

    Each is a folder of its name, which is sent as a zip, or a ``.zip`` or ``.py`` file.

    Raises:
        BadRequest: ``expected.yaml`` is missing or says something else, or a sample is missing.
    """
    for name, expected in expected_points(folder).items():
        path = sample_path(folder, name)
        try:
            data = zipped_folder(path) if path.is_dir() else path.read_bytes()
        except OSError as error:
            raise BadRequest(
                f"The sample {path} cannot be read: {error.strerror or error}.",
                how_to_fix=f"{folder / EXPECTED} names it: add the sample, or remove its line.",
            ) from None
        filename = f"{name}.zip" if path.is_dir() else path.name
        yield FolderSample(name, filename, data, expected)


def expected_points(folder: Path) -> dict[str, SamplePoints]:
    """Return sample name -> expected points, as listed in ``expected.yaml`` in ``folder``.

    A sample has a total there (``modules: 100``), or ``total`` and ``criteria``.

    Raises:
        BadRequest: the file is missing, cannot be read, or is not such a mapping.
    """
    file = folder / EXPECTED
    how = (
        f"Write lines like `modules: 100` there, one for each folder or zip in {folder}, or let"
        " `grader rubric test --record` write them."
    )
    try:
        listed = _LISTED.validate_python(read_plain(file.read_bytes()))
        return {
            name: one if isinstance(one, SamplePoints) else SamplePoints(total=one)
            for name, one in listed.items()
        }
    except OSError:
        raise BadRequest(f"There is no {file}.", how_to_fix=how) from None
    except (BadRubric, ValidationError):
        raise BadRequest(f"{file} does not name samples and points.", how_to_fix=how) from None


def sample_names(folder: Path) -> list[str]:
    """Return the names of the samples in ``folder``, sorted: of its folders, zips and programs."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
    return sorted(
        {path.stem for path in found if path.suffix in (".zip", ".py")}
        | {path.name for path in found if path.is_dir()}
    )


def sample_path(folder: Path, name: str) -> Path:
    """Return the path of the sample ``name``: a folder, or else ``name.zip`` or ``name.py``.

    It is ``folder/name`` too if there is none of them.
    """
    paths = (folder / name, folder / f"{name}.zip", folder / f"{name}.py")
    return next((path for path in paths if path.exists()), folder / name)


def zipped_folder(folder: Path) -> bytes:
    """Return a zip archive of the files below ``folder``; equal files give equal bytes.

    Links, and folders that tools leave behind, are left out.
    """
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not _LEFT_BEHIND & {*path.relative_to(folder).parts}
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            # The default time of an entry is always the same, 1980.
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
