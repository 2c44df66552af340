"""The texts that depend on a report's tone: how much is explained, and how kindly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.domain.report import Report
from grader.domain.rubric.policies import Tone
from grader.exports.prose.layout import Group, strengths


@dataclass(frozen=True)
class Voice:
    """The settings of one tone, which a rubric chooses by name (e.g. ``strict``).

    ``praise`` is the heading of the criteria with full points, ``max_strengths`` how many of them
    are named. ``explains`` says where to explain why a finding matters: at every group of findings,
    at the first group of each check and code, or nowhere. With ``is_warm``, the report begins with
    a kind sentence. The numbers were chosen by hand.
    """

    praise: str
    explains: Literal["always", "once", "never"]
    max_strengths: int
    is_warm: bool = False


_VOICES: Mapping[Tone, Voice] = {
    "beginner": Voice("What you did well", "always", 8, is_warm=True),
    "standard": Voice("Already right", "once", 5),
    "strict": Voice("Already right", "never", 0),
}


def opening(report: Report) -> str:
    """Return a kind opening sentence, by whether all, some or no criteria have full points.

    It is empty unless the tone of ``report`` is warm.
    """
    if not _VOICES[report.tone].is_warm:
        return ""
    right = len(strengths(report))
    if right == len(report.criteria):
        return "Well done: everything that was asked for is there."
    if right:
        return (
            "Good work so far. Nobody gets everything right at once: take the first step below, "
            "hand in again, and look at the next one then."
        )
    return (
        "Do not worry about the number: you have made a start, and often one mistake hides much "
        "that is good. Take the first step below, hand in again, and see what it brings."
    )


def praise(report: Report) -> tuple[str, tuple[str, ...]]:
    """Return (heading, lines) about the criteria with full points.

    The lines are their titles, at most as many as the tone names, and a last one for how many more
    there are. There is only one line, which sums them up, if all criteria have full points or the
    tone names none. If no criterion has full points, there are no lines.
    """
    voice, titles = _VOICES[report.tone], strengths(report)
    if not titles:
        return voice.praise, ()
    if len(titles) == len(report.criteria):
        return voice.praise, ("All points for every criterion",)
    if not voice.max_strengths:
        return voice.praise, (f"{len(titles)} of {len(report.criteria)} criteria",)
    rest = len(titles) - voice.max_strengths
    more = (f"and {rest} more",) if rest > 0 else ()
    return voice.praise, (*titles[: voice.max_strengths], *more)


def explanation(report: Report, group: Group) -> str:
    """Return why the findings of ``group`` matter; empty if the tone does not explain it here."""
    explains = _VOICES[report.tone].explains
    is_explained = explains == "always" or (explains == "once" and group.first)
    return group.lead.explanation if is_explained else ""
