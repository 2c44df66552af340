"""Fetch the archive that an event names by URL."""

from __future__ import annotations

from grader.domain.errors import BadRequest, Overloaded, TooLarge
from grader.lms.outgoing.guard import Outgoing, Refused
from grader.lms.outgoing.http_exchange import Answer, TooMuch, Unreachable
from grader.service.records import SourceRecord

_WHERE = "archive.url"
#: Answers after which the same URL may well work a little later.
_PASSING = frozenset({408, 425, 429})


def fetch_archive(outgoing: Outgoing, url: str, source: SourceRecord, max_bytes: int) -> bytes:
    """The bytes behind a URL on one of the source's allowed hosts.

    Raises:
        BadRequest: the URL is not allowed, or does not lead to a file.
        TooLarge: more than ``max_bytes``. Overloaded: it cannot be had just now.
    """
    try:
        answer = outgoing.get(url, source.allowed_hosts, max_bytes)
    except Refused as refusal:
        raise BadRequest(
            f"The archive's URL is not allowed: {refusal}.",
            how_to_fix="Send an https URL on a host that this source lists, or the archive inline.",
            where=_WHERE,
        ) from None
    except TooMuch:
        raise TooLarge(
            "upload-too-large",
            f"The archive behind the URL is larger than {max_bytes:,} bytes.",
            how_to_fix="Leave out data files and other large files.",
            where=_WHERE,
        ) from None
    except Unreachable as failure:
        raise _later(f"it could not be fetched ({failure})") from failure
    return _body(answer)


def _body(answer: Answer) -> bytes:
    status = answer.status
    if status == 200 and answer.headers.get("content-encoding", "identity") == "identity":
        return answer.body
    if status >= 500 or status in _PASSING:
        raise _later(f"its server answered {status}")
    redirect = " Redirects are not followed." if 300 <= status < 400 else ""
    raise BadRequest(
        f"The archive's URL answered {status}, not a plain file.{redirect}",
        how_to_fix="Send a URL that answers 200 with the archive's bytes, or the archive inline.",
        where=_WHERE,
    )


def _later(reason: str) -> Overloaded:
    return Overloaded(
        f"The archive cannot be had just now: {reason}.",
        how_to_fix="Nothing was stored. Send the event again later.",
        where=_WHERE,
    )
