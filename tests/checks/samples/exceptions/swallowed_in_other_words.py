"""Statements that change nothing and tell nobody are no handling."""
#! measure swallowed = 16


def do_nothing_in_other_words():
    try:
        work()
    except ValueError as error:  #! swallowed-error
        pass
        pass
    try:
        work()
    except ValueError as error:  #! swallowed-error
        _ = None
    try:
        work()
    except ValueError as error:  #! swallowed-error
        error
    try:
        work()
    except ValueError as error:  #! swallowed-error
        print()
    try:
        work()
    except ValueError as error:  #! swallowed-error
        print("")
    try:
        work()
    except ValueError as error:  #! swallowed-error
        if False:
            pass
    try:
        work()
    except ValueError as error:  #! swallowed-error
        for _ in ():
            continue
    try:
        work()
    except ValueError as error:  #! swallowed-error
        "handled"
        ...


def do_nothing_about_any_error():
    try:
        work()
    except Exception as error:  #! swallowed-error
        pass
        pass
    try:
        work()
    except Exception as error:  #! swallowed-error
        _ = None
    try:
        work()
    except Exception as error:  #! swallowed-error
        error
    try:
        work()
    except Exception as error:  #! swallowed-error
        print()
    try:
        work()
    except Exception as error:  #! swallowed-error
        print("")
    try:
        work()
    except Exception as error:  #! swallowed-error
        if False:
            pass
    try:
        work()
    except Exception as error:  #! swallowed-error
        for _ in ():
            continue
    try:
        work()
    except Exception as error:  #! swallowed-error
        "handled"
        ...
