"""Routes of golden samples: programs of an exercise whose points are known."""

from __future__ import annotations

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.samples import SamplePoints
from grader.http.api.answers import json_answer
from grader.http.api.downloads import attachment, download_name
from grader.http.api.parameters import ExercisePath, SamplePath, SampleQuery
from grader.http.api.rubric_bodies import described, read_json
from grader.http.api.sample_bodies import ExpectedBody, SampleBody, SamplesBody
from grader.http.api.uploads import RAW_BODY, read_raw
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import PREFIX, allowed, answer, problems
from grader.service.access import Act
from grader.service.samples import GoldenSample

blueprint = APIBlueprint(
    "samples",
    __name__,
    url_prefix=f"{PREFIX}/exercises",
    abp_tags=[Tag(name="samples", description="Programs on which new rubric versions are tried.")],
    abp_responses=problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "too-many-requests",
        "store-unavailable",
    ),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "/<slug:exercise>/samples",
    operation_id="listSamples",
    security=allowed(Act.PUBLISH),
    responses={"200": answer("The samples.", json=SamplesBody)},
)
def samples(path: ExercisePath) -> Response:
    """List the golden samples of an exercise, with what each should earn."""
    found = context().samples.all(path.exercise, caller())
    return json_answer(SamplesBody(items=tuple(SampleBody.of(one) for one in found)))


@blueprint.get(
    "/<slug:exercise>/samples/<slug:sample>",
    operation_id="getSample",
    security=allowed(Act.PUBLISH),
    responses={"200": answer("The sample.", json=SampleBody)},
)
def show(path: SamplePath) -> Response:
    """Get a golden sample: what it should earn, and who stored it last."""
    return json_answer(SampleBody.of(context().samples.get(path.exercise, path.sample, caller())))


@blueprint.get(
    "/<slug:exercise>/samples/<slug:sample>/archive",
    operation_id="getSampleArchive",
    security=allowed(Act.PUBLISH),
    responses={
        "200": answer(
            "The bytes of the sample.",
            "application/octet-stream",
            headers={"Content-Disposition": "An attachment with a file name."},
        )
    },
)
def archive(path: SamplePath) -> Response:
    """Get the bytes of a golden sample as they were sent."""
    record = context().samples.get(path.exercise, path.sample, caller())
    data = context().store.samples.archive(path.exercise, path.sample)
    response = Response(data, mimetype="application/octet-stream")
    name = download_name(record.filename, data)
    response.headers["Content-Disposition"] = attachment(name)
    return response


@blueprint.put(
    "/<slug:exercise>/samples/<slug:sample>",
    operation_id="putSample",
    security=allowed(Act.PUBLISH),
    description="A sample of this name is replaced. Publishing a rubric is then refused while this "
    "sample would earn other points than expected.",
    openapi_extensions=RAW_BODY,
    responses={
        "200": answer("The sample.", json=SampleBody, headers={"Location": "It."}),
        **problems("conflict", "request-too-large", "unsupported-media-type", upload=True),
    },
)
def put(path: SamplePath, query: SampleQuery) -> Response:
    """Store a golden sample, a zip archive or one Python file, and what it should earn."""
    principal = caller()
    # What is no exercise is refused before the body is read.
    context().read.exercise(path.exercise, principal)
    data, filename = read_raw(query.filename)
    expected = None if query.expected is None else SamplePoints(total=query.expected)
    sample = GoldenSample(path.sample, filename, data, expected)
    response = json_answer(SampleBody.of(context().samples.put(path.exercise, sample, principal)))
    response.headers["Location"] = request.path
    return response


@blueprint.patch(
    "/<slug:exercise>/samples/<slug:sample>",
    operation_id="patchSample",
    security=allowed(Act.PUBLISH),
    openapi_extensions=described(ExpectedBody, "What it should earn from now on."),
    responses={
        "200": answer("The sample.", json=SampleBody),
        **problems("request-too-large", "unsupported-media-type"),
    },
)
def expect(path: SamplePath) -> Response:
    """Change what a golden sample should earn: its total and, where known, by criterion."""
    expected = read_json(ExpectedBody).expected
    found = context().samples.expect(path.exercise, path.sample, expected, caller())
    return json_answer(SampleBody.of(found))


@blueprint.delete(
    "/<slug:exercise>/samples/<slug:sample>",
    operation_id="deleteSample",
    security=allowed(Act.PUBLISH),
    responses={"204": answer("It is deleted.")},
)
def delete(path: SamplePath) -> Response:
    """Delete a golden sample."""
    context().samples.remove(path.exercise, path.sample, caller())
    return Response(status=204)
