"""The list of all forms in which a report is served.

A new form is one file in ``grader/exports/report`` and one line in :data:`FORMATS`. Content
negotiation, ``?format=``, the command line's ``--format`` and the OpenAPI document follow the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.domain.report import Report
from grader.exports.report.csv import csv_headers, render_csv
from grader.exports.report.html import html_headers, render_html
from grader.exports.report.junit import junit_headers, render_junit
from grader.exports.report.markdown import render_markdown
from grader.exports.report.text import render_text


@dataclass(frozen=True)
class Export:
    """One form of a report, such as JSON or HTML.

    ``name`` is the value of ``--format`` and ``?format=``. ``media_type`` is the ``Content-Type``
    without parameters (the text is UTF-8) and ``suffix`` the end of a file name, such as ``.csv``.
    ``render`` returns the whole text, ending in one line break; it shows signals, which are for
    instructors, so apply :meth:`Report.for_students` to a report for students first. ``headers``
    returns further response headers. Only a ``negotiable`` form can be asked for with ``Accept``:
    of forms with the same media type, at most one may be negotiable.
    """

    name: str
    media_type: str
    suffix: str
    render: Callable[[Report], str]
    headers: Callable[[], Mapping[str, str]] = dict
    negotiable: bool = True


def index_by_name(*exports: Export) -> dict[str, Export]:
    """Return a dict of ``exports`` by name, in their order.

    Raises:
        ValueError: two exports share a name, or two negotiable ones share a media type.
    """
    by_name = {export.name: export for export in exports}
    negotiable = [export for export in exports if export.negotiable]
    if len(by_name) != len(exports) or len(by_media_type(by_name)) != len(negotiable):
        raise ValueError("each export needs its own name, each negotiable one its own media type")
    return by_name


def by_media_type(formats: Mapping[str, Export]) -> dict[str, Export]:
    """Return the negotiable forms of ``formats`` (which is by name) by media type, in their order.

    Of two with the same media type, the later one stays; :func:`index_by_name` refuses such forms.
    """
    return {export.media_type: export for export in formats.values() if export.negotiable}


#: Every form by name. The first negotiable form is served if ``Accept`` has no preference.
FORMATS: dict[str, Export] = index_by_name(
    Export("json", "application/json", ".json", Report.to_json),
    Export("text", "text/plain", ".txt", render_text),
    Export("markdown", "text/markdown", ".md", render_markdown),
    Export("html", "text/html", ".html", render_html, html_headers),
    Export("csv", "text/csv", ".csv", render_csv, csv_headers),
    Export("junit", "application/xml", ".xml", render_junit, junit_headers),
)
