"""Only the body of a `try` is guarded, not its handlers and not `else`."""

try:
    work()
except ValueError as error:
    int(input())  #! unguarded-call
else:
    int(input())  #! unguarded-call
