"""Who may do what: the one table that routes, use cases and the API's description read.

A role says what may be done; a token's course and student say to what. What lies outside its
course (or is another student's) does not exist for a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grader.service.records import Role, SubmissionRecord, TokenRecord


class Act(StrEnum):
    """What can be done through the API, in the words of the table for people."""

    READ_EXERCISES = "read exercises and rubrics"
    PUBLISH = "publish rubrics"
    HAND_IN = "hand in"
    READ_SUBMISSIONS = "read submissions and their reports"
    READ_ARCHIVES = "read what was handed in"
    READ_MARKS = "read the marks of a class"
    READ_FACTS = "read facts, signals and faults"
    RETRY = "grade again what needs attention"
    READ_AUDIT = "read the audit log"


_EVERYBODY = frozenset(Role)
_STAFF = frozenset({Role.ADMIN, Role.INSTRUCTOR, Role.GRADER})
_IN_CHARGE = frozenset({Role.ADMIN, Role.INSTRUCTOR})

#: The table: the roles that may do each act, within their reach.
ROLES: Mapping[Act, frozenset[Role]] = {
    Act.READ_EXERCISES: _EVERYBODY,
    Act.PUBLISH: _IN_CHARGE,
    Act.HAND_IN: _EVERYBODY,
    Act.READ_SUBMISSIONS: _EVERYBODY,
    Act.READ_ARCHIVES: _STAFF | {Role.STUDENT},
    Act.READ_MARKS: _STAFF | {Role.LMS},
    Act.READ_FACTS: _STAFF,
    Act.RETRY: _STAFF,
    Act.READ_AUDIT: _IN_CHARGE,
}

#: How far each role reaches.
REACH: Mapping[Role, str] = {
    Role.ADMIN: "every course",
    Role.INSTRUCTOR: "its course",
    Role.GRADER: "its course",
    Role.STUDENT: "its student in its course",
    Role.LMS: "its course",
}


def may(token: TokenRecord, act: Act) -> bool:
    """Whether a token's role allows an act, in its own course at least."""
    return token.role in ROLES[act]


def sees(token: TokenRecord, submission: SubmissionRecord) -> bool:
    """Whether a submission exists for a token: of its course and, for a student's, its own."""
    if token.role is Role.STUDENT and submission.student != token.student:
        return False
    return token.may_see(submission.course)
