"""`except:` that only ends the program says nothing about the cause, and catches Ctrl-C."""

import sys
import traceback


def load_prices(path):
    try:
        parse(path)
    except:  #! bare-except
        sys.exit(f"{path} cannot be read")
    try:
        parse(path)
    except:  #! bare-except
        traceback.print_exc()
    try:
        parse(path)
    except:
        traceback.print_exc()
        sys.exit(1)
    try:
        parse(path)
    except:
        path.unlink()
        raise
