"""What each key of a rubric means, in the words that an editor shows to its author."""

from __future__ import annotations

from collections.abc import Mapping

#: Words by model and key. Each key of each model has some; a test holds that.
KEY_HELP: Mapping[str, Mapping[str, str]] = {
    "Rubric": {
        "exercise": "The exercise's id, part of its address: small letters, digits, - and _.",
        "course": "The id of the course that the exercise belongs to, as in your token.",
        "title": "The exercise's name, as reports show it.",
        "description": "What the exercise asks for, in a few sentences.",
        "python": "The version of Python that the exercise names, in quotes, e.g. '3.11'."
        " Newer syntax is graded, with advice.",
        "total": "All points; those of the criteria must add up to it.",
        "criteria": "The rows of the rubric by an id of your choice: small letters, digits, - and"
        " _.",
        "smallest": "The smallest program that the exercise asks for.",
        "names": "Names that the exercise prescribes, such as calcTotal. No check finds fault with"
        " them.",
        "intake": "What may be handed in: notebooks, and how much.",
        "feedback": "What a student sees beside the points.",
        "attempts": "Which attempts are graded.",
        "starter": "Files that students were given, text by path. They are neither blamed nor"
        " praised.",
    },
    "Criterion": {
        "title": "The criterion's name, as reports show it.",
        "points": "The most points that it earns, to one decimal.",
        "check": "What is measured; 'manual' if a person gives the points. `grader explain CHECK`"
        " tells more.",
        "options": "Options of the check, mostly those of the tool behind it.",
        "files": "Which files count, as patterns: *.py in the top folder, src/** below src.",
        "exclude": "Which files do not count. Without it, tests do not count where a check is not"
        " about tests.",
        "scale": "How the measured number becomes points.",
        "applies": "If there is nothing to measure: 'required' earns 0, 'optional' leaves the"
        " total.",
        "caps_total_at": "The most that the whole can earn: one number while this criterion earns"
        " nothing, or {from, to, lifts_at}, which rises with it.",
    },
    "Scale": {
        "measure": "The number that the check measures.",
        "limit": "From where on something is too much, e.g. statements in a function. Only"
        " measures with a limit have it.",
        "full_at": "The value that earns all points; so does any better one.",
        "zero_at": "The value that earns nothing; between the two, points fall evenly.",
        "levels": "Steps instead of full_at and zero_at, from the lowest value on.",
    },
    "Level": {
        "up_to": "The largest value of this level; the last level has none and takes the rest.",
        "earns": "The points of this level.",
        "label": "The level's name in reports.",
    },
    "GraduatedCap": {
        "from": "The most points of the whole while the criterion earns nothing.",
        "to": "The most points of the whole just before the cap is lifted.",
        "lifts_at": "The percent of its points from which on the criterion limits nothing.",
    },
    "Smallest": {
        "statements": "How many statements the program needs that do something.",
        "caps_total_at": "The most points of the whole while it has fewer.",
    },
    "Intake": {
        "notebooks": "Whether notebooks are graded ('accepted') or left out ('refused').",
        "max_upload": "The most bytes of an upload as it is sent.",
        "max_entries": "The most files and folders of an upload.",
        "max_file": "The most bytes of an unpacked file that is graded.",
        "max_total": "The most bytes of all unpacked files.",
        "max_depth": "How deep folders may lie in one another.",
    },
    "Feedback": {
        "patch": "Whether students get a patch that sets layout and imports right.",
        "tone": "'beginner' explains each finding, 'standard' each kind once, 'strict' only says"
        " what to do.",
    },
    "Attempts": {
        "superseded": "Whether an attempt that waits is left ungraded ('skip') or graded too"
        " ('grade') once there is a newer one.",
    },
}
