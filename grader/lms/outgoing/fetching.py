"""Download the archive that an event of an LMS names by URL."""

from __future__ import annotations

from collections.abc import Collection

from grader.domain.errors import BadRequest, Overloaded, TooLarge
from grader.lms.outgoing.guard import Outgoing, UrlRefused
from grader.lms.outgoing.http_exchange import Response, ResponseTooLarge, Unreachable

_WHERE = "archive.url"
#: Client errors after which the same URL may work later: timeout, too early, too many requests.
_TEMPORARY = frozenset({408, 425, 429})


def fetch_archive(outgoing: Outgoing, url: str, hosts: Collection[str], max_bytes: int) -> bytes:
    """Download ``url``, whose host must be one of the allowed ``hosts``, and return the bytes.

    Raises:
        BadRequest: :meth:`Outgoing.get` refuses the URL, or the response is a redirect, has any
            other status than 200 that is not temporary, or has a content encoding such as gzip.
        TooLarge: the file has more than ``max_bytes`` bytes.
        Overloaded: a temporary failure (no connection, no complete response in time, status 408,
            425, 429 or 5xx); the event may be sent again.
    """
    try:
        response = outgoing.get(url, hosts, max_bytes)
    except UrlRefused as refusal:
        raise BadRequest(
            f"The archive's URL is not allowed: {refusal}.",
            how_to_fix="Send an https URL on a host that this source lists, or the archive inline.",
            where=_WHERE,
        ) from None
    except ResponseTooLarge:
        raise TooLarge(
            "upload-too-large",
            f"The archive behind the URL is larger than {max_bytes:,} bytes.",
            how_to_fix="Leave out data files and other large files.",
            where=_WHERE,
        ) from None
    except Unreachable as failure:
        raise _temporary_failure(f"it could not be fetched ({failure})") from failure
    return _body(response)


def _body(response: Response) -> bytes:
    """Return the body of a 200 response without content encoding.

    Raises:
        Overloaded: the status is 5xx or in :data:`_TEMPORARY`.
        BadRequest: any other response.
    """
    status = response.status
    if status == 200 and response.headers.get("content-encoding", "identity") == "identity":
        return response.body
    if status >= 500 or status in _TEMPORARY:
        raise _temporary_failure(f"its server answered {status}")
    redirect = " Redirects are not followed." if 300 <= status < 400 else ""
    raise BadRequest(
        f"The archive's URL answered {status}, not a plain file.{redirect}",
        how_to_fix="Send a URL that answers 200 with the archive's bytes, or the archive inline.",
        where=_WHERE,
    )


def _temporary_failure(reason: str) -> Overloaded:
    """Return the error that makes the sender repeat the event later."""
    return Overloaded(
        f"The archive cannot be had just now: {reason}.",
        how_to_fix="Nothing was stored. Send the event again later.",
        where=_WHERE,
    )
