"""Handlers that do nothing."""
#! measure swallowed = 5


def load_prices():
    try:
        work()
    except Exception:  #! swallowed-error
        pass
    try:
        work()
    except Exception:  #! swallowed-error
        ...
    try:
        work()
    except ValueError:  #! swallowed-error
        pass
    try:
        work()
    except FileNotFoundError:  #! swallowed-error
        None
    try:
        work()
    except (ValueError, Exception) as error:  #! swallowed-error #! B014
        "nothing"
