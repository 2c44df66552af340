"""Without `except` there is no `try` body to measure."""
#! measure long_tries over 0 = none

try:
    work()
finally:
    clean_up()
