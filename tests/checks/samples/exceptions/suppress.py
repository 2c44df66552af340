"""`contextlib.suppress` is a handler that does nothing."""

import contextlib as c
from contextlib import suppress

with suppress(Exception):  #! swallowed-error
    int(input())

with suppress(ValueError):
    int(input())

with suppress(KeyError):
    int(input())  #! unguarded-call

with c.suppress(Exception):  #! swallowed-error
    work()
