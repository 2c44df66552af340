"""Students and an LMS, which send and repeat submissions as the documentation says."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from grader.lms.standard_webhooks.signing import sign
from tests.chaos.book import Book
from tests.chaos.plan import Sending
from tests.chaos.site import SOURCE, Site
from tests.chaos.work import archive

#: How long one try may take, and the longest pause before the next, in seconds. Chosen by hand.
TRY_SECONDS = 15.0
LONGEST_PAUSE = 3.0
#: Statuses after which a client must send the same submission again.
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Clients:
    """Sends submissions from any number of threads, and records the responses in ``book``."""

    def __init__(self, site: Site, book: Book, ended: threading.Event) -> None:
        self._site, self._book, self._ended = site, book, ended
        self._client = httpx.Client(
            timeout=TRY_SECONDS, limits=httpx.Limits(max_connections=64), trust_env=False
        )
        self._doors: dict[str, Callable[[Sending, bytes], httpx.Response]] = {
            "api": self._upload,
            "lms": self._event,
        }

    def send(self, sending: Sending) -> None:
        """Send ``sending`` again and again with the same key, until it is accepted or refused."""
        data, door = archive(sending), self._doors[sending.by]
        self._book.sent(sending)
        while not self._ended.is_set():
            answer = self._try(door, sending, data)
            if answer is not None and answer.status_code not in AGAIN:
                self._book.answered(sending, answer)
                return
            self._ended.wait(_pause(answer))

    def report(self, submission: str) -> bytes | None:
        """Return the bytes of the report of ``submission``, or ``None`` if it cannot be read."""
        try:
            answer = self._client.get(
                f"{self._site.url}/api/v1/submissions/{submission}/report",
                headers={"Authorization": f"Bearer {self._site.token}"},
            )
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code == 200 else None

    def state(self, submission: str) -> str:
        """Return the state of ``submission``, or the status of an error; empty without response."""
        try:
            answer = self._client.get(
                f"{self._site.url}/api/v1/submissions/{submission}",
                headers={"Authorization": f"Bearer {self._site.token}"},
            )
        except httpx.HTTPError:
            return ""
        known = answer.status_code == 200
        return str(answer.json()["state"]) if known else f"{answer.status_code}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _try(
        self, door: Callable[[Sending, bytes], httpx.Response], sending: Sending, data: bytes
    ) -> httpx.Response | None:
        """Send once; return the response, or ``None`` and record the error if there is none."""
        try:
            return door(sending, data)
        except httpx.HTTPError as error:
            self._book.failed(type(error).__name__)
            return None

    def _upload(self, sending: Sending, data: bytes) -> httpx.Response:
        """Upload ``data`` through the API, with the idempotency key of ``sending``."""
        return self._client.post(
            f"{self._site.url}/api/v1/exercises/{sending.exercise}/submissions",
            headers={
                "Authorization": f"Bearer {self._site.token}",
                "Idempotency-Key": sending.key,
            },
            files={"file": ("work.zip", data, "application/zip")},
            data={"student": sending.student},
        )

    def _event(self, sending: Sending, data: bytes) -> httpx.Response:
        """Send ``data`` as a signed webhook event; its webhook id is the key of ``sending``."""
        body = json.dumps(
            {
                "type": "submission.created",
                "exercise": sending.exercise,
                "student": sending.student,
                "context": sending.key,
                "archive": {"base64": base64.b64encode(data).decode()},
            }
        )
        return self._client.post(
            f"{self._site.url}/api/v1/webhooks/{SOURCE}",
            content=body,
            headers=sign(self._site.secret, sending.key, datetime.now(UTC), body),
        )


def _pause(answer: httpx.Response | None) -> float:
    """Return the seconds of ``Retry-After``, at most :data:`LONGEST_PAUSE`; 0.5 without it."""
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else 0.5


def send_all(
    clients: Clients, sendings: tuple[Sending, ...], start: float, ended: threading.Event
) -> list[threading.Thread]:
    """Send each of ``sendings`` at its time, in a thread of its own; return the threads.

    ``start`` is time 0 of the plan, on the monotonic clock. Stop when ``ended`` is set.
    """
    threads = []
    for one in sendings:
        if ended.wait(max(0.0, start + one.at - time.monotonic())):
            break
        thread = threading.Thread(target=clients.send, args=(one,), daemon=True)
        thread.start()
        threads.append(thread)
    return threads
