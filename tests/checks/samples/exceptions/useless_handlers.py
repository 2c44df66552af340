"""A handler that only raises the error again does nothing."""
#! measure careless_handlers = 4


def load_prices(path):
    try:
        return parse(path)
    except ValueError:  #! useless-except
        raise
    try:
        return parse(path)
    except ValueError as error:  #! useless-except
        raise error
    try:
        return parse(path)
    except:  #! useless-except
        raise
    finally:
        close(path)


def load_all(paths):
    for path in paths:
        try:
            parse(path)
        except KeyboardInterrupt:
            raise
        except Exception as error:
            raise LoadingError(path) from error
        try:
            parse(path)
        except OSError as error:
            print(error)
        except ValueError:  #! useless-except
            "to the caller"
            raise
        try:
            parse(path)
        except OSError as error:
            print(error)
            raise


def read_prices(path):
    with open(path) as file:  # the caller decides
        return parse(file)
