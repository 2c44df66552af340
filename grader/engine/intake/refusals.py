"""The reasons to refuse an upload: a stable code, a sentence for the student, and a remedy."""

from __future__ import annotations

import unicodedata

from grader.domain.characters import visible
from grader.domain.errors import BadArchive, TooLarge

_ZIP_AGAIN = (
    "Make the zip again with your computer's own tool (Compress, or Send to > Compressed folder) "
    "and upload the new file."
)
_RENAME = "Rename the file or folder, make the zip again and upload it."
_PLAIN_ZIP = "Make an ordinary zip (no password, normal compression) and upload that."
_LEAVE_OUT = "Leave out data files and other large files: only your Python files are graded."

#: Unicode categories of characters that are invisible or change their surroundings, e.g. NUL (Cc),
#: right-to-left override (Cf), a line separator (Zl).
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

#: Code -> (what is wrong, what to do). :func:`refusal` fills in the ``{…}``.
REFUSALS: dict[str, tuple[str, str]] = {
    # What was sent at all.
    "empty-upload": (
        "The upload is empty: it has no bytes at all.",
        "Check that the file on your computer is not empty, and upload it again.",
    ),
    "not-a-zip": (
        "The upload is {format}, not a zip archive.",
        "Put your .py files into a .zip archive (or send one .py file as it is) and upload that.",
    ),
    "no-such-path": ("There is nothing to read at this path.", "Check the path and try again."),
    "unreadable-path": (
        "The file cannot be read: {reason}.",
        "Check that you may read it, and try again.",
    ),
    "empty-archive": (
        "The zip archive has nothing in it.",
        "Add your .py files to the archive and upload it again.",
    ),
    "no-python-files": (
        "There is no Python file in the upload.{found}",
        "Hand in scripts: files whose names end in .py.",
    ),
    # Damage.
    "truncated": (
        "The zip archive ends too early: a part of it is missing.",
        "The upload was probably interrupted. " + _ZIP_AGAIN,
    ),
    "bad-directory": (
        "The zip archive's list of contents does not fit the archive ({reason}).",
        _ZIP_AGAIN,
    ),
    "overlap-or-gap": (
        "The zip archive's files overlap, or there is something between them that no file owns.",
        _ZIP_AGAIN,
    ),
    "leading-data": (
        "Something stands before the zip archive that is no program which unpacks it.",
        _ZIP_AGAIN,
    ),
    "two-archives": ("There are two zip archives in the upload, one inside the other.", _ZIP_AGAIN),
    "trailing-data": ("Something follows the end of the zip archive.", _ZIP_AGAIN),
    "split-archive": (
        "The upload is one part of a zip archive that was split into several.",
        "Make one zip that is not split and upload it.",
    ),
    "zip64": (
        "The zip archive uses the format for very large archives (Zip64), for a number that is too "
        "large or that programs would read in two ways.",
        "Leave out installed packages and data files, and make the zip with your computer's own "
        "tool: a submission is small enough for the normal format.",
    ),
    "bad-extra": ("A file in the zip archive has a damaged header.", _ZIP_AGAIN),
    "header-mismatch": (
        "The zip archive says two different things about the {field} of one file.",
        _ZIP_AGAIN,
    ),
    "bad-data": ("The compressed content of a file is damaged.", _ZIP_AGAIN),
    "bad-crc": ("The content of a file does not fit its checksum: it is damaged.", _ZIP_AGAIN),
    "size-lie": ("A file does not have the size that the zip archive states.", _ZIP_AGAIN),
    # Formats that we do not take.
    "encrypted": ("The zip archive is password-protected.", _PLAIN_ZIP),
    "unsupported-method": ("A file is compressed with {method}, which we do not read.", _PLAIN_ZIP),
    # Names.
    "name-empty": ("A file in the upload has an empty name, or a part of its path is.", _RENAME),
    "name-traversal": (
        "A path in the upload leads out of its folder with '..'.",
        "Zip the folder itself, without '..' in any path, and upload it again.",
    ),
    "name-absolute": (
        "A path in the upload starts at the root of a disk.",
        "Zip the folder itself, so that paths start inside it, and upload it again.",
    ),
    "name-control": (
        "A name in the upload has an invisible character ({character}).",
        _RENAME,
    ),
    "name-reserved": ("Windows cannot store a file of this name.", _RENAME),
    "name-not-utf8": ("A name in the zip archive says it is UTF-8 and is not.", _ZIP_AGAIN),
    "name-too-long": ("A name or path in the upload is too long ({limit}).", _RENAME),
    "name-too-deep": (
        "A file lies too deep: more than {limit} folders inside each other.",
        "Move your files nearer to the top and upload them again.",
    ),
    "duplicate-name": (
        "Two files in the upload have the same name, or names that some computers cannot tell "
        "apart.",
        _RENAME,
    ),
    "name-conflict": ("One name in the upload is both a file and a folder.", _RENAME),
    # Things that are not files.
    "symlink": (
        "A path in the zip archive leads through a link to another folder.",
        "Replace the link with the folder itself, make the zip again and upload it.",
    ),
    "special-file": (
        "The zip archive holds a device or another special file.",
        "Zip ordinary files and folders only.",
    ),
    "folder-with-data": ("A folder in the zip archive has a content like a file.", _ZIP_AGAIN),
    # Sizes.
    "upload-too-large": ("The upload is larger than {limit}.", _LEAVE_OUT),
    "file-too-large": (
        "A file that is read is larger than {limit}.",
        "Split the file, or leave it out. Of a notebook, clear the outputs.",
    ),
    "total-too-large": ("Unpacked, the files are larger than {limit} together.", _LEAVE_OUT),
    "too-many-entries": ("The upload holds more than {limit} files.", _LEAVE_OUT),
}

#: Codes about a size, raised as :class:`TooLarge`.
_SIZES = frozenset({"upload-too-large", "file-too-large", "total-too-large", "too-many-entries"})


def refusal(code: str, where: str = "", **facts: object) -> BadArchive:
    """Return the exception for ``code``, a key of :data:`REFUSALS`; it is not raised here.

    It is a :class:`TooLarge` if the code ends in ``-too-large`` or is ``too-many-entries``.
    ``where`` is the file in the upload (cut and escaped by :func:`shown`), and ``facts`` fill in
    the sentence.

    Raises:
        KeyError: The code is unknown, or a fact that its sentence names is missing.
    """
    detail, how_to_fix = REFUSALS[code]
    family = TooLarge if code in _SIZES else BadArchive
    return family(code, detail.format(**facts), how_to_fix=how_to_fix, where=shown(where))


def invisible_character(name: str) -> str:
    """Return the first invisible character of ``name``, or ``""``.

    These are control and format characters, line separators, and characters that are surrogates,
    unassigned or for private use; not blanks, e.g. a no-break space.
    """
    return next((char for char in name if unicodedata.category(char) in _INVISIBLE), "")


def shown(name: str) -> str:
    """Return ``name`` cut to 200 characters, and with hidden characters escaped by :func:`visible`.

    It is cut first, so the result may be longer. A cut name ends in ``…``.
    """
    cut = name if len(name) <= 200 else name[:199] + "…"
    return visible(cut)


def size(number: int) -> str:
    """Return ``number`` bytes as text, e.g. ``1.5 kB`` or ``300 bytes``.

    1 kB is 1024 bytes, 1 MB is 1024 kB. Both are rounded to four significant digits.
    """
    for unit, worth in (("MB", 1 << 20), ("kB", 1 << 10)):
        if number >= worth:
            return f"{number / worth:.4g} {unit}"
    return f"{number} bytes"
