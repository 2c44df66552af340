"""A report as one self-contained page: no script, nothing fetched, readable in light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.domain.inspection import State
from grader.domain.report import CriterionLine, FileLine, Report
from grader.domain.unreadable import cannot_be_read
from grader.exports.page_policy import inside, page_policy
from grader.exports.prose import layout, local_commands, messages, tone
from grader.exports.prose.sanitize import harmless

#: So many places of one kind of finding are listed; the JSON form has them all.
MOST_PLACES = 200


def render_html(report: Report) -> str:
    """The report as an HTML document."""
    report = harmless(report)
    return (
        _templates()
        .get_template("report.html")
        .render(
            policy=inside(page_policy(_style())),
            report=report,
            parts=layout.parts(report),
            files=layout.findings_by_file(report),
            commands=local_commands.command_lines(report),
            most_places=MOST_PLACES,
        )
    )


def html_headers() -> Mapping[str, str]:
    """What a server says beside the page: the policy of the page, on an origin of its own."""
    return {"Content-Security-Policy": f"{page_policy(_style())}; sandbox"}


@cache
def _style() -> str:
    return _templates().get_template("report.css").render()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.exports.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["ticked"] = ticked
    environment.globals.update(
        say=messages, tone=tone, bar=bar, share=share, states=states, diff_lines=diff_lines
    )
    return environment


def ticked(text: str) -> Markup:
    """Escaped prose, in which what stands between two backticks is code."""
    parts = [escape(part) for part in messages.TICKED.split(text)]
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )


def share(points: float | None, max_points: float) -> int:
    """Points as a share of what can be had, in whole percent from 0 to 100, for a bar."""
    if points is None or max_points <= 0:
        return 0
    return round(100 * min(max(points / max_points, 0), 1))


def diff_lines(hunk: str) -> list[tuple[str, str]]:
    """(kind, line) of a unified diff; kinds are ``head``, ``add``, ``del`` and ``same``."""
    return [(_kind(line), line) for line in hunk.rstrip("\n").split("\n")]


def _kind(line: str) -> str:
    if line.startswith(("diff ", "--- ", "+++ ", "@@", "\\ ")):
        return "head"
    return {"+": "add", "-": "del"}.get(line[:1], "same")


def states(file: FileLine) -> str:
    """What became of a file, in words: ``checked``, or what could not be done and why."""
    told = {
        State.FAILED: "broke on our side",
        State.UNREADABLE: "cannot be read",
        State.NOT_APPLICABLE: "nothing to measure",
    }
    said = [
        f"{', '.join(check for check, s in file.checks.items() if s is state)}: {words}"
        for state, words in told.items()
        if state in file.checks.values()
    ]
    if set(file.checks.values()) == {State.UNREADABLE}:
        return cannot_be_read([file.path])
    return "; ".join(["checked", *said] if State.OK in file.checks.values() else said)


def bar(line: CriterionLine) -> int:
    """The length of a criterion's bar in percent."""
    return share(line.points, line.max_points)
