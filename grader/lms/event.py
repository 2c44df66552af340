"""The body of a submission event, as both connectors read it::

    {"type": "submission.created", "exercise": "numbers-refactor", "student": "s123",
     "archive": {"base64": "UEsDB..."}}

``filename`` and ``context`` (returned with the score) may be added, and unknown fields are ignored.
Instead of ``base64`` the archive may have a ``url``.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from grader.domain.errors import BadRequest
from grader.domain.person_names import MAX_NAME
from grader.service.ports.connector import Incoming

#: A name or id in an event. The lengths in this file are chosen by hand.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_HOW = (
    'Send {"type": "submission.created", "exercise": …, "student": …, '
    '"archive": {"base64": …} or {"url": …}}.'
)


class Archive(BaseModel):
    """The uploaded file of an event: its bytes in base64, or an https URL to fetch it from.

    The model accepts neither and both. :func:`read_event` then checks that there is exactly one,
    and that base64 is valid. The URL is checked when it is fetched.
    """

    model_config = ConfigDict(strict=True)

    base64: str | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = None


class Event(BaseModel):
    """The JSON body of a submission event, as :func:`read_event` validates it.

    ``type`` must be ``submission.created``; ``exercise`` and ``student`` are an id and a name of up
    to 200 characters. ``filename`` is that of the archive, ``context`` is returned with the score;
    both may be empty. Unknown fields are ignored: a sender may add its own.
    """

    model_config = ConfigDict(strict=True)

    type: Literal["submission.created"]
    exercise: Name
    student: Name
    filename: Annotated[str, StringConstraints(max_length=200)] = ""
    context: Annotated[str, StringConstraints(max_length=2_000)] = Field(default="")
    archive: Archive


def read_event(body: bytes, webhook_id: str, callback_url: str) -> Incoming:
    """Return the event in the JSON text ``body``.

    ``webhook_id`` and ``callback_url``, to which its score is to be sent, become a part of the
    result. An archive in base64 is decoded; one with a URL is not fetched.

    Raises:
        BadRequest: the body is no submission event; ``where`` names the first wrong field, and is
            empty if the whole body is wrong.
    """
    try:
        event = Event.model_validate(_parsed(body))
    except ValidationError as mistakes:
        raise _kind(mistakes) from None
    return Incoming(
        webhook_id=webhook_id,
        exercise=event.exercise,
        student=event.student,
        filename=event.filename,
        data=_inline(event.archive),
        url=event.archive.url or "",
        context=event.context,
        callback_url=callback_url,
    )


def _parsed(body: bytes) -> Any:
    """Return the JSON value in ``body``.

    Raises:
        BadRequest: it is not JSON in UTF-8, or an object has two different values for one name, of
            which every reader would choose its own.
    """
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise _bad("The event cannot be understood: the body is not UTF-8.", "") from None
    except (ValueError, RecursionError):
        raise _bad("The event cannot be understood: the body is no JSON.", "") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return ``pairs`` as a dict; raise BadRequest if a name has two different values."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise _bad(f"The field {name[:MAX_NAME]} has two different values.", name[:MAX_NAME])
    return found


def _inline(archive: Archive) -> bytes | None:
    """Return the bytes of an archive in base64; ``None`` if it has a URL instead.

    Raises:
        BadRequest: it has neither or both, or is not valid base64.
    """
    if (archive.base64 is None) == (archive.url is None):
        raise _bad("The archive needs either base64 or url, and not both.", "archive")
    if archive.base64 is None:
        return None
    try:
        return base64.b64decode(archive.base64, validate=True)
    except ValueError:
        raise _bad("The archive is not valid base64.", "archive.base64") from None


def _kind(mistakes: ValidationError) -> BadRequest:
    """Return the error for the first of ``mistakes``, without the value that was sent."""
    first = mistakes.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"][:1].lower() + first["msg"][1:]
    return _bad(f"The event cannot be understood: {where or 'the body'}: {said}.", where)


def _bad(detail: str, where: str) -> BadRequest:
    """Return the error for the field ``where``, with an example of a right event."""
    return BadRequest(detail, how_to_fix=_HOW, where=where)
