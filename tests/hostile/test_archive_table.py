"""Every kind of hostile archive, with the code of its refusal or the files that are graded.

Each refusal says what is wrong and what to do, in characters that a reader can see, and each code
is explained on a page of its own.
"""

from __future__ import annotations

import pytest

from grader.domain.errors import BadArchive
from grader.engine.intake import read_upload
from grader.engine.intake.refusals import REFUSALS
from grader.http.problems.kinds import all_kinds
from tests.hostile import archive_rows_bytes, archive_rows_names
from tests.hostile.archive_rows_names import Row

ROWS = (*archive_rows_names.ROWS, *archive_rows_bytes.ROWS)
#: Codes of refusals of local paths, which no upload can get.
_OF_PATHS = {"no-such-path", "unreadable-path"}


def outcome(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the code of the refusal, or the paths of the graded files."""
    try:
        submission = read_upload(data, filename="upload.zip")
    except BadArchive as error:
        assert error.detail and error.how_to_fix
        assert all(char.isprintable() for char in error.detail + error.how_to_fix + error.where)
        assert "{" not in error.detail
        return error.code, ()
    return "", tuple(source.path for source in submission.files)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_every_archive_has_the_outcome_of_its_row(row: Row) -> None:
    found = {number: outcome(data) for number, data in enumerate(row.archives)}
    assert found == dict.fromkeys(found, (row.code, row.kept))
    assert found


def test_every_code_has_a_row_and_an_explanation() -> None:
    codes = {row.code for row in ROWS} - {""}
    assert codes == set(REFUSALS) - _OF_PATHS
    kinds = all_kinds(REFUSALS)
    assert all(kinds[code].meaning and kinds[code].how_to_fix for code in REFUSALS)
