"""A logger is no variable, wherever a script gets it from."""
#! measure functions_using_globals = 0

from tools import make_logger

log = make_logger()


def warn():
    log.warning("no price")


warn()
