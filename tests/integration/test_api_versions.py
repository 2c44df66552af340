"""Versions and drafts of rubrics over HTTP: nothing is lost, and everything has its author."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service
from grader.service.records import AuditQuery, Role

Headers = dict[str, str]

URL = "/api/v1/exercises/numbers-refactor/rubric"
DRAFT = f"{URL}/draft"
ANY = {"If-Match": "*"}


class Editor:
    """Sends requests about rubrics with the token of one person."""

    def __init__(self, client: FlaskClient, headers: Headers) -> None:
        self.client, self.headers = client, headers

    def get(self, url: str, **more: str) -> TestResponse:
        """GET ``url`` as JSON."""
        return self.client.get(url, headers=self.headers | {"Accept": "application/json"} | more)

    def put(self, url: str, text: str, **more: str) -> TestResponse:
        """PUT ``text`` as YAML; ``more`` are headers with ``_`` for ``-``."""
        return self._send("PUT", url, "application/yaml", more, data=text)

    def patch(self, url: str, changes: Any, **more: str) -> TestResponse:
        """PATCH ``url`` by a merge patch."""
        return self._send("PATCH", url, "application/merge-patch+json", more, json=changes)

    def post(self, url: str, body: Any = None, **more: str) -> TestResponse:
        """POST JSON, or no body."""
        if body is None:
            return self.client.post(url, headers=self.headers | _dashed(more))
        return self._send("POST", url, "application/json", more, json=body)

    def raw(self, method: str, url: str, kind: str, data: bytes) -> TestResponse:
        """Send ``data`` of the media type ``kind``, for any version."""
        return self._send(method, url, kind, ANY, data=data)

    def _send(
        self, method: str, url: str, kind: str, more: dict[str, str], **body: Any
    ) -> TestResponse:
        headers = self.headers | {"Content-Type": kind} | _dashed(more)
        return self.client.open(url, method=method, headers=headers, **body)


def _dashed(headers: dict[str, str]) -> Headers:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def ada(client: FlaskClient, service: Service) -> Editor:
    return Editor(client, _token(service, "Dr. Ada"))


@pytest.fixture
def bob(client: FlaskClient, service: Service) -> Editor:
    return Editor(client, _token(service, "Bob"))


def _token(service: Service, name: str, course: str = "mlops") -> Headers:
    secret, _ = service.tokens.create(name=name, role=Role.INSTRUCTOR, course=course, actor="test")
    return {"Authorization": f"Bearer {secret}"}


def json_of(answer: TestResponse) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.get_json()


def refusal(answer: TestResponse) -> tuple[int, str]:
    found = answer.get_json()
    return answer.status_code, f"{found['detail']} {found['how_to_fix']}"


def text_of(service: Service) -> str:
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    return record.text


def actions(service: Service) -> list[str]:
    return [entry.action for entry in service.store.audit_log.page(AuditQuery()).items]


def test_versions_are_listed_with_author_and_message(
    ada: Editor, bob: Editor, service: Service
) -> None:
    first = text_of(service)
    json_of(ada.put(f"{URL}?message=Softer+%C3%BC", first + "# a\n", If_Match="*"))
    json_of(bob.put(URL, first + "# b\n", If_Match="*"))
    listed = json_of(ada.get(f"{URL}/versions?limit=2"))
    rest = json_of(ada.get(listed["next"]))
    told = [
        (one["version"], one["state"], one["author"], one["message"])
        for one in [*listed["items"], *rest["items"]]
    ]
    assert told == [
        (3, "published", "Bob", ""),
        (2, "superseded", "Dr. Ada", "Softer ü"),
        (1, "superseded", "seed", ""),
    ]
    second = listed["items"][1]
    plain = ada.client.get(second["links"]["self"], headers=ada.headers)
    assert plain.data == (first + "# a\n").encode()
    assert json_of(ada.get(second["links"]["self"]))["text"] == first + "# a\n"
    again = ada.get(second["links"]["self"], **{"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    assert refusal(ada.get(f"{URL}/versions/9")) == (
        404,
        "There is no version 9 of the rubric of numbers-refactor. The versions are 1 to 3.",
    )
    assert ada.get(f"{URL}/versions/{'9' * 30}").status_code == 400


def test_the_same_text_makes_no_version_and_no_audit_entry(
    ada: Editor, bob: Editor, service: Service
) -> None:
    old = ada.get(URL).headers["ETag"]
    text = text_of(service) + "# a\n"
    made = ada.put(URL, text, If_Match=old)
    before = actions(service)
    for tag in ("*", made.headers["ETag"], old):
        again = ada.put(URL, text, If_Match=tag)
        assert (again.status_code, json_of(again)["version"]) == (200, 2)
        assert again.headers["ETag"] == made.headers["ETag"]
    assert ada.patch(URL, {}, If_Match="*").status_code == 200
    assert ada.put(URL, text).status_code == 428
    assert actions(service) == before


def test_who_was_faster_is_named(ada: Editor, bob: Editor, service: Service) -> None:
    tag = ada.get(URL).headers["ETag"]
    json_of(bob.put(f"{URL}?message=Softer", text_of(service) + "# b\n", If_Match=tag))
    late = ada.put(URL, text_of(service) + "# a\n", If_Match=tag)
    status, said = refusal(late)
    assert status == 412
    assert re.match(
        r"Version 2 of the rubric of numbers-refactor was made since you read it, by 'Bob' "
        r"\(\d{4}-\d\d-\d\d \d\d:\d\d UTC\): 'Softer'\. ",
        said,
    )
    blind = ada.put(URL, text_of(service) + "# a\n")
    assert blind.status_code == 428
    assert "exists already, from 'Bob'" in refusal(blind)[1]
    assert ada.patch(URL, {"title": "x"}, If_Match=tag).status_code == 412
    assert ada.post(f"{URL}/versions/1/restore", If_Match=tag).status_code == 412


def test_of_many_changes_at_a_time_one_is_published(ada: Editor, service: Service) -> None:
    text, tag = text_of(service), ada.get(URL).headers["ETag"]

    def publish(number: int) -> TestResponse:
        return ada.put(URL, f"{text}# {number}\n", If_Match=tag)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(publish, range(8)), key=lambda one: one.status_code)
    assert [one.status_code for one in answers] == [200, *[412] * 7]
    for refused in answers[1:]:
        assert "by 'Dr. Ada'" in refusal(refused)[1]
    assert len(json_of(ada.get(f"{URL}/versions"))["items"]) == 2


def test_a_patch_changes_its_values_and_no_other_character(ada: Editor, service: Service) -> None:
    before = text_of(service)
    patched = ada.patch(f"{URL}?message=Mild", {"title": "Anew"}, If_Match="*")
    assert json_of(patched)["version"] == 2
    title = "title: Refactor numbers.py into modules\n"
    assert text_of(service) == before.replace(title, "title: Anew\n", 1)
    wrong = ada.patch(URL, {"titel": "Anew"}, If_Match="*")
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["suggestion"] == "title"
    assert ada.patch(URL, ["title"], If_Match="*").status_code == 400
    twice = ada.raw("PATCH", URL, "application/merge-patch+json", b'{"title": "x", "title": "y"}')
    assert twice.status_code == 400
    deep = b'{"a":' * 3_000 + b"1" + b"}" * 3_000
    assert ada.raw("PATCH", URL, "application/merge-patch+json", deep).status_code in (400, 422)
    large = b'{"title": "' + b"x" * 65_536 + b'"}'
    assert ada.raw("PATCH", URL, "application/merge-patch+json", large).status_code == 413
    assert ada.put(URL, "{}", Content_Type="application/merge-patch+json").status_code == 415
    assert ada.patch(URL, {"title": "x"}, Content_Type="application/json").status_code == 415
    assert ada.patch(URL, {"exercise": "other"}, If_Match="*").status_code == 422


def test_a_diff_says_in_words_what_differs(ada: Editor) -> None:
    changes = {
        "title": "Anew",
        "total": 105,
        "criteria": {"formatting": {"points": 13, "scale": {"zero_at": 50}}},
    }
    json_of(ada.patch(URL, changes, If_Match="*"))
    found = json_of(ada.get(f"{URL}/versions/2/diff"))
    assert (found["before"], found["after"]) == ("version 1", "version 2")
    assert [(one["criterion"], one["text"]) for one in found["changes"]] == [
        ("", 'title: "Refactor numbers.py into modules" -> "Anew"'),
        ("", "total: 100 -> 105"),
        ("formatting", "Formatted with Black: 8 -> 13 points"),
        ("formatting", "Formatted with Black: scale.zero_at: 75 -> 50"),
    ]
    assert "\n-total: 100\n+total: 105\n" in found["text"]
    assert found["text"].startswith("--- version 1\n+++ version 2\n")
    back = json_of(ada.get(f"{URL}/versions/1/diff?against=2"))
    assert back["changes"][1]["text"] == "total: 105 -> 100"
    same = json_of(ada.get(f"{URL}/versions/1/diff"))
    assert (same["changes"], same["text"]) == ([], "")


def test_an_earlier_version_is_restored_as_a_new_one(ada: Editor, service: Service) -> None:
    first = text_of(service)
    json_of(ada.put(URL, first + "# a\n", If_Match="*"))
    assert ada.post(f"{URL}/versions/1/restore").status_code == 428
    made = ada.post(f"{URL}/versions/1/restore", If_Match="*")
    assert json_of(made)["version"] == 3
    assert text_of(service) == first
    newest = json_of(ada.get(f"{URL}/versions"))["items"][0]
    assert newest["message"] == "Restores version 1."


def test_a_draft_is_edited_compared_and_published(
    ada: Editor, bob: Editor, service: Service
) -> None:
    text = text_of(service)
    assert ada.get(DRAFT).status_code == 404
    begun = ada.put(DRAFT, text + "# é\r\n")
    assert begun.status_code == 201
    assert (json_of(begun)["revision"], json_of(begun)["base_version"]) == (1, 1)
    plain = bob.client.get(DRAFT, headers=bob.headers)
    assert (plain.data, plain.mimetype) == ((text + "# é\r\n").encode(), "application/yaml")
    assert bob.put(DRAFT, text).status_code == 428
    changed = bob.patch(DRAFT, {"title": "Anew"}, If_Match=plain.headers["ETag"])
    assert (changed.status_code, json_of(changed)["author"]) == (200, "Bob")
    status, said = refusal(ada.put(DRAFT, text, If_Match=plain.headers["ETag"]))
    assert (status, "by 'Bob'" in said) == (412, True)
    assert json_of(ada.get(URL))["version"] == 1, "nothing is graded by a draft"
    assert text_of(service) == text
    compared = json_of(ada.get(f"{DRAFT}/diff"))
    assert [one["text"] for one in compared["changes"]] == [
        'title: "Refactor numbers.py into modules" -> "Anew"'
    ]
    published = ada.post(f"{DRAFT}/publish", {"message": "New title"})
    assert (published.status_code, json_of(published)["version"]) == (200, 2)
    assert ada.get(DRAFT).status_code == 404
    newest = json_of(ada.get(f"{URL}/versions"))["items"][0]
    assert (newest["message"], newest["author"]) == ("New title", "Dr. Ada")
    assert actions(service)[:3] == ["rubric.published", "rubric.drafted", "rubric.drafted"]


def test_a_draft_does_not_undo_what_was_published_meanwhile(
    ada: Editor, bob: Editor, service: Service
) -> None:
    text = text_of(service)
    json_of(ada.put(DRAFT, text + "# a\n"))
    json_of(bob.put(URL, text + "# b\n", If_Match="*"))
    json_of(ada.put(DRAFT, text + "# a2\n", If_Match="*"))
    status, said = refusal(ada.post(f"{DRAFT}/publish", {}))
    assert status == 412
    assert "was made since this draft was begun, by 'Bob'" in said and "?rebase=true" in said
    json_of(ada.put(f"{DRAFT}?rebase=true", text + "# b\n# a\n", If_Match="*"))
    assert json_of(ada.post(f"{DRAFT}/publish", {}))["version"] == 3
    assert text_of(service) == text + "# b\n# a\n"


def test_a_draft_is_deleted(ada: Editor) -> None:
    tag = ada.patch(DRAFT, {}).headers["ETag"]
    assert ada.client.delete(DRAFT, headers=ada.headers).status_code == 428
    stale = ada.client.delete(DRAFT, headers=ada.headers | {"If-Match": '"d9-x"'})
    assert stale.status_code == 412
    gone = ada.client.delete(DRAFT, headers=ada.headers | {"If-Match": tag})
    assert (gone.status_code, gone.data) == (204, b"")
    assert ada.post(f"{DRAFT}/publish", {}).status_code == 404


def test_a_draft_is_a_valid_rubric_and_fields_are_known(ada: Editor, service: Service) -> None:
    assert ada.put(DRAFT, "title: x\n").status_code == 422
    json_of(ada.patch(DRAFT, {}))
    wrong = ada.post(f"{DRAFT}/publish", {"mesage": "x"})
    assert wrong.status_code == 400
    assert wrong.get_json()["errors"][0]["suggestion"] == "message"
    for message in (7, "x" * 501, "two\nlines", "\ud800"):
        assert ada.post(f"{DRAFT}/publish", {"message": message}).status_code == 400
    assert ada.post(f"{DRAFT}/publish", []).status_code == 400
    assert ada.put(f"{DRAFT}?dry_run=1", text_of(service), If_Match="*").status_code == 400


def test_a_rubric_is_copied_before_its_exercise_exists(ada: Editor, service: Service) -> None:
    text = text_of(service)
    copied = ada.post(f"{URL}/copy", {"exercise": "next-term"})
    assert copied.status_code == 201
    new = "/api/v1/exercises/next-term/rubric"
    assert copied.headers["Location"] == f"{new}/draft"
    expected = text.replace("exercise: numbers-refactor", "exercise: next-term", 1)
    assert json_of(copied)["text"] == expected
    assert ada.get(new).status_code == 404
    assert ada.post(f"{URL}/copy", {"exercise": "next-term"}).status_code == 409
    assert ada.post(f"{new}/draft/publish", {}).status_code == 201
    assert ada.client.get(new, headers=ada.headers).text == expected
    assert ada.post(f"{URL}/copy", {"exercise": "x", "course": "physics"}).status_code == 404
    assert ada.post(f"{URL}/copy", {"exercise": "x", "version": 5}).status_code == 404
    assert ada.post(f"{URL}/copy", {"exercise": "No Id"}).status_code == 400


def test_drafts_of_other_courses_are_not_there(
    client: FlaskClient, auth: Callable[..., Headers], ada: Editor, service: Service
) -> None:
    admin = Editor(client, auth(Role.ADMIN))
    json_of(admin.post(f"{URL}/copy", {"exercise": "pendulum", "course": "physics"}))
    new = "/api/v1/exercises/pendulum/rubric/draft"
    text = text_of(service).replace("exercise: numbers-refactor", "exercise: pendulum", 1)
    for answer in (
        ada.get(new),
        ada.get(f"{new}/diff"),
        ada.put(new, text, If_Match="*"),
        ada.patch(new, {}, If_Match="*"),
        ada.post(f"{new}/publish", {}),
        client.delete(new, headers=ada.headers | ANY),
    ):
        assert answer.status_code == 404
    physics = Editor(client, _token(service, "Carl", "physics"))
    assert json_of(physics.get(new))["course"] == "physics"
    assert json_of(ada.put(new.removesuffix("/draft"), text))["version"] == 1
    assert physics.get(new).status_code == 404, "the id is taken"
