"""A module that is imported below the guard is no variable either."""
#! measure functions_using_globals = 0

if __name__ == "__main__":
    import sys


def read_arguments():
    return sys.argv[1:]
