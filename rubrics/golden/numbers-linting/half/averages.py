import math

def mean(numbers):
    return sum(numbers)/len(numbers)

def root_mean_square(numbers):
    return math.sqrt(mean([n*n for n in numbers]))
