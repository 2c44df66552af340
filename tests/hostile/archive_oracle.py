"""Properties of the intake that hold for every upload, whatever its bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress

from grader.domain.errors import BadArchive
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.engine.intake import read_upload
from grader.engine.intake.refusals import REFUSALS, invisible_character

LIMITS = Intake()
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)


def accepted_or_refused(data: bytes, filename: str = "upload.zip") -> str:
    """Read ``data`` as an upload; return the code of the refusal, or an empty string if accepted.

    Raises:
        AssertionError: the intake accepted a submission that breaks a rule. Any other error is
            raised by the intake, which is a bug.
    """
    try:
        submission = read_upload(data, filename=filename, limits=LIMITS)
    except BadArchive as error:
        assert error.code in REFUSALS
        assert error.detail and error.how_to_fix
        assert all(char.isprintable() for char in error.detail + error.how_to_fix + error.where)
        return error.code
    assert_within_limits(submission)
    if submission.archive_sha256:
        assert_zipfile_reads_the_same(data, submission)
    return ""


def assert_within_limits(submission: Submission) -> None:
    """Assert that names are safe, and that sizes and counts are within the limits."""
    assert 0 < len(submission.files) <= LIMITS.max_entries
    assert all(len(file.data) <= LIMITS.max_file for file in submission.files)
    assert sum(len(file.data) for file in submission.files) <= LIMITS.max_total
    for file in submission.files:
        assert not invisible_character(file.path)
        assert not {"", ".", ".."} & set(file.path.split("/"))
    assert len({file.path.casefold() for file in submission.files}) == len(submission.files)


def assert_zipfile_reads_the_same(data: bytes, submission: Submission) -> None:
    """Assert that Python's ``zipfile`` finds every graded file of ``submission`` in ``data``.

    Only contents are compared, because ``zipfile`` decodes names in another way.
    """
    wanted = {zlib.crc32(file.data) for file in submission.files}
    theirs = []
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        for info in other.infolist():
            with suppress(*_DAMAGE):  # Of a leftover, which nobody reads.
                theirs += [other.read(info)] if info.CRC in wanted else []
    assert all(file.data in theirs for file in submission.files)
