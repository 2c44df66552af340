"""`except:` catches everything, Ctrl-C included."""
#! measure bare_handlers = 2
#! measure careless_handlers = 2


def load_prices():
    try:
        work()
    except:  #! bare-except
        pass
    try:
        work()
    except:  #! bare-except
        print("oh")


def load_prices_or_stop():
    try:
        work()
    except:
        print("oh")
        raise
