"""The texts of rubrics: find them on disk and in the package, and parse them."""

from grader.engine.rubric_text.patching import patch_rubric_text
from grader.engine.rubric_text.reading import read_plain, read_rubric_text
from grader.engine.rubric_text.shipped import (
    rubric_file_text,
    rubric_files,
    rubrics_folder,
    shipped_rubric,
    shipped_rubrics,
    starting_rubric,
)
from grader.engine.rubric_text.strict_yaml import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "patch_rubric_text",
    "read_plain",
    "read_rubric_text",
    "rubric_file_text",
    "rubric_files",
    "rubrics_folder",
    "shipped_rubric",
    "shipped_rubrics",
    "starting_rubric",
]
