"""What holds for the query of every address: text in UTF-8, and one value for each parameter."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Flask, request

from grader.domain.person_names import check_utf8, only_value


def install(app: Flask) -> None:
    """Make ``app`` refuse a request whose query is not UTF-8 or says two things of one parameter.

    e.g. ``?student=Zo%E9`` (Latin-1), ``?student=ada&student=bob``; not ``?limit=5&limit=5``.
    """
    app.before_request(refuse_ambiguous_queries)


def refuse_ambiguous_queries() -> None:
    """Raise BadRequest, which names the first such parameter, unless the query is unambiguous."""
    # Not of request.args, which write again as %E9 what is not UTF-8.
    for pair in request.query_string.split(b"&"):
        text = unquote_to_bytes(pair).decode("utf-8", "replace")
        check_utf8(text, text.partition("=")[0])
    for name, values in request.args.lists():
        only_value(values, name)
