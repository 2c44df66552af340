"""A new error in a handler names the one that it comes from."""
#! measure raises_without_from = 3


def load_price(prices, name):
    try:
        return prices[name]
    except KeyError as error:
        if prices:
            raise MissingPrice(name)  #! raise-without-from
        raise MissingPrice("no prices")  #! raise-without-from


def clean_up_and_raise():
    try:
        work()
    except KeyError as error:
        try:
            raise MissingPrice()  #! raise-without-from
        finally:
            clean_up()


def raise_with_the_cause():
    try:
        work()
    except KeyError as error:
        raise MissingPrice("no price") from error


def raise_without_a_cause_on_purpose():
    try:
        work()
    except KeyError as error:
        raise MissingPrice("no price") from None


def raise_the_same_again(strict):
    try:
        work()
    except KeyError as error:
        if strict:
            raise error
        later = lambda: 1
        raise


def end_the_program():
    try:
        work()
    except KeyError as error:
        raise SystemExit(1)


def keep_a_function_that_raises():
    try:
        work()
    except KeyError as error:

        def raise_later():
            raise MissingPrice()

        keep(raise_later, error)


def answer(price):
    try:
        work()
    except KeyError:
        raise HTTPException(404, "no such price")
