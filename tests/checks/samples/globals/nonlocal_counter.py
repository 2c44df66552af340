"""A function inside a function may keep count with `nonlocal`: no other function sees it."""
#! measure functions_changing_globals = 0
#! measure global_statements = 0


def make_counter():
    count = 0

    def count_up():
        nonlocal count
        count += 1
        return count

    return count_up
