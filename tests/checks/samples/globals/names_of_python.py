"""Names between double underscores are Python's: a script may extend `__all__`."""
#! measure functions_using_globals = 0

__all__ = ["list_names"]
__all__ += ["greet"]
print("Welcome")


def list_names():
    return __all__
