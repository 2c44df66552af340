"""Permissions: one table of roles and acts, for routes, use cases and the API's description.

A role limits what a principal may do; its course and its student limit the data. Data of another
course, or for a student of another student, is answered as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.domain.errors import Forbidden, NotFound
from grader.domain.person_names import canonical
from grader.service.records import Role, SubmissionRecord, TokenRecord


@dataclass(frozen=True)
class Principal:
    """The sender of a request, known by its token, or as the source of a webhook event.

    ``role`` decides what it may do. ``course`` (empty for an admin, who sees every course) and
    ``student`` (empty for every role but a student) decide whose data it may see. ``actor`` names
    it in the audit log (a token's id, or ``webhook:<source>``). Idempotency keys are unique for
    each actor, and the limits of a token are counted for it.
    """

    role: Role
    course: str
    student: str
    actor: str

    @classmethod
    def of_token(cls, token: TokenRecord) -> Principal:
        """Return the principal of ``token``, without checking that the token is still valid."""
        return cls(token.role, token.course, token.student, token.id)

    @classmethod
    def of_source(cls, name: str, course: str) -> Principal:
        """Return the principal, with the role LMS, of the webhook source ``name`` of ``course``."""
        return cls(Role.LMS, course, "", f"webhook:{name}")

    def may_see(self, course: str) -> bool:
        """Return whether this principal may see data of ``course``; an admin sees every course."""
        return self.role is Role.ADMIN or self.course == course


class Act(StrEnum):
    """An action of the API, which :data:`ROLES` allows to some roles.

    Its value describes it for people, in the table of permissions.
    """

    READ_EXERCISES = "read exercises and rubrics"
    PUBLISH = "publish rubrics"
    PREVIEW = "see what a draft would do"
    READ_VERSIONS = "read drafts and earlier versions of rubrics"
    HAND_IN = "hand in"
    READ_SUBMISSIONS = "read submissions and their reports"
    READ_ARCHIVES = "read what was handed in"
    READ_MARKS = "read the marks of a class"
    READ_FACTS = "read facts, signals and faults"
    RETRY = "grade again what needs attention"
    REGRADE = "grade a class again"
    READ_AUDIT = "read the audit log"


_EVERYBODY = frozenset(Role)
_STAFF = frozenset({Role.ADMIN, Role.INSTRUCTOR, Role.GRADER})
_IN_CHARGE = frozenset({Role.ADMIN, Role.INSTRUCTOR})

#: The roles that may do each act, on the data that :data:`REACH` describes.
ROLES: Mapping[Act, frozenset[Role]] = {
    Act.READ_EXERCISES: _EVERYBODY,
    Act.PUBLISH: _IN_CHARGE,
    Act.PREVIEW: _IN_CHARGE,
    Act.READ_VERSIONS: _STAFF,
    Act.HAND_IN: _EVERYBODY,
    Act.READ_SUBMISSIONS: _EVERYBODY,
    Act.READ_ARCHIVES: _STAFF | {Role.STUDENT},
    Act.READ_MARKS: _STAFF | {Role.LMS},
    Act.READ_FACTS: _STAFF,
    Act.RETRY: _STAFF,
    Act.REGRADE: _IN_CHARGE,
    Act.READ_AUDIT: _IN_CHARGE,
}

#: The data of each role, as described in the table of permissions for people.
REACH: Mapping[Role, str] = {
    Role.ADMIN: "every course",
    Role.INSTRUCTOR: "its course",
    Role.GRADER: "its course",
    Role.STUDENT: "its student in its course",
    Role.LMS: "its course",
}


def may(principal: Principal, act: Act) -> bool:
    """Return whether the role of ``principal`` allows ``act``, by :data:`ROLES`.

    Whether the principal may see the data, which depends on course and student, is not checked.
    """
    return principal.role in ROLES[act]


def sees(principal: Principal, submission: SubmissionRecord) -> bool:
    """Return whether ``principal`` may see ``submission``.

    It must belong to the course of ``principal`` (any course for an admin) and, for a student
    principal, to that student.
    """
    if principal.role is Role.STUDENT and submission.student != principal.student:
        return False
    return principal.may_see(submission.course)


def student_of(principal: Principal, asked: str) -> str:
    """Return the student whom a request of ``principal`` is about.

    For a student principal that is its own student; for any other role ``asked``, even if empty.

    Raises:
        Forbidden: ``principal`` is a student, and ``asked`` names another student, whose name is
            not the same in its canonical form.
    """
    if principal.role is not Role.STUDENT:
        return asked
    if asked and canonical(asked) != canonical(principal.student):
        raise Forbidden(
            "A student's token stands for its owner only.",
            how_to_fix="Leave the student out, or use an instructor's token.",
            where="student",
        )
    return principal.student


def course_of(principal: Principal, asked: str) -> str:
    """Return the course that a request of ``principal`` is about: ``asked``, or its own.

    It is empty (every course) only if an admin asked for no course.

    Raises:
        NotFound: ``asked`` is a course that ``principal`` may not see.
    """
    if asked and not principal.may_see(asked):
        raise NotFound(f"There is no course {asked!r}.", where="course")
    return asked or principal.course


def no_exercise(exercise: str) -> NotFound:
    """Return the error to raise for an ``exercise`` that does not exist or must not be seen."""
    return NotFound(
        f"There is no exercise {exercise!r}.",
        how_to_fix="List the exercises with GET /api/v1/exercises and use an id from there.",
        where=exercise,
    )
