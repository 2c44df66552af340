"""The guidance that students read at findings about errors and their handling."""

from __future__ import annotations

from grader.domain.check import Guidance

_URL = "https://docs.python.org/3/tutorial/errors.html"

GUIDANCE = Guidance(
    explanation=(
        "This way of handling errors has a trap in it: an error gets lost, or a line never runs."
        " You would notice much later, and far from here."
    ),
    how_to_fix=(
        "Write one `except` for each thing that can go wrong here, with the name of that error, and"
        " keep `return`, `break` and `continue` out of `finally`."
    ),
    url=_URL,
)

BROAD = Guidance(
    explanation=(
        "This catches every error there is, also those that you did not think of, such as a"
        " mistyped name. The program goes on, and nobody learns what went wrong."
    ),
    how_to_fix=(
        "Name the error that you expect, `except ValueError:` for example. If it really has to be"
        " all of them, log the error with `logging.exception(...)` or `raise` it again."
    ),
    url=_URL,
)

WIDE = Guidance(
    explanation=(
        "This one `except` stands for many kinds of errors in many lines. Whichever comes, the"
        " program goes on in the same way, and nobody learns which one it was, and from where."
    ),
    how_to_fix=(
        "Give each line that can fail a `try` of its own, with the one or two errors that you"
        " expect there. Or use the error, so that somebody sees it: `except (...) as error:`."
    ),
    url=_URL,
)

USELESS = Guidance(
    explanation=(
        "Catching an error only to raise it again changes nothing: without `try` the same would"
        " happen. It looks like care, and is none."
    ),
    how_to_fix=(
        "Remove this `except`, and the `try` if nothing else needs it. Or do something before"
        " `raise`, for example say which file it was."
    ),
    url=_URL,
)

SWALLOWED = Guidance(
    explanation=(
        "An error happens here and nothing is done about it, not even a word to the user. What"
        " comes after works with data that is missing or wrong."
    ),
    how_to_fix=(
        "Do something that helps: tell the user, use a default value, ask again, or leave the"
        " error alone so that the caller can deal with it."
    ),
    url="https://peps.python.org/pep-0020/",
)

QUIET = Guidance(
    explanation=(
        "This error is passed over in silence. That can be right, when skipping something is what"
        " you want; whoever reads the program cannot tell."
    ),
    how_to_fix=(
        "Ask yourself whether somebody should know: print or log what was skipped, or count it."
        " This is advice and costs nothing."
    ),
    url="https://peps.python.org/pep-0020/",
)

PLAIN = Guidance(
    explanation=(
        "`Exception` says only that something went wrong. Whoever calls your function can catch it"
        " only by catching everything."
    ),
    how_to_fix=(
        "Raise the error that fits, for example `ValueError` for a wrong value, or a class of your"
        " own: `class EmptyFileError(Exception): ...`."
    ),
    url="https://docs.python.org/3/library/exceptions.html",
)

CAUSE = Guidance(
    explanation=(
        "A new error is raised because of another one. Without `from`, the report reads as if the"
        " handling itself had broken."
    ),
    how_to_fix=(
        "Catch it with a name and say where yours comes from: `except KeyError as error:` and"
        " `raise MyError(...) from error`. This is advice and costs nothing."
    ),
    url="https://docs.python.org/3/tutorial/errors.html#exception-chaining",
)

LONG = Guidance(
    explanation=(
        "Many statements stand inside this `try`. When the error comes, nobody can tell which of"
        " them it came from, and errors of lines that you did not mean are caught too."
    ),
    how_to_fix=(
        "Leave only the line that can fail inside `try`. What needs its result goes below, or"
        " into `else:`."
    ),
    url=_URL,
)

UNGUARDED = Guidance(
    explanation=(
        "This depends on the world outside: somebody types a word instead of a number, a file is"
        " not there, a server does not answer. Then the program stops with a traceback."
    ),
    how_to_fix=(
        "Catch such errors once, at the place where you can tell the user: around the call in"
        " `main()`, for example `except (OSError, ValueError) as error:` with a message and"
        " `sys.exit(1)`, or around the question, to ask again. There is no need for a `try` in"
        " every function; the others can let the error pass."
    ),
    url=_URL,
)
