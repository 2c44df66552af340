"""Handlers that catch much and lose nothing, or catch one thing on purpose."""

import logging
import sys
import traceback

failures = []


def load_prices():
    try:
        work()
    except ValueError as error:
        print(error)
    try:
        work()
    except KeyboardInterrupt:
        pass
    try:
        work()
    except KeyError:  # of a dictionary, say: nothing is lost
        pass


def log_and_go_on():
    try:
        work()
    except Exception:
        logging.exception("failed")
    try:
        work()
    except Exception:
        logging.error("failed", exc_info=True)
    try:
        work()
    except Exception:
        traceback.print_exc()


def keep_the_error():
    try:
        work()
    except Exception as error:
        failures.append(error)


def raise_another_error():
    try:
        work()
    except Exception as error:
        raise LookupError() from error


def return_the_failure():
    try:
        return work()
    except Exception as error:
        return Failure(str(error))


def raise_what_is_not_expected():
    try:
        work()
    except Exception as error:
        if not isinstance(error, KeyError):
            raise


def end_the_program():
    try:
        work()
    except Exception:
        sys.exit(1)


def return_an_exit_status():
    try:
        work()
    except Exception as error:
        print(error)
        return 1


def return_a_default():
    try:
        return work()
    except ValueError:
        return None
