"""Routes that explain problems: the ``type`` of a problem document is the address of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.errors import NotFound
from grader.http.api.answers import best_of, json_answer
from grader.http.api.bodies import ProblemKindBody, ProblemKindsBody
from grader.http.api.parameters import ProblemPath
from grader.http.openapi import answer, problems
from grader.http.problems.kinds import ProblemKind

_FORMS = ("application/json", "text/html")


def blueprint(
    kinds: Mapping[str, ProblemKind],
    *,
    page: Callable[[ProblemKind], str],
    list_page: Callable[[Iterable[ProblemKind]], str],
) -> APIBlueprint:
    """Return a blueprint with the routes that explain ``kinds``, a mapping by problem code.

    The routes are public: ``/problems`` lists all kinds, and ``/problems/<code>`` shows one. They
    answer with HTML or JSON, as ``Accept`` asks, without it with JSON. ``page`` renders one kind as
    HTML, and ``list_page`` all kinds; they are passed in because this package does not import
    ``http/pages``.
    """
    routes = APIBlueprint(
        "problems",
        __name__,
        url_prefix="/problems",
        abp_tags=[Tag(name="problems", description="What errors mean.")],
        abp_responses=problems("bad-request", "not-acceptable"),
    )

    @routes.get(
        "",
        operation_id="listProblems",
        responses={"200": answer("Every kind of problem.", "text/html", json=ProblemKindsBody)},
    )
    def every() -> Response:
        """List every kind of problem that the API answers with."""
        if best_of(_FORMS) == "text/html":
            return Response(list_page(kinds.values()), mimetype="text/html")
        return json_answer(ProblemKindsBody(items=tuple(map(_body, kinds.values()))))

    @routes.get(
        "/<slug:code>",
        operation_id="getProblem",
        responses={
            "200": answer("What it means.", "text/html", json=ProblemKindBody),
            **problems("not-found"),
        },
    )
    def show(path: ProblemPath) -> Response:
        """Get what a kind of problem means, and how to fix it."""
        kind = kinds.get(path.code)
        if kind is None:
            raise NotFound(f"There is no kind of problem {path.code!r}.", where=path.code)
        if best_of(_FORMS) == "text/html":
            return Response(page(kind), mimetype="text/html")
        return json_answer(_body(kind))

    return routes


def _body(kind: ProblemKind) -> ProblemKindBody:
    return ProblemKindBody(
        type=kind.type,
        status=kind.status,
        title=kind.title,
        meaning=kind.meaning,
        how_to_fix=kind.how_to_fix,
    )
