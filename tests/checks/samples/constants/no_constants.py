"""Patterns, loggers, the environment, other names and what may change are no constants."""
#! measure not_upper = 0

import logging
import math
import os
import re
from pathlib import Path

digits = re.compile("[0-9]")
log = logging.getLogger(__name__)
home = os.getenv("HOME")
root = math.sqrt
rows = list()
days = "Monday Tuesday".split()
paths = [Path("a"), Path("b")]
current = Path("a")
Names = list[str]
text = Path("a").read_text()
size = os.get_terminal_size()

days.append("Sunday")
current = current / "b"


def add(path):
    paths.append(path)
    rows.append(digits, log, home, root, text, size)
