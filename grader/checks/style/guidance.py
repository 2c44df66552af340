"""The guidance for findings of flake8, by their code or its beginning.

The longest key that a code begins with decides: E261 has the guidance of "E26", E201 that of "E2".
"""

from __future__ import annotations

from types import MappingProxyType

from grader.domain.check import Guidance

_PEP8 = "https://peps.python.org/pep-0008/"
_RULES = "https://www.flake8rules.com/rules/"

GUIDANCE = Guidance(
    explanation=(
        "flake8 reads the file without running it, and reports what breaks Python's common style"
        " or looks like a mistake."
    ),
    how_to_fix="Read the message, look at the line it names, and mend it there.",
    url="https://flake8.pycqa.org/en/stable/user/error-codes.html",
)

#: For codes of pycodestyle (E and W).
_LAYOUT = {
    "E1": Guidance(
        "The indentation of this line is not what readers expect: four spaces for each level.",
        "Indent with four spaces and line up what continues from the line above. Black does it.",
        f"{_PEP8}#indentation",
    ),
    "E2": Guidance(
        "A space is missing here, or one too many. Even spacing lets the eye see what belongs"
        " together.",
        "Put one space around operators and after commas, none inside brackets. Black does it.",
        f"{_PEP8}#whitespace-in-expressions-and-statements",
    ),
    "E26": Guidance(
        "A comment is set off from the code in an unusual way, which makes it harder to spot.",
        "Begin a comment with `# `, and leave two spaces before it when it follows code.",
        f"{_PEP8}#inline-comments",
    ),
    "E3": Guidance(
        "The number of blank lines is unusual. Blank lines are the paragraphs of a program.",
        "Leave two blank lines around functions and classes, one between methods. Black does it.",
        f"{_PEP8}#blank-lines",
    ),
    "E401": Guidance(
        "Several modules are imported in one line, so that a change to one touches the others.",
        "Write one `import` a line.",
        f"{_PEP8}#imports",
    ),
    "E402": Guidance(
        "An import stands below other code. Readers look at the top to learn what a file needs.",
        "Move the import to the top of the file, after the docstring.",
        f"{_PEP8}#imports",
    ),
    "E5": Guidance(
        "The line is longer than agreed. Short lines can be read side by side and on a phone.",
        "Break it inside brackets, or give a part of it a name on a line of its own.",
        f"{_PEP8}#maximum-line-length",
    ),
    "E7": Guidance(
        "This statement is written in a way that Python allows and readers stumble over.",
        "Give each statement a line of its own, and follow what the message proposes.",
        f"{_PEP8}#programming-recommendations",
    ),
    "E711": Guidance(
        "A value is compared with None by `==`. There is only one None, and `is` asks for it.",
        "Write `is None` or `is not None`.",
        f"{_RULES}E711.html",
    ),
    "E712": Guidance(
        "A value is compared with True or False, though it is already a yes or a no.",
        "Write `if ready:` or `if not ready:`.",
        f"{_RULES}E712.html",
    ),
    "E721": Guidance(
        "Two types are compared by `==`. There is only one of each type, and `is` asks for it.",
        "Write `type(value) is int`, or `isinstance(value, int)` if types made from it count, too.",
        f"{_RULES}E721.html",
    ),
    "E722": Guidance(
        "This `except:` catches everything, even Ctrl-C and misspelt names, and hides mistakes.",
        "Name the exception that you expect, for example `except ValueError:`.",
        f"{_RULES}E722.html",
    ),
    "E731": Guidance(
        "A lambda is given a name. A `def` does the same and shows its name when it fails.",
        "Write a function with `def`.",
        f"{_RULES}E731.html",
    ),
    "E741": Guidance(
        "The names l, O and I look like the digits 1 and 0.",
        "Choose a name that says what the value is.",
        f"{_RULES}E741.html",
    ),
    "E9": Guidance(
        "Python cannot make sense of this line, so nothing in this file can run.",
        "Look at the line and the one above it: often a bracket, a quote or a colon is missing.",
        "https://docs.python.org/3/tutorial/errors.html#syntax-errors",
    ),
    "W1": Guidance(
        "This line is indented with a tab. Tabs look different in every editor.",
        "Let your editor indent with spaces. Black replaces the tabs.",
        f"{_PEP8}#tabs-or-spaces",
    ),
    "W2": Guidance(
        "There are spaces at the end of this line. Nobody sees them, but every comparison does.",
        "Delete them, or let your editor do so on saving. Black does it.",
        f"{_RULES}W291.html",
    ),
    "W3": Guidance(
        "The file ends in blank lines, which say nothing.",
        "End the file with exactly one newline. Black does it.",
        f"{_RULES}W391.html",
    ),
    "W292": Guidance(
        "The last line has no newline, so tools may glue it to what follows.",
        "Press Enter at the end of the last line. Black does it.",
        f"{_RULES}W292.html",
    ),
    "W5": Guidance(
        "A line is broken beside an operator in a way that was not agreed on.",
        "Break before the operator, as Black does.",
        f"{_PEP8}#should-a-line-break-before-or-after-a-binary-operator",
    ),
    "W6": Guidance(
        "A backslash in this string means nothing to Python today and may be an error tomorrow.",
        "Write the backslash twice, or put an `r` before the string: `r'\\d+'`.",
        f"{_RULES}W605.html",
    ),
}

