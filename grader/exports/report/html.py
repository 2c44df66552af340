"""A report as one HTML page without scripts, which loads nothing; for light and dark screens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.domain.inspection import State
from grader.domain.report import CriterionLine, FileLine, Report
from grader.domain.unreadable import cannot_be_read
from grader.exports.page_policy import meta_policy, page_policy
from grader.exports.prose import layout, local_commands, messages, tone
from grader.exports.prose.sanitize import sanitize

#: How many locations of one kind of finding are listed; the JSON form has all. Chosen by hand.
MOST_PLACES = 200


def render_html(report: Report) -> str:
    """Return ``report`` as a whole HTML document without scripts, which loads nothing.

    All texts are escaped, and hidden characters are shown as escapes. Of one kind of finding (check
    and code) in a file, at most :data:`MOST_PLACES` locations are listed.
    """
    report = sanitize(report)
    commands = local_commands.command_lines(report)
    return (
        _templates()
        .get_template("report.html")
        .render(
            policy=meta_policy(page_policy(_style())),
            report=report,
            parts=layout.parts(report),
            files=layout.findings_by_file(report),
            commands=commands,
            on_windows=local_commands.on_windows(commands),
            most_places=MOST_PLACES,
        )
    )


def html_headers() -> Mapping[str, str]:
    """Return the page's Content-Security-Policy as a header.

    It allows nothing but the page's own style sheet; its ``sandbox`` gives the page an opaque
    origin.
    """
    return {"Content-Security-Policy": f"{page_policy(_style())}; sandbox"}


@cache
def _style() -> str:
    return _templates().get_template("report.css").render()


@cache
def _templates() -> Environment:
    """Return the Jinja environment of the page, with the functions that its template calls."""
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
    """Return ``text`` as HTML, with each text between single backticks in a ``code`` element.

    Everything else in ``text`` is escaped; double backticks stay.
    """
    parts = [escape(part) for part in messages.TICKED.split(text)]
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )


def share(points: float | None, max_points: float) -> int:
    """Return ``points`` of ``max_points`` in whole percent, 0 to 100, as the width of a bar.

    It is 0 if ``points`` is ``None`` or there are no points to earn.
    """
    if points is None or max_points <= 0:
        return 0
    return round(100 * min(max(points / max_points, 0), 1))


def diff_lines(hunk: str) -> list[tuple[str, str]]:
    """Return (kind, line) for each line of a unified diff; lines keep their sign.

    The kind is a CSS class: ``add``, ``del``, ``same``, or ``head`` for file names, positions
    (``@@``) and remarks (no newline at the end). A deleted line that begins with ``--`` and a
    space, or an added one with ``++``, is mistaken for a ``head``. Line breaks at the end of
    ``hunk`` are ignored.
    """
    return [(_kind(line), line) for line in hunk.rstrip("\n").split("\n")]


def _kind(line: str) -> str:
    """Return the kind of a line, e.g. ``head`` of ``--- a.py``, ``del`` of ``-a``.

    A deleted line ``-- a``, which a diff writes as ``--- a``, is mistaken for a ``head``.
    """
    if line.startswith(("diff ", "--- ", "+++ ", "@@", "\\ ")):
        return "head"
    return {"+": "add", "-": "del"}.get(line[:1], "same")


def states(file: FileLine) -> str:
    """Return how the checks of ``file`` ended, e.g. ``checked; style: broke on our side``.

    ``checked`` stands for all checks that succeeded; the others are named. If no check could read
    the file, it says only that. Empty if no check reads it.
    """
    words_by_state = {
        State.FAILED: "broke on our side",
        State.UNREADABLE: "cannot be read",
        State.NOT_APPLICABLE: "nothing to measure",
    }
    exceptions = [
        f"{', '.join(check for check, s in file.checks.items() if s is state)}: {words}"
        for state, words in words_by_state.items()
        if state in file.checks.values()
    ]
    if set(file.checks.values()) == {State.UNREADABLE}:
        return cannot_be_read([file.path])
    return "; ".join(["checked", *exceptions] if State.OK in file.checks.values() else exceptions)


def bar(line: CriterionLine) -> int:
    """Return the width of the bar of ``line``: its points in whole percent, 0 to 100.

    It is 0 if it has no points: withheld, not given yet, or not counted.
    """
    return share(line.points, line.max_points)
