"""What the tone of a report changes: how much is said, and how warmly. Nothing else knows tones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.domain.report import Report
from grader.domain.rubric.policies import Tone
from grader.exports.prose.layout import Group, strengths


@dataclass(frozen=True)
class Voice:
    """One tone.

    ``explains`` is where it says why a thing matters: at every group of findings, once for each
    code, or nowhere. ``most_strengths`` is how many criteria it praises by name.
    """

    praise: str
    explains: Literal["always", "once", "never"]
    most_strengths: int
    is_warm: bool = False


_VOICES: Mapping[Tone, Voice] = {
    "beginner": Voice("What you did well", "always", 8, is_warm=True),
    "standard": Voice("Already right", "once", 5),
    "strict": Voice("Already right", "never", 0),
}


def opening(report: Report) -> str:
    """A kind sentence to begin with, in a tone that has one."""
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
    """(heading, lines) of what earned all its points; no lines where nothing did."""
    voice, titles = _VOICES[report.tone], strengths(report)
    if not titles:
        return voice.praise, ()
    if len(titles) == len(report.criteria):
        return voice.praise, ("All points for every criterion",)
    if not voice.most_strengths:
        return voice.praise, (f"{len(titles)} of {len(report.criteria)} criteria",)
    rest = len(titles) - voice.most_strengths
    more = (f"and {rest} more",) if rest > 0 else ()
    return voice.praise, (*titles[: voice.most_strengths], *more)


def explanation(report: Report, group: Group) -> str:
    """Why what was found matters, where the tone says so."""
    explains = _VOICES[report.tone].explains
    told = explains == "always" or (explains == "once" and group.first)
    return group.lead.explanation if told else ""
