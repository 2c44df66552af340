import os
import random

from averages import mean, root_mean_square


def ask(text):
    answer = input(text)
    return int(answer)


how_many = ask("How many numbers? ")
numbers = [random.randint(1, 100) for _ in range(how_many)]
print("The mean of", len(numbers), "numbers is", round(mean(numbers), 2))
print("Their root mean square is", round(root_mean_square(numbers), 2))
