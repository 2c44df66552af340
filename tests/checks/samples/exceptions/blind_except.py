"""`except Exception` that goes on as if nothing had happened."""


def print_prices():
    try:
        work()
    except Exception:  #! blind-except
        print("something went wrong")
    try:
        work()
    except Exception as error:  #! blind-except
        print(error)


def find_prices():
    try:
        return work()
    except BaseException:  #! blind-except
        return None


def count_prices():
    try:
        return work()
    except Exception:  #! blind-except
        return 0


def main():
    try:
        work()
    except Exception as error:  #! blind-except
        print(error)
        return 0
