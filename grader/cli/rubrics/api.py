"""A client of the routes of rubrics, and the words for what differs between two of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from grader.bootstrap import read_rubric
from grader.cli.http_client import check_response, json_object
from grader.domain.errors import BadRequest, BadRubric
from grader.domain.rubric.changes import rubric_changes

_YAML = {"Content-Type": "application/yaml"}
_JSON = {"Accept": "application/json"}
#: Golden samples are measured before a version is published.
_WAIT = {"Prefer": "wait=45"}


@dataclass(frozen=True)
class Served:
    """The newest version of a rubric on the service; ``etag`` is its tag for ``If-Match``."""

    version: int
    text: str
    etag: str


class RubricApi:
    """The rubrics of one service. Every method raises the errors of :func:`check_response`."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def newest(self, exercise: str) -> Served | None:
        """Return the newest version of ``exercise``; ``None`` if the token sees no such one."""
        response = self._client.get(_path(exercise), headers=_JSON)
        if response.status_code == 404:
            return None
        found = json_object(check_response(response))
        etag = response.headers.get("ETag", "")
        return Served(int(found["version"]), str(found["text"]), etag)

    def etag(self, exercise: str, part: str = "") -> str:
        """Return the entity tag of the newest version, or with ``part`` "/draft" of the draft."""
        response = self._client.get(_path(exercise, part), headers=_JSON)
        return str(check_response(response).headers.get("ETag", ""))

    def source(self, exercise: str, part: str = "") -> bytes:
        """Return the bytes of a rubric as it was sent.

        ``part`` names it below the address of the rubric, e.g. ``/draft`` or ``/versions/3``; empty
        is the newest version.
        """
        response = self._client.get(_path(exercise, part), headers={"Accept": "application/yaml"})
        return check_response(response).content

    def versions(self, exercise: str) -> Iterator[dict[str, Any]]:
        """Yield each version of ``exercise``, newest first, as the service describes it."""
        address: str | None = _path(exercise, "/versions")
        while address:
            page = json_object(check_response(self._client.get(address)))
            yield from page["items"]
            address = page.get("next")

    def diff(self, exercise: str, version: int, against: int | None) -> dict[str, Any]:
        """Return how ``version`` differs from ``against``, by default the version before it."""
        asked = {} if against is None else {"against": against}
        path = _path(exercise, f"/versions/{version}/diff")
        return json_object(check_response(self._client.get(path, params=asked)))

    def publish(
        self, exercise: str, text: str, etag: str, message: str, override: str = ""
    ) -> dict[str, Any]:
        """Publish ``text`` in place of the version with ``etag``, which is empty for a new one.

        ``override`` is a reason to do so although golden samples do not earn what they should.

        Raises:
            BadRequest: the service refuses it, also because another course has such an exercise.
        """
        response = self._client.put(
            _path(exercise),
            content=text.encode(),
            headers=_YAML | _WAIT | ({"If-Match": etag} if etag else {}),
            params=_given(message=message, override=override),
        )
        if response.status_code == 404 and json_object(response).get("where") == exercise:
            raise BadRequest(
                f"The exercise {exercise!r} is new in your courses, but its name is taken.",
                how_to_fix="Choose another name for `exercise:`, or use a token of its course.",
            )
        return json_object(check_response(response))

    def preview(
        self, exercise: str, text: str | None, query: Mapping[str, float], seconds: int
    ) -> httpx.Response:
        """Return the answer to a preview of ``text`` or, if that is ``None``, of the draft.

        It waits up to ``seconds`` seconds for the workers. 202 says that some is not measured yet.
        """
        prefer = {"Prefer": f"wait={seconds}"}
        return self._client.post(
            _path(exercise, "/preview"),
            content=None if text is None else text.encode(),
            headers=prefer if text is None else prefer | _YAML,
            params=query,
        )

    def publish_draft(
        self, exercise: str, etag: str, message: str, override: str = ""
    ) -> dict[str, Any]:
        """Publish the draft of ``exercise`` that has ``etag``; ``override`` as in a publication."""
        path, sent = _path(exercise, "/draft/publish"), _given(message=message, override=override)
        response = self._client.post(path, json=sent, headers=_WAIT | {"If-Match": etag})
        return json_object(check_response(response))

    def restore(self, exercise: str, version: int, etag: str, override: str = "") -> dict[str, Any]:
        """Publish the text of ``version`` again, in place of the version with ``etag``."""
        path, asked = _path(exercise, f"/versions/{version}/restore"), _given(override=override)
        response = self._client.post(path, params=asked, headers=_WAIT | {"If-Match": etag})
        return json_object(check_response(response))

    def copy(self, exercise: str, to: str, course: str, version: int | None) -> None:
        """Make a rubric the draft of the exercise ``to``, by default in the same course."""
        wanted = {"exercise": to, "course": course or None, "version": version}
        sent = {name: value for name, value in wanted.items() if value is not None}
        check_response(self._client.post(_path(exercise, "/copy"), json=sent))


def changes_in_words(before: str, after: str) -> list[str]:
    """Return the changes from the rubric ``before`` to ``after``, both as text, one a sentence.

    If one is no valid rubric for this release (the service may be a newer one), the lines of a
    unified diff are returned.
    """
    try:
        found = rubric_changes(read_rubric(before), read_rubric(after))
    except BadRubric:
        return changed_lines(before, after)
    return [change.text for change in found] or ["nothing but comments or layout"]


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines of a unified diff from ``before`` to ``after``."""
    names = ("published", "file")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return list(lines)


def is_file(name: str) -> bool:
    """Return whether ``name``, of a file or of an exercise, is meant as a file.

    e.g. ``hw-1.yaml`` (also if there is none) and a file ``hw-1`` in this folder, not ``hw-1``.
    """
    return Path(name).suffix in (".yaml", ".yml", ".json") or Path(name).is_file()


def _path(exercise: str, part: str = "") -> str:
    return f"/api/v1/exercises/{quote(exercise, safe='')}/rubric{part}"


def _given(**values: str) -> dict[str, str]:
    """Return those of ``values`` that are not empty."""
    return {name: value for name, value in values.items() if value}
