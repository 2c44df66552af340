"""One request as it arrives: what its head must be, and a body that is kept only when allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from grader.http.server.spool import Discard, Spool

#: Bytes of a body that are kept in memory before anybody looks at the head; a longer one waits for
#: the decision on the head, and goes to a temporary file. Chosen by hand: a student's zip is mostly
#: shorter, and a thousand connections hold 64 MB.
MAX_IN_MEMORY = 65_536
#: A body up to this many times the limit is read to its end, and thrown away, before it is refused,
#: because many clients read the response only after they have sent everything. A longer one is
#: refused by its headers. Chosen by hand.
REFUSED_BODY_FACTOR = 4
#: Seconds after which a client may try again where there is no room for its body. By hand.
RETRY_AFTER = 5

NO_HOST = "A request of HTTP/1.1 needs exactly one header Host."
TWO_LENGTHS = "A request has either Content-Length or Transfer-Encoding, not both."
OLD_ENCODING = "A request of HTTP/1.0 cannot have the header Transfer-Encoding."
NO_ROOM = "The service has no room for more request bodies at the moment. Send it again."


@dataclass(frozen=True)
class Answer:
    """A whole response: its status line, e.g. ``401 UNAUTHORIZED``, its headers and its body."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Decision:
    """What a head decides: ``answer`` refuses the request, ``None`` lets the body in.

    ``environ`` is what the application gets with the whole request, beside the usual. A request is
    ``is_known`` if a valid token vouches for it.
    """

    answer: Answer | None = None
    environ: Mapping[str, Any] | None = None
    is_known: bool = False


#: Decides on a head, given as a WSGI environment without a body.
Decide = Callable[[dict[str, Any]], Decision]


@dataclass(frozen=True)
class Bodies:
    """The rules for bodies: the longest one in bytes, the room for them, who decides on a head."""

    longest: int
    spool: Spool
    decide: Decide = lambda environ: Decision()


class Refused(Error):  # type: ignore[misc]
    """A refusal of a request by this server, with a status and a sentence, or by a head."""

    def __init__(self, status: HTTPStatus, sentence: str, answer: Answer | None = None) -> None:
        super().__init__(sentence)
        self.code, self.reason, self.answer = status.value, status.phrase, answer


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that is being received.

    A body of more than :data:`MAX_IN_MEMORY` bytes, or of unknown length, is ``undecided`` once the
    head is there: bytes that come are held back until :meth:`let_in` or :meth:`refuse`. Of a body
    that is refused nothing is kept. A client that waits for ``100 Continue`` is refused at once,
    and sends no body; any other one when it has sent its body.
    """

    bodies: Bodies
    undecided = False
    completed: bool
    error: Error | None
    expect_continue: bool
    environ: Mapping[str, Any] = {}

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._held = b""
        self._expects = False
        self._refusal: Refused | None = None
        self._reserved: dict[str, Any] | None = None

    def received(self, data: bytes) -> int:
        """Receive ``data`` from the client and return how many bytes of it were used."""
        if self.undecided:
            self._held += data
            return len(data)
        began = self.headers_finished
        used = self._stored(data)
        if not began and self.headers_finished:
            self._look_at_head()
        if self.body_bytes_received > self.bodies.longest and self._refusal is None:
            self.refuse(_too_long())  # of unknown length
        if self.completed and self._refusal is not None and self.error is None:
            self.error = self._refusal
        return used

    def _stored(self, data: bytes) -> int:
        """Store ``data``, or refuse the request if there is no room; return how much was used."""
        try:
            return int(super().received(data))
        except OSError:  # The disk of the temporary files is full.
            self.refuse(Refused(HTTPStatus.SERVICE_UNAVAILABLE, NO_ROOM))
        # Whoever sends a body of known length sends all of it before reading the answer.
        self.completed = self.completed or self.chunked
        return len(data) if self.completed else int(super().received(data))

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers.

        Raises:
            ParsingError: they are malformed, or could be read in two ways by a proxy and by us.
        """
        super().parse_header(header_plus)
        host = self.headers.get("HOST", "").strip()
        if self.version == "1.1" and (not host or "," in host):
            raise ParsingError(NO_HOST)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError(TWO_LENGTHS)
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError(OLD_ENCODING)

    def _look_at_head(self) -> None:
        """Refuse a body that is too long, or wait for a decision on one that is not short."""
        self._expects, self.expect_continue = self.expect_continue, False
        if self.completed:
            return  # It has no body, or is refused.
        if self.content_length > self.bodies.longest:
            self.refuse(_too_long())
        elif self.chunked or self.content_length > MAX_IN_MEMORY:
            self.undecided = True
        else:
            self.expect_continue = self._expects

    def decided(self, decision: Decision) -> bytes:
        """Act on ``decision``, and return the bytes that were held back, to receive them now."""
        self.undecided = False
        held, self._held = self._held, b""
        if decision.answer is not None:
            self.refuse(Refused(HTTPStatus.OK, "", decision.answer))
        else:
            self._let_in(decision)
        return b"" if self.completed else held

    def _let_in(self, decision: Decision) -> None:
        """Reserve room for the body and ask for it; refuse it if there is no room."""
        self.environ = decision.environ or {}
        size = self.bodies.longest if self.chunked else self.content_length
        stranger = not decision.is_known
        if not self.bodies.spool.reserve(size, is_stranger=stranger):
            self.refuse(Refused(HTTPStatus.SERVICE_UNAVAILABLE, NO_ROOM))
            return
        self._reserved = {"size": size, "is_stranger": stranger}
        self.expect_continue = self._expects

    def refuse(self, refusal: Refused) -> None:
        """Answer with ``refusal``: now if the client waits for a word, else after its body."""
        self._refusal = refusal
        with suppress(OSError):  # A full disk refuses what is not written yet; the file is closed.
            self.body_rcv.getbuf().close()
        self.body_rcv.buf = Discard()
        self._release()
        if self._expects:
            self.error, self.completed = refusal, True

    def close(self) -> None:
        """Remove the temporary file, if there is one, and give back the room for it."""
        with suppress(OSError):  # As above.
            super().close()
        self._release()

    def _release(self) -> None:
        if self._reserved is not None:
            self.bodies.spool.release(**self._reserved)
            self._reserved = None


def _too_long() -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "")
