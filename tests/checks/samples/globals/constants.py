"""Functions may read values that never change, however they are written."""
#! measure functions_using_globals = 0
#! measure functions_changing_globals = 0
#! measure global_statements = 0

import os
import re
import sys

MAX_LENGTH = 20
FORBIDDEN_NAMES = ["admin", "root"]
shortest = 3  # set once: a constant, though not in capitals
digits = re.compile("[0-9]")
Names = list[str]

# One value or the other, and no change after that.
if sys.platform == "win32":
    separator = "\\"
else:
    separator = "/"

try:
    columns = int(os.environ["COLUMNS"])
except KeyError:
    columns = 80


def is_too_long(name):
    return len(name) > MAX_LENGTH or name in FORBIDDEN_NAMES


def is_too_short(name):
    return len(name) < shortest


def remove_digits(name):
    return digits.sub("", name)


def sort_names(names: Names) -> Names:
    return sorted(names)


def join_path(folder, name):
    return folder + separator + name


def center(name):
    return name.center(columns)
