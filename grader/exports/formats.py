"""The forms in which a report is served; a new one is one file here and one line below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.domain.report import Report
from grader.exports.report.csv import csv_headers, render_csv
from grader.exports.report.html import html_headers, render_html
from grader.exports.report.markdown import render_markdown
from grader.exports.report.text import render_text


@dataclass(frozen=True)
class Export:
    """One form of a report.

    ``media_type`` is what HTTP calls it (UTF-8 always), ``suffix`` ends a file's name, and
    ``render`` gives the whole text, ending in a newline. ``headers`` are what a server says
    beside it.
    """

    media_type: str
    suffix: str
    render: Callable[[Report], str]
    headers: Callable[[], Mapping[str, str]] = dict


#: Every form, by the name that ``--format`` takes.
FORMATS: dict[str, Export] = {
    "json": Export("application/json", ".json", Report.to_json),
    "text": Export("text/plain", ".txt", render_text),
    "markdown": Export("text/markdown", ".md", render_markdown),
    "html": Export("text/html", ".html", render_html, html_headers),
    "csv": Export("text/csv", ".csv", render_csv, csv_headers),
}
