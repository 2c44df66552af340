"""Pages that explain the service: landing page, API, checks and kinds of problems.

The pages are self-contained: no script, font or image is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from flask import Blueprint, Flask, render_template
from jinja2 import Environment, PackageLoader

from grader.domain.characters import visible
from grader.domain.check import Catalog
from grader.domain.errors import NotFound
from grader.exports.page_policy import page_policy
from grader.http.pages.schemas import describe_schema, with_code

_METHODS = ("get", "post", "put", "patch", "delete")

Document = Mapping[str, Any]


def install(app: Flask, document: Document, catalog: Catalog) -> None:
    """Add the landing page, ``/docs``, ``/checks`` and a page for each check to ``app``.

    ``document`` is the OpenAPI document of ``app``. The checks are those of ``catalog`` that are
    gradable. The pages about problems are routed elsewhere, but :func:`problem_page` and
    :func:`problems_page` need the templates and filters that are added here.
    """
    pages = Blueprint("pages", __name__, template_folder="templates")
    groups = list(_groups(document))

    @pages.get("/")
    def landing() -> str:
        """Render what the service is, with links to the other pages."""
        return render_template("landing.html", info=document["info"])

    @pages.get("/docs")
    def docs() -> str:
        """Render the description of the API."""
        return render_template(
            "docs.html",
            info=document["info"],
            groups=groups,
            schemes=document["components"]["securitySchemes"],
            schemas=document["components"]["schemas"],
        )

    _add_check_pages(pages, {name: check for name, check in catalog.items() if check.gradable})
    app.register_blueprint(pages)
    app.jinja_env.filters.update(
        schema=describe_schema, words=with_code, visible=partial(visible, keep="\n\t")
    )


def policy() -> str:
    """Return the Content-Security-Policy of the pages of this package, as a header's value.

    Only their own style sheet is allowed; nothing else may load or run.
    """
    return page_policy(_style())


@cache
def _style() -> str:
    """Return the style sheet of the pages, rendered once."""
    templates = Environment(loader=PackageLoader("grader.http.pages"), autoescape=True)
    return templates.get_template("pages.css").render()


def _add_check_pages(pages: Blueprint, checks: Catalog) -> None:
    """Add a page for each check, with the content of ``grader explain``."""

    @pages.get("/checks")
    def every_check() -> str:
        """Render the list of all gradable checks."""
        return render_template("checks.html", checks=checks.values())

    @pages.get("/checks/<check_id>")
    def one_check(check_id: str) -> str:
        """Render what one check measures, why it matters, an example, and how to fix it.

        Raises:
            NotFound: there is no such check, or it is not gradable.
        """
        if check_id not in checks:
            raise NotFound(f"There is no check {check_id!r}.", where=check_id[:100])
        return render_template("check.html", check=checks[check_id])


def ready_page(parts: Iterable[Any]) -> str:
    """Return the HTML page about the states of ``parts``, as :func:`problem_page` about a kind.

    Each is a :class:`grader.service.readiness.PartState`.
    """
    known = list(parts)
    return render_template("ready.html", parts=known, is_ready=all(part.is_ready for part in known))


def problem_page(kind: object) -> str:
    """Return the HTML page about ``kind``, a :class:`grader.http.problems.kinds.ProblemKind`.

    Call it in a request of an application on which :func:`install` was called.
    """
    return render_template("problem.html", kind=kind)


def problems_page(kinds: Iterable[object]) -> str:
    """Return the HTML page that lists ``kinds``, which are as in :func:`problem_page`."""
    return render_template("problems.html", kinds=list(kinds))


def _groups(document: Document) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Yield (tag, its operations), in the order in which tags first occur in ``document``.

    An operation is listed under its first tag only, with ``path``, ``method`` and ``needs`` added.
    """
    described = {tag["name"]: tag for tag in document.get("tags", ())}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = {**item[method], "path": path, "method": method.upper()}
                operation["needs"] = _needs(operation)
                found.setdefault(operation["tags"][0], []).append(operation)
    for name, operations in found.items():
        yield described.get(name, {"name": name}), operations


def _needs(operation: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Return, by security scheme, the roles of which a caller of ``operation`` needs one."""
    needs: dict[str, list[str]] = {}
    for alternative in operation.get("security") or ():
        for scheme, roles in alternative.items():
            needs.setdefault(scheme, []).extend(roles)
    return needs
