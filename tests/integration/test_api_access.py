"""Permissions: every route for every role, in its own course and in another.

The expected results come from the table in the README.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_service
from grader.http.app import create_app
from grader.infra.broker import NoNotifier
from grader.service.access import REACH, ROLES, Act, Principal
from grader.service.records import RegradeScope, Role, SourceRecord
from grader.settings import Settings
from tests.contract.material import NOW, claimed, result, sent

#: The rubric grades every attempt, so a student can hand in several times.
pytestmark = pytest.mark.usefixtures("every_attempt")

Headers = dict[str, str]

EXERCISES = "/api/v1/exercises"
EXERCISE = f"{EXERCISES}/<slug:exercise>"
VERSION = f"{EXERCISE}/rubric/versions/<int:version>"
DRAFT = f"{EXERCISE}/rubric/draft"
VALIDATE = "/api/v1/rubrics/validate"
PREVIEW = "/api/v1/previews/<slug:preview>"
SAMPLE = f"{EXERCISE}/samples/<slug:sample>"
SUBMISSION = "/api/v1/submissions/<slug:submission>"
REGRADE = "/api/v1/regrades/<slug:regrade>"
README = Path(__file__).parents[2] / "README.md"

#: Each guarded route: which act it is, and what it answers where that is allowed. A retry of what
#: is queued is a 409, as is a regrade of what has no report, and what could be published is sent
#: without If-Match: 428. A draft, of an older version, is there already: it is neither published
#: (412) nor copied over (409).
GUARDED = {
    ("GET", EXERCISES): (Act.READ_EXERCISES, 200),
    ("GET", EXERCISE): (Act.READ_EXERCISES, 200),
    ("GET", f"{EXERCISE}/rubric"): (Act.READ_EXERCISES, 200),
    ("PUT", f"{EXERCISE}/rubric"): (Act.PUBLISH, 428),
    ("PATCH", f"{EXERCISE}/rubric"): (Act.PUBLISH, 428),
    ("POST", f"{EXERCISE}/rubric/copy"): (Act.PUBLISH, 409),
    ("GET", f"{EXERCISE}/rubric/versions"): (Act.READ_VERSIONS, 200),
    ("GET", VERSION): (Act.READ_VERSIONS, 200),
    ("GET", f"{VERSION}/diff"): (Act.READ_VERSIONS, 200),
    ("POST", f"{VERSION}/restore"): (Act.PUBLISH, 428),
    ("GET", DRAFT): (Act.READ_VERSIONS, 200),
    ("PUT", DRAFT): (Act.PUBLISH, 428),
    ("PATCH", DRAFT): (Act.PUBLISH, 428),
    ("DELETE", DRAFT): (Act.PUBLISH, 428),
    ("GET", f"{DRAFT}/diff"): (Act.READ_VERSIONS, 200),
    ("POST", f"{DRAFT}/publish"): (Act.PUBLISH, 412),
    ("POST", VALIDATE): (Act.PUBLISH, 200),
    ("POST", f"{EXERCISE}/rubric/preview"): (Act.PREVIEW, 200),
    ("GET", PREVIEW): (Act.PREVIEW, 200),
    ("PUT", SAMPLE): (Act.PUBLISH, 200),
    ("GET", f"{EXERCISE}/samples"): (Act.PUBLISH, 200),
    ("GET", SAMPLE): (Act.PUBLISH, 200),
    ("GET", f"{SAMPLE}/archive"): (Act.PUBLISH, 200),
    ("PATCH", SAMPLE): (Act.PUBLISH, 200),
    ("DELETE", SAMPLE): (Act.PUBLISH, 204),
    ("GET", f"{EXERCISE}/submissions"): (Act.READ_SUBMISSIONS, 200),
    ("GET", f"{EXERCISE}/marks"): (Act.READ_MARKS, 200),
    ("POST", f"{EXERCISE}/submissions"): (Act.HAND_IN, 202),
    ("GET", SUBMISSION): (Act.READ_SUBMISSIONS, 200),
    ("GET", f"{SUBMISSION}/report"): (Act.READ_SUBMISSIONS, 202),
    ("GET", f"{SUBMISSION}/reports"): (Act.READ_SUBMISSIONS, 200),
    ("GET", f"{SUBMISSION}/reports/<slug:report>"): (Act.READ_SUBMISSIONS, 404),
    ("GET", f"{SUBMISSION}/facts"): (Act.READ_FACTS, 202),
    ("GET", f"{SUBMISSION}/archive"): (Act.READ_ARCHIVES, 200),
    ("POST", f"{SUBMISSION}/retry"): (Act.RETRY, 409),
    ("POST", "/api/v1/submissions/all/retry"): (Act.RETRY, 200),
    ("POST", f"{EXERCISE}/regrades"): (Act.REGRADE, 409),
    ("GET", f"{EXERCISE}/regrades"): (Act.REGRADE, 200),
    ("GET", REGRADE): (Act.REGRADE, 200),
    ("GET", f"{REGRADE}/items"): (Act.REGRADE, 200),
    ("POST", f"{REGRADE}/cancel"): (Act.REGRADE, 409),
    ("POST", f"{REGRADE}/undo"): (Act.REGRADE, 409),
    ("GET", "/api/v1/audit"): (Act.READ_AUDIT, 200),
}
HAND_IN = ("POST", f"{EXERCISE}/submissions")
#: Routes that need no token -> their status. A webhook needs a signature instead.
OPEN = {
    ("GET", "/"): 200,
    ("GET", "/docs"): 200,
    ("GET", "/checks"): 200,
    ("GET", "/checks/<check_id>"): 200,
    ("GET", "/problems"): 200,
    ("GET", "/problems/<slug:code>"): 200,
    ("GET", "/healthz"): 200,
    ("GET", "/readyz"): 200,
    ("GET", "/metrics"): 200,
    ("GET", "/api/v1/openapi.json"): 200,
    ("GET", "/schemas/rubric.json"): 200,
    ("POST", "/api/v1/webhooks/<slug:source>"): 401,
}


@dataclass(frozen=True)
class Who:
    """The owner of a token; ``student`` is set for a student."""

    role: Role
    course: str = "mlops"
    student: str = ""

    def reaches(self, rule: str) -> bool:
        """Return whether this token may see the course and submission that ``rule`` names."""
        if "<" in rule and self.role is not Role.ADMIN and self.course != "mlops":
            return False
        return "<slug:submission>" not in rule or self.student in ("", "ada")


WHO = {
    "admin": Who(Role.ADMIN, ""),
    "instructor": Who(Role.INSTRUCTOR),
    "grader": Who(Role.GRADER),
    "student": Who(Role.STUDENT, student="ada"),
    "other student": Who(Role.STUDENT, student="eve"),
    "lms": Who(Role.LMS),
    "foreign instructor": Who(Role.INSTRUCTOR, "other"),
    "foreign grader": Who(Role.GRADER, "other"),
    "foreign student": Who(Role.STUDENT, "other", "ada"),
    "foreign lms": Who(Role.LMS, "other"),
}
NOBODY = ("none", "unknown", "expired", "revoked")


class Site:
    """A service with one submission of ``ada``; sends any request with any token.

    Of another exercise it has a regrade that is cancelled.
    """

    def __init__(self, service: Service, archive: bytes) -> None:
        self.service, self._archive = service, archive
        self.client: FlaskClient = create_app(service).test_client()
        self.regrade = _cancelled_regrade(service)
        answer = self.ask("POST", f"{EXERCISE}/submissions", self.token_of(WHO["student"]))
        self.submission: str = answer.get_json()["id"]
        rubric = service.store.rubrics.newest("numbers-refactor")
        assert rubric is not None
        self._rubric = rubric.text
        rubric_url = f"{EXERCISES}/numbers-refactor/rubric"
        for url, text in ((f"{rubric_url}/draft", "# 1\n"), (rubric_url, "# 2\n")):
            sent = {"data": self._rubric + text, "content_type": "application/yaml"}
            headers = self.token_of(WHO["admin"]) | {"If-Match": "*"}
            assert self.client.put(url, headers=headers, **sent).status_code in (200, 201)
        asked = self.ask("POST", f"{EXERCISE}/rubric/preview", self.token_of(WHO["admin"]))
        self.preview: str = asked.get_json()["preview"]
        source = SourceRecord("moodle", "mlops", "standard-webhooks", {"secret": "whsec_AAAA"})
        service.store.sources.put(source, "test", service.clock.now())

    def token_of(self, who: Who, lifetime: timedelta | None = None) -> Headers:
        """Return the header with a new token of ``who``."""
        secret, _ = self.service.tokens.create(
            name="somebody",
            role=who.role,
            course=who.course,
            student=who.student,
            lifetime=lifetime,
            actor="test",
        )
        return {"Authorization": f"Bearer {secret}"}

    def ask(self, method: str, rule: str, headers: Headers, **named: str) -> TestResponse:
        """Send a request to ``rule``, about the submission of ``ada`` or the parameters ``named``.

        Later uploads go to another exercise, so that they supersede nothing.
        """
        again = hasattr(self, "submission") and (method, rule) == HAND_IN
        known = {
            "exercise": "get-data" if again else "numbers-refactor",
            "submission": getattr(self, "submission", ""),
            "regrade": self.regrade,
            "report": "none",
            "sample": "good",
            "check_id": "complexity",
            "code": "not-a-zip",
            "source": "moodle",
            "version": "1",
            "preview": getattr(self, "preview", ""),
            **named,
        }
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found.group(1)], rule)
        return self.client.open(path, method=method, headers=headers, **self._body(method, rule))

    def _body(self, method: str, rule: str) -> dict[str, Any]:
        if (method, rule) == ("PATCH", SAMPLE):
            return {"json": {"expected": {"total": 5}}}
        if (method, rule) == ("PUT", SAMPLE):
            query = {"expected": "5"}
            return {"data": self._archive, "content_type": "application/zip", "query_string": query}
        if method == "PUT" or rule == VALIDATE:
            return {"data": self._rubric, "content_type": "application/yaml"}
        if method == "PATCH":
            return {"data": "{}", "content_type": "application/merge-patch+json"}
        if rule.endswith(("/rubric/copy", "/draft/publish")):
            return {"json": {"exercise": "numbers-refactor"} if rule.endswith("copy") else {}}
        if (method, rule) == HAND_IN:
            url = {"query_string": {"student": "ada"}} if hasattr(self, "submission") else {}
            return {"data": self._archive, "content_type": "application/zip", **url}
        if (method, rule) == ("POST", f"{EXERCISE}/regrades"):
            return {"json": {"reason": "The rubric has changed."}}
        return {}


def _cancelled_regrade(service: Service) -> str:
    """Cancel a regrade of a graded submission to ``chapter-practices``; return its id."""
    rubric = service.store.rubrics.newest("chapter-practices")
    assert rubric is not None
    service.store.submissions.accept(sent("zoe", exercise="chapter-practices"), NOW)
    assert service.store.submissions.finish(claimed(service.store), result(rubric), NOW)
    principal = Principal.of_source("test", rubric.course)
    regrade = service.regrade(rubric, RegradeScope.ALL, "It has changed.", principal)
    service.regrade.cancel(regrade, principal)
    return regrade.id


@pytest.fixture(scope="module")
def site(
    prepared_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    zipped: Callable[..., bytes],
) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("access") / "data"
    shutil.copytree(prepared_database, data_dir)
    service = build_service(Settings(data_dir=data_dir, threads=4), notifier=NoNotifier())
    yield Site(service, zipped())
    service.close()


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    """Return the table of permissions in the README: row -> role -> cell."""
    text = README.read_text().partition("<!-- roles -->\n")[2].partition("\n\n")[0]
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in text.split("\n"))
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def test_every_route_is_in_the_matrix(site: Site) -> None:
    routes = {
        (method, rule.rule)
        for rule in site.client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(GUARDED) | set(OPEN) == routes


def test_the_readme_tells_what_the_code_allows(table: dict[str, dict[str, str]]) -> None:
    assert table.pop("reach") == {role.value: REACH[role] for role in Role}
    said = {
        act: {role for role, word in row.items() if {"yes": True, "no": False}[word]}
        for act, row in table.items()
    }
    assert said == {act.value: set(map(str, roles)) for act, roles in ROLES.items()}


@pytest.mark.parametrize("name", WHO)
def test_who_may_do_what(site: Site, table: dict[str, dict[str, str]], name: str) -> None:
    who = WHO[name]
    headers = site.token_of(who)
    for (method, rule), (act, status) in GUARDED.items():
        answer = site.ask(method, rule, headers)
        expected = status if table[act.value][who.role.value] == "yes" else 403
        if expected == 202 and who.student == "eve" and act is Act.HAND_IN:
            expected = 403  # the upload names ada as its student
        if not who.reaches(rule):
            expected = 404
        assert answer.status_code == expected, (name, method, rule, answer.text)
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", WHO)
def test_what_is_not_yours_looks_like_what_is_not_there(site: Site, name: str) -> None:
    who, made_up = WHO[name], "0" * 36
    headers = site.token_of(who)
    for (method, rule), (act, _) in GUARDED.items():
        if who.reaches(rule) or (act is Act.PUBLISH and who.role in ROLES[act]):
            continue  # an exercise's id is the service's: whoever may publish can tell it is taken
        kind = next(
            one for one in ("submission", "preview", "regrade", "exercise") if f":{one}>" in rule
        )
        real = site.ask(method, rule, headers)
        none = site.ask(method, rule, headers, **{kind: made_up})
        assert real.status_code == none.status_code == 404
        names = f"{site.submission}|{site.preview}|{site.regrade}|numbers-refactor|get-data"
        assert re.sub(names, made_up, real.text) == none.text, rule


@pytest.mark.parametrize("kind", NOBODY)
def test_without_a_good_token_nothing_is_told(site: Site, kind: str) -> None:
    headers = _no_token(site, kind)
    for method, rule in GUARDED:
        for named in ({}, {"exercise": "none", "submission": "none", "regrade": "none"}):
            answer = site.ask(method, rule, headers, **named)
            assert answer.status_code == 401, (method, rule)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
            assert answer.get_json()["type"] == "/problems/unauthorized"
    for (method, rule), status in OPEN.items():
        assert site.ask(method, rule, headers).status_code == status, (method, rule)


def _no_token(site: Site, kind: str) -> Headers:
    if kind in ("none", "unknown"):
        return {"Authorization": f"Bearer grader_{'x' * 43}"} if kind == "unknown" else {}
    lifetime = timedelta(microseconds=1) if kind == "expired" else None
    headers = site.token_of(WHO["admin"], lifetime)
    if kind == "revoked":
        newest = site.service.store.tokens.all()[-1]
        site.service.store.tokens.revoke(newest.id, "test", site.service.clock.now())
    return headers


def test_lists_hold_what_is_in_reach(site: Site) -> None:
    for name, who in WHO.items():
        headers = site.token_of(who)
        exercises = site.ask("GET", EXERCISES, headers).get_json()["items"]
        assert bool(exercises) == (who.course != "other"), name
        listed = site.ask("GET", f"{EXERCISE}/submissions", headers).get_json().get("items", ())
        students = {item["student"] for item in listed}
        assert students <= ({who.student} if who.student else {"ada", "eve"}), name
        entries = site.ask("GET", "/api/v1/audit", headers).get_json().get("items", ())
        courses = {entry["course"] for entry in entries}
        assert who.role is Role.ADMIN or courses <= {who.course}, name


def test_a_student_can_neither_list_nor_hand_in_for_another(site: Site) -> None:
    headers = site.token_of(WHO["other student"])
    url = f"{EXERCISES}/numbers-refactor/submissions?student="
    for student in ("ada", "nobody-of-that-name"):
        assert site.client.get(url + student, headers=headers).status_code == 403
        assert site.client.post(url + student, headers=headers, data=b"").status_code in (403, 415)


def test_the_document_names_the_roles_of_every_guarded_route(site: Site) -> None:
    document = site.client.get("/api/v1/openapi.json").get_json()
    for (method, rule), (act, _) in GUARDED.items():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
        needs = document["paths"][path][method.lower()]["security"]
        assert [need["bearer"] for need in needs] == [[r.value] for r in Role if r in ROLES[act]]
    page = site.client.get("/docs").text
    assert "of admin, instructor, grader</p>" in page


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Cookie": "token=grader_wrong"},
    ],
)
def test_tokens_that_are_none(client: FlaskClient, header: Headers) -> None:
    assert client.get(EXERCISES, headers=header).status_code == 401


def test_ids_that_are_none_are_nowhere(client: FlaskClient, instructor: Headers) -> None:
    for made_up in ("nope", "0190-0000", "a%00b", "x" * 65, "%F0%9F%92%A9"):
        for route in ("", "/report", "/facts", "/archive"):
            answer = client.get(f"/api/v1/submissions/{made_up}{route}", headers=instructor)
            assert answer.status_code == 404, (made_up, route, answer.text)
