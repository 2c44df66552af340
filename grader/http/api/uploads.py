"""Reading an upload from a request: a form with a file, or the file itself as the body."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from flask import request
from werkzeug.formparser import FormDataParser

from grader.domain.errors import BadRequest
from grader.domain.person_names import check_utf8, only_value
from grader.http.api.parameters import UploadQuery
from grader.http.api.queries import refuse_unknown
from grader.http.openapi import Description, body, text
from grader.http.problems.errors import UnsupportedType

#: The longest file name in characters. Chosen by hand.
MAX_FILENAME = 200
_FORM = "multipart/form-data"
_FIELDS = ("file", "student")
#: Media types of a raw body, with the file name to use if none is given.
_RAW = {
    "application/zip": "submission.zip",
    "application/x-zip-compressed": "submission.zip",
    "text/x-python": "submission.py",
    "application/octet-stream": "",
}
_KINDS = f"one of: {', '.join(_RAW)}"
_RAW_SCHEMAS = {kind: text(format="binary") for kind in _RAW}

RAW_BODY: Description = body(_RAW_SCHEMAS, "A zip archive or one Python file, as the whole body.")
UPLOAD_BODY: Description = body(
    {
        _FORM: {
            "type": "object",
            "required": ["file"],
            "additionalProperties": False,
            "properties": {
                "file": text(
                    format="binary",
                    description="A zip archive, or one .py file.",
                ),
                "student": text(description="Who hands in; a student's token says it already."),
            },
        },
        **_RAW_SCHEMAS,
    },
    "A zip archive or one Python file, as a form field or as the whole body.",
)


@dataclass(frozen=True)
class Sent:
    """An upload as :func:`read_sent` found it in a request: its bytes, file name and student.

    ``filename`` is cleaned. It may be empty, and so may ``student``, if the request names none.
    """

    data: bytes
    filename: str
    student: str


def read_sent(query: UploadQuery) -> Sent:
    """Return the upload of this request: the file of a form, or the whole body.

    The name and the student come from the form, or from ``query``. A raw zip or Python body without
    a name gets a default one, ``submission.zip`` or ``submission.py``. The name is cut to its last
    200 characters, without folders and unprintable characters. An empty file is accepted here.

    Raises:
        BadRequest: the form does not have exactly one file in its field ``file``, has an unknown
            field, a field or a file name that is not UTF-8, or two different values for one, or
            another one than ``query``.
        UnsupportedType: the media type is neither a form nor an accepted type of a raw body.
        RequestEntityTooLarge: (of Werkzeug) the body is longer than the application allows.
    """
    if request.mimetype == _FORM:
        return _read_form(query)
    data, filename = read_raw(query.filename, f"a form (curl -F file=@submission.zip), or {_KINDS}")
    return Sent(data, filename, query.student)


def read_raw(filename: str, accepted: str = _KINDS) -> tuple[bytes, str]:
    """Return the whole body of this request, and its file name: ``filename`` cleaned, or a default.

    The default follows from the media type, ``submission.zip`` or ``submission.py``; it may be
    empty. ``accepted`` names what the route takes.

    Raises:
        UnsupportedType: the media type is not an accepted type of a raw body.
        RequestEntityTooLarge: (of Werkzeug) the body is longer than the application allows.
    """
    if request.mimetype not in _RAW:
        raise UnsupportedType(
            f"The upload has the media type {request.mimetype or '(none)'!r}.",
            how_to_fix=f"Send {accepted}.",
            where="Content-Type",
        )
    name = filename or _RAW[request.mimetype]
    return request.get_data(cache=False), _clean_name(name)


class _FormParser(FormDataParser):
    """Raises BadRequest for a form that cannot be read; the base class makes an empty one of it."""

    def parse(self, stream: IO[bytes], mimetype: str, *given: Any, **more: Any) -> Any:
        """Return what the base class returns.

        Raises:
            BadRequest: a name in the form is not UTF-8, or the body is no form.
        """
        self.silent = False
        try:
            return super().parse(stream, mimetype, *given, **more)
        except UnicodeDecodeError:
            raise BadRequest(
                "The name of the file, or of a field, is not UTF-8.",
                how_to_fix="Send names in UTF-8, or rename the file: submission.zip will do.",
                where="file",
            ) from None
        except ValueError as error:
            raise BadRequest(
                f"The form cannot be read: {error}.",
                how_to_fix="Send it as curl does: curl -F file=@submission.zip -F student=NAME.",
            ) from None


def _read_form(query: UploadQuery) -> Sent:
    """Return the file of the form; file name and student may also come from ``query``."""
    request.form_data_parser_class = _FormParser
    for field, values in request.form.lists():
        check_utf8("".join(values), field)
    refuse_unknown([*request.files, *request.form], _FIELDS, "form field")
    files = request.files.getlist("file")
    if len(files) != 1:
        raise BadRequest(
            f"The form has {len(files)} files in the field file; it needs one.",
            how_to_fix="Send one zip archive: curl -F file=@submission.zip -F student=NAME.",
            where="file",
        )
    check_utf8(files[0].filename or "", "file")
    student = only_value([*request.form.getlist("student"), query.student], "student")
    name = only_value(map(_clean_name, (files[0].filename or "", query.filename)), "filename")
    return Sent(files[0].read(), name, student)


def _clean_name(filename: str) -> str:
    """Return the last 200 characters of ``filename`` without folders and unprintable characters.

    E.g. ``C:\\work\\a.py`` becomes ``a.py``.
    """
    printable = "".join(char for char in filename if char.isprintable())
    name = PurePosixPath(printable.replace("\\", "/")).name
    return name[-MAX_FILENAME:]
