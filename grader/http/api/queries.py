"""What holds for the request of every route: no unknown parameter or field, and one value of each.

An unknown parameter that is ignored does something else than was asked: ``PUT ...?dry_run=1`` would
publish. So it is refused by name, also by pages and by webhooks. A webhook's body belongs to its
connector, but its address is ours, and no signature covers the query. Only health checks ignore
their query: a balancer that adds a parameter against caches must not take a good process for dead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any, get_type_hints
from urllib.parse import unquote_to_bytes

from flask import Flask, request

from grader.domain.errors import BadRequest
from grader.domain.person_names import check_utf8, only_value
from grader.domain.wording import nearest
from grader.http.api.health import PROBES
from grader.http.problems.errors import UnknownNames
from grader.infra.redaction import redact

#: The most names that a refusal lists, and the most characters of each. Chosen by hand.
_MAX_LISTED = 20
_MAX_NAME = 100
#: A placeholder in a rule of Flask, e.g. ``<slug:exercise>``; the document has ``{exercise}``.
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def install(app: Flask, document: Mapping[str, Any]) -> None:
    """Make ``app`` refuse requests that a route would read in part only, with BadRequest.

    The query has to be UTF-8, with parameters of the route only, and one value for each: not
    ``?student=Zo%E9`` (Latin-1), ``?studnet=ada``, ``?student=ada&student=bob``; but
    ``?limit=5&limit=5``. A route that has no body in ``document``, the OpenAPI document, is sent
    none.
    """

    def refuse() -> None:
        """Raise BadRequest unless the route of this request knows all that was sent."""
        rule = request.url_rule
        if rule is None or rule.rule in PROBES:
            return
        known = _parameters(app.view_functions[rule.endpoint])
        _refuse_wrong_query(known)
        item = document["paths"].get(_PLACEHOLDER.sub(r"{\1}", rule.rule), {})
        operation = item.get(request.method.lower())
        if operation is not None and "requestBody" not in operation:
            _refuse_body(known)

    app.before_request(refuse)


def refuse_unknown(sent: Iterable[str], known: Collection[str], what: str) -> None:
    """Raise UnknownNames if one of the names ``sent`` is not ``known``.

    ``what`` is the kind of thing that they name, e.g. ``parameter``. Capital letters count:
    ``Student`` is not ``student``, but it is the nearest right word.
    """
    # Redacted, because whoever forgets `token=` sends a secret as a name.
    unknown = [redact(name)[:_MAX_NAME] for name in dict.fromkeys(sent) if name not in known]
    if unknown:
        found = {name: nearest(name.lower(), known) for name in unknown[:_MAX_LISTED]}
        raise UnknownNames(found, known=sorted(known), what=what)


def _refuse_wrong_query(known: Collection[str]) -> None:
    """Raise BadRequest unless the query has ``known`` parameters only, one value each, in UTF-8."""
    # Not of request.args, which write again as %E9 what is not UTF-8.
    for pair in request.query_string.split(b"&"):
        text = unquote_to_bytes(pair).decode("utf-8", "replace")
        check_utf8(text, text.partition("=")[0])
    refuse_unknown(request.args, known, "parameter")
    for name, values in request.args.lists():
        only_value(values, name)


def _refuse_body(known: Collection[str]) -> None:
    """Raise BadRequest if this request has a body; ``known`` are its route's parameters."""
    if request.content_length:
        others = f"The address takes these parameters: {', '.join(known)}." if known else ""
        raise BadRequest(
            f"{request.method} takes no body here, but {request.content_length} bytes came.",
            how_to_fix=f"Send it without a body. {others}".strip(),
            where="body",
        )


@cache
def _parameters(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the query parameters that ``view`` takes, by its argument ``query``."""
    model = get_type_hints(view).get("query")
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())
