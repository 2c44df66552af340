"""The OpenAPI document is valid, complete and correct, and the pages show it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from grader.checks.catalog import CATALOG
from grader.exports.formats import FORMATS
from grader.http.problems.kinds import OWN_KINDS

Headers = dict[str, str]

#: Routes that are no part of the API: pages for people.
PAGES = {"/", "/docs", "/checks", "/checks/<check_id>"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_is_described_and_every_description_is_a_route(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in PAGES
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes


def test_every_operation_says_what_it_takes_and_gives(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert any(status.startswith("2") for status in operation["responses"]), path
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        named = set(re.findall(r"{(\w+)}", path))
        given = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert named == given, path
        without = ("/retry", "/restore", "/cancel", "/undo")
        if method in ("put", "post") and not path.endswith(without):
            assert operation["requestBody"]["content"], path


def test_everything_but_the_doorstep_needs_a_token(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        guarded = path.startswith("/api/v1/") and not path.endswith("openapi.json")
        needs = {name for need in operation.get("security", ()) for name in need}
        expected = {"webhookSignature" if "webhooks" in path else "bearer"} if guarded else set()
        assert needs == expected, path
        assert ("401" in operation["responses"]) == guarded, path


def test_every_kind_of_problem_is_named_somewhere(document: dict[str, Any]) -> None:
    everything = str(document["paths"])
    ours_alone = {"internal-error", "engine-fault", "method-not-allowed"}
    for code in set(OWN_KINDS) - ours_alone:
        assert f"/problems/{code}`" in everything, code


def test_every_documented_get_answers_as_documented(
    client: FlaskClient,
    document: dict[str, Any],
    instructor: Headers,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": "bob"}
    url = "/api/v1/exercises/numbers-refactor/submissions"
    made = client.post(url, data=form, headers=instructor).get_json()["id"]
    grade()
    url = "/api/v1/exercises/numbers-refactor/regrades"
    regrade = client.post(url, json={"reason": "It has changed."}, headers=instructor).get_json()
    listed = client.get(f"/api/v1/submissions/{made}/reports", headers=instructor).get_json()
    stored = client.put(
        "/api/v1/exercises/numbers-refactor/samples/modules?expected=5",
        data=zipped(),
        headers=instructor | {"Content-Type": "application/zip"},
    )
    assert stored.status_code == 200
    known = {
        "exercise": "numbers-refactor",
        "submission": made,
        "report": listed["items"][0]["id"],
        "regrade": regrade["id"],
        "code": "not-a-zip",
        "version": "1",
        "sample": "modules",
    }
    rubric = "/api/v1/exercises/numbers-refactor/rubric"
    begun = client.patch(
        f"{rubric}/draft",
        data="{}",
        headers=instructor | {"Content-Type": "application/merge-patch+json"},
    )
    assert begun.status_code == 201
    asked = client.post(f"{rubric}/preview", headers=instructor)
    known["preview"] = asked.get_json()["preview"]
    for path, method, operation in operations(document):
        if method != "get":
            continue
        answer = client.get(path.format(**known), headers=instructor)
        described = operation["responses"][str(answer.status_code)]
        # The golden sample is not measured for the preview, which is not complete therefore.
        assert answer.status_code == (202 if "{preview}" in path else 200), path
        assert answer.mimetype in described["content"], path


def test_reports_are_described_as_they_are(document: dict[str, Any]) -> None:
    report = document["components"]["schemas"]["Report"]
    assert report["properties"]["schema"]["const"] == "grader.report/1"
    assert {"status", "total", "criteria", "findings"} <= set(report["required"])


def test_every_form_of_a_report_is_described(document: dict[str, Any]) -> None:
    media_types = {export.media_type for export in FORMATS.values()}
    for operation in ("getReport", "submit"):
        (found,) = (one for _, _, one in operations(document) if one["operationId"] == operation)
        assert set(found["responses"]["200"]["content"]) == media_types
        (named,) = (one for one in found["parameters"] if one["name"] == "format")
        assert named["schema"]["enum"] == list(FORMATS)


class Balanced(HTMLParser):
    """Collects ids, links, tags and text of a page, and fails if tags do not balance."""

    VOID = frozenset({"meta", "br", "link", "input", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.links += [named["href"] or ""] if "href" in named else []
        assert not {"src", "style", "onclick", "onload"} & set(named)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def page(client: FlaskClient, url: str) -> Balanced:
    answer = client.get(url, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), url
    parser = Balanced()
    parser.feed(answer.text)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert not {"script", "link", "img", "iframe"} & parser.tags
    return parser


@pytest.mark.parametrize(
    "url", ["/", "/docs", "/problems", "/problems/not-a-zip", "/checks", "/checks/complexity"]
)
def test_pages_stand_alone_and_their_links_lead_somewhere(client: FlaskClient, url: str) -> None:
    shown = page(client, url)
    for link in shown.links:
        if link.startswith("#"):
            assert link[1:] in shown.ids, link
        elif link.startswith("https://"):
            assert url.startswith("/checks/"), "only a check's page sends readers elsewhere"
        else:
            assert client.get(link).status_code == 200, link


def test_the_page_shows_the_whole_document(client: FlaskClient, document: dict[str, Any]) -> None:
    shown = page(client, "/docs")
    for path, _, operation in operations(document):
        assert path in shown.words
        assert operation["summary"].replace("`", "") in shown.words
        assert operation["operationId"] in shown.ids
    for name in document["components"]["schemas"]:
        assert f"model-{name}" in shown.ids


def test_every_check_has_a_page(client: FlaskClient) -> None:
    listed = page(client, "/checks")
    for name, check in CATALOG.items():
        if check.gradable:
            assert f"/checks/{name}" in listed.links
            words = page(client, f"/checks/{name}").words
            assert all(measure.id in words for measure in check.measures)
    assert client.get("/checks/mend").status_code == 404


def test_every_kind_of_problem_has_an_address(client: FlaskClient) -> None:
    listed = client.get("/problems").get_json()["items"]
    assert {f"/problems/{code}" for code in OWN_KINDS} < {item["type"] for item in listed}
    for item in listed:
        assert client.get(item["type"]).get_json() == item
    assert client.get("/problems/nothing-like-it").status_code == 404
    assert client.get("/problems", headers={"Accept": "image/png"}).status_code == 406
