"""A decorator is named by what it does to a function."""
#! measure functions_without_verb = 4


def admin_only(function):
    def wrapper(user):
        return function(user)

    return wrapper


def attempts(most):
    def decorator(function):
        return [function] * most

    return decorator


def user_name(function):  #! no-verb
    def wrapper(user):
        return function(user)

    return wrapper("me")


def guest_list(function):  #! no-verb
    def guests(user):  #! no-verb
        return function(user)

    guests("me")


def admin_name(wrapper):  #! no-verb
    return wrapper
