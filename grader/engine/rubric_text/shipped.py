"""Texts of rubrics: those that ship with the package, and files on disk."""

from __future__ import annotations

from pathlib import Path

import grader
from grader.domain.errors import BadRequest
from grader.engine.rubric_text.strict_yaml import MAX_BYTES, decode_text


def rubric_file_text(path: Path) -> str:
    """Return the text of the rubric file ``path`` unchanged; it is not parsed.

    Raises:
        BadRubric: the file has more than :data:`MAX_BYTES` bytes, or is not UTF-8.
        BadRequest: the file cannot be read, e.g. because it does not exist.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadRequest(
            f"The rubric file {str(path)!r} cannot be read: {error.strerror}.",
            how_to_fix="Give a path to a YAML file.",
        ) from None
    decode_text(raw)
    return raw.decode("utf-8")


def shipped_rubric(name: str) -> str | None:
    """Return the text of the shipped rubric ``name`` (without ``.yaml``).

    ``None`` if there is none of that name.
    """
    return shipped_rubrics().get(name)


def shipped_rubrics() -> dict[str, str]:
    """Return name -> text of every shipped rubric, sorted by name."""
    paths = rubric_files(rubrics_folder())
    return {path.stem: path.read_text("utf-8") for path in paths}


def rubric_files(folder: Path) -> list[Path]:
    """Return the rubric files (``*.yaml``) of ``folder``, sorted by name; folders in it aside."""
    return sorted(path for path in folder.glob("*.yaml") if path.is_file())


def starting_rubric(exercise: str) -> str:
    """Return the text of a commented rubric to start from, for the exercise called ``exercise``."""
    text = Path(__file__).with_name("start.yaml").read_text("utf-8")
    return text.replace("my-exercise", exercise)


def rubrics_folder() -> Path:
    """Return the folder of the shipped rubrics, in a checkout or in the installed package."""
    package = Path(grader.__file__).parent
    installed = package / "shipped_rubrics"
    return installed if installed.is_dir() else package.parent / "rubrics"