#: For codes of pyflakes (F) and mccabe (C).
_NAMES = {
    "F4": Guidance(
        "An import is used in a way that surprises readers or that Python refuses.",
        "Import the names that you use, at the top of the file, each once.",
        "https://docs.python.org/3/tutorial/modules.html",
    ),
    "F401": Guidance(
        "This name is imported and never used. Readers wonder what they have missed.",
        "Delete the import. In an `__init__.py` that offers the name to others, list it in"
        " `__all__`.",
        f"{_RULES}F401.html",
    ),
    "F403": Guidance(
        "A star import brings in names that nobody can see here, and may replace your own. It is"
        " one finding here; flake8 itself also prints a line for each use of such a name.",
        "Import the names that you use: `from math import sqrt`.",
        f"{_RULES}F403.html",
    ),
    "F405": Guidance(
        "This name may come from a star import, or from nowhere: nobody can tell.",
        "Import the name itself in place of the star.",
        f"{_RULES}F405.html",
    ),
    "F5": Guidance(
        "The places in a text and the values given for them do not fit together.",
        "Count the places and the values; an f-string keeps each value where it is shown.",
        "https://docs.python.org/3/tutorial/inputoutput.html#formatted-string-literals",
    ),
    "F541": Guidance(
        "An f-string without any `{...}` is a plain string with a letter too many.",
        "Remove the `f`, or add the value that was meant to be shown.",
        f"{_RULES}F541.html",
    ),
    "F6": Guidance(
        "This expression is always true, compares the wrong thing or loses a value.",
        "Read the message and ask what the line was meant to test or to hold.",
        "https://docs.python.org/3/reference/expressions.html",
    ),
    "F632": Guidance(
        "`is` asks whether two things are one and the same object, not whether they are equal.",
        "Compare numbers and texts with `==`.",
        f"{_RULES}F632.html",
    ),
    "F7": Guidance(
        "This statement stands where it has no meaning, such as `return` outside a function.",
        "Move it into the function or the loop to which it belongs.",
        "https://docs.python.org/3/reference/simple_stmts.html",
    ),
    "F8": Guidance(
        "A name is defined and not used, or used and not defined.",
        "Check the spelling, and delete what nobody needs.",
        "https://docs.python.org/3/tutorial/classes.html#python-scopes-and-namespaces",
    ),
    "F811": Guidance(
        "This name is defined a second time before the first was used, so the first is lost.",
        "Rename one of the two, or delete the one that is not needed.",
        f"{_RULES}F811.html",
    ),
    "F821": Guidance(
        "This name is not defined anywhere: running the line ends in a NameError.",
        "Check the spelling, or import or define the name before this line.",
        f"{_RULES}F821.html",
    ),
    "F841": Guidance(
        "A value is stored in this variable and never looked at.",
        "Use it, or delete the assignment (and keep the call, if it does something).",
        f"{_RULES}F841.html",
    ),
    "F9": Guidance(
        "NotImplemented is a value for operators; what is raised is NotImplementedError.",
        "Write `raise NotImplementedError`.",
        f"{_RULES}F901.html",
    ),
    "C9": Guidance(
        "There are many different ways through this function, more than a reader can keep in mind"
        " or a test can try.",
        "Move a branch or a loop into a function of its own, with a name that says what it does.",
        f"{_RULES}C901.html",
    ),
}

#: For findings of this check that flake8 does not have.
_OWN = {
    "missing-call": Guidance(
        "A method is named here and not called: without `()` it is the method itself, which is"
        " always true and equals no text. flake8 does not see this.",
        "Write the brackets: `if word.isdigit():`.",
        "https://docs.python.org/3/library/stdtypes.html#string-methods",
    ),
}

GUIDANCE_BY_CODE = MappingProxyType({**_LAYOUT, **_NAMES, **_OWN})
