"""A variable that only functions have of their own was forgotten at the top: no constant."""
#! measure not_upper = 2

average = 0
name = ""
found = False
total = 12
limit = 30  #! constant-not-upper
padding = 0  #! constant-not-upper


def get_average(numbers):
    average = sum(numbers) / len(numbers)
    total = average * 2
    return average + total + padding


def has(numbers, number):
    return number in numbers
